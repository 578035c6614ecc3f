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
    from ..models.customer_info import CustomerInfo


T = TypeVar("T", bound="CtmrinfoSde")


@_attrs_define(repr=False)
class CtmrinfoSde(Redacted):
    """What the brand knows about the customer.

    Attributes:
        type_ (Literal['ctmrinfo']): Names the attribute. Default: 'ctmrinfo'.
        info (CustomerInfo | Unset): The customer's account with the brand.
    """

    type_: Literal["ctmrinfo"] = "ctmrinfo"
    info: CustomerInfo | Unset = UNSET

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
        from ..models.customer_info import CustomerInfo  # noqa: PLC0415

        d = dict(src_dict)
        type_ = cast(Literal["ctmrinfo"], d.pop("type"))
        if type_ != "ctmrinfo":
            raise ValueError(f"type must match const 'ctmrinfo'")

        _info = d.pop("info", UNSET)
        info: CustomerInfo | Unset
        if isinstance(_info, Unset):
            info = UNSET
        else:
            info = CustomerInfo.from_dict(_info)

        ctmrinfo_sde = cls(
            type_=type_,
            info=info,
        )

        return ctmrinfo_sde
