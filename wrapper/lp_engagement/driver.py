"""Carrying out what flows ask for: once with blocking calls, once with `await`."""

from __future__ import annotations

import inspect
import threading
import time
from typing import TYPE_CHECKING, Any, TypeVar

from .effects import Send, Sleep

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from .domain import KnownDomain
    from .effects import Effect, Flow, StoreEffect
    from .exchange import Settings
    from .http import AsyncTransport, Transport
    from .stores import AsyncVisitStore, VisitStore

T = TypeVar("T")


class Driver:
    """Runs flows in the calling thread. Shared by threads."""

    def __init__(
        self,
        settings: Settings,
        known_domain: KnownDomain,
        store: VisitStore,
        transport: Transport,
        sleep: Callable[[float], None] | None,
    ) -> None:
        self.settings = settings
        self.known_domain = known_domain
        self._store = store
        self._transport = transport
        # Here effects become real.
        self.sleep: Callable[[float], None] = sleep or time.sleep  # noqa: TID251

    def run(self, flow: Flow[T]) -> T:
        """Drive a flow to its end and return its result."""
        try:
            effect = next(flow)
            while True:
                try:
                    result = self.perform(effect)
                except BaseException as error:  # noqa: BLE001 - the flow decides, and cleans up
                    effect = flow.throw(error)
                else:
                    effect = flow.send(result)
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return]

    def perform(self, effect: Effect) -> Any:
        """Carry out one effect, and return its result."""
        if isinstance(effect, Send):
            return self._transport.send(effect.request, timeout=effect.timeout)
        if isinstance(effect, Sleep):
            return self.sleep(effect.seconds)
        return effect.apply(self._store)


class AsyncDriver:
    """Runs flows in the calling task, and the store there too if it is async, else in a worker thread."""

    def __init__(
        self,
        settings: Settings,
        known_domain: KnownDomain,
        store: VisitStore | AsyncVisitStore,
        transport: AsyncTransport,
        sleep: Callable[[float], Awaitable[None]] | None,
    ) -> None:
        self.settings = settings
        self.known_domain = known_domain
        self._store = store
        self._store_is_async = inspect.iscoroutinefunction(store.load)
        self._transport = transport
        self.sleep: Callable[[float], Awaitable[None]] | None = sleep

    async def run(self, flow: Flow[T]) -> T:
        """Drive a flow to its end and return its result."""
        import anyio

        cancelled = False
        result: Any = None  # a type checker cannot know that a scope which nobody cancels swallows nothing
        try:
            effect = next(flow)
            while True:
                try:
                    # What a cancelled flow still asks for is cleaning up, and must get its chance.
                    with anyio.CancelScope(shield=cancelled):
                        result = await self.perform(effect)
                except BaseException as error:  # noqa: BLE001 - the flow decides, and cleans up
                    cancelled = cancelled or not isinstance(error, Exception)
                    effect = flow.throw(error)
                else:
                    effect = flow.send(result)
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return]

    async def perform(self, effect: Effect) -> Any:
        """Carry out one effect, and return its result."""
        import anyio

        if isinstance(effect, Send):
            return await self._transport.send(effect.request, timeout=effect.timeout)
        if isinstance(effect, Sleep):
            return await (self.sleep or anyio.sleep)(effect.seconds)
        if self._store_is_async:
            return await effect.apply(self._store)
        return await self._in_thread(effect)

    async def _in_thread(self, effect: StoreEffect) -> Any:
        """Let a worker thread work on the store. If cancelled, return only when the store is at rest again.

        What a cancelled call cleans up would otherwise be overtaken by what it is meant to undo.
        """
        import anyio.to_thread

        first_come, at_rest = threading.Lock(), threading.Event()

        def work() -> Any:
            if not first_come.acquire(blocking=False):
                return None
            try:
                return effect.apply(self._store)
            finally:
                at_rest.set()

        try:
            return await anyio.to_thread.run_sync(work)
        except BaseException:
            if first_come.acquire(blocking=False):
                raise  # it had not begun, and now it never will
            with anyio.CancelScope(shield=True):
                while not at_rest.is_set():  # noqa: ASYNC110 - a thread sets it, which cannot wake a task
                    await anyio.sleep(0.001)
            raise


async def close_store(store: VisitStore | AsyncVisitStore) -> None:
    """Close a store of either kind."""
    closing = getattr(store, "aclose", None) or store.close  # type: ignore[union-attr]  # it has one of them
    result = closing()
    if inspect.isawaitable(result):
        await result
