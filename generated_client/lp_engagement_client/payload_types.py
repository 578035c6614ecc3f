# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
"""TypedDicts of everything that can be sent: the shapes of payloads for type checkers and editors.

At run time they are plain dicts; a payload is checked by validating it.
"""

from collections.abc import Sequence
from typing import Literal, Required, TypedDict

__all__ = [
    "AddressDict",
    "AgeDict",
    "AppDetailsDict",
    "CalendarDateDict",
    "CartProductDict",
    "CartSdeDict",
    "ContactDict",
    "CreateSessionRequestDict",
    "CtmrinfoSdeDict",
    "CustomerInfoDict",
    "EngagementAttributeDict",
    "EngagementContextDict",
    "ErrorInfoDict",
    "ErrorSdeDict",
    "ImpAcceptDict",
    "ImpCloseDict",
    "ImpDisplayDict",
    "ImpExpandedDict",
    "ImpTimeoutDict",
    "ImpressionEventDict",
    "LeadInfoDict",
    "LeadSdeDict",
    "MarketingInfoDict",
    "MrktInfoSdeDict",
    "PersonalInfoDict",
    "PersonalSdeDict",
    "ProdViewProductDict",
    "ProdViewSdeDict",
    "ProductDict",
    "PurchaseSdeDict",
    "PurchasedCartDict",
    "SearchInfoSdeDict",
    "ServiceInfoDict",
    "ServiceSdeDict",
    "UpdateSessionRequestDict",
    "ViewedProductDict",
]


class AddressDict(TypedDict, total=False):
    """The country and region of an address.

    Source: `Address` in the spec.
    """

    country: str
    """Country, free text."""
    region: str
    """Region, free text."""


class AgeDict(TypedDict, total=False):
    """Age, or date of birth, or both; they need not agree.

    Source: `Age` in the spec.
    """

    age: int
    """Age in years."""
    year: int
    """Year of birth."""
    month: int
    """Month of birth, 1 to 12."""
    day: int
    """Day of birth, from 1."""


class AppDetailsDict(TypedDict, total=False):
    """The calling app; used for troubleshooting.

    Source: `AppDetails` in the spec.
    """

    appVersion: str
    """The app's version."""
    deviceFamily: Literal["DESKTOP", "TABLET", "MOBILE"]
    """The type of device."""
    ipAddress: str
    """The consumer's IPv4 or IPv6 address."""
    os: Literal["WINDOWS", "MAC_OSX", "LINUX", "IOS", "ANDROID"]
    """The operating system, without its version."""
    osVersion: str
    """The operating system's version, e.g. `2.4`."""


class CalendarDateDict(TypedDict, total=False):
    """A date as three integers.

    Source: `CalendarDate` in the spec.
    """

    day: int
    """Day of the month from 1."""
    month: int
    """Month from 1 to 12 (January is 1)."""
    year: int
    """Year in four digits."""


class ProductDict(TypedDict, total=False):
    """A product.

    Source: `Product` in the spec.
    """

    name: str
    """The product's name."""
    category: str
    """The product's category."""
    sku: str
    """The product's number, as a string."""
    price: float
    """The price of one item."""


class CartProductDict(TypedDict, total=False):
    """A line of a cart.

    Source: `CartProduct` in the spec.
    """

    product: Required[ProductDict]
    """A product."""
    quantity: int
    """The quantity."""


class CartSdeDict(TypedDict, total=False):
    """The current contents of the consumer's cart. The server computes nothing from the products.

    Source: `CartSde` in the spec.
    """

    type: Required[Literal["cart"]]
    """Names the attribute."""
    total: Required[float]
    """The cart's value."""
    currency: str
    """The currency of the total, free text such as `USD`."""
    numItems: Required[int]
    """The number of items in the cart; need not equal the sum of the quantities."""
    products: Sequence[CartProductDict]
    """The lines of the cart."""


