# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from ..types import RequestModel


@dataclass(slots=True, kw_only=True, repr=False)
class EngagementContext(RequestModel):
    """The context of an engagement.

    Attributes:
        type_: Names the object.
        id: The context's id, as a string.
        additional_properties: Fields that the spec does not know, and nulls; sent as they are.
    """

    type_: Literal["engagementContext"] = "engagementContext"
    id: str
    additional_properties: dict[str, Any] = field(default_factory=dict)

    _KEYS: ClassVar[Mapping[str, str]] = {
        "type_": "type",
        "id": "id",
    }
