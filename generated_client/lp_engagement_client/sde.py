# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
"""Builders of engagement attributes (SDEs), and of the objects inside them.

One function for each type of the spec, one for each nested object, and `raw`. `None` leaves a field out; `0`, `False` and
`""` are sent. The result is a dict whose repr shows no values. A nested object is made by its builder, or is a dict in
the API's own spelling, or an object of the classes in `models`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from .types import Payload, RawSde, plain

if TYPE_CHECKING:
    # The models take most of the import time, and are named in annotations only.
    from collections.abc import Mapping, Sequence
    from decimal import Decimal
    from typing import Any, Literal

    from . import models, payload_types

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
    "product",
    "purchased_cart",
    "viewed_product",
    "calendar_date",
    "age",
    "contact",
    "address",
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
    products: Sequence[payload_types.CartProductDict | models.CartProduct] | None = None,
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
            "currency": currency,
            "numItems": num_items,
            "products": products,
        }
    )


def purchase(
    *,
    total: float | Decimal | None = None,
    currency: str | None = None,
    order_id: str | None = None,
    cart: payload_types.PurchasedCartDict | models.PurchasedCart | None = None,
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
    products: Sequence[payload_types.ProdViewProductDict | models.ProdViewProduct] | None = None,
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
    last_payment_date: payload_types.CalendarDateDict | models.CalendarDate | None = None,
    registration_date: payload_types.CalendarDateDict | models.CalendarDate | None = None,
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
    return Payload.of(
        {"type": "ctmrinfo"}
        | {
            "info": Payload.of(
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
            or None,
        }
    )


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
    return Payload.of(
        {"type": "mrktInfo"}
        | {
            "info": Payload.of(
                {
                    "channel": channel,
                    "affiliate": affiliate,
                    "campaignId": campaign_id,
                }
            )
            or None,
        }
    )


def personal(
    *,
    firstname: str | None = None,
    lastname: str | None = None,
    age: payload_types.AgeDict | models.Age | None = None,
    contacts: Sequence[payload_types.ContactDict | models.Contact] | None = None,
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
    return Payload.of(
        {"type": "personal"}
        | {
            "personal": Payload.of(
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
            or None,
        }
    )


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
    return Payload.of(
        {"type": "lead"}
        | {
            "lead": Payload.of(
                {
                    "topic": topic,
                    "value": value,
                    "currency": currency,
                    "leadId": lead_id,
                }
            )
            or None,
        }
    )


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
    return Payload.of(
        {"type": "service"}
        | {
            "service": Payload.of(
                {
                    "topic": topic,
                    "status": status,
                    "category": category,
                    "serviceId": service_id,
                }
            )
            or None,
        }
    )


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
    return Payload.of(
        {"type": "error"}
        | {
            "error": Payload.of(
                {
                    "contextId": context_id,
                    "message": message,
                    "code": code,
                    "level": level,
                    "resolved": resolved,
                }
            )
            or None,
        }
    )


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


def product(
    *,
    name: str | None = None,
    category: str | None = None,
    sku: str | None = None,
    price: float | Decimal | None = None,
    quantity: int | None = None,
) -> payload_types.CartProductDict:
    """A line of a cart.

    Args:
        name: The product's name.
        category: The product's category.
        sku: The product's number, as a string.
        price: The price of one item.
        quantity: The quantity.

    Source: `Product` in the spec; [types] cart, product.
    """
    return cast(
        "payload_types.CartProductDict",
        Payload.of(
            {
                "product": Payload.of(
                    {
                        "name": name,
                        "category": category,
                        "sku": sku,
                        "price": price,
                    }
                ),
                "quantity": quantity,
            }
        ),
    )


def purchased_cart(
    *,
    products: Sequence[payload_types.CartProductDict | models.CartProduct],
    num_items: int | None = None,
) -> payload_types.PurchasedCartDict:
    """The lines of a purchase.

    Args:
        products: The lines, as in a cart.
        num_items: The number of items bought.

    Source: `PurchasedCart` in the spec; [types] purchase, cart; an older table spells the key Products.
    """
    return cast(
        "payload_types.PurchasedCartDict",
        Payload.of(
            {
                "products": products,
                "numItems": num_items,
            }
        ),
    )


def viewed_product(
    *,
    name: str | None = None,
    category: str | None = None,
    sku: str | None = None,
    price: float | Decimal | None = None,
    status_in_stock: str | None = None,
    quantity_in_stock: int | None = None,
) -> payload_types.ProdViewProductDict:
    """One of the products viewed.

    Args:
        name: The product's name.
        category: The product's category.
        sku: The product's number, as a string.
        price: The price of one item.
        status_in_stock: Whether the product is in stock; free text.
        quantity_in_stock: The number in stock.

    Source: `ViewedProduct` in the spec; [types] prodView, product.
    """
    return cast(
        "payload_types.ProdViewProductDict",
        Payload.of(
            {
                "product": Payload.of(
                    {
                        "name": name,
                        "category": category,
                        "sku": sku,
                        "price": price,
                        "statusInStock": status_in_stock,
                        "quantityInStock": quantity_in_stock,
                    }
                ),
            }
        ),
    )


def calendar_date(
    *,
    day: int | None = None,
    month: int | None = None,
    year: int | None = None,
) -> payload_types.CalendarDateDict:
    """A date as three integers.

    Args:
        day: Day of the month from 1.
        month: Month from 1 to 12 (January is 1).
        year: Year in four digits.

    Source: `CalendarDate` in the spec; [types] ctmrinfo; the table calls it data object.
    """
    return cast(
        "payload_types.CalendarDateDict",
        Payload.of(
            {
                "day": day,
                "month": month,
                "year": year,
            }
        ),
    )


def age(
    *,
    age: int | None = None,
    year: int | None = None,
    month: int | None = None,
    day: int | None = None,
) -> payload_types.AgeDict:
    """Age, or date of birth, or both; they need not agree.

    Args:
        age: Age in years.
        year: Year of birth.
        month: Month of birth, 1 to 12.
        day: Day of birth, from 1.

    Source: `Age` in the spec; [types] personal, age; never a bare number.
    """
    return cast(
        "payload_types.AgeDict",
        Payload.of(
            {
                "age": age,
                "year": year,
                "month": month,
                "day": day,
            }
        ),
    )


def contact(
    *,
    email: str | None = None,
    phone: str | None = None,
    phone_type: Literal["HOME", "MOBILE", "WORK", "FAX", "MAIN", "HOME_FAX", "WORK_FAX", "PAGER", "OTHER"]
    | None = None,
    address: payload_types.AddressDict | models.Address | None = None,
) -> payload_types.ContactDict:
    """A way to reach the consumer.

    Args:
        email: Email address; not checked.
        phone: Phone number as a string; not checked.
        phone_type: The type of phone.
        address: The country and region of an address.

    Source: `Contact` in the spec; [types] personal, contacts.
    """
    return cast(
        "payload_types.ContactDict",
        Payload.of(
            {
                "email": email,
                "phone": phone,
                "phoneType": phone_type,
                "address": address,
            }
        ),
    )


def address(
    *,
    country: str | None = None,
    region: str | None = None,
) -> payload_types.AddressDict:
    """The country and region of an address.

    Args:
        country: Country, free text.
        region: Region, free text.

    Source: `Address` in the spec; [types] nested; an older table and the Apple Business Chat SDK have it flat.
    """
    return cast(
        "payload_types.AddressDict",
        Payload.of(
            {
                "country": country,
                "region": region,
            }
        ),
    )
