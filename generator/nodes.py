"""Finds the parts of a spec that are referred to, or are of one sort."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA_PREFIX = "#/components/schemas/"

Json = dict[str, Any]


def reachable(schemas: Json, root: Any) -> set[str]:
    """Return the names of the component schemas that the node refers to, directly or indirectly."""
    found: set[str] = set()
    todo = [root]
    while todo:
        node = todo.pop()
        if isinstance(node, list):
            todo.extend(node)
        elif isinstance(node, dict):
            ref = node.get("$ref")
            if isinstance(ref, str) and ref.startswith(SCHEMA_PREFIX):
                name = ref.removeprefix(SCHEMA_PREFIX)
                if name not in found:
                    found.add(name)
                    todo.append(schemas[name])
            todo.extend(node.values())
    return found


def inner_first(schemas: Json, names: set[str]) -> list[str]:
    """Sort schemas so that each follows those that it refers to, and by name otherwise."""
    ordered: list[str] = []

    def visit(name: str) -> None:
        for inner in sorted(reachable(schemas, schemas[name]) - {name}):
            if inner not in ordered:
                visit(inner)
        if name not in ordered:
            ordered.append(name)

    for name in sorted(names):
        visit(name)
    return ordered


METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Yield the operations of the spec, each with its path and its method."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in METHODS:
                yield path, method, operation


def request_bodies(document: Json) -> Iterator[Json]:
    """Yield the request bodies: first the named ones, then those defined in an operation."""
    yield from document["components"].get("requestBodies", {}).values()
    for _, _, operation in operations(document):
        if "$ref" not in operation.get("requestBody", {"$ref": ""}):
            yield operation["requestBody"]


def responses(document: Json) -> Iterator[Json]:
    """Yield the responses: first the named ones, then those defined in an operation."""
    yield from document["components"].get("responses", {}).values()
    for _, _, operation in operations(document):
        yield from (response for response in operation["responses"].values() if "$ref" not in response)


def json_of(body: Json) -> Json:
    """Return the JSON media type of a request body or response; empty if there is none."""
    media: Json = body.get("content", {}).get("application/json", {})
    return media


def component(document: Json, node: Json) -> Json:
    """Return the node, or the component that it refers to."""
    if "$ref" not in node:
        return node
    _, _, section, name = node["$ref"].split("/")
    found: Json = document["components"][section][name]
    return found


def dispatching(node: Any) -> Any:
    """Return the node with its unions replaced by a dispatch on their tag."""
    if isinstance(node, list):
        return [dispatching(value) for value in node]
    if not isinstance(node, dict):
        return node
    if "discriminator" in node:
        return _dispatch(node)
    return {key: dispatching(value) for key, value in node.items()}


def _dispatch(node: Json) -> Json:
    # Dispatch on the discriminator reports one problem per fault; oneOf would list those of every branch.
    tag = node["discriminator"]["propertyName"]
    mapping: dict[str, str] = node["discriminator"]["mapping"]
    rest = {key: value for key, value in node.items() if key not in {"oneOf", "discriminator"}}
    return rest | {
        "type": "object",
        "required": [tag],
        "properties": {tag: {"enum": list(mapping)}},
        "allOf": [
            {
                "if": {"type": "object", "properties": {tag: {"const": value}}, "required": [tag]},
                "then": {"$ref": ref},
            }
            for value, ref in mapping.items()
        ],
    }
