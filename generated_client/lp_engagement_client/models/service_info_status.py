# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
from typing import Literal

ServiceInfoStatus = Literal[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]

SERVICE_INFO_STATUS_VALUES: set[ServiceInfoStatus] = {
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    9,
    10,
}


def check_service_info_status(value: int) -> ServiceInfoStatus:
    if value in SERVICE_INFO_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value. Expected one of {SERVICE_INFO_STATUS_VALUES!r}")
