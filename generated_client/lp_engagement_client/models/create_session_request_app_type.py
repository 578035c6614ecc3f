# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
from typing import Literal

CreateSessionRequestAppType = Literal["EXTERNAL", "MSDK"]
