"""One JSON object, for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .base import Report, Spool, compact

if TYPE_CHECKING:
    from typing import Any

    from lp_engagement.validation.checker import Finding, Tally


class JsonReport(Report):
    """`{"summary": {…}, "problems": […]}`. Problems are kept on disk until the summary is known."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._problems = Spool()

    def add(self, finding: Finding) -> None:
        """Add a problem."""
        problem = finding.problem
        entry = {
            "file": finding.file,
            "line": finding.line,
            "column": finding.column,
            "document": finding.document,
            "pointer": problem.pointer,
            "level": problem.level,
            "rule": problem.rule,
            "message": problem.message,
            "hint": problem.hint,
        }
        self._problems.add(f"{',' if self._problems.parts else ''}\n  {compact(entry)}")

    def abandon(self) -> None:
        """Discard the problems."""
        self._problems.close()

    def close(self, files: int, tally: Tally) -> None:
        """Write the JSON object."""
        summary = {
            "files": files,
            "documents": tally.documents,
            "valid": tally.valid,
            "invalid": tally.invalid,
            "errors": tally.errors,
            "warnings": tally.warnings,
        }
        self.out.write(f'{{\n "summary": {compact(summary)},\n "problems": [')
        some = self._problems.parts > 0
        self._problems.pour(self.out)
        self.out.write("\n ]\n}\n" if some else "]\n}\n")
