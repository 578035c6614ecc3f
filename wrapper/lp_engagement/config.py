"""Checking what a client is constructed with, so that nothing can steer a request elsewhere."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from lp_engagement_client.facts import ACCOUNT_ID_PATTERN

from .errors import ConfigurationError

_HOST = re.compile(
    r"(?=.{1,253}\Z)(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
)


def account_id(value: str | None) -> str:
    """The account id, if it has the documented form.

    Raises:
        ConfigurationError: it has not, or there is none.
    """
    if not value:
        raise ConfigurationError("an account id is needed: pass account_id, or set LP_ACCOUNT_ID")
    if not isinstance(value, str) or not re.fullmatch(ACCOUNT_ID_PATTERN.removeprefix("^").removesuffix("$"), value):
        raise ConfigurationError(f"the account id must be a text that matches {ACCOUNT_ID_PATTERN}")
    return value


def base_url(value: str) -> str:
    """Scheme, host and port of a URL that has nothing else.

    Raises:
        ConfigurationError: the scheme is not https (http is for loopback hosts only), or there is a path, a query, a
            fragment or user information.
    """
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise ConfigurationError("base_url is not a URL; write https://host") from None
    _only_host(parts, value)
    host = parts.hostname or ""
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
        raise ConfigurationError("base_url must begin with https:// (http:// is for loopback hosts only)")
    literal = f"[{host}]" if ":" in host else domain(host)
    return f"{parts.scheme}://{literal}" + ("" if port is None else f":{port}")


def _only_host(parts: SplitResult, value: str) -> None:
    # urlsplit drops control characters in silence, and stops at a backslash where others do not.
    if (
        parts.path not in {"", "/"}
        or parts.query
        or parts.fragment
        or "@" in parts.netloc
        or re.search(r"[^!-~]|[\\?#]", value)
    ):
        raise ConfigurationError("base_url takes a scheme, a host and a port only; write https://host")


def domain(value: str) -> str:
    """The host name, in lower case.

    Raises:
        ConfigurationError: it is not a plain host name (no scheme, port, path or user information).
    """
    if not isinstance(value, str) or not _HOST.fullmatch(value):
        raise ConfigurationError("domain must be a host name alone, without scheme, port or path")
    return value.lower()


def is_loopback(host: str) -> bool:
    """Whether a host is this machine by its name or address."""
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    # Whether a mapped address is one depends on the version of Python.
    return address.is_loopback and getattr(address, "ipv4_mapped", None) is None


def seconds(name: str, value: float | None) -> float | None:
    """A positive number of seconds, or `None`.

    Raises:
        ConfigurationError: it is neither.
    """
    if value is not None and not (isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 10**9):
        raise ConfigurationError(f"{name} must be a positive number of seconds")
    return value


def user_agent(application_id: str | None) -> str:
    """The User-Agent header.

    Raises:
        ConfigurationError: the application's name cannot stand in a header.
    """
    from importlib.metadata import version

    ours = f"lp-engagement/{version('lp-engagement')}"
    if application_id is None:
        return ours
    if not isinstance(application_id, str) or not re.fullmatch(r"[!-~](?:[ -~]{0,62}[!-~])?", application_id):
        raise ConfigurationError("application_id must be 1 to 64 printable ASCII characters, e.g. 'my-app/1.2'")
    return f"{application_id} {ours}"


def visit_key(account: str, key: str) -> str:
    """The key under which a visit is stored: the same consumer in two accounts is two visits.

    Raises:
        ConfigurationError: the key is not a text, or is empty.
    """
    if not isinstance(key, str) or not key:
        raise ConfigurationError("the key of a visit must be a text that is not empty")
    try:
        key.encode()
    except UnicodeEncodeError:
        raise ConfigurationError("the key of a visit holds half of a surrogate pair, which cannot be stored") from None
    return f"{account}:{key}"
