# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Mapping
from typing import (
    Any,
    TypeVar,
)

from attrs import define as _attrs_define

from ..models.marketing_info_channel import (
    MarketingInfoChannel,
    check_marketing_info_channel,
)
from ..types import UNSET, Redacted, Unset

T = TypeVar("T", bound="MarketingInfo")


@_attrs_define(repr=False)
class MarketingInfo(Redacted):
    """Where the consumer came from.

    Attributes:
        affiliate (str | Unset): The affiliate's name.
        campaign_id (str | Unset): The marketing campaign's id (not the LivePerson campaign of an engagement).
        channel (MarketingInfoChannel | Unset): The channel's number.
    """

    affiliate: str | Unset = UNSET
    campaign_id: str | Unset = UNSET
    channel: MarketingInfoChannel | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        affiliate = self.affiliate

        campaign_id = self.campaign_id

        channel: int | Unset = UNSET
        if not isinstance(self.channel, Unset):
            channel = self.channel

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if affiliate is not UNSET:
            field_dict["affiliate"] = affiliate
        if campaign_id is not UNSET:
            field_dict["campaignId"] = campaign_id
        if channel is not UNSET:
            field_dict["channel"] = channel

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        affiliate = d.pop("affiliate", UNSET)

        campaign_id = d.pop("campaignId", UNSET)

        _channel = d.pop("channel", UNSET)
        channel: MarketingInfoChannel | Unset
        if isinstance(_channel, Unset):
            channel = UNSET
        else:
            channel = check_marketing_info_channel(_channel)

        marketing_info = cls(
            affiliate=affiliate,
            campaign_id=campaign_id,
            channel=channel,
        )

        return marketing_info
