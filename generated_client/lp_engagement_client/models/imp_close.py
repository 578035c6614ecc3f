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

from ..types import Redacted

T = TypeVar("T", bound="ImpClose")


@_attrs_define(repr=False)
class ImpClose(Redacted):
    """The consumer closed the engagement.

    Attributes:
        campaign (int): The campaign's id, as a number.
        eng_id (int): The engagement's id, as a number.
        revision (int): The engagement's revision.
        type_ (Literal['impClose']): Names the event. Default: 'impClose'.
    """

    campaign: int
    eng_id: int
    revision: int
    type_: Literal["impClose"] = "impClose"

    def to_dict(self) -> dict[str, Any]:
        campaign = self.campaign

        eng_id = self.eng_id

        revision = self.revision

        type_ = self.type_

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "campaign": campaign,
                "engId": eng_id,
                "revision": revision,
                "type": type_,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        campaign = d.pop("campaign")

        eng_id = d.pop("engId")

        revision = d.pop("revision")

        type_ = cast(Literal["impClose"], d.pop("type"))
        if type_ != "impClose":
            raise ValueError(f"type must match const 'impClose'")

        imp_close = cls(
            campaign=campaign,
            eng_id=eng_id,
            revision=revision,
            type_=type_,
        )

        return imp_close
