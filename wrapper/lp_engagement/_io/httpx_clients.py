"""The httpx clients that the transports send with, and what they are made of."""

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

__all__ = ["Clients", "adopt", "check_given", "load", "new_async_client", "new_client", "warm_up"]

_Client = TypeVar("_Client", "httpx.Client", "httpx.AsyncClient")


_LATE = (
    "anyio.lowlevel",
    "certifi",
    "encodings.idna",
    "h11",
    "http.cookiejar",
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


class Clients(Generic[_Client]):
    """The clients that one process has made, by the proxies that they go through, and whether TLS is used anywhere."""

    def __init__(self, make: Callable[[dict[str, Any]], _Client]) -> None:
        self.lock = threading.Lock()
        self.clients: dict[tuple[Proxy | None, bool], _Client] = {}
        self._make: Callable[[dict[str, Any]], _Client] = make
        self._routes: dict[tuple[str, str, int | None], Proxy | None] = {}

    def choose(self, url: httpx.URL) -> tuple[_Client, Proxy | None]:
        """Return the client for a URL, and the proxy that it goes through."""
        target = url.scheme, url.host, url.port
        if target not in self._routes:
            self._routes[target] = proxies.choose(*target)
        proxy = self._routes[target]
        key = proxy, proxy is not None or url.scheme == "https"
        if key not in self.clients:
            with importing():
                verify = verification(secure=key[1])
                options = {} if proxy is None else _proxy_options(proxy, verify)
                self.clients[key] = self._make({"verify": verify, "limits": _limits(), **options})
        return self.clients[key], proxy


def _limits() -> httpx.Limits:
    import httpx

    # The pool must have no limit of its own: a request that gives up while it waits for a place there can leave the
    # place taken for ever (httpcore #1093). The driver has one, so that nobody waits in here.
    return httpx.Limits(max_connections=None, max_keepalive_connections=20)


def _settings(transport: Any) -> dict[str, Any]:
    """Return how our clients are made: without cookies, which would tie all visits of this process together."""
    from http.cookiejar import CookieJar, DefaultCookiePolicy

    return {
        "transport": transport,
        "cookies": CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        "trust_env": False,  # proxies and certificates are chosen here
    }


def new_client(options: dict[str, Any]) -> httpx.Client:
    """Make a client with our network layer."""
    import httpx

    client = httpx.Client(**_settings(httpx.HTTPTransport(**options)))
    adopt(client)
    return client


def new_async_client(options: dict[str, Any]) -> httpx.AsyncClient:
    """Make an async client with our network layer."""
    import httpx

    client = httpx.AsyncClient(**_settings(httpx.AsyncHTTPTransport(**options)))
    adopt(client)
    return client


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
    import httpcore

    from .network_async import AsyncBackend
    from .network_sync import Backend

    # There is no public way in; a test sees to it that this one is not closed by a new version.
    inside = vars(client)
    transports = [inside["_transport"], *inside["_mounts"].values()]
    pools: list[Any] = [getattr(transport, "_pool", None) for transport in transports if transport is not None]
    for pool in pools:
        if _is_stock(pool):
            vars(pool)["_network_backend"] = Backend() if isinstance(pool, httpcore.ConnectionPool) else AsyncBackend()
    return all(_is_stock(pool) for pool in pools)


def _is_stock(pool: object) -> bool:
    """Whether a pool uses httpcore's own network layer, or ours already; others have their reasons."""
    backend = type(getattr(pool, "_network_backend", None))
    return backend.__name__ in {"SyncBackend", "AutoBackend", "AnyIOBackend", "TrioBackend", "Backend", "AsyncBackend"}
