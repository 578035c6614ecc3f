"""For code scanning: SARIF 2.1.0."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from lp_engagement.validation import schemas

from .base import Report, compact

if TYPE_CHECKING:
    from typing import Any

    from lp_engagement.validation.findings import Finding, Tally

_STDIN = "-"


class SarifReport(Report):
    """One run; its rules are those of the spec."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._results = 0
        rules = schemas.load("rules")
        self._index = {rule["id"]: number for number, rule in enumerate(rules.values())}

    def add(self, finding: Finding) -> None:
        """Write a result."""
        if not self._results:
            self.out.write(self._head())
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
        self.out.write(f"{',' if self._results else ''}\n   {compact(result)}")
        self._results += 1

    def close(self, files: int, tally: Tally) -> None:  # noqa: ARG002 - the same for every report
        """Write the rest of the file."""
        if not self._results:
            self.out.write(self._head())
        self.out.write("\n   ]\n  }\n ]\n}\n")

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
        from importlib.metadata import version

        driver = {"name": "lp-engagement", "version": version("lp-engagement"), "rules": rules}
        return (
            '{\n "$schema": "https://json.schemastore.org/sarif-2.1.0.json",\n "version": "2.1.0",\n "runs": [\n  {\n'
            f'   "tool": {compact({"driver": driver})},\n   "columnKind": "unicodeCodePoints",\n   "results": ['
        )


def _uri(name: str) -> str:
    if name == _STDIN:
        return "stdin"
    path = Path(name)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
