# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ..types import RequestModel


@dataclass(slots=True, kw_only=True, repr=False)
class Age(RequestModel):
    """Age, or date of birth, or both; they need not agree.

    Attributes:
        age: Age in years.
        year: Year of birth.
        month: Month of birth, 1 to 12.
        day: Day of birth, from 1.
        additional_properties: Fields that the spec does not know, and nulls; sent as they are.
    """

    age: int | None = None
    year: int | None = None
    month: int | None = None
    day: int | None = None
    additional_properties: dict[str, Any] = field(default_factory=dict)

    _KEYS: ClassVar[Mapping[str, str]] = {
        "age": "age",
        "year": "year",
        "month": "month",
        "day": "day",
    }
