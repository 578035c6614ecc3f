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

from ..types import Redacted

if TYPE_CHECKING:
    from ..models.engagement_context import EngagementContext


T = TypeVar("T", bound="ImpAccept")


@_attrs_define(repr=False)
class ImpAccept(Redacted):
    """The consumer accepted the engagement.

    Attributes:
        campaign (int): The campaign's id, as a number.
        e_context (list[EngagementContext]): The context in which the engagement was offered.
        eng_id (int): The engagement's id, as a number.
        revision (int): The engagement's revision.
        type_ (Literal['impAccept']): Names the event. Default: 'impAccept'.
    """

    campaign: int
    e_context: list[EngagementContext]
    eng_id: int
    revision: int
    type_: Literal["impAccept"] = "impAccept"

    def to_dict(self) -> dict[str, Any]:
        campaign = self.campaign

        e_context = []
        for e_context_item_data in self.e_context:
            e_context_item = e_context_item_data.to_dict()
            e_context.append(e_context_item)

        eng_id = self.eng_id

        revision = self.revision

        type_ = self.type_

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "campaign": campaign,
                "eContext": e_context,
                "engId": eng_id,
                "revision": revision,
                "type": type_,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.engagement_context import EngagementContext  # noqa: PLC0415

        d = dict(src_dict)
        campaign = d.pop("campaign")

        e_context = []
        _e_context = d.pop("eContext")
        for e_context_item_data in _e_context:
            e_context_item = EngagementContext.from_dict(e_context_item_data)

            e_context.append(e_context_item)

        eng_id = d.pop("engId")

        revision = d.pop("revision")

        type_ = cast(Literal["impAccept"], d.pop("type"))
        if type_ != "impAccept":
            raise ValueError(f"type must match const 'impAccept'")

        imp_accept = cls(
            campaign=campaign,
            e_context=e_context,
            eng_id=eng_id,
            revision=revision,
            type_=type_,
        )

        return imp_accept
