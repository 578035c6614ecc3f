"""Where visits are kept between requests and between processes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lp_engagement.errors import ConfigurationError

from .base import VisitRecord, VisitStore
from .memory import MemoryStore

if TYPE_CHECKING:
    from .sqlite import SQLiteStore

__all__ = ["MemoryStore", "SQLiteStore", "VisitRecord", "VisitStore", "open_store"]

_ALLOWED = (
    "Allowed are memory://, sqlite:// (the default file), sqlite:///relative/path.db and sqlite:////absolute/path.db."
)


def __getattr__(name: str) -> Any:
    # sqlite3 costs a few milliseconds that not every program needs.
    if name == "SQLiteStore":
        from .sqlite import SQLiteStore

        return SQLiteStore
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def open_store(url: str) -> VisitStore:
    """Make the store that a URL names, as in `LP_VISIT_STORE`. Nothing is opened yet.

    Args:
        url: `memory://`, `sqlite://` for the default file, `sqlite:///relative/path.db`, or `sqlite:////absolute/path.db`.
            The path is taken as it is, without percent-decoding.

    Raises:
        ConfigurationError: no store is known by this URL.
    """
    scheme, separator, rest = url.partition("://")
    if url == "memory://":
        return MemoryStore()
    if url == "sqlite://" or (scheme == "sqlite" and rest.startswith("/") and rest != "/"):
        from .sqlite import SQLiteStore

        return SQLiteStore(rest.removeprefix("/") or None)
    if scheme in {"redis", "rediss"}:
        raise ConfigurationError("redis:// stores come with the redis extra in a later version. " + _ALLOWED)
    if scheme in {"memory", "sqlite"} and separator:
        raise ConfigurationError(f"This {scheme}:// URL cannot be read. {_ALLOWED}")
    # The URL itself stays out of the text: it may hold a password.
    raise ConfigurationError(f"The URL of the visit store has an unknown scheme. {_ALLOWED}")
