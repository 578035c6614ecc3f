"""Bursts: thousands of calls at once lose nobody, and leave no visitor without a key."""

from __future__ import annotations

import asyncio
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from lp_engagement import AsyncEngagementClient, EngagementClient
from lp_engagement.errors import EngagementError
from lp_engagement.simulator import Simulator
from tests.faults.case import A
from tests.faults.registry import fault
from tests.faults.scripted import Script, Server, good, hang
from tests.redis_server import RedisServer, need_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.thorough
ACCOUNT = "12345678"
TASKS = int(os.environ.get("LP_TEST_BULK") or 5000)
THREADS = 500


@pytest.fixture(params=["memory", "sqlite", "redis"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A store of each kind."""
    if request.param == "redis":
        need_server()
        with RedisServer() as server:
            yield server.url
    elif request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'visits.db'}"
    else:
        yield "memory://"


def outcome(results: list[Any]) -> dict[str, int]:
    """Count what calls ended in, by class; right answers are not counted."""
    found: dict[str, int] = {}
    for each in results:
        if isinstance(each, BaseException):
            found[type(each).__name__] = found.get(type(each).__name__, 0) + 1
    return found


@fault(
    "burst",
    "5 000 async calls in one `gather`, a key each, with defaults; memory, SQLite, Redis",
    "0 lost, a visitor for each key and no other",
)
def test_five_thousand_tasks_at_once(store: str) -> None:
    """All calls of a burst are answered, and there are as many visitors as keys."""
    simulator = Simulator()

    async def main(url: str) -> list[Any]:
        async with AsyncEngagementClient(ACCOUNT, base_url=url, store=store) as client:
            calls = (client.visit(f"c{number}").get_engagement() for number in range(TASKS))
            return await asyncio.gather(*calls, return_exceptions=True)

    with simulator.serve() as server:
        results = asyncio.run(main(server.url))
    assert outcome(results) == {}
    assert len({each.visitor_id for each in results}) == TASKS == len(simulator.visitors(ACCOUNT))


@fault(
    "burst",
    "500 threads, a key each, with defaults; memory, SQLite, Redis",
    "0 lost, a visitor for each key and no other",
)
def test_five_hundred_threads_at_once(store: str) -> None:
    """All calls of 500 threads are answered, and there are as many visitors as keys."""
    simulator = Simulator()
    gate = threading.Barrier(THREADS)
    with (
        simulator.serve() as server,
        EngagementClient(ACCOUNT, base_url=server.url, store=store) as client,
        ThreadPoolExecutor(THREADS) as pool,
    ):

        def work(number: int) -> Any:
            gate.wait()
            try:
                return client.visit(f"c{number}").get_engagement()
            except Exception as error:  # noqa: BLE001 - it is counted
                return error

        results = list(pool.map(work, range(THREADS)))
    assert outcome(results) == {}
    assert len({each.visitor_id for each in results}) == THREADS == len(simulator.visitors(ACCOUNT))


@fault("burst", "200 threads call a host that hangs, four times, then recovers", "no place is lost: all are answered")
def test_no_place_is_lost_to_a_host_that_hangs() -> None:
    """After bursts against a hanging server the client answers as many calls at once as before."""
    with (
        Server(Script(((hang,),)), healthy=good(A)) as server,
        EngagementClient(
            ACCOUNT, base_url=f"http://127.0.0.1:{server.port}", store="memory://", timeout=0.5, deadline=1.0
        ) as client,
        ThreadPoolExecutor(200) as pool,
    ):

        def work(key: str) -> Any:
            try:
                return client.visit(key).get_engagement()
            except Exception as error:  # noqa: BLE001 - it is counted
                return error

        for burst in range(4):
            results = list(pool.map(work, [f"{burst}-{number}" for number in range(200)]))
            assert all(isinstance(each, EngagementError) for each in results), outcome(results)
        server.heal()
        client._settings = replace(client._settings, timeout=30.0, deadline=60.0)
        assert outcome(list(pool.map(work, [f"well-{number}" for number in range(400)]))) == {}


@fault("burst", "30 callers with one new key", "one visitor")
@pytest.mark.parametrize("flavour", ["sync", "async"])
def test_many_callers_with_one_new_key_make_one_visitor(flavour: str, store: str) -> None:
    """Callers that come at once with the same new key get the same visitor."""
    simulator = Simulator()

    async def main(url: str) -> list[Any]:
        async with AsyncEngagementClient(ACCOUNT, base_url=url, store=store) as client:
            return await asyncio.gather(*(client.visit("one").get_engagement() for _ in range(30)))

    with simulator.serve() as server:
        if flavour == "async":
            results = asyncio.run(main(server.url))
        else:
            with (
                EngagementClient(ACCOUNT, base_url=server.url, store=store) as client,
                ThreadPoolExecutor(30) as pool,
            ):
                results = list(pool.map(lambda _: client.visit("one").get_engagement(), range(30)))
    assert len({each.visitor_id for each in results}) == 1 == len(simulator.visitors(ACCOUNT))
