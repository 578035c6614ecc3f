"""Why an exchange failed, in our errors: without URL, ids, headers or a live request."""

from __future__ import annotations

import ssl

from lp_engagement._common.printable import printable
from lp_engagement._core.checks import is_loopback
from lp_engagement.errors import ConnectError, TransportError, TransportTimeout

__all__ = ["NO_WAY", "UNVERIFIED", "chain", "early_end", "reason", "refused", "unverified_certificate"]

NO_WAY = "The proxy did not open a way to {host}."
UNVERIFIED = "The certificate of {host} could not be verified: {reason}."
_LONGEST_REASON = 200


def refused(host: str, port: int) -> str:
    """Word a refused connection."""
    text = f"{host} could not be reached: nothing accepts connections on port {port}."
    return f"{text} Is the simulator running? Its first line of output is its address." if is_loopback(host) else text


def reason(exc: Exception) -> str:
    """Return an exception's own words."""
    return printable(str(exc), _LONGEST_REASON).rstrip(".")


def early_end(host: str, why: str, *, late: bool, maybe_sent: bool) -> TransportError:
    """The error for an exchange that ended early, by whether the server may have seen the request."""
    if not maybe_sent:
        how = " in time" if late else f": {why}" if why else ": the connection broke off"
        return ConnectError(f"{host} could not be reached{how}.")
    if late:
        return TransportTimeout("There was no complete answer in time.", maybe_sent=True)
    return TransportError(f"The exchange with {host} broke off before the answer was complete.", maybe_sent=True)


def unverified_certificate(exc: BaseException | None) -> str | None:
    """Return why a certificate was not accepted, if that is the cause."""
    for link in chain(exc):
        if isinstance(link, ssl.SSLCertVerificationError):
            return printable(getattr(link, "verify_message", "not trusted"), _LONGEST_REASON).rstrip(".")
    return None


def chain(exc: BaseException | None) -> list[BaseException]:
    """Return the exception with its causes and contexts."""
    links = [] if exc is None else [exc]
    for link in links:
        links += [below for below in (link.__cause__, link.__context__) if below is not None and below not in links]
    return links
