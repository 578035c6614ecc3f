"""The records of a visit store, and its protocols."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol, Self

from lp_engagement._common.identifiers import usable_id
from lp_engagement.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping

__all__ = ["AsyncVisitStore", "VisitRecord", "VisitStore"]

_IDS = ("visitor_id", "session_id", "page_id")
LATEST = 253_402_300_799  # the end of the year 9999, the last second that has a date
_MOST_SAVES = 2**53
_DEEPEST = 100


@dataclass(frozen=True, slots=True, repr=False)
class VisitRecord:
    """The stored data of one visit.

    Attributes:
        visitor_id: the server's id of the consumer.
        session_id: the server's id of the session.
        page_id: the server's id of the page.
        engagement: `engagementDetails` as the server sent them, kept only while available.
        engagement_expires_at: when the engagement ends, in seconds since the epoch.
        updated_at: when the server last answered, in seconds since the epoch.
        version: how often the record was saved; 0 for never. Only stores set it.
    """

    visitor_id: str | None = None
    session_id: str | None = None
    page_id: str | None = None
    engagement: Mapping[str, Any] | None = None
    engagement_expires_at: float | None = None
    updated_at: float = 0.0
    version: int = 0

    def to_json(self) -> str:
        """Write the record as a JSON object in ASCII. What is unknown is left out.

        Raises:
            StoreError: `from_json` would not read it. Stored all the same, it would block the visit.
        """
        data = {name: value for name in _FIELDS if (value := getattr(self, name)) is not None}
        try:
            text = _encode(data)
        except (ValueError, TypeError, RecursionError):
            text, fault = "", "its engagement is not JSON"
        else:
            fault = _fault(data, text) or ""
        del data  # a traceback may show the locals of this frame
        if fault:
            del text
            raise StoreError(f"the visit cannot be stored: {fault}")
        return text

    def checked(self) -> Self:
        """Return this record, without an engagement, if `from_json` would read it from what `to_json` writes.

        Raises:
            StoreError: it would not.
        """
        fault = _fault({name: value for name in _FIELDS if (value := getattr(self, name)) is not None}, "")
        if fault:
            raise StoreError(f"the visit cannot be stored: {fault}")
        return self

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote. Unknown keys, as of a later version, are ignored.

        Raises:
            ValueError: not a JSON object, or a field has an impossible value, which the message does not quote.
        """
        data: Any
        try:
            data = _decode(text)
        except (ValueError, RecursionError):
            data = None
        # Raised out here, because the parser's own error holds the whole text.
        is_object = isinstance(data, dict)
        fault = _fault(data, text) if is_object else "a visit record must be a JSON object"
        if fault:
            del text, data
            raise ValueError(fault)
        try:
            return cls(**data)
        except TypeError:
            return cls(**{name: data[name] for name in _FIELDS if name in data})

    def counted(self) -> Self:
        """Return the record as a store saves it: the same, its version one higher."""
        return self.stamped(self.updated_at, self.version + 1)

    def stamped(self, updated_at: float, version: int) -> Self:
        """Return the record with another time and version."""
        # `dataclasses.replace` takes three times as long, and each save does this twice.
        return type(self)(
            self.visitor_id,
            self.session_id,
            self.page_id,
            self.engagement,
            self.engagement_expires_at,
            updated_at,
            version,
        )

    def __repr__(self) -> str:
        known = [
            name for name in ("visitor_id", "session_id", "page_id", "engagement") if getattr(self, name) is not None
        ]
        return f"<VisitRecord version {self.version}, with {', '.join(known) or 'nothing'}>"


# Once: a record is written and read with each call, and these would take half of the time.
_FIELDS: Final = tuple(VisitRecord.__dataclass_fields__)
_encode: Final = json.JSONEncoder(separators=(",", ":"), default=dict).encode
_decode: Final = json.JSONDecoder().decode


def _fault(data: dict[str, Any], text: str) -> str | None:
    """Return why this cannot be a record, or `None`. A shared store may hold what somebody else has written."""
    for name in _IDS:
        if (value := data.get(name)) is not None and usable_id(value) is None:
            return f"its {name} cannot be an id"
    expires_at = data.get("engagement_expires_at")
    if not _is_time(data.get("updated_at", 0)) or not (expires_at is None or _is_time(expires_at)):
        return "its times are not seconds since the epoch"
    version = data.get("version", 0)
    if type(version) is not int or not 0 <= version <= _MOST_SAVES:
        return "its version is not a number of saves"
    engagement = data.get("engagement")
    if engagement is not None and not isinstance(engagement, dict):
        return "its engagement must be an object"
    # Counting is quick, and nearly every record has few brackets.
    if text.count("[") + text.count("{") > _DEEPEST and _is_deep(engagement):
        return f"its engagement is nested deeper than {_DEEPEST} levels"
    return None


def _is_time(value: Any) -> bool:
    # Not `isinstance`: a bool is no time.
    return type(value) in {int, float} and 0 <= value <= LATEST


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(_DEEPEST):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


