"""The transports that a client makes for itself, by the names of their libraries."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from lp_engagement import transports
from lp_engagement.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["open_transport"]

# `fast` suits both clients of a program, as one variable must.
_SYNC = {"httpx": "HttpxTransport", "urllib3": "Urllib3Transport", "fast": "Urllib3Transport"}
_ASYNC = {"httpx": "AsyncHttpxTransport", "aiohttp": "AiohttpTransport", "fast": "AiohttpTransport"}


def open_transport(name: str | None, *, asynchronous: bool) -> tuple[Any, Callable[[], None] | None]:
    """Make a transport. Nothing is opened yet.

    Args:
        name: the library, or `fast`, from `LP_TRANSPORT` if not given, else httpx.
        asynchronous: for which client.

    Returns:
        The transport, and what should be done before its first exchange begins.

    Raises:
        ConfigurationError: there is no such transport, or it needs an extra that is not installed.
    """
    source = "transport" if name is not None else "LP_TRANSPORT"
    chosen = name if name is not None else os.environ.get("LP_TRANSPORT") or "httpx"
    ours, others = (_ASYNC, _SYNC) if asynchronous else (_SYNC, _ASYNC)
    if chosen not in ours:
        kinds = ("AsyncEngagementClient", "EngagementClient")
        client, other = kinds if asynchronous else kinds[::-1]
        *first, last = ours
        allowed = f"{', '.join(first)} or {last}"
        if chosen in others:
            raise ConfigurationError(
                f"{source} {chosen} is for {other}. For {client}, choose {allowed}. Both clients take httpx and fast"
            )
        raise ConfigurationError(f"{source} must be {allowed} for {client}")
    transport = getattr(transports, ours[chosen])()
    if chosen != "httpx":
        return transport, None
    from .httpx_pools import warm_up

    return transport, warm_up
