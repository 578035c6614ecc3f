"""The state of the simulator: its time, accounts, visitors and sessions.

No repr here shows ids or values. Sessions store received data as JSON text, which takes a fraction of the memory of
Python objects: there can be 100 000 sessions.
"""

from __future__ import annotations

import json
from collections import Counter, OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lp_engagement._common.clock import SystemClock
from lp_engagement_client import facts

from .agent_view import agent_view
from .spec import types_of
from .timeline import Timeline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from lp_engagement._common.clock import Clock

    from .agent_view import View
    from .campaigns import Campaign
    from .faults import Fault

__all__ = ["OFFERED", "Account", "Accounts", "Session", "Setup", "VirtualClock", "Visitor", "is_live"]

OFFERED = "offered"
_FURTHEST = 1_000 * 365.25 * 86_400
"""Seconds; dates end with the year 9999."""
_MOST_ACCOUNTS = 1_000
_MOST_SESSIONS = 100
"""Sessions of one visitor."""
_SESSION_BYTES = 4 * 1024 * 1024
"""JSON text of one session."""
_MOST_BYTES = 256 * 1024 * 1024
"""What visitors, their sessions and the JSON text of these may take up together."""
_VISITOR_BYTES, _SESSION_OVERHEAD = 600, 400


class VirtualClock:
    """A clock that follows the machine's, and can be moved ahead. Also fits the client's `clock` and `sleep`.

    Args:
        base: the clock it follows; the system's if not given.

    Attributes:
        slept: the requested pauses, in seconds, in order.
    """

    def __init__(self, base: Clock | None = None) -> None:
        self._base = base or SystemClock()
        self._ahead = 0.0
        self.slept: list[float] = []

    def __repr__(self) -> str:
        return f"<VirtualClock: {self._ahead:g} s ahead>"

    @property
    def ahead(self) -> float:
        """How many seconds it is ahead of `base`."""
        return self._ahead

    def time(self) -> float:
        """Seconds since the epoch."""
        return self._base.time() + self._ahead

    def monotonic(self) -> float:
        """Seconds since some moment."""
        return self.time()

    def advance(self, seconds: float) -> None:
        """Move the clock forward.

        Raises:
            ValueError: `seconds` is negative, or the time would be beyond the calendar.
        """
        if not 0 <= seconds <= _FURTHEST - self._ahead:
            raise ValueError("the clock can only move ahead, by a thousand years at most")
        self._ahead += seconds

    def reset(self) -> None:
        """Follow `base` again, and forget the pauses. The time moves back, so reset what has stored times as well."""
        self._ahead = 0.0
        self.slept.clear()

    def sleep(self, seconds: float) -> None:
        """Record the pause, and move the clock forward instead of waiting."""
        self.slept.append(seconds)
        self.advance(seconds)

    async def asleep(self, seconds: float) -> None:
        """Record the pause of a coroutine and move ahead instead of waiting."""
        self.sleep(seconds)

    @property
    def for_async(self) -> AsyncVirtualClock:
        """The clock as an `AsyncEngagementClient` takes it: both show one time."""
        return AsyncVirtualClock(self)


class AsyncVirtualClock:
    """A `VirtualClock` as an async client needs it: its `sleep` is awaited."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock

    def time(self) -> float:
        """Return the seconds since the epoch."""
        return self._clock.time()

    def monotonic(self) -> float:
        """Return the seconds of a clock that nobody sets."""
        return self._clock.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Record the pause and move ahead instead of waiting."""
        self._clock.sleep(seconds)


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
    _attributes: list[str] = field(default_factory=list)
    _impressions: list[str] = field(default_factory=list)
    _size: int = 0

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
        """Return the attributes as an agent sees them: merged, replaced or appended, as documented for their type.

        Args:
            view: how the conversation is held.
        """
        return agent_view(self.attributes, view)

    @property
    def size(self) -> int:
        """About how many bytes the session takes up."""
        return _SESSION_OVERHEAD + self._size + sum(map(len, self.sections))

    def contains(self, text: str) -> bool:
        """Whether lower-case JSON text is in the attributes and impressions, or in the sections."""
        return any(text in part.lower() for part in (*self._attributes, *self._impressions, _to_text(self.sections)))

    def receive(self, attributes: Sequence[Mapping[str, Any]], impressions: Sequence[Mapping[str, Any]] = ()) -> None:
        """Store attributes and impressions of a request, and drop the oldest if there are too many."""
        for items, texts in ((attributes, self._attributes), (impressions, self._impressions)):
            if items:
                texts.append(_to_text(items))
                self._size += len(texts[-1])
            while self._size > _SESSION_BYTES and len(texts) > 1:
                self._size -= len(texts.pop(0))


_to_text = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode


def _unpacked(texts: list[str]) -> list[dict[str, Any]]:
    return [item for text in texts for item in json.loads(text)]


