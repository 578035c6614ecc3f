"""Faults: what the simulator does instead of answering as it should."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from lp_engagement_client import facts

from .reading import Refusal
from .records import SimulatedResponse

__all__ = ["ConnectionCut", "Fault"]

_ABSENT_OR_OBJECT = frozenset([facts.FIELDS["EngagementAnswer"]["engagement_details"]])
"""Fields of answers whose absence says something: changes inside of them do not make them appear."""


class ConnectionCut(Exception):  # noqa: N818 - an event that a scenario asks for, not a mistake
    """The scenario wants the connection to end here, without an answer."""


@dataclass(frozen=True, slots=True, repr=False)
class Fault:
    """An answer that is given instead of the normal one, or a normal one that is spoilt, or no answer at all.

    Attributes:
        status: the HTTP status; `None` cuts the connection.
        body: the body, as it stands.
        headers: header names and values.
        times: how many requests meet with it; `None` for all, until the account is mended.
        operation: the operation that it is meant for; `None` for any but the look-up of the domain.
        code: the spec's name of an internal code; the body is then the vendor's error entity with that code.
        loading: whether the account is being loaded: what a cold account answers to a POST.
        processed: whether the request has its effect although the answer tells nothing of it.
        changes: fields that are put over the normal answer, which is given otherwise; the request has its effect.
        seconds: how long the answer takes to arrive, piece by piece.
        cut_after: how many bytes of the body arrive before the connection is cut.
        label: how it is called on the page and in `repr`.
    """

    status: int | None
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    times: int | None = 1
    operation: str | None = None
    code: str | None = None
    loading: bool = False
    processed: bool = False
    changes: Mapping[str, Any] | None = None
    seconds: float = 0.0
    cut_after: int | None = None
    label: str = ""

    def __repr__(self) -> str:
        return f"<Fault {self.title}>"

    @property
    def name(self) -> str:
        """How it is called."""
        return self.label or ("cut" if self.status is None else str(self.status))

    @property
    def title(self) -> str:
        """Its name, with what it is limited to."""
        times = {1: "", None: " until mended"}.get(self.times, f" x{self.times}")
        return f"{self.name}{times}{f' on {self.operation}' if self.operation else ''}"

    @classmethod
    def drop(cls, *, times: int = 1, operation: str | None = None) -> Self:
        """Make a fault that cuts the connection after the request was read."""
        return cls(None, times=times, operation=operation)

    @classmethod
    def lost(cls, *, times: int = 1, operation: str | None = None) -> Self:
        """Make a fault that cuts the connection after the request had its effect."""
        return cls(None, times=times, operation=operation, processed=True, label="lost")

    def meets(self, operation: str) -> bool:
        """Whether a request of an operation meets with it."""
        if self.operation is not None:
            return self.operation == operation
        met = facts.OPERATIONS[operation]
        return met.retry.visitor_id_from_answer if self.loading else met.server is None

    def once_less(self) -> Self | None:
        """Return what is left of it after one request; `None` if nothing is."""
        if self.times is None:
            return self
        return replace(self, times=self.times - 1) if self.times > 1 else None

    def response(self, now: float = 0.0) -> SimulatedResponse:
        """Return the answer that is given instead of the normal one; `now` in seconds since the epoch.

        Raises:
            ConnectionCut: there is none.
        """
        if self.status is None:
            raise ConnectionCut
        if self.code is not None:
            message = self.code.replace("-", " ")
            return self._spoilt(Refusal(status=self.status, code=self.code, message=message).response(now))
        return self._spoilt(SimulatedResponse(self.status, {}, self.body))

    def changed(self, normal: SimulatedResponse) -> SimulatedResponse:
        """Return the normal answer as the fault leaves it."""
        if self.changes and normal.body.startswith(b"{"):
            entity = _overlaid(normal.json(), self.changes)
            normal = replace(normal, body=json.dumps(entity).encode())
        return self._spoilt(normal)

    def _spoilt(self, response: SimulatedResponse) -> SimulatedResponse:
        headers = {name.lower(): value for name, value in self.headers.items()}
        return replace(
            response, headers={**response.headers, **headers}, seconds=self.seconds, cut_after=self.cut_after
        )


def _overlaid(entity: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Put changes over an object."""
    result = dict(entity)
    for name, change in changes.items():
        if not isinstance(change, Mapping):
            result[name] = change
        elif isinstance(result.get(name), Mapping):
            result[name] = _overlaid(result[name], change)
        elif name not in _ABSENT_OR_OBJECT:
            result[name] = change
    return result
