"""The requests of a flow to its driver: `record = yield from Load(key)`. The flow itself does no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .transport import HttpResponse

if TYPE_CHECKING:
    from collections.abc import Generator

    from .record import AsyncVisitStore, VisitRecord, VisitStore
    from .transport import HttpRequest

    AnyStore = VisitStore | AsyncVisitStore

__all__ = ["Acquire", "Delete", "Effect", "Flow", "Load", "Release", "Reserve", "Save", "Send", "Sleep", "StoreEffect"]

T = TypeVar("T")


class Effect(Generic[T]):
    """Something to be done outside. `yield from` it to get the result, whose type the checker knows."""

    __slots__ = ()

    def __iter__(self) -> Generator[Effect[Any], Any, T]:
        result: T = yield self
        return result


@dataclass(slots=True)
class Reserve(Effect["float | None"]):
    """Wait for a place among the requests on the wire, for `patience` seconds at most.

    The result is the seconds waited, 0 for none; `None` if no place became free. The driver frees the place at the end
    of the next `Send`, or of the flow.
    """

    patience: float


@dataclass(slots=True)
class Send(Effect[HttpResponse]):
    """Send a request and return the response; `timeout` seconds bound the whole exchange."""

    request: HttpRequest
    timeout: float


@dataclass(slots=True)
class Sleep(Effect[None]):
    """Wait for so many seconds."""

    seconds: float


class StoreEffect(Effect[T]):
    """A call of the visit store."""

    __slots__ = ()

    def apply(self, store: AnyStore) -> Any:
        """Make the call. Return its result, or with an async store what is to be awaited."""
        raise NotImplementedError


@dataclass(slots=True, repr=False)
class Load(StoreEffect["VisitRecord | None"]):
    """Load a visit; `None` if the store has none."""

    key: str

    def apply(self, store: AnyStore) -> Any:
        """Call `load`."""
        return store.load(self.key)


@dataclass(slots=True, repr=False)
class Save(StoreEffect["VisitRecord | None"]):
    """Save a visit and return it as stored; `None` if somebody else has saved it since it was loaded."""

    key: str
    record: VisitRecord

    def apply(self, store: AnyStore) -> Any:
        """Call `save`."""
        return store.save(self.key, self.record)


@dataclass(slots=True, repr=False)
class Delete(StoreEffect[None]):
    """Delete a visit."""

    key: str

    def apply(self, store: AnyStore) -> Any:
        """Call `delete`."""
        return store.delete(self.key)


@dataclass(slots=True, repr=False)
class Acquire(StoreEffect[bool]):
    """Acquire or renew the lease of a visit; `False` if somebody else holds it."""

    key: str
    token: str
    lease: float

    def apply(self, store: AnyStore) -> Any:
        """Call `acquire`."""
        return store.acquire(self.key, self.token, lease=self.lease)


@dataclass(slots=True, repr=False)
class Release(StoreEffect[None]):
    """Release the lease of a visit."""

    key: str
    token: str

    def apply(self, store: AnyStore) -> Any:
        """Call `release`."""
        return store.release(self.key, self.token)


if TYPE_CHECKING:
    Flow = Generator[Effect[Any], Any, T]
