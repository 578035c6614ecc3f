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
    from ..models.purchased_cart import PurchasedCart


T = TypeVar("T", bound="PurchaseSde")


@_attrs_define(repr=False)
class PurchaseSde(Redacted):
    """What the consumer has bought.

    Attributes:
        type_ (Literal['purchase']): Names the attribute. Default: 'purchase'.
        cart (PurchasedCart | Unset): The lines of a purchase.
        currency (str | Unset): The currency of the total, free text such as `USD`.
        order_id (str | Unset): The order's number.
        total (float | Unset): The purchase's value.
    """

    type_: Literal["purchase"] = "purchase"
    cart: PurchasedCart | Unset = UNSET
    currency: str | Unset = UNSET
    order_id: str | Unset = UNSET
    total: float | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        type_ = self.type_

        cart: dict[str, Any] | Unset = UNSET
        if not isinstance(self.cart, Unset):
            cart = self.cart.to_dict()

        currency = self.currency

        order_id = self.order_id

        total = self.total

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "type": type_,
            }
        )
        if cart is not UNSET:
            field_dict["cart"] = cart
        if currency is not UNSET:
            field_dict["currency"] = currency
        if order_id is not UNSET:
            field_dict["orderId"] = order_id
        if total is not UNSET:
            field_dict["total"] = total

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.purchased_cart import PurchasedCart  # noqa: PLC0415

        d = dict(src_dict)
        type_ = cast(Literal["purchase"], d.pop("type"))
        if type_ != "purchase":
            raise ValueError(f"type must match const 'purchase'")

        _cart = d.pop("cart", UNSET)
        cart: PurchasedCart | Unset
        if isinstance(_cart, Unset):
            cart = UNSET
        else:
            cart = PurchasedCart.from_dict(_cart)

        currency = d.pop("currency", UNSET)

        order_id = d.pop("orderId", UNSET)

        total = d.pop("total", UNSET)

        purchase_sde = cls(
            type_=type_,
            cart=cart,
            currency=currency,
            order_id=order_id,
            total=total,
        )

        return purchase_sde
