# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
from typing import Literal

AppDetailsOs = Literal["ANDROID", "IOS", "LINUX", "MAC_OSX", "WINDOWS"]