class VisitStore(Protocol):
    """Keeps visits by the application's own key for the consumer.

    Stores are thread-safe, and safe for several processes where their medium can be. Keys are arbitrary text and are
    compared character by character. A store may have a lifetime: a record that was last saved longer ago is as good as
    deleted. After `close()` every other method raises `RuntimeError`.

    A value that cannot be read is a `StoreError` for `load`, and never blocks the others: `items` skips it.

    Validate a store of your own with `lp_engagement.testing.stores`.
    """

    def load(self, key: str) -> VisitRecord | None:
        """Return the record of `key`, or `None`.

        Raises:
            StoreError: the store cannot be read.
        """
        ...

    def save(self, key: str, record: VisitRecord) -> VisitRecord | None:
        """Save `record` if nobody else has saved since it was loaded (`record.version` is compared).

        Returns:
            The record as stored, its version one higher; `None` if somebody else was first, and nothing was changed.

        Raises:
            StoreError: the store cannot be written. If the connection to it was lost meanwhile, the record may have
                been saved all the same.
        """
        ...

    def delete(self, key: str) -> None:
        """Forget the record of `key`, if any. Its lease is not touched.

        Raises:
            StoreError: the store cannot be written.
        """
        ...

    def acquire(self, key: str, token: str, *, lease: float) -> bool:
        """Try to become the one who works on `key`; never waits for it.

        Args:
            key: what to work on; it need not have a record.
            token: who asks. A holder who asks again renews its lease.
            lease: seconds until others may take over, in case the holder dies; more than 0.

        Returns:
            Whether `token` holds `key` now.

        Raises:
            StoreError: the store cannot be written.
        """
        ...

    def release(self, key: str, token: str) -> None:
        """Let others work on `key`. Does nothing if `token` does not hold it any more.

        Raises:
            StoreError: the store cannot be written.
        """
        ...

    def items(self, *, damaged: Callable[[str, StoreError], object] | None = None) -> Iterator[tuple[str, VisitRecord]]:
        """Give all keys and their records, in no order, for administration.

        What changes meanwhile may be given as it was, as it is, twice or not at all.

        Args:
            damaged: called for each value that cannot be read, with its key and an error that names no key; without it
                a warning is logged. The others follow.

        Raises:
            StoreError: the store cannot be read.
        """
        ...

    def purge(self, *, before: float, damaged: Callable[[str, StoreError], object] | None = None) -> int:
        """Delete the records whose `updated_at` is less than `before` (seconds since the epoch), for administration.

        Args:
            before: the first moment of which records are kept.
            damaged: called, in the same way, for each value that was neither readable nor deleted; without it a
                warning is logged.

        Returns:
            How many.

        Raises:
            StoreError: the store cannot be written.
        """
        ...

    def close(self) -> None:
        """Let go of files and connections. May be called again."""
        ...


class AsyncVisitStore(Protocol):
    """`VisitStore` with `await`, for media that have an asynchronous client. Same methods, same rules.

    The async client takes either kind; what only blocks for a moment, such as a file, is better off as a `VisitStore`,
    which it runs in worker threads.
    """

    async def load(self, key: str) -> VisitRecord | None:
        """Return the record of `key`, or `None`.

        Raises:
            StoreError: the store cannot be read.
        """
        ...

    async def save(self, key: str, record: VisitRecord) -> VisitRecord | None:
        """Save `record` if nobody else has saved since it was loaded (`record.version` is compared).

        Returns:
            The record as stored, its version one higher; `None` if somebody else was first, and nothing was changed.

        Raises:
            StoreError: the store cannot be written. If the connection to it was lost meanwhile, the record may have
                been saved all the same.
        """
        ...

    async def delete(self, key: str) -> None:
        """Forget the record of `key`, if any. Its lease is not touched.

        Raises:
            StoreError: the store cannot be written.
        """
        ...

    async def acquire(self, key: str, token: str, *, lease: float) -> bool:
        """Try to become the one who works on `key`; never waits for it.

        Args:
            key: what to work on; it need not have a record.
            token: who asks. A holder who asks again renews its lease.
            lease: seconds until others may take over, in case the holder dies; more than 0.

        Returns:
            Whether `token` holds `key` now.

        Raises:
            StoreError: the store cannot be written.
        """
        ...

    async def release(self, key: str, token: str) -> None:
        """Let others work on `key`. Does nothing if `token` does not hold it any more.

        Raises:
            StoreError: the store cannot be written.
        """
        ...

    def items(
        self, *, damaged: Callable[[str, StoreError], object] | None = None
    ) -> AsyncIterator[tuple[str, VisitRecord]]:
        """Give all keys and their records, in no order, for administration.

        What changes meanwhile may be given as it was, as it is, twice or not at all.

        Args:
            damaged: called for each value that cannot be read, with its key and an error that names no key; without it
                a warning is logged. The others follow.

        Raises:
            StoreError: the store cannot be read.
        """
        ...

    async def purge(self, *, before: float, damaged: Callable[[str, StoreError], object] | None = None) -> int:
        """Delete the records whose `updated_at` is less than `before` (seconds since the epoch), for administration.

        Args:
            before: the first moment of which records are kept.
            damaged: called, in the same way, for each value that was neither readable nor deleted; without it a
                warning is logged.

        Returns:
            How many.

        Raises:
            StoreError: the store cannot be written.
        """
        ...

    async def aclose(self) -> None:
        """Let go of files and connections. May be called again."""
        ...
