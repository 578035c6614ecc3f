# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from ..types import RequestModel

if TYPE_CHECKING:
    from ..models.service_info_status import ServiceInfoStatus


@dataclass(slots=True, kw_only=True, repr=False)
class ServiceInfo(RequestModel):
    """The service request.

    Attributes:
        topic: What it is about.
        status: The progress of the request, as a number.
        category: The type of service.
        service_id: The service request's number.
        additional_properties: Fields that the spec does not know, and nulls; sent as they are.
    """

    topic: str | None = None
    status: ServiceInfoStatus | None = None
    category: str | None = None
    service_id: str | None = None
    additional_properties: dict[str, Any] = field(default_factory=dict)

    _KEYS: ClassVar[Mapping[str, str]] = {
        "topic": "topic",
        "status": "status",
        "category": "category",
        "service_id": "serviceId",
    }
