"""Faults, which replace normal answers, and scripts of faults as strings or data."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Self

from lp_engagement._common.printable import printable
from lp_engagement._core.generated import find
from lp_engagement_client import facts

from .response import ConnectionCut, Refusal, SimulatedResponse
from .spec import as_spelled

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

__all__ = ["Fault", "ScenarioError", "Script", "check_size", "read_script", "take_fault"]

_ABSENT_OR_OBJECT = frozenset([facts.FIELDS["EngagementAnswer"]["engagement_details"]])
"""Fields of answers whose absence says something: changes inside of them do not make them appear."""


class ScenarioError(ValueError):
    """A script or a scenario file is invalid; the message names the place and the reason."""


@dataclass(frozen=True, slots=True, repr=False)
class Fault:
    """A fault: another response than the normal one, a changed one, or none.

    Attributes:
        status: the HTTP status; `None` cuts the connection.
        body: the body, sent as it is.
        headers: header names and values.
        times: how many requests are answered with it; `None` for all, until the faults are cleared.
        operation: the operation that it applies to; `None` for any except `getDomain`.
        code: the spec's name of an internal code; the body is then the vendor's error entity with that code.
        loading: whether to answer "Loading account", as a cold account does.
        processed: whether the request takes effect all the same.
        changes: fields that replace those of the normal response; the request takes effect.
        seconds: how long the response takes to arrive, piece by piece.
        most_seconds: the upper end of a range that begins with `seconds`; each response takes a time from it.
        chance: the probability that a request meets the fault, from 0 to 1.
        available: whether an engagement is offered, whatever the campaigns say; `None` leaves it to them.
        cut_after: how many bytes of the body arrive before the connection is cut.
        label: its name on the page and in `repr`.
    """

    status: int | None
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    times: int | None = 1
    operation: str | None = None
    code: str | None = None
    loading: bool = False
    processed: bool = False
    changes: Mapping[str, Any] | None = None
    seconds: float = 0.0
    most_seconds: float | None = None
    chance: float = 1.0
    available: bool | None = None
    cut_after: int | None = None
    label: str = ""

    def __repr__(self) -> str:
        return f"<Fault {self.title}>"

    @property
    def name(self) -> str:
        """Its name."""
        return self.label or ("cut" if self.status is None else str(self.status))

    @property
    def title(self) -> str:
        """Its name and its limits."""
        times = {1: "", None: " until cleared"}.get(self.times, f" x{self.times}")
        chance = f"{100 * self.chance:g}% " if self.chance < 1 else ""
        return f"{chance}{self.name}{times}{f' on {self.operation}' if self.operation else ''}"

    @classmethod
    def drop(cls, *, times: int = 1, operation: str | None = None) -> Self:
        """Make a fault that cuts the connection after the request was read."""
        return cls(None, times=times, operation=operation)

    @classmethod
    def lost(cls, *, times: int = 1, operation: str | None = None) -> Self:
        """Make a fault that cuts the connection after the request took effect."""
        return cls(None, times=times, operation=operation, processed=True, label="lost")

    def meets(self, operation: str) -> bool:
        """Whether the fault applies to an operation."""
        if self.operation is not None:
            return self.operation == operation
        if self.loading:
            return facts.OPERATIONS[operation].retry.visitor_id_from_answer
        return find(operation).server is None

    def drawn(self, random: Random) -> Fault:
        """Return the fault with its time drawn from its range."""
        if self.most_seconds is None:
            return self
        return replace(self, seconds=random.uniform(self.seconds, self.most_seconds), most_seconds=None)

    def once_less(self) -> Self | None:
        """Return the fault with one request fewer; `None` after the last one."""
        if self.times is None:
            return self
        return replace(self, times=self.times - 1) if self.times > 1 else None

    def response(self, now: float = 0.0) -> SimulatedResponse:
        """Return the response in place of the normal one; `now` in seconds since the epoch.

        Raises:
            ConnectionCut: there is none.
        """
        if self.status is None:
            raise ConnectionCut
        if self.code is not None:
            message = self.code.replace("-", " ")
            return self._delivered(Refusal(status=self.status, code=self.code, message=message).response(now))
        return self._delivered(SimulatedResponse(self.status, {}, self.body))

    def changed(self, normal: SimulatedResponse) -> SimulatedResponse:
        """Apply the changes of the fault to the normal response."""
        if self.changes and normal.body.startswith(b"{"):
            entity = _overlaid(normal.json(), self.changes)
            normal = replace(normal, body=json.dumps(entity).encode())
        return self._delivered(normal)

    def _delivered(self, response: SimulatedResponse) -> SimulatedResponse:
        headers = {name.lower(): value for name, value in self.headers.items()}
        return replace(
            response, headers={**response.headers, **headers}, seconds=self.seconds, cut_after=self.cut_after
        )


def _overlaid(entity: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Apply changes to an object, and to the objects in it."""
    result = dict(entity)
    for name, change in changes.items():
        if not isinstance(change, Mapping):
            result[name] = change
        elif isinstance(result.get(name), Mapping):
            result[name] = _overlaid(result[name], change)
        elif name not in _ABSENT_OR_OBJECT:
            result[name] = change
    return result


