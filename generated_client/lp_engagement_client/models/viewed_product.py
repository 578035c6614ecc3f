# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Redacted, Unset

T = TypeVar("T", bound="ViewedProduct")


@_attrs_define(repr=False)
class ViewedProduct(Redacted):
    """A product that the consumer looked at.

    Attributes:
        category (str | Unset): The product's category.
        name (str | Unset): The product's name.
        price (float | Unset): The price of one.
        quantity_in_stock (int | Unset): How many are in stock.
        sku (str | Unset): The product's number, as text.
        status_in_stock (str | Unset): Whether it is in stock, free text.
    """

    category: str | Unset = UNSET
    name: str | Unset = UNSET
    price: float | Unset = UNSET
    quantity_in_stock: int | Unset = UNSET
    sku: str | Unset = UNSET
    status_in_stock: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        category = self.category

        name = self.name

        price = self.price

        quantity_in_stock = self.quantity_in_stock

        sku = self.sku

        status_in_stock = self.status_in_stock

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if category is not UNSET:
            field_dict["category"] = category
        if name is not UNSET:
            field_dict["name"] = name
        if price is not UNSET:
            field_dict["price"] = price
        if quantity_in_stock is not UNSET:
            field_dict["quantityInStock"] = quantity_in_stock
        if sku is not UNSET:
            field_dict["sku"] = sku
        if status_in_stock is not UNSET:
            field_dict["statusInStock"] = status_in_stock

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        category = d.pop("category", UNSET)

        name = d.pop("name", UNSET)

        price = d.pop("price", UNSET)

        quantity_in_stock = d.pop("quantityInStock", UNSET)

        sku = d.pop("sku", UNSET)

        status_in_stock = d.pop("statusInStock", UNSET)

        viewed_product = cls(
            category=category,
            name=name,
            price=price,
            quantity_in_stock=quantity_in_stock,
            sku=sku,
            status_in_stock=status_in_stock,
        )

        return viewed_product
