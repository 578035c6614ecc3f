"""The words that messages and hints share: fields, kinds of values, and what a field takes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from lp_engagement._common.printable import printable

from .schemas import dereference, dispatch

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .problem import Path
    from .schemas import Schema

TYPES = {
    "string": "a string",
    "number": "a number",
    "integer": "an integer",
    "boolean": "a boolean",
    "array": "an array",
    "object": "an object",
    "null": "null",
}
_write = json.JSONEncoder(ensure_ascii=False).encode
_SENDABLE = {**TYPES, "boolean": "true or false"}


def label(path: Path) -> str:
    """Name a place by its field, e.g. `total` or entry 2 of `products`."""
    named = [token for token in path if isinstance(token, str)]
    if not named:
        return "the payload" if not path else f"entry {path[-1]}"
    if isinstance(path[-1], int):
        return f"entry {path[-1]} of `{printable(named[-1])}`"
    return f"`{printable(named[-1])}`"


def wanted(root: Schema, schema: Schema, how: str = "") -> str:
    """Describe what a field takes, e.g. `a number, e.g. 11.7`; `how` follows the type."""
    _, schema = dereference(root, schema)
    kind = f"{_SENDABLE.get(schema.get('type', ''), 'a value')}{how}"
    tag, branches = dispatch(schema)
    if branches:
        return f'{kind} with a "{tag}": one of {listed(branches)}'
    if "properties" in schema:
        nodes = {name: dereference(root, node)[1] for name, node in schema["properties"].items()}
        examples = {name: node["examples"][0] for name, node in nodes.items() if "examples" in node}
        whole = len(examples) == len(nodes)
        return f"{kind}, e.g. {as_json(examples)}" if whole else f"{kind} with the fields {listed(nodes)}"
    if "items" in schema:
        _, items = dereference(root, schema["items"])
        return f"{kind} of objects with the fields {listed(items['properties'])}" if "properties" in items else kind
    labels = schema.get("x-enum-labels")
    if labels:
        return f"{kind}: {', '.join(f'{value} ({labels[str(value)]})' for value in schema['enum'])}"
    if "enum" in schema:
        return f"one of {listed(schema['enum'])}{how}"
    return f"{kind}, e.g. {as_json(schema['examples'][0])}" if "examples" in schema else kind


def as_json(value: Any) -> str:
    """Write a value of the spec as JSON."""
    return _write(value)


def listed(names: Iterable[Any]) -> str:
    """List names as code, separated by commas."""
    return ", ".join(f"`{name}`" for name in names)


def lower(text: str) -> str:
    """Lower the first letter, so that a sentence of the spec can follow a colon; ISO and the like stay."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def predicate(title: str) -> str:
    """Write the title of a rule so that it can follow "is", e.g. `an impossible date` or `not an IP address`."""
    text = lower(title)
    return text if text.startswith("not ") else f"{'an' if text[0] in 'aeiouAEIOU' else 'a'} {text}"
