"""Checking what a client is constructed with: nothing may steer a request elsewhere, and a slip shows at once."""

from __future__ import annotations

import ipaddress
import re
from typing import get_args
from urllib.parse import SplitResult, urlsplit

from lp_engagement._common.muted import Muted, MutedText
from lp_engagement._common.version import __version__
from lp_engagement.errors import ConfigurationError
from lp_engagement.retry import DOCUMENTED, RetryPolicy
from lp_engagement_client.facts import ACCOUNT_ID_PATTERN, APP_TYPES, AppType

from .settings import ValidationMode

_HOST = re.compile(
    r"(?=.{1,253}\Z)(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
)
_LITERAL = re.compile(r"\[[0-9A-Fa-f:.]+\](?::[0-9]*)?")
_LONGEST_URL = 300
_MOST_SECONDS = 10**9


def account_id(value: str | None) -> str:
    """The account id, if it has the documented form.

    Raises:
        ConfigurationError: it has not, or there is none.
    """
    if not value:
        raise ConfigurationError("an account id is needed: pass account_id, or set LP_ACCOUNT_ID")
    if not isinstance(value, str) or not re.fullmatch(ACCOUNT_ID_PATTERN.removeprefix("^").removesuffix("$"), value):
        raise ConfigurationError(f"the account id must be a string that matches {ACCOUNT_ID_PATTERN}")
    return value


def app_type(value: object) -> AppType:
    """The app type, if the spec has it.

    Raises:
        ConfigurationError: it has not.
    """
    for known in APP_TYPES:
        if value == known:
            return known
    raise ConfigurationError(f"app_type must be one of {', '.join(APP_TYPES)}; upper and lower case matter")


def base_url(value: str, *, allow_http: frozenset[str] = frozenset()) -> str:
    """Scheme, host and port of a URL that has nothing else.

    Args:
        value: the URL.
        allow_http: names of hosts, besides this machine, that may be reached by plain http; in lower case.

    Raises:
        ConfigurationError: the scheme is not https, and plain http is not allowed; or there is a path, a query, a
            fragment or user information.
    """
    _text("base_url", value, "https://host")
    try:
        parts = urlsplit(value[:_LONGEST_URL])
        port = parts.port
    except ValueError:
        raise ConfigurationError("base_url is not a URL. Write https://host") from None
    _only_host(parts, value)
    host = parts.hostname or ""
    is_address = ":" in host
    if not is_address and not _HOST.fullmatch(host):
        raise ConfigurationError("base_url has a host that is not a plain host name. Write https://host")
    if parts.scheme != "https" and not (parts.scheme == "http" and (is_loopback(host) or host in allow_http)):
        advice = f' For a test network, pass allow_http=("{host}",) or set LP_ALLOW_HTTP_HOSTS={host}.'
        raise ConfigurationError(
            "base_url must begin with https:// (plain http is for this machine only)."
            + (advice if parts.scheme == "http" and not is_address else "")
        )
    literal = f"[{host}]" if is_address else host
    return f"{parts.scheme}://{literal}" + ("" if port is None else f":{port}")


def _only_host(parts: SplitResult, value: str) -> None:
    # urlsplit drops control characters and whatever follows a bracket in silence, and stops at a backslash where
    # others do not.
    if (
        len(value) > _LONGEST_URL
        or parts.path not in {"", "/"}
        or parts.query
        or parts.fragment
        or "@" in parts.netloc
        or re.search(r"[^!-~]|[\\?#]", value)
        or ("[" in parts.netloc and not _LITERAL.fullmatch(parts.netloc))
    ):
        raise ConfigurationError("base_url takes a scheme, a host and a port only. Write https://host")


def domain(value: str) -> str:
    """The host name, in lower case.

    Raises:
        ConfigurationError: it is not a plain host name (no scheme, port, path or user information).
    """
    _text("domain", value, "the host name alone")
    if not _HOST.fullmatch(value):
        raise ConfigurationError("domain must be a host name alone, without scheme, port or path")
    return value.lower()


