"""More callers than connections, on a real server: they wait for their turn, and nobody is lost."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
import redis

from lp_engagement import AsyncEngagementClient, EngagementClient
from lp_engagement.errors import StoreError
from lp_engagement.simulator import Simulator
from lp_engagement.stores import AsyncRedisStore, RedisStore
from lp_engagement.stores import redis as redis_module
from tests.helpers import ACCOUNT
from tests.redis_server import RedisServer, need_server

if TYPE_CHECKING:
    from collections.abc import Iterator

CALLS = 300


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    """Start one for all tests of this file."""
    need_server()
    with RedisServer() as started:
        yield started


def separator(url: str) -> str:
    """The URL up to its next option."""
    return "&" if "?" in url else "?"


def test_tasks_wait_for_a_connection(server: RedisServer) -> None:
    """300 calls at once by tasks are 300 answers, all saved, over no more connections than the limit."""
    simulator = Simulator()

    async def main() -> int:
        store = AsyncRedisStore(server.url)
        async with AsyncEngagementClient(
            ACCOUNT, transport=simulator.async_transport(), store=store, base_url="https://a.b"
        ) as client:
            answers = await asyncio.gather(*(client.visit(f"t{each}").get_engagement() for each in range(CALLS)))
            assert all(answer.saved for answer in answers)
            with server.client() as other:
                connections = len(other.client_list())
        await store.aclose()
        return connections

    assert asyncio.run(main()) <= 100 + 2
    assert len(simulator.visitors(ACCOUNT)) == CALLS


def test_threads_wait_for_a_connection(server: RedisServer) -> None:
    """The same for 300 threads that begin together."""
    simulator, start = Simulator(), threading.Barrier(CALLS)
    with (
        EngagementClient(ACCOUNT, transport=simulator.transport(), store=server.url, base_url="https://a.b") as client,
        ThreadPoolExecutor(CALLS) as pool,
    ):

        def call(number: int) -> bool:
            start.wait(timeout=60)
            return client.visit(f"s{number}").get_engagement().saved

        assert all(pool.map(call, range(CALLS)))
    assert len(simulator.visitors(ACCOUNT)) == CALLS


def test_limit_of_the_url_is_kept(server: RedisServer) -> None:
    """`max_connections` of the URL is how many connections there are, for tasks and for threads."""
    url = f"{server.url}{separator(server.url)}max_connections=3"

    async def main() -> int:
        store = AsyncRedisStore(url)
        await asyncio.gather(*(store.load(str(each)) for each in range(50)))
        with server.client() as other:
            connections = len(other.client_list())
        await store.aclose()
        return connections

    assert asyncio.run(main()) <= 3 + 2
    store = RedisStore(url)
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(store.load, map(str, range(50))))
    with server.client() as other:
        assert len(other.client_list()) <= 3 + 2
    store.close()


def test_busy_connections_have_a_cause_of_their_own(server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error of a caller that waits in vain names busy connections, not an unreachable server."""
    monkeypatch.setattr(redis_module, "_PATIENCE", 0.01)
    url = f"{server.url}{separator(server.url)}max_connections=1"
    text = "all 1 connections are busy; raise `max_connections`"
    store = RedisStore(url)
    with store._places, pytest.raises(StoreError, match=text):
        store.load("key")
    assert store.load("key") is None
    store.close()

    async def main() -> None:
        store = AsyncRedisStore(url)
        async with store._places:
            with pytest.raises(StoreError, match=text):
                await store.load("key")
        assert await store.load("key") is None
        await store.aclose()

    asyncio.run(main())


def test_busy_client_of_the_caller_is_named(server: RedisServer) -> None:
    """If a client of the caller's has too few connections, the error says that, too."""
    client = redis.Redis.from_url(server.url, max_connections=1)
    store = RedisStore(client)
    connection = client.connection_pool.get_connection()
    with pytest.raises(StoreError, match="all connections of your client are busy; raise its `max_connections`"):
        store.load("key")
    client.connection_pool.release(connection)
    assert store.load("key") is None
    client.close()


def test_cancelled_tasks_lose_no_place(server: RedisServer) -> None:
    """Tasks that are cancelled while they wait, connect or read give their places back, and their connections."""

    async def main() -> None:
        store = AsyncRedisStore(f"{server.url}{separator(server.url)}max_connections=4")
        for number in range(60):
            tasks = [asyncio.create_task(store.load(str(each))) for each in range(12)]
            for _ in range(number % 12):
                await asyncio.sleep(0)
            for task in tasks[number % 3 :: 2]:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        places = store._places
        assert places._semaphore is not None
        assert places._semaphore.value == 4
        await asyncio.gather(*(store.load(str(each)) for each in range(12)))
        with server.client() as other:
            assert len(other.client_list()) <= 4 + 4
        await store.aclose()

    asyncio.run(main())


def test_child_has_places_of_its_own(server: RedisServer) -> None:
    """A fork while all places are taken leaves the child none of them that would never be given back."""
    import os

    if not hasattr(os, "fork"):
        pytest.skip("there is no fork here")
    store = RedisStore(f"{server.url}{separator(server.url)}max_connections=1")
    with store._places:
        child = os.fork()
        if child == 0:
            code = 1
            try:
                code = 0 if store._places._free.own().acquire(timeout=1) else 1
            finally:
                os._exit(code)
    assert os.waitpid(child, 0)[1] == 0
    store.close()
