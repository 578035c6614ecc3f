"""Each field that could hold personal data says whether it does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from generator.source import Fault, Way

from .bodies import Schemas, branches, members, roots, types

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .walk import Part

Json = dict[str, Any]
# General words, not names of fields: a person must look at what they are part of.
_WORDS = frozenset(
    {
        *("address", "age", "birth", "city", "consumer", "customer", "email", "gender", "imei", "ip", "mail"),
        *("name", "person", "phone", "postal", "session", "street", "surname", "user", "visitor", "zip"),
    }
)
_WRITE = "Write `x-pii: true` or `x-pii: false`"


def personal(parts: list[Part]) -> Iterator[Fault]:
    """Yield fields and parameters that could hold personal data and have no mark."""
    schemas = Schemas(parts[0].value)
    for kind in ("requestBody", "response"):
        for root, start in roots(parts, kind):
            for schema, way, is_branch in schemas.all_of(root, start):
                if not is_branch:
                    yield from _fields(schema, way, schemas, around=schema.get("x-pii"))
    for part in parts:
        if part.kind == "parameter" and "$ref" not in part.value:
            yield from _field(part.value, part.value["schema"], part.value["name"], part.way, around=None)


def _fields(schema: Json, way: Way, schemas: Schemas, *, around: bool | None) -> Iterator[Fault]:
    for branch, where in branches(schema, way):
        found, place = schemas.resolved(branch, where)
        yield from _fields(found, place, schemas, around=found.get("x-pii", around))
    for member, where in members(schema, way):
        if where[-2] == "properties" and "$ref" not in member:
            yield from _field(member, member, str(where[-1]), where, around=around)


def _field(node: Json, schema: Json, name: str, way: Way, *, around: bool | None) -> Iterator[Fault]:
    if "x-pii" in node or not _is_leaf(schema):
        return
    word = next((each for each in _spoken(name, node.get("description", "")) if each in _WORDS), None)
    if word is not None:
        yield Fault(way, f'`{name}` could be personal data, by the word "{word}". {_WRITE}.')
    elif around is not False and _is_free_text(schema):
        yield Fault(way, f"`{name}` is free text, which could be personal data. {_WRITE} here or at its schema.")


def _spoken(name: str, description: str) -> Iterator[str]:
    """Yield the words of a field's name and description, in lower case and in the singular; `phoneType` is two."""
    text = re.sub("([a-z])([A-Z])", r"\1 \2", name) + f" {description}"
    for word in re.split("[^a-z]+", text.lower()):
        yield word
        yield word.removesuffix("s")


def _is_leaf(schema: Json) -> bool:
    """Whether a schema describes a value, or a list of values, that is no object and not fixed."""
    if schema.get("items"):
        return _is_leaf(schema["items"])
    if schema.keys() & {"$ref", "const", "properties"} or schema.get("type") == "null":
        return False
    inner = [branch for branch, _ in branches(schema, ())]
    return not inner or any(_is_leaf(branch) for branch in inner)


def _is_free_text(schema: Json) -> bool:
    if schema.get("items"):
        return _is_free_text(schema["items"])
    if schema.keys() & {"const", "enum"}:
        return False
    return "string" in types(schema) or any(_is_free_text(branch) for branch, _ in branches(schema, ()))
