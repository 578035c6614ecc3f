"""The simulator's time, which tests and demos can move."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["VirtualClock"]

_FURTHEST = 1_000 * 365.25 * 86_400
"""Seconds; dates end with the year 9999."""


class VirtualClock:
    """A clock that goes as the machine's does, and can be moved ahead. Also fits the client's `clock` and `sleep`.

    Args:
        base: seconds since the epoch; what the clock goes by.

    Attributes:
        slept: the pauses that were asked for, in seconds, in order.
    """

    def __init__(self, base: Callable[[], float] = time.time) -> None:
        self._base = base
        self._ahead = 0.0
        self.slept: list[float] = []

    def __repr__(self) -> str:
        return f"<VirtualClock: {self._ahead:g} s ahead>"

    @property
    def ahead(self) -> float:
        """How many seconds it is ahead of what it goes by."""
        return self._ahead

    def time(self) -> float:
        """Seconds since the epoch."""
        return self._base() + self._ahead

    def monotonic(self) -> float:
        """Seconds since some moment."""
        return self.time()

    def advance(self, seconds: float) -> None:
        """Move it ahead.

        Raises:
            ValueError: `seconds` is negative, or leads out of the calendar.
        """
        if not 0 <= seconds <= _FURTHEST - self._ahead:
            raise ValueError("the clock can only move ahead, by a thousand years at most")
        self._ahead += seconds

    def sleep(self, seconds: float) -> None:
        """Note the pause and move ahead instead of waiting."""
        self.slept.append(seconds)
        self.advance(seconds)

    async def asleep(self, seconds: float) -> None:
        """Do the same for a coroutine."""
        self.sleep(seconds)