class ContactDict(TypedDict, total=False):
    """A way to reach the consumer.

    Source: `Contact` in the spec.
    """

    email: str
    """Email address; not checked."""
    phone: str
    """Phone number as a string; not checked."""
    phoneType: Literal["HOME", "MOBILE", "WORK", "FAX", "MAIN", "HOME_FAX", "WORK_FAX", "PAGER", "OTHER"]
    """The type of phone."""
    address: AddressDict
    """The country and region of an address."""


class CustomerInfoDict(TypedDict, total=False):
    """The customer's account with the brand.

    Source: `CustomerInfo` in the spec.
    """

    ctype: str
    """The customer's type, e.g. `vip`; not case-sensitive."""
    cstatus: str
    """The customer's status, e.g. `cancelled`; not case-sensitive."""
    balance: float
    """The customer's balance; may be negative."""
    currency: str
    """The currency of the balance, free text such as `USD`."""
    customerId: str
    """The customer's id with the brand."""
    socialId: str
    """The customer's id in a social network."""
    imei: str
    """The device's IMEI, or another id of the device."""
    userName: str
    """The customer's user name."""
    companySize: int
    """The number of people in the customer's company."""
    companyBranch: str
    """The industry of the customer's company."""
    accountName: str
    """The name of the customer's company or account."""
    role: str
    """The customer's role."""
    lastPaymentDate: CalendarDateDict
    """A date as three integers."""
    registrationDate: CalendarDateDict
    """A date as three integers."""
    loginStatus: int
    """Whether the customer is logged in. LivePerson documents no values."""
    storeZipCode: str
    """The postal code of the customer's store. Not used in the authenticated flow."""
    storeNumber: str
    """The number of the customer's store. Not used in the authenticated flow."""


class CtmrinfoSdeDict(TypedDict, total=False):
    """The brand's data about the customer.

    Source: `CtmrinfoSde` in the spec.
    """

    type: Required[Literal["ctmrinfo"]]
    """Names the attribute."""
    info: CustomerInfoDict
    """The customer's account with the brand."""


class ErrorInfoDict(TypedDict, total=False):
    """The details of the error.

    Source: `ErrorInfo` in the spec.
    """

    contextId: str
    """The place of the error in the app."""
    message: str
    """The message that the consumer saw."""
    code: str
    """The error's code."""
    level: int
    """The severity."""
    resolved: bool
    """Whether the error was resolved."""


class ErrorSdeDict(TypedDict, total=False):
    """An error that the consumer saw in the app.

    Source: `ErrorSde` in the spec.
    """

    type: Required[Literal["error"]]
    """Names the attribute."""
    error: ErrorInfoDict
    """The details of the error."""


class LeadInfoDict(TypedDict, total=False):
    """The details of the lead.

    Source: `LeadInfo` in the spec.
    """

    topic: str
    """What it is about."""
    value: float
    """The lead's expected value."""
    currency: str
    """The currency of the value, free text such as `USD`."""
    leadId: str
    """The lead's number."""


class LeadSdeDict(TypedDict, total=False):
    """A sales lead.

    Source: `LeadSde` in the spec.
    """

    type: Required[Literal["lead"]]
    """Names the attribute."""
    lead: LeadInfoDict
    """The details of the lead."""


class MarketingInfoDict(TypedDict, total=False):
    """The marketing source of the consumer.

    Source: `MarketingInfo` in the spec.
    """

    channel: Literal[0, 1, 2, 3, 4]
    """The channel's number. 0 Direct, 1 Search, 2 Social, 3 Email, 4 Referral."""
    affiliate: str
    """The affiliate's name."""
    campaignId: str
    """The marketing campaign's id (not the LivePerson campaign of an engagement)."""


class MrktInfoSdeDict(TypedDict, total=False):
    """The consumer's way to the brand.

    Source: `MrktInfoSde` in the spec.
    """

    type: Required[Literal["mrktInfo"]]
    """Names the attribute."""
    info: MarketingInfoDict
    """The marketing source of the consumer."""


