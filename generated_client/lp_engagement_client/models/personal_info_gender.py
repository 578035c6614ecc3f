# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
from typing import Literal

PersonalInfoGender = Literal["FEMALE", "MALE", "OTHER"]

PERSONAL_INFO_GENDER_VALUES: set[PersonalInfoGender] = {
    "FEMALE",
    "MALE",
    "OTHER",
}


def check_personal_info_gender(value: str) -> PersonalInfoGender:
    if value in PERSONAL_INFO_GENDER_VALUES:
        return value
    raise TypeError(f"Unexpected value. Expected one of {PERSONAL_INFO_GENDER_VALUES!r}")
