"""Clients in the event loops of asyncio, uvloop and trio, and under gevent, against a real server on this machine."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import anyio
import pytest
import sniffio

from lp_engagement import AsyncEngagementClient, sde
from lp_engagement.simulator import Fault, Simulator
from tests.helpers import ACCOUNT, PAUSES, FakeClock
from tools.repository import ROOT

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path


LOOPS: dict[str, tuple[str, dict[str, Any]]] = {
    "asyncio": ("asyncio", {"use_uvloop": False}),
    "uvloop": ("asyncio", {"use_uvloop": True}),
    "trio": ("trio", {}),
}
AT_ONCE = 50


@pytest.fixture
def simulator() -> Simulator:
    """The simulator behind the server."""
    return Simulator(seed=1)


@pytest.fixture
def url(simulator: Simulator) -> Iterator[str]:
    """The URL of a server."""
    with simulator.serve() as server:
        yield server.url


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a store, which opens the same visits again if it is a file."""
    return "memory://" if request.param == "memory" else f"sqlite:///{tmp_path}/visits.db"


@pytest.fixture(params=LOOPS)
def run(request: pytest.FixtureRequest) -> Callable[[Callable[[], Awaitable[Any]]], Any]:
    """Runs an async function in one of the event loops."""
    backend, options = LOOPS[request.param]

    async def checked(function: Callable[[], Awaitable[Any]]) -> Any:
        assert sniffio.current_async_library() == backend
        if backend == "asyncio":
            module = type(asyncio.get_running_loop()).__module__
            assert module.startswith("uvloop") == (request.param == "uvloop")
        return await function()

    return lambda function: anyio.run(checked, function, backend=backend, backend_options=options)


def client(url: str, store: str, **options: Any) -> AsyncEngagementClient:
    """A client."""
    return AsyncEngagementClient(ACCOUNT, base_url=url, store=store, **options)


def test_whole_visit(run: Any, simulator: Simulator, url: str, store: str) -> None:
    """A quiet account is retried with its visitor id, the visit goes on, and a valid engagement needs no call."""
    simulator.make_cold(ACCOUNT)
    clock = FakeClock()

    async def visit() -> None:
        async with client(url, store, clock=clock.for_async) as mine:
            visit = mine.visit("customer")
            engagement = await visit.get_engagement(sdes=[sde.lead(topic="mortgage")], sections=["Support"])
            await visit.update(impressions=[engagement.displayed()])
            again = await visit.get_engagement(reuse=True)
            assert (again.reused, again.visitor_id) == (True, engagement.visitor_id)

    run(visit)
    assert clock.slept == PAUSES[:1]
    assert [(entry.operation, entry.status) for entry in simulator.journal] == [
        ("createSession", 500),
        ("resumeSession", 200),
        ("updateSession", 200),
    ]
    assert len(simulator.visitors(ACCOUNT)) == 1


def test_visit_goes_on_in_another_loop(run: Any, simulator: Simulator, url: str, tmp_path: Path) -> None:
    """A client in a new loop finds the visit in the file."""
    store = f"sqlite:///{tmp_path}/visits.db"

    async def visit() -> str:
        async with client(url, store) as mine:
            return (await mine.visit("customer").get_engagement()).visitor_id

    assert run(visit) == run(visit)
    assert [entry.operation for entry in simulator.journal] == ["createSession", "resumeSession"]


def test_many_at_once(run: Any, simulator: Simulator, url: str, store: str) -> None:
    """Fifty calls at once for one consumer open one visit; those for fifty consumers open fifty."""

    async def crowd() -> None:
        async with client(url, store) as mine, anyio.create_task_group() as group:
            for number in range(AT_ONCE):
                group.start_soon(mine.visit(f"customer-{number}").get_engagement)
                group.start_soon(mine.visit("the same").get_engagement)

    run(crowd)
    assert {entry.status for entry in simulator.journal} == {200}
    assert len(simulator.journal) == 2 * AT_ONCE
    assert len(simulator.visitors(ACCOUNT)) == AT_ONCE + 1


def test_cancellation(run: Any, simulator: Simulator, url: str, store: str) -> None:
    """A call that is cancelled while it waits for its response ends at once; the same visit then works."""
    simulator.script(ACCOUNT, [Fault(200, changes={}, seconds=60)])

    names: list[str] = []

    async def cancelled() -> None:
        async with client(url, store, hooks=[lambda event: names.append(event.name)]) as mine:
            async with anyio.create_task_group() as group:
                group.start_soon(mine.visit("customer").get_engagement)
                while not simulator.journal:  # noqa: ASYNC110 - the server is in another thread
                    await anyio.sleep(0.001)
                group.cancel_scope.cancel()
            names.append("cancelled")
            # Whoever had to wait for the lease of the cancelled call would wait for longer.
            with anyio.fail_after(10):
                await mine.visit("customer").get_engagement()

    run(cancelled)
    assert "answered" not in names[: names.index("cancelled")]
    assert [entry.operation for entry in simulator.journal] == ["createSession", "createSession"]


def test_gevent(simulator: Simulator, url: str, tmp_path: Path) -> None:
    """Under gevent's monkey-patching, a hundred greenlets share a client, and none of them blocks the others."""
    count = 100
    simulator.make_cold(ACCOUNT, times=3)
    arguments = [ACCOUNT, url, f"sqlite:///{tmp_path}/visits.db", str(count)]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.greenlets", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert len(set(told["visitors"])) == len(simulator.visitors(ACCOUNT)) == count
    assert told["in_flight"] > count / 2
