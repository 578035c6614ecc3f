"""The sync transport built on urllib3.

urllib3 bounds each wait, not the whole, and cannot say whether a request has left. So its connections get sockets of
ours, which end every wait with the time of the exchange. Everything else is urllib3's.
"""

from __future__ import annotations

import http.client
import io
import re
import ssl
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util import SKIP_HEADER, parse_url

from lp_engagement._common.importing import importing
from lp_engagement._common.per_process import PerProcess
from lp_engagement._common.printable import printable
from lp_engagement.errors import ConfigurationError

from . import proxies
from .certificates import verification
from .connecting import race
from .http_logging import discreet, install_urllib3
from .names import addresses_of, look_up
from .roundtrip import Known, RoundTrip
from .wire import Allowance, Wire

if TYPE_CHECKING:
    import socket

    from lp_engagement._core.transport import HttpRequest, HttpResponse

    from .proxies import Proxy

__all__ = ["Urllib3Transport"]

_KEPT = 20
"""Idle connections to a host."""
_AT_MOST = 65536
_TOGETHER = 16384
_CLOSED = "This client is closed. Make a new one to send more requests."
_FIRST_FINAL = 200
_SWITCHING = 101
_LENGTH = re.compile("[0-9]{1,18}", re.ASCII)
_CHUNK_SIZE = re.compile(rb"[0-9A-Fa-f]{1,15}")
_LONGEST_LINE = 65536
_MOST_TRAILERS = 100

_NO_RETRIES = urllib3.Retry(total=False, redirect=False)

_KNOWN = Known(
    late=(urllib3.exceptions.TimeoutError,),
    broken=(urllib3.exceptions.HTTPError,),
    url=(urllib3.exceptions.LocationValueError,),
    proxy=(urllib3.exceptions.ProxyError,),
    unreadable=(urllib3.exceptions.DecodeError,),
)


# ------------------------------------------------------------------------------------------------ below urllib3


class _Timeout(urllib3.Timeout):
    """Time-outs that remember the exchange they are for, as urllib3 hands them down to the connection."""

    def __init__(self, wire: Wire) -> None:
        super().__init__()
        self._wire = wire

    def clone(self) -> _Timeout:
        """Return this very object: its clock runs already."""
        return self

    @property
    def connect_timeout(self) -> Allowance:
        """The seconds left of the whole."""
        allowance = Allowance(max(self._wire.deadline - time.monotonic(), 0.001))
        allowance.wire = self._wire
        return allowance

    read_timeout = connect_timeout  # pyright: ignore[reportIncompatibleMethodOverride]  # read only here


def _wire_of(timeout: object) -> Wire:
    return timeout.wire if isinstance(timeout, Allowance) else Wire()


class _Socket:
    """A connected socket, plain or TLS, each of whose waits ends with the time of the exchange.

    Attributes:
        spoiled: whether more has come than the answer, so that the connection must not be used again.
    """

    def __init__(self, raw: socket.socket, timeout: object) -> None:
        self.spoiled = False
        self._raw = raw
        self._wire = _wire_of(timeout)
        self._held = b""
        self._readers = 0
        self._closed = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)

    def settimeout(self, timeout: float | None) -> None:
        """Belong to the exchange of this time-out."""
        self._wire = _wire_of(timeout)

    def sendall(self, data: bytes) -> None:
        """Send everything before the answer is read: head and body together, as long as they are small."""
        if len(self._held) + len(data) > _TOGETHER:
            self._flush()
            self._send(data)
        else:
            self._held += data

    def _flush(self) -> None:
        held, self._held = self._held, b""
        self._send(held)

    def _send(self, data: bytes) -> None:
        wire = self._wire
        wire.begin_write(data)
        rest = memoryview(data)
        while rest:
            self._raw.settimeout(wire.left())
            count = self._raw.send(rest)
            wire.wrote(count)
            rest = rest[count:]

    def receive(self, buffer: memoryview) -> int:
        """Read what there is, whether or not the time is up; wait for it as long as there is time."""
        wire = self._wire
        self._raw.settimeout(max(wire.deadline - time.monotonic(), 0))
        try:
            count = self._raw.recv_into(buffer)
        except TimeoutError:
            # The process may have been stopped meanwhile.
            self._raw.settimeout(0)
            count = self._receive_now(buffer)
        except (BlockingIOError, ssl.SSLWantReadError):
            raise TimeoutError from None
        wire.received(count)
        return count

    def _receive_now(self, buffer: memoryview) -> int:
        try:
            return self._raw.recv_into(buffer)
        except (BlockingIOError, ssl.SSLWantReadError):
            raise TimeoutError from None

    def makefile(self, *_: object, **__: object) -> io.BufferedReader:
        """Return what http.client reads an answer from."""
        with suppress(BrokenPipeError, ConnectionResetError):  # there may be an answer all the same
            self._flush()
        self._readers += 1
        return _Reader(_Readable(self))

    def reader_closed(self, *, rest: bool) -> None:
        """Note the end of an answer, and whether there was more."""
        pending = getattr(self._raw, "pending", None)
        self.spoiled = self.spoiled or rest or bool(not self._closed and pending is not None and pending())
        self._readers -= 1
        self._close_unused()

    def close(self) -> None:
        """Close the socket once the answer is read, as http.client expects."""
        self._closed = True
        self._close_unused()

    def _close_unused(self) -> None:
        if self._closed and not self._readers:
            self._raw.close()


