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
    from ..models.personal_info import PersonalInfo


T = TypeVar("T", bound="PersonalSde")


@_attrs_define(repr=False)
class PersonalSde(Redacted):
    """Who the consumer is.

    Attributes:
        type_ (Literal['personal']): Names the attribute. Default: 'personal'.
        personal (PersonalInfo | Unset): The consumer's personal information.
    """

    type_: Literal["personal"] = "personal"
    personal: PersonalInfo | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        type_ = self.type_

        personal: dict[str, Any] | Unset = UNSET
        if not isinstance(self.personal, Unset):
            personal = self.personal.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "type": type_,
            }
        )
        if personal is not UNSET:
            field_dict["personal"] = personal

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.personal_info import PersonalInfo  # noqa: PLC0415

        d = dict(src_dict)
        type_ = cast(Literal["personal"], d.pop("type"))
        if type_ != "personal":
            raise ValueError(f"type must match const 'personal'")

        _personal = d.pop("personal", UNSET)
        personal: PersonalInfo | Unset
        if isinstance(_personal, Unset):
            personal = UNSET
        else:
            personal = PersonalInfo.from_dict(_personal)

        personal_sde = cls(
            type_=type_,
            personal=personal,
        )

        return personal_sde
