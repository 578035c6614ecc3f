# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Mapping
from typing import (
    TYPE_CHECKING,
    Any,
    TypeVar,
)

from attrs import define as _attrs_define

from ..types import UNSET, Redacted, Unset

if TYPE_CHECKING:
    from ..models.product import Product


T = TypeVar("T", bound="CartProduct")


@_attrs_define(repr=False)
class CartProduct(Redacted):
    """A line of a cart.

    Attributes:
        product (Product): A product.
        quantity (int | Unset): How many of it.
    """

    product: Product
    quantity: int | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        product = self.product.to_dict()

        quantity = self.quantity

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "product": product,
            }
        )
        if quantity is not UNSET:
            field_dict["quantity"] = quantity

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.product import Product  # noqa: PLC0415

        d = dict(src_dict)
        product = Product.from_dict(d.pop("product"))

        quantity = d.pop("quantity", UNSET)

        cart_product = cls(
            product=product,
            quantity=quantity,
        )

        return cart_product