class _Readable(io.RawIOBase):
    """Reads from a socket, until it is muted."""

    def __init__(self, source: _Socket) -> None:
        self.source = source
        self.quiet = False

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Read what there is."""
        return None if self.quiet else self.source.receive(buffer)


class _Reader(io.BufferedReader):
    """Reads ahead, and reports at its end whether it has read too much."""

    def close(self) -> None:
        """End the answer."""
        if self.closed:
            return
        raw = cast("_Readable", self.raw)
        raw.quiet = True
        try:
            rest = bool(self.peek(1))
        finally:
            super().close()
        raw.source.reader_closed(rest=rest)


class _Answer(http.client.HTTPResponse):
    """An answer that is read by the letter; http.client lets pass what two readers may understand in two ways."""

    def _read_status(self) -> tuple[str, int, str]:
        # http.client skips only those informational answers that have the status 100.
        while True:
            version, status, phrase = super()._read_status()  # type: ignore[misc]
            if status == _SWITCHING or status >= _FIRST_FINAL:
                return version, status, phrase
            http.client.parse_headers(self.fp)

    def begin(self) -> None:
        """Read the head."""
        super().begin()
        lengths = {
            length.strip() for value in self.headers.get_all("content-length", ()) for length in value.split(",")
        }
        damaged = self.headers.defects or any(not name or "\0" in value for name, value in self.headers.items())
        if damaged or len(lengths) > 1 or not all(map(_LENGTH.fullmatch, lengths)):
            raise http.client.HTTPException("the head of the answer is damaged")

    def _read_next_chunk_size(self) -> int:
        line = self.fp.readline(_LONGEST_LINE + 1)
        if len(line) > _LONGEST_LINE:
            raise http.client.LineTooLong("chunk size")
        size = line.partition(b";")[0].strip()
        if not _CHUNK_SIZE.fullmatch(size):
            raise ValueError
        return int(size, 16)

    def _read_and_discard_trailer(self) -> None:
        for _ in range(_MOST_TRAILERS):
            line = self.fp.readline(_LONGEST_LINE + 1)
            if len(line) > _LONGEST_LINE:
                raise http.client.LineTooLong("trailer line")
            if line in {b"\r\n", b"\n", b""}:
                return
        raise http.client.HTTPException("too many trailers")


class _Connecting:
    """Opens a connection for urllib3, in time and to the first address that answers."""

    response_class: Any = _Answer
    sock: Any
    timeout: Any

    def _new_conn(self) -> socket.socket:
        wire = _wire_of(self.timeout)
        wire.used = True
        here: Any = self
        addresses = addresses_of(look_up(here._dns_host, here.port), wire.left())  # noqa: SLF001 - a base class's
        source = here.source_address[0] if here.source_address else None
        raw = race(addresses, wire, source, here.socket_options)
        raw.settimeout(wire.left())  # for the TLS handshake
        return raw

    def _tunnel(self) -> None:
        raw = self.sock
        self.sock = _Socket(raw, self.timeout)
        super()._tunnel()  # type: ignore[misc]
        self.sock = raw
        raw.settimeout(_wire_of(self.timeout).left())

    def connect(self) -> None:
        super().connect()  # type: ignore[misc]
        self.sock = _Socket(self.sock, self.timeout)


class _PlainConnection(_Connecting, HTTPConnection):
    pass


class _TlsConnection(_Connecting, HTTPSConnection):
    pass


class _Pooling:
    """Keeps connections for urllib3, but none that has more to say than was asked."""

    def _put_conn(self, conn: Any) -> None:
        if conn is not None and getattr(conn.sock, "spoiled", False):
            conn.close()
        super()._put_conn(conn)  # type: ignore[misc]


class _HttpPool(_Pooling, urllib3.HTTPConnectionPool):
    ConnectionCls = _PlainConnection  # pyright: ignore[reportAssignmentType]  # its parent is the default

    def _validate_conn(self, conn: Any) -> None:
        # Here, as for TLS: a reset while a request is being sent is ignored, since there may be an answer all the same.
        if conn.is_closed:
            conn.connect()


class _HttpsPool(_Pooling, urllib3.HTTPSConnectionPool):
    ConnectionCls = _TlsConnection  # pyright: ignore[reportAssignmentType]  # like the one above


# ------------------------------------------------------------------------------------------------ the transport


class _Pools:
    """The pools that one process has made, by the proxies that they go through, and whether TLS is used anywhere."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.managers: dict[tuple[Proxy | None, bool], urllib3.PoolManager] = {}
        self._routes: dict[tuple[str, str, int], _Route] = {}

    def choose(self, exchange: RoundTrip, given: urllib3.PoolManager | None) -> _Route:
        """Return the way for a request."""
        target = exchange.scheme, exchange.host, exchange.port
        route = self._routes.get(target)
        if route is None:
            with importing():
                route = self._routes[target] = self._new_route(target, given)
        return route

    def _new_route(self, target: tuple[str, str, int], given: urllib3.PoolManager | None) -> _Route:
        scheme, host, port = target
        if given is None:
            proxy = proxies.choose(scheme, host, port)
        else:
            proxy = None if given.proxy is None else proxies.Proxy("given", "")
        key = proxy, proxy is not None or scheme == "https"
        if key not in self.managers:
            self.managers[key] = _new_manager(proxy, secure=key[1]) if given is None else _like(given)
        manager = self.managers[key]
        # A manager would parse the URL and build the key of its pool for each request; a proxy needs the whole URL.
        direct = manager.connection_from_host(host, port, scheme) if proxy is None else None
        return _Route(manager, direct, proxy)

    def clear(self) -> None:
        """Close all connections."""
        for manager in self.managers.values():
            manager.clear()
        self.managers.clear()
        self._routes.clear()


