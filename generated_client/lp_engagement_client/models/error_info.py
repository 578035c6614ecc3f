# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ..types import RequestModel


@dataclass(slots=True, kw_only=True, repr=False)
class ErrorInfo(RequestModel):
    """The details of the error.

    Attributes:
        context_id: The place of the error in the app.
        message: The message that the consumer saw.
        code: The error's code.
        level: The severity.
        resolved: Whether the error was resolved.
        additional_properties: Fields that the spec does not know, and nulls; sent as they are.
    """

    context_id: str | None = None
    message: str | None = None
    code: str | None = None
    level: int | None = None
    resolved: bool | None = None
    additional_properties: dict[str, Any] = field(default_factory=dict)

    _KEYS: ClassVar[Mapping[str, str]] = {
        "context_id": "contextId",
        "message": "message",
        "code": "code",
        "level": "level",
        "resolved": "resolved",
    }
