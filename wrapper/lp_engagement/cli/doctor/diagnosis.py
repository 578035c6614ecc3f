"""Results of the checks: one for each check, in a fixed order."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from lp_engagement._common.printable import printable

__all__ = ["CHECKS", "CheckResult", "Diagnosis", "Status"]

Status = Literal["ok", "warn", "fail", "skipped"]
CHECKS = ("versions", "account", "proxy", "look-up", "host", "tls", "clock", "store")
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of one check.

    Attributes:
        check: the id of the check, one of `CHECKS`.
        status: `skipped` if an earlier check failed, or there is nothing to check.
        text: one sentence: the result.
        fix: what to do; `None` if there is nothing to do.
    """

    check: str
    status: Status
    text: str
    fix: str | None = None


class Diagnosis:
    """Collects results. The first one for a check stays: later ones are its consequences."""

    def __init__(self) -> None:
        self._found: dict[str, CheckResult] = {}

    def add(self, check: str, status: Status, text: str, fix: str | None = None) -> None:
        """Add a result. Its text may repeat words of a server or name a file."""
        result = CheckResult(
            check, status, printable(text, _LONGEST), None if fix is None else printable(fix, _LONGEST)
        )
        self._found.setdefault(check, result)

    def all(self) -> list[CheckResult]:
        """Return a result for each check."""
        skipped = "Not checked, because an earlier check failed."
        return [self._found.get(check) or CheckResult(check, "skipped", skipped) for check in CHECKS]

    def failed(self) -> bool:
        """Whether a check failed."""
        return any(result.status == "fail" for result in self._found.values())

    def to_json(self) -> dict[str, Any]:
        """Write the results for a program."""
        return {"ok": not self.failed(), "checks": [asdict(result) for result in self.all()]}

    def to_text(self) -> str:
        """Write the results for a person."""
        lines = []
        for result in self.all():
            lines.append(f"{result.status:<8} {result.check:<9} {result.text}")
            if result.fix is not None:
                lines.append(f"{'':<18} {result.fix}")
        return "\n".join(lines)
