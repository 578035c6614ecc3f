"""The logger of the package, and a hash that distinguishes ids without showing them."""

from __future__ import annotations

import hashlib
import logging
import os
from functools import cache

__all__ = ["fingerprint", "logger"]

logger: logging.Logger = logging.getLogger("lp_engagement")
# Without a handler of the application's, Python would write warnings to stderr.
logger.addHandler(logging.NullHandler())


@cache
def _salt() -> bytes:
    return os.urandom(16)


def fingerprint(identifier: str | None) -> str | None:
    """Return a short salted hash that distinguishes ids. It cannot be reversed, and differs between processes."""
    if identifier is None:
        return None
    return hashlib.blake2s(identifier.encode(errors="surrogatepass"), key=_salt(), digest_size=4).hexdigest()
