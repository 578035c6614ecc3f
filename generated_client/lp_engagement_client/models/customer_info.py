# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from ..types import RequestModel
from ..values import object_as

if TYPE_CHECKING:
    from ..models.calendar_date import CalendarDate


@dataclass(slots=True, kw_only=True, repr=False)
class CustomerInfo(RequestModel):
    """The customer's account with the brand.

    Attributes:
        ctype: The customer's type, e.g. `vip`; not case-sensitive.
        cstatus: The customer's status, e.g. `cancelled`; not case-sensitive.
        balance: The customer's balance; may be negative.
        currency: The currency of the balance, free text such as `USD`.
        customer_id: The customer's id with the brand.
        social_id: The customer's id in a social network.
        imei: The device's IMEI, or another id of the device.
        user_name: The customer's user name.
        company_size: The number of people in the customer's company.
        company_branch: The industry of the customer's company.
        account_name: The name of the customer's company or account.
        role: The customer's role.
        last_payment_date: A date as three integers.
        registration_date: A date as three integers.
        login_status: Whether the customer is logged in. LivePerson documents no values.
        store_zip_code: The postal code of the customer's store. Not used in the authenticated flow.
        store_number: The number of the customer's store. Not used in the authenticated flow.
        additional_properties: Fields that the spec does not know, and nulls; sent as they are.
    """

    ctype: str | None = None
    cstatus: str | None = None
    balance: float | None = None
    currency: str | None = None
    customer_id: str | None = None
    social_id: str | None = None
    imei: str | None = None
    user_name: str | None = None
    company_size: int | None = None
    company_branch: str | None = None
    account_name: str | None = None
    role: str | None = None
    last_payment_date: CalendarDate | None = None
    registration_date: CalendarDate | None = None
    login_status: int | None = None
    store_zip_code: str | None = None
    store_number: str | None = None
    additional_properties: dict[str, Any] = field(default_factory=dict)

    _KEYS: ClassVar[Mapping[str, str]] = {
        "ctype": "ctype",
        "cstatus": "cstatus",
        "balance": "balance",
        "currency": "currency",
        "customer_id": "customerId",
        "social_id": "socialId",
        "imei": "imei",
        "user_name": "userName",
        "company_size": "companySize",
        "company_branch": "companyBranch",
        "account_name": "accountName",
        "role": "role",
        "last_payment_date": "lastPaymentDate",
        "registration_date": "registrationDate",
        "login_status": "loginStatus",
        "store_zip_code": "storeZipCode",
        "store_number": "storeNumber",
    }

    @classmethod
    def _readers(cls) -> Mapping[str, Callable[[Any], Any]]:
        from ..models.calendar_date import CalendarDate

        return {
            "lastPaymentDate": object_as(CalendarDate),
            "registrationDate": object_as(CalendarDate),
        }
