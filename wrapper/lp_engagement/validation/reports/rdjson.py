"""reviewdog's diagnostic format, which it posts as comments on a change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .base import ListReport, compact
from .documentation import url_of

if TYPE_CHECKING:
    from lp_engagement.validation.checker import Finding, Tally


class RdjsonReport(ListReport):
    """`{"source": {…}, "diagnostics": […]}`."""

    def add(self, finding: Finding) -> None:
        """Add a diagnostic."""
        problem = finding.problem
        code = {"value": problem.rule}
        url = url_of(problem.rule)
        self.put(
            {
                "message": f"{problem.message}. {problem.hint}",
                "location": {"path": finding.file, "range": _range(finding)},
                "severity": problem.level.upper(),
                "code": code if url is None else {**code, "url": url},
            }
        )

    def close(self, files: int, tally: Tally) -> None:  # noqa: ARG002 - the same for every report
        """Write the object."""
        self.write(f'{{\n "source": {compact({"name": "lp-engagement"})},\n "diagnostics": ', "\n}\n")


def _range(finding: Finding) -> dict[str, Any]:
    # Columns are bytes here; in a very long line with other characters than ASCII they are unknown.
    if finding.in_bytes is None:
        return {"start": {"line": finding.line}}
    start, end = finding.in_bytes
    return {"start": {"line": finding.line, "column": start}, "end": {"line": finding.line, "column": end}}
