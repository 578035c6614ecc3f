# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
from typing import Literal

AppDetailsOs = Literal["ANDROID", "IOS", "LINUX", "MAC_OSX", "WINDOWS"]
