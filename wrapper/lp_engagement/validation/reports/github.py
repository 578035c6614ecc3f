"""GitHub Actions workflow commands, which become annotations in the diff."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lp_engagement.validation.problem import shown_pointer

from .base import Report, shown_name

if TYPE_CHECKING:
    from lp_engagement.validation.checker import Finding, Tally


class GitHubReport(Report):
    """One `::error …::` or `::warning …::` line for each finding."""

    def add(self, finding: Finding) -> None:
        """Write one workflow command."""
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
        """Write the totals as a notice."""
        if not self.quiet:
            self.out.write(
                f"::notice title=lp-engagement::{tally.documents} payloads in {files} files, {tally.invalid} invalid, "
                f"{tally.errors} errors, {tally.warnings} warnings\n"
            )


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
