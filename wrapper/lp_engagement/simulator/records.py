"""What the simulator remembers: accounts, visitors and sessions, and each request with its answer.

None of these shows ids or values in its repr.
"""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lp_engagement_client import facts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .scenario import Fault

__all__ = ["Account", "Entry", "Journal", "Session", "SimulatedResponse", "Visitor"]


@dataclass(frozen=True, slots=True, repr=False)
class SimulatedResponse:
    """An answer, independent of the way it travels.

    Attributes:
        status: the HTTP status.
        headers: header names, in lower case, and their values; the length of the body is left to the carrier.
        body: the body.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes

    def __repr__(self) -> str:
        return f"<SimulatedResponse {self.status}, {len(self.body)} bytes>"

    def json(self) -> Any:
        """Parse the body.

        Raises:
            ValueError: it is not JSON.
        """
        return json.loads(self.body)


@dataclass(slots=True, repr=False)
class Session:
    """A session of a visitor. Times are seconds since the epoch.

    Attributes:
        id: its id, opaque.
        created_at: when it began.
        last_seen_at: when it was last used.
        page_id: the page id of the latest answer, which an update must bring.
        sections: the sections sent last.
        attributes: all engagement attributes received, oldest first.
        impressions: all impression events received, oldest first.
    """

    id: str
    created_at: float
    last_seen_at: float
    page_id: str
    sections: list[str] = field(default_factory=list)
    attributes: list[dict[str, Any]] = field(default_factory=list)
    impressions: list[dict[str, Any]] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"<Session: {len(self.attributes)} attributes, {len(self.impressions)} impressions>"

    @property
    def latest(self) -> dict[str, dict[str, Any]]:
        """The engagement attribute that was received last, for each type."""
        return {attribute["type"]: attribute for attribute in self.attributes}


@dataclass(slots=True, repr=False)
class Visitor:
    """A visitor of an account. Times are seconds since the epoch.

    Attributes:
        id: the visitor's id, opaque.
        created_at: when the visitor was first seen.
        last_seen_at: when the visitor was last seen.
        sessions: the sessions by id, oldest first.
    """

    id: str
    created_at: float
    last_seen_at: float
    sessions: dict[str, Session] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<Visitor: {len(self.sessions)} sessions>"

    def live_session(self, session_id: str, now: float) -> Session | None:
        """Return the session of that id, unless there is none or its time is over."""
        session = self.sessions.get(session_id)
        if session is None or now >= session.created_at + facts.VISIT_LIFETIME_SECONDS:
            return None
        return session


@dataclass(slots=True, repr=False)
class Account:
    """An account: its visitors, and what lies ahead of its callers.

    Attributes:
        cold: how many calls are still answered with "Loading account".
        gives_visitor_id: whether those answers name ids.
        faults: the answers to be given before normal ones, each as often as it stands here.
        visitors: the visitors by id, oldest first.
    """

    cold: int = 0
    gives_visitor_id: bool = True
    faults: deque[Fault] = field(default_factory=deque)
    visitors: dict[str, Visitor] = field(default_factory=dict)

    def take_fault(self, operation: str, *, default: bool) -> Fault | None:
        """Take out the next fault that is meant for `operation`; `default`: also one that is meant for none."""
        for fault in self.faults:
            if fault.operation == operation or (default and fault.operation is None):
                self.faults.remove(fault)
                return fault
        return None


@dataclass(slots=True, repr=False)
class Entry:
    """A request, what was understood of it, and what became of it.

    Attributes:
        method: the HTTP method.
        path: the path as it was sent, percent-encoding included.
        query: the decoded query.
        headers: the headers, names in lower case.
        content: the body as it was sent.
        operation: the operation of the spec, e.g. `createSession`; `None` for none.
        parameters: the decoded parameters of the path.
        body: the parsed body; `None` if there was none to parse.
        answer: the answer; `None` if the connection was cut.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    content: bytes
    operation: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    answer: SimulatedResponse | None = None

    def __repr__(self) -> str:
        return f"<Entry {self.operation}: {self.status}>"

    @property
    def status(self) -> int | None:
        """The HTTP status; `None` if the connection was cut."""
        return None if self.answer is None else self.answer.status


class Journal(list[Entry]):
    """Every request and its answer, oldest first."""

    def last(self) -> Entry:
        """Return the latest entry.

        Raises:
            LookupError: there is none.
        """
        return self[-1]

    def of(self, operation: str) -> list[Entry]:
        """Return the entries of one operation of the spec."""
        return [entry for entry in self if entry.operation == operation]
