# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
from typing import Literal

MarketingInfoChannel = Literal[0, 1, 2, 3, 4]
