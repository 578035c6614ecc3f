# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Mapping
from typing import (
    TYPE_CHECKING,
    Any,
    TypeVar,
)

from attrs import define as _attrs_define

from ..types import UNSET, Redacted, Unset

if TYPE_CHECKING:
    from ..models.calendar_date import CalendarDate


T = TypeVar("T", bound="CustomerInfo")


@_attrs_define(repr=False)
class CustomerInfo(Redacted):
    """The customer's account with the brand.

    Attributes:
        account_name (str | Unset): The name of the customer's company or account.
        balance (float | Unset): The customer's balance; may be negative.
        company_branch (str | Unset): The branch of the customer's company.
        company_size (int | Unset): How many people work in the customer's company.
        cstatus (str | Unset): The customer's status, e.g. `cancelled`; compared without regard to case.
        ctype (str | Unset): The customer's type, e.g. `vip`; compared without regard to case.
        currency (str | Unset): The currency of the balance, free text such as `USD`.
        customer_id (str | Unset): The customer's id with the brand.
        imei (str | Unset): The device's IMEI, or another id of the device.
        last_payment_date (CalendarDate | Unset): A date as three integers.
        login_status (int | Unset): Whether the customer is logged in; the vendor prints no values.
        registration_date (CalendarDate | Unset): A date as three integers.
        role (str | Unset): The customer's role.
        social_id (str | Unset): An id in a social network.
        store_number (str | Unset): The number of the customer's store. Not in the authenticated flow.
        store_zip_code (str | Unset): The postal code of the customer's store. Not in the authenticated flow.
        user_name (str | Unset): The customer's user name.
    """

    account_name: str | Unset = UNSET
    balance: float | Unset = UNSET
    company_branch: str | Unset = UNSET
    company_size: int | Unset = UNSET
    cstatus: str | Unset = UNSET
    ctype: str | Unset = UNSET
    currency: str | Unset = UNSET
    customer_id: str | Unset = UNSET
    imei: str | Unset = UNSET
    last_payment_date: CalendarDate | Unset = UNSET
    login_status: int | Unset = UNSET
    registration_date: CalendarDate | Unset = UNSET
    role: str | Unset = UNSET
    social_id: str | Unset = UNSET
    store_number: str | Unset = UNSET
    store_zip_code: str | Unset = UNSET
    user_name: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        account_name = self.account_name

        balance = self.balance

        company_branch = self.company_branch

        company_size = self.company_size

        cstatus = self.cstatus

        ctype = self.ctype

        currency = self.currency

        customer_id = self.customer_id

        imei = self.imei

        last_payment_date: dict[str, Any] | Unset = UNSET
        if not isinstance(self.last_payment_date, Unset):
            last_payment_date = self.last_payment_date.to_dict()

        login_status = self.login_status

        registration_date: dict[str, Any] | Unset = UNSET
        if not isinstance(self.registration_date, Unset):
            registration_date = self.registration_date.to_dict()

        role = self.role

        social_id = self.social_id

        store_number = self.store_number

        store_zip_code = self.store_zip_code

        user_name = self.user_name

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if account_name is not UNSET:
            field_dict["accountName"] = account_name
        if balance is not UNSET:
            field_dict["balance"] = balance
        if company_branch is not UNSET:
            field_dict["companyBranch"] = company_branch
        if company_size is not UNSET:
            field_dict["companySize"] = company_size
        if cstatus is not UNSET:
            field_dict["cstatus"] = cstatus
        if ctype is not UNSET:
            field_dict["ctype"] = ctype
        if currency is not UNSET:
            field_dict["currency"] = currency
        if customer_id is not UNSET:
            field_dict["customerId"] = customer_id
        if imei is not UNSET:
            field_dict["imei"] = imei
        if last_payment_date is not UNSET:
            field_dict["lastPaymentDate"] = last_payment_date
        if login_status is not UNSET:
            field_dict["loginStatus"] = login_status
        if registration_date is not UNSET:
            field_dict["registrationDate"] = registration_date
        if role is not UNSET:
            field_dict["role"] = role
        if social_id is not UNSET:
            field_dict["socialId"] = social_id
        if store_number is not UNSET:
            field_dict["storeNumber"] = store_number
        if store_zip_code is not UNSET:
            field_dict["storeZipCode"] = store_zip_code
        if user_name is not UNSET:
            field_dict["userName"] = user_name

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.calendar_date import CalendarDate  # noqa: PLC0415

        d = dict(src_dict)
        account_name = d.pop("accountName", UNSET)

        balance = d.pop("balance", UNSET)

        company_branch = d.pop("companyBranch", UNSET)

        company_size = d.pop("companySize", UNSET)

        cstatus = d.pop("cstatus", UNSET)

        ctype = d.pop("ctype", UNSET)

        currency = d.pop("currency", UNSET)

        customer_id = d.pop("customerId", UNSET)

        imei = d.pop("imei", UNSET)

        _last_payment_date = d.pop("lastPaymentDate", UNSET)
        last_payment_date: CalendarDate | Unset
        if isinstance(_last_payment_date, Unset):
            last_payment_date = UNSET
        else:
            last_payment_date = CalendarDate.from_dict(_last_payment_date)

        login_status = d.pop("loginStatus", UNSET)

        _registration_date = d.pop("registrationDate", UNSET)
        registration_date: CalendarDate | Unset
        if isinstance(_registration_date, Unset):
            registration_date = UNSET
        else:
            registration_date = CalendarDate.from_dict(_registration_date)

        role = d.pop("role", UNSET)

        social_id = d.pop("socialId", UNSET)

        store_number = d.pop("storeNumber", UNSET)

        store_zip_code = d.pop("storeZipCode", UNSET)

        user_name = d.pop("userName", UNSET)

        customer_info = cls(
            account_name=account_name,
            balance=balance,
            company_branch=company_branch,
            company_size=company_size,
            cstatus=cstatus,
            ctype=ctype,
            currency=currency,
            customer_id=customer_id,
            imei=imei,
            last_payment_date=last_payment_date,
            login_status=login_status,
            registration_date=registration_date,
            role=role,
            social_id=social_id,
            store_number=store_number,
            store_zip_code=store_zip_code,
            user_name=user_name,
        )

        return customer_info
