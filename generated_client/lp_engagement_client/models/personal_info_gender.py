# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
from typing import Literal

PersonalInfoGender = Literal["FEMALE", "MALE", "OTHER"]
