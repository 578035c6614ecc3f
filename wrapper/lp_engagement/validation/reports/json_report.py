"""One JSON object, for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .base import ListReport, compact

if TYPE_CHECKING:
    from lp_engagement.validation.checker import Finding, Tally


class JsonReport(ListReport):
    """`{"summary": {…}, "problems": […]}`."""

    def add(self, finding: Finding) -> None:
        """Add a problem."""
        problem = finding.problem
        self.put(
            {
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
        )

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
        self.write(f'{{\n "summary": {compact(summary)},\n "problems": ', "\n}\n")
