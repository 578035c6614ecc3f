"""Translation of httpx's and the system's errors into ours, without URL, ids, headers or a live request."""

from __future__ import annotations

import functools
import ssl
from functools import partial
from typing import TYPE_CHECKING

from lp_engagement._common.printable import printable
from lp_engagement._core.checks import is_loopback
from lp_engagement.errors import (
    ConfigurationError,
    ConnectError,
    EngagementError,
    TransportError,
    TransportTimeout,
    UnexpectedResponseError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["NO_WAY", "UNVERIFIED", "translated"]

NO_WAY = "The proxy did not open a way to {host}."
UNVERIFIED = "The certificate of {host} could not be verified: {reason}."
_LONGEST_REASON = 200


def translated(
    exc: BaseException | None, host: str, *, port: int | None = None, maybe_sent: bool = True
) -> EngagementError | None:
    """Translate an exception into one of our errors; `None` for an unrelated one. `port` is `None` behind a proxy."""
    if isinstance(exc, EngagementError):
        # The frames in between belong to httpx, and their variables hold the request.
        return exc.with_traceback(None)
    refusal = _unverified_certificate(exc)
    if refusal is not None:
        return ConnectError(UNVERIFIED.format(host=host, reason=refusal), retryable=False)
    if port is not None and not maybe_sent and any(isinstance(link, ConnectionRefusedError) for link in _chain(exc)):
        return ConnectError(_refused(host, port))
    if isinstance(exc, OSError | EOFError | ImportError):
        # Perhaps there is no library yet: if all files are in use, it cannot be loaded.
        return _early_end(host, _reason(exc), late=isinstance(exc, TimeoutError), maybe_sent=maybe_sent)
    return _of_library(exc, host, maybe_sent=maybe_sent) if isinstance(exc, Exception) else None


def _refused(host: str, port: int) -> str:
    text = f"{host} could not be reached: nothing accepts connections on port {port}."
    return f"{text} Is the simulator running? Its first line of output is its address." if is_loopback(host) else text


def _of_library(exc: Exception, host: str, *, maybe_sent: bool) -> EngagementError | None:
    for types, error, text in _translations():
        if isinstance(exc, types):
            return error(text.format(host=host, reason=_reason(exc)))
    lates, breaks = _early_ends()
    if isinstance(exc, breaks):
        return _early_end(host, "", late=isinstance(exc, lates), maybe_sent=maybe_sent)
    return None


def _reason(exc: Exception) -> str:
    return printable(str(exc), _LONGEST_REASON).rstrip(".")


def _early_end(host: str, reason: str, *, late: bool, maybe_sent: bool) -> TransportError:
    """The error for an exchange that ended early, by whether the server may have seen the request."""
    if not maybe_sent:
        how = " in time" if late else f": {reason}" if reason else ": the connection broke off"
        return ConnectError(f"{host} could not be reached{how}.")
    if late:
        return TransportTimeout("There was no complete answer in time.", maybe_sent=True)
    return TransportError(f"The exchange with {host} broke off before the answer was complete.", maybe_sent=True)


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


def _unverified_certificate(exc: BaseException | None) -> str | None:
    for link in _chain(exc):
        if isinstance(link, ssl.SSLCertVerificationError):
            return printable(getattr(link, "verify_message", "not trusted"), _LONGEST_REASON).rstrip(".")
    return None


def _chain(exc: BaseException | None) -> list[BaseException]:
    """Return the exception with its causes and contexts."""
    chain = [] if exc is None else [exc]
    for link in chain:
        chain += [below for below in (link.__cause__, link.__context__) if below is not None and below not in chain]
    return chain
