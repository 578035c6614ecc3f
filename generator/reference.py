"""The reference page of docs/: operations, fields, values and internal codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import nodes, spec
from .naming import DEPRECATED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .nodes import Json

_MARKS = {"x-tolerated": "Tolerated.", "deprecated": DEPRECATED}

INTRODUCTION = """# Reference

All operations and fields of the spec. `*` marks required fields, 🔒 personal data. LivePerson's own pages disagree
about tolerated fields and values: validation reports a warning, not an error.
"""


def reference(document: Json) -> str:
    """Return the contents of the page."""
    schemas: Json = document["components"]["schemas"]
    kinds = spec.kinds(document)
    requests = nodes.reachable(schemas, list(nodes.request_bodies(document)))
    answers = nodes.reachable(schemas, list(nodes.responses(document))) - requests
    unions = {name: _branches(schemas[name]) for name in kinds.values() if "oneOf" in schemas[name]}
    own = {*unions, *(branch for branches in unions.values() for branch in branches), *kinds.values()}
    parts = [INTRODUCTION, "\n## Operations\n", *_operations(document)]
    for title, text, names in (
        ("Request bodies", "", [name for name in kinds.values() if name not in unions]),
        *((name, f"\n{schemas[name]['description']}\n", branches) for name, branches in unions.items()),
        ("Request objects", "", [name for name in schemas if name in requests - own]),
        ("Responses", "", [name for name in schemas if name in answers]),
    ):
        parts.append(f"\n## {title}\n{text}")
        parts += [_schema(schemas, name) for name in names if "properties" in schemas[name]]
    parts.append(
        "\n## Internal codes\n\nThe known codes, with the hint in the error. The server may return others.\n\n"
    )
    parts.append(_table("Code", "Status", "Name", "Hint"))
    for schema in schemas.values():
        for each in schema.get("x-internal-codes", ()):
            parts.append(_row(each["code"], each.get("status", "any"), f"`{each['name']}`", each["hint"]))
    return "".join(parts)


def _branches(union: Json) -> list[str]:
    return [_target(pointer) for pointer in union["discriminator"]["mapping"].values()]


def _operations(document: Json) -> Iterable[str]:
    yield "\n" + _table("Operation", "Request", "Purpose", "Retries")
    for path, method, operation in nodes.operations(document):
        retry = spec.retry(document, operation)
        pauses = ", ".join(f"{pause} s" for pause in retry["pausesSeconds"])
        again = f"{retry['statuses']}: after {pauses}" if pauses else "never"
        yield _row(f"`{operation['operationId']}`", f"`{method.upper()} {path}`", operation["summary"], again)


def _schema(schemas: Json, name: str) -> str:
    schema = schemas[name]
    tag = next((node["const"] for node in schema["properties"].values() if "const" in node), None)
    title = f"`{tag}`" if tag is not None and tag != name else f"`{name}`"
    head = f"\n### {title}\n\n{schema['description']}\n\n{_table('Field', 'Type', 'Meaning', 'Source')}"
    return head + "".join(_field(schemas, schema, key, node) for key, node in schema["properties"].items())


def _field(schemas: Json, schema: Json, key: str, node: Json) -> str:
    target = schemas[_target(node["$ref"])] if "$ref" in node else {}
    marks = ("*" if key in schema.get("required", ()) else "") + (" 🔒" if {**target, **node}.get("x-pii") else "")
    meaning = [str(node.get("description") or target.get("description", ""))]
    meaning += [word for key, word in _MARKS.items() if node.get(key)]
    for branch in node.get("anyOf", [node]):
        if "enum" in branch:
            values = ", ".join(_value(node, value) for value in branch["enum"])
            meaning.append(f"{'Tolerated' if branch.get('x-tolerated') else 'Values'}: {values}.")
    return _row(f"`{key}`{marks}", _kind(node), " ".join(meaning), "; ".join(node.get("x-evidence", ())))


def _value(node: Json, value: Any) -> str:
    labels = {str(each): label for each, label in node.get("x-enum-labels", {}).items()}
    return f"`{value}`" + (f" {labels[str(value)]}" if str(value) in labels else "")


def _kind(node: Json) -> str:
    if "$ref" in node:
        return f"[{_target(node['$ref'])}](#{_target(node['$ref']).lower()})"
    if "const" in node:
        return f"always `{node['const']}`"
    if "anyOf" in node and "type" not in node:
        return " or ".join(dict.fromkeys(_kind(each) for each in node["anyOf"]))
    types = node.get("type", "anything")
    if types == "array":
        return f"array of {_kind(node.get('items', {}))}"
    return types if isinstance(types, str) else " or ".join(types)


def _target(pointer: str) -> str:
    return pointer.removeprefix(nodes.SCHEMA_PREFIX)


def _table(*titles: str) -> str:
    return f"| {' | '.join(titles)} |\n|{'---|' * len(titles)}\n"


def _row(*cells: object) -> str:
    # One line, and no bar but those between the cells.
    texts = (" ".join(str(cell).split()).replace("|", "\\|") for cell in cells)
    return f"| {' | '.join(texts)} |\n"
