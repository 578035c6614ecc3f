# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Mapping
from typing import (
    TYPE_CHECKING,
    Any,
    Literal,
    TypeVar,
    cast,
)

from attrs import define as _attrs_define

from ..types import UNSET, Redacted, Unset

if TYPE_CHECKING:
    from ..models.service_info import ServiceInfo


T = TypeVar("T", bound="ServiceSde")


@_attrs_define(repr=False)
class ServiceSde(Redacted):
    """A service that the consumer asked for.

    Attributes:
        type_ (Literal['service']): Names the attribute. Default: 'service'.
        service (ServiceInfo | Unset): The service request.
    """

    type_: Literal["service"] = "service"
    service: ServiceInfo | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        type_ = self.type_

        service: dict[str, Any] | Unset = UNSET
        if not isinstance(self.service, Unset):
            service = self.service.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "type": type_,
            }
        )
        if service is not UNSET:
            field_dict["service"] = service

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.service_info import ServiceInfo  # noqa: PLC0415

        d = dict(src_dict)
        type_ = cast(Literal["service"], d.pop("type"))
        if type_ != "service":
            raise ValueError(f"type must match const 'service'")

        _service = d.pop("service", UNSET)
        service: ServiceInfo | Unset
        if isinstance(_service, Unset):
            service = UNSET
        else:
            service = ServiceInfo.from_dict(_service)

        service_sde = cls(
            type_=type_,
            service=service,
        )

        return service_sde
