# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from ..types import RequestModel
from ..values import object_as

if TYPE_CHECKING:
    from ..models.lead_info import LeadInfo


@dataclass(slots=True, kw_only=True, repr=False)
class LeadSde(RequestModel):
    """A sales lead.

    Attributes:
        type_: Names the attribute.
        lead: The details of the lead.
        additional_properties: Fields that the spec does not know, and nulls; sent as they are.
    """

    type_: Literal["lead"] = "lead"
    lead: LeadInfo | None = None
    additional_properties: dict[str, Any] = field(default_factory=dict)

    _KEYS: ClassVar[Mapping[str, str]] = {
        "type_": "type",
        "lead": "lead",
    }

    @classmethod
    def _readers(cls) -> Mapping[str, Callable[[Any], Any]]:
        from ..models.lead_info import LeadInfo

        return {
            "lead": object_as(LeadInfo),
        }
