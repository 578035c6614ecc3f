"""Describes the builders of engagement attributes, and of the objects inside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .naming import annotation, branches, class_name, description, identifier, name_of, python, target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .nodes import Json

_OTHER_NAMES = {"raw", "plain", "cast", "annotations", "models", "payload_types", "str", "int", "float", "bool"}
"""The names that the module of the builders has for something else."""


def builders(schemas: Json, union: str) -> list[Json]:
    """Describe the builder of each attribute, then that of each object that can be in one.

    Raises:
        SystemExit: two builders, or two arguments of one, would have the same name.
    """
    attributes = [_attribute(schemas, name, python(tag)) for tag, name in branches(schemas[union])]
    nested: dict[str, Json] = {}
    for attribute in attributes:
        _add_nested(schemas, attribute, nested)
    found = [*attributes, *nested.values()]
    _check_names(found)
    return found


def _add_nested(schemas: Json, builder: Json, found: dict[str, Json]) -> None:
    """Add the builders of the objects that the arguments of a builder take, and of those inside them."""
    for node in builder["nodes"]:
        for name in _objects(schemas, node):
            if name not in found:
                found[name] = _nested(schemas, name)
                _add_nested(schemas, found[name], found)


def _objects(schemas: Json, node: Json) -> Iterator[str]:
    """Yield the component schemas of the objects that a value is, or has as items."""
    if "$ref" in node:
        name = target(node)
        if "discriminator" in schemas[name]:
            yield from (branch for _, branch in branches(schemas[name]))
        elif "properties" in schemas[name]:
            yield name
    for inner in (node.get("items", {}), *node.get("anyOf", ())):
        if inner:
            yield from _objects(schemas, inner)


def _attribute(schemas: Json, schema: str, name: str) -> Json:
    members = {key: node for key, node in schemas[schema]["properties"].items() if "const" not in node}
    # An attribute whose only member is an object only wraps it: the builder takes the inner fields.
    ((key, node),) = members.items() if len(members) == 1 else [("", {})]
    flat = key if "$ref" in node else None
    return _builder(schemas, schema, flat) | {
        "name": name,
        "type": "Payload",
        "description": schemas[target(node) if flat else schema]["description"],
    }


def _nested(schemas: Json, schema: str) -> Json:
    flat = next((key for key, node in schemas[schema]["properties"].items() if node.get("x-flat")), None)
    named = target(schemas[schema]["properties"][flat]) if flat else schema
    return _builder(schemas, schema, flat) | {
        "name": identifier(schemas[schema]["x-builder"]) if "x-builder" in schemas[schema] else python(named),
        "type": f"payload_types.{class_name(schema)}Dict",
        "description": schemas[schema]["description"],
    }


def _builder(schemas: Json, name: str, flat: str | None) -> Json:
    """Describe how an object is built. `flat`: the member whose fields are arguments in its place."""
    schema = schemas[name]
    required = schema.get("required", ())
    inner = target(schema["properties"][flat]) if flat else name
    own = {key: node for key, node in schema["properties"].items() if key != flat and "const" not in node}
    parameters, flattened = _parameters(schemas, name, own), []
    if flat:
        flattened = _parameters(schemas, inner, schemas[inner]["properties"])
    return {
        "schema": name,
        "constants": {key: node["const"] for key, node in schema["properties"].items() if "const" in node},
        "flat": {"key": flat, "required": flat in required, "parameters": flattened} if flat else None,
        "members": parameters,
        "parameters": sorted([*flattened, *parameters], key=lambda parameter: not parameter["required"]),
        "nodes": [*(schemas[inner]["properties"].values() if flat else ()), *own.values()],
        "source": f"`{inner}` in the spec; {'; '.join(schemas[inner]['x-evidence'])}",
    }


def _parameters(schemas: Json, name: str, members: Json) -> list[Json]:
    required = schemas[name].get("required", ())
    return [parameter(schemas, key, node, required=key in required) for key, node in members.items()]


def parameter(schemas: Json, key: str, node: Json, *, required: bool) -> Json:
    """Describe the argument of a builder that a field becomes."""
    return {
        "name": name_of(key, node),
        "key": key,
        "annotation": annotation(schemas, node),
        "required": required,
        "deprecated": node.get("deprecated", False),
        "description": description(schemas, node),
    }


def _check_names(found: list[Json]) -> None:
    taken: dict[str, str] = dict.fromkeys(_OTHER_NAMES, "something else")
    for builder in found:
        name, schema = builder["name"], builder["schema"]
        if name in taken:
            message = f"sde.{name} would build {schema}, but it is the name of {taken[name]} already."
            raise SystemExit(f"{message} Give {schema} another name in the spec, with x-builder.")
        taken[name] = f"the builder of {schema}"
        names = [each["name"] for each in builder["parameters"]]
        twice = sorted({each for each in names if names.count(each) > 1})
        if twice:
            message = f"sde.{name} would have two arguments with the name {twice[0]}, one of {schema} itself and one of"
            raise SystemExit(f"{message} its {builder['flat']['key']}. Give one of them another name, with x-role.")
