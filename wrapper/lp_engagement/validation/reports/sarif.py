"""SARIF 2.1.0, for code scanning."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from lp_engagement._common.version import __version__
from lp_engagement.validation import schemas

from .base import Report, Spool, compact

if TYPE_CHECKING:
    from typing import Any

    from lp_engagement.validation.checker import Finding, Tally

_STDIN = "-"
MOST_RESULTS = 25_000
"""The maximum number of results that GitHub's code scanning accepts in a run."""


class SarifReport(Report):
    """One run with the rules of the spec."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # Written at the end, so that an interrupted check leaves no partial file.
        self._results = Spool()
        self._left_out = 0
        rules = schemas.load("rules")
        self._index = {rule["id"]: number for number, rule in enumerate(rules.values())}

    def add(self, finding: Finding) -> None:
        """Add a result."""
        if self._results.parts >= MOST_RESULTS:
            self._left_out += 1
            return
        problem = finding.problem
        region = {
            "startLine": finding.line,
            "startColumn": finding.column,
            "endColumn": finding.end_column,
        }
        result = {
            "ruleId": problem.rule,
            "ruleIndex": self._index[problem.rule],
            "level": problem.level,
            "message": {"text": f"{problem.message}. {problem.hint}"},
            "locations": [
                {
                    "physicalLocation": {"artifactLocation": {"uri": _uri(finding.file)}, "region": region},
                    "logicalLocations": [{"fullyQualifiedName": problem.pointer}],
                }
            ],
        }
        self._results.add(f"{',' if self._results.parts else ''}\n   {compact(result)}")

    def abandon(self) -> None:
        """Discard the results."""
        self._results.close()

    def close(self, files: int, tally: Tally) -> None:  # noqa: ARG002 - the same for every report
        """Write the run."""
        self.out.write(self._head())
        self._results.pour(self.out)
        self.out.write("\n   ]")
        if self._left_out:
            notice = f"{self._left_out} more results were left out: code scanning accepts at most {MOST_RESULTS}."
            left_out = {"level": "warning", "message": {"text": notice}}
            invocation = {"executionSuccessful": True, "toolExecutionNotifications": [left_out]}
            self.out.write(f',\n   "invocations": {compact([invocation])}')
        self.out.write("\n  }\n ]\n}\n")

    def _head(self) -> str:
        rules = [
            {
                "id": rule["id"],
                "name": name,
                "shortDescription": {"text": rule["title"]},
                "fullDescription": {"text": rule["text"]},
                "help": {"text": rule["fix"]},
                "defaultConfiguration": {"level": "error"},
            }
            for name, rule in schemas.load("rules").items()
        ]
        driver = {"name": "lp-engagement", "version": __version__, "rules": rules}
        return (
            '{\n "$schema": "https://json.schemastore.org/sarif-2.1.0.json",\n "version": "2.1.0",\n "runs": [\n  {\n'
            f'   "tool": {compact({"driver": driver})},\n   "columnKind": "unicodeCodePoints",\n   "results": ['
        )


def _uri(name: str) -> str:
    if name == _STDIN:
        return "stdin"
    path = Path(name)
    # As bytes, because a name need not be text.
    return path.as_uri() if path.is_absolute() else quote(os.fsencode(path.as_posix()))
