# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
"""Builders of impression events, filled from the engagement that they report about."""

from __future__ import annotations

from typing import TypeVar

from .types import Payload

__all__ = ["ImpressionBuilders"]

T = TypeVar("T", int, str)


class ImpressionBuilders:
    """One method for each impression event of the spec."""

    __slots__ = ()

    def _detail(self, role: str, kind: type[T]) -> T:
        """Return the engagement's detail that has this role in the spec, as the type that the impression takes."""
        raise NotImplementedError

    def displayed(self) -> Payload:
        """The engagement was shown to the consumer (exposure). Pass the result to `visit.update(impressions=[…])`.

        Raises:
            UnexpectedResponseError: the answer lacked an id that the event needs.

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
            UnexpectedResponseError: the answer lacked an id that the event needs.

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
            UnexpectedResponseError: the answer lacked an id that the event needs.

        Source: `ImpExpanded` in the spec; [put] impression events; the three null fields are the only nulls printed in any request.
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
        """The engagement was shown until its time ran out. Pass the result to `visit.update(impressions=[…])`.

        Raises:
            UnexpectedResponseError: the answer lacked an id that the event needs.

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
            UnexpectedResponseError: the answer lacked an id that the event needs.

        Source: `ImpClose` in the spec; [put] impression events; the example is printed twice.
        """
        return Payload(
            {
                "type": "impClose",
                "campaign": self._detail("campaign_id", int),
                "engId": self._detail("engagement_id", int),
                "revision": self._detail("engagement_revision", int),
            }
        )
