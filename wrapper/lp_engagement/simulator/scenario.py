"""What a test or a demo can ask of the simulator: campaigns that fit, and faults."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from .documents import documented_answer
from .records import SimulatedResponse

__all__ = ["Campaign", "Condition", "ConnectionCut", "Fault"]

Condition = Callable[[Sequence[Mapping[str, Any]], Sequence[str]], bool]
"""Says from the engagement attributes and the sections of a session whether a campaign fits."""


class ConnectionCut(Exception):  # noqa: N818 - an event that a scenario asks for, not a mistake
    """The scenario wants the connection to end here, without an answer."""


def _always(_attributes: Sequence[Mapping[str, Any]], _sections: Sequence[str]) -> bool:
    return True


@dataclass(frozen=True, slots=True, repr=False)
class Campaign:
    """A campaign whose engagement is offered as soon as its condition holds.

    Attributes:
        condition: called with all engagement attributes of the session so far, and with its latest sections.
        details: fields of `engagementDetails` that differ from the documented example; `None` leaves a field out.
    """

    condition: Condition = _always
    details: Mapping[str, Any] = field(default_factory=dict)

    def engagement_details(self) -> dict[str, Any]:
        """Return `engagementDetails` as answered."""
        details = documented_answer("available")["engagementDetails"] | self.details
        return {name: value for name, value in details.items() if value is not None}


@dataclass(frozen=True, slots=True, repr=False)
class Fault:
    """An answer that is given instead of the normal one, or no answer at all. The request then has no effect.

    Attributes:
        status: the HTTP status; `None` cuts the connection.
        body: the body, as it stands.
        headers: header names and values.
        times: how many requests meet with it.
        operation: the operation that it is meant for; `None` for any but the look-up of the domain.
    """

    status: int | None
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    times: int = 1
    operation: str | None = None

    @classmethod
    def drop(cls, *, times: int = 1, operation: str | None = None) -> Self:
        """Make a fault that cuts the connection after the request was read."""
        return cls(None, times=times, operation=operation)

    def response(self) -> SimulatedResponse:
        """Return the answer.

        Raises:
            ConnectionCut: there is none.
        """
        if self.status is None:
            raise ConnectionCut
        return SimulatedResponse(self.status, {name.lower(): value for name, value in self.headers.items()}, self.body)
