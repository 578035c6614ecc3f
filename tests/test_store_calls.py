"""Stores that hang or are locked: callers leave at their deadline or when cancelled, and no lease outlives them."""

from __future__ import annotations

import asyncio
import copy
import json
import pickle
import signal
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio
import anyio.to_thread
import pytest

from lp_engagement import AsyncEngagementClient, EngagementClient
from lp_engagement._core.effects import Acquire, Load, Save
from lp_engagement.errors import StoreError
from lp_engagement.simulator import Simulator
from lp_engagement.stores import MemoryStore, SQLiteStore, VisitRecord
from lp_engagement.transports import HttpResponse
from tests.both import ACCOUNT, BASE_URL, KINDS, Answering, AsyncAnswering, Maker
from tests.test_flow import KNOWN, Walk, ok

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lp_engagement import HttpRequest

KEY = f"{ACCOUNT}:key"
BODY = b'{"status": "NotAvailable", "visitorId": "v", "sessionId": "s", "pageId": "1"}'
SOON = 4.0
"""Seconds within which a call must end that would take five or ten if it waited for the store."""


@pytest.fixture(params=KINDS)
def maker(request: pytest.FixtureRequest) -> Iterator[Maker]:
    """Makes sync clients once, and async ones once."""
    with Maker(request.param) as maker:
        yield maker


def answered(_: HttpRequest) -> HttpResponse:
    """A success."""
    return HttpResponse(200, {}, BODY)


class Gated(MemoryStore):
    """A store that hangs in the named methods until it is let go.

    Attributes:
        hangs: the methods that do, from now on.
        reached: set when one of them is called.
        go_on: lets all of them go on.
        calls: what was called, and ended.
    """

    def __init__(self, *hangs: str) -> None:
        super().__init__()
        self.hangs = set(hangs)
        self.reached, self.go_on, self.released = threading.Event(), threading.Event(), threading.Event()
        self.calls: list[str] = []

    def _pass(self, name: str) -> None:
        if name in self.hangs:
            self.reached.set()
            assert self.go_on.wait(30)
        self.calls.append(name)

    def load(self, key: str) -> VisitRecord | None:
        """Load, or hang."""
        self._pass("load")
        return super().load(key)

    def save(self, key: str, record: VisitRecord) -> VisitRecord | None:
        """Save, or hang."""
        self._pass("save")
        return super().save(key, record)

    def acquire(self, key: str, token: str, *, lease: float) -> bool:
        """Acquire, or hang."""
        self._pass("acquire")
        return super().acquire(key, token, lease=lease)

    def release(self, key: str, token: str) -> None:
        """Release, or hang."""
        self._pass("release")
        super().release(key, token)
        self.released.set()


def client_of(kind: str, store: Any, **options: Any) -> Any:
    """A client on the system's own clock."""
    arguments: dict[str, Any] = {"base_url": BASE_URL, "store": store, **options}
    if kind == "sync":
        return EngagementClient(ACCOUNT, transport=Answering(answered), **arguments)
    return AsyncEngagementClient(ACCOUNT, transport=AsyncAnswering(answered), **arguments)


def ask(client: Any, key: str = "key") -> Any:
    """Ask with a client of either kind."""
    if isinstance(client, EngagementClient):
        return client.visit(key).get_engagement()
    return anyio.run(client.visit(key).get_engagement)


# ------------------------------------------------------------------------------------------------ deadlines


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", ["load", "acquire"])
def test_store_that_hangs_before_anything_is_sent(kind: str, method: str) -> None:
    """A store that does not answer ends the call at its deadline, with a typed error and nothing sent."""
    store = Gated(method)
    client = client_of(kind, store, deadline=0.3)
    with pytest.raises(StoreError, match="did not answer"):
        ask(client)
    assert client._driver._transport.requests == []
    store.go_on.set()


@pytest.mark.parametrize("kind", KINDS)
def test_store_that_hangs_in_a_call_with_a_deadline_of_its_own(kind: str) -> None:
    """The deadline of a single call bounds its waiting for the store too, whatever the client allows."""
    store = Gated("load")
    client = client_of(kind, store)
    call = partial(client.visit("key").get_engagement, deadline=0.2)
    with pytest.raises(StoreError, match="did not answer"):
        call() if kind == "sync" else anyio.run(call)
    store.go_on.set()


@pytest.mark.parametrize("kind", KINDS)
def test_lease_that_comes_too_late_is_released(kind: str) -> None:
    """An acquisition that was left behind gives the lease back when it comes, so that it blocks nobody."""
    store = Gated("acquire")
    client = client_of(kind, store, deadline=0.3)
    with pytest.raises(StoreError):
        ask(client)
    assert not store.released.is_set()
    store.go_on.set()
    assert store.released.wait(20)
    assert MemoryStore.acquire(store, KEY, "next", lease=1)


