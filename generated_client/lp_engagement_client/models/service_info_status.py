# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
from typing import Literal

ServiceInfoStatus = Literal[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
