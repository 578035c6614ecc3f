"""CPU per call of each transport, beside the bare generated client and the HTTP libraries alone.

All programs send the same request to the same server, a process of its own, and take turns in one process. The bare
client has its body ready; ours is given plain dicts, and validates, retries and stores as always. The limit of the sync
rows is a socket that sends ready bytes and parses nothing.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import socket
import sys
from contextlib import ExitStack
from functools import partial
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any

import aiohttp
import httpx
import urllib3
from httpx_aiohttp import AiohttpTransport

from lp_engagement import AsyncEngagementClient, EngagementClient, HttpResponse

from .paired import measure
from .peers import ACCOUNT, ANSWER, BODY, PATH, bare_client, serving
from .table import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from lp_engagement import HttpRequest

    from .paired import Taken

    Program = Callable[[int], None]

IN_FLIGHT = 100
THREADS = 16
SDES = json.loads(BODY)["engagementAttributes"]
HEADERS = {"content-type": "application/json", "accept": "application/json"}
BARE = "bare client"


class AtOnce:
    """A transport that answers without sending anything."""

    def send(self, request: HttpRequest, *, timeout: float) -> HttpResponse:  # noqa: ARG002 - the protocol
        """Answer."""
        return HttpResponse(200, {"content-type": "application/json"}, ANSWER)

    def close(self) -> None:
        """Nothing to close."""


class AtOnceAsync:
    """The same for an async client."""

    async def send(self, request: HttpRequest, *, timeout: float) -> HttpResponse:  # noqa: ARG002, ASYNC109 - the protocol
        """Answer."""
        return HttpResponse(200, {"content-type": "application/json"}, ANSWER)

    async def aclose(self) -> None:
        """Nothing to close."""


def repeated(call: Callable[[], object]) -> Program:
    """Make the calls one after the other."""

    def run(calls: int) -> None:
        for _ in range(calls):
            call()

    return run


def ours(stack: ExitStack, base_url: str, store: str, transport: Any) -> Callable[[], object]:
    """Return a call of our client, in a visit that is known."""
    client = stack.enter_context(EngagementClient(ACCOUNT, base_url=base_url, store=store, transport=transport))
    return partial(client.visit("customer").get_engagement, sdes=SDES)


def threaded(call: Callable[[], object]) -> Program:
    """Make the calls in threads that share whatever the call uses."""

    def run(calls: int) -> None:
        failed: SimpleQueue[Exception] = SimpleQueue()

        def work() -> None:
            try:
                repeated(call)(calls // THREADS)
            except Exception as error:  # noqa: BLE001 - raised below
                failed.put(error)

        threads = [Thread(target=work) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if not failed.empty():
            raise failed.get()

    return run


def raw_socket(stack: ExitStack, base_url: str) -> Callable[[], object]:
    """Return a call that sends ready bytes on one connection."""
    host, port = base_url.removeprefix("http://").split(":")
    connection = stack.enter_context(socket.create_connection((host, int(port))))
    head = f"POST {PATH} HTTP/1.1\r\nhost: {host}:{port}\r\ncontent-type: application/json\r\n"
    sent = f"{head}content-length: {len(BODY)}\r\n\r\n".encode() + BODY

    def call() -> None:
        connection.sendall(sent)
        while not connection.recv(65536).endswith(b"}"):
            pass

    return call


def bare(**options: Any) -> tuple[Any, dict[str, Any]]:
    """Return the bare client's operation, and its arguments."""
    client = importlib.import_module("bare_client").Client(**options)
    body = importlib.import_module("bare_client.models").CreateSessionRequest.from_dict(json.loads(BODY))
    arguments = {"client": client, "account_id": ACCOUNT, "visitor_id": "v" * 22, "sid": "s" * 22, "body": body}
    return importlib.import_module("bare_client.api.engagement.resume_session"), arguments


def row(name: str, taken: dict[str, Taken], goal: float, *, limit: str = "", than: str = BARE) -> Row:
    """Return the row of one program, whose goal is a ratio to a peer."""
    ratio = taken[name].ratio(taken[than])
    peers = ", ".join(f"{peer} {its.text}" for peer, its in taken.items() if "ours" not in peer and peer != limit)
    least = taken[limit].text if limit else ""
    return Row(name, least, peers, taken[name].text, ratio, f"≤ {goal:.3g} of {than}", ratio <= goal)


