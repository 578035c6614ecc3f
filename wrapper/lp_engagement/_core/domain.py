"""Finding the host that serves an account, through the Domain API."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from lp_engagement.errors import (
    APIStatusError,
    ConfigurationError,
    ConnectError,
    DeadlineExceeded,
    DomainLookupError,
    EngagementError,
    RateLimitedError,
    ServerError,
    TransportError,
    UnexpectedResponseError,
)
from lp_engagement.retry import NEVER
from lp_engagement_client.facts import DOMAIN_CACHE_SECONDS, DOMAIN_SERVICE, INTERNAL_CODES, OPERATIONS

from . import build_request, checks, read_response
from .exchange import Call, Exchange

if TYPE_CHECKING:
    from lp_engagement_client.models.domain import Domain

    from .effects import Flow
    from .read_response import Answered
    from .settings import Settings

__all__ = ["NAMED_NO_HOST", "AccountHost", "KnownDomain", "find", "forgetting", "locate"]

T = TypeVar("T")

OPERATION = "getDomain"
NAMED_NO_HOST = "the Domain API named no host"
STALE_SECONDS = 60.0
"""How long a host that could not be looked up again is used before the Domain API is asked once more."""

_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_LONGEST = 300
_DOWN = (TransportError, ServerError, RateLimitedError, UnexpectedResponseError)


@dataclass(frozen=True, slots=True)
class AccountHost:
    """The host that serves an account.

    Attributes:
        host: the host name or address, without scheme and port.
        base_url: the URL that requests of this client begin with.
        looked_up: whether the Domain API named it; `False` if the client was given `base_url` or `domain`.
    """

    host: str
    base_url: str
    looked_up: bool

    def to_dict(self) -> dict[str, str | bool]:
        """Return the attributes as a dict that `json.dumps` takes."""
        return {"host": self.host, "base_url": self.base_url, "looked_up": self.looked_up}


@dataclass(slots=True)
class KnownDomain:
    """The latest response of the Domain API; kept by the client for as long as the spec allows."""

    base_url: str | None = None
    until: float = 0.0

    def forget(self) -> None:
        """Look the host up again at the next call. Until that succeeds, the old one is better than none."""
        self.until = -1.0


def locate(call: Call, known: KnownDomain) -> Flow[str]:
    """Return the base URL of the account's server. Ask the Domain API unless the client was given it or knows it."""
    settings = call.settings
    if settings.base_url is not None:
        return settings.base_url
    if known.base_url is not None and settings.clock.monotonic() < known.until:
        return known.base_url
    stale = known.base_url
    try:
        found, lasts = (yield from _look_up(call, retried=stale is None)), float(DOMAIN_CACHE_SECONDS)
    except _DOWN as error:
        if stale is None:
            raise
        # Hosts change seldom; that the Domain API is down is no reason to refuse a call that may well work.
        call.emit("stale_domain", OPERATION, error=type(error).__name__)
        found, lasts = stale, STALE_SECONDS
    known.base_url, known.until = found, settings.clock.monotonic() + lasts
    return found


def forgetting(domain: KnownDomain, flow: Flow[T]) -> Flow[T]:
    """Run a flow. Look the host up again if it is gone, or no longer serves the account."""
    try:
        return (yield from flow)
    except (TransportError, APIStatusError) as error:
        cause = error.__cause__ if isinstance(error, DeadlineExceeded) else error
        no_such_route = isinstance(cause, EngagementError) and cause.internal_code == INTERNAL_CODES["no-such-route"]
        if no_such_route or isinstance(cause, ConnectError):
            domain.forget()
        raise


def find(settings: Settings, known: KnownDomain) -> Flow[AccountHost]:
    """Return the host that the next call of a visit would be sent to."""
    base_url = yield from locate(Call(settings), known)
    return AccountHost(urlsplit(base_url).hostname or "", base_url, looked_up=settings.base_url is None)


def _look_up(call: Call, *, retried: bool) -> Flow[str]:
    """Ask the Domain API; with the pauses of the policy only if there is nothing else to go on with."""
    settings = call.settings
    if not retried:
        ends_at, call = call.ends_at, Call(replace(settings, retry=NEVER), id=call.id)
        call.ends_at = ends_at
    exchange = Exchange(call)
    values = {"account_id": settings.account_id, "service": DOMAIN_SERVICE}
    request = build_request.build(OPERATION, "", values, None, {"User-Agent": settings.user_agent})
    answered = yield from exchange.run(OPERATION, request, idempotent=OPERATIONS[OPERATION].retry.idempotent)
    return f"https://{_host(answered)}"


def _host(answered: Answered) -> str:
    answer: Domain = read_response.answer(answered, OPERATION)
    value = answer.base_uri if _is_asked_for(answer.service or DOMAIN_SERVICE) else None
    if value is None:
        value = next((each.base_uri for each in answer.base_uris if _is_asked_for(each.service)), None)
    if value is None:
        raise DomainLookupError(
            f"{NAMED_NO_HOST} for the service {DOMAIN_SERVICE} of this account: check the account id",
            status=answered.response.status,
        )
    host = _public_host(value)
    if host is None:
        raise DomainLookupError("the Domain API named something that is not a host", status=answered.response.status)
    return host


def _public_host(value: str) -> str | None:
    """The host, if it can be one of the vendor's: a name, neither an address nor a machine of this network."""
    if len(value) > _LONGEST:
        return None
    try:
        host = checks.domain(_SCHEME.sub("", value.strip(), count=1).rstrip("/"))
    except ConfigurationError:
        return None
    *_, domain, last = ["", *host.split(".")]
    # 10.0.0.1, 2130706433 and 0x7f.1 all end in a label that is a number; every top-level domain has a letter in front.
    return host if domain and last[0].isalpha() and last != "localhost" else None


def _is_asked_for(service: str | None) -> bool:
    # One of the vendor's pages writes it with a capital letter.
    return (service or "").casefold() == DOMAIN_SERVICE.casefold()
