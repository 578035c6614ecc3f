# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
from typing import Literal

PersonalInfoGender = Literal["FEMALE", "MALE", "OTHER"]