def sync_rows(base_url: str, folder: Path, rounds: int, calls: int) -> Iterator[Row]:
    """One thread, one connection."""
    with ExitStack() as stack:
        operation, arguments = bare(base_url=base_url)
        client, pool = stack.enter_context(httpx.Client()), urllib3.PoolManager()
        url = base_url + PATH
        file = f"sqlite:///{folder / 'visits.db'}"
        programs: dict[str, Callable[[], object]] = {
            "socket": raw_socket(stack, base_url),
            BARE: partial(operation.sync, **arguments),
            "httpx": lambda: client.post(url, content=BODY, headers=HEADERS).json(),
            "urllib3": lambda: pool.request("POST", url, body=BODY, headers=HEADERS).json(),
            "ours on httpx, memory": ours(stack, base_url, "memory://", "httpx"),
            "ours on httpx, SQLite": ours(stack, base_url, file, "httpx"),
            "ours on urllib3, memory": ours(stack, base_url, "memory://", "urllib3"),
            "ours on urllib3, SQLite": ours(stack, base_url, file, "urllib3"),
            "ours without the network": ours(stack, base_url, "memory://", AtOnce()),
        }
        taken = measure({name: repeated(call) for name, call in programs.items()}, rounds, calls)
    goals = {"httpx, memory": 1.0, "httpx, SQLite": 1.1, "urllib3, memory": 0.6, "urllib3, SQLite": 0.75}
    for name, goal in goals.items():
        yield row(f"ours on {name}", taken, goal, limit="socket")
    yield row("ours without the network", taken, 0.2, limit="socket")


def thread_rows(base_url: str, rounds: int, calls: int) -> Iterator[Row]:
    """Many threads share one client."""
    with ExitStack() as stack:
        operation, arguments = bare(base_url=base_url)
        taken = measure(
            {
                BARE: threaded(partial(operation.sync, **arguments)),
                "ours, 16 threads": threaded(ours(stack, base_url, "memory://", "httpx")),
            },
            rounds,
            calls,
        )
    yield row("ours, 16 threads", taken, 1.0)


def concurrent(runner: asyncio.Runner, calls: list[Callable[[], Any]]) -> Program:
    """Make the calls at the same time, each as often as it takes."""

    async def many(count: int) -> None:
        for _ in range(max(1, count // len(calls))):
            await asyncio.gather(*(call() for call in calls))

    return lambda count: runner.run(many(count))


def async_rows(base_url: str, rounds: int, calls: int) -> Iterator[Row]:
    """Many calls are in flight in one event loop."""
    with ExitStack() as stack:
        runner = stack.enter_context(asyncio.Runner())

        def ours(transport: Any) -> Program:
            async def make() -> list[Callable[[], Any]]:
                client = AsyncEngagementClient(ACCOUNT, base_url=base_url, store="memory://", transport=transport)
                stack.callback(lambda: runner.run(client.aclose()))
                visits = [client.visit(f"customer-{number}") for number in range(IN_FLIGHT)]
                return [partial(visit.get_engagement, sdes=SDES) for visit in visits]

            return concurrent(runner, runner.run(make()))

        async def open_session() -> aiohttp.ClientSession:
            return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))

        session = runner.run(open_session())
        stack.callback(lambda: runner.run(session.close()))

        async def post() -> None:
            async with session.post(base_url + PATH, data=BODY, headers=HEADERS) as response:
                await response.json()

        operation, arguments = bare(base_url=base_url)
        _, quicker = bare(base_url=base_url)
        quicker["client"].set_async_httpx_client(
            httpx.AsyncClient(base_url=base_url, transport=AiohttpTransport(client=session))
        )
        taken = measure(
            {
                "aiohttp": concurrent(runner, [post] * IN_FLIGHT),
                BARE: concurrent(runner, [partial(operation.asyncio, **arguments)] * IN_FLIGHT),
                f"{BARE} on aiohttp": concurrent(runner, [partial(operation.asyncio, **quicker)] * IN_FLIGHT),
                "ours on httpx, async": ours("httpx"),
                "ours on aiohttp, async": ours("aiohttp"),
                "ours without the network, async": ours(AtOnceAsync()),
            },
            rounds,
            calls,
        )
    yield row("ours on httpx, async", taken, 0.8)
    yield row("ours on aiohttp, async", taken, 1 / 8)
    yield row("ours on aiohttp, async", taken, 0.5, than=f"{BARE} on aiohttp")
    yield row("ours without the network, async", taken, 1 / 16)


def rows(quick: bool) -> Iterable[Row]:  # noqa: FBT001 - the same in all benchmarks
    """Measure."""
    rounds, calls = (3, 160) if quick else (11, 800)
    with serving() as base_url, bare_client() as folder:
        sys.path.insert(0, str(folder))
        yield from sync_rows(base_url, folder, rounds, calls)
        yield from thread_rows(base_url, rounds, calls)
        yield from async_rows(base_url, rounds, calls)
        sys.path.remove(str(folder))
