"""What the page shows of a simulator, as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from .documents import types_of
from .records import OFFERED, is_live
from .sdes import View

if TYPE_CHECKING:
    from .engine import Simulator
    from .journal import Entry
    from .records import Account, Session, Visitor

__all__ = ["State", "funnel", "read_state"]

State = dict[str, Any]

_VISITORS, _REQUESTS = 30, 50


def funnel(account: Account) -> dict[str, int]:
    """Count what was offered, and what was reported of it, in the order of the spec."""
    return {name: account.funnel[name] for name in (OFFERED, *types_of("impression"))}


def read_state(simulator: Simulator) -> State:
    """Read it; the caller holds the simulator's lock."""
    now = simulator.clock.time()
    journal = simulator.journal
    first = journal.total - len(journal)
    return {
        # Whoever moves the clock by itself changes what is live.
        "version": f"{simulator._changes}-{simulator.clock.ahead:g}",  # noqa: SLF001 - the other half of the simulator
        "clock": {"now": now, "ahead": simulator.clock.ahead},
        "script": [fault.title for fault in simulator._faults],  # noqa: SLF001
        "accounts": [_account(name, each) for name, each in simulator._accounts.items()],  # noqa: SLF001
        "visitors": [
            _visitor(account, simulator._accounts[account].visitors[visitor], now)  # noqa: SLF001
            for account, visitor in list(reversed(simulator._lately))[:_VISITORS]  # noqa: SLF001
            if account in simulator._accounts and visitor in simulator._accounts[account].visitors  # noqa: SLF001
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
