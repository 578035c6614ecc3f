# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ..types import RequestModel


@dataclass(slots=True, kw_only=True, repr=False)
class Address(RequestModel):
    """The country and region of an address.

    Attributes:
        country: Country, free text.
        region: Region, free text.
        additional_properties: Fields that the spec does not know, and nulls; sent as they are.
    """

    country: str | None = None
    region: str | None = None
    additional_properties: dict[str, Any] = field(default_factory=dict)

    _KEYS: ClassVar[Mapping[str, str]] = {
        "country": "country",
        "region": "region",
    }
