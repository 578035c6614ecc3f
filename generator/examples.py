"""The documented requests and responses, which the simulator answers with."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from . import nodes
from .naming import target, types

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .nodes import Json

_SAMPLES: dict[str, Any] = {"string": "example", "integer": 1, "number": 1.0, "boolean": True, "null": None}


def examples(document: Json) -> Json:
    """Return the documented request of each kind of body, and the documented responses by name."""
    requests: Json = {}
    for body in nodes.request_bodies(document):
        kind, found = kind_of_body(document, body), examples_of(body)
        if kind is not None and "documented" in found:
            requests[kind] = found["documented"]["value"]
    return {"requests": requests, "answers": _answers(document)}


def examples_of(body: Json) -> Json:
    """Return the examples of a request body or a response."""
    found: Json = nodes.json_of(body).get("examples", {})
    return found


def kind_of_body(document: Json, body: Json) -> str | None:
    """Return the kind (`x-kind`) of a request body."""
    schema = nodes.json_of(body).get("schema", {})
    return document["components"]["schemas"][target(schema)].get("x-kind") if "$ref" in schema else None


def _answers(document: Json) -> Json:
    """Return the responses. A field that no example has yet is added to all that can have it."""
    schemas = document["components"]["schemas"]
    answers: Json = {}
    objects: list[tuple[str, Json]] = []
    for response in nodes.responses(document):
        for name, example in examples_of(response).items():
            answers[name] = copy.deepcopy(example["value"])
            objects += _objects(schemas, nodes.json_of(response)["schema"], answers[name])
    shown: dict[str, set[str]] = {}
    for name, value in objects:
        shown.setdefault(name, set()).update(value)
    for name, value in objects:
        for key, node in schemas[name]["properties"].items():
            if key not in shown[name]:
                value[key] = _sample(schemas, node)
    return answers


def _objects(schemas: Json, node: Json, value: Any) -> Iterator[tuple[str, Json]]:
    """Yield the objects in a value that have a schema with a name, each with the name."""
    name = target(node) if "$ref" in node else None
    schema = node if name is None else schemas[name]
    if isinstance(value, list):
        for item in value:
            yield from _objects(schemas, schema.get("items", {}), item)
    elif isinstance(value, dict):
        if name is not None and value.keys() >= set(schema.get("required", ())) and "properties" in schema:
            yield name, value
        for branch in schema.get("anyOf", ()):
            yield from _objects(schemas, branch, value)
        for key, member in schema.get("properties", {}).items():
            if key in value:
                yield from _objects(schemas, member, value[key])


def _sample(schemas: Json, node: Json) -> Any:
    """Return a value of a schema: its example if it has one."""
    if "$ref" in node:
        return _sample(schemas, schemas[target(node)])
    for key in ("examples", "enum"):
        if key in node:
            return node[key][0]
    for key in ("const", "default"):
        if key in node:
            return node[key]
    if "anyOf" in node:
        return _sample(schemas, node["anyOf"][0])
    kind = (types(node) or ["string"])[0]
    if kind == "object":
        return {key: _sample(schemas, member) for key, member in node.get("properties", {}).items()}
    return [_sample(schemas, node.get("items", {}))] if kind == "array" else _SAMPLES[kind]
