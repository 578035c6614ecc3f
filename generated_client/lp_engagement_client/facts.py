# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
"""Facts of the spec, as constants for the hand-written code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from .models import EngagementAnswer


class Retry(NamedTuple):
    """The retry policy of an operation.

    Attributes:
        statuses: first and last HTTP status to retry.
        pauses: seconds to wait before each retry.
        visitor_id_from_answer: whether the retry uses the visitor id in the failed response.
        idempotent: whether the server may receive the request twice.
    """

    statuses: tuple[int, int]
    pauses: tuple[float, ...]
    visitor_id_from_answer: bool
    idempotent: bool


class OperationFacts(NamedTuple):
    """The spec's extensions of an operation. `api` has the rest.

    Attributes:
        retry: the retry policy.
        errors: the kind of error of each documented status.
        body: the kind of its body (see `KINDS`), if it has one.
        fields: the names of the body's fields that have a role, by their roles.
        success: the documented status of a success.
        example: the name of the documented response (`schemas/examples.json`), if there is one.
    """

    retry: Retry
    errors: dict[int, str]
    body: str | None
    fields: dict[str, str]
    success: int
    example: str | None


OPERATIONS: Final[dict[str, OperationFacts]] = {
    "createSession": OperationFacts(
        retry=Retry(statuses=(500, 599), pauses=(5, 10, 15), visitor_id_from_answer=True, idempotent=False),
        errors={
            400: "bad-request",
            401: "unauthorized",
            404: "not-found",
            429: "rate-limited",
            500: "server-error",
            503: "unavailable",
        },
        body="create-session",
        fields={
            "app_type": "appType",
            "app_details": "appDetails",
            "consumer_sections": "consumerSections",
            "engagement_attributes": "engagementAttributes",
        },
        success=200,
        example="available",
    ),
    "resumeSession": OperationFacts(
        retry=Retry(statuses=(500, 599), pauses=(5, 10, 15), visitor_id_from_answer=True, idempotent=True),
        errors={
            400: "bad-request",
            401: "unauthorized",
            404: "not-found",
            429: "rate-limited",
            500: "server-error",
            503: "unavailable",
        },
        body="create-session",
        fields={
            "app_type": "appType",
            "app_details": "appDetails",
            "consumer_sections": "consumerSections",
            "engagement_attributes": "engagementAttributes",
        },
        success=200,
        example="available",
    ),
    "updateSession": OperationFacts(
        retry=Retry(statuses=(500, 599), pauses=(5, 10, 15), visitor_id_from_answer=False, idempotent=False),
        errors={
            400: "bad-request",
            401: "unauthorized",
            404: "not-found",
            429: "rate-limited",
            500: "server-error",
            503: "unavailable",
        },
        body="update-session",
        fields={
            "page_id": "pageId",
            "imp_attributes": "impAttributes",
            "engagement_attributes": "engagementAttributes",
        },
        success=200,
        example=None,
    ),
    "getDomain": OperationFacts(
        retry=Retry(statuses=(500, 599), pauses=(5, 10, 15), visitor_id_from_answer=False, idempotent=True),
        errors={400: "bad-request", 401: "unauthorized"},
        body=None,
        fields={},
        success=200,
        example="single",
    ),
    "listDomains": OperationFacts(
        retry=Retry(statuses=(500, 599), pauses=(5, 10, 15), visitor_id_from_answer=False, idempotent=True),
        errors={400: "bad-request", 401: "unauthorized"},
        body=None,
        fields={},
        success=200,
        example="services",
    ),
}

ACCOUNT_ID_PATTERN: Final = "^[A-Za-z0-9_]{1,20}$"

AppType = Literal["MSDK", "EXTERNAL"]
"""The kinds of apps."""
APP_TYPES: Final[tuple[AppType, ...]] = ("MSDK", "EXTERNAL")

VisitOperation = Literal["resumeSession", "updateSession"]
"""The operations that take the ids of a visit."""
VisitAnswer: TypeAlias = "EngagementAnswer | None"
"""The answers of these operations; `None` if the spec has no answer."""

STATUS_AVAILABLE: Final = "Available"
STATUSES: Final = ("Available", "NotAvailable")

VISIT_LIFETIME_SECONDS: Final = 21600

DOMAIN_SERVICE: Final = "msdkgw"
DOMAIN_CACHE_SECONDS: Final = 86400

RATE_LIMIT_MINIMUM_SECONDS: Final = 1

LOADING_CODES: Final = frozenset([20, 38])
LOADING_VISITOR_ID_PATTERN: Final = "\\b[vV][iI][dD]:\\s*(?!(?:null|undefined|None)\\b)([A-Za-z0-9_.\\-]+)"
LOADING_VISITOR_ID_MEMBERS: Final = ("vid", "visitorId")

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
"""The known internal codes, by their names in the spec."""

GONE: Final[dict[int, str]] = {12: "session", 37: "visitor", 39: "session"}
"""The id that is no longer valid, by internal code: `session`, or `visitor` and therefore also its session."""

INTERNAL_CODE_HINTS: Final[dict[tuple[int, int | None], str]] = {
    (5, None): "Input is missing or invalid. The message may be only the name of the field.",
    (
        6,
        None,
    ): "The account is not valid here, or the visitor and session ids do not belong to it: check the account id. If it is right, visit.forget() drops the ids and the next call opens a new visit.",
    (10, None): "Not authorized: the ids were not accepted.",
    (
        12,
        None,
    ): "The session is gone: a visit lives for six hours at most. get_engagement() opens a new session for the same visitor.",
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
    (37, None): "The visitor id is not valid any more. get_engagement() opens a new visit with a new visitor.",
    (38, None): "The account is being loaded. Try again in a minute.",
    (39, None): "The session id is not valid any more. get_engagement() opens a new session for the same visitor.",
}
"""Hints by internal code and HTTP status; the status is None if the hint applies to any."""

KINDS: Final[dict[str, str]] = {
    "create-session": "CreateSessionRequest",
    "update-session": "UpdateSessionRequest",
    "sde": "EngagementAttribute",
    "impression": "ImpressionEvent",
}
"""The kinds of bodies, each with the spec's schema."""

FIELDS: Final[dict[str, dict[str, str]]] = {
    "CreateSessionRequest": {
        "app_type": "appType",
        "app_details": "appDetails",
        "consumer_sections": "consumerSections",
        "engagement_attributes": "engagementAttributes",
    },
    "UpdateSessionRequest": {
        "page_id": "pageId",
        "imp_attributes": "impAttributes",
        "engagement_attributes": "engagementAttributes",
    },
    "EngagementAnswer": {
        "status": "status",
        "engagement_details": "engagementDetails",
        "page_id": "pageId",
        "session_id": "sessionId",
        "visitor_id": "visitorId",
    },
    "EngagementDetails": {
        "campaign_id": "campaignId",
        "engagement_id": "engagementId",
        "context_id": "contextId",
        "language": "language",
        "engagement_revision": "engagementRevision",
        "valid_for_seconds": "validForSeconds",
        "skill_id": "skillId",
        "skill_name": "skillName",
        "connector_id": "connectorId",
    },
    "ErrorEntity": {"time": "time", "message": "message", "internal_code": "internalCode"},
    "NestedError": {"error": "error"},
    "Domain": {"service": "service", "account": "account", "base_uri": "baseURI", "base_uris": "baseURIs"},
    "Domains": {"base_uris": "baseURIs"},
    "ServiceDomain": {"service": "service", "account": "account", "base_uri": "baseURI"},
}
"""The API's names of the fields that have a role, by schema and role."""

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
        "ErrorEntity.message",
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
