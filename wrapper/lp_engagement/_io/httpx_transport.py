"""The httpx transports. No httpx object leaves this module, and httpx is imported only when it is needed.

Sync and async differ in their few lines of I/O only. Everything else is in `_Exchange`: the prepared request, the
capped body, its decoding, and the translation of errors. Below httpx is a network layer of ours, `_network.py`.
"""

from __future__ import annotations

import functools
import os
import threading
import time
from contextlib import aclosing, closing
from typing import TYPE_CHECKING, Any, Self

from lp_engagement._common.importing import importing
from lp_engagement._common.per_process import PerProcess
from lp_engagement._core.transport import HttpResponse
from lp_engagement.errors import ConfigurationError, ConnectError, TransportError, UnexpectedResponseError

from . import http_logging
from .content import MAX_RESPONSE_BYTES, decoded, too_large
from .failures import NO_WAY
from .httpx_errors import translated
from .httpx_pools import Pools, adopt, check_given, load, new_async_pool, new_pool
from .wire import Timeouts, Wire

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
    from types import TracebackType

    import httpx
    from anyio.lowlevel import EventLoopToken

    from lp_engagement._core.transport import HttpRequest

    from .proxies import Proxy

__all__ = ["MAX_RESPONSE_BYTES", "AsyncHttpxTransport", "HttpxTransport"]

_GRACE = 0.1
"""Seconds that a given async client may be late, whose connections may not respect deadlines."""

_CLOSED = "This client is closed. Make a new one to send more requests."


# ------------------------------------------------------------------------------------------------ what both share


class _Exchange:
    """One request and its answer. As a context manager it keeps our errors and httpx's for `result()`.

    They are raised there, outside of any handler, because an httpx exception holds the live request with its URL and
    must not hang on ours as context.
    """

    def __init__(self, request: HttpRequest, timeout: float) -> None:
        if not 0 < timeout < threading.TIMEOUT_MAX:
            raise ConfigurationError("timeout must be a positive, finite number of seconds.")
        self.wire = Wire(time.monotonic() + timeout)
        self.proxy: Proxy | None = None
        self._request = request
        self._host, self._port = "the server", 0
        self._handed_over = False
        self._ours = True
        self._status: int | None = None
        self._body = bytearray()
        self._response: HttpResponse | None = None
        self._error: BaseException | None = None

    def prepare(self, given: httpx.Client | httpx.AsyncClient | None) -> httpx.Request:
        """Make httpx's request, with the headers and query parameters of a given client where ours has none."""
        import httpx

        headers = {} if given is None else dict(given.headers)
        headers["accept-encoding"] = "identity"
        headers |= {name.lower(): value for name, value in self._request.headers.items()}
        prepared = httpx.Request(
            self._request.method,
            self._request.url,
            headers=headers,
            content=self._request.content,
            extensions={"timeout": Timeouts(self.wire)},
        )
        self._host = prepared.url.host
        self._port = prepared.url.port or (443 if prepared.url.scheme == "https" else 80)
        prepared.stream = _body()(self._request.content or b"")
        prepared.url = _quiet_url()(_with_parameters(prepared.url, given))
        return prepared

    def hand_over(self, proxy: Proxy | None, *, ours: bool) -> None:
        """Note that from now on it is for the connection, which may be `ours`, to say whether anything was sent."""
        self._handed_over = True
        self._ours = ours
        self.proxy = proxy

    def begin(self, response: httpx.Response) -> None:
        """Note the status. Refuse an answer that was there before the request: it is for another one."""
        self._status = response.status_code
        stream = response.extensions.get("network_stream")
        if response.http_version.startswith("HTTP/1") and not getattr(stream, "heard", True):
            raise TransportError("The server sent an answer to no request before this one.", maybe_sent=True)

    def feed(self, chunk: bytes) -> None:
        """Take a part of the body. If it is too large, the connection refuses the next read."""
        if len(self._body) + len(chunk) <= MAX_RESPONSE_BYTES:
            self._body += chunk
            return
        self.wire.refusal = too_large()
        if not self.wire.used:
            raise self.wire.refusal  # the connection is not one of ours

    def finish(self, response: httpx.Response) -> None:
        """Take the complete answer."""
        if self.wire.refusal is not None:
            raise self.wire.refusal
        if response.is_stream_consumed:
            # A mock, or an event hook of a given client, has read and decoded it.
            content = response.content
            if len(content) > MAX_RESPONSE_BYTES:
                raise too_large()
        else:
            content = decoded(bytes(self._body), response.headers.get("content-encoding", ""))
        self._response = HttpResponse(response.status_code, dict(response.headers), content)

    def result(self) -> HttpResponse:
        """Return the answer, or raise the error."""
        if self._error is not None:
            raise self._error
        if self._response is None:  # pragma: no cover - everything else has passed through as an exception
            raise AssertionError
        return self._response

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, exc: BaseException | None, __: TracebackType | None) -> bool:
        self.wire.over = True
        if exc is None:
            return False
        # A mock has no connection that knows: what it raises is believed. A TimeoutError comes from our own clock.
        known = self.wire.used or (self._ours and isinstance(exc, TimeoutError))
        maybe_sent = self._handed_over and (self.wire.sent or not known)
        port = self._port if self._ours and self.proxy is None else None
        error = translated(exc, self._host, port=port, maybe_sent=maybe_sent)
        if error is None and isinstance(exc, Exception) and not maybe_sent and self._through_socks():
            # The library asserts that a SOCKS proxy answers as it should.
            error = ConnectError(NO_WAY.format(host=self._host))
        if isinstance(error, UnexpectedResponseError):
            error.status = self._status
        self._error = error
        return error is not None

    def _through_socks(self) -> bool:
        return self.proxy is not None and self.proxy.url.startswith("socks")

    def fail(self, exc: Exception) -> None:
        """Keep an error that is not ours for `result()`."""
        self._error = exc


