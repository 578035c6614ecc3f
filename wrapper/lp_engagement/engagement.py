"""The answer that an application gets."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NewType, TypeVar

from lp_engagement_client.facts import FIELDS, STATUS_AVAILABLE, STATUSES
from lp_engagement_client.impressions import ImpressionBuilders
from lp_engagement_client.models.engagement_details import EngagementDetails
from lp_engagement_client.values import integer

from .errors import UnexpectedResponseError
from .stores.base import LATEST

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lp_engagement_client.models.engagement_answer import EngagementAnswer

    from .stores import VisitRecord

__all__ = ["Engagement", "EngagementDetails", "SessionId", "VisitIds", "VisitorId"]

VisitorId = NewType("VisitorId", str)
"""The monitoring visitor id; not a chat, consumer or conversation id."""
SessionId = NewType("SessionId", str)
"""The monitoring session id; not an agent session or chat session id."""

T = TypeVar("T", int, str)


@dataclass(frozen=True, slots=True)
class VisitIds:
    """The ids that a conversation must be started with, so that the agent sees what this visit reported.

    The repr shows none of them; read the attributes.

    Attributes:
        visitor_id: the visitor.
        session_id: the session; `None` until the server has opened one.
        page_id: the page of the latest answer.
        campaign_id: the campaign of the latest engagement, if there was one.
        engagement_id: the latest engagement, if there was one.
        context_id: the context of the latest engagement, if there was one.
        connector_id: the connector of the latest engagement, if it asks for authentication.
    """

    visitor_id: VisitorId = field(repr=False)
    session_id: SessionId | None = field(repr=False)
    page_id: str | None = field(repr=False)
    campaign_id: str | None = None
    engagement_id: str | None = None
    context_id: str | None = None
    connector_id: str | None = None


@dataclass(frozen=True, slots=True)
class Engagement(ImpressionBuilders):
    """Whether there is an engagement for the consumer, and which.

    Attributes:
        status: the server's word, `Available` or `NotAvailable`; a word not known yet is kept and means not available.
        visitor_id: the visitor; kept for the visit by the client.
        session_id: the session; kept for the visit by the client.
        page_id: the page that later updates of the session refer to.
        details: the engagement, only if one is available. Ids are texts, whether they were sent as numbers or as texts.
        expires_at: when the offer ends (UTC); `None` if none is available or the server set no end.
        new_session: whether the session is another than the one that the visit had when the call began. What was
            reported in the old one is not known in it: report it again.
        saved: `False` if the visit store failed: the answer is good, but the ids will not be there for the next call.
        reused: `True` if it was returned without a call, as `visit.engagement` is. Its `displayed()` may have been
            reported already.
        extra: what the answer held beyond the documented fields.
    """

    status: str
    visitor_id: VisitorId = field(repr=False)
    session_id: SessionId = field(repr=False)
    page_id: str = field(repr=False)
    details: EngagementDetails | None = None
    expires_at: datetime | None = None
    new_session: bool = False
    saved: bool = True
    reused: bool = field(default=False, compare=False)
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def available(self) -> bool:
        """Whether there is an engagement to offer."""
        return self.details is not None

    def _detail(self, role: str, kind: type[T]) -> T:
        if self.details is None:
            raise UnexpectedResponseError("there is no engagement to report about: check `available` first")
        value = getattr(self.details, role)
        read = integer(value) if kind is int else value
        if read is None:
            name = FIELDS["EngagementDetails"][role]
            raise UnexpectedResponseError(f"the answer had no usable {name}, which the impression needs")
        return kind(read)


def is_available(status: str | None) -> bool:
    """Whether a status means that there is an engagement, read without regard to case, blanks and underscores."""
    return _folded(status or "") == _folded(STATUS_AVAILABLE)


def read(answer: EngagementAnswer, *, now: float, new_session: bool, saved: bool) -> Engagement:
    """Make the application's answer of the server's, whose required fields are known to be there."""
    details = answer.engagement_details if is_available(answer.status) else None
    valid = None if details is None else details.valid_for_seconds
    status = answer.status or ""
    return Engagement(
        status=_DOCUMENTED.get(_folded(status), status),
        visitor_id=VisitorId(answer.visitor_id or ""),
        session_id=SessionId(answer.session_id or ""),
        page_id=answer.page_id or "",
        details=details,
        expires_at=None if (end := ends_at(now, valid)) is None else moment(end),
        new_session=new_session,
        saved=saved,
        extra=answer.additional_properties,
    )


def restored(record: VisitRecord) -> Engagement:
    """Make the application's answer of what was stored of it; the visit is known to have all its ids."""
    return Engagement(
        status=STATUS_AVAILABLE,
        visitor_id=VisitorId(record.visitor_id or ""),
        session_id=SessionId(record.session_id or ""),
        page_id=record.page_id or "",
        details=EngagementDetails.from_dict(record.engagement),
        expires_at=None if record.engagement_expires_at is None else moment(record.engagement_expires_at),
        reused=True,
    )


def ends_at(now: float, valid: float | None) -> float | None:
    """When an offer ends, in seconds since the epoch; `None` if it has no end, or one that no date has."""
    if valid is None or now + valid > LATEST:
        return None
    return max(now + valid, 0.0)


def moment(seconds: float) -> datetime | None:
    """A time in UTC; `None` if it lies outside what a datetime can hold."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _folded(status: str) -> str:
    return status.casefold().replace(" ", "").replace("_", "")


_DOCUMENTED = {_folded(each): each for each in STATUSES}
