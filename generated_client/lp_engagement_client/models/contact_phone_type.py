# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
from typing import Literal

ContactPhoneType = Literal["FAX", "HOME", "HOME_FAX", "MAIN", "MOBILE", "OTHER", "PAGER", "WORK", "WORK_FAX"]
