"""From the body that a caller passes to the JSON that is sent."""

from __future__ import annotations

import json
import math
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from lp_engagement._common.importing import importing
from lp_engagement._common.muted import Muted
from lp_engagement.errors import PayloadError
from lp_engagement.validation import Problem, check, conforms
from lp_engagement.validation.check import unfit
from lp_engagement.validation.plain_json import exact
from lp_engagement_client.json_text import write_json
from lp_engagement_client.types import RawSde, RequestModel, fields_set, plain

from .size import MOST_VALUES, TooLargeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .exchange import Call

UNSENDABLE = {"not-json", "not-finite"}
"""Rules that hold even without validation: JSON cannot carry these values."""
_write: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
"""Refuses what JSON does not have. `write_json` also writes decimals of any length."""
_NONE: Final[Mapping[str, str]] = MappingProxyType({})
_AS_THEY_ARE: Final = frozenset({str, int, bool, type(None)})
_ARRAYS: Final = (list, tuple)
_SCALARS: Final = (str, int, float, Decimal)
EXACT = 2**53
"""Above this a float has no exact integer to be written as."""


def tidy(value: Any) -> Any:
    """Return the value as plain JSON: tuples become arrays, objects of the application their members, `30.0` is `30`.

    Values that JSON does not have are left for validation to report.

    Raises:
        TooLargeError: the value has more than `MOST_VALUES` values in it.
        RecursionError: the value contains itself.
    """
    return _Tidying().tidy(value, "")


class _Tidying:
    """Makes plain JSON of one body, up to a number of values."""

    __slots__ = ("_known", "_left")

    def __init__(self) -> None:
        self._left = MOST_VALUES
        # With the objects themselves, because a new one could get the id of one that is gone.
        self._known: dict[tuple[int, str], tuple[Any, Any]] = {}

    def tidy(self, value: Any, field: str) -> Any:
        """Convert a value; `field` is the name of the field that has it, if one has."""
        kind = type(value)
        if kind in _AS_THEY_ARE:
            return value
        if kind is not dict and isinstance(value, RequestModel):
            value = fields_set(value)
        if isinstance(value, dict):
            self._take(len(value))
            tidied = {
                # Nearly all keys are strings, and nearly all members are leaves.
                key if type(key) is str else exact(key): member
                if type(member) in _AS_THEY_ARE
                else self.tidy(member, key)
                for key, member in value.items()
            }
            return RawSde(tidied) if kind is not dict and isinstance(value, RawSde) else tidied
        if isinstance(value, _ARRAYS):
            self._take(len(value))
            return [self.tidy(item, "") for item in value]
        if isinstance(value, Decimal):
            return _number(Decimal(value))
        value = exact(value)
        if isinstance(value, float) and abs(value) < EXACT and value.is_integer():
            return int(value)
        return value if isinstance(value, _SCALARS) else self._converted(value, field)

    def _take(self, values: int) -> None:
        self._left -= values
        if self._left < 0:
            raise TooLargeError

    def _converted(self, value: Any, field: str) -> Any:
        place = id(value), field
        if place not in self._known:
            with importing():  # most bodies need none of it
                from .convert import convert

            self._known[place] = value, plain(convert(value, field))
        converted = self._known[place][1]
        return value if converted is value else self.tidy(converted, field)


def _number(value: Decimal) -> Any:
    """Return the same number as a type that is written faster if there is one, or a float if JSON does not have it."""
    if not value.is_finite():
        return math.nan
    near = float(value)
    if math.isinf(near):
        return near
    if value == value.to_integral_value():
        return int(value)
    return near if Decimal(repr(near)) == value else value


def encode(call: Call, body: Muted[Any], kind: str, members: Mapping[str, str] = _NONE) -> Muted[bytes]:
    """Write a body as JSON, if the spec or the caller allows it.

    Args:
        call: its settings say what an invalid body means.
        body: an object: a model of the generated client or a mapping.
        kind: the kind of the body, as in `facts.KINDS`.
        members: what an object has unless it brings its own.

    Raises:
        PayloadError: with a problem for each error of validation; warnings are ignored.
    """
    tidied = _tidied(body, members)
    if isinstance(tidied, Problem):
        raise PayloadError([tidied])
    ready = _ready(tidied, kind)
    if ready is not None:
        return ready
    faults = _faults(tidied.value, kind, call.settings.allow_unknown_keys)
    if call.settings.validate != "strict":
        faults = _fatal(call, kind, faults)
    # Out here, where no local variable holds the body in plain sight.
    if faults:
        raise PayloadError(faults)
    return Muted(write_json(tidied.value))


def encode_unchecked(body: Muted[Any]) -> Muted[bytes]:
    """Write any JSON value.

    Raises:
        PayloadError: it has what JSON cannot carry.
    """
    tidied = _tidied(body, _NONE)
    faults = [tidied] if isinstance(tidied, Problem) else unfit(tidied.value)
    # Out here, where no local variable holds the body in plain sight.
    if faults:
        raise PayloadError(faults)
    assert isinstance(tidied, Muted)  # noqa: S101 - else there is a fault
    return Muted(write_json(tidied.value))


def _ready(body: Muted[Any], kind: str) -> Muted[bytes] | None:
    """Return the JSON of a body that has no fault, as nearly all; `None` if a closer look is needed."""
    try:
        content = Muted(_write(body.value).encode())
    except (TypeError, ValueError, RecursionError):
        return None
    return content if conforms(body.value, kind) else None


def _fatal(call: Call, kind: str, faults: list[Problem]) -> list[Problem]:
    """Return the faults that hold even without validation, and report the others if there is none."""
    fatal = [problem for problem in faults if problem.name in UNSENDABLE]
    if call.settings.validate == "warn" and faults and not fatal:
        call.emit("invalid_payload", kind, problems=tuple(faults))
    return fatal


def _tidied(body: Muted[Any], members: Mapping[str, str]) -> Muted[Any] | Problem:
    """Return plain JSON, or why the body cannot be sent."""
    try:
        value = tidy(body.value)
    except (RecursionError, TooLargeError) as error:
        cyclic = isinstance(error, RecursionError)
    else:
        # What is no object is left for validation to report.
        return Muted({**members, **value} if members and isinstance(value, dict) else value)
    with importing():
        from lp_engagement.validation.explain import too_deep, too_large

    return too_deep() if cyclic else too_large(MOST_VALUES)


def _faults(body: Any, kind: str, allow_unknown_keys: bool) -> list[Problem]:  # noqa: FBT001
    found = check(body, kind, allow_unknown_keys=allow_unknown_keys)
    faults = [problem for problem in found if problem.level == "error"]
    if not faults:
        return faults
    raw = tuple(_raw_places(body))
    return [problem for problem in faults if not _inside(problem, raw)]


def _raw_places(value: Any, place: str = "") -> Iterator[str]:
    if isinstance(value, RawSde):
        yield place
    elif isinstance(value, dict):
        for key, member in value.items():
            yield from _raw_places(member, f"{place}/{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _raw_places(item, f"{place}/{index}")


def _inside(problem: Problem, places: tuple[str, ...]) -> bool:
    return problem.name not in UNSENDABLE and any(
        problem.pointer == place or problem.pointer.startswith(f"{place}/") for place in places
    )
