# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from ..types import RequestModel
from ..values import each_as, object_as

if TYPE_CHECKING:
    from ..models.prod_view_product import ProdViewProduct


@dataclass(slots=True, kw_only=True, repr=False)
class ProdViewSde(RequestModel):
    """The products that the consumer viewed.

    Attributes:
        type_: Names the attribute.
        currency: The currency of the prices, free text such as `USD`.
        products: The products viewed.
        additional_properties: Fields that the spec does not know, and nulls; sent as they are.
    """

    type_: Literal["prodView"] = "prodView"
    currency: str | None = None
    products: list[ProdViewProduct] | None = None
    additional_properties: dict[str, Any] = field(default_factory=dict)

    _KEYS: ClassVar[Mapping[str, str]] = {
        "type_": "type",
        "currency": "currency",
        "products": "products",
    }

    @classmethod
    def _readers(cls) -> Mapping[str, Callable[[Any], Any]]:
        from ..models.prod_view_product import ProdViewProduct

        return {
            "products": each_as(object_as(ProdViewProduct)),
        }
