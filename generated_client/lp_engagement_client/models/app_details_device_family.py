# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
from typing import Literal

AppDetailsDeviceFamily = Literal["DESKTOP", "MOBILE", "TABLET"]
