"""The transports that the suite is run with: a pair of factories for each, by name. A new transport is added here."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lp_engagement._io import httpx_transport
from lp_engagement._io.aiohttp_transport import AiohttpTransport
from lp_engagement._io.urllib3_transport import Urllib3Transport

if TYPE_CHECKING:
    from collections.abc import Callable

    from lp_engagement.transports import AsyncTransport, Transport

__all__ = ["TRANSPORTS", "Pair"]


@dataclass(frozen=True, slots=True)
class Pair:
    """A transport in its flavours.

    Attributes:
        name: what the tests call it.
        make: makes the sync one, if there is one.
        make_async: makes the async one, if there is one.
        flavours: the flavours of the client that it is for.
        forget_certificates: lets it read the certificates that `SSL_CERT_FILE` names once more.
        idle: how many connections it keeps open at most when it has nothing to do.
        refuses: the cases in which its library refuses an answer that the others take, and cannot be asked not to.
    """

    name: str
    make: Callable[[], Transport] | None
    make_async: Callable[[], AsyncTransport] | None
    flavours: tuple[str, ...] = ("sync", "asyncio", "trio")
    forget_certificates: Callable[[], None] = lambda: None
    idle: int = 20
    refuses: frozenset[str] = frozenset()


def _forget_context() -> None:
    """Wherever the httpx transport keeps the context that it has made."""
    for name, module in list(sys.modules.items()):
        made = getattr(module, "_ssl_context", None) if name.startswith("lp_engagement._io.") else None
        if made is not None:
            made.cache_clear()


HTTPX = Pair(
    "httpx",
    httpx_transport.HttpxTransport,
    httpx_transport.AsyncHttpxTransport,
    forget_certificates=_forget_context,
)
URLLIB3 = Pair("urllib3", Urllib3Transport, None, ("sync",), _forget_context)
AIOHTTP = Pair(
    "aiohttp",
    None,
    AiohttpTransport,
    ("asyncio",),
    _forget_context,
    idle=200,
    # Its parser fails for an answer with garbage behind it in the same segment, before anybody can have the answer.
    refuses=frozenset({"kept connection: one byte too many", "HTTP: length shorter than the body"}),
)
TRANSPORTS: tuple[Pair, ...] = (HTTPX, URLLIB3, AIOHTTP)