def _text(name: str, value: object, example: str) -> None:
    if not isinstance(value, str):
        raise ConfigurationError(f"{name} must be a string, not {kind(value)}. Write {example}")
    if not value:
        # An empty setting must not send a test to production.
        raise ConfigurationError(f"{name} is empty. Leave it out, or write {example}")


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
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < _MOST_SECONDS:
        raise ConfigurationError(f"{name} must be a positive number of seconds")
    return value


def retry(value: RetryPolicy | int | None) -> RetryPolicy:
    """The retry policy: itself, that of a number of retries, or the documented one.

    Raises:
        ConfigurationError: it is none of these.
    """
    if value is None:
        return DOCUMENTED
    if isinstance(value, int) and not isinstance(value, bool):
        return RetryPolicy(retries=value)
    if not isinstance(value, RetryPolicy):
        raise ConfigurationError(f"retry must be a number of retries or a RetryPolicy, not {kind(value)}")
    return value


def validation_mode(value: object) -> ValidationMode:
    """The mode of validation, if it is one.

    Raises:
        ConfigurationError: it is none.
    """
    for known in get_args(ValidationMode):
        if value == known:
            return known  # type: ignore[no-any-return]
    raise ConfigurationError(f"validate must be one of {', '.join(get_args(ValidationMode))}")


def flag(name: str, value: object) -> bool:
    """`True` or `False`.

    Raises:
        ConfigurationError: it is neither.
    """
    if not isinstance(value, bool):
        raise ConfigurationError(f"{name} must be True or False, not {kind(value)}")
    return value


def api_version(value: object) -> str:
    """A version of the API that can be part of a URL.

    Raises:
        ConfigurationError: it cannot.
    """
    if not isinstance(value, str):
        raise ConfigurationError(f'api_version must be a string such as "1.0", not {kind(value)}')
    if not re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z.-]{0,31}", value):
        raise ConfigurationError("api_version must be up to 32 letters, digits, dots and hyphens, such as 1.0")
    return value


def user_agent(application_id: str | None) -> str:
    """The User-Agent header.

    Raises:
        ConfigurationError: the application's name cannot be sent in a header.
    """
    ours = f"lp-engagement/{__version__}"
    if application_id is None:
        return ours
    if not isinstance(application_id, str) or not re.fullmatch(r"[!-~](?:[ -~]{0,62}[!-~])?", application_id):
        raise ConfigurationError("application_id must be 1 to 64 printable ASCII characters, e.g. 'my-app/1.2'")
    return f"{application_id} {ours}"


def visit_key(account: str, key: Muted[object]) -> MutedText:
    """The key under which a visit is stored: the same consumer in two accounts is two visits.

    Raises:
        ConfigurationError: the key is not a string, is empty, or cannot be stored.
    """
    # Not found here: what this frame holds can be printed with the error.
    problem = _key_problem(key.value)
    if problem is not None:
        raise ConfigurationError(f"the key of a visit {problem}")
    return MutedText(f"{account}:{key.value}")


def _key_problem(key: object) -> str | None:
    if key is None:
        return "is None. Save the session first, or make a key of your own"
    if not isinstance(key, str):
        return f"must be a string, not {kind(key)}. {_as_string(key)}"
    if not key:
        return "is empty. Pass something that identifies the consumer"
    try:
        key.encode()
    except UnicodeEncodeError:
        return "has half of a surrogate pair, which cannot be stored"
    return None


def _as_string(key: object) -> str:
    if isinstance(key, bytes):
        return "Pass key.decode()"
    # The string of most other objects differs from process to process.
    lasting = type(key) is int or kind(key) == "UUID"
    return "Pass str(key)" if lasting else "Pass one that identifies the consumer"


def kind(value: object) -> str:
    """The class of a value, as a message names it."""
    return value.__name__ if isinstance(value, type) else type(value).__name__
