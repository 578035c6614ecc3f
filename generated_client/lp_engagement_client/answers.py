# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
"""Tolerant readers of the server's answers.

A field that is absent, null or of a kind that cannot be understood is `None`; ids come out as text whether they were sent
as numbers or as text; keys that the spec does not know are kept in `extra`. Nothing here raises.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .reading import as_mapping, integer, integer_or_text, items, number, text

__all__ = [
    "ServiceDomain",
    "Domain",
    "EngagementDetails",
    "EngagementAnswer",
    "ErrorEntity",
    "NestedError",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceDomain:
    """The host of a service.

    Attributes:
        service: The service's name.
        account: The account.
        base_uri: The host, without a scheme.
        extra: what the answer held beyond the documented fields.

    Source: `ServiceDomain` in the spec.
    """

    service: str | None = None
    account: str | None = None
    base_uri: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, source: object) -> ServiceDomain:
        """Read a JSON value; anything but an object reads as an object without members."""
        members = as_mapping(source)
        known = {
            "service",
            "account",
            "baseURI",
        }
        return cls(
            service=text(members.get("service")),
            account=text(members.get("account")),
            base_uri=text(members.get("baseURI")),
            extra={key: value for key, value in members.items() if key not in known},
        )

    def documented(self) -> dict[str, Any]:
        """The documented fields that could be read, by their names in the API."""
        fields = {
            "service": self.service,
            "account": self.account,
            "baseURI": self.base_uri,
        }
        return {name: value for name, value in fields.items() if value is not None}

    def missing(self) -> list[str]:
        """The names of the fields that the spec requires and that were absent, empty or of an unreadable kind."""
        return []


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """The host of one service; the page prints the list of all services under the same call.

    Attributes:
        service: The service's name.
        account: The account.
        base_uri: The host, without a scheme; read leniently should one appear.
        base_uris: The hosts of all services.
        extra: what the answer held beyond the documented fields.

    Source: `Domain` in the spec.
    """

    service: str | None = None
    account: str | None = None
    base_uri: str | None = None
    base_uris: tuple[ServiceDomain, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, source: object) -> Domain:
        """Read a JSON value; anything but an object reads as an object without members."""
        members = as_mapping(source)
        known = {
            "service",
            "account",
            "baseURI",
            "baseURIs",
        }
        return cls(
            service=text(members.get("service")),
            account=text(members.get("account")),
            base_uri=text(members.get("baseURI")),
            base_uris=items(members.get("baseURIs"), ServiceDomain.read),
            extra={key: value for key, value in members.items() if key not in known},
        )

    def documented(self) -> dict[str, Any]:
        """The documented fields that could be read, by their names in the API."""
        fields = {
            "service": self.service,
            "account": self.account,
            "baseURI": self.base_uri,
            "baseURIs": self.base_uris,
        }
        return {name: value for name, value in fields.items() if value is not None}

    def missing(self) -> list[str]:
        """The names of the fields that the spec requires and that were absent, empty or of an unreadable kind."""
        return []


@dataclass(frozen=True, slots=True, kw_only=True)
class EngagementDetails:
    """The engagement that fits the consumer.

    Attributes:
        campaign_id: The campaign that the engagement belongs to.
        engagement_id: The engagement.
        context_id: The context in which the engagement is offered.
        window_id: The window in which the conversation is to open.
        language: The engagement's language, e.g. `en-US`.
        engagement_revision: The engagement's revision.
        valid_for_seconds: For how many seconds the offer holds (not the visit).
        skill_id: The skill that conversations are routed to.
        skill_name: The skill's name.
        connector_id: The connector that authenticates the consumer; present if the engagement is flagged as authenticated.
        extra: what the answer held beyond the documented fields.

    Source: `EngagementDetails` in the spec.
    """

    campaign_id: str | None = None
    engagement_id: str | None = None
    context_id: str | None = None
    window_id: str | None = None
    language: str | None = None
    engagement_revision: int | None = None
    valid_for_seconds: float | None = None
    skill_id: str | None = None
    skill_name: str | None = None
    connector_id: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, source: object) -> EngagementDetails:
        """Read a JSON value; anything but an object reads as an object without members."""
        members = as_mapping(source)
        known = {
            "campaignId",
            "engagementId",
            "contextId",
            "windowId",
            "language",
            "engagementRevision",
            "validForSeconds",
            "skillId",
            "skillName",
            "connectorId",
        }
        return cls(
            campaign_id=text(members.get("campaignId")),
            engagement_id=text(members.get("engagementId")),
            context_id=text(members.get("contextId")),
            window_id=text(members.get("windowId")),
            language=text(members.get("language")),
            engagement_revision=integer(members.get("engagementRevision")),
            valid_for_seconds=number(members.get("validForSeconds")),
            skill_id=text(members.get("skillId")),
            skill_name=text(members.get("skillName")),
            connector_id=text(members.get("connectorId")),
            extra={key: value for key, value in members.items() if key not in known},
        )

    def documented(self) -> dict[str, Any]:
        """The documented fields that could be read, by their names in the API."""
        fields = {
            "campaignId": self.campaign_id,
            "engagementId": self.engagement_id,
            "contextId": self.context_id,
            "windowId": self.window_id,
            "language": self.language,
            "engagementRevision": self.engagement_revision,
            "validForSeconds": self.valid_for_seconds,
            "skillId": self.skill_id,
            "skillName": self.skill_name,
            "connectorId": self.connector_id,
        }
        return {name: value for name, value in fields.items() if value is not None}

    def missing(self) -> list[str]:
        """The names of the fields that the spec requires and that were absent, empty or of an unreadable kind."""
        known = self.documented()
        return [
            name
            for name in (
                "campaignId",
                "engagementId",
                "contextId",
                "windowId",
                "language",
                "engagementRevision",
                "validForSeconds",
            )
            if known.get(name, "") == ""
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class EngagementAnswer:
    """The answer of both POST operations.

    Attributes:
        status: Whether there is an engagement. Values that are not known yet mean that there is none.
        engagement_details: Only with Available; otherwise absent.
        page_id: Identifies the page for later updates of the session.
        session_id: The session of the visit; to be kept for the whole visit.
        visitor_id: The visitor; to be kept for the whole visit.
        extra: what the answer held beyond the documented fields.

    Source: `EngagementAnswer` in the spec.
    """

    status: str | None = None
    engagement_details: EngagementDetails | None = None
    page_id: str | None = field(default=None, repr=False)
    session_id: str | None = field(default=None, repr=False)
    visitor_id: str | None = field(default=None, repr=False)
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, source: object) -> EngagementAnswer:
        """Read a JSON value; anything but an object reads as an object without members."""
        members = as_mapping(source)
        known = {
            "status",
            "engagementDetails",
            "pageId",
            "sessionId",
            "visitorId",
        }
        return cls(
            status=text(members.get("status")),
            engagement_details=EngagementDetails.read(members.get("engagementDetails"))
            if as_mapping(members.get("engagementDetails"))
            else None,
            page_id=text(members.get("pageId")),
            session_id=text(members.get("sessionId")),
            visitor_id=text(members.get("visitorId")),
            extra={key: value for key, value in members.items() if key not in known},
        )

    def documented(self) -> dict[str, Any]:
        """The documented fields that could be read, by their names in the API."""
        fields = {
            "status": self.status,
            "engagementDetails": self.engagement_details,
            "pageId": self.page_id,
            "sessionId": self.session_id,
            "visitorId": self.visitor_id,
        }
        return {name: value for name, value in fields.items() if value is not None}

    def missing(self) -> list[str]:
        """The names of the fields that the spec requires and that were absent, empty or of an unreadable kind."""
        known = self.documented()
        return [
            name
            for name in (
                "status",
                "sessionId",
                "visitorId",
                "pageId",
            )
            if known.get(name, "") == ""
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorEntity:
    """What went wrong.

    Attributes:
        time: When it happened, in epoch milliseconds; nested errors have ISO text.
        message: The server's words.
        internal_code: LivePerson's code, an open set. The same code can mean different things with different statuses.
        extra: what the answer held beyond the documented fields.

    Source: `ErrorEntity` in the spec.
    """

    time: int | str | None = field(default=None, repr=False)
    message: str | None = field(default=None, repr=False)
    internal_code: int | str | None = field(default=None, repr=False)
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, source: object) -> ErrorEntity:
        """Read a JSON value; anything but an object reads as an object without members."""
        members = as_mapping(source)
        known = {
            "time",
            "message",
            "internalCode",
        }
        return cls(
            time=integer_or_text(members.get("time")),
            message=text(members.get("message")),
            internal_code=integer_or_text(members.get("internalCode")),
            extra={key: value for key, value in members.items() if key not in known},
        )

    def documented(self) -> dict[str, Any]:
        """The documented fields that could be read, by their names in the API."""
        fields = {
            "time": self.time,
            "message": self.message,
            "internalCode": self.internal_code,
        }
        return {name: value for name, value in fields.items() if value is not None}

    def missing(self) -> list[str]:
        """The names of the fields that the spec requires and that were absent, empty or of an unreadable kind."""
        known = self.documented()
        return [
            name
            for name in (
                "time",
                "internalCode",
            )
            if known.get(name, "") == ""
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class NestedError:
    """An error as gateways wrap it.

    Attributes:
        error: What went wrong.
        extra: what the answer held beyond the documented fields.

    Source: `NestedError` in the spec.
    """

    error: ErrorEntity | None = None
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, source: object) -> NestedError:
        """Read a JSON value; anything but an object reads as an object without members."""
        members = as_mapping(source)
        known = {
            "error",
        }
        return cls(
            error=ErrorEntity.read(members.get("error")) if as_mapping(members.get("error")) else None,
            extra={key: value for key, value in members.items() if key not in known},
        )

    def documented(self) -> dict[str, Any]:
        """The documented fields that could be read, by their names in the API."""
        fields = {
            "error": self.error,
        }
        return {name: value for name, value in fields.items() if value is not None}

    def missing(self) -> list[str]:
        """The names of the fields that the spec requires and that were absent, empty or of an unreadable kind."""
        known = self.documented()
        return [name for name in ("error",) if known.get(name, "") == ""]