def _with_parameters(url: httpx.URL, given: httpx.Client | httpx.AsyncClient | None) -> httpx.URL:
    """Add the query parameters of a given client. httpx itself would drop those that the URL has."""
    if given is None or not given.params:
        return url
    import httpx

    more = httpx.QueryParams([pair for pair in given.params.multi_items() if pair[0] not in url.params])
    return url.copy_with(query=b"&".join(filter(None, [url.query, str(more).encode()])))


def _is_spoiled(response: httpx.Response) -> bool:
    """Whether the connection of a complete answer must not be used again, since more has come than the answer.

    The library keeps the rest, and reads it as the answer to the next request, which is another consumer's.
    """
    stream = response.extensions.get("network_stream")
    if not hasattr(stream, "heard") or not response.http_version.startswith("HTTP/1"):
        return False
    link: Any = response.stream
    if not hasattr(link, "_httpcore_stream"):  # a given client has put its own around it
        link = getattr(link, "_stream", None)
    for name in ("_httpcore_stream", "_stream", "_connection", "_h11_state"):
        link = getattr(link, name, None)
    # Whoever wraps the answer hides its end from us.
    return link is None or bool(link.trailing_data[0])


@functools.cache
def _body() -> Callable[[bytes], httpx.SyncByteStream | httpx.AsyncByteStream]:
    """Make the class of our bodies. httpx's own is an async generator, which nobody closes when writing fails."""
    import httpx

    class Body(httpx.SyncByteStream, httpx.AsyncByteStream):
        def __init__(self, content: bytes) -> None:
            self._parts = [content]

        def __iter__(self) -> Iterator[bytes]:
            return iter(self._parts)

        def __aiter__(self) -> AsyncIterator[bytes]:
            return _Parts(self._parts)

    return Body


class _Parts:
    """Gives its parts to whoever awaits them."""

    def __init__(self, parts: list[bytes]) -> None:
        self._parts = iter(parts)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        try:
            return next(self._parts)
        except StopIteration:
            raise StopAsyncIteration from None


@functools.cache
def _quiet_url() -> type[httpx.URL]:
    """Make the URL class for our requests: httpx logs the URL of each request, and ours have ids in the path."""
    import httpx

    class QuietURL(httpx.URL):
        def __str__(self) -> str:
            return f"{self.scheme}://{self.host}/..."

        def __repr__(self) -> str:
            return f"URL({str(self)!r})"

    return QuietURL


def _begin(exchange: _Exchange, response: httpx.Response) -> bool:
    """Begin to read. Return whether there is a body to be read, as there is but for mocks."""
    exchange.begin(response)
    return not response.is_stream_consumed


def _end(exchange: _Exchange, response: httpx.Response, *, read: bool) -> None:
    """End reading. The connection goes back to the pool after this."""
    if read and _is_spoiled(response):
        # The pool throws away what is at its end.
        response.extensions["network_stream"].close()
    exchange.finish(response)


# --------------------------------------------------------------------------------------------------- sync and async


