"""The async transport built on aiohttp, for asyncio.

aiohttp reads ahead, and would take what has come between two requests for the answer to the second. It says neither
whether a request has left. Both are seen to where a request meets its connection, in `_WatchedRequest`.
"""

from __future__ import annotations

import asyncio
import io
import weakref
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import aiohttp
import yarl
from aiohttp import http_exceptions
from aiohttp.abc import AbstractResolver, ResolveResult

from lp_engagement._common.importing import importing
from lp_engagement._common.printable import printable
from lp_engagement.errors import ConfigurationError

from . import proxies
from .certificates import verification
from .connecting import is_readable
from .http_logging import discreet, install_aiohttp
from .names import addresses_of, look_up
from .roundtrip import Known, RoundTrip

if TYPE_CHECKING:
    import socket
    from collections.abc import AsyncGenerator

    from lp_engagement._core.transport import HttpRequest, HttpResponse

    from .proxies import Proxy
    from .wire import Wire

__all__ = ["AiohttpTransport"]

_CLOSED = "This client is closed. Make a new one to send more requests."
_OTHER_LOOP = (
    "This async client belongs to another event loop, the one of its first request. "
    "Make one client in each event loop, and close it there."
)
_NO_ASYNCIO = "AiohttpTransport needs asyncio. Use AsyncHttpxTransport in other event loops."
_NO_HEADERS_OF_ITS_OWN = ("Accept", "Content-Type", "User-Agent")
_LONGEST_LINE = 65536
_ROUNDS = 4
"""Rounds of the event loop from the arrival of bytes until the task has read them, and one to spare."""
_LARGE = 65536
"""Bytes of a body from which on it is written in parts, as aiohttp recommends."""

_KNOWN = Known(
    late=(aiohttp.ServerTimeoutError,),
    broken=(aiohttp.ClientError, http_exceptions.HttpProcessingError),
    url=(aiohttp.InvalidURL,),
    proxy=(aiohttp.ClientHttpProxyError,),
)


class _StaleConnection(Exception):  # noqa: N818 - nobody sees it
    """The connection had something to say before it was asked."""


class _Trip:
    """A request on its way.

    Attributes:
        exchange: what it is for.
        used: the connections that have had a request before, with the parsers of their last answers.
        transport: what it was written to.
    """

    def __init__(self, exchange: RoundTrip, used: weakref.WeakKeyDictionary[Any, Any]) -> None:
        self.exchange = exchange
        self.used = used
        self.transport: Any = None
        self.protocol: Any = None
        self.parser: Any = None

    def leave(self) -> None:
        """Let the connection keep what comes from now on, instead of reading it as a part of the answer."""
        if self.protocol is not None and self.protocol._parser is self.parser:  # noqa: SLF001 - see _is_stale
            self.protocol._parser = None  # noqa: SLF001

    def abort(self) -> None:
        """Close the connection at once; a farewell may find no taker."""
        if self.transport is not None:
            self.transport.abort()


_current: ContextVar[_Trip] = ContextVar("lp_engagement_aiohttp_trip")


class _WatchedRequest(aiohttp.ClientRequest):
    """A request that takes no connection on which something was left over, and notes when it is about to leave."""

    async def send(self, conn: Any) -> aiohttp.ClientResponse:
        trip = _current.get()
        protocol = conn.protocol
        if protocol in trip.used and _is_stale(protocol, trip.used[protocol]):
            conn.close()
            raise _StaleConnection
        trip.protocol, trip.parser = protocol, protocol._parser  # noqa: SLF001 - see _is_stale
        trip.used[protocol] = trip.parser
        trip.transport = protocol.transport
        trip.exchange.wire.used = trip.exchange.wire.sent = True
        return await super().send(conn)


def _is_stale(protocol: Any, parser: Any) -> bool:
    """Whether a connection has ended, or has something to say before it is asked.

    Args:
        protocol: the connection.
        parser: the parser of its last answer.
    """
    if protocol.should_close or not protocol.is_connected() or _has_begun(parser) or _has_begun(protocol._parser):  # noqa: SLF001 - there is no public way
        return True
    raw = protocol.transport.get_extra_info("socket")
    return raw is not None and is_readable(raw)


