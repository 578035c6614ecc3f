"""Everything between this machine and the account's host: account, proxy, look-up, host, TLS and clock."""

from __future__ import annotations

import os
import time
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from lp_engagement import NEVER, EngagementClient
from lp_engagement._core import checks
from lp_engagement._core.generated import find
from lp_engagement._io import proxies
from lp_engagement.errors import ConfigurationError, EngagementError
from lp_engagement.transports import HttpRequest, HttpxTransport

from . import blame, certificate, clock

if TYPE_CHECKING:
    from lp_engagement import AccountHost
    from lp_engagement.transports import HttpResponse

    from .diagnosis import Diagnosis

__all__ = ["Target", "examine"]

_LEAST_SECONDS = 0.01


class Target(NamedTuple):
    """The options that say where calls go; `None` for those that were not given."""

    account_id: str | None
    domain: str | None
    base_url: str | None


class WatchedTransport:
    """Sends as a client does, and remembers the Date header of the latest response."""

    def __init__(self) -> None:
        self._transport = HttpxTransport()
        self.date: str | None = None
        self.received_at: float = 0.0

    def send(self, request: HttpRequest, *, timeout: float) -> HttpResponse:
        """Send one request; see `Transport.send`."""
        response = self._transport.send(request, timeout=timeout)
        self.date, self.received_at = response.headers.get("date"), time.time()
        return response

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()


def examine(diagnosis: Diagnosis, target: Target, ends_at: float) -> None:
    """Check step by step. A step that fails leaves the later ones unchecked."""
    try:
        account_id = checks.account_id(target.account_id or os.environ.get("LP_ACCOUNT_ID"))
    except ConfigurationError as error:
        fix = "Pass --account or set LP_ACCOUNT_ID to the account id that LivePerson has given you."
        diagnosis.add("account", "fail", f"There is no usable account id: {error}.", fix)
        return
    with closing(WatchedTransport()) as transport:
        found = _look_up(diagnosis, target._replace(account_id=account_id), transport, ends_at)
        if found is not None:
            _reach(diagnosis, found, transport, ends_at)
        clock.compare(diagnosis, transport.date, transport.received_at)
    # Last, since only the Domain API knows whether there is such an account.
    diagnosis.add("account", "ok", "The account id has the documented form.")


def _left(ends_at: float) -> float:
    return max(ends_at - time.monotonic(), _LEAST_SECONDS)


def _look_up(diagnosis: Diagnosis, target: Target, transport: WatchedTransport, ends_at: float) -> AccountHost | None:
    seconds = _left(ends_at)
    try:
        client = EngagementClient(
            **target._asdict(),
            store="memory://",
            retry=NEVER,
            timeout=seconds,
            deadline=seconds,
            transport=transport,
        )
    except ConfigurationError as error:
        fix = "Correct --domain or --base-url, or the environment variable that names the host."
        diagnosis.add("host", "fail", f"The host is not usable: {error}.", fix)
        return None
    place = urlsplit(find("getDomain").server or "").hostname or ""
    with client:
        try:
            found = client.domain()
        except EngagementError as error:
            proxy = proxies.choose("https", place, None)
            blame.look_up(diagnosis, error, place, proxy)
            return None
    if found.looked_up:
        diagnosis.add("look-up", "ok", f"The Domain API names {found.host} as the host of this account.")
    else:
        diagnosis.add("look-up", "skipped", "The host is configured, so the Domain API is not asked.")
    return found


def _reach(diagnosis: Diagnosis, found: AccountHost, transport: WatchedTransport, ends_at: float) -> None:
    """Request the front page of the host. Any response shows that names, network, proxy and TLS work."""
    parts = urlsplit(found.base_url)
    proxy = proxies.choose(parts.scheme, found.host, parts.port)
    request = HttpRequest("GET", f"{found.base_url}/", {"Accept": "*/*"})
    try:
        response = transport.send(request, timeout=_left(ends_at))
    except EngagementError as error:
        blame.host(diagnosis, error, found.host, proxy)
        return
    diagnosis.add("host", "ok", f"{found.host} answers (HTTP {response.status}).")
    if proxy is None:
        diagnosis.add("proxy", "ok", blame.NO_PROXY)
    else:
        diagnosis.add("proxy", "ok", f"The proxy that {proxies.variable(proxy.kind)} names works.")
    if parts.scheme == "http":
        diagnosis.add("tls", "skipped", "The host is reached by plain http.")
    else:
        certificate.examine(diagnosis, found.host, parts.port or 443, proxy, _left(ends_at))
