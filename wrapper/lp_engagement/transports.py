"""Transports, which send requests: the protocols for your own, and the ones built on httpx."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._core.transport import AsyncTransport, HttpRequest, HttpResponse, Transport

if TYPE_CHECKING:
    from ._io.httpx_transport import MAX_RESPONSE_BYTES, AsyncHttpxTransport, HttpxTransport

__all__ = [
    "MAX_RESPONSE_BYTES",
    "AsyncHttpxTransport",
    "AsyncTransport",
    "HttpRequest",
    "HttpResponse",
    "HttpxTransport",
    "Transport",
]


def __getattr__(name: str) -> Any:
    # What is below it takes a while to import, and a transport of one's own needs none of it.
    if name in __all__:
        from ._io import httpx_transport

        return getattr(httpx_transport, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
