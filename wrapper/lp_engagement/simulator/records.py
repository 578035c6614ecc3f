"""What the simulator remembers: accounts, visitors and sessions.

None of these shows ids or values in its repr. What sessions receive is kept as JSON text, which takes a fraction of the
room that Python objects would: there can be 100 000 of them.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lp_engagement_client import facts

from .sdes import agent_view

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from .faults import Fault
    from .scenario import Campaign
    from .sdes import View

__all__ = ["Account", "Session", "SimulatedResponse", "Visitor"]

OFFERED = "offered"


@dataclass(frozen=True, slots=True, repr=False)
class SimulatedResponse:
    """An answer, independent of the way it travels.

    Attributes:
        status: the HTTP status.
        headers: header names, in lower case, and their values; the length of the body is left to the carrier.
        body: the body.
        seconds: how long it takes to arrive, piece by piece.
        cut_after: how many bytes of the body arrive before the connection is cut; `None` for all.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float = 0.0
    cut_after: int | None = None

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
        offered: the title of the campaign whose engagement was offered last; `None` for none.
    """

    id: str
    created_at: float
    last_seen_at: float
    page_id: str
    sections: list[str] = field(default_factory=list)
    offered: str | None = None
    _attributes: tuple[str, ...] = ()
    _impressions: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<Session: {len(self.attributes)} attributes, {len(self.impressions)} impressions>"

    @property
    def attributes(self) -> list[dict[str, Any]]:
        """All engagement attributes received, oldest first."""
        return _unpacked(self._attributes)

    @property
    def impressions(self) -> list[dict[str, Any]]:
        """All impression events received, oldest first."""
        return _unpacked(self._impressions)

    @property
    def latest(self) -> dict[str, dict[str, Any]]:
        """The engagement attribute that was received last, for each type."""
        return {attribute["type"]: attribute for attribute in self.attributes}

    def seen_by_agent(self, view: View = "chat") -> list[dict[str, Any]]:
        """Return the attributes as an agent sees them: merged, replaced or appended, as it is documented for each.

        Args:
            view: how the conversation is held.
        """
        return agent_view(self.attributes, view)

    def receive(
        self, attributes: Collection[Mapping[str, Any]], impressions: Collection[Mapping[str, Any]] = ()
    ) -> None:
        """Keep attributes and impressions of a request."""
        self._attributes += _packed(attributes)
        self._impressions += _packed(impressions)


def _packed(items: Collection[Mapping[str, Any]]) -> tuple[str, ...]:
    return (_to_text(items),) if items else ()


_to_text = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode


def _unpacked(texts: tuple[str, ...]) -> list[dict[str, Any]]:
    return [item for text in texts for item in json.loads(text)]


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
        return session if session is not None and is_live(session, now) else None


def is_live(session: Session, now: float) -> bool:
    """Whether a session's time is not over yet."""
    return now < session.created_at + facts.VISIT_LIFETIME_SECONDS


@dataclass(slots=True, repr=False)
class Account:
    """An account: its visitors, and what lies ahead of its callers.

    Attributes:
        cold: how many calls are still answered with "Loading account".
        gives_visitor_id: whether those answers name ids.
        campaigns: the account's own campaigns; `None` for those of all accounts.
        faults: the faults to be met with, in this order.
        visitors: the visitors by id, oldest first.
        funnel: how many engagements were offered, and how often each impression event was reported.
    """

    cold: int = 0
    gives_visitor_id: bool = True
    campaigns: list[Campaign] | None = None
    faults: list[Fault] = field(default_factory=list)
    visitors: dict[str, Visitor] = field(default_factory=dict)
    funnel: Counter[str] = field(default_factory=Counter)

    def take_fault(self, operation: str) -> Fault | None:
        """Take out, once, the next fault that is meant for `operation`."""
        return take_fault(self.faults, operation)


def take_fault(faults: list[Fault], operation: str) -> Fault | None:
    """Take out of a list, once, the first fault that is meant for `operation`."""
    for place, fault in enumerate(faults):
        if fault.meets(operation):
            left = fault.once_less()
            faults[place : place + 1] = [] if left is None else [left]
            return fault
    return None
