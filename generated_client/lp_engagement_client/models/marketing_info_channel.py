# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
from typing import Literal

MarketingInfoChannel = Literal[0, 1, 2, 3, 4]

MARKETING_INFO_CHANNEL_VALUES: set[MarketingInfoChannel] = {
    0,
    1,
    2,
    3,
    4,
}


def check_marketing_info_channel(value: int) -> MarketingInfoChannel:
    if value in MARKETING_INFO_CHANNEL_VALUES:
        return value
    raise TypeError(f"Unexpected value. Expected one of {MARKETING_INFO_CHANNEL_VALUES!r}")
