"""What tests of several files share."""

from __future__ import annotations


class FakeClock:
    """A clock that only moves when somebody sleeps, or when a test says so.

    Attributes:
        slept: the pauses that were asked for, in seconds, in order.
        now: seconds since the clock was made.
    """

    def __init__(self, start: float = 1_700_000_000.0) -> None:
        """Start at `start`, in seconds since the epoch."""
        self._start = start
        self.now = 0.0
        self.slept: list[float] = []

    def __repr__(self) -> str:
        """Show the time and the pauses, which is what a failing test is about."""
        return f"FakeClock(now={self.now}, slept={self.slept})"

    def time(self) -> float:
        """Seconds since the epoch, as `time.time` gives them."""
        return self._start + self.now

    def monotonic(self) -> float:
        """Seconds since some moment, as `time.monotonic` gives them."""
        return self.now

    def advance(self, seconds: float) -> None:
        """Let time pass without anybody having asked for a pause."""
        self.now += seconds

    def sleep(self, seconds: float) -> None:
        """Note the pause and let the time pass at once."""
        self.slept.append(seconds)
        self.advance(seconds)

    async def asleep(self, seconds: float) -> None:
        """Do the same for a coroutine."""
        self.sleep(seconds)
