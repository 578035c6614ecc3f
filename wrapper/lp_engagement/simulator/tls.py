"""TLS for a simulator that is served: certificates of your own, or of a throw-away authority."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from .faults import ScenarioError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["own_certificate", "throw_away_certificate"]

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def own_certificate(certificate: Path, key: Path) -> ssl.SSLContext:
    """Serve a certificate, with its chain, and its key; both are PEM files.

    Raises:
        ScenarioError: they cannot be used.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        # An empty password: a key with one is refused, instead of asking on a terminal that nobody watches.
        context.load_cert_chain(certificate, key, password="")
    except (OSError, ValueError):
        raise ScenarioError(
            "--cert and --key cannot be used: they must be PEM files, of one pair, and the key without a password."
        ) from None
    return context


def throw_away_certificate(names: Iterable[str], authority: Path) -> ssl.SSLContext:
    """Make an authority, and with it a certificate for the loopback's names and for `names`.

    Args:
        names: host names and IP addresses.
        authority: the file to write the certificate of the authority to; clients must trust it. Its key exists only
            in memory.

    Raises:
        ScenarioError: trustme is not installed.
        OSError: the file cannot be written.
    """
    try:
        import trustme
    except ImportError:
        raise ScenarioError(
            "--tls needs trustme, which is not installed. Install the extra `simulator` of lp-engagement, or pass"
            " --cert and --key."
        ) from None
    made = trustme.CA(organization_name="lp-engagement simulator, for tests only")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.issue_cert(*dict.fromkeys([*_LOOPBACK, *names])).configure_cert(context)
    made.cert_pem.write_to_path(str(authority))
    return context
