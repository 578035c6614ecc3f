"""GitLab's code quality report, which merge requests show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lp_engagement.validation.fingerprint import Fingerprints, relative

from .base import ListReport

if TYPE_CHECKING:
    from typing import Any

    from lp_engagement.validation.checker import Finding, Tally

_SEVERITIES = {"error": "major", "warning": "minor"}


class GitLabReport(ListReport):
    """An array with one object for each finding."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._fingerprints = Fingerprints()

    def add(self, finding: Finding) -> None:
        """Add a problem. GitLab merges those with the same fingerprint, so each has its own."""
        problem = finding.problem
        self.put(
            {
                "description": f"{problem.message}. {problem.hint}",
                "check_name": f"{problem.rule} {problem.name}",
                "fingerprint": self._fingerprints.of(finding),
                "severity": _SEVERITIES[problem.level],
                "location": {"path": relative(finding.file), "lines": {"begin": finding.line}},
            }
        )

    def close(self, files: int, tally: Tally) -> None:  # noqa: ARG002 - the same for every report
        """Write the array."""
        self.write("", "\n")