class _Route(NamedTuple):
    manager: urllib3.PoolManager
    direct: urllib3.HTTPConnectionPool | None
    proxy: Proxy | None

    def urlopen(self, exchange: RoundTrip, headers: dict[str, str]) -> urllib3.BaseHTTPResponse:
        """Send a request, and read the head of the answer."""
        request = exchange.request
        pool: Any = self.direct or self.manager
        response: urllib3.BaseHTTPResponse = pool.urlopen(
            request.method,
            request.url if self.direct is None else exchange.target,
            body=request.content or b"",
            headers=headers,
            retries=_NO_RETRIES,
            redirect=False,
            timeout=_Timeout(exchange.wire),
            preload_content=False,
            decode_content=False,
        )
        return response


def _bounded(manager: urllib3.PoolManager) -> urllib3.PoolManager:
    classes: dict[str, Any] = {"http": _HttpPool, "https": _HttpsPool}
    manager.pool_classes_by_scheme = classes
    return manager


def _new_manager(proxy: Proxy | None, *, secure: bool) -> urllib3.PoolManager:
    options: dict[str, Any] = {"ssl_context": verification(secure=secure), "maxsize": _KEPT}
    if proxy is None:
        return _bounded(urllib3.PoolManager(**options))
    name = proxies.variable(proxy.kind)
    if proxy.url.partition("://")[0].lower() not in {"http", "https"}:
        raise ConfigurationError(f"{name} must begin with http:// or https:// for urllib3. Use the httpx transport.")
    problem = f"{name} is not the URL of a proxy. Percent-encode what is special in its password, # as %23."
    try:
        url = parse_url(proxy.url)
        headers = urllib3.make_headers(proxy_basic_auth=_credentials(url.auth)) if url.auth else None
        plain = url._replace(auth=None).url
        return _bounded(
            urllib3.ProxyManager(plain, proxy_headers=headers, proxy_ssl_context=options["ssl_context"], **options)
        )
    except (ValueError, urllib3.exceptions.HTTPError):
        pass
    raise ConfigurationError(problem)