def _has_begun(parser: Any) -> bool:
    """Whether a parser has read the begin of an answer behind the one that it is for."""
    try:
        return parser.feed_eof() is not None
    except Exception:  # noqa: BLE001 - it cannot even read what it has
        return True


class _Resolver(AbstractResolver):
    """Looks names up as all transports do; the program would wait at its end for the threads of the loop's executor."""

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily | int = 0) -> list[ResolveResult]:
        """Return the addresses of a host."""
        future = look_up(host, port)
        if not future.done():
            loop, done = asyncio.get_running_loop(), asyncio.Event()

            def tell(_: object) -> None:
                with suppress(RuntimeError):  # the event loop is gone
                    loop.call_soon_threadsafe(done.set)

            future.add_done_callback(tell)
            await done.wait()
        return [
            ResolveResult(hostname=host, host=address.place[0], port=port, family=address.family, proto=0, flags=0)
            for address in addresses_of(future)
            if family in {0, address.family}
        ]

    async def close(self) -> None:
        """There is nothing to close."""


@asynccontextmanager
async def _until(wire: Wire) -> AsyncGenerator[None]:
    """Bound a block. When the time is up, what has arrived is still read: the process may have been stopped."""
    loop = asyncio.get_running_loop()
    scope = asyncio.timeout(None)

    def end(rounds: int) -> None:
        if rounds:
            loop.call_soon(end, rounds - 1)
            return
        with suppress(RuntimeError):  # the block has ended
            scope.reschedule(loop.time())

    late = loop.call_later(wire.left(), end, _ROUNDS)
    try:
        async with scope:
            yield
    finally:
        late.cancel()


def _new_session(given: aiohttp.ClientSession | None) -> aiohttp.ClientSession:
    options: dict[str, Any] = {}
    if given is None:
        options["connector"] = aiohttp.TCPConnector(
            limit=0,  # the driver has a limit, so that nobody waits in here
            resolver=_Resolver(),
            use_dns_cache=False,
        )
    else:
        inside = vars(given)
        options |= {
            "connector": given.connector,
            "connector_owner": False,
            "auth": given.auth,
            "proxy": inside.get("_default_proxy"),
            "proxy_auth": inside.get("_default_proxy_auth"),
            "trust_env": given.trust_env,
            "trace_configs": given.trace_configs,
            "middlewares": inside.get("_middlewares", ()),
        }
    session = aiohttp.ClientSession(
        **options,
        request_class=_WatchedRequest,
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None, connect=None, sock_connect=None, sock_read=None),
        auto_decompress=False,
        skip_auto_headers=_NO_HEADERS_OF_ITS_OWN,
        max_line_size=_LONGEST_LINE,
        max_field_size=_LONGEST_LINE,
    )
    # It would repeat a PUT after a reset; there is no public way to ask it not to.
    session._retry_connection = False  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    return session


