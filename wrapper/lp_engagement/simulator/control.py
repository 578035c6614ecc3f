"""The simulator's page and its control calls under `/_sim/`. They are not part of the API, and not in the journal."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import TYPE_CHECKING, Any

from lp_engagement._common.version import __version__

from .export import recorded, to_har
from .faults import VOCABULARY, ScenarioError, check_size
from .overview import read_filter, read_state
from .response import JSON, SimulatedResponse, json_response
from .start import first_steps

if TYPE_CHECKING:
    from .engine import Engine
    from .requests import Entry

__all__ = ["answer", "concerns"]

_SPEC, _YAML = "/openapi.yaml", "application/yaml"
_SCRIPTS = ("page", "accounts", "chart", "detail", "dom", "requests", "visitors")
_FILES = {
    "/": ("lp_engagement.simulator", "page/index.html", "text/html; charset=utf-8"),
    "/_sim/page.css": ("lp_engagement.simulator", "page/page.css", "text/css; charset=utf-8"),
    **{
        f"/_sim/{name}.js": ("lp_engagement.simulator", f"page/{name}.js", "text/javascript; charset=utf-8")
        for name in _SCRIPTS
    },
    _SPEC: ("lp_engagement_client", "openapi.yaml", _YAML),
}
_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'",
    "x-content-type-options": "nosniff",
}
_SCENARIO = "/_sim/scenario"
_ENTRY = "/_sim/journal/"
_JOURNALS = {"/_sim/journal": "100", "/_sim/journal.ndjson": "1000000", "/_sim/journal.har": "1000000"}
"""How many of the latest requests are returned unless the query says so."""
_OK, _NO_CONTENT, _BAD, _FORBIDDEN, _UNKNOWN = 200, 204, 400, 403, 404


def concerns(method: str, path: str) -> bool:
    """Whether a request is for the page or a control call, and not for the API."""
    return path.startswith("/_sim/") or (path in {"/", _SPEC} and method in {"GET", "HEAD"})


def answer(
    simulator: Engine, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes
) -> SimulatedResponse:
    """Answer a request for the page, or a control call."""
    reading = method in {"GET", "HEAD"}
    if reading and path in _FILES:
        return _file(path)
    if not reading and not _is_own(headers):
        return _refused(_FORBIDDEN, f"another site's page sent this, or its content type is not {JSON}")
    try:
        if reading:
            return _read(simulator, path, query)
        if (method, path) == ("PUT", _SCENARIO):
            simulator.use_scenario(body)
            return SimulatedResponse(_NO_CONTENT, {}, b"")
        return _act(simulator, method, path, _object(body))
    except (ArithmeticError, RecursionError, TypeError, ValueError) as error:
        return _refused(_BAD, str(error))


def _file(path: str) -> SimulatedResponse:
    package, name, media_type = _FILES[path]
    content = resources.files(package).joinpath(*name.split("/")).read_bytes()
    return SimulatedResponse(_OK, {"content-type": media_type, **_HEADERS}, content)


def _is_own(headers: Mapping[str, str]) -> bool:
    # A page of any site may send requests to the loopback, but not with this content type, unless it is asked first.
    origin = headers.get("origin")
    return headers.get("content-type", "").partition(";")[0].strip() in {JSON, _YAML} and (
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


def _read(simulator: Engine, path: str, query: Mapping[str, str]) -> SimulatedResponse:
    if path == "/_sim/state" and query.get("version") == simulator.version:
        return SimulatedResponse(_NO_CONTENT, {}, b"")
    if path in _JOURNALS:
        return _journal(path, _latest(simulator, int(query.get("last", _JOURNALS[path]))))
    if path.startswith(_ENTRY):
        return _one_entry(simulator, int(path.removeprefix(_ENTRY)))
    match path:
        case "/_sim/state":
            found = read_state(simulator, read_filter(query))
        case "/_sim/health":
            found = {"status": "ok", "version": __version__}
        case "/_sim/scenario":
            found = simulator.to_scenario()
        case "/_sim/start":
            found = first_steps()
        case "/_sim/faults":
            found = {"words": VOCABULARY}
        case _:
            return _refused(_UNKNOWN, f"there is no {path}")
    return json_response(_OK, found, {"cache-control": "no-store"})


def _latest(simulator: Engine, last: int) -> list[tuple[int, Entry]]:
    journal = simulator.journal
    with simulator.lock:
        first = max(len(journal) - max(last, 0), 0)
        return list(enumerate(journal[first:], journal.total - len(journal) + first + 1))


def _one_entry(simulator: Engine, number: int) -> SimulatedResponse:
    with simulator.lock:
        place = number - 1 - simulator.journal.total + len(simulator.journal)
        entry = simulator.journal[place] if 0 <= place < len(simulator.journal) else None
    if entry is None:
        return _refused(_UNKNOWN, f"the journal has no request {number}")
    return json_response(_OK, recorded(number, entry))


def _journal(path: str, entries: Sequence[tuple[int, Entry]]) -> SimulatedResponse:
    if path.endswith(".har"):
        return json_response(_OK, to_har(entry for _, entry in entries))
    if path.endswith(".ndjson"):
        lines = "".join(json.dumps(recorded(number, entry)) + "\n" for number, entry in entries)
        return SimulatedResponse(_OK, {"content-type": "application/x-ndjson"}, lines.encode())
    return json_response(_OK, {"requests": [recorded(number, entry) for number, entry in entries]})


def _act(simulator: Engine, method: str, path: str, data: Mapping[str, Any]) -> SimulatedResponse:
    parts = path.removeprefix("/_sim/").split("/")
    done = SimulatedResponse(_NO_CONTENT, {}, b"")
    match method, parts:
        case _, ["accounts", account, what] if account:
            if not _act_on_account(simulator, account, f"{method} {what}", data):
                return _refused(_UNKNOWN, f"there is no {method} {path}")
        case "POST", ["script"]:
            simulator.script(None, _script(data))
        case "DELETE", ["script"]:
            simulator.clear_faults()
        case "POST", ["clock"]:
            simulator.clock.advance(float(data.get("advance", 0)))
        case "DELETE", ["journal"]:
            simulator.clear_journal()
        case "POST", ["reset"]:
            clock = data.get("clock", False)
            if not isinstance(clock, bool):
                raise ScenarioError("clock must be true or false")
            simulator.reset(clock=clock)
        case _:
            return _refused(_UNKNOWN, f"there is no {method} {path}")
    return done


def _act_on_account(simulator: Engine, account: str, action: str, data: Mapping[str, Any]) -> bool:
    """Change an account; return whether there is such an action."""
    match action:
        case "POST cold":
            times = data.get("times", 1)
            if not isinstance(times, int) or isinstance(times, bool) or times < 0:
                raise ScenarioError("times must be an integer from 0")
            simulator.make_cold(account, times=times, visitor_id=bool(data.get("visitorId", True)))
        case "POST available":
            available = data.get("available")
            if not isinstance(available, bool | None):
                raise ScenarioError("available must be true, false, or null for the campaigns' rules")
            simulator.set_available(account, available)
        case "POST script":
            simulator.script(account, _script(data))
        case "DELETE script":
            simulator.clear_faults(account)
        case _:
            return False
    return True


def _script(data: Mapping[str, Any]) -> Any:
    if "script" not in data:
        raise ScenarioError("the body needs a script")
    return data["script"]
