"""The certificate of the host, which is verified already: how long it is still valid."""

from __future__ import annotations

import socket
import ssl
import time
from typing import TYPE_CHECKING

from lp_engagement._io import names
from lp_engagement._io.certificates import verification

if TYPE_CHECKING:
    from lp_engagement._io.proxies import Proxy

    from .diagnosis import Diagnosis

__all__ = ["WARN_DAYS", "examine"]

WARN_DAYS = 7
_DAY = 86_400


def examine(diagnosis: Diagnosis, host: str, port: int, proxy: Proxy | None, seconds: float) -> None:
    """Read when the certificate expires. No HTTP is sent."""
    if proxy is not None:
        diagnosis.add("tls", "ok", "The certificate is valid. Its last day is not checked through a proxy.")
        return
    try:
        days = (_expires_at(host, port, seconds) - time.time()) / _DAY
    except (OSError, ValueError, TimeoutError):
        diagnosis.add("tls", "ok", "The certificate is valid. Its last day could not be read.")
        return
    if days < WARN_DAYS:
        fix = "Its owner must renew it. If that is LivePerson, wait a few days, then report it to them."
        diagnosis.add("tls", "warn", f"The certificate of {host} expires in {max(days, 0):.1f} days.", fix)
    else:
        diagnosis.add("tls", "ok", f"The certificate is valid for {days:.0f} more days.")


def _expires_at(host: str, port: int, seconds: float) -> float:
    ends_at = time.monotonic() + seconds
    address = names.addresses_of(names.look_up(host, port), seconds)[0]
    with socket.socket(address.family, socket.SOCK_STREAM) as raw:
        raw.settimeout(max(ends_at - time.monotonic(), 0.01))
        raw.connect(address.place)
        with verification().wrap_socket(raw, server_hostname=host) as connection:
            shown = connection.getpeercert() or {}
    return float(ssl.cert_time_to_seconds(str(shown.get("notAfter", ""))))
