"""reviewdog's diagnostic format, which it posts as comments on a change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .base import ListReport, compact
from .documentation import url_of

if TYPE_CHECKING:
    from lp_engagement.validation.checker import Finding, Tally


class RdjsonReport(ListReport):
    """`{"source": {…}, "diagnostics": […]}`."""

    has_fixes = True

    def add(self, finding: Finding) -> None:
        """Add a diagnostic."""
        problem = finding.problem
        code = {"value": problem.rule}
        url = url_of(problem.rule)
        self.put(
            {
                "message": f"{problem.message}. {problem.hint}",
                "location": {"path": finding.file, "range": _range(finding.line, finding.in_bytes)},
                "severity": problem.level.upper(),
                "code": code if url is None else {**code, "url": url},
                **self._suggestions(finding),
            }
        )

    def _suggestions(self, finding: Finding) -> dict[str, Any]:
        """Suggest the fix. reviewdog offers each suggestion by itself, so several edits are none."""
        edits = self.edits_of(finding)
        edit = edits[0] if len(edits) == 1 else finding.fix.joined if edits and finding.fix else None
        if edit is None or edit.in_bytes is None:
            return {}
        return {"suggestions": [{"range": _range(finding.line + edit.down, edit.in_bytes), "text": edit.text}]}

    def close(self, files: int, tally: Tally) -> None:  # noqa: ARG002 - the same for every report
        """Write the object."""
        self.write(f'{{\n "source": {compact({"name": "lp-engagement"})},\n "diagnostics": ', "\n}\n")


def _range(line: int, in_bytes: tuple[int, int] | None) -> dict[str, Any]:
    # Columns are bytes here; in a very long line with other characters than ASCII they are unknown.
    if in_bytes is None:
        return {"start": {"line": line}}
    start, end = in_bytes
    return {"start": {"line": line, "column": start}, "end": {"line": line, "column": end}}