@pytest.mark.parametrize("kind", KINDS)
def test_store_that_hangs_after_the_answer(kind: str) -> None:
    """An answer is returned at the deadline although it cannot be saved, and is saved as soon as the store goes on."""
    store = Gated("save")
    client = client_of(kind, store, deadline=0.3)
    engagement = ask(client)
    assert (engagement.visitor_id, engagement.saved) == ("v", False)
    store.go_on.set()
    # The release of the lease follows the save, which it must not overtake.
    assert store.released.wait(20)
    record = MemoryStore.load(store, KEY)
    assert record is not None
    assert record.visitor_id == "v"
    assert store.calls[-2:] == ["save", "release"]


@pytest.mark.parametrize("kind", KINDS)
def test_sqlite_that_another_program_has_locked(kind: str, tmp_path: Path) -> None:
    """A locked file costs a call its deadline, and not the time that SQLite would wait."""
    path = tmp_path / "visits.db"
    with closing(SQLiteStore(path)) as store:
        store.save(f"{ACCOUNT}:other", VisitRecord("v"))
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            started = time.monotonic()
            with pytest.raises(StoreError):
                ask(client_of(kind, store, deadline=0.5))
            assert time.monotonic() - started < SOON
            other.execute("ROLLBACK")


def test_no_release_after_a_failed_acquisition() -> None:
    """A store that cannot acquire is not asked to release, which would take as long again."""
    walk = Walk()
    walk.rig(Acquire, StoreError("locked"))
    with pytest.raises(StoreError):
        walk.ask()
    assert walk.steps == ["load", "acquire 15"]


@pytest.mark.parametrize("kind", KINDS)
def test_threads_that_wait_for_a_store_are_bounded(kind: str) -> None:
    """A store that hangs for long does not collect threads without end."""
    store = Gated("load")
    client = client_of(kind, store, deadline=0.3)

    async def all_at_once() -> list[Any]:
        calls = (client.visit(f"{number}").get_engagement() for number in range(60))
        return await asyncio.gather(*calls, return_exceptions=True)

    before = threading.active_count()
    if kind == "sync":
        with ThreadPoolExecutor(20) as threads:
            errors = [each.exception() for each in [threads.submit(ask, client, f"{n}") for n in range(60)]]
    else:
        errors = asyncio.run(all_at_once())
    assert all(isinstance(each, StoreError) for each in errors)
    assert threading.active_count() - before <= 85
    store.go_on.set()


def test_no_thread_without_a_deadline(tmp_path: Path) -> None:
    """Without a deadline nobody would leave, so the store is called in the thread of the caller."""
    callers: set[int] = set()

    class Noting(SQLiteStore):
        def load(self, key: str) -> VisitRecord | None:
            callers.add(threading.get_ident())
            return super().load(key)

    with closing(Noting(tmp_path / "visits.db")) as store:
        ask(client_of("sync", store))
        assert callers == {threading.get_ident()}
        ask(client_of("sync", store, deadline=60))
        assert len(callers) == 2


def test_errors_of_a_store_in_another_thread() -> None:
    """An exception of a store in its own thread is raised by the call."""

    class Broken(MemoryStore):
        def load(self, key: str) -> VisitRecord | None:
            raise StoreError("it is broken")

    with pytest.raises(StoreError, match="it is broken"):
        ask(client_of("sync", Broken(), deadline=60))


# ------------------------------------------------------------------------------------------------ cancellation


@pytest.mark.anyio
@pytest.mark.parametrize("method", ["load", "acquire", "save", "release"])
async def test_cancelled_while_the_store_hangs(method: str) -> None:
    """A caller who is cancelled does not wait for a store that hangs, and leaves no lease behind for good."""
    store = Gated(method)
    client = client_of("async", store)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await client.visit("key").get_engagement()
    assert not store.go_on.is_set()
    store.go_on.set()
    if method != "load":
        assert await anyio.to_thread.run_sync(store.released.wait, 20)
    assert MemoryStore.acquire(store, KEY, "next", lease=1)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("end", ["cancelled", "deadline"])
def test_save_that_waits_for_a_worker(end: str, backend: str) -> None:
    """An answer is saved and its lease released even if no worker thread was free when the caller had to leave."""
    store = Gated()
    deadline = 0.4 if end == "deadline" else None

    async def answered_slowly() -> None:
        limiter = anyio.to_thread.current_default_thread_limiter()

        class Occupying:
            async def send(self, request: HttpRequest, *, timeout: float) -> HttpResponse:  # noqa: ASYNC109
                limiter.total_tokens = 0
                return HttpResponse(200, {}, BODY)

            async def aclose(self) -> None:
                pass

        client = AsyncEngagementClient(
            ACCOUNT, base_url=BASE_URL, store=store, transport=Occupying(), deadline=deadline
        )
        with anyio.move_on_after(0.4 if end == "cancelled" else 30):
            assert not (await client.visit("key").get_engagement()).saved
        limiter.total_tokens = 40

    anyio.run(answered_slowly, backend=backend)
    assert store.released.wait(20)
    assert store.calls[-2:] == ["save", "release"]
    record = MemoryStore.load(store, KEY)
    assert record is not None
    assert record.visitor_id == "v"


