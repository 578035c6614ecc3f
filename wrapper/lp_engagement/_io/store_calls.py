"""Calls of the visit store whose callers can leave at their deadline, or when they are cancelled.

A file that somebody has locked and a server that hangs cannot be interrupted. So such calls are made in threads of
their own, and a caller who has no time left goes on without them. The thread releases a lease that comes too late.
"""

from __future__ import annotations

import inspect
import math
import threading
import time
from collections import deque
from contextlib import suppress
from contextvars import copy_context
from typing import TYPE_CHECKING, Any

from lp_engagement._core.effects import Acquire, Release, Save
from lp_engagement.errors import StoreError
from lp_engagement.stores import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from lp_engagement._core.effects import AnyStore, StoreEffect

_GRACE = 0.25
"""Seconds for what is still to be saved or released when the deadline is over, or the caller is cancelled."""
_GRACE_OF_A_SERVER = 1.0
_LONGEST_NAP = 0.5
_MOST_LEFT_BEHIND = 40
"""Threads that may wait for a store that does not answer. More would harm the application."""


class _Job:
    """A call of the store in another thread."""

    def __init__(self, store: AnyStore, effect: StoreEffect[Any]) -> None:
        self.effect = effect
        self.done = threading.Event()
        self._store = store
        self._lock = threading.Lock()
        self._begun = False
        self._over = False
        self._then: deque[Callable[[], Any]] = deque()
        self._result: Any = None
        self._error: BaseException | None = None

    def run(self) -> None:
        """Make the call, unless it has been made or given up, and then whatever was to follow it."""
        if not self.begin():
            return
        try:
            self._result = self.effect.apply(self._store)
        except BaseException as error:  # noqa: BLE001 - it is raised in the thread of the caller
            self._error = error
        while (step := self._next()) is not None:
            with suppress(Exception):
                step()
        self.done.set()

    def begin(self) -> bool:
        """Claim the call. `False` if somebody else has."""
        with self._lock:
            mine, self._begun = not self._begun, True
        return mine

    def then(self, step: Callable[[], Any]) -> bool:
        """Do something when the call has ended. `False` if it has ended already."""
        with self._lock:
            if not self._over:
                self._then.append(step)
            return not self._over

    def ends_within(self, seconds: float) -> bool:
        """Wait for the end of the call."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            # In naps: a signal that comes just before a long wait would be handled at its end only.
            if self.done.wait(min(left, _LONGEST_NAP)):
                return True
        return self.done.is_set()

    def outcome(self) -> Any:
        """Return or raise what the call returned or raised."""
        error, self._error = self._error, None
        if error is not None:
            raise error
        return self._result

    def start(self) -> None:
        """Make the call in a new thread; in this one, if the system has no more."""
        try:
            threading.Thread(
                target=copy_context().run, args=(self.run,), name="lp_engagement store", daemon=True
            ).start()
        except RuntimeError:
            self.run()

    def _next(self) -> Callable[[], Any] | None:
        with self._lock:
            self._over = not self._then
            return self._then.popleft() if self._then else None


class StoreAccess:
    """A store, and how many calls of it have been left behind. Shared by all calls of a client."""

    def __init__(self, store: AnyStore) -> None:
        self.store = store
        self.is_async = inspect.iscoroutinefunction(store.load)
        # Subclasses may do anything.
        self.never_blocks = type(store) is MemoryStore
        self._left_behind: set[_Job] = set()

    def job(self, effect: StoreEffect[Any]) -> _Job:
        """Prepare a call.

        Raises:
            StoreError: too many calls still wait for the store.
        """
        if len(self._left_behind) >= _MOST_LEFT_BEHIND and not isinstance(effect, Save | Release):
            raise StoreError(f"The visit store does not answer: {_MOST_LEFT_BEHIND} earlier calls still wait for it.")
        return _Job(self.store, effect)

    def leave(self, job: _Job) -> None:
        """Go on without a call that has begun. A lease that it brings is released."""
        if isinstance(job.effect, Acquire):
            undo = _Job(self.store, Release(job.effect.key, job.effect.token))
            if not job.then(undo.run):
                undo.start()
        self._left_behind.add(job)
        if not job.then(lambda: self._left_behind.discard(job)):
            self._left_behind.discard(job)


class _StoreCalls:
    """The common part of the store calls of one flow, for both drivers."""

    def __init__(self, access: StoreAccess, remaining: Callable[[], float]) -> None:
        self._access = access
        self._remaining = remaining
        self._left: _Job | None = None

    def _patience(self) -> float:
        return max(self._remaining(), _GRACE)

    def _leave(self, job: _Job) -> None:
        self._left = job
        self._access.leave(job)

    def _follows(self, effect: StoreEffect[Any]) -> bool:
        """Whether a call that was left behind sees to this one too, which would overtake it otherwise."""
        if self._left is None or self._left.done.is_set():
            return False
        if isinstance(effect, Release):
            return self._left.then(lambda: effect.apply(self._access.store))
        raise _late()


def _late() -> StoreError:
    return StoreError("The visit store did not answer in the time that the deadline leaves.")


class StoreCalls(_StoreCalls):
    """The calls of one flow, made by a thread."""

    def call(self, effect: StoreEffect[Any]) -> Any:
        """Make a call and return its result.

        Raises:
            StoreError: the deadline came first, or the store failed.
        """
        if self._access.never_blocks:
            return effect.apply(self._access.store)
        if self._follows(effect):
            return None
        patience = self._patience()
        if patience == math.inf:
            return effect.apply(self._access.store)
        job = self._access.job(effect)
        try:
            job.start()
            in_time = job.ends_within(patience)
        except BaseException:
            self._leave(job)
            raise
        if not in_time:
            self._leave(job)
            raise _late()
        return job.outcome()


class AsyncStoreCalls(_StoreCalls):
    """The calls of one flow, made by a task."""

    async def call(self, effect: StoreEffect[Any]) -> Any:
        """Do what `StoreCalls.call` does. Whoever is cancelled leaves at once."""
        if self._access.never_blocks:
            return effect.apply(self._access.store)
        if self._follows(effect):
            return None
        import anyio

        patience = self._patience()
        with anyio.move_on_after(None if patience == math.inf else patience):
            if self._access.is_async:
                return await effect.apply(self._access.store)
            return await self._in_thread(effect)
        raise _late()

    async def clean_up(self, effect: StoreEffect[Any]) -> None:
        """Make a call for a caller who is cancelled and will not wait; what fails or takes too long is let go.

        A call in a thread goes on, and only its caller leaves.
        """
        if self._follows(effect):
            return
        if self._access.never_blocks:
            effect.apply(self._access.store)
            return
        import anyio

        if self._access.is_async:
            with anyio.move_on_after(_GRACE_OF_A_SERVER, shield=True), suppress(Exception):
                await effect.apply(self._access.store)
            return
        job = self._access.job(effect)
        job.start()
        with anyio.move_on_after(_GRACE, shield=True):
            while not job.done.is_set():  # noqa: ASYNC110 - a thread sets it, which cannot wake a task
                await anyio.sleep(0.001)
        if not job.done.is_set():
            self._leave(job)

    async def _in_thread(self, effect: StoreEffect[Any]) -> Any:
        import anyio.to_thread

        job = self._access.job(effect)
        try:
            await anyio.to_thread.run_sync(job.run, abandon_on_cancel=True)
        except BaseException:
            if not job.begin():
                self._leave(job)
            elif isinstance(effect, Save | Release):
                # It still waits for a worker, and what an answer named must not be lost, nor a lease stay.
                self._leave(job := self._access.job(effect))
                job.start()
            raise
        return job.outcome()
