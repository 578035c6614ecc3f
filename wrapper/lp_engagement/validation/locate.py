"""Locating faults: from the places where a payload breaks a schema to everything that explaining them needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from lp_engagement_client.facts import PERSONAL_DATA

from .schemas import dereference, dispatch

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .engines import Violation
    from .problem import Path
    from .schemas import Schema

# If a place breaks several keywords, the first of these explains the problem best.
PRECEDENCE = ("type", "const", "enum", "required", "additionalProperties")


class Place(NamedTuple):
    """A place of a payload and the schema that applies to it.

    Attributes:
        root: the schema document.
        owner: the name of the spec's component schema that contains the schema.
        schema: the schema, with references resolved.
        parent: the schema of the enclosing object or array; empty at the root.
        key: the key or index in the parent; `None` at the root.
        value: the payload's value.
        holder: the enclosing object or array; `None` at the root.
        body: the schema of the whole payload.
    """

    root: Schema
    owner: str
    schema: Schema
    parent: Schema
    key: str | int | None
    value: Any
    holder: Any
    body: Schema

    @property
    def is_public(self) -> bool:
        """Whether the spec's word for a value may be shown: that for a personal value would show the value."""
        return not self.schema.get("x-pii", False) and f"{self.owner}.{self.key}" not in PERSONAL_DATA


class Walk:
    """A payload beside its schema. Every place is located once, from the place around it."""

    def __init__(self, root: Schema, payload: Any) -> None:
        owner, schema = _settle(root, "", root, payload)
        self._places: dict[Path, Place] = {(): Place(root, owner, schema, {}, None, payload, None, schema)}

    def to(self, path: Path) -> Place:
        """Locate a place of the payload.

        Raises:
            KeyError: the schema of an object or array around it says nothing about it.
        """
        place = self._places.get(path)
        if place is None:
            place = self._places[path] = step(self.to(path[:-1]), path[-1])
        return place

    def schema_of(self, path: Path) -> Schema:
        """Find the schema of a place, whether or not the payload has a value there; empty if there is none."""
        try:
            if not path or isinstance(path[-1], int):
                return self.to(path).schema
            around = self.to(path[:-1])
            return dereference(around.root, around.schema["properties"][path[-1]])[1]
        except KeyError:
            return {}


def step(around: Place, token: str | int) -> Place:
    """Go from an object or array to one of its values.

    Raises:
        KeyError: the schema says nothing about it.
    """
    schema, value = around.schema, around.value[token]
    inner = schema["items"] if isinstance(token, int) else schema["properties"][token]
    owner, settled = _settle(around.root, around.owner, inner, value)
    return Place(around.root, owner, settled, schema, token, value, around.value, around.body)


def _settle(root: Schema, owner: str, schema: Schema, value: Any) -> tuple[str, Schema]:
    """Follow references, and the branch that a discriminator selects for this value."""
    while True:
        if "$ref" in schema:
            owner, schema = dereference(root, schema)
        if "allOf" not in schema or not isinstance(value, dict):
            return owner, schema
        tag, branches = dispatch(schema)
        choice = value.get(tag)
        if not isinstance(choice, str) or choice not in branches:
            return owner, schema
        schema = branches[choice]


class Located(NamedTuple):
    """A fault of a payload: sorting, judging and explaining need nothing else.

    Attributes:
        path: the path of the fault; a missing or unknown key has its own path.
        keyword: the schema keyword that the payload breaks.
        around: the path of the place that breaks it; for a missing or unknown key, that of the object around it.
        walk: the payload beside its schema.
    """

    path: Path
    keyword: str
    around: Path
    walk: Walk

    @property
    def place(self) -> Place:
        """The place that breaks the keyword. Most faults of the accepting view are never explained."""
        return self.walk.to(self.around)


def locate(walk: Walk, violations: Iterable[Violation]) -> dict[Path, Located]:
    """Locate the faults of a payload, one for each path."""
    found: dict[Path, Located] = {}
    for violation in set(violations):
        around, keyword = violation
        for path in _expand(walk, violation):
            if path not in found or _rank(keyword) < _rank(found[path].keyword):
                found[path] = Located(path, keyword, around, walk)
    return found


def _expand(walk: Walk, violation: Violation) -> Iterable[Path]:
    """List the paths of the missing or unknown keys; any other violation has one path."""
    path, keyword = violation
    if keyword == "required":
        place = walk.to(path)
        return [(*path, key) for key in place.schema["required"] if key not in place.value]
    if keyword == "additionalProperties":
        place = walk.to(path)
        return [(*path, key) for key in place.value if key not in place.schema["properties"]]
    return (path,)


def _rank(keyword: str) -> int:
    return PRECEDENCE.index(keyword) if keyword in PRECEDENCE else len(PRECEDENCE)


class Order:
    """The order of a payload's text, in which problems are listed."""

    def __init__(self, payload: Any) -> None:
        self._payload = payload
        # By the identity of an object, which the payload keeps alive: its keys are numbered once.
        self._numbers: dict[int, dict[str, int]] = {}

    def position(self, path: Path) -> list[tuple[int, str]]:
        """Return a sort key for a path; missing keys come after present ones."""
        value = self._payload
        position: list[tuple[int, str]] = []
        for token in path:
            if isinstance(token, int):
                position.append((token, ""))
                value = value[token]
                continue
            numbers = self._numbers.get(id(value))
            if numbers is None:
                numbers = self._numbers[id(value)] = {key: number for number, key in enumerate(value)}
            position.append((numbers[token], "") if token in numbers else (len(numbers), token))
            value = value.get(token)
        return position
