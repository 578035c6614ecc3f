"""A clock for stores and the simulator that a test sets."""

from __future__ import annotations

__all__ = ["SetClock"]


class SetClock:
    """Gives `now` as the time of day, and `ticks` as the clock that nobody sets; `now` if a test leaves it out."""

    def __init__(self, now: float = 1_000.0, ticks: float | None = None) -> None:
        self.now = now
        self.ticks = ticks

    def time(self) -> float:
        """Return the seconds since the epoch."""
        return self.now

    def monotonic(self) -> float:
        """Return the seconds of a clock that nobody sets."""
        return self.now if self.ticks is None else self.ticks

    def sleep(self, seconds: float) -> None:
        """Let the time pass at once."""
        self.now += seconds