class PersonalInfoDict(TypedDict, total=False):
    """The consumer's personal information.

    Source: `PersonalInfo` in the spec.
    """

    firstname: str
    """First name; all lower-case key."""
    lastname: str
    """Last name; all lower-case key."""
    age: AgeDict
    """Age, or date of birth, or both; they need not agree."""
    contacts: Sequence[ContactDict]
    """Ways to reach the consumer."""
    gender: Literal["MALE", "FEMALE", "OTHER"]
    """The consumer's gender."""
    company: str
    """The company that the consumer works for."""
    language: str
    """The consumer's language, free text such as `en-US`."""


class PersonalSdeDict(TypedDict, total=False):
    """The consumer's identity.

    Source: `PersonalSde` in the spec.
    """

    type: Required[Literal["personal"]]
    """Names the attribute."""
    personal: PersonalInfoDict
    """The consumer's personal information."""


class ViewedProductDict(TypedDict, total=False):
    """A product that the consumer viewed.

    Source: `ViewedProduct` in the spec.
    """

    name: str
    """The product's name."""
    category: str
    """The product's category."""
    sku: str
    """The product's number, as a string."""
    price: float
    """The price of one item."""
    statusInStock: str
    """Whether the product is in stock; free text."""
    quantityInStock: int
    """The number in stock."""


class ProdViewProductDict(TypedDict, total=False):
    """One of the products viewed.

    Source: `ProdViewProduct` in the spec.
    """

    product: Required[ViewedProductDict]
    """A product that the consumer viewed."""


class ProdViewSdeDict(TypedDict, total=False):
    """The products that the consumer viewed.

    Source: `ProdViewSde` in the spec.
    """

    type: Required[Literal["prodView"]]
    """Names the attribute."""
    currency: str
    """The currency of the prices, free text such as `USD`."""
    products: Sequence[ProdViewProductDict]
    """The products viewed."""


class PurchasedCartDict(TypedDict, total=False):
    """The lines of a purchase.

    Source: `PurchasedCart` in the spec.
    """

    products: Required[Sequence[CartProductDict]]
    """The lines, as in a cart."""
    numItems: int
    """The number of items bought."""


class PurchaseSdeDict(TypedDict, total=False):
    """The consumer's purchase.

    Source: `PurchaseSde` in the spec.
    """

    type: Required[Literal["purchase"]]
    """Names the attribute."""
    total: float
    """The purchase's value."""
    currency: str
    """The currency of the total, free text such as `USD`."""
    orderId: str
    """The order's number."""
    cart: PurchasedCartDict
    """The lines of a purchase."""


class SearchInfoSdeDict(TypedDict, total=False):
    """The consumer's search.

    Source: `SearchInfoSde` in the spec.
    """

    type: Required[Literal["searchInfo"]]
    """Names the attribute."""
    keywords: Sequence[str]
    """The search terms."""


