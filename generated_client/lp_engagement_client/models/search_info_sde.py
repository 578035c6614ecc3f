# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from ..types import RequestModel


@dataclass(slots=True, kw_only=True, repr=False)
class SearchInfoSde(RequestModel):
    """The consumer's search.

    Attributes:
        type_: Names the attribute.
        keywords: The search terms.
        additional_properties: Fields that the spec does not know, and nulls; sent as they are.
    """

    type_: Literal["searchInfo"] = "searchInfo"
    keywords: list[str] | None = None
    additional_properties: dict[str, Any] = field(default_factory=dict)

    _KEYS: ClassVar[Mapping[str, str]] = {
        "type_": "type",
        "keywords": "keywords",
    }
