"""The summary of a step of GitHub Actions: Markdown, with all problems."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from lp_engagement.validation import schemas
from lp_engagement.validation.problem import shown_pointer

from .base import Spool, shown_name

if TYPE_CHECKING:
    from lp_engagement.validation.checker import Finding, Tally

_MOST = 900_000
"""Bytes of problems; GitHub discards the summary of a step that has more than a mebibyte."""
_ACTIVE = re.compile(r"[^\w ./,;()'-]|_")


class Summary:
    """Collects problems, and appends them to the file that GitHub reads."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._rows = Spool()
        self._rules: Counter[str] = Counter()
        self._size = self._left_out = 0

    def add(self, finding: Finding) -> None:
        """Add a problem."""
        problem = finding.problem
        self._rules[problem.rule] += 1
        place = f"{shown_name(finding.file)}:{finding.line}:{finding.column}"
        cells = (place, f"{problem.level} {problem.rule}", shown_pointer(problem), f"{problem.message}. {problem.hint}")
        row = f"| {' | '.join(map(_text, cells))} |\n"
        if self._size + len(row) > _MOST:
            self._left_out += 1
            return
        self._size += len(row)
        self._rows.add(row)

    def write(self, files: int, tally: Tally) -> None:
        """Append the summary to the file.

        Raises:
            OSError: the file cannot be written.
        """
        names = {rule["id"]: name for name, rule in schemas.load("rules").items()}
        with open(self._file, "a", encoding="utf-8", errors="backslashreplace") as out:  # noqa: PTH123 - as given
            out.write(
                f"### lp-engagement validate\n\n{tally.documents} payloads in {files} files: {tally.invalid} invalid, "
                f"{tally.errors} errors, {tally.warnings} warnings\n\n"
            )
            if not self._rules:
                return
            out.write("| Problems | Rule | |\n|---:|---|---|\n")
            out.writelines(f"| {count} | {rule} | {names[rule]} |\n" for rule, count in self._rules.most_common())
            out.write("\n| Place | Rule | Field | Problem |\n|---|---|---|---|\n")
            self._rows.pour(out)
            if self._left_out:
                out.write(f"\n{self._left_out} more problems are in the log of the step.\n")

    def abandon(self) -> None:
        """Discard the problems."""
        self._rows.close()


def _text(text: str) -> str:
    """Write a string so that Markdown and HTML give no character of it a meaning, and so that it is ASCII."""
    return _ACTIVE.sub(lambda match: f"&#{ord(match[0])};", text).encode("ascii", "xmlcharrefreplace").decode()
