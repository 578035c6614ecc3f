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
from lp_engagement.hooks import CallEvent
from lp_engagement.validation import Problem, check, too_deep
from lp_engagement.validation.plain_json import exact
from lp_engagement_client.types import RawSde, RequestModel, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .exchange import Call

UNSENDABLE = {"not-json", "not-finite"}
"""Rules that hold even without validation: JSON cannot carry these values."""
_write = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
_NONE: Final[Mapping[str, str]] = MappingProxyType({})
_AS_THEY_ARE: Final = frozenset({str, int, bool, type(None)})
_SCALARS: Final = (str, int, float)
EXACT = 2**53
"""Above this a float has no exact integer to be written as."""


def tidy(value: Any, field: str = "") -> Any:
    """Return the value as plain JSON: tuples become arrays, objects of the application their members, `30.0` is `30`.

    Values that JSON does not have are left for validation to report.

    Args:
        value: the value.
        field: the name of the field that has it, if one has.
    """
    if type(value) in _AS_THEY_ARE:
        return value
    if isinstance(value, RawSde):
        return RawSde((exact(key), tidy(member, key)) for key, member in value.items())
    if isinstance(value, dict):
        return {exact(key): tidy(member, key) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [tidy(item) for item in value]
    if isinstance(value, Decimal):
        value = float(value) if value.is_finite() else math.nan
    value = exact(value)
    if isinstance(value, float) and abs(value) < EXACT and value.is_integer():
        return int(value)
    return value if isinstance(value, _SCALARS) else _converted(value, field)


def _converted(value: Any, field: str) -> Any:
    with importing():  # most bodies need none of it
        from .convert import convert

    converted = convert(value, field)
    return value if converted is value else tidy(plain(converted), field)


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
    settings, tidied = call.settings, _tidied(body, members)
    faults = [too_deep()] if tidied is None else _faults(tidied.value, kind, settings.allow_unknown_keys)
    if tidied is not None and settings.validate != "strict":
        tolerated = [problem for problem in faults if problem.name not in UNSENDABLE]
        faults = [problem for problem in faults if problem.name in UNSENDABLE]
        if tolerated and not faults and settings.validate == "warn":
            call.emit(CallEvent("invalid_payload", kind, problems=tuple(tolerated)))
    # Out here, where no local variable holds the body in plain sight.
    if faults or tidied is None:
        raise PayloadError(faults)
    return Muted(_write(tidied.value).encode())


def _tidied(body: Muted[Any], members: Mapping[str, str]) -> Muted[Any] | None:
    """Return plain JSON; `None` if the body contains itself."""
    try:
        value = tidy(body.value.to_dict() if isinstance(body.value, RequestModel) else plain(body.value))
        # What is no object is left for validation to report.
        return Muted({**members, **value} if members and isinstance(value, dict) else value)
    except RecursionError:
        return None


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
