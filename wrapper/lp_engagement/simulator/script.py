"""Scripts of faults as words, e.g. `503 x2 then 200`, or as data, for YAML files and HTTP calls."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from lp_engagement_client import facts

from .documents import as_spelled
from .faults import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["ScenarioError", "Script", "read_script"]

Script = str | int | Fault | Mapping[str, Any] | Iterable["str | int | Fault | Mapping[str, Any]"]
"""Faults, one after another, as words, data, faults, or a list of these."""

_HTML = b"<html><head><title>%d</title></head><body><h1>%d</h1><hr>proxy</body></html>"
_CODES = {400: "bad-input", 401: "not-authorized", 404: "account-not-valid", 500: "internal-error"}
_OK = 200
_WRONG_TYPES = as_spelled(
    "EngagementAnswer", status=1, session_id=["x"], visitor_id={"id": 1}, page_id=True, engagement_details="none"
)
_UNKNOWN_STATUS = as_spelled("EngagementAnswer", status="PartlyAvailable")
_EXTRA_FIELDS = {
    "futureField": {"nested": [1, None, "x"]},
    **as_spelled("EngagementAnswer", engagement_details={"futureField": True}),
}

_LIMITS = re.compile(
    r"(?P<words>.*?)(?:\s+[x\u00d7*]\s*(?P<times>\d+)|\s+(?P<until>until mended))?(?:\s+on (?P<on>\w+))?"
)
_MOST = 1_000_000


class ScenarioError(ValueError):
    """A script or a scenario file cannot be used; the message says where and why."""


def _status(words: re.Match[str]) -> Fault:
    status = int(words[1])
    if status == _OK:
        return Fault(_OK, changes={})
    return Fault(status, code=_CODES.get(status), headers={"Retry-After": words[2]} if words[2] else {})


def _html(words: re.Match[str]) -> Fault:
    status = int(words[1])
    return Fault(status, _HTML % (status, status), {"content-type": "text/html"})


_WORDS: tuple[tuple[str, Callable[[re.Match[str]], Fault]], ...] = (
    (r"([2-5]\d\d)(?: (?:retry-)?after (\d+)s?)?", _status),
    (r"ok", lambda _: Fault(_OK, changes={})),
    (r"loading", lambda _: Fault(500, loading=True)),
    (r"html ([2-5]\d\d)", _html),
    (r"empty(?: ([2-5]\d\d))?", lambda words: Fault(int(words[1] or _OK))),
    (r"slow (\d+(?:\.\d+)?)s?", lambda words: Fault(_OK, changes={}, seconds=float(words[1]))),
    (r"cut", lambda _: Fault(None)),
    (r"cut after (\d+)", lambda words: Fault(_OK, changes={}, cut_after=int(words[1]))),
    (r"lost", lambda _: Fault(None, processed=True)),
    (r"wrong-types", lambda _: Fault(_OK, changes=_WRONG_TYPES)),
    (r"unknown-status", lambda _: Fault(_OK, changes=_UNKNOWN_STATUS)),
    (r"extra-fields", lambda _: Fault(_OK, changes=_EXTRA_FIELDS)),
)
VOCABULARY = (
    "503 · 429 after 7 · 200 or ok · loading · html 502 · empty 200 · slow 3 · cut · cut after 20 · lost · "
    "wrong-types · unknown-status · extra-fields; each with x2 or until mended, and on updateSession; joined by then"
)


def read_script(script: Script) -> list[Fault]:
    """Read a script.

    Raises:
        ScenarioError: it cannot be understood.
    """
    if isinstance(script, Fault):
        return [script]
    if isinstance(script, int) and not isinstance(script, bool):
        script = str(script)  # YAML reads a lone status as a number
    if isinstance(script, str):
        return [_read_words(words) for words in re.split(r"\s*(?:,|→|\bthen\b)\s*", script.strip()) if words]
    if isinstance(script, Mapping):
        return [_read_data(script)]
    if isinstance(script, Iterable):
        return [fault for part in script for fault in read_script(part)]
    raise ScenarioError("a script is a text, an object, or a list of these")


def _read_words(text: str) -> Fault:
    limits = _LIMITS.fullmatch(" ".join(text.split()))
    for pattern, make in _WORDS:
        words = re.fullmatch(pattern, limits["words"]) if limits else None
        if words and limits:
            times = None if limits["until"] else int(limits["times"] or 1)
            return _limited(replace(make(words), label=words[0]), times, limits["on"])
    raise ScenarioError(f"{text!r} is no fault; there are: {VOCABULARY}")


def _read_data(data: Mapping[Any, Any]) -> Fault:
    names = {each.name for each in fields(Fault)} | {"fault", "json"}
    for name in data:
        if name not in names:
            raise ScenarioError(f"a fault has no {name!r}; it has: {', '.join(sorted(names))}")
    values = dict(data)
    try:
        words = values.pop("fault", None)
        limits = values.pop("times", 1), values.pop("operation", None)
        if "json" in values:
            values["body"] = json.dumps(values.pop("json")).encode()
            values["headers"] = {"content-type": "application/json", **values.get("headers", {})}
        body = values.get("body")
        if isinstance(body, str):
            values["body"] = body.encode()
        values["headers"] = {str(name): str(value) for name, value in values.get("headers", {}).items()}
        if words is not None:
            fault = replace(_read_words(words), **values)
        else:
            values.setdefault("status", _OK)
            fault = Fault(**values)
            _check(fault)
    except (TypeError, AttributeError) as error:
        raise ScenarioError(f"a fault cannot be read: {error}") from None
    return _limited(fault, *limits)


def _check(fault: Fault) -> None:
    if fault.status is not None and not (isinstance(fault.status, int) and 200 <= fault.status <= 599):  # noqa: PLR2004
        raise ScenarioError("the status of a fault is a number from 200 to 599, or null to cut the connection")
    if fault.code is not None and fault.code not in facts.INTERNAL_CODES:
        raise ScenarioError(f"the code of a fault is one of: {', '.join(facts.INTERNAL_CODES)}")
    if not isinstance(fault.body, bytes) or not (fault.changes is None or isinstance(fault.changes, Mapping)):
        raise ScenarioError("the body of a fault is a text, and its changes are an object")
    if not (isinstance(fault.seconds, int | float) and 0 <= fault.seconds <= 3600):  # noqa: PLR2004 - an hour
        raise ScenarioError("the seconds of a fault are a number from 0 to 3600")


def _limited(fault: Fault, times: Any, operation: Any) -> Fault:
    if operation is not None and operation not in facts.OPERATIONS:
        raise ScenarioError(f"there is no operation {operation!r}; there are: {', '.join(facts.OPERATIONS)}")
    if times is not None and not (isinstance(times, int) and not isinstance(times, bool) and 0 < times <= _MOST):
        raise ScenarioError("the times of a fault are a whole number from 1, or null for all")
    return replace(fault, times=times, operation=operation)
