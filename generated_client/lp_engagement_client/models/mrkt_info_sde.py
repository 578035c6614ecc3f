# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from ..types import RequestModel
from ..values import object_as

if TYPE_CHECKING:
    from ..models.marketing_info import MarketingInfo


@dataclass(slots=True, kw_only=True, repr=False)
class MrktInfoSde(RequestModel):
    """The consumer's way to the brand.

    Attributes:
        type_: Names the attribute.
        info: The marketing source of the consumer.
        additional_properties: Fields that the spec does not know, and nulls; sent as they are.
    """

    type_: Literal["mrktInfo"] = "mrktInfo"
    info: MarketingInfo | None = None
    additional_properties: dict[str, Any] = field(default_factory=dict)

    _KEYS: ClassVar[Mapping[str, str]] = {
        "type_": "type",
        "info": "info",
    }

    @classmethod
    def _readers(cls) -> Mapping[str, Callable[[Any], Any]]:
        from ..models.marketing_info import MarketingInfo

        return {
            "info": object_as(MarketingInfo),
        }
