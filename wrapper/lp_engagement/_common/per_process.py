"""State that each process must own, because it does not survive a fork: locks, sockets, connections."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["PerProcess"]

T = TypeVar("T")


class PerProcess(Generic[T]):
    """Holds one value for each process, made when that process first asks for it.

    A forked child inherits its parent's value, but neither uses nor closes it: a lock may be held by a thread that the
    child does not have, and a socket is shared with the parent.

    Args:
        make: makes the value. Threads that ask at the same moment may each call it; all get the same value.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._values: dict[int, T] = {}

    def own(self) -> T:
        """Return the value of the calling process."""
        process = os.getpid()
        if process in self._values:
            return self._values[process]
        # `setdefault` is atomic, so no lock is needed to find a lock.
        return self._values.setdefault(process, self._make())
