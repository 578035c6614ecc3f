"""GitHub Actions workflow commands, which become annotations in the diff, and the summary of the step.

GitHub shows ten errors and ten warnings of a step as annotations. The summary has all problems.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from lp_engagement.validation.problem import shown_pointer

from .base import Report, shown_name
from .summary import Summary

if TYPE_CHECKING:
    from typing import Any

    from lp_engagement.validation.checker import Finding, Tally


class GitHubReport(Report):
    """One `::error …::` or `::warning …::` line for each finding."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        file = os.environ.get("GITHUB_STEP_SUMMARY")
        self._summary = Summary(file) if file else None

    def add(self, finding: Finding) -> None:
        """Write one workflow command."""
        if self._summary is not None:
            self._summary.add(finding)
        problem = finding.problem
        properties = {
            "file": shown_name(finding.file),
            "line": finding.line,
            "col": finding.column,
            "endColumn": finding.end_column,
            "title": f"{problem.rule} {problem.name}",
        }
        fields = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
        message = f"{problem.message}. {problem.hint} ({shown_pointer(problem) or 'the whole payload'})"
        self.out.write(f"::{problem.level} {fields}::{_data(message)}\n")

    def close(self, files: int, tally: Tally) -> None:
        """Write the totals as a notice, and the summary."""
        if self._summary is not None:
            try:
                self._summary.write(files, tally)
            except OSError as error:
                self._summary.abandon()
                self._summary.abandon()
                reason = _data(f"The step summary cannot be written: {error.strerror}")
                self.out.write(f"::warning title=lp-engagement::{reason}\n")
        if not self.quiet:
            self.out.write(
                f"::notice title=lp-engagement::{tally.documents} payloads in {files} files, {tally.invalid} invalid, "
                f"{tally.errors} errors, {tally.warnings} warnings\n"
            )

    def abandon(self) -> None:
        """Discard the summary."""
        if self._summary is not None:
            self._summary.abandon()


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
