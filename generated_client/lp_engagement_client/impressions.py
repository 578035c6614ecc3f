# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
"""Builders of impression events, filled from their engagement."""

from __future__ import annotations

from typing import TypeVar

from .types import Payload

__all__ = ["ImpressionBuilders"]

T = TypeVar("T", int, str)


class ImpressionBuilders:
    """One method for each impression event of the spec."""

    __slots__ = ()

    def _detail(self, role: str, kind: type[T]) -> T:
        """Return the engagement's detail with this role, converted to the type of the impression's field."""
        raise NotImplementedError

    def displayed(self) -> Payload:
        """The engagement was shown to the consumer (exposure). Pass the result to `visit.update(impressions=[…])`.

        Raises:
            UnexpectedResponseError: the response lacks an id that the event needs.

        Source: `ImpDisplay` in the spec; [put] impression events.
        """
        return Payload(
            {
                "type": "impDisplay",
                "campaign": self._detail("campaign_id", int),
                "engId": self._detail("engagement_id", int),
                "revision": self._detail("engagement_revision", int),
                "eContext": [{"type": "engagementContext", "id": self._detail("context_id", str)}],
            }
        )

    def accepted(self) -> Payload:
        """The consumer accepted the engagement. Pass the result to `visit.update(impressions=[…])`.

        Raises:
            UnexpectedResponseError: the response lacks an id that the event needs.

        Source: `ImpAccept` in the spec; [put] impression events.
        """
        return Payload(
            {
                "type": "impAccept",
                "campaign": self._detail("campaign_id", int),
                "engId": self._detail("engagement_id", int),
                "revision": self._detail("engagement_revision", int),
                "eContext": [{"type": "engagementContext", "id": self._detail("context_id", str)}],
            }
        )

    def expanded(self) -> Payload:
        """The engagement was expanded. Pass the result to `visit.update(impressions=[…])`.

        Raises:
            UnexpectedResponseError: the response lacks an id that the event needs.

        Source: `ImpExpanded` in the spec; [put] impression events; its three null fields are the only nulls in any example of a request.
        """
        return Payload(
            {
                "type": "impExpanded",
                "campaign": self._detail("campaign_id", int),
                "engId": self._detail("engagement_id", int),
                "revision": self._detail("engagement_revision", int),
                "expanded": None,
                "userInit": None,
                "actionableItems": None,
            }
        )

    def timed_out(self) -> Payload:
        """The engagement timed out while it was shown. Pass the result to `visit.update(impressions=[…])`.

        Raises:
            UnexpectedResponseError: the response lacks an id that the event needs.

        Source: `ImpTimeout` in the spec; [put] impression events.
        """
        return Payload(
            {
                "type": "impTimeout",
                "campaign": self._detail("campaign_id", int),
                "engId": self._detail("engagement_id", int),
                "revision": self._detail("engagement_revision", int),
            }
        )

    def closed(self) -> Payload:
        """The consumer closed the engagement. Pass the result to `visit.update(impressions=[…])`.

        Raises:
            UnexpectedResponseError: the response lacks an id that the event needs.

        Source: `ImpClose` in the spec; [put] impression events; the example appears twice.
        """
        return Payload(
            {
                "type": "impClose",
                "campaign": self._detail("campaign_id", int),
                "engId": self._detail("engagement_id", int),
                "revision": self._detail("engagement_revision", int),
            }
        )