def take_fault(faults: list[Fault], operation: str, random: Random) -> Fault | None:
    """Take the first fault for `operation` out of a list, once; one with a chance only if luck wants it."""
    for place, fault in enumerate(faults):
        if fault.meets(operation) and (fault.chance >= 1 or random.random() < fault.chance):
            left = fault.once_less()
            faults[place : place + 1] = [] if left is None else [left]
            return fault
    return None


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
    r"(?:(?P<chance>\d{1,3}(?:\.\d{1,3})?)% )?"
    r"(?P<words>.*?)(?: [x\u00d7*] ?(?P<times>\d{1,7})| (?P<until>until cleared))?(?: on (?P<on>\w+))?"
)
_THEN = re.compile(r" ?(?:,|\u2192|\bthen\b) ?")
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+: [\t\x20-\x7e\x80-\xff]*")
_MOST_TIMES = 1_000_000
_LONGEST = 10_000
"""Characters of a script in words."""
_MESSAGE = 200
"""Characters of another library's message that are passed on."""
_LEVELS = 100
_PARTS = 1_000_000


def _status(words: re.Match[str]) -> Fault:
    status = int(words[1])
    if status == _OK:
        return Fault(_OK, changes={})
    return Fault(status, code=_CODES.get(status), headers={"Retry-After": words[2]} if words[2] else {})


def _html(words: re.Match[str]) -> Fault:
    status = int(words[1])
    return Fault(status, _HTML % (status, status), {"content-type": "text/html"})


_WORDS: tuple[tuple[str, Callable[[re.Match[str]], Fault]], ...] = (
    (r"([2-5]\d\d)(?: (?:retry-)?after (\d{1,9})s?)?", _status),
    (r"ok", lambda _: Fault(_OK, changes={})),
    (r"loading", lambda _: Fault(500, loading=True)),
    (r"html ([2-5]\d\d)", _html),
    (r"empty(?: ([2-5]\d\d))?", lambda words: Fault(int(words[1] or _OK))),
    (r"slow (\d{1,9}(?:\.\d{1,9})?)s?", lambda words: Fault(_OK, changes={}, seconds=float(words[1]))),
    (
        r"slow (\d{1,9}(?:\.\d{1,9})?)s?(?:-| to )(\d{1,9}(?:\.\d{1,9})?)s?",
        lambda words: Fault(_OK, changes={}, seconds=float(words[1]), most_seconds=float(words[2])),
    ),
    (r"available", lambda _: Fault(_OK, changes={}, available=True)),
    (r"not-available", lambda _: Fault(_OK, changes={}, available=False)),
    (r"cut", lambda _: Fault(None)),
    (r"cut after (\d{1,9})", lambda words: Fault(_OK, changes={}, cut_after=int(words[1]))),
    (r"lost", lambda _: Fault(None, processed=True)),
    (r"wrong-types", lambda _: Fault(_OK, changes=_WRONG_TYPES)),
    (r"unknown-status", lambda _: Fault(_OK, changes=_UNKNOWN_STATUS)),
    (r"extra-fields", lambda _: Fault(_OK, changes=_EXTRA_FIELDS)),
)
VOCABULARY = (
    "503 · 429 after 7 · 200 or ok · loading · html 502 · empty 200 · slow 3 · slow 0.1-0.5 · available · "
    "not-available · cut · cut after 20 · lost · wrong-types · unknown-status · extra-fields; each with 10% before it, "
    "with x2 or until cleared, and on updateSession; joined by then"
)


def check_size(value: Any) -> None:
    """Check that an object or array from outside is neither too deep nor too large to process.

    A YAML alias can repeat a part many times, or inside itself, so each repetition counts.

    Raises:
        ScenarioError: it has too many levels or too many parts.
    """
    level = {id(value): (value, 1)}
    total = 0
    for _ in range(_LEVELS):
        deeper: dict[int, tuple[Any, int]] = {}
        for whole, times in level.values():
            total += times
            for part in _parts(whole):
                deeper[id(part)] = part, deeper.get(id(part), (part, 0))[1] + times
        if total > _PARTS:
            raise ScenarioError(f"the data has more than {_PARTS:,} objects and arrays")
        if not deeper:
            return
        level = deeper
    raise ScenarioError(f"the data is nested more than {_LEVELS} levels deep")