class ServiceInfoDict(TypedDict, total=False):
    """The service request.

    Source: `ServiceInfo` in the spec.
    """

    topic: str
    """What it is about."""
    status: Literal[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    """The progress of the request, as a number. 0 Complete, 1 In Progress, 2 Approved, 3 Cancelled, 4 Not Approved, 5 Reviewed, 6 Missing Details, 7 Closed, 8 Removed, 9 Assigned, 10 Waiting."""
    category: str
    """The type of service."""
    serviceId: str
    """The service request's number."""


class ServiceSdeDict(TypedDict, total=False):
    """A service that the consumer requested.

    Source: `ServiceSde` in the spec.
    """

    type: Required[Literal["service"]]
    """Names the attribute."""
    service: ServiceInfoDict
    """The service request."""


EngagementAttributeDict = (
    CartSdeDict
    | PurchaseSdeDict
    | ProdViewSdeDict
    | CtmrinfoSdeDict
    | MrktInfoSdeDict
    | PersonalSdeDict
    | LeadSdeDict
    | ServiceSdeDict
    | ErrorSdeDict
    | SearchInfoSdeDict
)
"""One engagement attribute (SDE). Its `type` determines its fields."""


class CreateSessionRequestDict(TypedDict, total=False):
    """The app's data about itself and the consumer.

    Source: `CreateSessionRequest` in the spec.
    """

    appType: Required[Literal["MSDK", "EXTERNAL"]]
    """The type of the calling system. The campaign's source must match it."""
    appDetails: AppDetailsDict
    """The calling app; used for troubleshooting."""
    consumerSections: Sequence[str]
    """The sections of the app to match with engagements, e.g. `Support`."""
    engagementAttributes: Sequence[EngagementAttributeDict]
    """The consumer's attributes. Impression events do not belong here."""


class EngagementContextDict(TypedDict, total=False):
    """The context of an engagement.

    Source: `EngagementContext` in the spec.
    """

    type: Required[Literal["engagementContext"]]
    """Names the object."""
    id: Required[str]
    """The context's id, as a string."""


class ImpAcceptDict(TypedDict, total=False):
    """The consumer accepted the engagement.

    Source: `ImpAccept` in the spec.
    """

    type: Required[Literal["impAccept"]]
    """Names the event."""
    campaign: Required[int]
    """The campaign's id, as a number."""
    engId: Required[int]
    """The engagement's id, as a number."""
    revision: Required[int]
    """The engagement's revision."""
    eContext: Required[Sequence[EngagementContextDict]]
    """The context of the offer."""


class ImpCloseDict(TypedDict, total=False):
    """The consumer closed the engagement.

    Source: `ImpClose` in the spec.
    """

    type: Required[Literal["impClose"]]
    """Names the event."""
    campaign: Required[int]
    """The campaign's id, as a number."""
    engId: Required[int]
    """The engagement's id, as a number."""
    revision: Required[int]
    """The engagement's revision."""


class ImpDisplayDict(TypedDict, total=False):
    """The engagement was shown to the consumer (exposure).

    Source: `ImpDisplay` in the spec.
    """

    type: Required[Literal["impDisplay"]]
    """Names the event."""
    campaign: Required[int]
    """The campaign's id, as a number."""
    engId: Required[int]
    """The engagement's id, as a number."""
    revision: Required[int]
    """The engagement's revision."""
    eContext: Required[Sequence[EngagementContextDict]]
    """The context of the offer."""


class ImpExpandedDict(TypedDict, total=False):
    """The engagement was expanded.

    Source: `ImpExpanded` in the spec.
    """

    type: Required[Literal["impExpanded"]]
    """Names the event."""
    campaign: Required[int]
    """The campaign's id, as a number."""
    engId: Required[int]
    """The engagement's id, as a number."""
    revision: Required[int]
    """The engagement's revision."""
    expanded: None
    """Null in the only example."""
    userInit: None
    """Null in the only example."""
    actionableItems: None
    """Null in the only example."""


class ImpTimeoutDict(TypedDict, total=False):
    """The engagement timed out while it was shown.

    Source: `ImpTimeout` in the spec.
    """

    type: Required[Literal["impTimeout"]]
    """Names the event."""
    campaign: Required[int]
    """The campaign's id, as a number."""
    engId: Required[int]
    """The engagement's id, as a number."""
    revision: Required[int]
    """The engagement's revision."""


ImpressionEventDict = ImpDisplayDict | ImpAcceptDict | ImpExpandedDict | ImpTimeoutDict | ImpCloseDict
"""One impression event. Its `type` determines its fields."""


class UpdateSessionRequestDict(TypedDict, total=False):
    """The events of the session since the last call.

    Source: `UpdateSessionRequest` in the spec.
    """

    pageId: Required[str]
    """The page id in the visit's latest response."""
    impAttributes: Sequence[ImpressionEventDict]
    """Impression events, counted in the engagement's funnel."""
    engagementAttributes: Sequence[EngagementAttributeDict]
    """New or changed engagement attributes."""
