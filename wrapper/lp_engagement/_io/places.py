"""The places of a client: at most so many of its requests are on the wire at once.

A place is known by its holder, an object that the caller makes before it asks. So whatever interrupts the caller can be
followed by giving back what it may or may not hold, and no place is lost.
"""

from __future__ import annotations

import math
import os
import threading
import time
import weakref
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from anyio import Event

_LONGEST_NAP = 0.5
"""Seconds after which a waiting thread looks for itself: the one that was woken may have been interrupted meanwhile."""

_in_use: weakref.WeakSet[Places] = weakref.WeakSet()


class Places:
    """Places for the threads of a process."""

    def __init__(self, count: int) -> None:
        self._count = count
        self.start_afresh()
        _in_use.add(self)

    def start_afresh(self) -> None:
        """Free all places, in a child whose parent's threads hold them, and perhaps the lock."""
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._holders: set[object] = set()

    def take(self, holder: object, patience: float) -> float | None:
        """Wait until there is a place for `holder`.

        Args:
            holder: who asks; may ask again if it got none.
            patience: seconds to wait at most.

        Returns:
            The seconds waited, 0 if a place was free; `None` if none became free in time.
        """
        with self._lock:
            if self._enters(holder):
                return 0.0
            started = time.monotonic()
            while (left := patience - (time.monotonic() - started)) > 0:
                self._changed.wait(min(left, _LONGEST_NAP))
                if self._enters(holder):
                    return time.monotonic() - started
            return None

    def give_back(self, holder: object) -> None:
        """Free the place of `holder`, if it has one."""
        if holder not in self._holders:
            return  # given back after its request; nobody else takes a place for it
        with self._lock:
            self._holders.discard(holder)
            self._changed.notify()

    def _enters(self, holder: object) -> bool:
        if len(self._holders) < self._count:
            self._holders.add(holder)
        return holder in self._holders


def _after_fork() -> None:
    for places in list(_in_use):
        places.start_afresh()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


class AsyncPlaces:
    """Places for the tasks of one event loop; the one that has waited longest is next."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._holders: set[object] = set()
        self._waiting: dict[object, Event] = {}

    async def take(self, holder: object, patience: float) -> float | None:
        """Do what `Places.take` does. Who got no place keeps its turn until it gives back."""
        if holder in self._holders or (not self._waiting and len(self._holders) < self._count):
            self._holders.add(holder)
            return 0.0
        import anyio

        started = anyio.current_time()
        turn = self._waiting.setdefault(holder, anyio.Event())
        with anyio.move_on_after(None if patience == math.inf else patience):
            await turn.wait()
        return anyio.current_time() - started if holder in self._holders else None

    def give_back(self, holder: object) -> None:
        """Free the place of `holder`, or its turn if it still waits, and let the next ones in."""
        self._holders.discard(holder)
        self._waiting.pop(holder, None)
        while self._waiting and len(self._holders) < self._count:
            following = next(iter(self._waiting))
            self._holders.add(following)
            self._waiting.pop(following).set()
