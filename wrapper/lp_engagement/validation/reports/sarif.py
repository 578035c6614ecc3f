"""SARIF 2.1.0, for code scanning."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from lp_engagement._common.version import __version__
from lp_engagement.validation import schemas
from lp_engagement.validation.fingerprint import Fingerprints

from .base import ListReport, compact
from .documentation import url_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from lp_engagement.validation.checker import Finding, Tally
    from lp_engagement.validation.fixes import TextChange

_STDIN = "-"
MOST_RESULTS = 25_000
"""The maximum number of results that GitHub's code scanning accepts in a run."""


class SarifReport(ListReport):
    """One run with the rules of the spec."""

    has_fixes = True

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._left_out = 0
        self._fingerprints = Fingerprints()
        rules = schemas.load("rules")
        self._index = {rule["id"]: number for number, rule in enumerate(rules.values())}

    def add(self, finding: Finding) -> None:
        """Add a result."""
        if self.entries.parts >= MOST_RESULTS:
            self._left_out += 1
            return
        problem = finding.problem
        region = {
            "startLine": finding.line,
            "startColumn": finding.column,
            "endColumn": finding.end_column,
        }
        self.put(
            {
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
                "partialFingerprints": {"place/v1": self._fingerprints.of(finding)},
                **self._fixes(finding),
            }
        )

    def _fixes(self, finding: Finding) -> dict[str, Any]:
        replacements = [_replacement(finding.line, edit) for edit in self.edits_of(finding)]
        if not replacements or finding.fix is None:
            return {}
        change = {"artifactLocation": {"uri": _uri(finding.file)}, "replacements": replacements}
        return {"fixes": [{"description": {"text": finding.fix.title}, "artifactChanges": [change]}]}

    def close(self, files: int, tally: Tally) -> None:  # noqa: ARG002 - the same for every report
        """Write the run."""
        end = "\n  }\n ]\n}\n"
        if self._left_out:
            notice = f"{self._left_out} more results were left out: code scanning accepts at most {MOST_RESULTS}."
            left_out = {"level": "warning", "message": {"text": notice}}
            invocation = {"executionSuccessful": True, "toolExecutionNotifications": [left_out]}
            end = f',\n   "invocations": {compact([invocation])}{end}'
        driver = {"name": "lp-engagement", "version": __version__, "rules": list(_rules())}
        head = (
            '{\n "$schema": "https://json.schemastore.org/sarif-2.1.0.json",\n "version": "2.1.0",\n "runs": [\n  {\n'
            f'   "tool": {compact({"driver": driver})},\n   "columnKind": "unicodeCodePoints",\n   "results": '
        )
        self.write(head, end)


def _replacement(line: int, edit: TextChange) -> dict[str, Any]:
    at = line + edit.down
    region = {"startLine": at, "startColumn": edit.column, "endLine": at, "endColumn": edit.end_column}
    return {"deletedRegion": region, "insertedContent": {"text": edit.text}}


def _rules() -> Iterator[dict[str, Any]]:
    for name, rule in schemas.load("rules").items():
        url = url_of(rule["id"])
        yield {
            "id": rule["id"],
            "name": name,
            "shortDescription": {"text": rule["title"]},
            "fullDescription": {"text": rule["text"]},
            "help": {"text": rule["fix"], "markdown": _help(rule)},
            "defaultConfiguration": {"level": "error"},
            **({} if url is None else {"helpUri": url}),
        }


def _help(rule: dict[str, Any]) -> str:
    """Return the fix of a rule, and an example, for the page of an alert."""
    examples = [
        f"{title.capitalize()}:\n\n```json\n{json.dumps(rule['example'][title])}\n```"
        for title in ("wrong", "right")
        if "example" in rule
    ]
    return "\n\n".join([rule["fix"], *examples])


def _uri(name: str) -> str:
    if name == _STDIN:
        return "stdin"
    path = Path(name)
    # As bytes, because a name need not be text.
    return path.as_uri() if path.is_absolute() else quote(os.fsencode(path.as_posix()))
