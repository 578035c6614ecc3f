"""The simulator's own calls under `/_sim/`, and its page. They are no part of the API, and not in the journal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import resources
from typing import TYPE_CHECKING, Any

from .reading import json_response
from .records import SimulatedResponse
from .script import VOCABULARY, ScenarioError, check_size

if TYPE_CHECKING:
    from .engine import Simulator

__all__ = ["answer_control"]

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
_OK, _NO_CONTENT, _BAD, _FORBIDDEN, _UNKNOWN = 200, 204, 400, 403, 404


def answer_control(
    simulator: Simulator, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes
) -> SimulatedResponse:
    """Answer a request for the page, or one of the simulator's own calls."""
    reading = method in {"GET", "HEAD"}
    if reading and path in _PAGE:
        name, media_type = _PAGE[path]
        content = resources.files("lp_engagement.simulator").joinpath("page", name).read_bytes()
        return SimulatedResponse(_OK, {"content-type": media_type, **_HEADERS}, content)
    if not reading and not _is_own(headers):
        return _refused(_FORBIDDEN, "another site's page sent this, or its content type is not application/json")
    try:
        if reading:
            return _read(simulator, path, query)
        return _act(simulator, method, path, _object(body))
    except (ArithmeticError, RecursionError, TypeError, ValueError) as error:
        return _refused(_BAD, str(error))


def _is_own(headers: Mapping[str, str]) -> bool:
    # A page of any site may send requests to the loopback, but not with this content type, unless it is asked first.
    origin = headers.get("origin")
    return headers.get("content-type", "").partition(";")[0].strip() == "application/json" and (
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


def _read(simulator: Simulator, path: str, query: Mapping[str, str]) -> SimulatedResponse:
    if path == "/_sim/state":
        state = simulator.state()
        if query.get("version") == str(state["version"]):
            return SimulatedResponse(_NO_CONTENT, {}, b"")
        return json_response(_OK, state, {"cache-control": "no-store"})
    if path == "/_sim/journal":
        last = int(query.get("last", "100"))
        entries = list(simulator.journal)[-last:] if last > 0 else []
        requests = [
            {
                "at": entry.at,
                "method": entry.method,
                "path": entry.path,
                "query": dict(entry.query),
                "operation": entry.operation,
                "body": entry.body,
                "status": entry.status,
                "answer": None if entry.answer is None else entry.answer.body.decode("utf-8", "replace"),
                "fault": entry.fault,
            }
            for entry in entries
        ]
        return json_response(_OK, {"requests": requests})
    if path == "/_sim/faults":
        return json_response(_OK, {"words": VOCABULARY})
    return _refused(_UNKNOWN, f"there is no {path}")


def _act(simulator: Simulator, method: str, path: str, data: Mapping[str, Any]) -> SimulatedResponse:
    parts = path.removeprefix("/_sim/").split("/")
    done = SimulatedResponse(_NO_CONTENT, {}, b"")
    match method, parts:
        case "POST", ["accounts", account, "cold"] if account:
            times = data.get("times", 1)
            if not isinstance(times, int) or isinstance(times, bool) or times < 0:
                raise ScenarioError("times must be an integer from 0")
            simulator.make_cold(account, times=times, visitor_id=bool(data.get("visitorId", True)))
        case "POST", ["accounts", account, "script"] if account:
            simulator.script(account, _script(data))
        case "DELETE", ["accounts", account, "script"] if account:
            simulator.mend(account)
        case "POST", ["script"]:
            simulator.script(None, _script(data))
        case "DELETE", ["script"]:
            simulator.mend()
        case "POST", ["clock"]:
            simulator.clock.advance(float(data.get("advance", 0)))
        case "DELETE", ["journal"]:
            simulator.clear_journal()
        case "POST", ["reset"]:
            simulator.reset()
        case _:
            return _refused(_UNKNOWN, f"there is no {method} {path}")
    return done


def _script(data: Mapping[str, Any]) -> Any:
    if "script" not in data:
        raise ScenarioError("the body needs a script")
    return data["script"]
