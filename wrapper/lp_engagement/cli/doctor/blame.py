"""Causes of network errors: which check failed, and how to fix it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lp_engagement._core.domain import NAMED_NO_HOST
from lp_engagement._io import proxies
from lp_engagement._io.failures import NO_WAY, UNVERIFIED
from lp_engagement.errors import APIStatusError, ConfigurationError, ConnectError, TransportError

if TYPE_CHECKING:
    from lp_engagement._io.proxies import Proxy
    from lp_engagement.errors import EngagementError

    from .diagnosis import Diagnosis

__all__ = ["NO_PROXY", "host", "look_up"]

NO_PROXY = "No proxy is used."

_CERTIFICATE = (
    "If the certificate is expired or not yet valid, check the date of this machine first; else its owner must renew"
    " it. If it is of a company's proxy, set SSL_CERT_FILE to the company's certificates."
)
# Not 403: that is how gateways and login pages refuse.
_UNKNOWN = {400, 401, 404}


def look_up(diagnosis: Diagnosis, error: EngagementError, place: str, proxy: Proxy | None) -> None:
    """Report why the Domain API named no host."""
    if _on_the_way(diagnosis, error, place, proxy):
        return
    refused = isinstance(error, APIStatusError) and error.status in _UNKNOWN
    if refused or str(error).startswith(NAMED_NO_HOST):
        fix = "Check the account id, letter by letter: upper and lower case matter."
        diagnosis.add("account", "fail", "The Domain API does not know this account.", fix)
        diagnosis.add("look-up", "ok", "The Domain API answers.")
        return
    status = "" if error.status is None else f" (HTTP {error.status})"
    text = f"The Domain API does not work{status}: {_sentence(error)}"
    fix = f"Try again later, and check that this machine may reach {place}, port 443. To do without, set LP_DOMAIN."
    diagnosis.add("look-up", "fail", text, fix)


def host(diagnosis: Diagnosis, error: EngagementError, name: str, proxy: Proxy | None) -> None:
    """Report why the account's host gave no response."""
    if _on_the_way(diagnosis, error, name, proxy):
        return
    fix = (
        f"Check that this machine may reach {name} (firewall, name server). If you configured this host, leave it out:"
        " the Domain API knows the current one. For a simulator, check that it runs."
    )
    diagnosis.add("host", "fail", f"The account's host does not answer: {_sentence(error)}", fix)


def _on_the_way(diagnosis: Diagnosis, error: EngagementError, name: str, proxy: Proxy | None) -> bool:
    """Report a failure before the host is reached: the configuration of the connection, the certificate, the proxy."""
    if proxy is None:
        diagnosis.add("proxy", "ok", NO_PROXY)
    text = _sentence(error)
    variable = None if proxy is None else proxies.variable(proxy.kind)
    if isinstance(error, ConfigurationError):
        check = "tls" if variable is None else "proxy"
        diagnosis.add(check, "fail", text, "Correct the environment variable.")
    elif text.startswith(UNVERIFIED.partition("{reason}")[0].format(host=name)):
        diagnosis.add("tls", "fail", text, _CERTIFICATE)
    elif variable is None or not isinstance(error, ConnectError):
        return False
    else:
        refused = text == NO_WAY.format(host=name)
        how = "refuses to connect to" if refused else "could not be used to reach"
        fix = f"Have the proxy allow {name}, port 443; or correct {variable}; or add {name} to NO_PROXY."
        diagnosis.add("proxy", "fail", f"The proxy that {variable} names {how} {name}.", fix)
    return True


def _sentence(error: EngagementError) -> str:
    # A check makes one attempt, so its number and seconds are no news.
    text = str(error.args[0]) if isinstance(error, TransportError) else str(error)
    return text if text.endswith("?") else f"{text.rstrip('.')}."
