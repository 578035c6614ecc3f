"""From what a caller hands in to the JSON that is sent."""

from __future__ import annotations

import json
import math
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from lp_engagement._common.muted import Muted
from lp_engagement.errors import PayloadError
from lp_engagement.sde import RawSde
from lp_engagement.validation import Problem, check, too_deep
from lp_engagement.validation.plain_json import exact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

UNSENDABLE = {"not-json", "not-finite"}
"""What JSON cannot carry cannot be sent raw either."""
_write = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
EXACT = 2**53
"""Above this a float has no exact integer to be written as."""


def tidy(value: Any) -> Any:
    """Plain JSON of the value: tuples become lists, and `30.0` is written `30`.

    Values that JSON does not have are left for validation to name.
    """
    if isinstance(value, RawSde):
        return RawSde((exact(key), tidy(each)) for key, each in value.items())
    if isinstance(value, dict):
        return {exact(key): tidy(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [tidy(each) for each in value]
    if isinstance(value, Decimal):
        value = float(value) if value.is_finite() else math.nan
    value = exact(value)
    if isinstance(value, float) and abs(value) < EXACT and value.is_integer():
        return int(value)
    return value


def checked(build: Callable[[], Any], kind: str) -> Muted[bytes]:
    """The body as JSON text, if the spec allows it.

    Args:
        build: makes the body of what the caller handed in.
        kind: what it is.

    Raises:
        PayloadError: with a problem for each fault; warnings are none.
    """
    body = _tidied(build)
    faults = [too_deep()] if body is None else _faults(body.value, kind)
    # Out here, where no local variable holds the body in plain sight.
    if faults or body is None:
        raise PayloadError(faults)
    return Muted(_write(body.value).encode())


def _tidied(build: Callable[[], Any]) -> Muted[Any] | None:
    """What is built, or `None` if it holds itself."""
    try:
        return Muted(tidy(build()))
    except RecursionError:
        return None


def _faults(body: Any, kind: str) -> list[Problem]:
    faults = [problem for problem in check(body, kind) if problem.level == "error"]
    if not faults:
        return faults
    raw = tuple(_raw_places(body))
    return [problem for problem in faults if not _inside(problem, raw)]


def _raw_places(value: Any, place: str = "") -> Iterator[str]:
    if isinstance(value, RawSde):
        yield place
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _raw_places(each, f"{place}/{key}")
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _raw_places(each, f"{place}/{index}")


def _inside(problem: Problem, places: tuple[str, ...]) -> bool:
    return problem.name not in UNSENDABLE and any(
        problem.pointer == place or problem.pointer.startswith(f"{place}/") for place in places
    )
