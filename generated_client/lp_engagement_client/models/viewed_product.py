# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ..types import RequestModel


@dataclass(slots=True, kw_only=True, repr=False)
class ViewedProduct(RequestModel):
    """A product that the consumer viewed.

    Attributes:
        name: The product's name.
        category: The product's category.
        sku: The product's number, as a string.
        price: The price of one item.
        status_in_stock: Whether the product is in stock; free text.
        quantity_in_stock: The number in stock.
        additional_properties: Fields that the spec does not know, and nulls; sent as they are.
    """

    name: str | None = None
    category: str | None = None
    sku: str | None = None
    price: float | None = None
    status_in_stock: str | None = None
    quantity_in_stock: int | None = None
    additional_properties: dict[str, Any] = field(default_factory=dict)

    _KEYS: ClassVar[Mapping[str, str]] = {
        "name": "name",
        "category": "category",
        "sku": "sku",
        "price": "price",
        "status_in_stock": "statusInStock",
        "quantity_in_stock": "quantityInStock",
    }
