# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
from typing import Literal

ContactPhoneType = Literal["FAX", "HOME", "HOME_FAX", "MAIN", "MOBILE", "OTHER", "PAGER", "WORK", "WORK_FAX"]

CONTACT_PHONE_TYPE_VALUES: set[ContactPhoneType] = {
    "FAX",
    "HOME",
    "HOME_FAX",
    "MAIN",
    "MOBILE",
    "OTHER",
    "PAGER",
    "WORK",
    "WORK_FAX",
}


def check_contact_phone_type(value: str) -> ContactPhoneType:
    if value in CONTACT_PHONE_TYPE_VALUES:
        return value
    raise TypeError(f"Unexpected value. Expected one of {CONTACT_PHONE_TYPE_VALUES!r}")
