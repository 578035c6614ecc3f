"""A store in the memory of this process, for tests and short-lived programs."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

from lp_engagement._common.clock import SystemClock
from lp_engagement._common.per_process import PerProcess
from lp_engagement._core.record import VisitRecord
from lp_engagement_client.facts import VISIT_LIFETIME_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lp_engagement._common.clock import Clock
    from lp_engagement.errors import StoreError


__all__ = ["MemoryStore"]

_CHUNK = 1000


class _Kept(NamedTuple):
    record: VisitRecord | str
    version: int
    updated_at: float
    ends: float


def _read(record: VisitRecord | str) -> VisitRecord:
    return VisitRecord.from_json(record) if isinstance(record, str) else record


class MemoryStore:
    """Stores visits in memory until it is closed. A forked child continues with its own copy.

    Args:
        lifetime: seconds after its last save at which a visit expires; `None` for never.
        clock: visits expire by its `time()`, leases by its `monotonic()`; the system's if not given.
    """

    def __init__(
        self,
        *,
        lifetime: float | None = VISIT_LIFETIME_SECONDS,
        clock: Clock | None = None,
    ) -> None:
        self._lifetime = math.inf if lifetime is None else lifetime
        self._clock = clock or SystemClock()
        self._closed = False
        # A fork may inherit a lock that is held by a thread the child does not have.
        self._locks = PerProcess(threading.Lock)
        # In the order in which they were saved, so that the first is the first to end.
        self._records: OrderedDict[str, _Kept] = OrderedDict()
        self._leases: dict[str, tuple[str, float]] = {}

    def __repr__(self) -> str:
        return f"<MemoryStore, lifetime {self._lifetime:g} s>"

    def load(self, key: str) -> VisitRecord | None:
        """Return the record of `key`, or `None`."""
        with self.locked():
            known = self._find(key)
        return _read(known.record) if known else None

    def save(self, key: str, record: VisitRecord) -> VisitRecord | None:
        """Save `record` if its version is still the stored one; `None` if it is not."""
        stored = record.counted()
        # As JSON, so that nobody's later change to a dict reaches the store; most records have none.
        kept = stored.to_json() if stored.engagement is not None else stored.checked()
        with self.locked():
            known = self._find(key)
            if (known.version if known else 0) != record.version:
                return None
            self._records[key] = _Kept(kept, stored.version, stored.updated_at, self._clock.time() + self._lifetime)
            self._records.move_to_end(key)
        return stored

    def delete(self, key: str) -> None:
        """Delete the record of `key`, if any."""
        with self.locked():
            self._records.pop(key, None)

    def acquire(self, key: str, token: str, *, lease: float) -> bool:
        """Try to acquire the lease of `key` for `lease` seconds."""
        with self.locked():
            now = self._clock.monotonic()
            holder, end = self._leases.get(key, (token, now))
            if free := holder == token or end <= now:
                self._leases[key] = (token, now + lease)
            return free

    def release(self, key: str, token: str) -> None:
        """Release the lease of `key`, if `token` still holds it."""
        with self.locked():
            if self._leases.get(key, (None, 0))[0] == token:
                del self._leases[key]

    def items(self, *, damaged: Callable[[str, StoreError], object] | None = None) -> Iterator[tuple[str, VisitRecord]]:  # noqa: ARG002 - nothing can damage these
        """Yield all keys and their records, from a snapshot taken at the first one."""
        with self.locked():
            now = self._clock.time()
            known = [(key, kept.record) for key, kept in self._records.items() if kept.ends > now]
        for key, record in known:
            yield key, _read(record)

    def purge(self, *, before: float, damaged: Callable[[str, StoreError], object] | None = None) -> int:  # noqa: ARG002 - nothing can damage these
        """Delete the records whose `updated_at` is less than `before`; return how many."""
        with self.locked():
            keys = list(self._records)
        deleted = 0
        for start in range(0, len(keys), _CHUNK):
            # Not all at once: calls wait for the lock meanwhile.
            with self.locked():
                deleted += self._purge_chunk(keys[start : start + _CHUNK], before)
        return deleted

    def close(self) -> None:
        """Drop all visits. May be called again."""
        self._closed = True
        self._records.clear()
        self._leases.clear()

    def _purge_chunk(self, keys: list[str], before: float) -> int:
        now, deleted = self._clock.time(), 0
        for key in keys:
            known = self._records.get(key)
            if known is not None and known.updated_at < before:
                del self._records[key]
                deleted += known.ends > now
        return deleted

    def _find(self, key: str) -> _Kept | None:
        now = self._clock.time()
        while self._records and next(iter(self._records.values())).ends <= now:
            self._records.popitem(last=False)
        known = self._records.get(key)
        # One that is not in front may have ended as well, if the clock was set back meanwhile.
        return known if known is not None and known.ends > now else None

    def locked(self) -> threading.Lock:
        """Return the lock of this store in this process, for stores that are built on it."""
        if self._closed:
            raise RuntimeError("The visit store is closed. Make a new one.")
        return self._locks.own()
