"""The data of the page: accounts, the visitors and requests that a filter lets through, and the funnel over time."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, replace
from itertools import islice
from typing import TYPE_CHECKING, Any, get_args

from .agent_view import View
from .state import is_live

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .engine import Engine
    from .requests import Entry
    from .state import Account, Session, Visitor

__all__ = ["Search", "read_filter", "read_state"]

_VISITORS, _REQUESTS, _SESSIONS = 25, 50, 5
"""How many are sent at once."""


@dataclass(frozen=True, slots=True)
class Search:
    """Lets visitors and requests through. Empty strings let everything through.

    Attributes:
        search: text that an id, a path or the data must contain; case does not matter.
        account: the account's id.
        visitor: the visitor's id.
        operation: the operation of a request.
        status: the status of a request: one such as `404`, a class such as `4xx`, `none` for a cut connection,
            `dropped` or `fault`.
        visitors_from: how many visitors to skip.
        requests_from: how many requests to skip.
    """

    search: str = ""
    account: str = ""
    visitor: str = ""
    operation: str = ""
    status: str = ""
    visitors_from: int = 0
    requests_from: int = 0

    def takes_visitor(self, account: Account, visitor: Visitor) -> bool:
        """Whether it lets a visitor through."""
        if self.account not in {"", account.id} or self.visitor not in {"", visitor.id}:
            return False
        text = self.search.lower()
        if not text or text in visitor.id.lower() or text in account.id.lower():
            return True
        text = _escaped(text)
        return any(text in session.id.lower() or session.contains(text) for session in visitor.sessions.values())

    def takes_request(self, entry: Entry) -> bool:
        """Whether it lets a request through."""
        return (
            self.account in {"", entry.account_id}
            and self.visitor in {"", entry.visitor_id, entry.said("visitor_id")}
            and self.operation in {"", entry.operation}
            and self._takes_status(entry)
            and self._is_in(entry)
        )

    def _takes_status(self, entry: Entry) -> bool:
        match self.status:
            case "dropped":
                return bool(entry.dropped)
            case "fault":
                return entry.fault is not None
            case "":
                return True
            case status:
                own = "none" if entry.status is None else str(entry.status)
                return status in {own, f"{own[0]}xx"}

    def _is_in(self, entry: Entry) -> bool:
        text = self.search.lower()
        if not text:
            return True
        parts = (entry.path, entry.operation or "", entry.fault or "", entry.visitor_id or "", *map(str, entry.dropped))
        if any(text in part.lower() for part in parts):
            return True
        answer = b"" if entry.answer is None else entry.answer.body
        contents = [content.decode("utf-8", "replace").lower() for content in (entry.content, answer)]
        return any(form in content for content in contents for form in (text, _escaped(text)))


def _escaped(text: str) -> str:
    """Write text as in JSON, where other characters than ASCII can be escaped, as they are in stored sessions."""
    return json.dumps(text)[1:-1].lower()


def read_filter(query: Mapping[str, str]) -> Search:
    """Read the filter of a query.

    Raises:
        ValueError: a number is none.
    """
    values: dict[str, Any] = {each.name: query[each.name] for each in fields(Search) if each.name in query}
    for name in ("visitors_from", "requests_from"):
        values[name] = max(0, int(values.get(name) or 0))
    return Search(**values)


def read_state(engine: Engine, chosen: Search) -> dict[str, Any]:
    """Return the data of the page."""
    with engine.lock:
        now = engine.clock.time()
        account = engine.accounts.get(chosen.account)
        visitors, visitor_count = _visitors(engine, chosen)
        requests, request_count = _requests(engine, chosen)
        return {
            "version": engine.version,
            "clock": {"now": now, "ahead": engine.clock.ahead},
            "script": [fault.title for fault in engine.faults()],
            "accounts": [_account(each) for each in engine.accounts.values()],
            "timeline": (engine if account is None else account).timeline.to_json(),
            "visitors": [_visitor(*pair, now) for pair in visitors],
            "requests": [_request(*pair) for pair in requests],
            "found": {"visitors": visitor_count, "requests": request_count},
            "held": {"visitors": engine.visitor_count(), "requests": len(engine.journal)},
            "total": engine.journal.total,
        }


def _visitors(engine: Engine, chosen: Search) -> tuple[list[tuple[Account, Visitor]], int]:
    start = chosen.visitors_from
    if not (chosen.search or chosen.account or chosen.visitor):
        # Most of the time nobody filters, and there may be many.
        return list(islice(engine.seen_lately(), start, start + _VISITORS)), engine.visitor_count()
    found = [pair for pair in engine.seen_lately() if chosen.takes_visitor(*pair)]
    return found[start : start + _VISITORS], len(found)


def _requests(engine: Engine, chosen: Search) -> tuple[list[tuple[int, Entry]], int]:
    start = chosen.requests_from
    numbered = zip(range(engine.journal.total, 0, -1), reversed(engine.journal), strict=False)
    if chosen == replace(Search(), visitors_from=chosen.visitors_from, requests_from=start):
        return list(islice(numbered, start, start + _REQUESTS)), len(engine.journal)
    found = [pair for pair in numbered if chosen.takes_request(pair[1])]
    return found[start : start + _REQUESTS], len(found)


def _account(account: Account) -> dict[str, Any]:
    return {
        "id": account.id,
        "visitors": len(account.visitors),
        "cold": account.cold,
        "available": account.available,
        "script": [fault.title for fault in account.faults],
        "funnel": account.counts(),
    }


def _visitor(account: Account, visitor: Visitor, now: float) -> dict[str, Any]:
    latest = list(islice(reversed(visitor.sessions.values()), _SESSIONS))
    return {
        "account": account.id,
        "id": visitor.id,
        "createdAt": visitor.created_at,
        "lastSeenAt": visitor.last_seen_at,
        "sessionCount": len(visitor.sessions),
        "sessions": [_session(session, now) for session in latest],
    }


def _session(session: Session, now: float) -> dict[str, Any]:
    return {
        "id": session.id,
        "createdAt": session.created_at,
        "live": is_live(session, now),
        "sections": session.sections,
        "offered": session.offered,
        "sdes": {view: session.seen_by_agent(view) for view in get_args(View)},
        "impressions": [impression["type"] for impression in session.impressions],
    }


def _request(number: int, entry: Entry) -> dict[str, Any]:
    return {
        "number": number,
        "at": entry.at,
        "method": entry.method,
        "operation": entry.operation,
        "account": entry.account_id,
        "path": entry.path,
        "status": entry.status,
        "fault": entry.fault,
        "dropped": [str(part) for part in entry.dropped],
        "sdes": [sde.get("type") for sde in entry.sdes if isinstance(sde, dict)],
        "impressions": [impression.get("type") for impression in entry.impressions if isinstance(impression, dict)],
    }
