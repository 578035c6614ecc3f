"""The transports that the suite is run with: a pair of factories for each, by name. A new transport is added here."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lp_engagement._io import httpx_transport

if TYPE_CHECKING:
    from collections.abc import Callable

    from lp_engagement.transports import AsyncTransport, Transport

__all__ = ["TRANSPORTS", "Pair"]


@dataclass(frozen=True, slots=True)
class Pair:
    """A transport in both flavours.

    Attributes:
        name: what the tests call it.
        make: makes the sync one.
        make_async: makes the async one, for a loop of asyncio or trio.
        forget_certificates: lets it read the certificates that `SSL_CERT_FILE` names once more.
        idle: how many connections it keeps open at most when it has nothing to do.
    """

    name: str
    make: Callable[[], Transport]
    make_async: Callable[[], AsyncTransport]
    forget_certificates: Callable[[], None] = lambda: None
    idle: int = 20


def _forget_context() -> None:
    """Wherever the httpx transport keeps the context that it has made."""
    for name, module in list(sys.modules.items()):
        made = getattr(module, "_ssl_context", None) if name.startswith("lp_engagement.") else None
        if made is not None:
            made.cache_clear()


HTTPX = Pair("httpx", httpx_transport.HttpxTransport, httpx_transport.AsyncHttpxTransport, _forget_context)
TRANSPORTS: tuple[Pair, ...] = (HTTPX,)
