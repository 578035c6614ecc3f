"""Counts over time, in buckets that widen so that their number stays bounded."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Timeline"]

_MOST_BUCKETS = 120


class Timeline:
    """How often things happened, and when. Buckets are a second wide at first."""

    __slots__ = ("_buckets", "_seconds")

    def __init__(self) -> None:
        self._seconds = 1
        self._buckets: dict[int, Counter[str]] = {}

    def add(self, now: float, names: Iterable[str]) -> None:
        """Count what happened at a time, in seconds since the epoch."""
        for name in names:
            bucket = int(now // self._seconds)
            if bucket not in self._buckets:
                self._buckets[bucket] = Counter()
                self._widen()
                bucket = int(now // self._seconds)
            self._buckets[bucket][name] += 1

    def _widen(self) -> None:
        while len(self._buckets) > _MOST_BUCKETS:
            self._seconds *= 2
            merged: dict[int, Counter[str]] = {}
            for bucket, counts in self._buckets.items():
                merged.setdefault(bucket // 2, Counter()).update(counts)
            self._buckets = merged

    def to_json(self) -> list[dict[str, Any]]:
        """Return the buckets, oldest first, with the time at which each begins."""
        return [
            {"at": bucket * self._seconds, "counts": dict(self._buckets[bucket])} for bucket in sorted(self._buckets)
        ]
