"""Ways to mount a simulator without its own server: transports and an ASGI application."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from lp_engagement.errors import TransportError, TransportTimeout
from lp_engagement.transports import HttpResponse

from .access import Access, read_origins
from .response import ConnectionCut, SimulatedResponse, json_response, pieces

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, MutableMapping

    from lp_engagement.transports import HttpRequest

    from .mountable import Mountable

__all__ = ["AsyncSimulatorTransport", "SimulatorApp", "SimulatorTransport"]


class _InProcess:
    def __init__(self, simulator: Mountable) -> None:
        self._simulator = simulator
        self._closed = False

    def _exchange(self, request: HttpRequest, timeout: float) -> HttpResponse:
        if self._closed:
            raise RuntimeError("This transport is closed. Make a new one to send more requests.")
        url = urlsplit(request.url)
        target = f"{url.path or '/'}?{url.query}" if url.query else url.path or "/"
        headers = {"host": url.netloc} | {name.lower(): value for name, value in request.headers.items()}
        try:
            answer = self._simulator.handle(request.method, target, headers, request.content or b"")
        except ConnectionCut:
            raise TransportError("The simulator cut the connection.", maybe_sent=True) from None
        # Nobody waits here: the simulator's clock moves instead.
        self._simulator.clock.advance(min(answer.seconds, timeout))
        if answer.seconds >= timeout:
            raise TransportTimeout("The simulator took longer to answer than the timeout allows.", maybe_sent=True)
        if answer.cut_after is not None:
            raise TransportError("The simulator cut the connection inside of its answer.", maybe_sent=True)
        return HttpResponse(answer.status, answer.headers, answer.body)


class SimulatorTransport(_InProcess):
    """Sends all requests to a simulator, whatever their host. Slow answers only move the simulator's clock."""

    def send(self, request: HttpRequest, *, timeout: float) -> HttpResponse:
        """Hand over one request; see `lp_engagement.transports.Transport.send`."""
        return self._exchange(request, timeout)

    def close(self) -> None:
        """Refuse further requests. May be called again."""
        self._closed = True


class AsyncSimulatorTransport(_InProcess):
    """Sends to a simulator from async clients; see `SimulatorTransport`."""

    async def send(self, request: HttpRequest, *, timeout: float) -> HttpResponse:  # noqa: ASYNC109 - the contract
        """Hand over one request; see `lp_engagement.transports.AsyncTransport.send`."""
        from anyio.lowlevel import checkpoint

        # A network would let other tasks run before and after, and a cancellation arrive.
        await checkpoint()
        answer = self._exchange(request, timeout)
        await checkpoint()
        return answer

    async def aclose(self) -> None:
        """Refuse further requests. May be called again."""
        self._closed = True


class SimulatorApp:
    """An ASGI application that serves a simulator, alone or inside another application.

    To cut a connection, it starts an answer and raises `ConnectionCut`: the server then closes the connection and logs
    the exception. The simulator's own server does not log it.

    Args:
        simulator: answers the requests.
        hosts: the accepted host names, without ports, e.g. `["127.0.0.1", "localhost"]`; all
            other requests are answered with 421. `None` accepts any host: a page of another site can then
            reach a server on the loopback interface by DNS rebinding.
        origins: the origins whose pages may use the API (CORS), as browsers send them; requests of other pages are
            answered with 403. `None` checks no origin.

    Raises:
        ScenarioError: an origin is none.
    """

    def __init__(
        self, simulator: Mountable, *, hosts: Collection[str] | None = None, origins: Collection[str] | None = None
    ) -> None:
        self._simulator = simulator
        self._access = Access(
            hosts=None if hosts is None else frozenset(host.lower() for host in hosts),
            origins=None if origins is None else read_origins(origins),
        )

    def __repr__(self) -> str:
        return f"<SimulatorApp of {self._simulator!r}>"

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
        send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ) -> None:
        """Serve one connection scope."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "http":
            body = await _body(receive)
            headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
            refusal = self._access.refusal(headers)
            if refusal is not None:
                await _reply(json_response(refusal[0], {"problem": refusal[1]}), send, has_body=True)
                return
            try:
                answer = self._access.handle(self._simulator, scope["method"], _target(scope), headers, body)
            except ConnectionCut:
                await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1")]})
                raise
            await _reply(answer, send, has_body=scope["method"] != "HEAD")


async def _live(
    receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
    send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def _body(receive: Callable[[], Awaitable[MutableMapping[str, Any]]]) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


def _target(scope: MutableMapping[str, Any]) -> str:
    # The path as it was sent: a slash inside an id arrives encoded. Servers of little faith leave it out.
    path: str = scope["raw_path"].decode("latin-1") if scope.get("raw_path") else scope["path"]
    path = "/" + path.removeprefix(scope.get("root_path", "")).removeprefix("/") if scope.get("root_path") else path
    query: str = scope.get("query_string", b"").decode("latin-1")
    return f"{path}?{query}" if query else path


async def _reply(
    answer: SimulatedResponse, send: Callable[[MutableMapping[str, Any]], Awaitable[None]], *, has_body: bool
) -> None:
    headers = [(name.encode(), value.encode("latin-1")) for name, value in answer.headers.items()]
    headers.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    if answer.seconds or answer.cut_after is not None:
        import asyncio

        for pause, piece in pieces(answer):
            await asyncio.sleep(pause)
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        if answer.cut_after is not None:
            raise ConnectionCut
        await send({"type": "http.response.body", "body": b""})
    else:
        await send({"type": "http.response.body", "body": answer.body if has_body else b""})
