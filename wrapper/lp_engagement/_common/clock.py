"""Where clients, stores and the simulator take the time from, and how they wait."""

from __future__ import annotations

import time
from typing import Protocol

__all__ = ["AsyncClock", "AsyncSystemClock", "Clock", "SystemClock"]


class Clock(Protocol):
    """Gives the time, and waits. Pass one of your own to make tests independent of real time."""

    def time(self) -> float:
        """Return the seconds since the epoch."""
        ...

    def monotonic(self) -> float:
        """Return the seconds of a clock that nobody sets."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class AsyncClock(Protocol):
    """Gives the time, and waits without blocking the event loop."""

    def time(self) -> float:
        """Return the seconds since the epoch."""
        ...

    def monotonic(self) -> float:
        """Return the seconds of a clock that nobody sets."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class _MachineTime:
    # As they are: a call of the client asks a dozen times.
    monotonic = staticmethod(time.monotonic)
    time = staticmethod(time.time)


class SystemClock(_MachineTime):
    """The clock of the machine."""

    def sleep(self, seconds: float) -> None:
        """Block the calling thread."""
        time.sleep(seconds)  # noqa: TID251 - here effects become real


class AsyncSystemClock(_MachineTime):
    """The clock of the machine, for an event loop."""

    async def sleep(self, seconds: float) -> None:
        """Suspend the calling task."""
        import anyio

        await anyio.sleep(seconds)
