"""The engagement that an answer or a stored visit offers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lp_engagement.engagement import Engagement, SessionId, VisitorId
from lp_engagement_client.facts import STATUS_AVAILABLE, STATUSES
from lp_engagement_client.models.engagement_details import EngagementDetails

from .record import LATEST

if TYPE_CHECKING:
    from lp_engagement.errors import CallMeta
    from lp_engagement_client.models.engagement_answer import EngagementAnswer

    from .record import VisitRecord

__all__ = ["ends_at", "is_available", "moment", "read", "restored"]


def is_available(status: str | None) -> bool:
    """Whether a status means that there is an engagement, read without regard to case, blanks and underscores."""
    return status is not None and _documented(status) == STATUS_AVAILABLE


def read(
    answer: EngagementAnswer, *, now: float, new_session: bool, saved: bool, meta: CallMeta, raw: bytes
) -> Engagement:
    """Make the application's answer of the server's, whose required fields are known to be there."""
    details = answer.engagement_details if is_available(answer.status) else None
    valid = None if details is None else details.valid_for_seconds
    status = answer.status or ""
    return Engagement(
        status=_documented(status),
        visitor_id=VisitorId(answer.visitor_id or ""),
        session_id=SessionId(answer.session_id or ""),
        page_id=answer.page_id or "",
        details=details,
        expires_at=None if (end := ends_at(now, valid)) is None else moment(end),
        new_session=new_session,
        saved=saved,
        extra=answer.additional_properties,
        meta=meta,
        raw=raw,
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


def _documented(status: str) -> str:
    return status if status in STATUSES else _DOCUMENTED.get(_folded(status), status)


def _folded(status: str) -> str:
    return status.casefold().replace(" ", "").replace("_", "")


_DOCUMENTED = {_folded(each): each for each in STATUSES}
