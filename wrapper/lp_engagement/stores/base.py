"""What a visit store keeps, and what it can do."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

__all__ = ["AsyncVisitStore", "VisitRecord", "VisitStore"]


@dataclass(frozen=True, slots=True, repr=False)
class VisitRecord:
    """What is known about one visit.

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
        """Write the record as a JSON object in ASCII. What is unknown is left out."""
        return _encode({name: value for name in _FIELDS if (value := getattr(self, name)) is not None})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote. Unknown keys, as of a later version, are ignored.

        Raises:
            ValueError: the text is not a JSON object.
        """
        try:
            data = _decode(text)
        except ValueError:
            data = None
        if not isinstance(data, dict):
            # Raised out here, because the parser's own error holds the whole text.
            raise ValueError("a visit record is a JSON object")  # noqa: TRY004 - the content is wrong, not the argument
        try:
            return cls(**data)
        except TypeError:
            return cls(**{name: data[name] for name in _FIELDS if name in data})

    def counted(self) -> Self:
        """Return the record as a store keeps it: the same, its version one higher."""
        # `dataclasses.replace` takes three times as long, and this is done with each save.
        return type(self)(
            self.visitor_id,
            self.session_id,
            self.page_id,
            self.engagement,
            self.engagement_expires_at,
            self.updated_at,
            self.version + 1,
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


class VisitStore(Protocol):
    """Keeps visits by the application's own key for the consumer.

    Stores are thread-safe, and safe for several processes where their medium can be. Keys are arbitrary text and are
    compared character by character. A store may have a lifetime: a record that was last saved longer ago is as good as
    deleted. After `close()` every other method raises `RuntimeError`.

    Whoever writes a store of their own can hold it against `lp_engagement.testing.stores`.
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

    def items(self) -> Iterator[tuple[str, VisitRecord]]:
        """Give all keys and their records, in no order, for administration.

        What changes meanwhile may be given as it was, as it is, twice or not at all.

        Raises:
            StoreError: the store cannot be read.
        """
        ...

    def purge(self, *, before: float) -> int:
        """Delete the records whose `updated_at` is less than `before` (seconds since the epoch), for administration.

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
        """Do what `VisitStore.load` does."""
        ...

    async def save(self, key: str, record: VisitRecord) -> VisitRecord | None:
        """Do what `VisitStore.save` does."""
        ...

    async def delete(self, key: str) -> None:
        """Do what `VisitStore.delete` does."""
        ...

    async def acquire(self, key: str, token: str, *, lease: float) -> bool:
        """Do what `VisitStore.acquire` does."""
        ...

    async def release(self, key: str, token: str) -> None:
        """Do what `VisitStore.release` does."""
        ...

    def items(self) -> AsyncIterator[tuple[str, VisitRecord]]:
        """Do what `VisitStore.items` does."""
        ...

    async def purge(self, *, before: float) -> int:
        """Do what `VisitStore.purge` does."""
        ...

    async def aclose(self) -> None:
        """Do what `VisitStore.close` does."""
        ...
