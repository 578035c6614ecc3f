"""The clock of this machine, compared with the server's."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .diagnosis import Diagnosis

__all__ = ["compare"]

_LONGEST = 64
_TOLERATED = 300.0
_UNITS = ((86_400, "days"), (3600, "hours"), (60, "minutes"))


def compare(diagnosis: Diagnosis, date: str | None, received_at: float) -> None:
    """Compare the Date header of a response with the time it came.

    A clock that is off breaks TLS, and offers expire too early or too late.
    """
    sent_at = None if date is None else _seconds(date)
    if sent_at is None:
        diagnosis.add("clock", "skipped", "No response names the time, so the clock cannot be compared.")
        return
    off = 60.0 * round((received_at - sent_at) / 60)
    if abs(off) <= _TOLERATED:
        diagnosis.add("clock", "ok", "The clock of this machine agrees with the server's.")
        return
    size, unit = next((size, unit) for size, unit in _UNITS if abs(off) >= size)
    amount = f"{abs(off) / size:.1f} {unit} {'ahead of' if off > 0 else 'behind'}"
    fix = "Set the clock, and keep it right with NTP. Until then offers expire at the wrong time and TLS may fail."
    diagnosis.add("clock", "fail", f"The clock of this machine is {amount} the server's.", fix)


def _seconds(date: str) -> float | None:
    if len(date) > _LONGEST:
        return None
    try:
        return parsedate_to_datetime(date).timestamp()
    except (ValueError, TypeError, OverflowError, OSError):
        return None
