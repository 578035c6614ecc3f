"""Names the rules of the spec that a refused body breaks, for people. Whether it is refused is decided elsewhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from jsonschema_rs import ValidationErrorKind as Kind

from lp_engagement._common.json_pointer import json_pointer

from .spec import rule, violations

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import jsonschema_rs

__all__ = ["broken_rules"]

_MOST = 50
_NUMBER = re.compile(r"[+-]?[0-9.,]+")


def broken_rules(kind: str, body: Any) -> list[dict[str, str]]:
    """List the faults of a body with their places; bytes stand for a body that is not JSON."""
    if isinstance(body, bytes):
        return [_entry([], "not-json")] if body else []
    found = [entry for error in violations(kind, body) for entry in _entries(error)]
    return found[:_MOST]


def _entries(error: jsonschema_rs.ValidationError) -> Iterator[dict[str, str]]:
    path, what = error.instance_path, error.kind
    match what:
        case Kind.Required():
            yield _entry([*path, what.property], "missing-mandatory")
        case Kind.AdditionalProperties():
            for key in what.unexpected:
                yield _entry([*path, key], "unknown-key")
        case Kind.Type():
            yield _entry(path, _type_rule(what.types, error.instance))
        case Kind.Enum():
            is_type = len(path) > 1 and path[-1] == "type" and isinstance(path[-2], int)
            yield _entry(path, "unknown-type" if is_type else _value_rule(what.options, error.instance))
        case Kind.Format():
            yield _entry(path, "not-an-ip-address")
        case Kind.Not():
            yield _entry(path, "impossible-date")
        case Kind.AnyOf() if what.context and what.context[0]:
            yield from _entries(what.context[0][0])
        case _:
            yield _entry(path, "constraint")


def _type_rule(wanted: list[str], value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, str) and _NUMBER.fullmatch(value) and not {"integer", "number"}.isdisjoint(wanted):
        return "string-number"
    return {"array": "not-array", "object": "not-object"}.get(wanted[0], "wrong-type")


def _value_rule(documented: list[Any], value: object) -> str:
    in_another_case = str(value).lower() in {str(each).lower() for each in documented}
    return "enum-case" if in_another_case else "enum"


def _entry(path: Sequence[str | int], name: str) -> dict[str, str]:
    found = rule(name)
    return {"pointer": json_pointer(path), "rule": found["id"], "title": found["title"], "fix": found["fix"]}
