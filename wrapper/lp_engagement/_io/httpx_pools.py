"""The pools of connections that the httpx transports send with: httpx's own transports, or those of a given client.

`httpx.Client` is left out: it costs half as much again as the exchange, for cookies, redirects and authentication.
"""

from __future__ import annotations

import functools
import threading
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from lp_engagement._common.importing import importing
from lp_engagement._common.printable import printable
from lp_engagement.errors import ConfigurationError

from . import http_logging, proxies
from .certificates import verification

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    import httpx

    from .proxies import Proxy

__all__ = ["Pools", "adopt", "check_given", "load", "new_async_pool", "new_pool", "warm_up"]

_Pool = TypeVar("_Pool", "httpx.HTTPTransport", "httpx.AsyncHTTPTransport")


_LATE = (
    "anyio.lowlevel",
    "certifi",
    "encodings.idna",
    "h11",
    "httpcore",
    "httpx",
    "importlib.readers",
    "urllib.request",
)
_BELOW = (".network_async", ".network_sync")


@functools.cache
def load() -> None:
    """Import everything that an exchange needs, because a fork could interrupt a later import."""
    with importing():
        for name in _LATE:
            import_module(name)
        for name in _BELOW:
            import_module(name, __package__)
        http_logging.install()


def warm_up() -> None:
    """Do what `load` does before the time-out of an attempt begins. The attempt repeats it, and reports a failure."""
    with suppress(Exception):
        load()


def _proxy_options(proxy: Proxy, verify: ssl.SSLContext) -> dict[str, Any]:
    """Return what httpx needs to use a proxy. The errors name the variable, and show no password."""
    import httpx

    name = proxies.variable(proxy.kind)
    scheme = proxy.url.partition("://")[0].lower()
    if scheme not in {"http", "https", "socks5", "socks5h"}:
        raise ConfigurationError(f"{name} must begin with http://, https://, socks5:// or socks5h://.")
    if scheme.startswith("socks") and find_spec("socksio") is None:
        raise ConfigurationError(f'{name} names a SOCKS proxy. Install "httpx[socks]" to use it.')
    problem = f"{name} is not the URL of a proxy. Percent-encode what is special in its password, # as %23."
    try:
        # A proxy that is reached by https is verified as the server is.
        return {"proxy": httpx.Proxy(proxy.url, ssl_context=verify if scheme == "https" else None)}
    except (ValueError, httpx.InvalidURL):
        pass
    raise ConfigurationError(problem)


class Pools(Generic[_Pool]):
    """The pools that one process has made, by the proxies that they go through, and whether TLS is used anywhere."""

    def __init__(self, make: Callable[[dict[str, Any]], _Pool]) -> None:
        self.lock = threading.Lock()
        self.pools: dict[tuple[Proxy | None, bool], _Pool] = {}
        self._make: Callable[[dict[str, Any]], _Pool] = make
        self._routes: dict[tuple[str, str, int | None], Proxy | None] = {}

    def choose(self, url: httpx.URL) -> tuple[_Pool, Proxy | None]:
        """Return the pool for a URL, and the proxy that it goes through."""
        target = url.scheme, url.host, url.port
        if target not in self._routes:
            self._routes[target] = proxies.choose(*target)
        proxy = self._routes[target]
        key = proxy, proxy is not None or url.scheme == "https"
        if key not in self.pools:
            with importing():
                verify = verification(secure=key[1])
                options = {} if proxy is None else _proxy_options(proxy, verify)
                self.pools[key] = self._make({"verify": verify, "limits": _limits(), **options})
        return self.pools[key], proxy


def _limits() -> httpx.Limits:
    import httpx

    # The pool must have no limit of its own: a request that gives up while it waits for a place there can leave the
    # place taken for ever (httpcore #1093). The driver has one, so that nobody waits in here.
    return httpx.Limits(max_connections=None, max_keepalive_connections=20)


def new_pool(options: dict[str, Any]) -> httpx.HTTPTransport:
    """Make a pool with our network layer."""
    import httpx

    pool = httpx.HTTPTransport(**options)
    _put_below([pool])
    return pool


def new_async_pool(options: dict[str, Any]) -> httpx.AsyncHTTPTransport:
    """Make an async pool with our network layer."""
    import httpx

    pool = httpx.AsyncHTTPTransport(**options)
    _put_below([pool])
    return pool


def check_given(client: object, kind: str) -> None:
    """Refuse what is not a client of httpx of this kind.

    Raises:
        ConfigurationError: it is not.
    """
    import httpx

    if not isinstance(client, getattr(httpx, kind)):
        name = f"{type(client).__module__.partition('.')[0]}.{type(client).__qualname__}"
        raise ConfigurationError(f"client must be an httpx.{kind}, not {printable(name)}.")


def adopt(client: httpx.Client | httpx.AsyncClient) -> bool:
    """Put our network layer below a client. Return whether all its connections will be ours."""
    # There is no public way in; a test sees to it that this one is not closed by a new version.
    inside = vars(client)
    return _put_below([inside["_transport"], *inside["_mounts"].values()])


def _put_below(transports: list[Any]) -> bool:
    import httpcore

    from .network_async import AsyncBackend
    from .network_sync import Backend

    pools: list[Any] = [getattr(transport, "_pool", None) for transport in transports if transport is not None]
    for pool in pools:
        if _is_stock(pool):
            vars(pool)["_network_backend"] = Backend() if isinstance(pool, httpcore.ConnectionPool) else AsyncBackend()
    return all(_is_stock(pool) for pool in pools)


def _is_stock(pool: object) -> bool:
    """Whether a pool uses httpcore's own network layer, or ours already; others have their reasons."""
    backend = type(getattr(pool, "_network_backend", None))
    return backend.__name__ in {"SyncBackend", "AutoBackend", "AnyIOBackend", "TrioBackend", "Backend", "AsyncBackend"}
