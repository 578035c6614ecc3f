"""Finding the host that serves an account, through the Domain API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lp_engagement_client.answers import Domain
from lp_engagement_client.facts import DOMAIN_CACHE_SECONDS, DOMAIN_SERVICE, OPERATIONS

from . import classify, config, requests
from .errors import ConfigurationError, DomainLookupError

if TYPE_CHECKING:
    from .effects import Flow
    from .exchange import Call
    from .http import HttpResponse

OPERATION = "getDomain"


@dataclass(slots=True)
class KnownDomain:
    """What the Domain API last said; kept by the client for as long as the spec allows."""

    base_url: str | None = None
    until: float = 0.0


def base_url(call: Call, known: KnownDomain) -> Flow[str]:
    """The base URL for calls of the account, looked up if the client was not told and does not know it any more."""
    settings = call.settings
    if settings.base_url is not None:
        return settings.base_url
    if known.base_url is None or settings.clock.monotonic() >= known.until:
        response = yield from call.exchange(
            OPERATION,
            lambda: requests.build(
                OPERATION,
                "",
                {"account_id": settings.account_id, "service": DOMAIN_SERVICE},
                None,
                settings.user_agent,
            ),
            harmless=lambda: OPERATIONS[OPERATION].retry.harmless,
        )
        known.base_url = f"https://{_host(response)}"
        known.until = settings.clock.monotonic() + DOMAIN_CACHE_SECONDS
    return known.base_url


def _host(response: HttpResponse) -> str:
    answer = Domain.read(classify.json_object(response, OPERATION))
    value = answer.base_uri if _is_asked_for(answer.service or DOMAIN_SERVICE) else None
    if value is None:
        value = next((each.base_uri for each in answer.base_uris if _is_asked_for(each.service)), None)
    if value is None:
        raise DomainLookupError(
            f"the Domain API named no host for the service {DOMAIN_SERVICE} of this account: check the account id",
            status=response.status,
        )
    try:
        return config.domain(value.strip().removeprefix("http://").removeprefix("https://").rstrip("/"))
    except ConfigurationError:
        raise DomainLookupError("the Domain API named something that is not a host", status=response.status) from None


def _is_asked_for(service: str | None) -> bool:
    # One of the vendor's pages writes it with a capital letter.
    return (service or "").casefold() == DOMAIN_SERVICE.casefold()
