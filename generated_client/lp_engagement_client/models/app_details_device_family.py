# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
from typing import Literal

AppDetailsDeviceFamily = Literal["DESKTOP", "MOBILE", "TABLET"]
