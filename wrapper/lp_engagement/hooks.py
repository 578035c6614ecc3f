"""Events for applications that watch calls: one for each step of a call, and one log line for each event.

Events carry no engagement attribute and no id. A salted hash distinguishes visitors within a process.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from .validation import Problem

__all__ = ["CallEvent", "EventName", "Hook", "Outcome"]

EventName = Literal[
    "call_started",
    "call_ended",
    "invalid_payload",
    "queued",
    "sent",
    "answered",
    "failed",
    "retry",
    "visit_saved",
    "visit_not_saved",
    "store_failed",
    "session_replaced",
    "stale_domain",
]

Outcome = Literal["success", "reused", "invalid", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class CallEvent:
    """One step of a call.

    Attributes:
        name: `call_started` and `call_ended`, once per call, whatever happens; `sent`, `answered` and `failed` for each
            attempt; `queued` before it if all connections of the client were busy; `retry` before each pause;
            `visit_saved`, or `visit_not_saved` if the store failed; `store_failed` for each step of the store that
            failed; `invalid_payload` before an invalid body that is sent all the same, with `validate="warn"`;
            `session_replaced` when the server opened a new session in a visit; `stale_domain` when the Domain API is
            down and the host of before is used.
        operation: the operation of the spec that was sent; a retry can be another one than the first attempt. For
            `call_started`, `call_ended` and `store_failed`: `get_engagement`, `update` or the operation that
            `call` was given. Of a `client.request(...)`: `request`. For `invalid_payload`: the kind of the body, e.g.
            `create-session`.
        attempt: the number of the attempt, from 1; 0 if the step belongs to none.
        status: the HTTP status, once there is an answer.
        internal_code: LivePerson's `internalCode`, if the answer had one.
        seconds: how long the attempt was on the wire; for `queued`, how long it waited for its turn; for
            `store_failed`, the time the store took; for `call_ended`, the whole call.
        pause: seconds until the next attempt, for `retry`.
        error: the class of the error, for `failed`, `retry`, `visit_not_saved`, `store_failed`, `stale_domain` and
            `call_ended`.
        visitor: a salted hash of the visitor id, if one is known; the same visitor has the same hash within a process.
        call_id: a random id that the events of one call share. It is derived from nothing and never sent.
        method: the HTTP method, for `sent`.
        host: the host of the request, for `sent`.
        outcome: for `call_ended`: `success`; `reused` if an engagement was returned without a call; `invalid` for a
            payload that was not sent; `failed`; `cancelled` for everything that is no `Exception`.
        attempts: for `call_ended`, the number of requests of the call, with those to the Domain API.
        waited: for `call_ended`, the seconds of pauses and of waiting for a connection or another caller.
        store_seconds: for `call_ended`, the seconds spent in the visit store.
        problems: for `invalid_payload`, what is wrong. They name fields and keys, never a value.
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
    call_id: str | None = None
    method: str | None = None
    host: str | None = None
    outcome: Outcome | None = None
    attempts: int | None = None
    waited: float | None = None
    store_seconds: float | None = None
    problems: tuple[Problem, ...] = ()


class Hook(Protocol):
    """Called with each event, in the thread or task of the call. What it raises is logged and otherwise ignored."""

    def __call__(self, event: CallEvent, /) -> None:
        """Take note of the event."""
        ...
