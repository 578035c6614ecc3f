"""Events for applications that watch calls: one for each step of a call, and one log line for each event.

Events carry no engagement attribute and no id. A salted hash distinguishes visitors within a process.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

__all__ = ["CallEvent", "EventName", "Hook"]

EventName = Literal[
    "queued",
    "sent",
    "answered",
    "failed",
    "retry",
    "visit_saved",
    "visit_not_saved",
    "session_replaced",
    "stale_domain",
]


@dataclass(frozen=True, slots=True)
class CallEvent:
    """One step of a call.

    Attributes:
        name: `sent`, `answered` and `failed` for each attempt; `queued` before it if all connections of the client were
            busy; `retry` before each pause; `visit_saved`, or `visit_not_saved` if the store failed; `session_replaced`
            when the server opened a new session in a visit; `stale_domain` when the Domain API is down and the host of
            before is used.
        operation: the operation of the spec that was sent; a retry can be another one than the first attempt.
        attempt: the number of the attempt, from 1; 0 if the step belongs to none.
        status: the HTTP status, once there is an answer.
        internal_code: LivePerson's `internalCode`, if the answer had one.
        seconds: how long the attempt was on the wire; for `queued`, how long it waited for its turn.
        pause: seconds until the next attempt, for `retry`.
        error: the class of the error, for `failed`, `retry`, `visit_not_saved` and `stale_domain`.
        visitor: a salted hash of the visitor id, if one is known; the same visitor has the same hash within a process.
    """

    name: EventName
    operation: str
    attempt: int = 0
    status: int | None = None
    internal_code: int | None = None
    seconds: float | None = None
    pause: float | None = None
    error: str | None = None
    visitor: str | None = None


class Hook(Protocol):
    """Called with each event, in the thread or task of the call. What it raises is logged and otherwise ignored."""

    def __call__(self, event: CallEvent, /) -> None:
        """Take note of the event."""
        ...
