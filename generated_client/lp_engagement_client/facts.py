# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
"""Facts of the spec that the hand-written code needs as constants."""

from __future__ import annotations

from typing import Final, NamedTuple


class Retry(NamedTuple):
    """When a failed call of an operation may be sent again.

    Attributes:
        statuses: first and last HTTP status that it applies to.
        pauses: seconds to wait before each retry.
        visitor_id_from_answer: whether the retry takes the visitor id that the failed answer names.
    """

    statuses: tuple[int, int]
    pauses: tuple[float, ...]
    visitor_id_from_answer: bool


class Operation(NamedTuple):
    """An operation of the spec.

    Attributes:
        method: the HTTP method, in upper case.
        path: the path template.
        retry: when it may be sent again.
        errors: the kind of error that each documented status stands for.
        body: the kind of its body (see `KINDS`), if it has one.
        success: the documented status of a success.
        example: the name of the documented answer (`schemas/examples.json`), if there is one.
    """

    method: str
    path: str
    retry: Retry
    errors: dict[int, str]
    body: str | None
    success: int
    example: str | None


OPERATIONS: Final[dict[str, Operation]] = {
    "createSession": Operation(
        "POST",
        "/api/account/{accountId}/app/engagement/visitors/",
        Retry((500, 599), (5, 10, 15), True),
        {
            400: "bad-request",
            401: "unauthorized",
            404: "not-found",
            429: "rate-limited",
            500: "server-error",
            503: "unavailable",
        },
        "create-session",
        200,
        "available",
    ),
    "resumeSession": Operation(
        "POST",
        "/api/account/{accountId}/app/engagement/visitors/{visitorId}",
        Retry((500, 599), (5, 10, 15), True),
        {
            400: "bad-request",
            401: "unauthorized",
            404: "not-found",
            429: "rate-limited",
            500: "server-error",
            503: "unavailable",
        },
        "create-session",
        200,
        "available",
    ),
    "updateSession": Operation(
        "PUT",
        "/api/account/{accountId}/app/engagement/visitors/{visitorId}",
        Retry((500, 599), (5, 10, 15), False),
        {
            400: "bad-request",
            401: "unauthorized",
            404: "not-found",
            429: "rate-limited",
            500: "server-error",
            503: "unavailable",
        },
        "update-session",
        200,
        None,
    ),
    "getDomain": Operation(
        "GET",
        "/api/account/{accountId}/service/{service}/baseURI.json",
        Retry((500, 599), (5, 10, 15), False),
        {400: "bad-request", 401: "unauthorized"},
        None,
        200,
        "single",
    ),
}

ACCOUNT_ID_PATTERN: Final = "^[A-Za-z0-9_]{1,20}$"
API_VERSION: Final = "1.0"

STATUS_AVAILABLE: Final = "Available"
STATUSES: Final = ("Available", "NotAvailable")

VISIT_LIFETIME_SECONDS: Final = 21600

PARAMETER_NAMES: Final[dict[str, str]] = {
    "accountId": "accountId",
    "visitorId": "visitorId",
    "version": "v",
    "sessionId": "sid",
    "requiredSessionId": "sid",
}
"""The names on the wire of the parameters, by their names in the spec."""

DOMAIN_API_VERSION: Final = "1.0"
DOMAIN_API_URL: Final = "https://api.liveperson.net"
DOMAIN_SERVICE: Final = "msdkgw"
DOMAIN_CACHE_SECONDS: Final = 86400

RATE_LIMIT_MINIMUM_SECONDS: Final = 1

LOADING_CODES: Final = frozenset([20, 38])
LOADING_VISITOR_ID_PATTERN: Final = "vid:\\s*([A-Za-z0-9_.\\-]+)"

INTERNAL_CODES: Final[dict[str, int]] = {
    "bad-input": 5,
    "account-not-valid": 6,
    "not-authorized": 10,
    "session-gone": 12,
    "unknown-installation": 18,
    "internal-error": 18,
    "account-loading": 20,
    "no-such-route": 28,
    "version-not-supported": 33,
    "visitor-not-valid": 37,
    "account-loading-accepted": 38,
    "session-not-valid": 39,
}
"""The internal codes that are known, by the spec's names for them."""

GONE_CODES: Final = frozenset([12, 37, 39])
"""The internal codes which say that a session is there no more."""

INTERNAL_CODE_HINTS: Final[dict[tuple[int, int | None], str]] = {
    (5, None): "Input is missing or invalid; the message may be just the name of the field.",
    (
        6,
        None,
    ): "The account is not valid here, or the visitor and session ids do not belong to it: check the account id and that the ids come from this API, not from a chat or an agent session.",
    (10, None): "Not authorized: the ids were not accepted.",
    (
        12,
        None,
    ): "The session is gone: a visit lives for six hours at most. Ask for an engagement again to open a new session with the same visitor.",
    (18, 404): "The app installation id is not known.",
    (18, 500): "An internal error of the server.",
    (
        20,
        None,
    ): "The account is being loaded, which is normal for an account with very little traffic. Try again in a minute.",
    (
        28,
        None,
    ): "There is no such route on this host: check the domain (let the Domain API look it up for the msdkgw service) and the path.",
    (33, None): "The API version or another parameter is not supported.",
    (37, None): "The visitor id is not valid: use the one of an earlier answer of this API.",
    (38, None): "The account is being loaded. Try again in a minute.",
    (
        39,
        None,
    ): "The session id is not valid any more. Ask for an engagement again to open a new session with the same visitor.",
}
"""Hints by internal code and HTTP status; the status is None where the hint holds for any."""

KINDS: Final[dict[str, str]] = {
    "create-session": "CreateSessionRequest",
    "update-session": "UpdateSessionRequest",
    "sde": "EngagementAttribute",
    "impression": "ImpressionEvent",
}
"""The kinds of bodies, each with the spec's schema."""

PERSONAL_DATA: Final = frozenset(
    [
        "Address.country",
        "Address.region",
        "Age.age",
        "Age.day",
        "Age.month",
        "Age.year",
        "AppDetails.ipAddress",
        "Contact.email",
        "Contact.phone",
        "CustomerInfo.accountName",
        "CustomerInfo.balance",
        "CustomerInfo.customerId",
        "CustomerInfo.imei",
        "CustomerInfo.lastPaymentDate",
        "CustomerInfo.registrationDate",
        "CustomerInfo.socialId",
        "CustomerInfo.userName",
        "EngagementAnswer.sessionId",
        "EngagementAnswer.visitorId",
        "LeadInfo.leadId",
        "PersonalInfo.company",
        "PersonalInfo.firstname",
        "PersonalInfo.gender",
        "PersonalInfo.lastname",
        "PurchaseSde.orderId",
        "SearchInfoSde.keywords",
        "ServiceInfo.serviceId",
    ]
)
"""`Schema.property` of every field that holds personal data."""
