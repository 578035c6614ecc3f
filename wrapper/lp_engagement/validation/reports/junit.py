"""JUnit XML, with one suite per file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lp_engagement.validation.problem import shown_pointer

from .base import Report, Spool, shown_name

if TYPE_CHECKING:
    from typing import Any

    from lp_engagement.validation.checker import Finding, Tally

# XML 1.0 cannot represent these.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class JUnitReport(Report):
    """One case per payload with findings, and one for the rest of the file; warnings fail only if strict."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._suites = Spool()
        self._cases = Spool()
        self._document = 0
        self._findings: list[Finding] = []
        self._cases_so_far = self._failed = self._all_cases = self._all_failed = 0

    def add(self, finding: Finding) -> None:
        """Add a finding to the case of its payload."""
        if finding.document != self._document:
            self._end_case()
        self._document = finding.document
        self._findings.append(finding)

    def file_done(self, name: str, tally: Tally) -> None:
        """Finish the suite of a file."""
        self._end_case()
        # A file without payloads has a finding, but no payload.
        others = max(tally.documents - self._cases_so_far, 0)
        if others or not self._cases_so_far:
            case = f"{others} payload{'' if others == 1 else 's'} without findings"
            self._cases.add(f"  <testcase classname={_attribute(shown_name(name))} name={_attribute(case)}/>\n")
            self._cases_so_far += 1
        head = f'tests="{self._cases_so_far}" failures="{self._failed}" errors="0"'
        self._suites.add(f" <testsuite name={_attribute(shown_name(name))} {head}>\n")
        self._cases.pour(_Into(self._suites))  # type: ignore[arg-type]  # it only needs `write`
        self._suites.add(" </testsuite>\n")
        self._all_cases += self._cases_so_far
        self._all_failed += self._failed
        self._cases, self._document, self._cases_so_far, self._failed = Spool(), 0, 0, 0

    def abandon(self) -> None:
        """Discard the cases."""
        self._suites.close()
        self._cases.close()

    def close(self, files: int, tally: Tally) -> None:  # noqa: ARG002 - the same for every report
        """Write all suites."""
        head = f'name="lp-engagement" tests="{self._all_cases}" failures="{self._all_failed}" errors="0"'
        self.out.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites {head}>\n')
        self._suites.pour(self.out)
        self.out.write("</testsuites>\n")

    def _end_case(self) -> None:
        if not self._findings:
            return
        first = self._findings[0]
        lines = "\n".join(map(_line, self._findings))
        failures = [finding for finding in self._findings if self.is_failure(finding)]
        name = _attribute(f"payload {first.document}")
        self._cases.add(f"  <testcase classname={_attribute(shown_name(first.file))} name={name}>\n")
        if failures:
            rule = failures[0].problem
            message = f"{len(failures)} problem{'' if len(failures) == 1 else 's'}"
            self._cases.add(
                f'   <failure type="{rule.rule}" message={_attribute(message)}>{_content(lines)}</failure>\n'
            )
            self._failed += 1
        else:
            self._cases.add(f"   <system-out>{_content(lines)}</system-out>\n")
        self._cases.add("  </testcase>\n")
        self._cases_so_far += 1
        self._findings = []


def _line(finding: Finding) -> str:
    place = f"{shown_name(finding.file)}:{finding.line}:{finding.column}"
    problem = finding.problem
    words = f"{problem.message}. {problem.hint}"
    return f"{place}: {problem.level} {problem.rule} {shown_pointer(problem)}: {words}"


class _Into:
    def __init__(self, spool: Spool) -> None:
        self.write = spool.add


def _attribute(text: str) -> str:
    plain = _content(text).replace('"', "&quot;").replace("\t", "&#9;").replace("\n", "&#10;").replace("\r", "&#13;")
    return f'"{plain}"'


def _content(text: str) -> str:
    # The standard library's escaping would import many of its network modules.
    text = _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # In ASCII, so that the file is valid in any encoding of the output.
    return text.encode("ascii", "xmlcharrefreplace").decode()
