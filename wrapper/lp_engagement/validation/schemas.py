"""The schemas that `make generate` derives from the spec, and how to find one's way in them."""

from __future__ import annotations

import json
from contextlib import suppress
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from lp_engagement._common.importing import importing

if TYPE_CHECKING:
    from .problem import Path

View = Literal["strict", "accepting"]
Schema = dict[str, Any]


@cache
def load(name: str) -> Schema:
    """Read one of the generated JSON files, e.g. `sde.strict` or `rules`."""
    with importing():  # the library imports what it needs to read a package's files
        text = files("lp_engagement_client").joinpath("schemas", f"{name}.json").read_text(encoding="utf-8")
    result: Schema = json.loads(text)
    return result


class Place(NamedTuple):
    """The schema that speaks about a place of a payload.

    Attributes:
        owner: the name of the component schema of the spec that it belongs to.
        schema: the schema itself, behind references.
        parent: the schema of the object or list that the place lies in; empty at the root.
        key: the key or index of the place in its parent; `None` at the root.
        value: what the payload has there.
        holder: the object or list of the payload that the place lies in; `None` at the root.
        body: the schema of the whole payload.
    """

    owner: str
    schema: Schema
    parent: Schema
    key: str | int | None
    value: Any
    holder: Any
    body: Schema


def locate(root: Schema, payload: Any, path: Path) -> Place:
    """Find the schema for a place of the payload, taking the branch that the payload's `type` chooses."""
    owner, schema = _settle(root, "", root, payload)
    place = Place(owner, schema, {}, None, payload, None, schema)
    for token in path:
        holder, value = place.value, place.value[token]
        inner = schema["items"] if isinstance(token, int) else schema["properties"][token]
        parent, (owner, schema) = schema, _settle(root, owner, inner, value)
        place = Place(owner, schema, parent, token, value, holder, place.body)
    return place


def node(root: Schema, payload: Any, path: Path) -> Schema:
    """What a schema says of a place, whether the payload has it or not; nothing if only a choice of schemas does."""
    with suppress(KeyError):
        if not path or isinstance(path[-1], int):
            return locate(root, payload, path).schema
        properties: Schema = locate(root, payload, path[:-1]).schema["properties"]
        return dereference(root, properties[path[-1]])[1]
    return {}


def _settle(root: Schema, owner: str, schema: Schema, value: Any) -> tuple[str, Schema]:
    """Follow references, and the choice that a discriminator makes for this value."""
    while True:
        if "$ref" in schema:
            owner, schema = dereference(root, schema)
            continue
        tag, branches = dispatch(schema)
        choice = value.get(tag) if isinstance(value, dict) else None
        if not isinstance(choice, str) or choice not in branches:
            return owner, schema
        schema = branches[choice]


def dereference(root: Schema, schema: Schema) -> tuple[str, Schema]:
    """Follow references; the name of the last one's target, and the target."""
    owner = ""
    while "$ref" in schema:
        owner = schema["$ref"].removeprefix("#/$defs/")
        schema = root["$defs"][owner]
    return owner, schema


def dispatch(schema: Schema) -> tuple[str, dict[str, Schema]]:
    """The discriminator of a schema and its branches by value; none for a schema without one."""
    if "allOf" not in schema:
        return "", {}
    known = _dispatched.get(id(schema))
    if known is None:
        tag, branches = "", dict[str, Schema]()
        for choice in schema["allOf"]:
            ((tag, node),) = choice["if"]["properties"].items()
            branches[node["const"]] = choice["then"]
        # The schema is kept too, so that its id is not given to another.
        known = _dispatched[id(schema)] = (schema, tag, branches)
    return known[1:]


_dispatched: dict[int, tuple[Schema, str, dict[str, Schema]]] = {}
