# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
from typing import Literal

AppDetailsDeviceFamily = Literal["DESKTOP", "MOBILE", "TABLET"]

APP_DETAILS_DEVICE_FAMILY_VALUES: set[AppDetailsDeviceFamily] = {
    "DESKTOP",
    "MOBILE",
    "TABLET",
}


def check_app_details_device_family(value: str) -> AppDetailsDeviceFamily:
    if value in APP_DETAILS_DEVICE_FAMILY_VALUES:
        return value
    raise TypeError(f"Unexpected value. Expected one of {APP_DETAILS_DEVICE_FAMILY_VALUES!r}")
