"""The logger of the package, and a hash that distinguishes ids without showing them."""

from __future__ import annotations

import logging
import os
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from .importing import importing

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["fingerprint", "logger"]

logger: logging.Logger = logging.getLogger("lp_engagement")
# Without a handler of the application's, Python would write warnings to stderr.
logger.addHandler(logging.NullHandler())


@cache
def _hash() -> Callable[[bytes], Any]:
    with importing():  # it loads OpenSSL, and few programs watch their calls
        from hashlib import blake2s

    return partial(blake2s, key=os.urandom(16), digest_size=4)


def fingerprint(identifier: str | None) -> str | None:
    """Return a short salted hash that distinguishes ids. It cannot be reversed, and differs between processes."""
    if identifier is None:
        return None
    hashed: str = _hash()(identifier.encode(errors="surrogatepass")).hexdigest()
    return hashed
