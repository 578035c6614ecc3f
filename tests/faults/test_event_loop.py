"""Cancellation: it comes at any moment, and leaves no lease, no connection, no task and no place behind."""

from __future__ import annotations

import asyncio
import random
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import anyio
import pytest

from lp_engagement import AsyncEngagementClient, RetryPolicy
from lp_engagement.errors import EngagementError
from lp_engagement.stores import MemoryStore, SQLiteStore, VisitRecord
from tests.faults.case import KNOWN, A
from tests.faults.registry import fault
from tests.faults.scripted import Script, Server, good, hang, http, pause
from tests.faults.transports import TRANSPORTS, Pair
from tests.faults.world import ACCOUNT
from tests.helpers import AsyncFakeClock, FakeClock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

    from lp_engagement.stores import VisitStore

KEY = "customer-4711"
STORED = f"{ACCOUNT}:{KEY}"
YES = Script(((good(A),),), ())


@pytest.fixture(params=[pair for pair in TRANSPORTS if pair.make_async], ids=lambda pair: pair.name)
def pair(request: pytest.FixtureRequest) -> Pair:
    """Each transport."""
    chosen: Pair = request.param
    return chosen


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Make servers that end with the test."""
    running: list[Server] = []

    def make(script: Script) -> Server:
        running.append(Server(script, healthy=good(A)))
        return running[-1]

    yield make
    for server in running:
        server.stop()


def client(pair: Pair, server: Server, store: VisitStore | str = "memory://", **options: Any) -> tuple[Any, Any]:
    """Make a client, and the transport that it does not close."""
    assert pair.make_async is not None
    transport = pair.make_async()
    options = {"timeout": 5.0, "deadline": 10.0, "retry": RetryPolicy(pauses=(0.3, 0.3)), **options}
    made = AsyncEngagementClient(
        ACCOUNT, base_url=f"http://127.0.0.1:{server.port}", transport=transport, store=store, **options
    )
    return made, transport


async def quiet(server: Server, connections: int) -> int:
    """Wait until the server has no more than so many connections open; return how many it has."""
    until = time.monotonic() + 10
    while len(server._sockets) > connections and time.monotonic() < until:  # noqa: ASYNC110 - threads close them
        await asyncio.sleep(0.01)
    return len(server._sockets)


# How a call is given up, beside anyio's own scopes.
async def by_cancel(work: Awaitable[Any], seconds: float) -> None:
    """Cancel the task."""
    task = asyncio.ensure_future(work)
    await asyncio.sleep(seconds)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def by_timeout(work: Awaitable[Any], seconds: float) -> None:
    """Use `asyncio.timeout`."""
    with suppress(TimeoutError, EngagementError):
        async with asyncio.timeout(seconds):
            await work


async def by_wait_for(work: Awaitable[Any], seconds: float) -> None:
    """Use `asyncio.wait_for`."""
    with suppress(TimeoutError, EngagementError):
        await asyncio.wait_for(work, seconds)


async def by_scope(work: Awaitable[Any], seconds: float) -> None:
    """Use a scope of anyio."""
    with suppress(EngagementError), anyio.move_on_after(seconds):
        await work


WAYS = {
    "task.cancel()": by_cancel,
    "asyncio.timeout": by_timeout,
    "asyncio.wait_for": by_wait_for,
    "a scope of anyio": by_scope,
}


EACH_WAY = pytest.mark.parametrize(
    "way",
    [pytest.param(way, marks=[] if give_up is by_cancel else [pytest.mark.thorough]) for way, give_up in WAYS.items()],
)


def storm(pair: Pair, server: Server, count: int, give_up: Callable[[Awaitable[Any], float], Awaitable[None]]) -> int:
    """Give up many calls, each at another moment; return how many connections are open in the end."""
    moments = random.Random(4711)  # noqa: S311

    async def main() -> int:
        made, transport = client(pair, server, timeout=5.0, deadline=None)
        gate = asyncio.Semaphore(40)

        async def one(number: int) -> None:
            async with gate:
                await give_up(made.visit(f"c{number}").get_engagement(), moments.uniform(0, 0.03))

        await asyncio.gather(*(one(number) for number in range(count)))
        # Whoever comes afterwards finds the client as good as new.
        await asyncio.gather(*(made.visit(f"after{number}").get_engagement() for number in range(120)))
        left = await quiet(server, pair.idle)
        await made.aclose()
        await transport.aclose()
        return left

    return asyncio.run(main())


@fault(
    "event loop",
    "cancelled at random moments, by each way that there is",
    "no connection is left but idle ones, and the client works",
)
@EACH_WAY
@pytest.mark.parametrize("count", [pytest.param(150), pytest.param(500, marks=pytest.mark.thorough)])
def test_a_storm_of_cancellations_leaves_no_connection(
    way: str, count: int, pair: Pair, serve: Callable[..., Server]
) -> None:
    """After many calls that were given up at random moments no connection is open but idle ones."""
    server = serve(Script(((pause(0.004), good(A)),)))
    assert storm(pair, server, count, WAYS[way]) <= pair.idle


@fault("event loop", "2 000 native cancellations", "no connection is left but idle ones")
@pytest.mark.thorough
def test_two_thousand_cancellations_leave_no_connection(pair: Pair, serve: Callable[..., Server]) -> None:
    """2 000 calls cancelled by `task.cancel()` leave no connection open."""
    assert storm(pair, serve(Script(((pause(0.004), good(A)),))), 2000, by_cancel) <= pair.idle


@fault(
    "event loop", "cancelled at each step of the loop, call after call", "one connection is open in the end, at most"
)
@pytest.mark.parametrize("rounds", [pytest.param(1), pytest.param(5, marks=pytest.mark.thorough)])
def test_cancelled_at_each_step_no_connection_is_left(rounds: int, pair: Pair, serve: Callable[..., Server]) -> None:
    """Calls that are cancelled each one step of the loop later than the last leave one connection at most."""
    server = serve(Script(((good(A),),)))

    async def main() -> int:
        made, transport = client(pair, server)
        for steps in list(range(150)) * rounds:
            task = asyncio.ensure_future(made.visit(f"c{steps}").get_engagement())
            for _ in range(steps):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        await made.visit("after").get_engagement()
        left = await quiet(server, 1)
        await made.aclose()
        await transport.aclose()
        return left

    assert asyncio.run(main()) <= 1


def lease_is_free(store: MemoryStore) -> bool:
    """Whether somebody else could work on the visit at once."""
    return store.acquire(STORED, "somebody else", lease=1)


@fault("event loop", "cancelled while sending a first call", "the lease is free, the next call works")
@EACH_WAY
def test_cancelled_while_sending(way: str, pair: Pair, serve: Callable[..., Server]) -> None:
    """A first call that is cancelled while the server hangs leaves no lease, and the client works."""
    server = serve(Script(((hang,),)))
    store = MemoryStore()

    async def main() -> None:
        made, transport = client(pair, server, store)
        await WAYS[way](made.visit(KEY).get_engagement(), 0.1)
        assert lease_is_free(store)
        store.release(STORED, "somebody else")
        server.heal()
        assert (await made.visit(KEY).get_engagement()).visitor_id == A.visitor
        await made.aclose()
        await transport.aclose()

    asyncio.run(main())


@fault("event loop", "cancelled in a pause, the visitor being known already", "the id is kept, the lease is free")
@EACH_WAY
def test_cancelled_in_a_pause(way: str, pair: Pair, serve: Callable[..., Server]) -> None:
    """A call that is cancelled in a pause keeps the id that the server has given."""
    loading = http(500, {"message": f"Loading account: 1, vid: {A.visitor}", "internalCode": 20})
    server = serve(Script(((loading,),)))
    store = MemoryStore()

    async def main() -> None:
        made, transport = client(pair, server, store, retry=RetryPolicy(pauses=(60.0,)), deadline=None)
        waiting = asyncio.Event()

        async def sleep(_: float) -> None:
            waiting.set()
            await asyncio.sleep(3600)

        made._driver._clock = AsyncFakeClock(FakeClock(), sleep)
        task = asyncio.ensure_future(WAYS[way](made.visit(KEY).get_engagement(), 1.0))
        await waiting.wait()
        await task
        assert lease_is_free(store)
        found = store.load(STORED)
        assert found is not None
        assert found.visitor_id == A.visitor
        await made.aclose()
        await transport.aclose()

    asyncio.run(main())


class Counting(MemoryStore):
    """Counts leases that are held."""

    held: int = 0

    def acquire(self, key: str, token: str, *, lease: float) -> bool:
        """Count it."""
        acquired = super().acquire(key, token, lease=lease)
        self.held += acquired
        return acquired

    def release(self, key: str, token: str) -> None:
        """Count it."""
        super().release(key, token)
        self.held -= 1


@fault("event loop", "cancelled at the end of a refused call, at each step of the loop", "no lease is left")
@pytest.mark.parametrize("status", [400, pytest.param(503, marks=pytest.mark.thorough)])
def test_cancelled_at_each_step_of_the_loop(status: int, pair: Pair, serve: Callable[..., Server]) -> None:
    """Whatever the step of the event loop at which a refused first call is cancelled, its lease is given back."""
    server = serve(Script(((http(status),),)))

    async def main() -> list[int]:
        left = []
        for steps in range(120):
            store = MemoryStore()
            made, transport = client(pair, server, store, retry=RetryPolicy(pauses=()))
            task = asyncio.ensure_future(made.visit(KEY).get_engagement())
            for _ in range(steps):
                await asyncio.sleep(0)
            if not task.done():
                task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            if not lease_is_free(store):
                left.append(steps)
            await made.aclose()
            await transport.aclose()
        return left

    assert asyncio.run(main()) == []


@fault("event loop", "cancelled while SQLite is locked by another program", "the caller does not wait for the store")
@pytest.mark.thorough
def test_cancelled_while_the_store_is_locked(pair: Pair, serve: Callable[..., Server], tmp_path: Path) -> None:
    """`asyncio.timeout` around a call ends it although the store is blocked."""
    import sqlite3

    server = serve(YES)
    file = tmp_path / "visits.db"
    store = SQLiteStore(file)
    store.load("x")
    locker = sqlite3.connect(file)
    locker.execute("BEGIN IMMEDIATE")

    async def main() -> float:
        made, transport = client(pair, server, store, deadline=None)
        begun = time.monotonic()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await made.visit(KEY).get_engagement()
        seconds = time.monotonic() - begun
        await made.aclose()
        await transport.aclose()
        return seconds

    try:
        # SQLite's own limit is 5 s, and was waited for twice.
        assert asyncio.run(main()) < 4
    finally:
        locker.rollback()
        locker.close()
        store.close()


@fault("event loop", "used in a second event loop", "`RuntimeError` that says what to do")
def test_used_in_a_second_loop(pair: Pair, serve: Callable[..., Server]) -> None:
    """A client that is used in another loop than at first says so."""
    server = serve(YES)
    made, transport = client(pair, server)
    with asyncio.Runner() as first:
        first.run(made.visit(KEY).get_engagement())
        with pytest.raises(RuntimeError, match="loop"):
            asyncio.run(made.visit("another").get_engagement())
        first.run(made.aclose())
        first.run(transport.aclose())


@fault("event loop", "closed with calls in flight", "a typed error for each, no task is left")
def test_closed_with_calls_in_flight(pair: Pair, serve: Callable[..., Server]) -> None:
    """Closing a transport ends the calls in flight with errors of ours."""
    server = serve(Script(((hang,),)))

    async def main() -> list[Any]:
        made, transport = client(pair, server, timeout=1.0, deadline=2.0)
        tasks = [asyncio.ensure_future(made.visit(f"c{number}").get_engagement()) for number in range(20)]
        await asyncio.sleep(0.2)
        await made.aclose()
        await transport.aclose()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert len(asyncio.all_tasks()) == 1
        return results

    for each in asyncio.run(main()):
        assert isinstance(each, EngagementError | RuntimeError), each


@fault("event loop", "used after it was closed", "`RuntimeError` that says what to do")
def test_used_after_close(pair: Pair, serve: Callable[..., Server]) -> None:
    """A transport that is closed says so, and nothing is sent."""
    server = serve(YES)

    async def main() -> None:
        made, transport = client(pair, server)
        await made.aclose()
        await transport.aclose()
        with pytest.raises(RuntimeError, match="closed"):
            await made.visit(KEY).get_engagement()

    asyncio.run(main())
    assert server.requests == []


@fault("event loop", "one host hangs, 300 calls wait for it", "calls to a healthy server by another client go on")
def test_a_host_that_hangs_holds_up_nobody_else(pair: Pair, serve: Callable[..., Server]) -> None:
    """While calls of one client wait for a host that hangs, another client of the loop works."""
    hanging, well = serve(Script(((hang,),))), serve(YES)

    async def main() -> None:
        stuck, first = client(pair, hanging, timeout=1.0, deadline=1.5)
        free, second = client(pair, well)
        tasks = [asyncio.ensure_future(stuck.visit(f"c{number}").get_engagement()) for number in range(150)]
        await asyncio.sleep(0)
        for number in range(20):
            assert (await free.visit(f"w{number}").get_engagement()).visitor_id == A.visitor
        assert not any(task.done() and task.exception() is None for task in tasks)
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(each, EngagementError) for each in results)
        hanging.heal()
        assert (await stuck.visit("later").get_engagement()).visitor_id == A.visitor
        for each in (stuck, free):
            await each.aclose()
        for transport in (first, second):
            await transport.aclose()

    asyncio.run(main())


def test_a_known_record_is_of_use_here() -> None:
    """The made-up ids are usable ids, or the cases would prove nothing."""
    from lp_engagement._common.identifiers import usable_id

    for ids in (A, KNOWN):
        assert usable_id(ids.visitor) == ids.visitor
        assert VisitRecord(ids.visitor).visitor_id
