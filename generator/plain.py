"""The plain views of the spec, for other tools: OpenAPI 3.1 in simple words, and OpenAPI 3.0.

They begin with the view that the Python client is made from, and put into simpler words what other generators make
empty types of. The rules are about schemas in general: nothing here is about the API.
"""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any

from . import nodes, spec

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = dict[str, Any]

_WIDTHS = {"integer": "int64", "number": "double"}


def plain(document: Json) -> Json:
    """Return the view of a spec in simple OpenAPI 3.1."""
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
    found: Json = _without_own_words(view)
    return found


def plain_3_0(document: Json) -> Json:
    """Return the same view in OpenAPI 3.0.3."""
    view: Json = {**plain(document), "openapi": "3.0.3"}
    view["info"] = {key: value for key, value in view["info"].items() if key not in {"summary", "license"}}
    for node in list(_objects(view["paths"] | view["components"])):
        _as_3_0(node)
    return view


def _without_own_words(node: Any, parent: str = "") -> Any:
    """Leave out extensions, which mean nothing to other tools, except the names of an enum's numbers."""
    if isinstance(node, list):
        return [_without_own_words(value) for value in node]
    if not isinstance(node, dict) or parent == "value":
        return node
    return {
        key: _without_own_words(value, "" if parent == "properties" else key)
        for key, value in node.items()
        # openapi-generator rejects a link whose request body is an object, and no generator uses links.
        if parent == "properties" or (not key.startswith("x-") and key != "links") or key == "x-enum-varnames"
    }


def _as_3_0(node: Json) -> None:
    """Put a schema into the words of OpenAPI 3.0. Other objects have none of these words."""
    if "const" in node:
        node["enum"] = [node.pop("const")]
    if isinstance(node.get("examples"), list):
        node["example"] = node.pop("examples")[0]
    branches = [branch for branch in node.get("anyOf", ()) if branch != {"type": "null"}]
    if len(branches) < len(node.get("anyOf", ())):
        node.pop("anyOf")
        node["nullable"] = True
        node |= {"allOf": branches} if len(branches) == 1 else {"anyOf": branches}
    if "$ref" in node:
        # A reference has nothing beside it; what it refers to is described.
        reference = node["$ref"]
        node.clear()
        node["$ref"] = reference


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
    found: Json = schemas[node["$ref"].removeprefix(nodes.SCHEMA_PREFIX)] if "$ref" in node else node
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
    node["$ref"] = nodes.SCHEMA_PREFIX + name


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
