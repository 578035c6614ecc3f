# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Mapping
from typing import (
    TYPE_CHECKING,
    Any,
    Literal,
    TypeVar,
    cast,
)

from attrs import define as _attrs_define

from ..types import UNSET, Redacted, Unset

if TYPE_CHECKING:
    from ..models.lead_info import LeadInfo


T = TypeVar("T", bound="LeadSde")


@_attrs_define(repr=False)
class LeadSde(Redacted):
    """A lead that the consumer has become.

    Attributes:
        type_ (Literal['lead']): Names the attribute. Default: 'lead'.
        lead (LeadInfo | Unset): The lead.
    """

    type_: Literal["lead"] = "lead"
    lead: LeadInfo | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        type_ = self.type_

        lead: dict[str, Any] | Unset = UNSET
        if not isinstance(self.lead, Unset):
            lead = self.lead.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "type": type_,
            }
        )
        if lead is not UNSET:
            field_dict["lead"] = lead

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.lead_info import LeadInfo  # noqa: PLC0415

        d = dict(src_dict)
        type_ = cast(Literal["lead"], d.pop("type"))
        if type_ != "lead":
            raise ValueError(f"type must match const 'lead'")

        _lead = d.pop("lead", UNSET)
        lead: LeadInfo | Unset
        if isinstance(_lead, Unset):
            lead = UNSET
        else:
            lead = LeadInfo.from_dict(_lead)

        lead_sde = cls(
            type_=type_,
            lead=lead,
        )

        return lead_sde
