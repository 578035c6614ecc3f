"""Explaining names of the spec: types, schemas, fields, operations and internal codes."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from lp_engagement._core.generated import find
from lp_engagement.validation import schemas
from lp_engagement_client.facts import INTERNAL_CODE_HINTS, KINDS, OPERATIONS, PERSONAL_DATA

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LONGEST = 60
"""Comparing long names is slow, and no name of the spec is longer."""


def about(name: str) -> list[str]:
    """Return a paragraph about each thing with this name."""
    return [*_code(name), *_operation(name), *_objects(name), *_fields(name)]


def near(name: str, rules: Iterable[str]) -> str | None:
    """Return the name that is most like an unknown one: of the spec, or of the rules."""
    known = {each.casefold(): each for each in [*_names(), *rules]}
    found = get_close_matches(name[:_LONGEST].casefold(), known, 1)
    return known[found[0]] if found else None


def _names() -> Iterator[str]:
    yield from OPERATIONS
    for schema, (called, definition) in _definitions().items():
        yield from (schema, called, *definition["properties"])


def _code(name: str) -> Iterator[str]:
    for (code, status), hint in INTERNAL_CODE_HINTS.items():
        if name == str(code):
            yield f"internal code {code}{'' if status is None else f' with HTTP {status}'}\n{hint}"


def _operation(name: str) -> Iterator[str]:
    if name in OPERATIONS:
        operation = OPERATIONS[name]
        pauses = ", ".join(f"{pause} s" for pause in operation.retry.pauses)
        first, last = operation.retry.statuses
        again = f"after a status from {first} to {last}, with pauses of {pauses}" if pauses else "never"
        yield f"{name}: {find(name).method} {find(name).path}\nRetried {again}."


def _definitions() -> dict[str, tuple[str, dict[str, Any]]]:
    """Map the spec's names of request objects to their names in payloads and their schemas."""
    found: dict[str, tuple[str, dict[str, Any]]] = {}
    for kind in KINDS:
        root = schemas.load(f"{kind}.accepting")
        owner, schema = schemas.dereference(root, root)
        _, branches = schemas.dispatch(schema)
        called = {schemas.dereference(root, node)[0]: tag for tag, node in branches.items()} or {owner: kind}
        for name, definition in root["$defs"].items():
            if ("properties" in definition and definition is not schema) or (name == owner and not branches):
                found[name] = (called.get(name, found.get(name, (name,))[0]), definition)
    return found


def _objects(name: str) -> Iterator[str]:
    for schema, (called, definition) in _definitions().items():
        if name in {called, schema}:
            title = called if called == schema else f"{called} ({schema})"
            required = definition.get("required", ())
            rows = [_line(schema, key, node, key in required) for key, node in definition["properties"].items()]
            yield "\n".join([title, definition["description"], *rows])


def _fields(name: str) -> Iterator[str]:
    for schema, (called, definition) in _definitions().items():
        if name in definition["properties"] and name != "type":
            required = name in definition.get("required", ())
            yield f"in {called}:\n" + _line(schema, name, definition["properties"][name], required)


def _line(schema: str, key: str, node: dict[str, Any], required: bool) -> str:  # noqa: FBT001 - one caller
    marks = ["mandatory"] if required else []
    marks += ["tolerated"] if node.get("x-tolerated") else []
    marks += ["deprecated"] if node.get("deprecated") else []
    marks += ["personal data"] if f"{schema}.{key}" in PERSONAL_DATA else []
    branches = [branch for branch in node.get("anyOf", [node]) if not branch.get("x-tolerated")]
    values = [str(value) for branch in branches for value in _values(branch)]
    kind = " or ".join(dict.fromkeys(_kind(branch) for branch in branches))
    notes = f" ({', '.join(marks)})" if marks else ""
    parts = [f"  {key}: {kind}{notes}.", node.get("description", ""), f"One of: {', '.join(values)}." if values else ""]
    return " ".join(part for part in parts if part)


def _values(node: dict[str, Any]) -> list[Any]:
    return [node["const"]] if "const" in node else node.get("enum", [])


def _kind(node: dict[str, Any]) -> str:
    if "$ref" in node:
        return str(node["$ref"]).rpartition("/")[2]
    if node.get("type") == "array":
        return f"array of {_kind(node.get('items', {}))}"
    return str(node.get("type", "anything"))
