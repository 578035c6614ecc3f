"""Checks for the URL of a visit store.

The URL may contain a password, so no error and no local variable of these frames shows any of it.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

from lp_engagement._common.muted import Muted, MutedText
from lp_engagement.errors import ConfigurationError
from lp_engagement_client.facts import VISIT_LIFETIME_SECONDS

__all__ = ["RedisOptions", "check_text", "redis_url", "split_lifetime", "split_redis_options", "sqlite_path"]

_REDIS_FORMS = "Write redis://host:port/0, rediss://... for TLS, or unix:///path?db=0."

_SECONDS = re.compile(r"[0-9]{1,9}")

_ENCODE = "percent-encode the password (urllib.parse.quote(password, safe='')); the port must be a number."


def check_text(url: str) -> None:
    """Reject line feeds, blanks and control characters, which come from copied lines or files."""
    if not url.isprintable() or url != url.strip():
        del url
        raise ConfigurationError(
            "The URL of the visit store must not have control characters, or blanks at its ends. Remove them."
        )


def split_lifetime(url: str) -> tuple[MutedText, float]:
    """Split `?lifetime=SECONDS` off a memory or sqlite URL; without it, the lifetime is the documented one.

    Raises:
        ConfigurationError: there is another option, or the lifetime is not a positive number of seconds.
    """
    rest, mark, query = map(MutedText, url.partition("?"))
    del url
    if not mark:
        return rest, VISIT_LIFETIME_SECONDS
    seconds = _seconds(MutedText(query.removeprefix("lifetime="))) if query.startswith("lifetime=") else None
    if seconds is None:
        raise ConfigurationError(
            "The only option of this URL is ?lifetime=SECONDS, a positive integer, as in ?lifetime=3600."
            " Remove everything else after the ?. For a file with a ? in its name, pass store=SQLiteStore(path)."
        )
    return rest, seconds


class RedisOptions(NamedTuple):
    """The options of the store in a Redis URL; `None` for one that is not given."""

    prefix: str | None = None
    lifetime: float | None = None


def split_redis_options(url: str) -> tuple[MutedText, RedisOptions]:
    """Split `lifetime` and `prefix` off a Redis URL. The options of redis-py stay in it, unchanged.

    Raises:
        ConfigurationError: one of the two is given twice, or the lifetime is not a positive number of seconds.
    """
    base, _, query = map(MutedText, url.partition("?"))
    del url
    options = Muted(query.split("&") if query else [])
    ours = Muted([option for option in options.value if option.partition("=")[0] in RedisOptions._fields])
    rest = MutedText("&".join(option for option in options.value if option not in ours.value))
    given = Muted(dict(parse_qsl("&".join(ours.value), keep_blank_values=True)))
    if len(given.value) != len(ours.value):
        raise ConfigurationError("This Redis URL has an option twice. Write lifetime and prefix at most once.")
    lifetime = _seconds(MutedText(given.value["lifetime"])) if "lifetime" in given.value else None
    if lifetime is None and "lifetime" in given.value:
        raise ConfigurationError(
            "In a Redis URL, lifetime must be a positive integer of seconds, as in ?lifetime=3600."
        )
    return MutedText(f"{base}?{rest}" if rest else base), RedisOptions(given.value.get("prefix"), lifetime)


def _seconds(text: str) -> int | None:
    return int(text) or None if _SECONDS.fullmatch(text) else None


def sqlite_path(path: str) -> str:
    """Return the path of a `sqlite:///` URL literally.

    Raises:
        ConfigurationError: the path has characters that suggest a mistake.
    """
    if path == ":memory:":
        raise ConfigurationError("sqlite:///:memory: would be a file of this name. Use memory://.")
    if "#" in path:
        raise ConfigurationError(
            "A sqlite:// URL has no fragment: it would be part of the file name."
            " Remove the # and what follows, or pass store=SQLiteStore(path)."
        )
    if re.match(r"file:|.*\$", path):
        raise ConfigurationError(
            "The path of a sqlite:// URL is taken as it is: variables and file: are not resolved."
            " Write the path itself; ~/ is allowed for your home folder."
        )
    return path


def redis_url(url: str) -> MutedText:
    """Return the URL with its scheme in lower case.

    Raises:
        ConfigurationError: redis-py would misread it or reject it.
    """
    scheme, _, rest = map(MutedText, url.partition("://"))
    del url
    problem = _problem(scheme.lower(), rest)
    if problem:
        raise ConfigurationError(f"This Redis URL cannot be read: {problem} {_REDIS_FORMS}")
    return MutedText(f"{scheme.lower()}://{rest}")


def _problem(scheme: str, rest: MutedText) -> str | None:
    """Describe the mistake in the URL and its fix."""
    try:
        parts = Muted(urlsplit(f"{scheme}://{rest}"))
        is_port = scheme == "unix" or parts.value.port != 0
    except ValueError:
        return _ENCODE if "@" in rest else "the host or the port cannot be one."
    path, fragment = MutedText(parts.value.path), MutedText(parts.value.fragment)
    if scheme == "unix":
        is_path = path.startswith("/") and not parts.value.hostname and not fragment
        return None if is_path else "it needs the absolute path of a socket, with # as %23."
    if "@" in path or "@" in fragment:
        return _ENCODE
    if not parts.value.hostname or not is_port or fragment:
        return "it needs a host, and a # must be written as %23."
    return None if re.fullmatch(r"/?|/\d{1,9}", path) else "the database must be a number, as in redis://host/0."
