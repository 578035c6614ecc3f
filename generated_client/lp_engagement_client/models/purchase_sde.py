# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from ..types import RequestModel
from ..values import object_as

if TYPE_CHECKING:
    from ..models.purchased_cart import PurchasedCart


@dataclass(slots=True, kw_only=True, repr=False)
class PurchaseSde(RequestModel):
    """The consumer's purchase.

    Attributes:
        type_: Names the attribute.
        total: The purchase's value.
        currency: The currency of the total, free text such as `USD`.
        order_id: The order's number.
        cart: The lines of a purchase.
        additional_properties: Fields that the spec does not know, and nulls; sent as they are.
    """

    type_: Literal["purchase"] = "purchase"
    total: float | None = None
    currency: str | None = None
    order_id: str | None = None
    cart: PurchasedCart | None = None
    additional_properties: dict[str, Any] = field(default_factory=dict)

    _KEYS: ClassVar[Mapping[str, str]] = {
        "type_": "type",
        "total": "total",
        "currency": "currency",
        "order_id": "orderId",
        "cart": "cart",
    }

    @classmethod
    def _readers(cls) -> Mapping[str, Callable[[Any], Any]]:
        from ..models.purchased_cart import PurchasedCart

        return {
            "cart": object_as(PurchasedCart),
        }
