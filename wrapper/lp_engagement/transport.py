"""How requests reach the network: the only module that imports httpx, and nothing of httpx leaves it.

Sync and async differ in their few lines of I/O only. Everything else lives in `_Exchange`: the prepared request, the
remaining time, the capped body, its decoding, and the translation of errors.
"""

from __future__ import annotations

import functools
import os
import ssl
import threading
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import aclosing, asynccontextmanager, closing
from functools import partial
from typing import TYPE_CHECKING, Any, Self, TypeVar

from .config import is_loopback
from .errors import (
    ConfigurationError,
    ConnectError,
    EngagementError,
    TransportError,
    TransportTimeout,
    UnexpectedResponseError,
)
from .http import HttpResponse

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from types import TracebackType

    import anyio
    import httpx
    from anyio.lowlevel import EventLoopToken

    from .http import HttpRequest

__all__ = ["MAX_RESPONSE_BYTES", "AsyncHttpxTransport", "HttpxTransport"]

MAX_RESPONSE_BYTES = 1024 * 1024
"""Larger answers, encoded or decoded, are refused. Real ones have a few hundred bytes."""

_GRACE = 0.02
"""Seconds that the async guard waits longer than the time limit of each phase, which knows better what has happened."""

_AT_ONCE = 100
"""How many requests an async transport sends at the same time."""

_PHASES = ("pool", "connect", "write", "read")
_WINDOW_BITS = {"gzip": (31,), "x-gzip": (31,), "deflate": (15, -15)}  # both readings of "deflate" are in use

_CLOSED = "This client is closed. Make a new one to send more requests."

_Client = TypeVar("_Client")


# ------------------------------------------------------------------------------------------------ what both share


class _Seconds(float):
    """A time-out that remembers the deadline it was made from."""

    __slots__ = ("deadline",)
    deadline: float


class _Timeouts(Mapping[str, float]):
    """httpx's time-outs by phase, each cut to what is left of the whole exchange at the moment it is asked for."""

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline

    def __getitem__(self, phase: str) -> _Seconds:
        if phase not in _PHASES:
            raise KeyError(phase)
        return _left(self._deadline, maybe_sent=phase in {"write", "read"})

    def __iter__(self) -> Iterator[str]:
        return iter(_PHASES)

    def __len__(self) -> int:
        return len(_PHASES)


def _left(deadline: float, *, maybe_sent: bool) -> _Seconds:
    seconds = _Seconds(deadline - time.monotonic())
    if seconds <= 0:
        raise TransportTimeout("There was no complete answer in time.", maybe_sent=maybe_sent)
    seconds.deadline = deadline
    return seconds


def _hold_to_deadline(event: str, info: dict[str, Any]) -> None:
    """Make each wait of a new connection respect the deadline of the request that waits. A trace hook of httpx.

    The library looks a time-out up once for a phase and then applies it to every single wait in it, so a server that
    sends its headers byte by byte could hold a thread for hours. No public setting bounds that.
    """
    if event.endswith(".start_tls.started"):
        info["timeout"] = max(info["timeout"].deadline - time.monotonic(), 0.001)
    elif event.endswith((".connect_tcp.complete", ".start_tls.complete")):
        stream = info["return_value"]
        read = stream.read

        def read_in_time(max_bytes: int, timeout: float | None = None) -> bytes:
            if isinstance(timeout, _Seconds):
                timeout = _left(timeout.deadline, maybe_sent=True)
            data: bytes = read(max_bytes, timeout)
            return data

        stream.read = read_in_time


