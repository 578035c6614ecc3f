# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from ..types import AnswerModel
from ..values import as_mapping, integer, number, text


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class EngagementDetails(AnswerModel):
    """The engagement to offer.

    Attributes:
        campaign_id: The campaign that the engagement belongs to.
        engagement_id: The engagement.
        context_id: The context of the offer.
        window_id: The window for the conversation.
        language: The engagement's language, e.g. `en-US`.
        engagement_revision: The engagement's revision.
        valid_for_seconds: The number of seconds for which the offer (not the visit) is valid.
        skill_id: The skill that conversations are routed to.
        skill_name: The skill's name.
        connector_id: The connector that authenticates the consumer; present if the engagement requires authentication.
        additional_properties: What the answer holds beyond the documented fields.

    Source: `EngagementDetails` in the spec.
    """

    campaign_id: str | None = None
    engagement_id: str | None = None
    context_id: str | None = None
    window_id: str | None = None
    language: str | None = None
    engagement_revision: int | None = None
    valid_for_seconds: float | None = None
    skill_id: str | None = None
    skill_name: str | None = None
    connector_id: str | None = None
    additional_properties: Mapping[str, Any] = field(default_factory=dict, hash=False)

    _KEYS: ClassVar[Mapping[str, str]] = {
        "campaign_id": "campaignId",
        "engagement_id": "engagementId",
        "context_id": "contextId",
        "window_id": "windowId",
        "language": "language",
        "engagement_revision": "engagementRevision",
        "valid_for_seconds": "validForSeconds",
        "skill_id": "skillId",
        "skill_name": "skillName",
        "connector_id": "connectorId",
    }
    _KNOWN: ClassVar[frozenset[str]] = frozenset(_KEYS.values())
    _REQUIRED: ClassVar[tuple[str, ...]] = (
        "campaign_id",
        "engagement_id",
        "context_id",
        "window_id",
        "language",
        "engagement_revision",
        "valid_for_seconds",
    )
    _MUTED: ClassVar[frozenset[str]] = frozenset([])

    @classmethod
    def from_dict(cls, src_dict: object) -> Self:
        """Read a JSON value. Anything but an object reads as an empty object."""
        members = as_mapping(src_dict)
        known = cls._KNOWN
        return cls(
            campaign_id=text(members.get("campaignId")),
            engagement_id=text(members.get("engagementId")),
            context_id=text(members.get("contextId")),
            window_id=text(members.get("windowId")),
            language=text(members.get("language")),
            engagement_revision=integer(members.get("engagementRevision")),
            valid_for_seconds=number(members.get("validForSeconds")),
            skill_id=text(members.get("skillId")),
            skill_name=text(members.get("skillName")),
            connector_id=text(members.get("connectorId")),
            additional_properties={key: value for key, value in members.items() if key not in known},
        )