@pytest.mark.anyio
async def test_cancelled_in_the_last_step() -> None:
    """A cancellation that arrives while the lease of a refused call is released does not keep the lease."""

    class Refusing:
        async def send(self, request: HttpRequest, *, timeout: float) -> HttpResponse:  # noqa: ASYNC109
            return HttpResponse(400, {}, b"")

        async def aclose(self) -> None:
            pass

    class Slow:
        """An async store whose release can be cancelled before it has done anything."""

        def __init__(self) -> None:
            self.inner = MemoryStore()
            self.releasing = asyncio.Event()

        async def load(self, key: str) -> VisitRecord | None:
            return self.inner.load(key)

        async def save(self, key: str, record: VisitRecord) -> VisitRecord | None:
            return self.inner.save(key, record)

        async def delete(self, key: str) -> None:
            self.inner.delete(key)

        async def acquire(self, key: str, token: str, *, lease: float) -> bool:
            return self.inner.acquire(key, token, lease=lease)

        async def release(self, key: str, token: str) -> None:
            self.releasing.set()
            await asyncio.sleep(0.01)
            self.inner.release(key, token)

    store = Slow()
    client = AsyncEngagementClient(ACCOUNT, base_url=BASE_URL, store=store, transport=Refusing())  # type: ignore[arg-type]
    task = asyncio.create_task(client.visit("key").get_engagement())
    await store.releasing.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert store.inner.acquire(KEY, "next", lease=1)


@pytest.mark.anyio
async def test_async_store_that_hangs() -> None:
    """A call that waits for an async store ends at its deadline too."""

    class Hanging:
        async def load(self, key: str) -> None:
            await anyio.sleep_forever()

        save = delete = acquire = release = load

    client = AsyncEngagementClient(
        ACCOUNT,
        base_url=BASE_URL,
        store=Hanging(),  # type: ignore[arg-type]
        transport=Simulator().async_transport(),
        deadline=0.1,
    )
    with pytest.raises(StoreError, match="did not answer"):
        await client.visit("key").get_engagement()


def test_interrupted_while_it_gets_the_lease() -> None:
    """A program that is interrupted while the store hangs leaves at once, and the lease is released when it comes."""
    store = Gated("acquire")
    client = client_of("sync", store, deadline=60)

    def interrupt() -> None:
        assert store.reached.wait(20)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    with ThreadPoolExecutor(1) as threads:
        interrupted = threads.submit(interrupt)
        with pytest.raises(KeyboardInterrupt):
            ask(client)
        interrupted.result(20)
    assert not store.released.is_set()
    store.go_on.set()
    assert store.released.wait(20)
    assert MemoryStore.acquire(store, KEY, "next", lease=1)


# ------------------------------------------------------------------------------------------------ loops, processes


def test_async_client_in_a_second_loop() -> None:
    """An async client in another loop says so before it asks a store, whose connections belong to the first one."""
    asked: list[str] = []

    class Noting(MemoryStore):
        def load(self, key: str) -> VisitRecord | None:
            asked.append(key)
            return super().load(key)

    client = client_of("async", Noting())
    ask(client)
    count = len(asked)
    for _ in range(2):
        with pytest.raises(RuntimeError, match="belongs to another event loop"):
            ask(client)
    assert len(asked) == count


@pytest.mark.parametrize("what", [pickle.dumps, copy.copy, copy.deepcopy])
def test_clients_and_visits_stay_in_their_process(maker: Maker, what: Any) -> None:
    """A client or visit that is pickled or copied says why it cannot be, and what to do."""
    client = maker.client().inner
    for each in (client, client.visit("key")):
        with pytest.raises(TypeError, match=r"cannot be pickled or copied.*Make a client in each process"):
            what(each)


def test_engagement_of_a_visit(maker: Maker) -> None:
    """The engagement of the last answer is there without a call as long as it is valid, and says so."""
    details = {"campaignId": "1", "validForSeconds": 900}
    content = {"status": "Available", "visitorId": "v", "sessionId": "s", "pageId": "1", "engagementDetails": details}
    transport = Answering if maker.kind == "sync" else AsyncAnswering
    sent = transport(lambda _: HttpResponse(200, {}, json.dumps(content).encode()))
    visit = maker.client(transport=sent).visit()

    def engagement() -> Any:
        return visit._result(visit.inner.current_engagement())

    assert engagement() is None
    asked = visit.get_engagement()
    assert not asked.reused
    assert engagement() == asked
    assert engagement().reused
    assert visit.get_engagement(reuse=True).reused
    assert len(sent.requests) == 1
    maker.clock.advance(900)
    assert engagement() is None


# ------------------------------------------------------------------------------------------------ the flow


def test_conflict_reads_ids_with_care() -> None:
    """A record that somebody else has damaged meanwhile is not taken over with its ids."""
    walk = Walk(ok(), record=KNOWN)
    walk.rig(Save, None)
    walk.rig(Load, KNOWN.counted(), VisitRecord("..", "abc", "1", version=1))
    walk.rigged[Save].append(VisitRecord("xyz", version=2))
    assert walk.ask().visitor_id == "xyz"