class AiohttpTransport:
    """Sends with aiohttp, at a fraction of httpx's CPU per request. Requires the extra `fast`, and asyncio.

    `timeout` limits the whole exchange, including the DNS lookup.

    Args:
        session: an `aiohttp.ClientSession` to send with: its connector with proxy, certificate authorities and client
            certificate, its headers, authentication, middlewares and trace configurations are used. Headers that we
            send replace those of the session; its cookies are not sent, redirects are not followed, and its time-outs
            do not count. It is left unchanged and open. Let its connector have `limit=0`.

    Raises:
        ConfigurationError: the session is not an `aiohttp.ClientSession`.
    """

    def __init__(self, *, session: aiohttp.ClientSession | None = None) -> None:
        given: object = session
        if given is not None and not isinstance(given, aiohttp.ClientSession):
            name = f"{type(given).__module__.partition('.')[0]}.{type(given).__qualname__}"
            raise ConfigurationError(f"session must be an aiohttp.ClientSession, not {printable(name)}.")
        self._given = session
        self._closed = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._session: aiohttp.ClientSession | None = None
        self._used: weakref.WeakKeyDictionary[Any, Any] = weakref.WeakKeyDictionary()
        self._routes: dict[tuple[str, str, int], Proxy | None] = {}
        install_aiohttp()

    async def send(self, request: HttpRequest, *, timeout: float) -> HttpResponse:  # noqa: ASYNC109 - see Transport
        """Send one request; see `Transport.send`."""
        if self._closed:
            raise RuntimeError(_CLOSED)
        self._stay_in_loop()
        exchange = RoundTrip(request, timeout, _KNOWN)
        trip = _Trip(exchange, self._used)
        token = _current.set(trip)
        try:
            with exchange.guarded(), discreet():
                async with _until(exchange.wire):
                    await self._run(trip)
        finally:
            _current.reset(token)
        return exchange.result()

    async def _run(self, trip: _Trip) -> None:
        exchange = trip.exchange
        headers = exchange.prepare(None if self._given is None else self._given.headers)
        options: dict[str, Any] = {}
        if self._session is None:
            with importing():
                self._session = _new_session(self._given)
        if self._given is None:
            exchange.proxy = self._proxy(exchange)
            options = _proxy_options(exchange.proxy)
            if options or exchange.scheme == "https":
                options["ssl"] = verification()
        response = await self._answered(trip, self._session, headers=headers, **options)
        try:
            exchange.begin(response.status)
            while chunk := await response.content.readany():
                exchange.feed(chunk)
        except BaseException:
            if response.connection is not None:  # it is still ours
                trip.abort()
            response.close()
            raise
        trip.leave()
        exchange.finish(_joined(response))

    async def _answered(self, trip: _Trip, session: aiohttp.ClientSession, **options: Any) -> aiohttp.ClientResponse:
        request = trip.exchange.request
        url = yarl.URL(request.url, encoded=True)
        content: Any = request.content or None
        if content is not None and len(content) > _LARGE:
            content = io.BytesIO(content)
        while True:
            try:
                return await session.request(request.method, url, data=content, allow_redirects=False, **options)
            except _StaleConnection:
                continue
            except BaseException:
                trip.abort()
                raise

    async def aclose(self) -> None:
        """Close all connections. May be called again; sending afterwards is an error."""
        if self._session is not None:
            self._stay_in_loop()
        self._closed = True
        session, self._session = self._session, None
        if session is None:
            return
        if self._given is None:
            await session.close()
            await asyncio.sleep(0)  # the event loop closes sockets in its next round
        else:
            session.detach()

    def _stay_in_loop(self) -> None:
        try:
            running = asyncio.get_running_loop()
        except RuntimeError:
            raise RuntimeError(
                "AiohttpTransport needs asyncio. Use AsyncHttpxTransport in other event loops."
            ) from None
        if self._loop is None:
            self._loop = running
        if self._loop is not running:
            raise RuntimeError(_OTHER_LOOP)

    def _proxy(self, exchange: RoundTrip) -> Proxy | None:
        target = exchange.scheme, exchange.host, exchange.port
        if target not in self._routes:
            self._routes[target] = proxies.choose(*target)
        return self._routes[target]


def _joined(response: aiohttp.ClientResponse) -> dict[str, str]:
    joined: dict[str, str] = {}
    for given, value in response.headers.items():
        name = given.lower()
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined


def _proxy_options(proxy: Proxy | None) -> dict[str, Any]:
    if proxy is None:
        return {}
    name = proxies.variable(proxy.kind)
    if proxy.url.partition("://")[0].lower() not in {"http", "https"}:
        raise ConfigurationError(f"{name} must begin with http:// or https:// for aiohttp. Use the httpx transport.")
    problem = f"{name} is not the URL of a proxy. Percent-encode what is special in its password, # as %23."
    try:
        url = yarl.URL(proxy.url)
        if url.host:
            return {"proxy": url}
    except ValueError:
        pass
    raise ConfigurationError(problem)
