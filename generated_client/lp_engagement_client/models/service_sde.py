# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from ..types import RequestModel
from ..values import object_as

if TYPE_CHECKING:
    from ..models.service_info import ServiceInfo


@dataclass(slots=True, kw_only=True, repr=False)
class ServiceSde(RequestModel):
    """A service that the consumer requested.

    Attributes:
        type_: Names the attribute.
        service: The service request.
        additional_properties: Fields that the spec does not know, and nulls; sent as they are.
    """

    type_: Literal["service"] = "service"
    service: ServiceInfo | None = None
    additional_properties: dict[str, Any] = field(default_factory=dict)

    _KEYS: ClassVar[Mapping[str, str]] = {
        "type_": "type",
        "service": "service",
    }

    @classmethod
    def _readers(cls) -> Mapping[str, Callable[[Any], Any]]:
        from ..models.service_info import ServiceInfo

        return {
            "service": object_as(ServiceInfo),
        }
