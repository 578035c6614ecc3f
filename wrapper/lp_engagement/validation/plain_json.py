"""Finding what a payload holds that JSON cannot carry."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from .problem import Path

DEEPEST = 64
"""Levels of nesting that are looked at; the deepest documented payload has eight."""
TOO_DEEP = "Take levels out: no documented payload has more than eight."
_HALF = "half of a surrogate pair, which UTF-8 cannot carry"


class NotPlain(NamedTuple):
    """A place that JSON cannot carry: the rule it breaks, what was found, in words, and what to do about it."""

    path: Path
    rule: str
    found: str
    hint: str


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
                found = f"a key with {_HALF}" if isinstance(key, str) else f"a key that is {kind_of(key)}"
                problems.append(NotPlain(path, "not-json", found, "Let every key be a text."))
                continue
            name = exact(key)
            members[name], inner = plain_copy(each, (*path, name))
            problems += inner
        return members, problems
    if isinstance(value, list | tuple):
        pairs = [plain_copy(each, (*path, index)) for index, each in enumerate(value)]
        return [copy for copy, _ in pairs], [problem for _, inner in pairs for problem in inner]
    return exact(value), []


def exact(value: Any) -> Any:
    """The value as the type that JSON's own have in Python; one that JSON does not have, as it is.

    Members of enums, numpy's floats and other subclasses count as what they are made from, whatever they override: the
    engines take nothing but the types themselves.
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
        found = "NaN" if _nan(value) else "Infinity, or a number that is too large to be told from it"
        return NotPlain(path, "not-finite", found, "Send a number, or leave the field out when there is none.")
    if isinstance(value, str) and not _encodable(value):
        return NotPlain(path, "not-json", f"text with {_HALF}", "Send both halves of the character, or none.")
    if isinstance(value, dict | list | tuple) and len(path) >= DEEPEST:
        return NotPlain(path, "not-json", f"something nested more than {DEEPEST} levels deep", TOO_DEEP)
    if not isinstance(value, dict | list | tuple | str | int | float | Decimal | type(None)):
        return NotPlain(
            path, "not-json", kind_of(value), "Send what JSON has: texts, numbers, lists, dicts with texts."
        )
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
    """Name what kind of value it is, in the words of JSON and without showing it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean (true or false)"
    if isinstance(value, int):
        return "a whole number"
    if isinstance(value, float | Decimal):
        return "a number with decimals" if _finite(value) and value % 1 else "a whole number"
    if isinstance(value, str):
        return "a text" if value.strip() else "an empty text"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list | tuple):
        return "a list"
    kind = type(value)
    module = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
    return f"a Python {module}{kind.__qualname__}"
