# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ..types import RequestModel


@dataclass(slots=True, kw_only=True, repr=False)
class CalendarDate(RequestModel):
    """A date as three integers.

    Attributes:
        day: Day of the month from 1.
        month: Month from 1 to 12 (January is 1).
        year: Year in four digits.
        additional_properties: Fields that the spec does not know, and nulls; sent as they are.
    """

    day: int | None = None
    month: int | None = None
    year: int | None = None
    additional_properties: dict[str, Any] = field(default_factory=dict)

    _KEYS: ClassVar[Mapping[str, str]] = {
        "day": "day",
        "month": "month",
        "year": "year",
    }
