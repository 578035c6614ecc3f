"""Dry runs: a call that stops before anything is sent."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from lp_engagement._core.generated import find
from lp_engagement.transports import HttpResponse
from lp_engagement_client.facts import FIELDS

if TYPE_CHECKING:
    from lp_engagement.transports import HttpRequest

_UNKNOWN_HOST = "host-not-known.invalid"


class Rehearsed(Exception):  # noqa: N818 - the intended end
    """Carries the request that would have been sent."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__()
        self.request = request


class RehearsalTransport:
    """A transport for dry runs: answers the domain lookup itself, and stops at any other request."""

    def send(self, request: HttpRequest, *, timeout: float) -> HttpResponse:  # noqa: ARG002 - part of the contract
        """Answer the look-up with a host that cannot exist; raise `Rehearsed` for all other requests."""
        if request.url.startswith(f"{find('getDomain').server}/"):
            return HttpResponse(200, {}, json.dumps({FIELDS["Domain"]["base_uri"]: _UNKNOWN_HOST}).encode())
        raise Rehearsed(request)

    def close(self) -> None:
        """Do nothing: nothing was opened."""


def to_json(request: HttpRequest, *, show_ids: bool) -> dict[str, Any]:
    """Write the request as JSON, with the names of the ids unless they are to be shown."""
    url, body = urlsplit(request.url), json.loads(request.content or b"null")
    folder, _, visitor_id = url.path.rpartition("/")
    query = dict(parse_qsl(url.query))
    if not show_ids:
        named, session = FIELDS["EngagementAnswer"], find("updateSession").parameters["session_id"].key
        page = FIELDS["UpdateSessionRequest"]["page_id"]
        if visitor_id:
            url = url._replace(path=f"{folder}/{{{named['visitor_id']}}}")
        if session in query:
            url = url._replace(query=urlencode(query | {session: f"{{{named['session_id']}}}"}, safe="{}"))
        if page in body:
            body[page] = f"{{{named['page_id']}}}"
    shown = urlunsplit(url).replace(f"//{_UNKNOWN_HOST}/", "//{domain}/")
    return {"method": request.method, "url": shown, "headers": dict(request.headers), "body": body}
