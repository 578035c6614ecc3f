# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from ..types import RequestModel
from ..values import each_as, object_as

if TYPE_CHECKING:
    from ..models.cart_product import CartProduct


@dataclass(slots=True, kw_only=True, repr=False)
class CartSde(RequestModel):
    """The current contents of the consumer's cart. The server computes nothing from the products.

    Attributes:
        type_: Names the attribute.
        total: The cart's value.
        num_items: The number of items in the cart; need not equal the sum of the quantities.
        currency: The currency of the total, free text such as `USD`.
        products: The lines of the cart.
        additional_properties: Fields that the spec does not know, and nulls; sent as they are.
    """

    type_: Literal["cart"] = "cart"
    total: float
    num_items: int
    currency: str | None = None
    products: list[CartProduct] | None = None
    additional_properties: dict[str, Any] = field(default_factory=dict)

    _KEYS: ClassVar[Mapping[str, str]] = {
        "type_": "type",
        "total": "total",
        "num_items": "numItems",
        "currency": "currency",
        "products": "products",
    }

    @classmethod
    def _readers(cls) -> Mapping[str, Callable[[Any], Any]]:
        from ..models.cart_product import CartProduct

        return {
            "products": each_as(object_as(CartProduct)),
        }
