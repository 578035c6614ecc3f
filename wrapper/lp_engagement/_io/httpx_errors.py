"""Translation of httpx's and the system's errors into ours, without URL, ids, headers or a live request."""

from __future__ import annotations

import functools
from functools import partial
from typing import TYPE_CHECKING

from lp_engagement.errors import (
    ConfigurationError,
    ConnectError,
    EngagementError,
    UnexpectedResponseError,
)

from .failures import NO_WAY, UNVERIFIED, chain, early_end, reason, refused, unverified_certificate

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["translated"]


def translated(
    exc: BaseException | None, host: str, *, port: int | None = None, maybe_sent: bool = True
) -> EngagementError | None:
    """Translate an exception into one of our errors; `None` for an unrelated one. `port` is `None` behind a proxy."""
    if isinstance(exc, EngagementError):
        # The frames in between belong to httpx, and their variables hold the request.
        return exc.with_traceback(None)
    refusal = unverified_certificate(exc)
    if refusal is not None:
        return ConnectError(UNVERIFIED.format(host=host, reason=refusal), retryable=False)
    if port is not None and not maybe_sent and any(isinstance(link, ConnectionRefusedError) for link in chain(exc)):
        return ConnectError(refused(host, port))
    if isinstance(exc, OSError | EOFError | ImportError):
        # Perhaps there is no library yet: if all files are in use, it cannot be loaded.
        return early_end(host, reason(exc), late=isinstance(exc, TimeoutError), maybe_sent=maybe_sent)
    return _of_library(exc, host, maybe_sent=maybe_sent) if isinstance(exc, Exception) else None


def _of_library(exc: Exception, host: str, *, maybe_sent: bool) -> EngagementError | None:
    for types, error, text in _translations():
        if isinstance(exc, types):
            return error(text.format(host=host, reason=reason(exc)))
    lates, breaks = _early_ends()
    if isinstance(exc, breaks):
        return early_end(host, "", late=isinstance(exc, lates), maybe_sent=maybe_sent)
    return None


@functools.cache
def _translations() -> tuple[tuple[type[Exception], Callable[[str], EngagementError], str], ...]:
    import httpx

    hopeless = partial(ConnectError, retryable=False)
    unreadable = "The answer of {host} could not be read."
    return (
        (httpx.PoolTimeout, ConnectError, "No connection to {host} became free in time."),
        (httpx.ConnectTimeout, ConnectError, "{host} could not be reached in time."),
        (httpx.ConnectError, ConnectError, "{host} could not be reached: {reason}."),
        (httpx.ProxyError, ConnectError, NO_WAY),
        (httpx.UnsupportedProtocol, hopeless, "The URL does not begin with https:// or http://."),
        (httpx.LocalProtocolError, hopeless, "The request is not valid HTTP, so it was not sent."),
        (httpx.DecodingError, UnexpectedResponseError, unreadable),
        (httpx.TooManyRedirects, UnexpectedResponseError, unreadable),
        (httpx.StreamError, UnexpectedResponseError, unreadable),
        (httpx.InvalidURL, ConfigurationError, "The URL of the request is not valid."),
        (UnicodeError, ConfigurationError, "The URL or a header has characters that HTTP does not allow there."),
    )


@functools.cache
def _early_ends() -> tuple[type[Exception], tuple[type[Exception], ...]]:
    """The exceptions of the libraries for an expired timeout, and for an early end."""
    import anyio
    import httpx

    broken = (httpx.HTTPError, anyio.BrokenResourceError, anyio.ClosedResourceError, anyio.EndOfStream)
    return httpx.TimeoutException, broken
