# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Mapping
from typing import (
    Any,
    TypeVar,
)

from attrs import define as _attrs_define

from ..models.app_details_device_family import (
    AppDetailsDeviceFamily,
    check_app_details_device_family,
)
from ..models.app_details_os import AppDetailsOs, check_app_details_os
from ..types import UNSET, Redacted, Unset

T = TypeVar("T", bound="AppDetails")


@_attrs_define(repr=False)
class AppDetails(Redacted):
    """About the calling app; used for troubleshooting.

    Attributes:
        app_version (str | Unset): The host app's version.
        device_family (AppDetailsDeviceFamily | Unset): The kind of device.
        ip_address (str | Unset): The consumer's IPv4 or IPv6 address.
        os (AppDetailsOs | Unset): The operating system, without its version.
        os_version (str | Unset): The operating system's version, e.g. `2.4`.
    """

    app_version: str | Unset = UNSET
    device_family: AppDetailsDeviceFamily | Unset = UNSET
    ip_address: str | Unset = UNSET
    os: AppDetailsOs | Unset = UNSET
    os_version: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        app_version = self.app_version

        device_family: str | Unset = UNSET
        if not isinstance(self.device_family, Unset):
            device_family = self.device_family

        ip_address = self.ip_address

        os: str | Unset = UNSET
        if not isinstance(self.os, Unset):
            os = self.os

        os_version = self.os_version

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if app_version is not UNSET:
            field_dict["appVersion"] = app_version
        if device_family is not UNSET:
            field_dict["deviceFamily"] = device_family
        if ip_address is not UNSET:
            field_dict["ipAddress"] = ip_address
        if os is not UNSET:
            field_dict["os"] = os
        if os_version is not UNSET:
            field_dict["osVersion"] = os_version

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        app_version = d.pop("appVersion", UNSET)

        _device_family = d.pop("deviceFamily", UNSET)
        device_family: AppDetailsDeviceFamily | Unset
        if isinstance(_device_family, Unset):
            device_family = UNSET
        else:
            device_family = check_app_details_device_family(_device_family)

        ip_address = d.pop("ipAddress", UNSET)

        _os = d.pop("os", UNSET)
        os: AppDetailsOs | Unset
        if isinstance(_os, Unset):
            os = UNSET
        else:
            os = check_app_details_os(_os)

        os_version = d.pop("osVersion", UNSET)

        app_details = cls(
            app_version=app_version,
            device_family=device_family,
            ip_address=ip_address,
            os=os,
            os_version=os_version,
        )

        return app_details
