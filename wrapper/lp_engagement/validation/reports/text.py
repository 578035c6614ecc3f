"""Text for people, in the style of a compiler: the line, and a mark under the value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .base import Report, shown_name

if TYPE_CHECKING:
    from lp_engagement.validation.checker import Finding, Tally

_CODES = {"error": "1;31", "warning": "1;33", "bold": "1", "dim": "2", "hint": "36"}


class TextReport(Report):
    """Starts each problem with `file:line:column`, which editors and terminals link."""

    def add(self, finding: Finding) -> None:
        """Write the location and message, the line with a mark, and the hint."""
        problem = finding.problem
        place = self._in("bold", f"{shown_name(finding.file)}:{finding.line}:{finding.column}:")
        level = self._in(problem.level, f"{problem.level} {problem.rule}")
        margin = " " * len(str(finding.line))
        bar = self._in("dim", "|")
        column, width = finding.mark
        mark = " " * column + self._in(problem.level, "^" * width)
        self.out.write(
            f"{place} {level} {problem.message}\n"
            f"{f' {finding.line} {bar} {finding.excerpt}'.rstrip()}\n"
            f" {margin} {bar} {mark}\n"
            f" {margin} {self._in('hint', '= ' + problem.hint)}\n\n"
        )

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
