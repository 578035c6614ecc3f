"""Finding what a payload holds that JSON cannot carry."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from .problem import Path

DEEPEST = 64
"""Levels of nesting that are looked at; the deepest documented payload has eight."""


class NotPlain(NamedTuple):
    """A place that JSON cannot carry: the rule it breaks, and what was found, in words."""

    path: Path
    rule: str
    found: str


def plain_copy(value: Any, path: Path = ()) -> tuple[Any, list[NotPlain]]:
    """Copy the value as plain JSON with `None` in the places that are not, and list those."""
    unfit = _unfit(value, path)
    if unfit is not None:
        return None, [unfit]
    if isinstance(value, dict):
        members: dict[str, Any] = {}
        problems: list[NotPlain] = []
        for key, each in value.items():
            if not isinstance(key, str) or not _encodable(key):
                found = "half of a surrogate pair" if isinstance(key, str) else kind_of(key)
                problems.append(NotPlain(path, "not-json", f"a key that is {found} instead of a text"))
                continue
            members[key], inner = plain_copy(each, (*path, key))
            problems += inner
        return members, problems
    if isinstance(value, list | tuple):
        pairs = [plain_copy(each, (*path, index)) for index, each in enumerate(value)]
        return [copy for copy, _ in pairs], [problem for _, inner in pairs for problem in inner]
    return _exact(value), []


def _exact(value: Any) -> Any:
    # Enum members and other subclasses: the engines take the plain types only.
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return int(value)
    return value


def _unfit(value: Any, path: Path) -> NotPlain | None:
    if isinstance(value, float | Decimal) and not _finite(value):
        return NotPlain(path, "not-finite", "NaN or Infinity")
    if isinstance(value, str) and not _encodable(value):
        return NotPlain(path, "not-json", "text with half of a surrogate pair, which UTF-8 cannot carry")
    if isinstance(value, dict | list | tuple) and len(path) >= DEEPEST:
        return NotPlain(path, "not-json", f"more than {DEEPEST} levels of nesting")
    if not isinstance(value, dict | list | tuple | str | int | float | Decimal | type(None)):
        return NotPlain(path, "not-json", kind_of(value))
    return None


def _finite(value: float | Decimal) -> bool:
    # math.isfinite raises for a signalling NaN.
    return value.is_finite() if isinstance(value, Decimal) else math.isfinite(value)


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def kind_of(value: Any) -> str:  # noqa: PLR0911 - a table in disguise
    """Name what kind of value it is, in the words of JSON and without showing it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int):
        return "a whole number"
    if isinstance(value, float | Decimal):
        return "a number" if _finite(value) and value % 1 else "a whole number"
    if isinstance(value, str):
        return "a text" if value.strip() else "an empty text"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list | tuple):
        return "a list"
    return f"a Python {type(value).__name__}"
