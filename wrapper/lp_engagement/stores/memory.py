"""Visits in this process only, for tests and for programs that need not remember."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from .base import VisitRecord

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["MemoryStore"]


class MemoryStore:
    """Keeps visits in memory until it is closed. A forked child goes on with a copy of its own.

    Args:
        clock: tells the time in seconds since the epoch; leases end by it.
    """

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._closed = False
        self._locks: dict[int, threading.Lock] = {}
        self._records: dict[str, tuple[int, str]] = {}
        self._leases: dict[str, tuple[str, float]] = {}

    def load(self, key: str) -> VisitRecord | None:
        """Return the record of `key`, or `None`."""
        with self._lock():
            known = self._records.get(key)
        return VisitRecord.from_json(known[1]) if known else None

    def save(self, key: str, record: VisitRecord) -> VisitRecord | None:
        """Save `record` if its version is still the stored one; `None` if it is not."""
        stored = replace(record, version=record.version + 1)
        text = stored.to_json()  # so that nobody's later change to a dict reaches the store
        with self._lock():
            if self._records.get(key, (0, ""))[0] != record.version:
                return None
            self._records[key] = (stored.version, text)
        return stored

    def delete(self, key: str) -> None:
        """Forget the record of `key`, if any."""
        with self._lock():
            self._records.pop(key, None)

    def acquire(self, key: str, token: str, *, lease: float) -> bool:
        """Try to become the one who works on `key`, for `lease` seconds."""
        with self._lock():
            now = self._clock()
            holder, end = self._leases.get(key, (token, now))
            if free := holder == token or end <= now:
                self._leases[key] = (token, now + lease)
            return free

    def release(self, key: str, token: str) -> None:
        """Let others work on `key`, if `token` still holds it."""
        with self._lock():
            if self._leases.get(key, (None, 0))[0] == token:
                del self._leases[key]

    def close(self) -> None:
        """Forget everything. May be called again."""
        self._closed = True
        self._records.clear()
        self._leases.clear()

    def _lock(self) -> threading.Lock:
        if self._closed:
            raise RuntimeError("The visit store is closed. Make a new one.")
        # One for each process: a fork may inherit one that is held by a thread it has not got.
        return self._locks.setdefault(os.getpid(), threading.Lock())
