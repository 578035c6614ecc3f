# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
from typing import Literal

CreateSessionRequestAppType = Literal["EXTERNAL", "MSDK"]

CREATE_SESSION_REQUEST_APP_TYPE_VALUES: set[CreateSessionRequestAppType] = {
    "EXTERNAL",
    "MSDK",
}


def check_create_session_request_app_type(value: str) -> CreateSessionRequestAppType:
    if value in CREATE_SESSION_REQUEST_APP_TYPE_VALUES:
        return value
    raise TypeError(f"Unexpected value. Expected one of {CREATE_SESSION_REQUEST_APP_TYPE_VALUES!r}")
