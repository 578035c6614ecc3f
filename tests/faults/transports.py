"""The transports that the suite is run with: a pair of factories for each, by name. A new transport is added here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lp_engagement import transport as httpx_transport

if TYPE_CHECKING:
    from collections.abc import Callable

    from lp_engagement.http import AsyncTransport, Transport

__all__ = ["TRANSPORTS", "Pair"]


@dataclass(frozen=True, slots=True)
class Pair:
    """A transport in both flavours.

    Attributes:
        name: what the tests call it.
        make: makes the sync one.
        make_async: makes the async one, for a loop of asyncio or trio.
        forget_certificates: lets it read the certificates that `SSL_CERT_FILE` names once more.
    """

    name: str
    make: Callable[[], Transport]
    make_async: Callable[[], AsyncTransport]
    forget_certificates: Callable[[], None] = lambda: None


def _forget_context() -> None:
    httpx_transport._ssl_context.cache_clear()


HTTPX = Pair("httpx", httpx_transport.HttpxTransport, httpx_transport.AsyncHttpxTransport, _forget_context)
TRANSPORTS: tuple[Pair, ...] = (HTTPX,)
