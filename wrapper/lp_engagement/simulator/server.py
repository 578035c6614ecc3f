"""An HTTP/1.1 server for a simulator, with or without TLS, for clients in any process and language.

Unlike an ASGI server (see `Simulator.asgi`), it needs no package, and can cut a connection
without a response, as a broken network does.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import re
import socket
import threading
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Self

from lp_engagement._core.checks import is_loopback

from .access import LOOPBACK_NAMES, Access
from .response import ConnectionCut, pieces

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping
    from types import TracebackType

    from .mountable import Mountable
    from .response import SimulatedResponse

__all__ = ["SimulatorServer"]

_ALL_ADDRESSES = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - shown under the loopback's address
_DEFAULT_PORTS = {"http": 80, "https": 443}
_LAST_PORT = 65_535
_IDLE_SECONDS = 75.0
"""How long a connection may take to send its next request as a whole."""


class SimulatorServer:
    """Serves a simulator between entering and leaving `with`.

    Args:
        simulator: answers the requests.
        host: the address to listen on.
        port: the port; 0 takes any free one.
        hosts: host names to answer to, besides those of the loopback interface.
        origins: origins whose pages may use the API.
        ssl_context: serves https.
    """

    def __init__(
        self,
        simulator: Mountable,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        hosts: frozenset[str] = frozenset(),
        origins: frozenset[str] = frozenset(),
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._simulator = simulator
        self._host = host
        self._port = port
        self._hosts = hosts
        self._origins = origins
        self._ssl_context = ssl_context
        self._running: _ServerThread | None = None

    @property
    def url(self) -> str:
        """Its address, e.g. `http://127.0.0.1:8080`, without a slash at the end.

        Raises:
            RuntimeError: it does not listen.
        """
        if self._running is None:
            raise RuntimeError("The simulator's server is not running: use it in a `with` statement.")
        host = _ALL_ADDRESSES.get(self._host, self._host)
        return f"{self._scheme}://{f'[{host}]' if ':' in host else host}:{self._running.port}"

    @property
    def _scheme(self) -> str:
        return "http" if self._ssl_context is None else "https"

    def __enter__(self) -> Self:
        """Begin to listen.

        Raises:
            OSError: the port is taken or not allowed.
            OverflowError: there is no such port.
            RuntimeError: it listens already.
        """
        if self._running is not None:
            raise RuntimeError("The simulator's server is already running.")
        if not 0 <= self._port <= _LAST_PORT:
            raise OverflowError(f"a port is a number from 0 to {_LAST_PORT}")
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        listener = socket.create_server((self._host, self._port), family=family, backlog=1024)
        access = self._access(listener.getsockname()[1])
        self._running = _ServerThread(self._simulator, listener, access, self._ssl_context)
        return self

    def _access(self, port: int) -> Access:
        # Elsewhere, a container's port may be published under another number.
        knows_port = is_loopback(self._host) and port != _DEFAULT_PORTS[self._scheme]
        loopback = [f"{name}:{port}" for name in LOOPBACK_NAMES] if knows_port else LOOPBACK_NAMES
        return Access(self._hosts, self._origins, frozenset(loopback))

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        """Stop listening, and cut the connections that are left."""
        if self._running is not None:
            self._running.stop()
            self._running = None


class _ServerThread:
    def __init__(
        self, simulator: Mountable, listener: socket.socket, access: Access, ssl_context: ssl.SSLContext | None
    ) -> None:
        self._simulator = simulator
        self._connections: set[_HttpConnection] = set()
        self._listener = listener
        self._access = access
        self._ssl_context = ssl_context
        self.port: int = listener.getsockname()[1]
        listener.setblocking(False)  # noqa: FBT003 - the standard library's own
        self._loop = asyncio.SelectorEventLoop()
        self._over = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="simulator", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        # Not `create_server`: closing it loses a connection that was accepted a moment before.
        making: set[asyncio.Task[object]] = set()

        def accept() -> None:
            try:
                accepted, _ = self._listener.accept()
            except OSError:  # whoever wanted to connect has left already
                return
            accepted.setblocking(False)  # noqa: FBT003 - the standard library's own
            task: asyncio.Task[object] = self._loop.create_task(self._connect(accepted))
            making.add(task)
            task.add_done_callback(making.discard)

        self._loop.add_reader(self._listener, accept)
        sweeping = self._loop.create_task(self._end_idle())
        await self._over.wait()
        sweeping.cancel()
        self._loop.remove_reader(self._listener)
        self._listener.close()
        # A handshake may never end. Only a task that has begun closes its socket when it is cancelled.
        await asyncio.sleep(0)
        for task in making:
            task.cancel()
        # A connection may be about to open, and an aborted one is notified only in the next iteration.
        while self._connections or len(asyncio.all_tasks()) > 1:
            for connection in list(self._connections):
                connection.abort()
            await asyncio.sleep(0)

    async def _connect(self, accepted: socket.socket) -> None:
        # A client that does not trust the certificate, or speaks plain http, fails here.
        with contextlib.suppress(OSError):
            await self._loop.connect_accepted_socket(
                lambda: _HttpConnection(self._simulator, self._connections, self._access),
                accepted,
                ssl=self._ssl_context,
            )

    async def _end_idle(self) -> None:
        while True:
            await asyncio.sleep(_IDLE_SECONDS / 5)
            for connection in list(self._connections):
                if connection.idle_since < self._loop.time() - _IDLE_SECONDS:
                    connection.abort()


class _HttpConnection(asyncio.Protocol):
    def __init__(self, simulator: Mountable, connections: set[_HttpConnection], access: Access) -> None:
        self._simulator = simulator
        self._connections = connections
        self._access = access
        self._buffer = bytearray()
        self._request: _Request | None = None
        self._slow: asyncio.Task[None] | None = None
        self._ended = False
        self._waits_since = 0.0

    @property
    def idle_since(self) -> float:
        """Since when it owes a request, by the clock of the loop; infinity while it is being answered."""
        return math.inf if self._slow is not None else self._waits_since

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - what a stream protocol is given
        self._transport = transport
        self._waits_since = asyncio.get_running_loop().time()
        self._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - clients hang up when they like
        self._ended = True
        self._connections.discard(self)
        if self._slow is not None:
            self._slow.cancel()

    def abort(self) -> None:
        self._ended = True
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        self._proceed()

    def _proceed(self) -> None:
        try:
            while not self._ended and self._slow is None and (request := self._next_request()) is not None:
                self._answer(request)
        except _BadRequest as bad:
            self._ended = True
            body = json.dumps({"problem": str(bad)}).encode()
            head = _head_of(bad.status, {"content-type": "application/json"}, len(body), keeps_alive=False)
            self._transport.write(head + body)
            self._transport.close()

    def _next_request(self) -> _Request | None:
        request = self._request
        if request is None:
            request = self._request = _read_request(self._buffer)
            if request is None:
                return None
            refusal = self._access.refusal(request.headers)
            if refusal is not None:
                raise _BadRequest(*refusal)
            if request.waits:
                self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if len(self._buffer) < request.length:
            return None
        request.body = bytes(self._buffer[: request.length])
        del self._buffer[: request.length]
        self._request = None
        self._waits_since = asyncio.get_running_loop().time()
        return request

    def _answer(self, request: _Request) -> None:
        try:
            answer = self._access.handle(self._simulator, request.method, request.target, request.headers, request.body)
        except ConnectionCut:
            self._ended = True
            self._transport.close()
            return
        head = _head_of(answer.status, answer.headers, len(answer.body), keeps_alive=request.keeps_alive)
        if answer.seconds or answer.cut_after is not None:
            self._slow = asyncio.get_running_loop().create_task(self._write_slowly(request, head, answer))
            return
        self._transport.write(head if request.method == "HEAD" else head + answer.body)
        if not request.keeps_alive:
            self._ended = True
            self._transport.close()

    async def _write_slowly(self, request: _Request, head: bytes, answer: SimulatedResponse) -> None:
        for pause, piece in pieces(answer):
            if pause:
                await asyncio.sleep(pause)
            self._transport.write(head + piece)
            head = b""
        self._slow = None
        self._waits_since = asyncio.get_running_loop().time()
        if answer.cut_after is not None or not request.keeps_alive:
            self._ended = True
            self._transport.close()
        self._proceed()


_MAX_HEAD_BYTES = 64 * 1024
_MAX_BODY_BYTES = 16 * 1024 * 1024
_MAX_BODY_DIGITS = len(str(_MAX_BODY_BYTES))
_WORDS_OF_A_REQUEST_LINE = 3
_REASONS = {status.value: status.phrase for status in HTTPStatus}
_WITHOUT_BODY = frozenset([HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED])
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_NOT_IN_HEADERS = re.compile(r"[\r\n\0]")
_ONCE = frozenset(["content-length", "host", "transfer-encoding"])
"""Headers whose repetition makes it doubtful where a request ends or whom it is for."""


class _BadRequest(Exception):  # noqa: N818 - an answer
    """The request is refused before it is read as a whole; the connection ends after this status."""

    def __init__(self, status: HTTPStatus, reason: str | None = None) -> None:
        super().__init__(reason or f"{status.phrase}.")
        self.status = status


@dataclass(slots=True)
class _Request:
    """One request.

    Attributes:
        method: the method.
        target: path and query as they were sent.
        headers: the headers, names in lower case.
        length: the length of the body in bytes.
        keeps_alive: whether the client wants to send more.
        body: the body.
    """

    method: str
    target: str
    headers: dict[str, str]
    length: int
    keeps_alive: bool
    body: bytes = b""

    @property
    def waits(self) -> bool:
        """Whether the client waits for "100 Continue" before it sends its body."""
        return self.headers.get("expect", "").lower() == "100-continue"


def _read_request(buffer: bytearray) -> _Request | None:
    """Take the head of a request out of the buffer; `None` if it has not arrived as a whole.

    Raises:
        _BadRequest: it is none, or announces a body that is not read.
    """
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        if len(buffer) > _MAX_HEAD_BYTES:
            raise _BadRequest(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        return None
    first, *lines = buffer[:end].decode("latin-1").split("\r\n")
    del buffer[: end + 4]
    words = first.split(" ")
    if len(words) != _WORDS_OF_A_REQUEST_LINE or words[2] not in {"HTTP/1.1", "HTTP/1.0"}:
        raise _BadRequest(HTTPStatus.BAD_REQUEST)
    headers = _headers(lines)
    keeps_alive = words[2] == "HTTP/1.1" and headers.get("connection", "").lower() != "close"
    return _Request(words[0], words[1], headers, _length(headers), keeps_alive)


def _headers(lines: list[str]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in lines:
        written, colon, value = line.partition(":")
        name = _header_name(written)
        if not (name and colon) or _NOT_IN_HEADERS.search(value) or (name in _ONCE and name in headers):
            raise _BadRequest(HTTPStatus.BAD_REQUEST)
        headers[name] = value.strip(" \t")
    return headers


@lru_cache(maxsize=256)
def _header_name(written: str) -> str | None:
    """Return a header's name in lower case; `None` if it cannot be one. Clients send the same few all the time."""
    return written.lower() if _HEADER_NAME.fullmatch(written) else None


def _length(headers: Mapping[str, str]) -> int:
    text = headers.get("content-length", "0")
    if "transfer-encoding" in headers or not (text.isascii() and text.isdigit()):
        raise _BadRequest(HTTPStatus.LENGTH_REQUIRED)
    if len(text) > _MAX_BODY_DIGITS or int(text) > _MAX_BODY_BYTES:
        raise _BadRequest(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return int(text)


def _head_of(status: int, headers: Mapping[str, str], length: int, *, keeps_alive: bool = True) -> bytes:
    """Write the head of an answer."""
    lines = [f"HTTP/1.1 {status} {_REASONS.get(status, '')}", "server: lp-engagement-simulator"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if status not in _WITHOUT_BODY:
        lines.append(f"content-length: {length}")
    if not keeps_alive:
        lines.append("connection: close")
    lines.append("\r\n")
    return "\r\n".join(lines).encode("latin-1", "replace")
