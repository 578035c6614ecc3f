"""The options that fix files, and what they print."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from lp_engagement.cli.failures import REFUSED
from lp_engagement.validation.pieces import STDIN

from .options import Decorated, add_options
from .outputs import Output, opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lp_engagement.validation.checker import Finding, Options
    from lp_engagement.validation.fixes.files import Fixed, Fixer
    from lp_engagement.validation.readers.formats import Format

_OPTIONS = (
    click.option("--fix", is_flag=True, help="Fix what has one right answer, in place; report what is left."),
    click.option("--diff", is_flag=True, help="Print what --fix would change, and change nothing; exit with 1 if any."),
    click.option("--unsafe-fixes", is_flag=True, help="With --fix or --diff: apply likely guesses too."),
)


def fix_options(command: Decorated) -> Decorated:
    """Add these options to a command."""
    return add_options(command, _OPTIONS)


class Fixing:
    """The fixes of a run.

    Args:
        options: the values of the command's options; those of this module are removed from it.

    Raises:
        click.UsageError: they do not fit together.
    """

    def __init__(self, options: dict[str, Any]) -> None:
        self._fix, self._diff = bool(options.pop("fix")), bool(options.pop("diff"))
        self._unsafe = bool(options.pop("unsafe_fixes"))
        self._done: Fixed | None = None
        if self._fix and self._diff:
            raise click.UsageError("--fix changes files and --diff does not. Pass one of them.")
        if self._unsafe and not (self._fix or self._diff):
            raise click.UsageError("--unsafe-fixes needs --fix or --diff.")

    def run(
        self, names: list[str], options: Options, admits: Callable[[Finding], bool], input_format: Format | None
    ) -> None:
        """Fix the files; or print a diff and end the command, with 1 if there is something to fix.

        Raises:
            InputError: a file is too large, or no regular file.
            click.UsageError: a file cannot be read or written, or is standard input.
        """
        if not (self._fix or self._diff):
            return
        if STDIN in names:
            raise click.UsageError("- is standard input, which cannot be fixed. Pass the names of files.")
        from lp_engagement.validation.fixes.files import Fixer

        options = replace(options, fixes=True, excerpts=False)
        fixer = Fixer(options, admits, unsafe=self._unsafe, input_format=input_format)
        self._done = fixer.done
        try:
            for name in () if self._diff else names:
                fixer.fix(name)
        except OSError as error:
            if error.filename is None:
                raise
            raise click.UsageError(f"{os.fsdecode(error.filename)} cannot be fixed: {error.strerror}.") from None
        if self._diff:
            _print_diff(fixer, names, show_values=options.show_values)
            self.print_notes(to_stderr=True)
            click.get_current_context().exit(REFUSED if fixer.done.files else 0)

    def print_notes(self, *, to_stderr: bool) -> None:
        """Print what was fixed."""
        for line in self._notes():
            click.echo(line, err=to_stderr)

    def _notes(self) -> Iterator[str]:
        if self._done is None:
            return
        if self._done.files:
            rules = ", ".join(f"{rule} {count}" for rule, count in sorted(self._done.rules.items()))
            would = "Would fix" if self._diff else "Fixed"
            yield f"{would}: {self._done.rules.total()} ({rules}). Files: {self._done.files}."
        if self._done.unsafe:
            yield f"Problems with a likely fix: {self._done.unsafe}. To apply it, add --unsafe-fixes."


def _print_diff(fixer: Fixer, names: list[str], *, show_values: bool) -> None:
    from lp_engagement.validation.fixes.diff import diff

    with opened([Output("text")]) as (out,):
        for name in names:
            for line in diff(name, fixer.changes(name), show_values=show_values):
                out.write(f"{line}\n")
