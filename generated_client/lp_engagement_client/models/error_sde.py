# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from ..types import RequestModel
from ..values import object_as

if TYPE_CHECKING:
    from ..models.error_info import ErrorInfo


@dataclass(slots=True, kw_only=True, repr=False)
class ErrorSde(RequestModel):
    """An error that the consumer saw in the app.

    Attributes:
        type_: Names the attribute.
        error: The details of the error.
        additional_properties: Fields that the spec does not know, and nulls; sent as they are.
    """

    type_: Literal["error"] = "error"
    error: ErrorInfo | None = None
    additional_properties: dict[str, Any] = field(default_factory=dict)

    _KEYS: ClassVar[Mapping[str, str]] = {
        "type_": "type",
        "error": "error",
    }

    @classmethod
    def _readers(cls) -> Mapping[str, Callable[[Any], Any]]:
        from ..models.error_info import ErrorInfo

        return {
            "error": object_as(ErrorInfo),
        }
