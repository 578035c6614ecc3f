"""The change of a payload that fixes a problem, whatever the format of its text."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from lp_engagement._common.printable import printable
from lp_engagement.validation import schemas
from lp_engagement.validation.hints import NUMERIC
from lp_engagement.validation.suggest import ALSO_SEEN, folded, only_candidate, spellings

if TYPE_CHECKING:
    from collections.abc import Callable

    from lp_engagement.validation.locate import Place, Walk
    from lp_engagement.validation.problem import Path, Problem
    from lp_engagement.validation.schemas import Schema

Action = Literal["rename", "string", "literal", "quote", "unquote", "wrap", "wrap-object", "unwrap"]
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_MOST_DIGITS = 15
"""A number with more digits may not survive as a float, so it may be a code."""
_TRUTH = {"true", "false"}


class Repair(NamedTuple):
    """A change of a payload.

    Attributes:
        action: rename a key; replace a string by another one or by a literal; add or remove quotes or brackets.
        at: the path of the value, or of the key.
        title: what it does, without values.
        text: the new key, string or literal.
        is_safe: nothing else can have been meant.
        is_public: the text is no value of a personal field.
    """

    action: Action
    at: Path
    title: str
    text: str = ""
    is_safe: bool = True
    is_public: bool = True


class Repairs:
    """Finds the repairs of one payload.

    Args:
        walk: the payload beside the strict schema of its kind.
    """

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        # By the identity of an object, which the payload keeps alive: its unknown keys are compared once.
        self._renamed: dict[int, dict[str, tuple[str, bool]]] = {}

    def of(self, path: Path, problem: Problem) -> Repair | None:
        """Return the only repair of a problem that makes sense; `None` if there is none, or a choice."""
        try:
            if problem.name == "unknown-key":
                return self._key(path, self._walk.to(path[:-1]))
            if problem.name == "missing-mandatory":
                return _tag(path, self._walk.to(path[:-1]))
            find = _BY_RULE.get(problem.name)
            return find(path, self._walk.to(path)) if find else None
        except KeyError:
            # The strict schema says nothing about this place, or too little.
            return None

    def _key(self, path: Path, place: Place) -> Repair | None:
        renamed = self._renamed.get(id(place.value))
        if renamed is None:
            renamed = self._renamed[id(place.value)] = _renamed(place)
        candidate = renamed.get(str(path[-1]))
        return _rename(path, *candidate) if candidate else None


def _renamed(place: Place) -> dict[str, tuple[str, bool]]:
    """Map the unknown keys of an object to the keys that were meant, where no two would become the same."""
    names = spellings(place.schema["properties"])
    meant = {key: only_candidate(key, names) for key in place.value if key not in names}
    taken = Counter([*(key for key in place.value if key in names), *(each[0] for each in meant.values() if each)])
    return {key: each for key, each in meant.items() if each and taken[each[0]] == 1}


def _tag(path: Path, place: Place) -> Repair | None:
    """Rename a key that differs from the discriminator in case alone."""
    tag, _ = schemas.dispatch(place.schema)
    near = [key for key in place.value if folded(key) == folded(tag)] if path[-1] == tag else []
    return _rename((*path[:-1], near[0]), tag, is_safe=True) if len(near) == 1 else None


def _rename(path: Path, name: str, is_safe: bool) -> Repair:  # noqa: FBT001 - from a pair
    return Repair("rename", path, f"Rename `{printable(str(path[-1]))}` to `{name}`", name, is_safe)


def _type(path: Path, place: Place) -> Repair | None:
    _, branches = schemas.dispatch(place.parent)
    names = spellings({name: schemas.dereference(place.root, node)[1] for name, node in branches.items()})
    names = names or {place.schema["const"]: ()}
    candidate = only_candidate(place.value, names) if isinstance(place.value, str) else None
    return Repair("string", path, f"Replace it with `{candidate[0]}`", *candidate) if candidate else None


def _enum(path: Path, place: Place) -> Repair | None:
    value, schema = place.value, place.schema
    if not isinstance(value, str):
        return None
    seen = schema.get(ALSO_SEEN, {})
    aliases = seen if isinstance(seen, dict) else {}
    names = {
        name: tuple(alias for alias, meant in aliases.items() if meant == name)
        for name in schema["enum"]
        if isinstance(name, str)
    }
    candidate = only_candidate(value.strip(), names)
    if candidate is None:
        return None
    shown = f"`{candidate[0]}`" if place.is_public else "the documented spelling"
    return Repair("string", path, f"Replace it with {shown}", *candidate, place.is_public)


def _number(path: Path, place: Place) -> Repair | None:
    text, schema = place.value.strip(), place.schema
    fits = _NUMBER.fullmatch(text) and sum(each.isdigit() for each in text) <= _MOST_DIGITS
    if not fits or ("." in text and schema["type"] == "integer"):
        return None
    if "enum" in schema and text not in map(str, schema["enum"]):
        return None
    return Repair("unquote", path, "Remove the quotes")


def _scalar(path: Path, place: Place) -> Repair | None:
    value, schema = place.value, place.schema
    if schema["type"] == "string" and type(value) is int and "enum" not in schema:
        return Repair("quote", path, "Add quotes")
    if not isinstance(value, str):
        return None
    if schema["type"] == "boolean" and value.strip().lower() in _TRUTH:
        return Repair("literal", path, "Remove the quotes", value.strip().lower(), is_public=place.is_public)
    if schema["type"] in NUMERIC:
        labels = schema.get("x-enum-labels", {})
        meant = [number for number in schema["enum"] if folded(labels.get(str(number), "")) == folded(value)]
        if len(meant) == 1 and folded(value):
            number, is_public = str(meant[0]), place.is_public
            return Repair("literal", path, "Replace it with its number", number, is_safe=False, is_public=is_public)
    return None


def _array(path: Path, place: Place) -> Repair | None:
    value, title = place.value, "Wrap it in [ ]"
    _, items = schemas.dereference(place.root, place.schema["items"])
    if isinstance(value, dict):
        return Repair("wrap-object", path, title) if _has_fields_of(items, value) else None
    # With commas it may be several entries, and with a bracket it is JSON in a string.
    is_entry = isinstance(value, str) and items.get("type") == "string" and value.strip()
    return Repair("wrap", path, title) if is_entry and not any(mark in value for mark in ",;[{") else None


def _object(path: Path, place: Place) -> Repair | None:
    value = place.value
    fits = isinstance(value, list) and len(value) == 1 and _has_fields_of(place.schema, value[0])
    return Repair("unwrap", path, "Remove the [ ] around the object") if fits else None


def _has_fields_of(schema: Schema, value: Any) -> bool:
    tag, _ = schemas.dispatch(schema)
    known = {folded(key) for key in ([tag] if tag else schema.get("properties", ()))}
    return isinstance(value, dict) and any(folded(key) in known for key in value)


_BY_RULE: dict[str, Callable[[Path, Place], Repair | None]] = {
    "unknown-type": _type,
    "enum-case": _enum,
    "enum": _enum,
    "string-number": _number,
    "wrong-type": _scalar,
    "not-array": _array,
    "not-object": _object,
}
