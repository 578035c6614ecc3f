# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from ..types import RequestModel

if TYPE_CHECKING:
    from ..models.app_details_device_family import (
        AppDetailsDeviceFamily,
    )
    from ..models.app_details_os import AppDetailsOs


@dataclass(slots=True, kw_only=True, repr=False)
class AppDetails(RequestModel):
    """The calling app; used for troubleshooting.

    Attributes:
        app_version: The app's version.
        device_family: The type of device.
        ip_address: The consumer's IPv4 or IPv6 address.
        os: The operating system, without its version.
        os_version: The operating system's version, e.g. `2.4`.
        additional_properties: Fields that the spec does not know, and nulls; sent as they are.
    """

    app_version: str | None = None
    device_family: AppDetailsDeviceFamily | None = None
    ip_address: str | None = None
    os: AppDetailsOs | None = None
    os_version: str | None = None
    additional_properties: dict[str, Any] = field(default_factory=dict)

    _KEYS: ClassVar[Mapping[str, str]] = {
        "app_version": "appVersion",
        "device_family": "deviceFamily",
        "ip_address": "ipAddress",
        "os": "os",
        "os_version": "osVersion",
    }
