"""Requests are closed, responses are open, and everything is described."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from generator.source import Fault, Way

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .walk import Part

Json = dict[str, Any]
_SAYS_WHAT_IT_IS = {"$ref", "allOf", "anyOf", "const", "enum", "oneOf", "type"}


class Schemas:
    """The schemas of bodies, and ways through them. A `$ref` leads to the place of its target."""

    def __init__(self, document: Json) -> None:
        self._named: Json = document["components"]["schemas"]

    def resolved(self, schema: Json, way: Way) -> tuple[Json, Way]:
        """Return the schema that a `$ref` stands for, and its place; or the schema itself."""
        if "$ref" not in schema:
            return schema, way
        name = schema["$ref"].rpartition("/")[2]
        return self._named[name], ("components", "schemas", name)

    def all_of(self, schema: Json, way: Way, *, branch: bool = False) -> Iterator[tuple[Json, Way, bool]]:
        """Yield a schema and those that it consists of, each with its place, and whether it is a branch of another."""
        seen: set[Way] = set()
        todo = [(schema, way, branch)]
        while todo:
            found, place, is_branch = todo.pop()
            found, place = self.resolved(found, place)
            if place in seen:
                continue
            seen.add(place)
            yield found, place, is_branch
            todo += [(inner, where, True) for inner, where in branches(found, place)]
            todo += [(inner, where, False) for inner, where in members(found, place)]


def branches(schema: Json, way: Way) -> Iterator[tuple[Json, Way]]:
    """Yield the schemas that a value must match as a whole, besides the schema itself."""
    for key in ("allOf", "anyOf", "oneOf"):
        for index, branch in enumerate(schema.get(key, ())):
            yield branch, (*way, key, index)
    for key in ("then", "else"):
        if key in schema:
            yield schema[key], (*way, key)


def members(schema: Json, way: Way) -> Iterator[tuple[Json, Way]]:
    """Yield the schemas of what is inside a value."""
    for key in ("properties", "patternProperties"):
        for name, member in schema.get(key, {}).items():
            yield member, (*way, key, name)
    for key in ("additionalProperties", "items", "unevaluatedProperties"):
        if isinstance(schema.get(key), dict):
            yield schema[key], (*way, key)


def types(schema: Json) -> list[str]:
    """Return the types that a schema names."""
    found = schema.get("type", [])
    return [found] if isinstance(found, str) else list(found)


def roots(parts: list[Part], kind: str) -> Iterator[tuple[Json, Way]]:
    """Yield the schemas of all bodies of a kind, `requestBody` or `response`."""
    for part in parts:
        if part.kind == kind:
            for name, media in part.value.get("content", {}).items():
                yield media["schema"], (*part.way, "content", name, "schema")


def described(parts: list[Part]) -> Iterator[Fault]:
    """Yield schemas and fields of objects that say nothing about themselves."""
    objects = {part.way for part in parts if part.kind == "schema" and "object" in types(part.value)}
    for part in parts:
        if part.kind != "schema" or "$ref" in part.value or "description" in part.value:
            continue
        is_field = part.way[-2] == "properties" and part.way[:-2] in objects and "not" not in part.way
        if part.way[:-1] == ("components", "schemas") or is_field:
            yield Fault(part.way, f"`{part.way[-1]}` has no `description`. Write what it means, in a sentence.")


def closed(parts: list[Part]) -> Iterator[Fault]:
    """Yield objects of requests that take any key, and values that can be anything: the server drops them silently."""
    schemas = Schemas(parts[0].value)
    for root, start in roots(parts, "requestBody"):
        for schema, way, _ in schemas.all_of(root, start):
            is_object = "object" in types(schema) or "properties" in schema
            if is_object and schema.get("additionalProperties") is not False:
                message = f"`{way[-1]}` takes any key, and the server drops those that it does not know."
                yield Fault(way, f"{message} Write `additionalProperties: false`.")
            for member, where in members(schema, way):
                if not member.keys() & _SAYS_WHAT_IT_IS:
                    yield Fault(where, f"`{where[-1]}` takes any value. Write its `type`.")


def open_(parts: list[Part]) -> Iterator[Fault]:
    """Yield what would reject a response with new keys or values. LivePerson adds them without a new version."""
    schemas = Schemas(parts[0].value)
    for root, start in roots(parts, "response"):
        for schema, way, is_branch in schemas.all_of(root, start):
            for key in ("additionalProperties", "unevaluatedProperties"):
                if schema.get(key) is False:
                    yield Fault((*way, key), f"A response can have new keys. Remove `{key}: false`.")
            beside = _at(parts[0].value, way[:-1]) if is_branch else None
            way_out = isinstance(beside, list) and {"type": "string"} in beside
            for key in ("const", "enum"):
                if key in schema and not way_out:
                    message = f"A response can have new values. Write `{key}` in an `anyOf`, beside `type: string`."
                    yield Fault((*way, key), message)


def _at(node: Any, way: Way) -> Any:
    for key in way:
        node = node[key]
    return node