class _Exchange:
    """One request and its answer. As a context manager it keeps our errors and httpx's for `result()`.

    They are raised there, outside of any handler, because an httpx exception holds the live request with its URL and
    must not hang on ours as context.
    """

    def __init__(self, request: HttpRequest, timeout: float) -> None:
        if not 0 < timeout < threading.TIMEOUT_MAX:
            raise ConfigurationError("timeout must be a positive, finite number of seconds.")
        self.deadline = time.monotonic() + timeout
        self._request = request
        self._host = "the server"
        self._status: int | None = None
        self._body = bytearray()
        self._response: HttpResponse | None = None
        self._error: EngagementError | None = None

    def prepare(self, **extensions: Any) -> httpx.Request:
        import httpx

        headers = {"accept-encoding": "identity"}
        headers |= {name.lower(): value for name, value in self._request.headers.items()}
        prepared = httpx.Request(
            self._request.method,
            self._request.url,
            headers=headers,
            content=self._request.content,
            extensions={"timeout": _Timeouts(self.deadline), **extensions},
        )
        self._host = prepared.url.host
        prepared.url = _quiet_url()(prepared.url)
        return prepared

    def begin(self, response: httpx.Response) -> None:
        self._status = response.status_code

    def feed(self, chunk: bytes) -> None:
        self._body += chunk
        if len(self._body) > MAX_RESPONSE_BYTES:
            raise UnexpectedResponseError(f"The answer has more than {MAX_RESPONSE_BYTES} bytes.")
        _left(self.deadline, maybe_sent=True)

    def finish(self, response: httpx.Response) -> None:
        content = _decoded(bytes(self._body), response.headers.get("content-encoding", ""))
        self._response = HttpResponse(response.status_code, dict(response.headers), content)

    def result(self) -> HttpResponse:
        if self._error is not None:
            raise self._error
        if self._response is None:  # pragma: no cover - everything else has passed through as an exception
            raise AssertionError
        return self._response

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, exc: BaseException | None, __: TracebackType | None) -> bool:
        self._error = _translated(exc, self._host)
        if isinstance(self._error, UnexpectedResponseError):
            self._error.status = self._status
        return self._error is not None


def _decoded(body: bytes, encoding: str) -> bytes:
    """Undo the content encoding. We ask for none, but servers and proxies in between do as they like."""
    encoding = encoding.strip().lower()
    if not body or encoding in {"", "identity"}:
        return body
    if encoding not in _WINDOW_BITS:
        raise UnexpectedResponseError("The answer has a content encoding that was not asked for and is not known.")
    for window_bits in _WINDOW_BITS[encoding]:
        decoder = zlib.decompressobj(window_bits)
        try:
            # The limit is what makes a decompression bomb harmless.
            content = decoder.decompress(body, MAX_RESPONSE_BYTES + 1)
        except zlib.error:
            continue
        if len(content) > MAX_RESPONSE_BYTES:
            raise UnexpectedResponseError(f"The answer has more than {MAX_RESPONSE_BYTES} bytes when decoded.")
        if decoder.eof and not decoder.unused_data:
            return content
    raise UnexpectedResponseError(f"The answer cannot be decoded: its {encoding} data are damaged or incomplete.")


def _translated(exc: BaseException | None, host: str) -> EngagementError | None:
    """Our error for one of httpx's, without URL, ids or header values; `None` for what is not ours to translate."""
    if isinstance(exc, EngagementError):
        # The frames in between belong to httpx, and their variables hold the request.
        return exc.with_traceback(None)
    for types, error, text in _translations():
        if isinstance(exc, types):
            refusal = _unverified_certificate(exc)
            if refusal is not None:
                return ConnectError(f"The certificate of {host} could not be verified: {refusal}.", retryable=False)
            return error(text.format(host=host, reason=exc))
    return None


