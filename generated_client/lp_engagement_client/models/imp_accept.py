# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from ..types import RequestModel
from ..values import each_as, object_as

if TYPE_CHECKING:
    from ..models.engagement_context import EngagementContext


@dataclass(slots=True, kw_only=True, repr=False)
class ImpAccept(RequestModel):
    """The consumer accepted the engagement.

    Attributes:
        type_: Names the event.
        campaign: The campaign's id, as a number.
        eng_id: The engagement's id, as a number.
        revision: The engagement's revision.
        e_context: The context of the offer.
        additional_properties: Fields that the spec does not know, and nulls; sent as they are.
    """

    type_: Literal["impAccept"] = "impAccept"
    campaign: int
    eng_id: int
    revision: int
    e_context: list[EngagementContext]
    additional_properties: dict[str, Any] = field(default_factory=dict)

    _KEYS: ClassVar[Mapping[str, str]] = {
        "type_": "type",
        "campaign": "campaign",
        "eng_id": "engId",
        "revision": "revision",
        "e_context": "eContext",
    }

    @classmethod
    def _readers(cls) -> Mapping[str, Callable[[Any], Any]]:
        from ..models.engagement_context import EngagementContext

        return {
            "eContext": each_as(object_as(EngagementContext)),
        }
