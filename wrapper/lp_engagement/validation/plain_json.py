"""Finding the values of a payload that JSON cannot represent."""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from .problem import Path

DEEPEST = 64
"""Levels of nesting that are checked; the deepest documented payload has eight."""
TOO_DEEP = "Reduce the nesting: documented payloads have at most eight levels."
_DATE = "Send a date as this field wants it: str(value), or a number from it, e.g. value.year."
_OTHER = "Send JSON types only: object, array, string, number, boolean or null."
_OTHER_TYPES = (int, bool, type(None))
_HALF = "half a surrogate pair, which UTF-8 cannot encode"


class NotPlain(NamedTuple):
    """A value that JSON cannot represent: its path, the rule that it breaks, a description and the fix."""

    path: Path
    rule: str
    found: str
    hint: str


def is_plain(payload: Any) -> bool:
    """Whether a payload has JSON's own types only, so that `plain_copy` would change nothing."""
    level = [payload]
    for _ in range(DEEPEST):
        inner: list[Any] = []
        for value in level:
            kind = type(value)
            if kind is dict:
                if not all(type(key) is str and (key.isascii() or _encodable(key)) for key in value):
                    return False
                inner += value.values()
            elif kind is list:
                inner += value
            elif kind is str:
                if not value.isascii() and not _encodable(value):
                    return False
            elif (kind is not float or not math.isfinite(value)) and kind not in _OTHER_TYPES:
                return False
        if not inner:
            return True
        level = inner
    return False


def plain_copy(value: Any, path: Path = ()) -> tuple[Any, list[NotPlain]]:
    """Copy the value as plain JSON. `None` replaces what JSON cannot represent; the second result lists it."""
    unfit = _unfit(value, path)
    if unfit is not None:
        return None, [unfit]
    if isinstance(value, dict):
        members: dict[str, Any] = {}
        problems: list[NotPlain] = []
        for key, member in value.items():
            if not isinstance(key, str) or not _encodable(key):
                found = f"a key with {_HALF}" if isinstance(key, str) else f"a key that is {kind_of(key)}"
                problems.append(NotPlain(path, "not-json", found, "Keys must be strings."))
                continue
            name = exact(key)
            members[name], inner = plain_copy(member, (*path, name))
            problems += inner
        return members, problems
    if isinstance(value, list | tuple):
        pairs = [plain_copy(item, (*path, index)) for index, item in enumerate(value)]
        return [copy for copy, _ in pairs], [problem for _, inner in pairs for problem in inner]
    return exact(value), []


def exact(value: Any) -> Any:
    """Convert a subclass of str, int or float to the type itself; return any other value unchanged.

    Enum members, numpy's floats and the like count as their base type, whatever they override: the engines accept only
    the types themselves.
    """
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return int.__int__(value)
    if isinstance(value, float):
        return float.__float__(value)
    return value


def _unfit(value: Any, path: Path) -> NotPlain | None:
    if isinstance(value, float | Decimal) and not _finite(value):
        found = "NaN" if _nan(value) else "Infinity, or a number too large for JSON"
        return NotPlain(path, "not-finite", found, "Send a number, or omit the field.")
    if isinstance(value, str) and not _encodable(value):
        return NotPlain(path, "not-json", f"a string with {_HALF}", "Send both halves of the character, or neither.")
    if isinstance(value, dict | list | tuple) and len(path) >= DEEPEST:
        return NotPlain(path, "not-json", f"more than {DEEPEST} levels of nesting", TOO_DEEP)
    if not isinstance(value, dict | list | tuple | str | int | float | Decimal | type(None)):
        return NotPlain(path, "not-json", kind_of(value), _DATE if isinstance(value, date) else _OTHER)
    return None


def _finite(value: float | Decimal) -> bool:
    # math.isfinite raises for a signalling NaN.
    return value.is_finite() if isinstance(value, Decimal) else math.isfinite(value)


def _nan(value: float | Decimal) -> bool:
    return value.is_nan() if isinstance(value, Decimal) else math.isnan(value)


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def kind_of(value: Any) -> str:  # noqa: PLR0911 - a table in disguise
    """Name the type of a value in JSON's words, without showing the value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, int):
        return "an integer"
    if isinstance(value, float | Decimal):
        return "a decimal number" if _finite(value) and value % 1 else "an integer"
    if isinstance(value, str):
        return "a string" if value.strip() else "an empty string"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list | tuple):
        return "an array"
    kind = type(value)
    module = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
    return f"a Python {module}{kind.__qualname__}"
