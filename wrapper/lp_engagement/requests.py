"""Building requests with the generated client's own functions, which are imported when the first request is built."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote, urlencode

from lp_engagement_client.facts import DOMAIN_API_URL
from lp_engagement_client.types import UNSET

from .http import HttpRequest

if TYPE_CHECKING:
    from lp_engagement_client.models import CreateSessionRequest, UpdateSessionRequest


class _Checked:
    """Stands in for a generated model: a body that has been checked, and written, already.

    The models know no other keys than the spec's, so a raw attribute would not survive them.
    """

    def to_dict(self) -> dict[str, Any]:
        return {}


_CHECKED = _Checked()


def create_or_resume(
    base_url: str, account_id: str, body: bytes, *, visitor_id: str | None, session_id: str | None, user_agent: str
) -> HttpRequest:
    """The POST: without a visitor id to the URL whose visitor segment is empty, else to the visitor's."""
    from lp_engagement_client.api.engagement import create_session, resume_session

    model = cast("CreateSessionRequest", _CHECKED)
    if visitor_id is None:
        arguments = create_session.request_arguments(account_id, body=model)
    else:
        arguments = resume_session.request_arguments(account_id, visitor_id, body=model, sid=session_id or UNSET)
    return _request(base_url, arguments, body, user_agent)


def update(
    base_url: str, account_id: str, body: bytes, *, visitor_id: str, session_id: str, user_agent: str
) -> HttpRequest:
    """The PUT."""
    from lp_engagement_client.api.engagement import update_session

    model = cast("UpdateSessionRequest", _CHECKED)
    arguments = update_session.request_arguments(account_id, visitor_id, body=model, sid=session_id)
    return _request(base_url, arguments, body, user_agent)


def domain_lookup(account_id: str, user_agent: str) -> HttpRequest:
    """The GET of the Domain API, which has a host of its own."""
    from lp_engagement_client.api.domain import get_domain

    return _request(DOMAIN_API_URL, get_domain.request_arguments(account_id), None, user_agent)


def _request(base_url: str, arguments: dict[str, Any], body: bytes | None, user_agent: str) -> HttpRequest:
    headers = {**arguments.get("headers", {}), "Accept": "application/json", "User-Agent": user_agent}
    url = f"{base_url}{arguments['url']}?{urlencode(arguments['params'], quote_via=quote, safe='')}"
    return HttpRequest(arguments["method"].upper(), url, headers, body)
