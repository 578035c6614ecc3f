# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
from typing import Literal

AppDetailsOs = Literal["ANDROID", "IOS", "LINUX", "MAC_OSX", "WINDOWS"]

APP_DETAILS_OS_VALUES: set[AppDetailsOs] = {
    "ANDROID",
    "IOS",
    "LINUX",
    "MAC_OSX",
    "WINDOWS",
}


def check_app_details_os(value: str) -> AppDetailsOs:
    if value in APP_DETAILS_OS_VALUES:
        return value
    raise TypeError(f"Unexpected value. Expected one of {APP_DETAILS_OS_VALUES!r}")