@functools.cache
def _translations() -> tuple[tuple[type[Exception], Callable[[str], EngagementError], str], ...]:
    import httpx

    hopeless = partial(ConnectError, retryable=False)
    late = partial(TransportTimeout, maybe_sent=True)
    broken = partial(TransportError, maybe_sent=True)
    return (  # the first match counts, so the special ones come first
        (httpx.PoolTimeout, ConnectError, "No connection to {host} became free in time."),
        (httpx.ConnectTimeout, ConnectError, "{host} could not be reached in time."),
        (httpx.ConnectError, ConnectError, "{host} could not be reached: {reason}."),
        (httpx.ProxyError, ConnectError, "The proxy did not open a way to {host}."),
        (httpx.UnsupportedProtocol, hopeless, "The URL does not begin with https:// or http://."),
        (httpx.LocalProtocolError, hopeless, "The request is not valid HTTP, so it was not sent."),
        (httpx.TimeoutException, late, "There was no complete answer in time."),
        (TimeoutError, late, "There was no complete answer in time."),
        (httpx.TransportError, broken, "The exchange with {host} broke off before the answer was complete."),
        (httpx.HTTPError, UnexpectedResponseError, "The answer of {host} could not be read."),
        (httpx.InvalidURL, ConfigurationError, "The URL of the request is not valid."),
        (UnicodeError, ConfigurationError, "The URL or a header has characters that HTTP does not allow there."),
    )


def _unverified_certificate(exc: BaseException) -> str | None:
    chain: list[BaseException] = [exc]
    for link in chain:
        if isinstance(link, ssl.SSLCertVerificationError):
            return getattr(link, "verify_message", "not trusted")
        chain += [below for below in (link.__cause__, link.__context__) if below is not None and below not in chain]
    return None


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


@functools.cache
def _ssl_context() -> ssl.SSLContext:
    """Build the SSL context of this process: 16 ms, so once, and not before it is needed."""
    import httpx

    return httpx.create_ssl_context()


def _new_client(make: Callable[..., _Client], *, direct: bool) -> _Client:
    """Make a client that keeps no cookies; `direct` ones ignore the proxies that the environment names."""
    from http.cookiejar import CookieJar, DefaultCookiePolicy

    import httpx

    try:
        verify = _ssl_context()
    except OSError:
        problem = "The certificates that SSL_CERT_FILE or SSL_CERT_DIR names cannot be read."
    else:
        # Each visit carries its own ids; a cookie would tie all visits of this process together.
        cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
        try:
            return make(verify=verify, trust_env=not direct, cookies=cookies)
        except (ImportError, ValueError, httpx.InvalidURL):
            problem = "The proxies that the environment names (HTTPS_PROXY, ALL_PROXY, ...) cannot be used."
    raise ConfigurationError(problem)


# --------------------------------------------------------------------------------------------------- sync and async


