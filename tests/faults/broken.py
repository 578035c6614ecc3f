"""Three transports that are broken on purpose: the suite must fail with each of them."""

from __future__ import annotations

import http.client
import json
import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import anyio.to_thread

from lp_engagement.errors import ConnectError, TransportError
from lp_engagement.transports import HttpResponse, HttpxTransport

from .transports import Pair

if TYPE_CHECKING:
    from collections.abc import Callable

    from lp_engagement.transports import AsyncTransport, HttpRequest, Transport

__all__ = ["BROKEN"]


class _Async:
    """Makes an async transport of a sync one, with the same fault."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def send(self, request: HttpRequest, *, timeout: float) -> HttpResponse:  # noqa: ASYNC109 - the protocol
        """Send in a thread."""
        return await anyio.to_thread.run_sync(lambda: self._transport.send(request, timeout=timeout))

    async def aclose(self) -> None:
        """Close it."""
        self._transport.close()


class KeepsLeftovers:
    """Keeps one connection and whatever bytes it has received beyond an answer."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._received = b""

    def send(self, request: HttpRequest, *, timeout: float) -> HttpResponse:
        """Send on the connection that is there."""
        parts = urlsplit(request.url)
        try:
            if self._socket is None:
                self._received = b""
                self._socket = socket.create_connection((parts.hostname, parts.port), timeout)
            content = request.content or b""
            self._socket.sendall(
                f"{request.method} {parts.path}?{parts.query} HTTP/1.1\r\n".encode()
                + f"Content-Length: {len(content)}\r\n\r\n".encode()
                + content
            )
            return self._answer()
        except OSError:
            self.close()
            raise TransportError("broken", maybe_sent=True) from None

    def _answer(self) -> HttpResponse:
        while b"\r\n\r\n" not in self._received:
            self._more()
        head, _, self._received = self._received.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        length = next((int(line.split(":")[1]) for line in lines if line.startswith("Content-Length:")), 0)
        while len(self._received) < length:
            self._more()
        content, self._received = self._received[:length], self._received[length:]
        return HttpResponse(int(lines[0].split(" ")[1]), {}, content)

    def _more(self) -> None:
        assert self._socket is not None
        data = self._socket.recv(65536)
        if not data:
            raise ConnectionResetError
        self._received += data

    def close(self) -> None:
        """Close the connection."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


class SendsAgain:
    """Sends a request once more when the connection breaks, as many libraries do, whatever the request is."""

    def __init__(self) -> None:
        self._inner = HttpxTransport()

    def send(self, request: HttpRequest, *, timeout: float) -> HttpResponse:
        """Send, and send again."""
        try:
            return self._inner.send(request, timeout=timeout)
        except ConnectError:
            raise
        except TransportError:
            return self._inner.send(request, timeout=timeout)

    def close(self) -> None:
        """Close it."""
        self._inner.close()


class IgnoresTheDeadline:
    """Bounds each wait by the timeout, as most libraries do, and so not the exchange."""

    def send(self, request: HttpRequest, *, timeout: float) -> HttpResponse:
        """Send on a connection of its own."""
        parts = urlsplit(request.url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=timeout)
        try:
            connection.request(request.method, f"{parts.path}?{parts.query}", request.content, dict(request.headers))
            answer = connection.getresponse()
            headers: dict[str, Any] = {name.lower(): value for name, value in answer.getheaders()}
            return HttpResponse(answer.status, headers, answer.read())
        except (OSError, http.client.HTTPException, json.JSONDecodeError):
            raise TransportError("broken", maybe_sent=True) from None
        finally:
            connection.close()

    def close(self) -> None:
        """There is nothing to close."""


def _pair(name: str, make: Callable[[], Transport]) -> Pair:
    def make_async() -> AsyncTransport:
        return _Async(make())

    return Pair(name, make, make_async)


BROKEN: dict[str, Pair] = {
    "kept connection: one whole answer too many, in one segment": _pair("keeps left-over bytes", KeepsLeftovers),
    "connection: reset before the answer, first call": _pair("sends again after a reset", SendsAgain),
    "time: drips headers for ever": _pair("ignores the deadline", IgnoresTheDeadline),
}
"""A broken transport for each case that must find it out."""
