"""Access to a simulator that is served: the accepted hosts, and the origins whose pages may use it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from lp_engagement._core import plain_http

from . import control
from .faults import ScenarioError
from .response import SimulatedResponse

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from .mountable import Mountable

__all__ = ["LOOPBACK_NAMES", "Access", "host_name", "read_hosts", "read_origins"]

LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?", re.ASCII)
_HEADER_NAMES = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z, -]{1,2000}")
_METHODS = "GET, POST, PUT"


def read_hosts(names: Iterable[str]) -> frozenset[str]:
    """Read the names of hosts besides this machine's, by the rules of the client's `allow_http`.

    Raises:
        ConfigurationError: one of them is not a host name.
    """
    return plain_http.host_names("allow_hosts", names)


def read_origins(origins: Iterable[str]) -> frozenset[str]:
    """Read origins as browsers send them.

    Raises:
        ScenarioError: one of them is not an origin.
    """
    read = frozenset(origin.lower() for origin in origins)
    if not all(_ORIGIN.fullmatch(origin) for origin in read):
        raise ScenarioError(
            "cors has an entry that is not an origin. Write it as the browser sends it, without a slash at the end,"
            " e.g. http://localhost:3000; there is no wildcard."
        )
    return read


def host_name(host: str) -> str:
    """Take the port off a `Host` header."""
    return re.sub(r":\d*$", "", host).lower()


@dataclass(frozen=True, slots=True)
class Access:
    """Decides about the `Host` and `Origin` headers of requests.

    A page of another site reaches a server under a name of its own, once that name is bound to the server's address
    (DNS rebinding), so a name must be expected. Forwarded headers are ignored: anybody can write them.

    Attributes:
        hosts: the accepted host names besides the loopback's, without ports; `None` accepts any host.
        origins: the origins whose pages may use the API; `None` checks no origin and adds no headers.
        loopback: the accepted values of `Host` for the loopback; names alone are accepted with any port.
    """

    hosts: frozenset[str] | None
    origins: frozenset[str] | None
    loopback: Collection[str] = ()

    def refusal(self, headers: Mapping[str, str]) -> tuple[HTTPStatus, str] | None:
        """Return status and reason if a request must be refused; `headers` with names in lower case."""
        host, origin = headers.get("host", "").lower(), headers.get("origin", "").lower()
        if self.hosts is not None and host not in self.loopback:
            name = host_name(host)
            if name not in self.loopback and name not in self.hosts:
                return HTTPStatus.MISDIRECTED_REQUEST, self._misdirected()
        if self.origins is not None and origin and origin.partition("://")[2] != host and origin not in self.origins:
            return HTTPStatus.FORBIDDEN, "A page of another origin sent this. Allow its origin with --cors."
        return None

    def _misdirected(self) -> str:
        names = ", ".join([*LOOPBACK_NAMES, *sorted(self.hosts or ())])
        return f"Host must be one of {names}, with the port of this server. Allow another name with --allow-host."

    def handle(
        self, simulator: Mountable, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> SimulatedResponse:
        """Answer a request that was not refused, with the headers that let an allowed page read the answer.

        Raises:
            ConnectionCut: a fault ends the connection without a response.
        """
        origin = headers.get("origin", "")
        if origin.lower() not in (self.origins or ()) or control.concerns(method, target.partition("?")[0]):
            return simulator.handle(method, target, headers, body)
        if method == "OPTIONS" and "access-control-request-method" in headers:
            answer = SimulatedResponse(HTTPStatus.NO_CONTENT, _preflight(headers), b"")
        else:
            answer = simulator.handle(method, target, headers, body)
        shared = {"access-control-allow-origin": origin, "access-control-expose-headers": "retry-after"}
        return replace(answer, headers={**answer.headers, **shared, "vary": "origin"})


def _preflight(headers: Mapping[str, str]) -> dict[str, str]:
    wanted = headers.get("access-control-request-headers", "")
    allowed = {"access-control-allow-methods": _METHODS, "access-control-max-age": "600"}
    if _HEADER_NAMES.fullmatch(wanted):
        allowed["access-control-allow-headers"] = wanted
    if headers.get("access-control-request-private-network") == "true":
        allowed["access-control-allow-private-network"] = "true"
    return allowed
