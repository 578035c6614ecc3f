"""The engagement, the ids, and their types, as an application sees them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NewType, TypeVar

from lp_engagement_client.facts import FIELDS
from lp_engagement_client.impressions import ImpressionBuilders
from lp_engagement_client.models.engagement_details import EngagementDetails
from lp_engagement_client.values import integer

from .errors import UnexpectedResponseError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from .errors import CallMeta

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
        details: the engagement, only if one is available. Ids are strings, even where the server sent numbers.
        expires_at: when the offer ends (UTC); `None` if none is available or the server set no end.
        new_session: whether the session is another than the one that the visit had when the call began. What was
            reported in the old one is not known in it: report it again.
        saved: `False` if the visit store failed: the answer is good, but the ids will not be there for the next call.
        reused: `True` if it was returned without a call, as by `visit.current_engagement()`. Its `displayed()` may have
            been reported already.
        extra: what the answer held beyond the documented fields.
        meta: how the call went; `None` if there was none.
        raw: the body of the answer as it was received; empty if there was no call.
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
    meta: CallMeta | None = field(default=None, repr=False, compare=False)
    raw: bytes = field(default=b"", repr=False, compare=False)

    @property
    def available(self) -> bool:
        """Whether there is an engagement to offer."""
        return self.details is not None

    def to_dict(self) -> dict[str, Any]:
        """Return the engagement as JSON values: attributes by their names here, `details` by the API's.

        It has the ids of the visit, which are secrets: for a browser, take `for_browser()`.
        """
        return {
            **self.for_browser(),
            "visitor_id": self.visitor_id,
            "session_id": self.session_id,
            "page_id": self.page_id,
            "new_session": self.new_session,
            "saved": self.saved,
            "reused": self.reused,
            "extra": dict(self.extra),
        }

    def for_browser(self) -> dict[str, Any]:
        """Return what a page or an app of the consumer may see, as JSON values.

        It has no id of the visit: whoever knows them can report in it. And it has only the documented details.
        """
        return {
            "status": self.status,
            "available": self.available,
            "details": None if self.details is None else self.details.documented(),
            "expires_at": None if self.expires_at is None else self.expires_at.isoformat(),
        }

    def _detail(self, role: str, kind: type[T]) -> T:
        if self.details is None:
            raise UnexpectedResponseError("there is no engagement to report about: check `available` first")
        value = getattr(self.details, role)
        read = integer(value) if kind is int else value
        if read is None:
            name = FIELDS["EngagementDetails"][role]
            raise UnexpectedResponseError(f"the answer had no usable {name}, which the impression needs")
        return kind(read)
