# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from ..types import RequestModel

if TYPE_CHECKING:
    from ..models.marketing_info_channel import MarketingInfoChannel


@dataclass(slots=True, kw_only=True, repr=False)
class MarketingInfo(RequestModel):
    """The marketing source of the consumer.

    Attributes:
        channel: The channel's number.
        affiliate: The affiliate's name.
        campaign_id: The marketing campaign's id (not the LivePerson campaign of an engagement).
        additional_properties: Fields that the spec does not know, and nulls; sent as they are.
    """

    channel: MarketingInfoChannel | None = None
    affiliate: str | None = None
    campaign_id: str | None = None
    additional_properties: dict[str, Any] = field(default_factory=dict)

    _KEYS: ClassVar[Mapping[str, str]] = {
        "channel": "channel",
        "affiliate": "affiliate",
        "campaign_id": "campaignId",
    }
