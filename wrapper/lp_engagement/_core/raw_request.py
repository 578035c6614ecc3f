"""A request that the caller describes: for what the spec does not know yet. It touches no visit."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

from lp_engagement.errors import ConfigurationError
from lp_engagement.retry import UNKNOWN
from lp_engagement_client.values import text

from . import checks
from .body import encode_unchecked
from .domain import forgetting, locate
from .exchange import Call, Exchange
from .transport import HttpRequest
from .visit_call import leaves
from .watched import watched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lp_engagement._common.muted import Muted

    from .domain import KnownDomain
    from .effects import Flow
    from .settings import Settings
    from .transport import HttpResponse

__all__ = ["request"]

_IDEMPOTENT: Final = {"GET", "HEAD"}
_METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_LONGEST_PATH: Final = 4096
_PATH: Final = re.compile(r"/(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*")
_DOTS: Final = re.compile(r"/(?:\.|%2[Ee]){1,2}(?:/|\Z)")


def request(
    settings: Settings, domain: KnownDomain, method: str, path: Muted[Any], query: Muted[Any], body: Muted[Any]
) -> Flow[HttpResponse]:
    """Send a request to the account's server, and return the answer of a success as it is."""
    call = Call(settings)
    return watched(call, UNKNOWN, _request(call, domain, method, path, query, body))


def _request(
    call: Call, domain: KnownDomain, method: str, path: Muted[Any], query: Muted[Any], body: Muted[Any]
) -> Flow[HttpResponse]:
    problem = _problem(method, path, query)
    if problem is not None:
        raise ConfigurationError(problem)
    content: Muted[bytes] | None = None if body.value is None else encode_unchecked(body)
    base_url = yield from locate(call, domain)
    sent = _http_request(call.settings, f"{base_url}{path.value}", method, query, content)
    secrets = partial(_secrets, path, query, content)
    exchange = Exchange(call).run(UNKNOWN, sent, idempotent=method in _IDEMPOTENT, secrets=secrets)
    return (yield from forgetting(domain, exchange)).response


def _problem(method: object, path: Muted[Any], query: Muted[Any]) -> str | None:
    if method not in _METHODS:
        return f"method must be one of {', '.join(_METHODS)}"
    if not isinstance(path.value, str) or len(path.value) > _LONGEST_PATH or not _PATH.fullmatch(path.value):
        return (
            f"path must begin with a slash and have at most {_LONGEST_PATH} characters, percent-encoded where a URL"
            " needs it. Pass what comes after a question mark as query"
        )
    if _DOTS.search(path.value):
        return "path must have no segment of dots, which would lead out of it"
    return None if query.value is None else _problem_of_query(query)


def _problem_of_query(query: Muted[Any]) -> str | None:
    if not isinstance(query.value, Mapping):
        return f"query must be a dict of strings, not {checks.kind(query.value)}"
    if not all(isinstance(each, str) and text(each) is not None for pair in query.value.items() for each in pair):
        return "query must have strings only, as names and as values"
    return None


def _http_request(
    settings: Settings, url: str, method: str, query: Muted[Any], content: Muted[bytes] | None
) -> HttpRequest:
    headers = {**settings.headers, "Accept": "application/json", "User-Agent": settings.user_agent}
    if content is not None:
        headers["Content-Type"] = "application/json"
    if query.value:
        url = f"{url}?{urlencode(query.value, quote_via=quote)}"
    return HttpRequest(method, url, headers, None if content is None else content.value)


def _secrets(path: Muted[Any], query: Muted[Any], content: Muted[bytes] | None) -> Iterator[str]:
    yield from path.value.split("/")
    yield from (query.value or {}).values()
    yield from leaves(None if content is None else json.loads(content.value))