class _ProcessClients:
    """The clients that one process has made, by whether they avoid proxies."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.clients: dict[bool, httpx.Client] = {}


class HttpxTransport:
    """Sends with one `httpx.Client`, made at the first request; any number of threads may share it.

    `timeout` bounds the whole exchange except for looking up the host's name, which the system bounds, and it counts
    anew for each address of a host whose addresses do not answer.

    Args:
        client: a client to use instead, such as one with a client certificate. It keeps its own rules for TLS and
            proxies, is not closed by `close()`, and cannot be used after a fork.
    """

    def __init__(self, *, client: httpx.Client | None = None) -> None:
        self._given = client
        self._home = os.getpid()
        self._closed = False
        self._by_process: dict[int, _ProcessClients] = {}

    def send(self, request: HttpRequest, *, timeout: float) -> HttpResponse:
        """Send one request; see `Transport.send`."""
        exchange = _Exchange(request, timeout)
        with exchange:
            prepared = exchange.prepare(trace=_hold_to_deadline)
            client = self._client(direct=is_loopback(prepared.url.host))
            with closing(client.send(prepared, stream=True, follow_redirects=False)) as response:
                exchange.begin(response)
                for chunk in response.iter_raw():
                    exchange.feed(chunk)
                exchange.finish(response)
        return exchange.result()

    def close(self) -> None:
        """Close the connections of this process. May be called again; sending afterwards is an error."""
        own = self._own()
        with own.lock:
            self._closed = True
            for client in own.clients.values():
                client.close()
            own.clients.clear()

    def _own(self) -> _ProcessClients:
        # What a fork inherits shares its sockets with the parent, and its lock may be held by a thread that is gone:
        # it is left alone. `setdefault` is atomic, so no lock is needed to find the lock.
        return self._by_process.setdefault(os.getpid(), _ProcessClients())

    def _client(self, *, direct: bool) -> httpx.Client:
        import httpx

        own = self._own()
        with own.lock:
            if self._closed:
                raise RuntimeError(_CLOSED)
            if self._given is None:
                if direct not in own.clients:
                    own.clients[direct] = _new_client(httpx.Client, direct=direct)
                return own.clients[direct]
        if self._home != os.getpid():
            raise RuntimeError("The given httpx.Client was made before a fork. Make it and the transport in the child.")
        return self._given


class AsyncHttpxTransport:
    """Sends with one `httpx.AsyncClient`, made at the first request, which ties it to the event loop of that request.

    Up to 100 requests are in flight at once; more wait for their turn, as part of their `timeout`.

    Args:
        client: a client to use instead. It keeps its own rules for TLS and proxies, and is not closed by `aclose()`.
    """

    def __init__(self, *, client: httpx.AsyncClient | None = None) -> None:
        self._given = client
        self._closed = False
        self._loop: EventLoopToken | None = None
        self._turns: anyio.Semaphore | None = None
        self._clients: dict[bool, httpx.AsyncClient] = {}

    async def send(self, request: HttpRequest, *, timeout: float) -> HttpResponse:  # noqa: ASYNC109 - see Transport
        """Send one request; see `Transport.send`."""
        import anyio

        if self._closed:
            raise RuntimeError(_CLOSED)
        self._stay_in_loop()
        exchange = _Exchange(request, timeout)
        with exchange:
            prepared = exchange.prepare()
            client = self._client(direct=is_loopback(prepared.url.host))
            async with self._turn(timeout):
                with anyio.fail_after(exchange.deadline - time.monotonic() + _GRACE):
                    async with aclosing(await client.send(prepared, stream=True, follow_redirects=False)) as response:
                        exchange.begin(response)
                        async for chunk in response.aiter_raw():
                            exchange.feed(chunk)
                        exchange.finish(response)
        return exchange.result()

    async def aclose(self) -> None:
        """Close all connections. May be called again; sending afterwards is an error."""
        import anyio

        if self._clients:
            self._stay_in_loop()
        self._closed = True
        clients = list(self._clients.values())
        self._clients.clear()
        # Often called on the way out of a cancelled task, where nothing unshielded gets done.
        with anyio.move_on_after(1, shield=True):
            for client in clients:
                await client.aclose()

    def _stay_in_loop(self) -> None:
        from anyio.lowlevel import current_token

        here = current_token()
        if self._loop is None:
            self._loop = here
        if self._loop != here:
            raise RuntimeError(
                "This async client belongs to another event loop, the one of its first request. "
                "Make one client in each event loop, and close it there."
            )

    def _client(self, *, direct: bool) -> httpx.AsyncClient:
        import httpx

        if self._given is not None:
            return self._given
        if direct not in self._clients:
            # The pool must have no limit of its own: a request that is cancelled while it waits for a place there can
            # leave the place taken for ever (httpcore #1093). Ours wait before they come to the pool, see `_turn`.
            limits = httpx.Limits(max_connections=None, max_keepalive_connections=20)
            self._clients[direct] = _new_client(partial(httpx.AsyncClient, limits=limits), direct=direct)
        return self._clients[direct]

    @asynccontextmanager
    async def _turn(self, seconds: float) -> AsyncGenerator[None]:
        import anyio

        if self._turns is None:
            self._turns = anyio.Semaphore(_AT_ONCE)
        with anyio.move_on_after(seconds) as waiting:
            await self._turns.acquire()
        if waiting.cancelled_caught:
            raise ConnectError(f"{_AT_ONCE} requests of this client are in flight, and none has ended in time.")
        try:
            yield
        finally:
            self._turns.release()
