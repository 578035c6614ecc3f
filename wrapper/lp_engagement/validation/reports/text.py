"""Text for people, in the style of a compiler: the line, and a mark under the value."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from .base import Report, shown_name
from .fitting import columns, fitted

if TYPE_CHECKING:
    from lp_engagement.validation.checker import Finding, Tally

_CODES = {"error": "1;31", "warning": "1;33", "bold": "1", "dim": "2", "hint": "36"}


class TextReport(Report):
    """Starts each problem with `file:line:column`, which editors and terminals link."""

    def add(self, finding: Finding) -> None:
        """Write the location and message, the line with a mark, and the hint."""
        problem = finding.problem
        place, level = f"{shown_name(finding.file)}:{finding.line}:{finding.column}:", f"{problem.level} {problem.rule}"
        head = f"{self._in('bold', place)} {self._in(problem.level, level)}"
        margin = " " * len(str(finding.line))
        bar = self._in("dim", "|")
        room = None if self.width is None else self.width - len(margin) - len("  | ")
        excerpt, column, width = fitted(finding.excerpt, finding.mark, room)
        mark = " " * column + self._in(problem.level, "^" * width)
        hint = self._wrapped(problem.hint, len(margin) + len(" = "), " " * (len(margin) + len(" = ") + 1))
        self.out.write(
            f"{head} {self._wrapped(problem.message, columns(f'{place} {level} '), '    ')}\n"
            f"{f' {finding.line} {bar} {excerpt}'.rstrip()}\n"
            f" {margin} {bar} {mark}\n"
            f" {margin} {self._in('hint', '= ' + hint)}\n\n"
        )

    def _wrapped(self, text: str, before: int, indent: str) -> str:
        """Wrap a string that starts in some column of a line."""
        if self.width is None or before + columns(text) <= self.width:
            return text
        lines = wrap(
            text,
            self.width,
            initial_indent=" " * before,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
            replace_whitespace=False,
        )
        return "\n".join(lines)[before:]

    def close(self, files: int, tally: Tally) -> None:
        """Write the totals."""
        if self.quiet:
            return
        sums = (
            f"{_count(tally.documents, 'payload')} in {_count(files, 'file')}: {tally.valid} valid, "
            f"{tally.invalid} invalid, {_count(tally.errors, 'error')}, {_count(tally.warnings, 'warning')}"
        )
        self.out.write(f"{self._in('bold', sums)}\n")

    def _in(self, style: str, text: str) -> str:
        return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if self.color else text


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
