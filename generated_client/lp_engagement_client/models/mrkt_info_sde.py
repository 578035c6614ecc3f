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
    from ..models.marketing_info import MarketingInfo


T = TypeVar("T", bound="MrktInfoSde")


@_attrs_define(repr=False)
class MrktInfoSde(Redacted):
    """How the consumer came to the brand.

    Attributes:
        type_ (Literal['mrktInfo']): Names the attribute. Default: 'mrktInfo'.
        info (MarketingInfo | Unset): Where the consumer came from.
    """

    type_: Literal["mrktInfo"] = "mrktInfo"
    info: MarketingInfo | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        type_ = self.type_

        info: dict[str, Any] | Unset = UNSET
        if not isinstance(self.info, Unset):
            info = self.info.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "type": type_,
            }
        )
        if info is not UNSET:
            field_dict["info"] = info

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.marketing_info import MarketingInfo  # noqa: PLC0415

        d = dict(src_dict)
        type_ = cast(Literal["mrktInfo"], d.pop("type"))
        if type_ != "mrktInfo":
            raise ValueError(f"type must match const 'mrktInfo'")

        _info = d.pop("info", UNSET)
        info: MarketingInfo | Unset
        if isinstance(_info, Unset):
            info = UNSET
        else:
            info = MarketingInfo.from_dict(_info)

        mrkt_info_sde = cls(
            type_=type_,
            info=info,
        )

        return mrkt_info_sde
