"""The logger of the package, and how it tells ids apart without showing them."""

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
    """A short salted hash to tell ids apart by; it cannot be turned back, and differs from process to process."""
    if identifier is None:
        return None
    return hashlib.blake2s(identifier.encode(errors="surrogatepass"), key=_salt(), digest_size=4).hexdigest()
