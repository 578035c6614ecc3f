"""`lp-engagement validate`: check payload files."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast, get_args

import click
from click.shell_completion import CompletionItem

from lp_engagement.validation.checker import Options
from lp_engagement.validation.engines import EngineName
from lp_engagement.validation.kinds import AUTO
from lp_engagement.validation.pieces import STDIN, InputError
from lp_engagement.validation.readers.formats import Format
from lp_engagement.validation.readers.places import tokens
from lp_engagement.validation.reports import FORMATS as REPORTS
from lp_engagement.validation.reports import report_class
from lp_engagement.validation.run import run
from lp_engagement_client.facts import KINDS

from .failures import REFUSED
from .gate.files import files as listed
from .gate.fixing import Fixing, fix_options
from .gate.options import Gate, GateCommand, gate_options, option_order
from .gate.outputs import opened, paired

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

_WORTH_A_BAR = 8 * 1024 * 1024
"""Bytes of input from which a terminal shows a progress bar."""


def _checked_pointers(_: click.Context, __: click.Parameter, pointers: tuple[str, ...]) -> tuple[str, ...]:
    for pointer in pointers:
        try:
            tokens(pointer)
        except ValueError as error:
            raise click.BadParameter(f"{error}, e.g. /request/body.") from None
    return pointers


def _names_of_files(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(incomplete, type="file")]


@click.command("validate", cls=GateCommand, short_help="Validate payload files; report each fault and its fix.")
@click.argument("files", nargs=-1, required=True, metavar="[FILES|FOLDERS|GLOBS|-]...", shell_complete=_names_of_files)
@click.option(
    "--kind", type=click.Choice([AUTO, *KINDS]), default=AUTO, show_default=True, help="Kind of the payloads."
)
@click.option(
    "--format", "formats", type=click.Choice(REPORTS), multiple=True, help="Report format; repeatable.  [default: text]"
)
@click.option(
    "--output", "outputs", multiple=True, metavar="FILE", help="Write the format before it to this file, not to stdout."
)
@click.option(
    "--from",
    "input_format",
    type=click.Choice([AUTO, *get_args(Format)]),
    default=AUTO,
    show_default=True,
    help="Format of the files; auto detects it from their names or first lines.",
)
@click.option(
    "--pointer",
    "pointers",
    multiple=True,
    metavar="JSON_POINTER",
    callback=_checked_pointers,
    help="Where the payloads are in each JSON or YAML document, e.g. /request/body. Repeat it for several places.",
)
@click.option("--column", metavar="NAME", help="Column of CSV files that has the payloads as JSON.")
@click.option("--stdin-filename", metavar="NAME", help="Name of standard input in reports, patterns and baselines.")
@click.option("--strict/--no-strict", default=False, help="Make warnings fail too.")
@click.option("--allow-unknown-keys/--no-allow-unknown-keys", default=False, help="Only warn about unknown keys.")
@click.option(
    "--unauthenticated-messaging/--no-unauthenticated-messaging",
    default=False,
    help="Warn about fields that break unauthenticated messaging.",
)
@gate_options
@fix_options
@click.option("--show-values", is_flag=True, help="Show values in excerpts; they are hidden by default.")
@click.option(
    "--engine",
    type=click.Choice(get_args(EngineName)),
    default="jsonschema-rs",
    show_default=True,
    help="Validator to use; jsonschema is the reference, and slow.",
)
@click.option(
    "--jobs", type=click.IntRange(min=1), default=1, show_default=True, metavar="N", help="Number of processes."
)
@click.option("--quiet", "-q", is_flag=True, help="Print nothing but problems.")
@click.option("--color/--no-color", default=None, help="Use colours.  [default: on a terminal, unless NO_COLOR is set]")
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    files: tuple[str, ...],
    formats: tuple[str, ...],
    outputs: tuple[str, ...],
    input_format: str,
    stdin_filename: str | None,
    strict: bool,
    jobs: int,
    quiet: bool,
    color: bool | None,
    **options: Any,
) -> None:
    """Validate payloads in JSON, NDJSON, YAML, recorded requests, tokens, CSV or scripts against the spec.

    \b
    Exit codes: 0 valid; 1 invalid; 2 wrong usage or unreadable input; 3 internal error.
    """  # noqa: D301 - click's mark for a paragraph that it must not wrap
    gate, fixing = Gate(ctx, options), Fixing(options)
    targets = paired(option_order(ctx), formats, outputs)
    names = listed(files, gate.exclude, own=(*gate.own_files, *outputs), stdin_name=stdin_filename)
    if color is None:
        color = bool(sys.stdout.isatty() and not os.environ.get("NO_COLOR"))
    _need_engine(options["engine"])
    kinds = [report_class(target.format) for target in targets]
    checking = Options(
        **options,
        excerpts=any(target.format == "text" for target in targets),
        fixes=any(kind.has_fixes for kind in kinds),
    )
    given = None if input_format == AUTO else cast("Format", input_format)
    try:
        fixing.run(names, checking, gate.admits, given)
        with opened(targets) as streams, _progress(names, quiet=quiet) as progress:
            checked = gate.filter(
                kind(
                    stream,
                    color=color and target.file is None,
                    quiet=quiet or gate.collects,
                    strict=strict,
                    width=shutil.get_terminal_size().columns if target.file is None and sys.stdout.isatty() else None,
                    show_values=checking.show_values,
                )
                for kind, target, stream in zip(kinds, targets, streams, strict=True)
            )
            run(
                names,
                checking,
                checked,
                input_format=given,
                stdin_name=stdin_filename,
                jobs=jobs,
                progress=progress,
            )
    except InputError as error:
        raise click.UsageError(f"{error}.") from None
    except OSError as error:
        if error.filename is None:
            raise
        raise click.UsageError(f"{os.fsdecode(error.filename)} cannot be read: {error.strerror}") from None
    on_screen = next(target.format for target in targets if target.file is None)
    if not quiet:
        fixing.print_notes(to_stderr=on_screen != "text")
    gate.finish(checked, to_stderr=on_screen != "text", quiet=quiet)
    ctx.exit(REFUSED if checked.total.errors or (strict and checked.total.warnings) else 0)


def _need_engine(name: str) -> None:
    try:
        import_module(name.replace("-", "_"))
    except ImportError as error:
        raise click.UsageError(f"--engine {name} needs the package {error.name}: install it.") from None


@contextmanager
def _progress(names: list[str], *, quiet: bool) -> Generator[Callable[[int], object]]:
    size = sum(os.path.getsize(name) for name in names if name != STDIN)  # noqa: PTH202
    if quiet or size < _WORTH_A_BAR or sys.stderr is None or not sys.stderr.isatty() or sys.stdout.isatty():
        yield lambda _: None
        return
    with click.progressbar(length=size, label="checking", file=sys.stderr) as bar:
        yield bar.update