def _parts(value: Any) -> list[Any]:
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    return [part for part in parts if isinstance(part, Mapping | list | tuple)]


def read_script(script: Script) -> list[Fault]:
    """Read a script.

    Raises:
        ScenarioError: the script cannot be understood.
    """
    check_size(script)
    return _read(script)


def _read(script: Any) -> list[Fault]:
    if isinstance(script, Fault):
        return [script]
    if isinstance(script, int) and not isinstance(script, bool) and abs(script) < _MOST_TIMES:
        script = str(script)  # YAML reads a lone status as a number
    if isinstance(script, str):
        if len(script) > _LONGEST:
            raise ScenarioError(f"a script in words has at most {_LONGEST:,} characters")
        return [_read_words(words) for words in _THEN.split(" ".join(script.split())) if words]
    if isinstance(script, Mapping):
        return [_read_data(script)]
    if isinstance(script, Iterable):
        return [fault for part in script for fault in _read(part)]
    raise ScenarioError("a script must be a string, an object, or an array of these")


def _read_words(text: str) -> Fault:
    limits = _LIMITS.fullmatch(text)
    for pattern, make in _WORDS:
        words = re.fullmatch(pattern, limits["words"]) if limits else None
        if words and limits:
            chance = float(limits["chance"]) / 100 if limits["chance"] else 1.0
            # A chance that ended with its first hit would not be one.
            endless = limits["until"] or (limits["chance"] and not limits["times"])
            times = None if endless else int(limits["times"] or 1)
            fault = replace(make(words), label=words[0], chance=chance)
            _check(fault)
            return _limited(fault, times, limits["on"])
    raise ScenarioError(f"'{printable(text)}' is not a fault; there are: {VOCABULARY}")


def _read_data(data: Mapping[Any, Any]) -> Fault:
    names = {attribute.name for attribute in fields(Fault)} | {"fault", "json"}
    for name in data:
        if name not in names:
            raise ScenarioError(f"a fault has no '{printable(str(name))}'; it has: {', '.join(sorted(names))}")
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
        raise ScenarioError(f"a fault cannot be read: {printable(str(error), _MESSAGE)}") from None
    return _limited(fault, *limits)


def _check(fault: Fault) -> None:
    if fault.status is not None and not (type(fault.status) is int and 200 <= fault.status <= 599):  # noqa: PLR2004
        raise ScenarioError("status of a fault must be an integer from 200 to 599, or null to cut the connection")
    if fault.code is not None and fault.code not in facts.INTERNAL_CODES:
        raise ScenarioError(f"code of a fault must be one of: {', '.join(facts.INTERNAL_CODES)}")
    if not isinstance(fault.body, bytes) or not (fault.changes is None or isinstance(fault.changes, Mapping)):
        raise ScenarioError("body of a fault must be a string, and changes an object")
    json.dumps(fault.changes)
    for name, value in fault.headers.items():
        if not _HEADER.fullmatch(f"{name}: {value}"):
            raise ScenarioError(f"the header '{printable(name)}' of a fault cannot be sent")
    if not isinstance(fault.available, bool | None):
        raise ScenarioError("available of a fault must be true, false or null")
    if not (isinstance(fault.loading, bool) and isinstance(fault.processed, bool) and isinstance(fault.label, str)):
        raise ScenarioError("loading and processed of a fault must be true or false, and label a string")
    _check_numbers(fault)


def _check_numbers(fault: Fault) -> None:
    if not (_is_number(fault.seconds) and 0 <= fault.seconds <= 3600):  # noqa: PLR2004 - an hour
        raise ScenarioError("seconds of a fault must be a number from 0 to 3600")
    if fault.most_seconds is not None and not (
        _is_number(fault.most_seconds) and fault.seconds <= fault.most_seconds <= 3600  # noqa: PLR2004 - an hour
    ):
        raise ScenarioError("most_seconds of a fault must be a number from its seconds to 3600, or null")
    if not (_is_number(fault.chance) and 0 <= fault.chance <= 1):
        raise ScenarioError("chance of a fault must be a number from 0 to 1, and a percentage one from 0 to 100")
    if fault.cut_after is not None and not (type(fault.cut_after) is int and 0 <= fault.cut_after <= sys.maxsize):
        raise ScenarioError("cut_after of a fault must be an integer from 0, or null")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _limited(fault: Fault, times: Any, operation: Any) -> Fault:
    if operation is not None and operation not in facts.OPERATIONS:
        raise ScenarioError(
            f"there is no operation '{printable(str(operation))}'; there are: {', '.join(facts.OPERATIONS)}"
        )
    if times is not None and not (type(times) is int and 0 < times <= _MOST_TIMES):
        raise ScenarioError(f"times of a fault must be an integer from 1 to {_MOST_TIMES}, or null for all requests")
    return replace(fault, times=times, operation=operation)
