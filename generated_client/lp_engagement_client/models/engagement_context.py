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

T = TypeVar("T", bound="EngagementContext")


@_attrs_define(repr=False)
class EngagementContext(Redacted):
    """The context of an engagement.

    Attributes:
        id (str): The context's id, as text.
        type_ (Literal['engagementContext']): Names the object. Default: 'engagementContext'.
    """

    id: str
    type_: Literal["engagementContext"] = "engagementContext"

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        type_ = self.type_

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "id": id,
                "type": type_,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        type_ = cast(Literal["engagementContext"], d.pop("type"))
        if type_ != "engagementContext":
            raise ValueError(f"type must match const 'engagementContext'")

        engagement_context = cls(
            id=id,
            type_=type_,
        )

        return engagement_context
