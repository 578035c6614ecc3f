# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Mapping
from typing import (
    TYPE_CHECKING,
    Any,
    TypeVar,
)

from attrs import define as _attrs_define

from ..types import Redacted

if TYPE_CHECKING:
    from ..models.viewed_product import ViewedProduct


T = TypeVar("T", bound="ProdViewProduct")


@_attrs_define(repr=False)
class ProdViewProduct(Redacted):
    """One entry of the products looked at.

    Attributes:
        product (ViewedProduct): A product that the consumer looked at.
    """

    product: ViewedProduct

    def to_dict(self) -> dict[str, Any]:
        product = self.product.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "product": product,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.viewed_product import ViewedProduct  # noqa: PLC0415

        d = dict(src_dict)
        product = ViewedProduct.from_dict(d.pop("product"))

        prod_view_product = cls(
            product=product,
        )

        return prod_view_product
