"""Where the reports of a run go: one to standard output, any number to files."""

from __future__ import annotations

import sys
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, NamedTuple, TextIO

import click

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable


class Output(NamedTuple):
    """A report format, and the file for it; `None` is standard output."""

    format: str
    file: str | None = None


def paired(order: Iterable[str], formats: Iterable[str], files: Iterable[str]) -> list[Output]:
    """Give each `--output` to the `--format` before it. Text goes to standard output if nothing else does.

    Args:
        order: the names of the options in the order of the command line.
        formats: the values of `--format`.
        files: the values of `--output`.

    Raises:
        click.UsageError: an output has no format of its own, or two formats have no output.
    """
    outputs: list[Output] = []
    next_format, next_file = iter(formats), iter(files)
    for name in order:
        if name == "formats":
            outputs.append(Output(next(next_format)))
        elif name == "outputs":
            file = next(next_file)
            if not outputs or outputs[-1].file is not None:
                raise click.UsageError(f"--output {file} needs a format of its own. Write --format before it.")
            outputs[-1] = outputs[-1]._replace(file=file)
    shown = [output for output in outputs if output.file is None]
    if len(shown) > 1:
        raise click.UsageError("only one format can go to standard output. Write --output FILE after each other one.")
    return outputs if shown else [Output("text"), *outputs]


@contextmanager
def opened(outputs: Iterable[Output]) -> Generator[list[TextIO]]:
    """Open the files of the outputs. Names and keys can contain anything, so no encoding may break a report.

    Raises:
        click.UsageError: a file cannot be written.
    """
    with ExitStack() as stack:
        streams: list[TextIO] = []
        for output in outputs:
            if output.file is None:
                # A terminal keeps its encoding. Output for machines is UTF-8 in any locale.
                encoding = None if output.format == "text" else "utf-8"
                sys.stdout.reconfigure(encoding=encoding, errors="backslashreplace")  # type: ignore[union-attr]  # text streams have it
                streams.append(sys.stdout)
                continue
            try:
                file = open(output.file, "w", encoding="utf-8", errors="backslashreplace")  # noqa: PTH123, SIM115 - shown as given
            except OSError as error:
                raise click.UsageError(f"--output {output.file} cannot be written: {error.strerror}.") from None
            streams.append(stack.enter_context(file))
        yield streams
