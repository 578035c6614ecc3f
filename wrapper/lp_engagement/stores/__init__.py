"""Stores that save visits between requests and between processes."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from lp_engagement._common.muted import MutedText
from lp_engagement._core.record import AsyncVisitStore, VisitRecord, VisitStore
from lp_engagement.errors import ConfigurationError
from lp_engagement_client.facts import VISIT_LIFETIME_SECONDS

from .memory import MemoryStore
from .urls import check_text, split_lifetime, sqlite_path

if TYPE_CHECKING:
    from .encrypted import AsyncEncryptedStore, EncryptedStore
    from .mapping import MappingStore
    from .redis import AsyncRedisStore, RedisStore
    from .sqlite import SQLiteStore

__all__ = [
    "AsyncEncryptedStore",
    "AsyncRedisStore",
    "AsyncVisitStore",
    "EncryptedStore",
    "MappingStore",
    "MemoryStore",
    "RedisStore",
    "SQLiteStore",
    "VisitRecord",
    "VisitStore",
    "open_async_store",
    "open_store",
]

_ALLOWED = (
    "Allowed are memory://, sqlite:// (the default file), sqlite:///relative/path.db, sqlite:////absolute/path.db,"
    " redis://host:port/0, rediss:// (with TLS) and unix:///path/to/redis.sock."
)
_REDIS = {"redis", "rediss", "unix"}
_MODULES = {
    "AsyncEncryptedStore": "encrypted",
    "AsyncRedisStore": "redis",
    "EncryptedStore": "encrypted",
    "MappingStore": "mapping",
    "RedisStore": "redis",
    "SQLiteStore": "sqlite",
}


def __getattr__(name: str) -> Any:
    # sqlite3 costs a few milliseconds that not every program needs.
    if name in _MODULES:
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def open_store(url: str) -> VisitStore:
    """Create a store from a URL, as in `LP_VISIT_STORE`. Nothing is opened yet.

    Args:
        url: `memory://`; `sqlite://` for the default file, `sqlite:///relative/path.db`, or
            `sqlite:////absolute/path.db`. The path is used literally, without percent-decoding; `~/` is your home;
            `redis://`, `rediss://` or `unix://`, as for `RedisStore`. `?lifetime=3600` sets the seconds after its last
            save at which a visit expires. A Redis URL also takes `prefix`, which begins the names of its keys, and the
            options of redis-py.

    Raises:
        ConfigurationError: no store has such a URL, or the store needs an extra that is not installed.
    """
    url = MutedText(url)
    check_text(url)
    scheme, separator, rest = map(MutedText, url.partition("://"))
    lifetime: float = VISIT_LIFETIME_SECONDS
    if scheme in {"memory", "sqlite"}:
        rest, lifetime = split_lifetime(rest)
    if scheme == "memory" and separator and not rest:
        return MemoryStore(lifetime=lifetime)
    if scheme == "sqlite" and separator and (not rest or (rest.startswith("/") and rest != "/")):
        from .sqlite import SQLiteStore

        return SQLiteStore(sqlite_path(rest.removeprefix("/")) or None, lifetime=lifetime)
    if scheme.lower() in _REDIS and rest:
        from .redis import RedisStore

        return RedisStore(url)
    if scheme in {"memory", "sqlite"} | _REDIS and separator:
        raise ConfigurationError(f"This {scheme!s}:// URL cannot be read. {_ALLOWED}")
    # The message leaves the URL out, because it may contain a password.
    raise ConfigurationError(f"The URL of the visit store has an unknown scheme. {_ALLOWED}")


def open_async_store(url: str) -> VisitStore | AsyncVisitStore:
    """Create an async store from a URL if there is one (Redis), else the store that `open_store` creates.

    Args:
        url: `sqlite:///visits.db`, `memory://` or `redis://host:port/0`, as for `open_store`.

    Raises:
        ConfigurationError: no store has such a URL.
    """
    url = MutedText(url)
    check_text(url)
    scheme, _, rest = map(MutedText, url.partition("://"))
    if scheme.lower() in _REDIS and rest:
        from .redis import AsyncRedisStore

        return AsyncRedisStore(url)
    return open_store(url)
