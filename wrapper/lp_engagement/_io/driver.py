"""Carry out the effects of flows: once with blocking calls, once with `await`."""

from __future__ import annotations

import inspect
import math
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar, cast

from lp_engagement._common.importing import importing
from lp_engagement._core.effects import Release, Reserve, Send, Sleep, StoreEffect

from .places import AsyncPlaces, Places
from .store_calls import AsyncStoreCalls, StoreAccess, StoreCalls

if TYPE_CHECKING:
    from collections.abc import Callable

    from lp_engagement._common.clock import AsyncClock, Clock
    from lp_engagement._core.effects import Effect, Flow
    from lp_engagement._core.record import AsyncVisitStore, VisitStore
    from lp_engagement._core.transport import AsyncTransport, Transport

T = TypeVar("T")


def _until(deadline: float | None, clock: Clock | AsyncClock) -> Callable[[], float]:
    """Return a function that gives the seconds that a call which begins now has left."""
    if deadline is None:
        return lambda: math.inf
    ends_at = clock.monotonic() + deadline
    return lambda: ends_at - clock.monotonic()


class Driver:
    """Runs flows in the calling thread. Shared by threads.

    `warm_up` is called before each attempt: it imports what the transport needs, so that no time-out pays for it.
    """

    def __init__(
        self,
        store: VisitStore,
        transport: Transport,
        clock: Clock,
        *,
        places: int,
        warm_up: Callable[[], None] | None = None,
    ) -> None:
        self._warm_up = warm_up
        self._store = StoreAccess(store)
        self._transport = transport
        self._places = Places(places)
        self._clock = clock

    def run(self, flow: Flow[T], deadline: float | None) -> T:
        """Drive a flow, which has so many seconds, to its end and return its result."""
        store, me = StoreCalls(self._store, _until(deadline, self._clock)), object()
        try:
            effect = next(flow)
            while True:
                try:
                    result = self._perform(effect, store, me)
                except BaseException as error:  # noqa: BLE001 - the flow decides, and cleans up
                    effect = flow.throw(error)
                else:
                    effect = flow.send(result)
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return]
        finally:
            self._places.give_back(me)

    def _perform(self, effect: Effect[Any], store: StoreCalls, me: object) -> Any:
        if isinstance(effect, StoreEffect):
            return store.call(effect)
        if isinstance(effect, Reserve):
            if self._warm_up is not None:
                self._warm_up()
            return self._places.take(me, effect.patience)
        if isinstance(effect, Sleep):
            return self._clock.sleep(effect.seconds)
        if not isinstance(effect, Send):
            raise TypeError(f"{type(effect).__name__} is not an effect that a driver knows")
        try:
            return self._transport.send(effect.request, timeout=effect.timeout)
        finally:
            self._places.give_back(me)


class AsyncDriver:
    """Runs flows in the calling task, and the store there too if it is async, else in a worker thread."""

    def __init__(
        self,
        store: VisitStore | AsyncVisitStore,
        transport: AsyncTransport,
        clock: AsyncClock,
        *,
        places: int,
        warm_up: Callable[[], None] | None = None,
    ) -> None:
        self._warm_up = warm_up
        self._store = StoreAccess(store)
        self._transport = transport
        self._places = AsyncPlaces(places)
        self._loop: object = None
        self._clock = clock

    async def run(self, flow: Flow[T], deadline: float | None) -> T:
        """Drive a flow, which has so many seconds, to its end and return its result."""
        self._stay_in_loop()
        store, me, cancelled = AsyncStoreCalls(self._store, _until(deadline, self._clock)), object(), False
        try:
            effect = next(flow)
            while True:
                try:
                    if cancelled and isinstance(effect, Release):
                        result: Any = await store.clean_up(effect)  # type: ignore[func-returns-value]
                    else:
                        result = await self._perform(effect, store, me)
                except BaseException as error:  # noqa: BLE001 - the flow decides, and cleans up
                    if not isinstance(error, Exception):
                        if isinstance(effect, Release) and not cancelled:
                            await store.clean_up(effect)
                        cancelled = True
                    effect = flow.throw(error)
                else:
                    effect = flow.send(result)
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return]
        finally:
            self._places.give_back(me)

    async def _perform(self, effect: Effect[Any], store: AsyncStoreCalls, me: object) -> Any:
        if isinstance(effect, StoreEffect):
            return await store.call(effect)
        if isinstance(effect, Reserve):
            if self._warm_up is not None:
                self._warm_up()
            return await self._places.take(me, effect.patience)
        if isinstance(effect, Sleep):
            return await self._clock.sleep(effect.seconds)
        if not isinstance(effect, Send):
            raise TypeError(f"{type(effect).__name__} is not an effect that a driver knows")
        try:
            return await self._transport.send(effect.request, timeout=effect.timeout)
        finally:
            self._places.give_back(me)

    def _stay_in_loop(self) -> None:
        # Before the store is asked, whose connections belong to the loop as well.
        if self._loop is None:
            with importing():
                import_module("anyio.to_thread")
        from anyio.lowlevel import current_token

        here = current_token()
        if self._loop is None:
            self._loop = here
        if self._loop != here:
            raise RuntimeError(
                "This async client belongs to another event loop, the one of its first call. "
                "Make one client in each event loop, and close it there."
            )


async def close_store(store: VisitStore | AsyncVisitStore) -> None:
    """Close a store of either kind."""
    if inspect.iscoroutinefunction(store.load):
        await cast("AsyncVisitStore", store).aclose()
    else:
        cast("VisitStore", store).close()
