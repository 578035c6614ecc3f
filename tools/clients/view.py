"""The view of the spec that openapi-generator makes clients in other languages from.

It is the view that the Python client is made from, and beyond that puts into simpler words what openapi-generator
makes empty types of. The rules are about schemas in general: nothing here is about the API.
"""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any

from generator import spec

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = dict[str, Any]

_WIDTHS = {"integer": "int64", "number": "double"}


def for_openapi_generator(document: Json) -> Json:
    """The view of a spec, as `generator.spec.load` gives it, for openapi-generator."""
    merged = copy.deepcopy(document)
    _merge_objects(merged["components"]["schemas"])
    view = spec.for_client(merged)
    schemas: Json = view["components"]["schemas"]
    for node in list(_objects(view["paths"] | view["components"])):
        _drop_nulls(node)
        _name_union(node, schemas)
        _name_values(node)
    for node in _objects(view["paths"] | view["components"]):
        _widen(node)
    return view


def _objects(node: Any, parent: str = "") -> Iterator[Json]:
    """Yield all objects in a part of a spec, except examples and extensions, which are data."""
    if isinstance(node, list):
        for value in node:
            yield from _objects(value)
    elif isinstance(node, dict):
        if parent != "properties":
            yield node
        for key, value in node.items():
            if parent == "properties" or not key.startswith(("example", "x-")):
                yield from _objects(value, "" if parent == "properties" else key)


def _merge_objects(schemas: Json) -> None:
    """Merge "any of these objects" into one object, whose fields are optional."""
    for schema in schemas.values():
        branches = [_resolved(branch, schemas) for branch in schema.get("anyOf", ())]
        if branches and all(branch.get("type") == "object" for branch in branches):
            del schema["anyOf"]
            schema["type"] = "object"
            schema["properties"] = {k: v for branch in branches for k, v in branch["properties"].items()}


def _resolved(node: Json, schemas: Json) -> Json:
    found: Json = schemas[node["$ref"].removeprefix(spec.SCHEMA_PREFIX)] if "$ref" in node else node
    return found


def _drop_nulls(node: Json) -> None:
    """Leave out fields that can be nothing but null: they say nothing, and have no type in most languages."""
    if "properties" in node:
        node["properties"] = {k: v for k, v in node["properties"].items() if v.get("type") != "null"}


def _name_union(node: Json, schemas: Json) -> None:
    """Give "text or number" a name, one for all such fields; without, the type of each is an empty class."""
    kinds = node.get("type")
    if not isinstance(kinds, list) or "null" in kinds:
        return
    kinds = sorted(kinds, reverse=True)
    name = "Or".join(kind.capitalize() for kind in kinds)
    schemas[name] = {"description": f"A {' or a '.join(kinds)}.", "oneOf": [{"type": kind} for kind in kinds]}
    del node["type"]
    node["$ref"] = spec.SCHEMA_PREFIX + name


def _name_values(node: Json) -> None:
    """Name the numbers of an enum by their labels; without, they are called NUMBER_0, NUMBER_1 and so on."""
    labels = {str(value): label for value, label in node.get("x-enum-labels", {}).items()}
    values = [str(value) for value in node.get("enum", ())]
    if values and labels.keys() >= set(values):
        node["x-enum-varnames"] = [re.sub(r"\W+", "_", labels[value]).upper() for value in values]


def _widen(node: Json) -> None:
    """Say that numbers need 64 bits; without, they get 32 in many a language, which is too few for an id."""
    width = _WIDTHS.get(str(node.get("type")))
    if width:
        node.setdefault("format", width)
