"""A store in a mapping of the application, such as the session of a web framework or a signed cookie."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lp_engagement._common.clock import SystemClock
from lp_engagement._common.muted import MutedText
from lp_engagement._core.record import VisitRecord
from lp_engagement.errors import ConfigurationError
from lp_engagement_client.facts import VISIT_LIFETIME_SECONDS

from .memory import MemoryStore
from .reading import damaged_visit, read, skip, sound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, MutableMapping

    from lp_engagement._common.clock import Clock
    from lp_engagement.errors import StoreError

__all__ = ["MappingStore"]

_NAME = "in the mapping"
_LONGEST = 1_000_000
_LONGEST_TIME = 32


class MappingStore:
    """Stores visits in a mapping of yours, one entry per visit. Each value is an ASCII string, which JSON can hold.

    Records are compared, and leases are held, within this store object only. Two processes that change the same
    session at the same time can overwrite each other, as with everything else in a session: the last one wins, and a
    new consumer can become two visitors.

    Args:
        mapping: a session, or anything else that is a mutable mapping. Entries are assigned, never changed in place.
        prefix: begins the name of each entry; other entries are left alone.
        lifetime: seconds after its last save at which a visit expires; `None` for never. An expired visit is never
            returned; `purge()` deletes it.
        clock: visits expire by its `time()`, leases by its `monotonic()`; the system's if not given.

    Raises:
        ConfigurationError: `mapping` is not a mutable mapping, or `prefix` is empty.
    """

    def __init__(
        self,
        mapping: MutableMapping[str, Any],
        *,
        prefix: str = "lp:",
        lifetime: float | None = VISIT_LIFETIME_SECONDS,
        clock: Clock | None = None,
    ) -> None:
        # By the class only: Django's session is no MutableMapping, and Flask's can be looked at in a request only.
        kind: type = type(mapping)
        if not (hasattr(kind, "__setitem__") and hasattr(kind, "__delitem__")) or issubclass(kind, Sequence):
            raise ConfigurationError("the mapping of a MappingStore must be a mutable mapping, such as a session")
        if not isinstance(prefix, str) or not prefix:
            raise ConfigurationError("the prefix of a MappingStore must be a string that is not empty")
        self._mapping = mapping
        self._prefix = prefix
        self._lifetime = math.inf if lifetime is None else lifetime
        self._clock = clock or SystemClock()
        # A mapping of the application is not safe for threads; this store's lock and leases are.
        self._leases = MemoryStore(clock=self._clock)

    def __repr__(self) -> str:
        return f"<MappingStore, {type(self._mapping).__name__}, lifetime {self._lifetime:g} s>"

    def load(self, key: str) -> VisitRecord | None:
        """Return the record of `key`, or `None`."""
        key = MutedText(key)
        with self._leases.locked():
            found = self._find(key)
        return None if found is None else sound(found)

    def save(self, key: str, record: VisitRecord) -> VisitRecord | None:
        """Save `record` if its version is still the stored one; `None` if it is not."""
        key = MutedText(key)
        stored = record.counted()
        text = MutedText(stored.to_json())
        with self._leases.locked():
            known = self._find(key)
            if (sound(known).version if known else 0) != record.version:
                return None
            self._mapping[self._prefix + key] = f"{self._clock.time() + self._lifetime!r} {text!s}"
        return stored

    def delete(self, key: str) -> None:
        """Delete the record of `key`, if any."""
        key = MutedText(key)
        with self._leases.locked():
            self._drop(self._prefix + key)

    def acquire(self, key: str, token: str, *, lease: float) -> bool:
        """Try to acquire the lease of `key` for `lease` seconds, among the users of this store object."""
        return self._leases.acquire(MutedText(key), token, lease=lease)

    def release(self, key: str, token: str) -> None:
        """Release the lease of `key`, if `token` still holds it."""
        self._leases.release(MutedText(key), token)

    def items(self, *, damaged: Callable[[str, StoreError], object] | None = None) -> Iterator[tuple[str, VisitRecord]]:
        """Yield all keys and their records, from a snapshot taken at the first one."""
        with self._leases.locked():
            found = [(key, self._find(key)) for key in self._keys()]
        for key, record in found:
            if isinstance(record, VisitRecord):
                yield str(key), record
            elif record is not None:
                skip(damaged, str(key), record)

    def purge(self, *, before: float, damaged: Callable[[str, StoreError], object] | None = None) -> int:
        """Delete the records whose `updated_at` is less than `before`; return how many. Damaged ones go, too."""
        deleted = 0
        with self._leases.locked():
            for key in self._keys():
                found = self._find(key)
                if isinstance(found, VisitRecord) and found.updated_at >= before:
                    continue
                self._drop(self._prefix + key)
                deleted += found is not None
                if found is not None and not isinstance(found, VisitRecord) and damaged is not None:
                    damaged(str(key), found)
        return deleted

    def close(self) -> None:
        """Drop the leases. The visits stay in the mapping. May be called again."""
        self._leases.close()

    def _keys(self) -> list[MutedText]:
        names = [name for name in self._mapping.keys() if isinstance(name, str)]  # noqa: SIM118 - Django's session
        return [MutedText(name.removeprefix(self._prefix)) for name in names if name.startswith(self._prefix)]

    def _drop(self, name: str) -> None:
        if self._mapping.get(name) is not None:
            del self._mapping[name]

    def _find(self, key: str) -> VisitRecord | StoreError | None:
        value = self._mapping.get(self._prefix + key)
        if value is None:
            return None
        fault = "it is not what this store has written"
        if not isinstance(value, str) or len(value) > _LONGEST:
            return damaged_visit(_NAME, key, fault)
        time, _, text = map(MutedText, value.partition(" "))
        del value
        try:
            ends = float(str(time)[:_LONGEST_TIME])
        except ValueError:
            ends = math.nan
        if math.isnan(ends):
            return damaged_visit(_NAME, key, fault)
        return None if ends <= self._clock.time() else read(_NAME, key, text)
