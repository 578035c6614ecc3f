"""The certificates that servers are verified with."""

from __future__ import annotations

import errno
import functools
import os
import ssl

from lp_engagement.errors import ConfigurationError

__all__ = ["verification"]


@functools.cache
def _ssl_context() -> ssl.SSLContext:
    """Build the SSL context of this process: 16 ms, so once, and not before it is needed."""
    if file := os.environ.get("SSL_CERT_FILE"):
        return ssl.create_default_context(cafile=file)
    if folder := os.environ.get("SSL_CERT_DIR"):
        return ssl.create_default_context(capath=folder)
    import certifi

    return ssl.create_default_context(cafile=certifi.where())


def verification(*, secure: bool = True) -> ssl.SSLContext:
    """Return the SSL context of this process; for connections that are not `secure`, one that trusts nobody.

    Raises:
        ConfigurationError: the environment names certificates that cannot be read.
    """
    if not secure:
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        return _ssl_context()
    except OSError as error:
        named = [name for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if os.environ.get(name)]
        if not named or error.errno in {errno.EMFILE, errno.ENFILE, errno.ENOMEM}:
            raise
        problem = f"The certificates that {named[0]} names cannot be read."
    raise ConfigurationError(problem)
