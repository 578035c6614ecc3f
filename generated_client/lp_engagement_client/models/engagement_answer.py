# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from ..types import AnswerModel
from ..values import as_mapping, text
from .engagement_details import EngagementDetails


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class EngagementAnswer(AnswerModel):
    """The response of both POST operations.

    Attributes:
        status: Whether there is an engagement. An unknown value means that there is none.
        engagement_details: The engagement, if the status is Available; otherwise absent.
        page_id: The id of the page, for later updates of the session.
        session_id: The session's id. Store it for the whole visit.
        visitor_id: The visitor's id. Store it for the whole visit.
        additional_properties: What the answer holds beyond the documented fields.

    Source: `EngagementAnswer` in the spec.
    """

    status: str | None = None
    engagement_details: EngagementDetails | None = None
    page_id: str | None = None
    session_id: str | None = None
    visitor_id: str | None = None
    additional_properties: Mapping[str, Any] = field(default_factory=dict, hash=False)

    _KEYS: ClassVar[Mapping[str, str]] = {
        "status": "status",
        "engagement_details": "engagementDetails",
        "page_id": "pageId",
        "session_id": "sessionId",
        "visitor_id": "visitorId",
    }
    _KNOWN: ClassVar[frozenset[str]] = frozenset(_KEYS.values())
    _REQUIRED: ClassVar[tuple[str, ...]] = (
        "status",
        "page_id",
        "session_id",
        "visitor_id",
    )
    _MUTED: ClassVar[frozenset[str]] = frozenset(
        [
            "page_id",
            "session_id",
            "visitor_id",
        ]
    )

    @classmethod
    def from_dict(cls, src_dict: object) -> Self:
        """Read a JSON value. Anything but an object reads as an empty object."""
        members = as_mapping(src_dict)
        known = cls._KNOWN
        return cls(
            status=text(members.get("status")),
            engagement_details=EngagementDetails.from_dict(members.get("engagementDetails"))
            if as_mapping(members.get("engagementDetails"))
            else None,
            page_id=text(members.get("pageId")),
            session_id=text(members.get("sessionId")),
            visitor_id=text(members.get("visitorId")),
            additional_properties={key: value for key, value in members.items() if key not in known},
        )
