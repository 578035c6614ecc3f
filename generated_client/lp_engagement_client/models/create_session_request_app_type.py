# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
from typing import Literal

CreateSessionRequestAppType = Literal["EXTERNAL", "MSDK"]
