"""What the page shows of a simulator, as plain data."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, get_args

from .documents import types_of
from .records import OFFERED, is_live
from .sdes import View

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .clock import VirtualClock
    from .faults import Fault
    from .journal import Entry, Journal
    from .records import Account, Session, Visitor

__all__ = ["State", "funnel", "read_state"]

State = dict[str, Any]

_VISITORS, _REQUESTS = 30, 50


def funnel(account: Account) -> dict[str, int]:
    """Count what was offered, and what was reported of it, in the order of the spec."""
    return {name: account.funnel[name] for name in (OFFERED, *types_of("impression"))}


def read_state(
    *,
    clock: VirtualClock,
    journal: Journal,
    accounts: Mapping[str, Account],
    lately: Iterable[tuple[str, str]],
    faults: Iterable[Fault],
    changes: int,
) -> State:
    """Read it; the caller holds the simulator's lock.

    Args:
        clock: the simulator's time.
        journal: its requests.
        accounts: its accounts by their ids.
        lately: account and visitor of the latest requests, the last one first.
        faults: what the next requests meet with, of whatever account.
        changes: how often something has changed.
    """
    now = clock.time()
    first = journal.total - len(journal)
    return {
        # Whoever moves the clock by itself changes what is live.
        "version": f"{changes}-{clock.ahead:g}",
        "clock": {"now": now, "ahead": clock.ahead},
        "script": [fault.title for fault in faults],
        "accounts": [_account(name, each) for name, each in accounts.items()],
        "visitors": [
            _visitor(account, accounts[account].visitors[visitor], now)
            for account, visitor in islice(lately, _VISITORS)
            if account in accounts and visitor in accounts[account].visitors
        ],
        "requests": [
            _request(first + place + 1, journal[place])
            for place in range(len(journal) - 1, max(len(journal) - _REQUESTS, 0) - 1, -1)
        ],
        "total": journal.total,
    }


def _account(name: str, account: Account) -> State:
    return {
        "id": name,
        "visitors": len(account.visitors),
        "cold": account.cold,
        "script": [fault.title for fault in account.faults],
        "funnel": funnel(account),
    }


def _visitor(account: str, visitor: Visitor, now: float) -> State:
    return {
        "account": account,
        "id": visitor.id,
        "createdAt": visitor.created_at,
        "lastSeenAt": visitor.last_seen_at,
        "sessions": [_session(session, now) for session in reversed(visitor.sessions.values())],
    }


def _session(session: Session, now: float) -> State:
    return {
        "id": session.id,
        "createdAt": session.created_at,
        "live": is_live(session, now),
        "sections": session.sections,
        "offered": session.offered,
        "sdes": {view: session.seen_by_agent(view) for view in get_args(View)},
        "impressions": [impression["type"] for impression in session.impressions],
    }


def _request(number: int, entry: Entry) -> State:
    return {
        "number": number,
        "at": entry.at,
        "method": entry.method,
        "operation": entry.operation,
        "account": entry.account_id,
        "path": entry.path,
        "status": entry.status,
        "fault": entry.fault,
        "sdes": [sde.get("type") for sde in entry.sdes if isinstance(sde, dict)],
        "impressions": [each.get("type") for each in entry.impressions if isinstance(each, dict)],
    }
