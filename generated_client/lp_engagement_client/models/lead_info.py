# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Redacted, Unset

T = TypeVar("T", bound="LeadInfo")


@_attrs_define(repr=False)
class LeadInfo(Redacted):
    """The lead.

    Attributes:
        currency (str | Unset): The currency of the value, free text such as `USD`.
        lead_id (str | Unset): The lead's number.
        topic (str | Unset): What it is about.
        value (float | Unset): What it may be worth.
    """

    currency: str | Unset = UNSET
    lead_id: str | Unset = UNSET
    topic: str | Unset = UNSET
    value: float | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        currency = self.currency

        lead_id = self.lead_id

        topic = self.topic

        value = self.value

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if currency is not UNSET:
            field_dict["currency"] = currency
        if lead_id is not UNSET:
            field_dict["leadId"] = lead_id
        if topic is not UNSET:
            field_dict["topic"] = topic
        if value is not UNSET:
            field_dict["value"] = value

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        currency = d.pop("currency", UNSET)

        lead_id = d.pop("leadId", UNSET)

        topic = d.pop("topic", UNSET)

        value = d.pop("value", UNSET)

        lead_info = cls(
            currency=currency,
            lead_id=lead_id,
            topic=topic,
            value=value,
        )

        return lead_info
