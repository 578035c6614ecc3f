"""Reading an answer: first the status, then, leniently, the body."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from lp_engagement_client import answers
from lp_engagement_client.answers import ErrorEntity, NestedError
from lp_engagement_client.facts import (
    FIELDS,
    GONE,
    INTERNAL_CODE_HINTS,
    LOADING_CODES,
    LOADING_VISITOR_ID_MEMBERS,
    LOADING_VISITOR_ID_PATTERN,
    OPERATIONS,
)
from lp_engagement_client.reading import text

from ._importing import importing
from .errors import (
    AccountLoadingError,
    APIStatusError,
    BadRequestError,
    EngagementError,
    NotFoundError,
    RateLimitedError,
    ServerError,
    ServiceUnavailableError,
    UnauthorizedError,
    UnexpectedResponseError,
)
from .identifiers import usable_id
from .muted import Muted
from .requests import IDS
from .scrub import scrub, scrub_time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from .http import HttpResponse

_CLASSES: dict[str, type[APIStatusError]] = {
    "bad-request": BadRequestError,
    "unauthorized": UnauthorizedError,
    "not-found": NotFoundError,
    "rate-limited": RateLimitedError,
    "server-error": ServerError,
    "unavailable": ServiceUnavailableError,
}

_MESSAGE, _NESTED = FIELDS["ErrorEntity"]["message"], FIELDS["NestedError"]["error"]
_LOADING_VISITOR_ID = re.compile(LOADING_VISITOR_ID_PATTERN)
_LONGEST_SEARCHED = 4096
"""Characters of a message that can name a visitor id. The message of a loading account is a line."""

_SECONDS = re.compile(r"[0-9]{1,5}(?:\.[0-9]{1,3})?")
_LONGEST_DATE = 64


def failure(
    response: HttpResponse, operation: str, secrets: Callable[[], Iterable[str]] = tuple
) -> EngagementError | None:
    """The error that an answer stands for, or `None` if it is a success.

    Args:
        response: the answer.
        operation: the operation of the spec that it answers.
        secrets: gives the texts of the request that must not come back in an error's text.
    """
    status = response.status
    entity = _entity(response)
    code = entity.internal_code if isinstance(entity.internal_code, int) else None
    if 200 <= status < 300 and not code:  # noqa: PLR2004 - HTTP
        return None
    if not 200 <= status < 600 or 300 <= status < 400:  # noqa: PLR2004 - HTTP
        return UnexpectedResponseError(
            f"{operation} was answered with HTTP {status}, which this API does not use", status=status
        )
    # A 4xx is final, whatever its code says.
    loading = code in LOADING_CODES and not 400 <= status < 500  # noqa: PLR2004 - HTTP
    kind = AccountLoadingError if loading else _class(operation, status)
    sent = tuple(secrets())
    return kind(
        status=status,
        operation=operation,
        internal_code=code,
        server_message=scrub(entity.message, sent),
        server_time=scrub_time(entity.time, sent),
        hint=_hint(operation, code, status),
        retry_after=_retry_after(response),
    )


def _hint(operation: str, code: int | None, status: int) -> str | None:
    # The hints are about visits, and other services have codes of their own.
    if code is None or OPERATIONS[operation].server is not None:
        return None
    return INTERNAL_CODE_HINTS.get((code, status)) or INTERNAL_CODE_HINTS.get((code, None))


def _class(operation: str, status: int) -> type[APIStatusError]:
    first, last = OPERATIONS[operation].retry.statuses
    general = ServerError if first <= status <= last else APIStatusError
    # A proxy may answer what an operation does not document; the status still means what it means in this API.
    for each in (operation, *OPERATIONS):
        if status in OPERATIONS[each].errors:
            return _CLASSES[OPERATIONS[each].errors[status]]
    return general


def loading_visitor_id(response: HttpResponse) -> str | None:
    """The visitor id that a failed answer names for the retry; it can be empty or absent."""
    for name, each in _words(_parsed(response), response.content):
        if name in LOADING_VISITOR_ID_MEMBERS:
            found = text(each)
        else:
            match = _LOADING_VISITOR_ID.search(each[:_LONGEST_SEARCHED]) if isinstance(each, str) else None
            found = match and match[1]
        if usable_id(found) is not None:
            return usable_id(found)
    return None


def _words(body: Any, content: bytes) -> Iterator[tuple[str, Any]]:
    """The members of a body that can name a visitor id; members for it go before the words of a message."""
    if isinstance(body, dict):
        outer, nested = body, body.get(_NESTED)
        inner = nested if isinstance(nested, dict) else {}
        for source in (inner, outer):
            yield from ((name, source.get(name)) for name in LOADING_VISITOR_ID_MEMBERS)
        for source in (inner, outer):
            yield _MESSAGE, source.get(_MESSAGE)
        yield _NESTED, nested
    elif body is None and not content.lstrip().startswith(b"<"):
        # A page of a proxy may say anything.
        yield "", content[:_LONGEST_SEARCHED].decode("utf-8", "replace")


def refused(response: HttpResponse | None, failure: EngagementError) -> str | None:
    """Whether a refusal means that the `session` or the `visitor` of the request can be used no more."""
    if isinstance(failure, NotFoundError):
        # Without a code it may be a proxy's, and cost nothing.
        return GONE.get(failure.internal_code or 0)
    if isinstance(failure, UnauthorizedError) and response is not None:
        page = bool(response.content.strip()) and not isinstance(_parsed(response), dict)
        return None if page else "visitor"
    return None


def answer(response: HttpResponse, operation: str) -> Any:
    """The answer to an operation as the class of `answers` for it, as far as it can be read.

    Raises:
        UnexpectedResponseError: it is not a JSON object.
    """
    read = getattr(answers, OPERATIONS[operation].answer or "").read(json_object(response, operation))
    named = {role: getattr(read, role, None) for role in IDS}
    unusable = {role: None for role, each in named.items() if each is not None and usable_id(each) is None}
    return replace(read, **unusable) if unusable else read


def json_object(response: HttpResponse, operation: str) -> dict[str, Any]:
    """The body as a JSON object.

    Raises:
        UnexpectedResponseError: it is none.
    """
    body = Muted(_parsed(response))
    if not isinstance(body.value, dict):
        kind = "not a JSON object" if response.content.strip() else "empty"
        raise UnexpectedResponseError(
            f"{operation} was answered with HTTP {response.status}, but the body is {kind}", status=response.status
        )
    return body.value


def _parsed(response: HttpResponse) -> Any:
    if not response.content:
        return None  # each update is answered so, and an exception takes its time
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError):
        return None


def _entity(response: HttpResponse) -> ErrorEntity:
    body = _parsed(response)
    return (NestedError.read(body).error or ErrorEntity.read(body)) if body else ErrorEntity()


def _retry_after(response: HttpResponse) -> float | None:
    """Seconds that a `Retry-After` asks for.

    A date is compared with the answer's own `Date`, so that no clock of ours, which may be wrong, has a say.
    """
    text = response.headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(text):
        return float(text)
    until, now = _http_date(text), _http_date(response.headers.get("date", ""))
    return None if until is None or now is None else max((until - now).total_seconds(), 0.0)


def _http_date(text: str) -> datetime | None:
    if not 0 < len(text) <= _LONGEST_DATE:
        return None
    with importing():
        from email.utils import parsedate_to_datetime  # takes milliseconds to import, and dates are rare

    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
