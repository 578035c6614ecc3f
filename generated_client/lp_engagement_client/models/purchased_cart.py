# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from ..types import RequestModel
from ..values import each_as, object_as

if TYPE_CHECKING:
    from ..models.cart_product import CartProduct


@dataclass(slots=True, kw_only=True, repr=False)
class PurchasedCart(RequestModel):
    """The lines of a purchase.

    Attributes:
        products: The lines, as in a cart.
        num_items: The number of items bought.
        additional_properties: Fields that the spec does not know, and nulls; sent as they are.
    """

    products: list[CartProduct]
    num_items: int | None = None
    additional_properties: dict[str, Any] = field(default_factory=dict)

    _KEYS: ClassVar[Mapping[str, str]] = {
        "products": "products",
        "num_items": "numItems",
    }

    @classmethod
    def _readers(cls) -> Mapping[str, Callable[[Any], Any]]:
        from ..models.cart_product import CartProduct

        return {
            "products": each_as(object_as(CartProduct)),
        }
