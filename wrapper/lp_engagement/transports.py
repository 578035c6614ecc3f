"""Transports, which send requests: on httpx, urllib3 or aiohttp, and the protocols for your own."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ._core.transport import AsyncTransport, HttpRequest, HttpResponse, Transport
from .errors import ConfigurationError

if TYPE_CHECKING:
    from ._io.aiohttp_transport import AiohttpTransport
    from ._io.content import MAX_RESPONSE_BYTES
    from ._io.httpx_transport import AsyncHttpxTransport, HttpxTransport
    from ._io.urllib3_transport import Urllib3Transport

__all__ = [
    "MAX_RESPONSE_BYTES",
    "AiohttpTransport",
    "AsyncHttpxTransport",
    "AsyncTransport",
    "HttpRequest",
    "HttpResponse",
    "HttpxTransport",
    "Transport",
    "Urllib3Transport",
]

_MODULES = {
    "MAX_RESPONSE_BYTES": "content",
    "AiohttpTransport": "aiohttp_transport",
    "AsyncHttpxTransport": "httpx_transport",
    "HttpxTransport": "httpx_transport",
    "Urllib3Transport": "urllib3_transport",
}
_IN_EXTRA = {"AiohttpTransport": "aiohttp", "Urllib3Transport": "urllib3"}


def __getattr__(name: str) -> Any:
    # What is below it takes a while to import, and a transport of one's own needs none of it.
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return getattr(import_module(f"{__package__}._io.{_MODULES[name]}"), name)
    except ModuleNotFoundError as error:
        library = _IN_EXTRA.get(name)
        if library is None or error.name != library:
            raise
    raise ConfigurationError(
        f"{name} needs {library}, which is not installed. Install the extra `fast` of lp-engagement"
    )
