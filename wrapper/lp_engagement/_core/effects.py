"""What a flow asks its driver to do. A flow yields these and is sent their results; it does no I/O itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Generator

    from .record import AsyncVisitStore, VisitRecord, VisitStore
    from .transport import HttpRequest

    AnyStore = VisitStore | AsyncVisitStore

__all__ = ["Acquire", "Delete", "Effect", "Flow", "Load", "Release", "Reserve", "Save", "Send", "Sleep", "StoreEffect"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reserve:
    """Wait for a place among the requests that are on the wire, for `patience` seconds at most.

    The result is the seconds waited, 0 for none; `None` if no place became free. The driver frees the place when the
    next `Send` is over, or the flow.
    """

    patience: float


@dataclass(frozen=True, slots=True)
class Send:
    """Send a request and return the response; `timeout` seconds bound the whole exchange."""

    request: HttpRequest
    timeout: float


@dataclass(frozen=True, slots=True)
class Sleep:
    """Wait for so many seconds."""

    seconds: float


class StoreEffect(Protocol):
    """Ask something of the visit store."""

    def apply(self, store: AnyStore) -> Any:
        """Do it; with an async store, give what is to be awaited."""
        ...


@dataclass(frozen=True, slots=True, repr=False)
class Load:
    """Load a visit."""

    key: str

    def apply(self, store: AnyStore) -> Any:
        """Do it."""
        return store.load(self.key)


@dataclass(frozen=True, slots=True, repr=False)
class Save:
    """Save a visit, unless somebody else did since it was loaded."""

    key: str
    record: VisitRecord

    def apply(self, store: AnyStore) -> Any:
        """Do it."""
        return store.save(self.key, self.record)


@dataclass(frozen=True, slots=True, repr=False)
class Delete:
    """Forget a visit."""

    key: str

    def apply(self, store: AnyStore) -> Any:
        """Do it."""
        return store.delete(self.key)


@dataclass(frozen=True, slots=True, repr=False)
class Acquire:
    """Try to become the one who opens a visit."""

    key: str
    token: str
    lease: float

    def apply(self, store: AnyStore) -> Any:
        """Do it."""
        return store.acquire(self.key, self.token, lease=self.lease)


@dataclass(frozen=True, slots=True, repr=False)
class Release:
    """Let others open the visit."""

    key: str
    token: str

    def apply(self, store: AnyStore) -> Any:
        """Do it."""
        return store.release(self.key, self.token)


Effect = Reserve | Send | Sleep | StoreEffect
if TYPE_CHECKING:
    Flow = Generator[Effect, Any, T]
