"""The simulator's server against rude and hostile peers: foreign names, doubtful requests, idle connections."""

from __future__ import annotations

import json
import re
import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from lp_engagement.simulator import Simulator, server

if TYPE_CHECKING:
    from collections.abc import Iterator

SCRIPT = b'{"script": "503"}'


@pytest.fixture
def simulator() -> Simulator:
    """A simulator."""
    return Simulator()


@pytest.fixture
def port(simulator: Simulator) -> Iterator[int]:
    """The port of its server."""
    with simulator.serve() as running:
        yield urlsplit(running.url).port or 0


def send(port: int, request: bytes) -> bytes:
    """Send bytes on a new connection, and read until the server closes it."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as raw:
        raw.sendall(request)
        with raw.makefile("rb") as answer:
            return answer.read()


def status(answer: bytes) -> int:
    """The status of an answer."""
    match = re.match(rb"HTTP/1\.1 (\d{3}) ", answer)
    assert match, answer
    return int(match[1])


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LocalHost", "[::1]"])
def test_own_names(port: int, name: str) -> None:
    """The server answers under each name of the loopback with its own port."""
    request = f"GET /_sim/journal HTTP/1.1\r\nHost: {name}:{port}\r\nConnection: close\r\n\r\n"
    assert status(send(port, request.encode())) == 200


@pytest.mark.parametrize(
    "host",
    [
        "Host: evil.example:{port}",
        "Host: 127.0.0.1",
        "Host: localhost:1",
        "Host: localhost.evil.example:{port}",
        "Host: 127.0.0.1:{port}@evil.example",
        "Host:",
        "X-Host: 127.0.0.1:{port}",
    ],
)
@pytest.mark.parametrize(
    "line",
    [
        "GET /",
        "GET /_sim/journal",
        "POST /_sim/script",
        "POST /api/account/12345678/app/engagement/visitors/?v=1.0",
        "GET /api/account/12345678/service/x/baseURI.json?version=1.0",
    ],
)
def test_foreign_names(simulator: Simulator, port: int, line: str, host: str) -> None:
    """Under any other name page, control calls and API are refused with 421, before anything is read or done."""
    name = host.format(port=port)
    head = f"{line} HTTP/1.1\r\n{name}\r\nOrigin: http://{name[6:]}\r\nContent-Type: application/json\r\n"
    answer = send(port, f"{head}Content-Length: {len(SCRIPT)}\r\n\r\n".encode() + SCRIPT)
    assert status(answer) == 421
    assert "127.0.0.1, localhost" in json.loads(answer.partition(b"\r\n\r\n")[2])["problem"]
    assert (simulator.faults(), simulator.journal) == ([], [])


@pytest.mark.parametrize(
    "headers",
    [
        "Content-Length: 2\r\nContent-Length: 3",
        "Content-Length: 2\r\ncontent-length: 2",
        "Host: 127.0.0.1:{port}\r\nContent-Length: 2",
        "Content-Length : 2",
        " Content-Length: 2",
        "Content-Length: 2\nX: y",
        "Content-Length: 2\r\nX: a\0b",
        "(X): y\r\nContent-Length: 2",
    ],
)
def test_doubtful_heads(simulator: Simulator, port: int, headers: str) -> None:
    """A head that two readers could read in two ways is refused with 400, and nothing of it is carried out."""
    head = f"POST /_sim/script HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{headers.format(port=port)}\r\n\r\n"
    assert status(send(port, head.encode() + b"{}")) == 400
    assert simulator.journal == []


@pytest.mark.parametrize(
    "sent", ["", "POST / HTTP/1.1\r\nHost:", "POST / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 9\r\n\r\n{{"]
)
def test_idle_connections_are_closed(monkeypatch: pytest.MonkeyPatch, sent: str) -> None:
    """A connection that does not bring its next request in time is closed, however far it has come."""
    monkeypatch.setattr(server, "_IDLE_SECONDS", 0.2)
    with Simulator().serve() as running:
        port = urlsplit(running.url).port or 0
        answer = send(port, sent.format(port=port).encode())
    assert answer == b""


def test_a_slow_answer_is_not_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection whose answer takes longer than the limit stays open until the answer has arrived."""
    monkeypatch.setattr(server, "_IDLE_SECONDS", 0.2)
    with Simulator(script="slow 1").serve() as running:
        host = urlsplit(running.url).netloc
        body = b'{"appType": "MSDK"}'
        head = (
            f"POST /api/account/1/app/engagement/visitors/?v=1.0 HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        answer = send(urlsplit(running.url).port or 0, head.encode() + body)
    assert status(answer) == 200
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["visitorId"]


@pytest.fixture
def anyio_backend() -> str:
    """Run async tests on asyncio."""
    return "asyncio"


@pytest.mark.anyio
@pytest.mark.parametrize(
    "host, answered", [("localhost:80", 404), ("LOCALHOST", 404), ("[::1]:8", 404), ("evil.example:80", 421), ("", 421)]
)
async def test_asgi_names(host: str, answered: int) -> None:
    """An ASGI application with a list of names refuses all others with 421."""
    app = Simulator().asgi(hosts=["localhost", "[::1]"])
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    async def keep(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/x", "headers": [(b"host", host.encode())]}
    await app(scope, receive, keep)
    assert sent[0]["status"] == answered
