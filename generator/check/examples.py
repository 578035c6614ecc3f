"""Examples and defaults match the schemas that they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import jsonschema_rs

from generator import nodes
from generator.source import Fault, Way

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .walk import Part

_SPEC = "urn:spec"


def examples(parts: list[Part]) -> Iterator[Fault]:
    """Yield the examples and defaults that do not match."""
    document = nodes.dispatching(parts[0].value)
    registry = jsonschema_rs.Registry([(_SPEC, document)])
    for part in parts:
        for schema, value, way in _values(part):
            pointer = quote("".join(f"/{str(key).replace('~', '~0').replace('/', '~1')}" for key in schema), safe="/~")
            try:
                validator = jsonschema_rs.Draft202012Validator(
                    {"$ref": f"{_SPEC}#{pointer}"},
                    registry=registry,
                    validate_formats=True,
                    ignore_unknown_formats=True,
                )
            except (jsonschema_rs.ReferencingError, jsonschema_rs.ValidationError):
                continue  # a schema that is none, or a `$ref` to nothing: other rules report it
            for error in validator.iter_errors(value):
                where = (*way, *error.instance_path)
                yield Fault(where, f"The example does not match its schema: {error.message}. Correct one of them.")


def _values(part: Part) -> Iterator[tuple[Way, Any, Way]]:
    """Yield the way to a schema, a value that must match it, and the way to the value."""
    value = part.value
    if part.kind == "schema":
        for index, example in enumerate(value.get("examples", ())):
            yield part.way, example, (*part.way, "examples", index)
        if "default" in value:
            yield part.way, value["default"], (*part.way, "default")
    if part.kind == "media":
        for name, example in value.get("examples", {}).items():
            yield (*part.way, "schema"), example["value"], (*part.way, "examples", name, "value")
        if "example" in value:
            yield (*part.way, "schema"), value["example"], (*part.way, "example")
