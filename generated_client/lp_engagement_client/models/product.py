# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ..types import RequestModel


@dataclass(slots=True, kw_only=True, repr=False)
class Product(RequestModel):
    """A product.

    Attributes:
        name: The product's name.
        category: The product's category.
        sku: The product's number, as a string.
        price: The price of one item.
        additional_properties: Fields that the spec does not know, and nulls; sent as they are.
    """

    name: str | None = None
    category: str | None = None
    sku: str | None = None
    price: float | None = None
    additional_properties: dict[str, Any] = field(default_factory=dict)

    _KEYS: ClassVar[Mapping[str, str]] = {
        "name": "name",
        "category": "category",
        "sku": "sku",
        "price": "price",
    }
