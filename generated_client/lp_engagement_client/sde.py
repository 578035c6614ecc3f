# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
"""Builders of engagement attributes (SDEs), one for each type.

One function for each type of the spec, and `raw`. `None` leaves a field out; `0`, `False` and `""` are sent. The result is
a dict whose repr shows no values. Nested objects may be dicts or the classes of `models`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .types import Payload, RawSde, plain

if TYPE_CHECKING:
    # The models take most of the import time, and are named in annotations only.
    from collections.abc import Mapping, Sequence
    from decimal import Decimal
    from typing import Any, Literal

    from . import models

__all__ = [
    "cart",
    "purchase",
    "prod_view",
    "ctmrinfo",
    "mrkt_info",
    "personal",
    "lead",
    "service",
    "error",
    "search_info",
    "raw",
]


def __dir__() -> list[str]:
    return __all__


def raw(attribute: Mapping[str, Any]) -> Payload:
    """Send an attribute without validation, if LivePerson has added something that the spec does not know yet.

    Args:
        attribute: The JSON object, with its `type`.
    """
    return RawSde(plain(attribute))


def cart(
    *,
    total: float | Decimal,
    num_items: int,
    currency: str | None = None,
    products: Sequence[Mapping[str, Any] | models.CartProduct] | None = None,
) -> Payload:
    """The current contents of the consumer's cart. The server computes nothing from the products.

    Args:
        total: The cart's value.
        num_items: The number of items in the cart; need not equal the sum of the quantities.
        currency: The currency of the total, free text such as `USD`.
        products: The lines of the cart.

    Source: `CartSde` in the spec; [types] cart.
    """
    return Payload.of(
        {"type": "cart"}
        | {
            "total": total,
            "numItems": num_items,
            "currency": currency,
            "products": products,
        }
    )


def purchase(
    *,
    total: float | Decimal | None = None,
    currency: str | None = None,
    order_id: str | None = None,
    cart: Mapping[str, Any] | models.PurchasedCart | None = None,
) -> Payload:
    """The consumer's purchase.

    Args:
        total: The purchase's value.
        currency: The currency of the total, free text such as `USD`.
        order_id: The order's number.
        cart: The lines of a purchase.

    Source: `PurchaseSde` in the spec; [types] purchase; only the type is mandatory.
    """
    return Payload.of(
        {"type": "purchase"}
        | {
            "total": total,
            "currency": currency,
            "orderId": order_id,
            "cart": cart,
        }
    )


def prod_view(
    *,
    currency: str | None = None,
    products: Sequence[Mapping[str, Any] | models.ProdViewProduct] | None = None,
) -> Payload:
    """The products that the consumer viewed.

    Args:
        currency: The currency of the prices, free text such as `USD`.
        products: The products viewed.

    Source: `ProdViewSde` in the spec; [types] prodView.
    """
    return Payload.of(
        {"type": "prodView"}
        | {
            "currency": currency,
            "products": products,
        }
    )


def ctmrinfo(
    *,
    ctype: str | None = None,
    cstatus: str | None = None,
    balance: float | Decimal | None = None,
    currency: str | None = None,
    customer_id: str | None = None,
    social_id: str | None = None,
    imei: str | None = None,
    user_name: str | None = None,
    company_size: int | None = None,
    company_branch: str | None = None,
    account_name: str | None = None,
    role: str | None = None,
    last_payment_date: Mapping[str, Any] | models.CalendarDate | None = None,
    registration_date: Mapping[str, Any] | models.CalendarDate | None = None,
    login_status: int | None = None,
    store_zip_code: str | None = None,
    store_number: str | None = None,
) -> Payload:
    """The customer's account with the brand.

    Args:
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

    Source: `CustomerInfo` in the spec; [types] the table is flat; the example and all code nest the fields in info.
    """
    members = Payload.of(
        {
            "ctype": ctype,
            "cstatus": cstatus,
            "balance": balance,
            "currency": currency,
            "customerId": customer_id,
            "socialId": social_id,
            "imei": imei,
            "userName": user_name,
            "companySize": company_size,
            "companyBranch": company_branch,
            "accountName": account_name,
            "role": role,
            "lastPaymentDate": last_payment_date,
            "registrationDate": registration_date,
            "loginStatus": login_status,
            "storeZipCode": store_zip_code,
            "storeNumber": store_number,
        }
    )
    return Payload.of({"type": "ctmrinfo"} | {"info": members or None})


def mrkt_info(
    *,
    channel: Literal[0, 1, 2, 3, 4] | None = None,
    affiliate: str | None = None,
    campaign_id: str | None = None,
) -> Payload:
    """The marketing source of the consumer.

    Args:
        channel: The channel's number. 0 Direct, 1 Search, 2 Social, 3 Email, 4 Referral.
        affiliate: The affiliate's name.
        campaign_id: The marketing campaign's id (not the LivePerson campaign of an engagement).

    Source: `MarketingInfo` in the spec; [types] mrktInfo.
    """
    members = Payload.of(
        {
            "channel": channel,
            "affiliate": affiliate,
            "campaignId": campaign_id,
        }
    )
    return Payload.of({"type": "mrktInfo"} | {"info": members or None})


def personal(
    *,
    firstname: str | None = None,
    lastname: str | None = None,
    age: Mapping[str, Any] | models.Age | None = None,
    contacts: Sequence[Mapping[str, Any] | models.Contact] | None = None,
    gender: Literal["MALE", "FEMALE", "OTHER"] | None = None,
    company: str | None = None,
    language: str | None = None,
) -> Payload:
    """The consumer's personal information.

    Args:
        firstname: First name; all lower-case key.
        lastname: Last name; all lower-case key.
        age: Age, or date of birth, or both; they need not agree.
        contacts: Ways to reach the consumer.
        gender: The consumer's gender.
        company: The company that the consumer works for.
        language: The consumer's language, free text such as `en-US`.

    Source: `PersonalInfo` in the spec; [types] the table is flat; the example and all code nest the fields in personal.
    """
    members = Payload.of(
        {
            "firstname": firstname,
            "lastname": lastname,
            "age": age,
            "contacts": contacts,
            "gender": gender,
            "company": company,
            "language": language,
        }
    )
    return Payload.of({"type": "personal"} | {"personal": members or None})


def lead(
    *,
    topic: str | None = None,
    value: float | Decimal | None = None,
    currency: str | None = None,
    lead_id: str | None = None,
) -> Payload:
    """The details of the lead.

    Args:
        topic: What it is about.
        value: The lead's expected value.
        currency: The currency of the value, free text such as `USD`.
        lead_id: The lead's number.

    Source: `LeadInfo` in the spec; [types] lead.
    """
    members = Payload.of(
        {
            "topic": topic,
            "value": value,
            "currency": currency,
            "leadId": lead_id,
        }
    )
    return Payload.of({"type": "lead"} | {"lead": members or None})


def service(
    *,
    topic: str | None = None,
    status: Literal[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10] | None = None,
    category: str | None = None,
    service_id: str | None = None,
) -> Payload:
    """The service request.

    Args:
        topic: What it is about.
        status: The progress of the request, as a number. 0 Complete, 1 In Progress, 2 Approved, 3 Cancelled, 4 Not Approved, 5 Reviewed, 6 Missing Details, 7 Closed, 8 Removed, 9 Assigned, 10 Waiting.
        category: The type of service.
        service_id: The service request's number.

    Source: `ServiceInfo` in the spec; [types] service.
    """
    members = Payload.of(
        {
            "topic": topic,
            "status": status,
            "category": category,
            "serviceId": service_id,
        }
    )
    return Payload.of({"type": "service"} | {"service": members or None})


def error(
    *,
    context_id: str | None = None,
    message: str | None = None,
    code: str | None = None,
    level: int | None = None,
    resolved: bool | None = None,
) -> Payload:
    """The details of the error.

    Args:
        context_id: The place of the error in the app.
        message: The message that the consumer saw.
        code: The error's code.
        level: The severity.
        resolved: Whether the error was resolved.

    Source: `ErrorInfo` in the spec; [types] error.
    """
    members = Payload.of(
        {
            "contextId": context_id,
            "message": message,
            "code": code,
            "level": level,
            "resolved": resolved,
        }
    )
    return Payload.of({"type": "error"} | {"error": members or None})


def search_info(
    *,
    keywords: Sequence[str] | None = None,
) -> Payload:
    """The consumer's search.

    Args:
        keywords: The search terms.

    Source: `SearchInfoSde` in the spec; [types] searchInfo; its example is not valid JSON; [types] says that mobile apps cannot report it, although this API lists all types: allowed, but do not rely on it.
    """
    return Payload.of(
        {"type": "searchInfo"}
        | {
            "keywords": keywords,
        }
    )
