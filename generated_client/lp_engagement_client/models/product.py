# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Redacted, Unset

T = TypeVar("T", bound="Product")


@_attrs_define(repr=False)
class Product(Redacted):
    """A product.

    Attributes:
        category (str | Unset): The product's category.
        name (str | Unset): The product's name.
        price (float | Unset): The price of one.
        sku (str | Unset): The product's number, as text.
    """

    category: str | Unset = UNSET
    name: str | Unset = UNSET
    price: float | Unset = UNSET
    sku: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        category = self.category

        name = self.name

        price = self.price

        sku = self.sku

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if category is not UNSET:
            field_dict["category"] = category
        if name is not UNSET:
            field_dict["name"] = name
        if price is not UNSET:
            field_dict["price"] = price
        if sku is not UNSET:
            field_dict["sku"] = sku

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        category = d.pop("category", UNSET)

        name = d.pop("name", UNSET)

        price = d.pop("price", UNSET)

        sku = d.pop("sku", UNSET)

        product = cls(
            category=category,
            name=name,
            price=price,
            sku=sku,
        )

        return product
