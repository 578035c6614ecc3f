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

T = TypeVar("T", bound="SearchInfoSde")


@_attrs_define(repr=False)
class SearchInfoSde(Redacted):
    """What the consumer searched for.

    Attributes:
        type_ (Literal['searchInfo']): Names the attribute. Default: 'searchInfo'.
        keywords (list[str] | Unset): The words searched for.
    """

    type_: Literal["searchInfo"] = "searchInfo"
    keywords: list[str] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        type_ = self.type_

        keywords: list[str] | Unset = UNSET
        if not isinstance(self.keywords, Unset):
            keywords = self.keywords

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "type": type_,
            }
        )
        if keywords is not UNSET:
            field_dict["keywords"] = keywords

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        type_ = cast(Literal["searchInfo"], d.pop("type"))
        if type_ != "searchInfo":
            raise ValueError(f"type must match const 'searchInfo'")

        keywords = cast(list[str], d.pop("keywords", UNSET))

        search_info_sde = cls(
            type_=type_,
            keywords=keywords,
        )

        return search_info_sde