def _credentials(auth: str) -> str:
    from urllib.parse import unquote

    return unquote(auth)


def _like(pool: urllib3.PoolManager) -> urllib3.PoolManager:
    """Make a pool with the settings of a given one."""
    options = dict(pool.connection_pool_kw)
    options.setdefault("maxsize", _KEPT)
    for name in ("_proxy", "_proxy_headers", "_proxy_config"):
        options.pop(name, None)
    if pool.proxy is None:
        return _bounded(urllib3.PoolManager(**options))
    config = pool.proxy_config
    return _bounded(
        urllib3.ProxyManager(
            pool.proxy.url,
            proxy_headers=cast("urllib3.ProxyManager", pool).proxy_headers,
            proxy_ssl_context=config.ssl_context if config else None,
            use_forwarding_for_https=bool(config and config.use_forwarding_for_https),
            **options,
        )
    )


class Urllib3Transport:
    """Sends with urllib3, at less CPU per request than httpx. Requires the extra `fast`. Threads can share it.

    `timeout` limits the whole exchange, including the DNS lookup.

    Args:
        pool: a `urllib3.PoolManager` or `ProxyManager` whose settings are used: headers, proxy, certificate
            authorities, client certificate. The transport opens connections of its own with them. Headers that we send
            replace those of the pool; its time-outs and retries do not count. It is left unchanged and open.

    Raises:
        ConfigurationError: the pool is not a `urllib3.PoolManager`, or a subclass with connections of its own.
    """

    def __init__(self, *, pool: urllib3.PoolManager | None = None) -> None:
        if pool is not None and type(pool) not in {urllib3.PoolManager, urllib3.ProxyManager}:
            name = f"{type(pool).__module__.partition('.')[0]}.{type(pool).__qualname__}"
            raise ConfigurationError(
                f"pool must be a urllib3.PoolManager or urllib3.ProxyManager, not {printable(name)}."
            )
        self._given = pool
        self._closed = False
        # What a fork inherits shares its sockets with the parent, and its lock may be held by a thread that is gone.
        self._pools: PerProcess[_Pools] = PerProcess(_Pools)
        install_urllib3()

    def send(self, request: HttpRequest, *, timeout: float) -> HttpResponse:
        """Send one request; see `Transport.send`."""
        exchange = RoundTrip(request, timeout, _KNOWN)
        with exchange.guarded(), discreet():
            self._run(exchange)
        return exchange.result()

    def _run(self, exchange: RoundTrip) -> None:
        headers = exchange.prepare(None if self._given is None else self._given.headers)
        headers.setdefault("user-agent", SKIP_HEADER)
        route = self._route(exchange)
        exchange.proxy = route.proxy
        response = route.urlopen(exchange, headers)
        try:
            exchange.begin(response.status)
            while chunk := response.read(_AT_MOST, decode_content=False):
                exchange.feed(chunk)
            exchange.finish({name.lower(): value for name, value in response.headers.items()})
        except BaseException:
            response.close()
            raise
        response.release_conn()

    def close(self) -> None:
        """Close the connections of this process. May be called again; sending afterwards is an error."""
        own = self._pools.own()
        with own.lock:
            self._closed = True
            own.clear()

    def _route(self, exchange: RoundTrip) -> _Route:
        own = self._pools.own()
        with own.lock:
            if self._closed:
                raise RuntimeError(_CLOSED)
            return own.choose(exchange, self._given)
