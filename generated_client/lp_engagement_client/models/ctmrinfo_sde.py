# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from ..types import RequestModel
from ..values import object_as

if TYPE_CHECKING:
    from ..models.customer_info import CustomerInfo


@dataclass(slots=True, kw_only=True, repr=False)
class CtmrinfoSde(RequestModel):
    """The brand's data about the customer.

    Attributes:
        type_: Names the attribute.
        info: The customer's account with the brand.
        additional_properties: Fields that the spec does not know, and nulls; sent as they are.
    """

    type_: Literal["ctmrinfo"] = "ctmrinfo"
    info: CustomerInfo | None = None
    additional_properties: dict[str, Any] = field(default_factory=dict)

    _KEYS: ClassVar[Mapping[str, str]] = {
        "type_": "type",
        "info": "info",
    }

    @classmethod
    def _readers(cls) -> Mapping[str, Callable[[Any], Any]]:
        from ..models.customer_info import CustomerInfo

        return {
            "info": object_as(CustomerInfo),
        }