@dataclass(slots=True, repr=False, eq=False)
class Visitor:
    """A visitor of an account. Times are seconds since the epoch.

    Attributes:
        id: the visitor's id, opaque.
        created_at: when the visitor was first seen.
        last_seen_at: when the visitor was last seen.
        sessions: the latest 100 sessions by id, oldest first.
        counted: the size that `Accounts` has counted for the visitor.
    """

    id: str
    created_at: float
    last_seen_at: float
    sessions: dict[str, Session] = field(default_factory=dict)
    counted: int = 0

    def __repr__(self) -> str:
        return f"<Visitor: {len(self.sessions)} sessions>"

    def live_session(self, session_id: str, now: float) -> Session | None:
        """Return the session of that id, unless there is none or its time is over."""
        session = self.sessions.get(session_id)
        return session if session is not None and is_live(session, now) else None

    @property
    def size(self) -> int:
        """About how many bytes the visitor takes up, sessions included."""
        return _VISITOR_BYTES + len(self.id) + sum(session.size for session in self.sessions.values())

    def open_session(self, session_id: str, now: float) -> Session:
        """Begin a session, and drop the oldest if there are too many."""
        session = self.sessions[session_id] = Session(session_id, now, now, page_id="")
        if len(self.sessions) > _MOST_SESSIONS:
            del self.sessions[next(iter(self.sessions))]
        return session


def is_live(session: Session, now: float) -> bool:
    """Whether a session's time is not over yet."""
    return now < session.created_at + facts.VISIT_LIFETIME_SECONDS


@dataclass(slots=True, repr=False)
class Account:
    """An account: its visitors, and the faults that are still to come.

    Attributes:
        id: its id; `Accounts` sets it.
        cold: how many calls are still answered with "Loading account".
        gives_visitor_id: whether those answers name ids.
        campaigns: the account's own campaigns; `None` for those of all accounts.
        available: whether an engagement is offered to everybody; `None` leaves it to the campaigns.
        faults: the faults that are still to come, in this order.
        visitors: the visitors by id, oldest first.
        funnel: how many engagements were offered, and how often each impression event was reported.
        timeline: the same over time.
    """

    id: str = ""
    cold: int = 0
    gives_visitor_id: bool = True
    campaigns: list[Campaign] | None = None
    available: bool | None = None
    faults: list[Fault] = field(default_factory=list)
    visitors: dict[str, Visitor] = field(default_factory=dict)
    funnel: Counter[str] = field(default_factory=Counter)
    timeline: Timeline = field(default_factory=Timeline)

    def counts(self) -> dict[str, int]:
        """Return what was offered, and what was reported of it, in the order of the spec."""
        return {name: self.funnel[name] for name in (OFFERED, *types_of("impression"))}


@dataclass(frozen=True, slots=True, repr=False)
class Setup:
    """The settings that a scenario can have.

    Attributes:
        options: other arguments of a simulator; those that are `None` are the defaults.
        everywhere: the settings for accounts without their own.
        accounts: the accounts by id.
    """

    options: Mapping[str, Any]
    everywhere: Account
    accounts: Mapping[str, Account]


class Accounts(dict[str, Account]):
    """The accounts by id, each made when it is first named. Bounds what all of them take up.

    Args:
        make: makes an account of an id.
        visitor_limit: how many visitors to keep, with 256 MiB of data at most; those seen longest ago are dropped
            first. `None` keeps all.

    Attributes:
        limit: the same limit.
    """

    def __init__(self, make: Callable[[str], Account], *, visitor_limit: int | None) -> None:
        super().__init__()
        self._make = make
        self.limit = visitor_limit
        self._visitors: OrderedDict[Visitor, Account] = OrderedDict()
        self._bytes = 0

    def __missing__(self, account_id: str) -> Account:
        account = self[account_id] = self._make(account_id)
        account.id = account_id
        if len(self) > _MOST_ACCOUNTS:
            for visitor in self.pop(next(iter(self))).visitors.values():
                self._let_go(visitor)
        return account

    def seen(self, account: Account, visitor: Visitor) -> None:
        """Note that a visitor was seen and has changed, and drop those seen longest ago if there is no room."""
        self._visitors[visitor] = account
        self._visitors.move_to_end(visitor)
        size = visitor.size
        self._bytes += size - visitor.counted
        visitor.counted = size
        while self._is_full():
            oldest = next(iter(self._visitors))
            self._visitors[oldest].visitors.pop(oldest.id, None)
            self._let_go(oldest)

    def latest(self) -> Iterator[tuple[Account, Visitor]]:
        """Go through the visitors of all accounts, the one seen last first."""
        return ((account, visitor) for visitor, account in reversed(self._visitors.items()))

    def visitor_count(self) -> int:
        """Return the number of visitors of all accounts."""
        return len(self._visitors)

    def _let_go(self, visitor: Visitor) -> None:
        if self._visitors.pop(visitor, None) is not None:
            self._bytes -= visitor.counted

    def _is_full(self) -> bool:
        if self.limit is None or len(self._visitors) <= 1:
            return False
        return len(self._visitors) > self.limit or self._bytes > _MOST_BYTES

    def clear(self) -> None:
        """Drop all accounts."""
        super().clear()
        self._visitors.clear()
        self._bytes = 0
