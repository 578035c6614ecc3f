# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Mapping
from typing import (
    Any,
    Literal,
    TypeVar,
    cast,
)

from attrs import define as _attrs_define

from ..types import UNSET, Redacted, Unset

T = TypeVar("T", bound="ImpExpanded")


@_attrs_define(repr=False)
class ImpExpanded(Redacted):
    """The engagement was expanded.

    Attributes:
        campaign (int): The campaign's id, as a number.
        eng_id (int): The engagement's id, as a number.
        revision (int): The engagement's revision.
        type_ (Literal['impExpanded']): Names the event. Default: 'impExpanded'.
        actionable_items (None | Unset): Printed as null only.
        expanded (None | Unset): Printed as null only.
        user_init (None | Unset): Printed as null only.
    """

    campaign: int
    eng_id: int
    revision: int
    type_: Literal["impExpanded"] = "impExpanded"
    actionable_items: None | Unset = UNSET
    expanded: None | Unset = UNSET
    user_init: None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        campaign = self.campaign

        eng_id = self.eng_id

        revision = self.revision

        type_ = self.type_

        actionable_items = self.actionable_items

        expanded = self.expanded

        user_init = self.user_init

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "campaign": campaign,
                "engId": eng_id,
                "revision": revision,
                "type": type_,
            }
        )
        if actionable_items is not UNSET:
            field_dict["actionableItems"] = actionable_items
        if expanded is not UNSET:
            field_dict["expanded"] = expanded
        if user_init is not UNSET:
            field_dict["userInit"] = user_init

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        campaign = d.pop("campaign")

        eng_id = d.pop("engId")

        revision = d.pop("revision")

        type_ = cast(Literal["impExpanded"], d.pop("type"))
        if type_ != "impExpanded":
            raise ValueError(f"type must match const 'impExpanded'")

        actionable_items = d.pop("actionableItems", UNSET)

        expanded = d.pop("expanded", UNSET)

        user_init = d.pop("userInit", UNSET)

        imp_expanded = cls(
            campaign=campaign,
            eng_id=eng_id,
            revision=revision,
            type_=type_,
            actionable_items=actionable_items,
            expanded=expanded,
            user_init=user_init,
        )

        return imp_expanded
