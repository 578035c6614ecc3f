"""The simulator's page and its control calls under `/_sim/`. They are not part of the API, and not in the journal."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib import resources
from itertools import islice
from typing import TYPE_CHECKING, Any, get_args

from lp_engagement._common.version import __version__

from .agent_view import View
from .export import recorded, to_har
from .faults import VOCABULARY, ScenarioError, check_size
from .response import JSON, SimulatedResponse, json_response
from .state import is_live

if TYPE_CHECKING:
    from .engine import Engine
    from .requests import Entry
    from .state import Account, Session, Visitor

__all__ = ["answer", "concerns", "read_state"]

_PAGE = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/_sim/page.css": ("page.css", "text/css; charset=utf-8"),
    "/_sim/page.js": ("page.js", "text/javascript; charset=utf-8"),
}
_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'",
    "x-content-type-options": "nosniff",
}
_SPEC = "/openapi.yaml"
_JOURNALS = {"/_sim/journal": "100", "/_sim/journal.ndjson": "1000000", "/_sim/journal.har": "1000000"}
"""How many of the latest requests are returned unless the query says so."""
_VISITORS, _REQUESTS = 30, 50
"""How many the page shows."""
_OK, _NO_CONTENT, _BAD, _FORBIDDEN, _UNKNOWN = 200, 204, 400, 403, 404


def concerns(method: str, path: str) -> bool:
    """Whether a request is for the page or a control call, and not for the API."""
    return path.startswith("/_sim/") or (path in {"/", _SPEC} and method in {"GET", "HEAD"})


def answer(
    engine: Engine, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes
) -> SimulatedResponse:
    """Answer a request for the page, or a control call."""
    reading = method in {"GET", "HEAD"}
    if reading and path in _PAGE:
        name, media_type = _PAGE[path]
        content = resources.files("lp_engagement.simulator").joinpath("page", name).read_bytes()
        return SimulatedResponse(_OK, {"content-type": media_type, **_HEADERS}, content)
    if reading and path == _SPEC:
        content = resources.files("lp_engagement_client").joinpath("openapi.yaml").read_bytes()
        return SimulatedResponse(_OK, {"content-type": "application/yaml"}, content)
    if not reading and not _is_own(headers):
        return _refused(_FORBIDDEN, "another site's page sent this, or its content type is not application/json")
    try:
        if reading:
            return _read(engine, path, query)
        return _act(engine, method, path, _object(body))
    except (ArithmeticError, RecursionError, TypeError, ValueError) as error:
        return _refused(_BAD, str(error))


def _is_own(headers: Mapping[str, str]) -> bool:
    # A page of any site may send requests to the loopback, but not with this content type, unless it is asked first.
    origin = headers.get("origin")
    return headers.get("content-type", "").partition(";")[0].strip() == JSON and (
        origin is None or origin.partition("://")[2] == headers.get("host")
    )


def _object(body: bytes) -> Mapping[str, Any]:
    value = json.loads(body or b"{}")
    if not isinstance(value, Mapping):
        raise ScenarioError("the body must be an object")
    check_size(value)
    return value


def _refused(status: int, message: str, headers: Mapping[str, str] | None = None) -> SimulatedResponse:
    return json_response(status, {"problem": message}, headers)


def _read(engine: Engine, path: str, query: Mapping[str, str]) -> SimulatedResponse:
    if path == "/_sim/state":
        if query.get("version") == engine.version:
            return SimulatedResponse(_NO_CONTENT, {}, b"")
        return json_response(_OK, read_state(engine), {"cache-control": "no-store"})
    if path == "/_sim/health":
        return json_response(_OK, {"status": "ok", "version": __version__}, {"cache-control": "no-store"})
    if path in _JOURNALS:
        last = int(query.get("last", _JOURNALS[path]))
        with engine.lock:
            entries = list(engine.journal)[-last:] if last > 0 else []
        return _journal(path, entries)
    if path == "/_sim/faults":
        return json_response(_OK, {"words": VOCABULARY})
    return _refused(_UNKNOWN, f"there is no {path}")


def _journal(path: str, entries: Sequence[Entry]) -> SimulatedResponse:
    if path.endswith(".har"):
        return json_response(_OK, to_har(entries))
    if path.endswith(".ndjson"):
        lines = "".join(json.dumps(recorded(entry)) + "\n" for entry in entries)
        return SimulatedResponse(_OK, {"content-type": "application/x-ndjson"}, lines.encode())
    return json_response(_OK, {"requests": [recorded(entry) for entry in entries]})


def _act(engine: Engine, method: str, path: str, data: Mapping[str, Any]) -> SimulatedResponse:
    parts = path.removeprefix("/_sim/").split("/")
    done = SimulatedResponse(_NO_CONTENT, {}, b"")
    match method, parts:
        case _, ["accounts", account, what] if account:
            if not _act_on_account(engine, account, f"{method} {what}", data):
                return _refused(_UNKNOWN, f"there is no {method} {path}")
        case "POST", ["script"]:
            engine.script(None, _script(data))
        case "DELETE", ["script"]:
            engine.clear_faults()
        case "POST", ["clock"]:
            engine.clock.advance(float(data.get("advance", 0)))
        case "DELETE", ["journal"]:
            engine.clear_journal()
        case "POST", ["reset"]:
            engine.reset()
        case _:
            return _refused(_UNKNOWN, f"there is no {method} {path}")
    return done


def _act_on_account(engine: Engine, account: str, action: str, data: Mapping[str, Any]) -> bool:
    """Change an account; return whether there is such an action."""
    match action:
        case "POST cold":
            times = data.get("times", 1)
            if not isinstance(times, int) or isinstance(times, bool) or times < 0:
                raise ScenarioError("times must be an integer from 0")
            engine.make_cold(account, times=times, visitor_id=bool(data.get("visitorId", True)))
        case "POST available":
            available = data.get("available")
            if not isinstance(available, bool | None):
                raise ScenarioError("available must be true, false, or null for the campaigns' rules")
            engine.set_available(account, available)
        case "POST script":
            engine.script(account, _script(data))
        case "DELETE script":
            engine.clear_faults(account)
        case _:
            return False
    return True


def _script(data: Mapping[str, Any]) -> Any:
    if "script" not in data:
        raise ScenarioError("the body needs a script")
    return data["script"]


def read_state(engine: Engine) -> dict[str, Any]:
    """Return the data of the page."""
    with engine.lock:
        now, journal = engine.clock.time(), engine.journal
        first = journal.total - len(journal)
        return {
            "version": engine.version,
            "clock": {"now": now, "ahead": engine.clock.ahead},
            "script": [fault.title for fault in engine.faults()],
            "accounts": [_account(name, account) for name, account in engine.accounts.items()],
            "visitors": [
                _visitor(account_id, visitor, now) for account_id, visitor in islice(engine.seen_lately(), _VISITORS)
            ],
            "requests": [
                _request(first + place + 1, journal[place])
                for place in range(len(journal) - 1, max(len(journal) - _REQUESTS, 0) - 1, -1)
            ],
            "total": journal.total,
        }


def _account(name: str, account: Account) -> dict[str, Any]:
    return {
        "id": name,
        "visitors": len(account.visitors),
        "cold": account.cold,
        "available": account.available,
        "script": [fault.title for fault in account.faults],
        "funnel": account.counts(),
    }


def _visitor(account: str, visitor: Visitor, now: float) -> dict[str, Any]:
    return {
        "account": account,
        "id": visitor.id,
        "createdAt": visitor.created_at,
        "lastSeenAt": visitor.last_seen_at,
        "sessions": [_session(session, now) for session in reversed(visitor.sessions.values())],
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
