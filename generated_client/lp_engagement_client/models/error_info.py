# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ..types import UNSET, RequestModel, Unset


@dataclass(slots=True, kw_only=True, repr=False)
class ErrorInfo(RequestModel):
    """The error.

    Attributes:
        context_id: Where it happened.
        message: What the consumer was told.
        code: The error's code.
        level: How bad it is.
        resolved: Whether it was resolved.
        additional_properties: Fields that the spec does not know; sent as they are.
    """

    context_id: str | Unset = UNSET
    message: str | Unset = UNSET
    code: str | Unset = UNSET
    level: int | Unset = UNSET
    resolved: bool | Unset = UNSET
    additional_properties: dict[str, Any] = field(default_factory=dict)

    _KEYS: ClassVar[Mapping[str, str]] = {
        "context_id": "contextId",
        "message": "message",
        "code": "code",
        "level": "level",
        "resolved": "resolved",
    }
