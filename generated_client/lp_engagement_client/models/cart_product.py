# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from ..types import RequestModel
from ..values import object_as

if TYPE_CHECKING:
    from ..models.product import Product


@dataclass(slots=True, kw_only=True, repr=False)
class CartProduct(RequestModel):
    """A line of a cart.

    Attributes:
        product: A product.
        quantity: The quantity.
        additional_properties: Fields that the spec does not know, and nulls; sent as they are.
    """

    product: Product
    quantity: int | None = None
    additional_properties: dict[str, Any] = field(default_factory=dict)

    _KEYS: ClassVar[Mapping[str, str]] = {
        "product": "product",
        "quantity": "quantity",
    }

    @classmethod
    def _readers(cls) -> Mapping[str, Callable[[Any], Any]]:
        from ..models.product import Product

        return {
            "product": object_as(Product),
        }
