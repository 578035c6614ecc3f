"""The meaning of a response: its status first, then, leniently, what the generated client has read of its body."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from lp_engagement._common.identifiers import usable_id
from lp_engagement._common.importing import importing
from lp_engagement.errors import (
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
from lp_engagement.retry import facts_of
from lp_engagement_client.facts import (
    FIELDS,
    GONE,
    INTERNAL_CODE_HINTS,
    LOADING_CODES,
    LOADING_VISITOR_ID_MEMBERS,
    LOADING_VISITOR_ID_PATTERN,
    OPERATIONS,
)
from lp_engagement_client.models.error_entity import ErrorEntity
from lp_engagement_client.values import read_json, text

from .build_request import IDS
from .generated import find
from .scrub import scrub, scrub_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lp_engagement_client.types import AnswerModel

    from .transport import HttpResponse

_CLASSES: dict[str, type[APIStatusError]] = {
    "bad-request": BadRequestError,
    "unauthorized": UnauthorizedError,
    "not-found": NotFoundError,
    "rate-limited": RateLimitedError,
    "server-error": ServerError,
    "unavailable": ServiceUnavailableError,
}

_NESTED = FIELDS["NestedError"]["error"]
_LOADING_VISITOR_ID = re.compile(LOADING_VISITOR_ID_PATTERN)
_LONGEST_SEARCHED = 4096
"""Characters of a message that can name a visitor id. The message of a loading account is a line."""

_SECONDS = re.compile(r"[0-9]{1,5}(?:\.[0-9]{1,3})?")
_LONGEST_DATE = 64


@dataclass(frozen=True, slots=True, repr=False)
class Answered:
    """A response, read once.

    Attributes:
        response: the response.
        parsed: the model of the answer or of the error; `None` for a success of an operation that has no answer.
    """

    response: HttpResponse
    parsed: AnswerModel | None


def read(response: HttpResponse, operation: str) -> Answered:
    """Read a response, of any status and with any body."""
    return Answered(response, find(operation).parse(response.status, response.content))


def failure(answered: Answered, operation: str, secrets: Iterable[str] = ()) -> EngagementError | None:
    """The error that an answer stands for, or `None` if it is a success.

    Args:
        answered: the answer.
        operation: the operation of the spec that it answers.
        secrets: the strings of the request that an error must not show. Read only if there is an error.
    """
    response, entity = answered.response, answered.parsed
    if not isinstance(entity, ErrorEntity):
        return None
    status = response.status
    if not 200 <= status < 600 or 300 <= status < 400:  # noqa: PLR2004 - HTTP
        return UnexpectedResponseError(
            f"{operation} was answered with HTTP {status}, which this API does not use", status=status
        )
    code = entity.internal_code if isinstance(entity.internal_code, int) else None
    # A 4xx is final, whatever its code says.
    loading = code in LOADING_CODES and not 400 <= status < 500  # noqa: PLR2004 - HTTP
    kind = AccountLoadingError if loading else _class(operation, status)
    sent = tuple(secrets)
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
    if code is None or find(operation).server is not None:
        return None
    return INTERNAL_CODE_HINTS.get((code, status)) or INTERNAL_CODE_HINTS.get((code, None))


def _class(operation: str, status: int) -> type[APIStatusError]:
    facts = facts_of(operation)
    first, last = facts.retry.statuses
    general = ServerError if first <= status <= last else APIStatusError
    # A proxy may answer what an operation does not document; the status still means what it means in this API.
    for each in (facts, *OPERATIONS.values()):
        if status in each.errors:
            return _CLASSES[each.errors[status]]
    return general


def loading_visitor_id(answered: Answered) -> str | None:
    """The visitor id that a failed answer names for the retry; it can be empty or absent."""
    for name, each in _words(answered):
        if name in LOADING_VISITOR_ID_MEMBERS:
            found = text(each)
        else:
            match = _LOADING_VISITOR_ID.search(each[:_LONGEST_SEARCHED]) if isinstance(each, str) else None
            found = match and match[1]
        if usable_id(found) is not None:
            return usable_id(found)
    return None


def _words(answered: Answered) -> Iterator[tuple[str, Any]]:
    """Yield the strings that can hold a visitor id; members for it go before the words of a message."""
    entity, content = answered.parsed, answered.response.content
    if not isinstance(entity, ErrorEntity):
        return
    if _is_object(answered):
        members = entity.additional_properties
        yield from ((name, members.get(name)) for name in LOADING_VISITOR_ID_MEMBERS)
        yield "", entity.message
        yield "", members.get(_NESTED)
    elif not content.lstrip().startswith(b"<"):
        # A page of a proxy may say anything.
        yield "", content[:_LONGEST_SEARCHED].decode("utf-8", "replace")


def refused(answered: Answered | None, failure: EngagementError) -> str | None:
    """Whether a refusal means that the `session` or the `visitor` of the request can be used no more."""
    if isinstance(failure, NotFoundError):
        # Without a code it may be a proxy's, and cost nothing.
        return GONE.get(failure.internal_code or 0)
    if isinstance(failure, UnauthorizedError) and answered is not None:
        page = bool(answered.response.content.strip()) and not _is_object(answered)
        return None if page else "visitor"
    return None


def answer(answered: Answered, operation: str) -> Any:
    """The answer to an operation as its model, as far as it can be read; no id in it that cannot be one.

    Raises:
        UnexpectedResponseError: it is not a JSON object.
    """
    if not _is_object(answered):
        kind = "not a JSON object" if answered.response.content.strip() else "empty"
        status = answered.response.status
        raise UnexpectedResponseError(
            f"{operation} was answered with HTTP {status}, but the body is {kind}", status=status
        )
    parsed: Any = answered.parsed
    named = {role: getattr(parsed, role, None) for role in IDS}
    unusable = {role: None for role, each in named.items() if each is not None and usable_id(each) is None}
    return replace(parsed, **unusable) if unusable else parsed


def _is_object(answered: Answered) -> bool:
    parsed = answered.parsed
    if parsed is not None and (parsed.additional_properties or parsed.documented()):
        return True
    # An object without a member that could be read is rare: it may be read twice.
    return isinstance(read_json(answered.response.content), dict)


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
