"""The choice of a proxy for a host, from the environment.

httpx reads the same variables, but refuses to work at all if `NO_PROXY` has an entry that it cannot read, such as the
`::1/128` that container runtimes put there, and takes networks for names.
"""

from __future__ import annotations

import os
import sys
from ipaddress import ip_network
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from lp_engagement._core.checks import is_loopback

if TYPE_CHECKING:
    from collections.abc import Mapping
    from ipaddress import IPv4Network, IPv6Network

__all__ = ["Proxy", "choose", "variable"]

_PORTS = {"http": 80, "https": 443}
_HAS_SETTINGS = sys.platform in {"darwin", "win32"}
"""Whether the system has proxies of its own, beside the variables."""


class Proxy(NamedTuple):
    """A proxy and the kind of variable that names it: http, https or all."""

    kind: str
    url: str

    def __repr__(self) -> str:
        return "<Proxy>"  # the URL may hold a password


def choose(scheme: str, host: str, port: int | None) -> Proxy | None:
    """Return the proxy for a host; `None` for none, as for this machine itself."""
    if is_loopback(host):
        return None
    if not (_HAS_SETTINGS or any(os.environ.get(name) for kind in (scheme, "all") for name in _names(kind))):
        return None  # reading the whole environment would cost more than all else that a new client does
    from urllib.request import getproxies  # knows the system's settings, and what must be ignored in CGI

    named = getproxies()
    port = port or _PORTS.get(scheme)
    for kind in (scheme, "all"):
        url = named.get(kind, "").strip()
        if url:
            if _is_exempt(named, scheme, host.lower().rstrip("."), port):
                return None
            return Proxy(kind, url if "://" in url else f"http://{url}")
    return None


def variable(kind: str) -> str:
    """Return the name of the variable that a proxy of this kind comes from."""
    return next((name for name in _names(kind) if os.environ.get(name)), "the system's proxy setting")


def _names(kind: str) -> tuple[str, str]:
    return f"{kind}_proxy", f"{kind.upper()}_PROXY"


def _is_exempt(named: Mapping[str, str], scheme: str, host: str, port: int | None) -> bool:
    """Whether NO_PROXY has an entry for a host."""
    entries = [entry.strip().lower() for entry in named.get("no", "").split(",")]
    return any(entry == "*" or _covers(entry, scheme, host, port) for entry in entries if entry)


def _covers(entry: str, scheme: str, host: str, port: int | None) -> bool:
    """Whether an entry covers a host: a name with all below it, an address, a network; perhaps with scheme and port."""
    wanted, found, rest = entry.rpartition("://")
    if found and wanted not in {scheme, "all"}:
        return False
    address = _network(host)
    network = _network(rest)
    if network is not None:
        return address is not None and address.version == network.version and address.subnet_of(network)  # type: ignore[arg-type]
    try:
        parts = urlsplit(f"//{rest}")
        name, wanted_port = parts.hostname or "", parts.port
    except ValueError:  # an entry that nobody can read exempts nobody
        return False
    if wanted_port not in {None, port}:
        return False
    name = name.removeprefix("*").rstrip(".")
    if name.startswith("."):
        return host.endswith(name)
    return bool(name) and (host == name or host.endswith(f".{name}"))


def _network(text: str) -> IPv4Network | IPv6Network | None:
    """Read an address or a network, with or without brackets."""
    if text.startswith("[") and text.endswith("]"):
        text = text[1:-1]
    address, slash, prefix = text.partition("/")
    if address.startswith("[") and address.endswith("]"):
        address = address[1:-1]
    try:
        return ip_network(address + slash + prefix, strict=False)
    except ValueError:
        return None
