"""Hosts that may be reached by plain http: this machine, and those of a test network that are allowed by name."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from urllib.parse import urlsplit

from lp_engagement._common.logs import logger
from lp_engagement.errors import ConfigurationError

from . import checks

__all__ = ["allowed", "host_names", "warn"]


def allowed(given: Iterable[str] | None, variable: str | None) -> frozenset[str]:
    """Return the host names of the argument `allow_http`, or else of the environment variable, in lower case.

    Raises:
        ConfigurationError: one of them is not a host name.
    """
    if given is None:
        return host_names(
            "LP_ALLOW_HTTP_HOSTS", [name for part in (variable or "").split(",") if (name := part.strip())]
        )
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise ConfigurationError(
            f"allow_http must be a tuple or list of host names, not {checks.kind(given)}. Write allow_http=(host,)"
        )
    return host_names("allow_http", given)


def host_names(setting: str, given: Iterable[str]) -> frozenset[str]:
    """Return host names in lower case; `setting` is their name in errors.

    Raises:
        ConfigurationError: one of them is not a host name.
    """
    try:
        return frozenset([checks.domain(name) for name in given])
    except ConfigurationError:
        raise ConfigurationError(
            f"{setting} has an entry that is not a host name. Write names alone: no scheme, port or wildcard"
        ) from None


def warn(base_url: str) -> None:
    """Log a warning if a URL has plain http to another machine."""
    parts = urlsplit(base_url)
    if parts.scheme == "http" and not checks.is_loopback(parts.hostname or ""):
        _warn_once(parts.hostname or "")


@cache
def _warn_once(host: str) -> None:
    logger.warning(
        "Requests to %s use plain http: visitor ids, session ids and attributes travel unencrypted."
        " Use it in a test network only.",
        host,
    )