class HttpxTransport:
    """Sends with an `httpx.HTTPTransport`, created at the first request. Threads can share it.

    `timeout` limits the whole exchange, including the DNS lookup.

    Args:
        client: a client to use instead, such as one with a client certificate. It keeps its headers, query parameters,
            authentication, event hooks, proxies and rules for TLS; of its headers those that we send are replaced, its
            cookies are not sent, redirects are not followed, and its time-outs do not count. It is not closed by
            `close()`, and cannot be used after a fork. Let it have `httpx.Limits(max_connections=None)`.

    Raises:
        ConfigurationError: the client is not an `httpx.Client`.
    """

    def __init__(self, *, client: httpx.Client | None = None) -> None:
        self._bounded = True
        if client is not None:
            check_given(client, "Client")
            self._bounded = adopt(client)
        self._given = client
        self._home = os.getpid()
        self._closed = False
        # What a fork inherits shares its sockets with the parent, and its lock may be held by a thread that is gone.
        self._pools: PerProcess[Pools[httpx.HTTPTransport]] = PerProcess(lambda: Pools(new_pool))

    def send(self, request: HttpRequest, *, timeout: float) -> HttpResponse:
        """Send one request; see `Transport.send`."""
        exchange = _Exchange(request, timeout)
        with exchange, http_logging.discreet():
            self._run(exchange)
        return exchange.result()

    def _run(self, exchange: _Exchange) -> None:
        load()
        prepared = exchange.prepare(self._given)
        send, proxy = self._way(prepared.url)
        exchange.hand_over(proxy, ours=self._bounded)
        with closing(send(prepared)) as response:
            read = _begin(exchange, response)
            if read:
                for chunk in response.stream:  # type: ignore[union-attr]
                    exchange.feed(chunk)
            _end(exchange, response, read=read)

    def close(self) -> None:
        """Close the connections of this process. May be called again; sending afterwards is an error."""
        own = self._pools.own()
        with own.lock:
            self._closed = True
            for pool in own.pools.values():
                pool.close()
            own.pools.clear()

    def _way(self, url: httpx.URL) -> tuple[Callable[[httpx.Request], httpx.Response], Proxy | None]:
        own = self._pools.own()
        with own.lock:
            if self._closed:
                raise RuntimeError(_CLOSED)
            if self._given is None:
                pool, proxy = own.choose(url)
                return pool.handle_request, proxy
        if self._home != os.getpid():
            raise RuntimeError("The given httpx.Client was made before a fork. Make it and the transport in the child.")
        return functools.partial(self._given.send, stream=True, follow_redirects=False), None


class AsyncHttpxTransport:
    """Sends with an `httpx.AsyncHTTPTransport`, created at the first request in the event loop of that request.

    Args:
        client: a client to use instead, as `HttpxTransport` takes one. It is not closed by `aclose()`.

    Raises:
        ConfigurationError: the client is not an `httpx.AsyncClient`.
    """

    def __init__(self, *, client: httpx.AsyncClient | None = None) -> None:
        self._bounded = True
        if client is not None:
            check_given(client, "AsyncClient")
            self._bounded = adopt(client)
        self._given = client
        self._closed = False
        self._loop: EventLoopToken | None = None
        self._own: Pools[httpx.AsyncHTTPTransport] = Pools(new_async_pool)

    async def send(self, request: HttpRequest, *, timeout: float) -> HttpResponse:  # noqa: ASYNC109 - see Transport
        """Send one request; see `Transport.send`."""
        if self._closed:
            raise RuntimeError(_CLOSED)
        exchange = _Exchange(request, timeout)
        with exchange:
            load()
            self._stay_in_loop()
            await _in_child_task(self._guarded, exchange)
        return exchange.result()

    async def _guarded(self, exchange: _Exchange) -> None:
        """Run an exchange, and keep what it raises: the group that this is a task of would wrap it."""
        import anyio

        try:
            with exchange, http_logging.discreet():
                if self._bounded:
                    await self._run(exchange)
                else:
                    with anyio.fail_after(exchange.wire.left() + _GRACE):
                        await self._run(exchange)
        except Exception as error:  # noqa: BLE001 - it is raised elsewhere
            exchange.fail(error)

    async def _run(self, exchange: _Exchange) -> None:
        prepared = exchange.prepare(self._given)
        send, proxy = self._way(prepared.url)
        exchange.hand_over(proxy, ours=self._bounded)
        async with aclosing(await send(prepared)) as response:
            read = _begin(exchange, response)
            if read:
                async with aclosing(aiter(response.stream)) as chunks:  # type: ignore[type-var, arg-type]
                    async for chunk in chunks:
                        exchange.feed(chunk)
            _end(exchange, response, read=read)

    async def aclose(self) -> None:
        """Close all connections. May be called again; sending afterwards is an error."""
        pools = list(self._own.pools.values())
        if pools:
            self._stay_in_loop()
        self._closed = True
        self._own.pools.clear()
        if pools:
            await _in_child_task(_close, pools)

    def _stay_in_loop(self) -> None:
        from anyio.lowlevel import current_token

        if self._loop is None:
            with importing():  # anyio loads what the event loop needs
                self._loop = current_token()
        if self._loop != current_token():
            raise RuntimeError(
                "This async client belongs to another event loop, the one of its first request. "
                "Make one client in each event loop, and close it there."
            )

    def _way(self, url: httpx.URL) -> tuple[Callable[[httpx.Request], Awaitable[httpx.Response]], Proxy | None]:
        if self._given is not None:
            return functools.partial(self._given.send, stream=True, follow_redirects=False), None
        pool, proxy = self._own.choose(url)
        return pool.handle_async_request, proxy


async def _in_child_task(run: Callable[[Any], Coroutine[Any, Any, None]], argument: Any) -> None:
    """Run something in a task of its own, which turns asyncio's cancellation into anyio's.

    A native one hits a single `await` and cannot be shielded against: it would interrupt httpcore as it puts a
    connection in order, which then stays open for ever.
    """
    import anyio

    async with anyio.create_task_group() as group:
        group.start_soon(run, argument)


async def _close(pools: list[httpx.AsyncHTTPTransport]) -> None:
    import anyio

    # Often called by a cancelled task, in which an unshielded await would be interrupted.
    with anyio.move_on_after(1, shield=True):
        for pool in pools:
            await pool.aclose()
