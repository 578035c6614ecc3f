# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Mapping
from typing import (
    Any,
    TypeVar,
)

from attrs import define as _attrs_define

from ..models.service_info_status import ServiceInfoStatus, check_service_info_status
from ..types import UNSET, Redacted, Unset

T = TypeVar("T", bound="ServiceInfo")


@_attrs_define(repr=False)
class ServiceInfo(Redacted):
    """The service request.

    Attributes:
        category (str | Unset): The kind of service.
        service_id (str | Unset): The service request's number.
        status (ServiceInfoStatus | Unset): How far it has got, as a number.
        topic (str | Unset): What it is about.
    """

    category: str | Unset = UNSET
    service_id: str | Unset = UNSET
    status: ServiceInfoStatus | Unset = UNSET
    topic: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        category = self.category

        service_id = self.service_id

        status: int | Unset = UNSET
        if not isinstance(self.status, Unset):
            status = self.status

        topic = self.topic

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if category is not UNSET:
            field_dict["category"] = category
        if service_id is not UNSET:
            field_dict["serviceId"] = service_id
        if status is not UNSET:
            field_dict["status"] = status
        if topic is not UNSET:
            field_dict["topic"] = topic

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        category = d.pop("category", UNSET)

        service_id = d.pop("serviceId", UNSET)

        _status = d.pop("status", UNSET)
        status: ServiceInfoStatus | Unset
        if isinstance(_status, Unset):
            status = UNSET
        else:
            status = check_service_info_status(_status)

        topic = d.pop("topic", UNSET)

        service_info = cls(
            category=category,
            service_id=service_id,
            status=status,
            topic=topic,
        )

        return service_info
