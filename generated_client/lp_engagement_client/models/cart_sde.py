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

from ..types import UNSET, Redacted, Unset

if TYPE_CHECKING:
    from ..models.cart_product import CartProduct


T = TypeVar("T", bound="CartSde")


@_attrs_define(repr=False)
class CartSde(Redacted):
    """What is in the consumer's cart now. The server computes nothing from the products.

    Attributes:
        num_items (int): How many items are in the cart; need not equal the sum of the quantities.
        total (float): The cart's value.
        type_ (Literal['cart']): Names the attribute. Default: 'cart'.
        currency (str | Unset): The currency of the total, free text such as `USD`.
        products (list[CartProduct] | Unset): The lines of the cart.
    """

    num_items: int
    total: float
    type_: Literal["cart"] = "cart"
    currency: str | Unset = UNSET
    products: list[CartProduct] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        num_items = self.num_items

        total = self.total

        type_ = self.type_

        currency = self.currency

        products: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.products, Unset):
            products = []
            for products_item_data in self.products:
                products_item = products_item_data.to_dict()
                products.append(products_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "numItems": num_items,
                "total": total,
                "type": type_,
            }
        )
        if currency is not UNSET:
            field_dict["currency"] = currency
        if products is not UNSET:
            field_dict["products"] = products

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.cart_product import CartProduct  # noqa: PLC0415

        d = dict(src_dict)
        num_items = d.pop("numItems")

        total = d.pop("total")

        type_ = cast(Literal["cart"], d.pop("type"))
        if type_ != "cart":
            raise ValueError(f"type must match const 'cart'")

        currency = d.pop("currency", UNSET)

        _products = d.pop("products", UNSET)
        products: list[CartProduct] | Unset = UNSET
        if _products is not UNSET:
            products = []
            for products_item_data in _products:
                products_item = CartProduct.from_dict(products_item_data)

                products.append(products_item)

        cart_sde = cls(
            num_items=num_items,
            total=total,
            type_=type_,
            currency=currency,
            products=products,
        )

        return cart_sde
