"""The places of a client: at most so many requests on the wire, a wait that is no part of a time-out, and none lost."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import anyio
import anyio.lowlevel
import pytest

from lp_engagement import NEVER, AsyncEngagementClient, CallEvent, EngagementClient
from lp_engagement._io.places import AsyncPlaces, Places
from lp_engagement.errors import ConfigurationError, DeadlineExceeded, TransportTimeout
from lp_engagement.transports import HttpResponse
from tests.both import ACCOUNT, BASE_URL, KINDS, Maker
from tests.test_flow import KNOWN, Walk, http, ok

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lp_engagement import HttpRequest

BODY = b'{"status": "NotAvailable", "visitorId": "v", "sessionId": "s", "pageId": "1"}'
OPTIONS: dict[str, Any] = {"base_url": BASE_URL, "store": "memory://"}


@pytest.fixture(params=KINDS)
def maker(request: pytest.FixtureRequest) -> Iterator[Maker]:
    """Makes sync clients once, and async ones once."""
    with Maker(request.param) as maker:
        yield maker


class Counting:
    """Counts how many requests are under way at once, in threads."""

    def __init__(self) -> None:
        self.now = self.most = self.sent = 0
        self._lock = threading.Lock()

    def send(self, request: HttpRequest, *, timeout: float) -> HttpResponse:
        """Take a moment."""
        with self._lock:
            self.now += 1
            self.sent += 1
            self.most = max(self.most, self.now)
        time.sleep(0.002)
        with self._lock:
            self.now -= 1
        return HttpResponse(200, {}, BODY)

    def close(self) -> None:
        """Do nothing."""


class AsyncCounting:
    """The same for tasks."""

    def __init__(self) -> None:
        self.now = self.most = self.sent = 0

    async def send(self, request: HttpRequest, *, timeout: float) -> HttpResponse:  # noqa: ASYNC109 - the protocol
        """Take a moment."""
        self.now += 1
        self.sent += 1
        self.most = max(self.most, self.now)
        try:
            await anyio.sleep(0.002)
        finally:
            self.now -= 1
        return HttpResponse(200, {}, BODY)

    async def aclose(self) -> None:
        """Do nothing."""


# ------------------------------------------------------------------------------------------------ both clients


def test_threads_wait_for_their_turn() -> None:
    """Of a burst of threads only so many send at once, and nobody is lost."""
    transport = Counting()
    with (
        EngagementClient(ACCOUNT, transport=transport, max_connections=3, **OPTIONS) as client,
        ThreadPoolExecutor(60) as threads,
    ):
        list(threads.map(lambda number: client.visit(f"{number}").get_engagement(), range(120)))
    assert (transport.most, transport.sent) == (3, 120)


@pytest.mark.anyio
async def test_tasks_wait_for_their_turn() -> None:
    """Of a burst of tasks only so many send at once, and nobody is lost."""
    transport = AsyncCounting()
    async with AsyncEngagementClient(ACCOUNT, transport=transport, max_connections=3, **OPTIONS) as client:
        await asyncio.gather(*(client.visit(f"{number}").get_engagement() for number in range(300)))
    assert (transport.most, transport.sent) == (3, 300)


@pytest.mark.parametrize("value", [0, -1, 1.5, "3", True, None])
def test_max_connections_is_checked(maker: Maker, value: Any) -> None:
    """A number of connections that is none is refused by the constructor."""
    with pytest.raises(ConfigurationError, match="max_connections must be an integer"):
        maker.client(max_connections=value)


def test_a_place_is_given_back_whatever_happens(maker: Maker) -> None:
    """Failures of all kinds, of the transport, of a hook or of the program, cost no place."""
    outcomes: list[BaseException] = [TransportTimeout("no", maybe_sent=True), ValueError(), KeyboardInterrupt()]

    def answer(_: HttpRequest) -> HttpResponse:
        if outcomes:
            raise outcomes.pop()
        return HttpResponse(200, {}, BODY)

    client = maker.client(answer=answer, max_connections=1, retry=NEVER)
    for expected in (KeyboardInterrupt, ValueError, TransportTimeout):
        with pytest.raises(expected):
            client.visit().get_engagement()
    assert client.visit().get_engagement().visitor_id == "v"


def test_thread_without_a_place_at_its_deadline() -> None:
    """A thread that finds no free place in time raises and sends nothing; the holder is not disturbed."""
    begun, go_on = threading.Event(), threading.Event()
    events: list[CallEvent] = []

    class Slow(Counting):
        def send(self, request: HttpRequest, *, timeout: float) -> HttpResponse:
            begun.set()
            assert go_on.wait(20)
            return super().send(request, timeout=timeout)

    transport = Slow()
    client = EngagementClient(
        ACCOUNT, transport=transport, max_connections=1, deadline=0.05, hooks=[events.append], **OPTIONS
    )
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(client.visit("first").get_engagement)
        assert begun.wait(20)
        with pytest.raises(DeadlineExceeded, match="all connections of this client were busy") as caught:
            client.visit("second").get_engagement()
        go_on.set()
        assert first.result(20).visitor_id == "v"
    assert (caught.value.maybe_sent, caught.value.attempts, transport.sent) == (False, (), 1)
    assert [event.name for event in events].count("queued") == 1


@pytest.mark.anyio
async def test_task_without_a_place_at_its_deadline() -> None:
    """A task that finds no free place in time raises and sends nothing."""
    go_on = anyio.Event()

    class Slow(AsyncCounting):
        async def send(self, request: HttpRequest, *, timeout: float) -> HttpResponse:  # noqa: ASYNC109
            await go_on.wait()
            return await super().send(request, timeout=timeout)

    transport = Slow()
    client = AsyncEngagementClient(ACCOUNT, transport=transport, max_connections=1, deadline=0.2, **OPTIONS)
    async with asyncio.TaskGroup() as group:
        first = group.create_task(client.visit("first").get_engagement())
        await asyncio.sleep(0)
        with pytest.raises(DeadlineExceeded, match="all connections of this client were busy"):
            await client.visit("second").get_engagement()
        go_on.set()
    assert (first.result().visitor_id, transport.sent) == ("v", 1)


@pytest.mark.anyio
async def test_cancelled_tasks_lose_no_place() -> None:
    """Tasks that are cancelled while they wait, while they send, or at the moment of their turn, cost no place."""
    transport = AsyncCounting()
    async with AsyncEngagementClient(ACCOUNT, transport=transport, max_connections=2, **OPTIONS) as client:
        for round_ in range(60):
            tasks = [asyncio.create_task(client.visit(f"{number}").get_engagement()) for number in range(8)]
            for _ in range(round_ % 20):
                await asyncio.sleep(0)
            for task in tasks[::2]:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
            assert not [each for each in results[1::2] if isinstance(each, BaseException)]
        await asyncio.gather(*(client.visit(f"{number}").get_engagement() for number in range(20)))
    assert transport.most == 2


@pytest.mark.anyio
async def test_longest_waiting_task_is_next() -> None:
    """Places are assigned in the order of the requests for them."""
    places, order = AsyncPlaces(1), []
    await places.take("first", 1)

    async def take(name: str) -> None:
        await places.take(name, 60)
        order.append(name)
        places.give_back(name)

    async with anyio.create_task_group() as group:
        for name in "abcd":
            group.start_soon(take, name)
            await anyio.lowlevel.checkpoint()
        places.give_back("first")
    assert order == list("abcd")


@pytest.mark.anyio
async def test_a_task_that_asks_again_keeps_its_turn() -> None:
    """A caller that found no free place and tries again, as a lease holder does, keeps its turn."""
    places, order = AsyncPlaces(1), []
    await places.take("first", 1)
    assert await places.take("patient", 0) is None

    async def take(name: str) -> None:
        await places.take(name, 60)
        order.append(name)
        places.give_back(name)

    async with anyio.create_task_group() as group:
        group.start_soon(take, "late")
        await anyio.lowlevel.checkpoint()
        group.start_soon(take, "patient")
        await anyio.lowlevel.checkpoint()
        places.give_back("first")
    assert order == ["patient", "late"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork, which this system has not")
def test_places_after_a_fork() -> None:
    """A child has all places, whatever the threads of its parent hold, and a lock that is held does not block it."""
    places = Places(1)
    assert places.take("a thread of the parent", 0) == 0.0
    with places._changed:
        child = os.fork()
        if child == 0:
            os._exit(0 if places.take("child", 0) == 0.0 else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert places.take("parent", 0) is None


def test_thread_whose_wake_up_was_lost() -> None:
    """A waiting thread looks for itself now and then: one that was woken and interrupted cannot leave it asleep."""
    places = Places(1)
    places.take("first", 0)
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(places.take, "second", 30)
        # What a thread that is killed between being woken and going on leaves behind.
        places._holders.discard("first")
        assert waiting.result(20) is not None


# ------------------------------------------------------------------------------------------------ the flow


def test_wait_is_an_event_of_its_own() -> None:
    """A wait for a place is an event, and not part of the seconds that the server took."""
    walk = Walk(ok(), record=KNOWN)
    walk.waits.append(3.0)
    walk.seconds = 2.0
    walk.ask()
    assert walk.names == ["queued", "sent", "answered", "visit_saved"]
    assert [event.seconds for event in walk.events[:3]] == [3.0, None, 2.0]


def test_no_wait_is_no_event() -> None:
    """A request that finds a place at once is not called queued."""
    walk = Walk(ok(), record=KNOWN)
    walk.ask()
    assert "queued" not in walk.names
    assert walk.reserved == [float("inf")]


def test_lease_is_renewed_while_its_holder_waits() -> None:
    """A lease holder renews the lease while it waits for a place and before it sends: there is one visitor."""
    walk = Walk(ok())
    walk.waits.extend([None, None, 1.0])
    walk.ask()
    assert walk.steps == ["load", "acquire 15", "load", *["acquire 15"] * 3, "POST /?v=1.0", "save xyz abc", "release"]
    assert walk.reserved == [10.0] * 3
    assert [event.seconds for event in walk.events if event.name == "queued"] == [21.0]


def test_retry_needs_a_place_too() -> None:
    """Each attempt has a place of its own, and none is held during a pause."""
    walk = Walk(http(503), ok(), record=KNOWN)
    walk.ask()
    assert len(walk.reserved) == 2


def test_lease_is_no_longer_than_the_deadline_of_its_holder() -> None:
    """A holder that may be killed does not block others for longer than it could have worked."""
    walk = Walk(ok(), deadline=2.0)
    leases: list[float] = []
    acquire = walk.store.acquire

    def noted(key: str, token: str, *, lease: float) -> bool:
        leases.append(lease)
        return acquire(key, token, lease=lease)

    walk.store.acquire = noted  # type: ignore[method-assign]
    walk.ask()
    assert leases == [7.0]
