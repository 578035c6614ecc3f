"""Maps the names and types of the spec to Python."""

from __future__ import annotations

from keyword import iskeyword
from typing import TYPE_CHECKING

from openapi_python_client.strings import ClassName, PythonIdentifier

from . import nodes, spec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .nodes import Json

DEPRECATED = "Deprecated: it still works, but do not begin to use it."
SCALARS = {
    "string": "str",
    "integer": "int",
    "number": "float | Decimal",
    "boolean": "bool",
    "object": "Mapping[str, Any]",
}


def python(name: str) -> str:
    """Return the Python identifier for a name of the API."""
    return PythonIdentifier(name, prefix="field_")


def class_name(schema: str) -> str:
    """Return the class of a component schema."""
    return ClassName(schema, "")


def module_name(schema: str) -> str:
    """Return the module of a component schema's class."""
    return PythonIdentifier(class_name(schema), prefix="field_")


def name_of(key: str, node: Json) -> str:
    """Return the Python name of a field or parameter: its role, which the API cannot rename, or else its name."""
    return identifier(node["x-role"]) if "x-role" in node else python(key)


def identifier(name: str) -> str:
    """Return a name of the spec unchanged if it is an identifier. Anything else could become a statement.

    Raises:
        SystemExit: It is not an identifier.
    """
    if not name.isidentifier() or iskeyword(name):
        message = f"x-role and x-builder must be Python identifiers, not {name!r}. Write it in lower_case."
        raise SystemExit(message)
    return name


def target(node: Json) -> str:
    """Return the name of the component schema that a reference points to."""
    return str(node["$ref"]).removeprefix(nodes.SCHEMA_PREFIX)


def branches(union: Json) -> Iterator[tuple[str, str]]:
    """Yield the tag and the schema of each branch of a union with a discriminator."""
    for tag, ref in union["discriminator"]["mapping"].items():
        yield tag, target({"$ref": ref})


def types(node: Json) -> list[str]:
    """Return the JSON types that a schema names."""
    found = node.get("type", [])
    return [found] if isinstance(found, str) else list(found)


def description(schemas: Json, node: Json) -> str:
    """Describe a field or parameter, with the meanings of the numbers of an enum."""
    text = str(node.get("description") or schemas[target(node)]["description"])
    if "x-enum-labels" in node:
        labels = {str(value): label for value, label in node["x-enum-labels"].items()}
        text += (
            " " + ", ".join(f"{value} {labels.get(str(value), '')}".strip() for value in node.get("enum", labels)) + "."
        )
    return f"{text} {DEPRECATED}" if node.get("deprecated") else text


def annotation(schemas: Json, node: Json) -> str:
    """Return the type of a builder's or a function's argument."""
    if "$ref" in node:
        name = target(node)
        names = [schema for _, schema in branches(schemas[name])] if "oneOf" in schemas[name] else [name]
        classes = [class_name(schema) for schema in names]
        return " | ".join(f"payload_types.{each}Dict | models.{each}" for each in classes)
    if "enum" in node:
        return f"Literal[{', '.join(repr(value) for value in node['enum'])}]"
    if "anyOf" in node and "type" not in node:
        return " | ".join(dict.fromkeys(annotation(schemas, branch) for branch in node["anyOf"]))
    if node.get("type") == "array":
        return f"Sequence[{annotation(schemas, node.get('items', {}))}]"
    # `None` leaves a field out, so a null is not part of the type.
    names = [SCALARS.get(name, "Any") for name in types(node) if name != "null"]
    return "Any" if "Any" in names else " | ".join(names) or "Any"


# --------------------------------------------------------------------------------------------------------- TypedDicts


def typed_dicts(document: Json) -> Json:
    """Describe the TypedDicts of all objects in requests."""
    view = spec.for_client(document)
    schemas: Json = view["components"]["schemas"]
    names = nodes.reachable(schemas, list(nodes.request_bodies(view)))
    # Names must be defined before use: required keys are known only from evaluated annotations.
    ordered = nodes.inner_first(schemas, names)
    return {
        "names": sorted(_typed_name(name) for name in ordered),
        "shapes": [
            _union(schemas, name) if "oneOf" in schemas[name] else _typed_dict(schemas, name) for name in ordered
        ],
    }


def _union(schemas: Json, name: str) -> Json:
    return {
        "name": _typed_name(name),
        "description": schemas[name]["description"],
        "branches": [_typed_name(schema) for _, schema in branches(schemas[name])],
    }


def _typed_name(schema: str) -> str:
    return f"{class_name(schema)}Dict"


def _typed_dict(schemas: Json, name: str) -> Json:
    schema = schemas[name]
    required = schema.get("required", ())
    return {
        "name": _typed_name(name),
        "branches": (),
        # The class syntax does not allow a key that is not an identifier.
        "functional": any(not key.isidentifier() or iskeyword(key) for key in schema["properties"]),
        "description": schema["description"],
        "source": f"`{name}` in the spec",
        "keys": [
            {
                "name": key,
                "annotation": f"Required[{shape}]" if key in required else shape,
                "description": description(schemas, node),
            }
            for key, node in schema["properties"].items()
            for shape in [_shape(schemas, node)]
        ],
    }


def _shape(schemas: Json, node: Json) -> str:
    """Return the Python type of a JSON value."""
    if "$ref" in node:
        return _typed_name(target(node))
    if "const" in node:
        return f"Literal[{node['const']!r}]"
    if "enum" in node:
        return f"Literal[{', '.join(repr(value) for value in node['enum'])}]"
    if "anyOf" in node and "type" not in node:
        return " | ".join(dict.fromkeys(_shape(schemas, branch) for branch in node["anyOf"]))
    if node.get("type") == "array":
        return f"Sequence[{_shape(schemas, node.get('items', {}))}]"
    shapes = {**SCALARS, "number": "float", "null": "None"}
    return " | ".join(shapes[name] for name in types(node)) or "Any"
