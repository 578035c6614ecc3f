"""The generated schemas, and the subset of JSON Schema that the spec uses, independent of any validator."""

from __future__ import annotations

import ipaddress
import json
import math
import re
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Schema = dict[str, Any]

LIMITS = frozenset(
    {
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "minLength",
        "maxLength",
        "pattern",
        "minItems",
        "maxItems",
    }
)
"""Keywords that limit a value without giving its type."""
READ = LIMITS | {
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "enum",
    "format",
    "if",
    "items",
    "not",
    "properties",
    "required",
    "then",
    "type",
}
"""Keywords that decide which values are valid."""
_ANNOTATIONS = {
    "$comment",
    "$defs",
    "$id",
    "$schema",
    "default",
    "deprecated",
    "description",
    "examples",
    "readOnly",
    "title",
    "writeOnly",
}
FORMATS = {"ipv4": ipaddress.IPv4Address, "ipv6": ipaddress.IPv6Address}


class UnsupportedSchemaError(NotImplementedError):
    """The spec uses a feature of JSON Schema that the strategies do not support; the message names it."""


@cache
def read_schema(name: str) -> Schema:
    """Read a generated JSON file, e.g. `sde.strict` or `rules`, once per process."""
    text = files("lp_engagement_client").joinpath("schemas", f"{name}.json").read_text(encoding="utf-8")
    result: Schema = json.loads(text)
    return result


def understood(schema: Schema) -> Schema:
    """Return the schema, if it has no unsupported keyword or format.

    Raises:
        UnsupportedSchemaError: it has.
    """
    for keyword in schema:
        if keyword not in READ and keyword not in _ANNOTATIONS and not keyword.startswith("x-"):
            raise UnsupportedSchemaError(f"these strategies do not support the JSON Schema keyword {keyword!r}")
    name = schema.get("format")
    if name is not None and name not in FORMATS:
        raise UnsupportedSchemaError(f"these strategies do not support the format {name!r} of the keyword 'format'")
    return schema


def resolved(root: Schema, schema: Schema) -> Schema:
    """Resolve `$ref`, and merge the keywords beside it."""
    while "$ref" in schema:
        target: Schema = root["$defs"][schema["$ref"].removeprefix("#/$defs/")]
        beside = {keyword: value for keyword, value in schema.items() if keyword in READ and keyword != "$ref"}
        schema = merged(root, target, beside) if beside else target
    return understood(schema)


def choice_of(schema: Schema) -> tuple[str, dict[str, Schema]]:
    """Return the discriminator of `allOf` and its branches by value; both are empty if there is none.

    Raises:
        UnsupportedSchemaError: `allOf` is used for something else.
    """
    tags: set[str] = set()
    branches: dict[str, Schema] = {}
    for choice in schema.get("allOf", ()):
        properties = choice.get("if", {}).get("properties", {})
        if set(choice) != {"if", "then"} or len(properties) != 1 or "const" not in next(iter(properties.values())):
            raise UnsupportedSchemaError("these strategies support the keyword 'allOf' only as a choice by a constant")
        tags.update(properties)
        branches[next(iter(properties.values()))["const"]] = choice["then"]
    if len(tags) > 1:
        raise UnsupportedSchemaError("these strategies support the keyword 'allOf' only as a choice by one key")
    return next(iter(tags), ""), branches


def json_types(schema: Schema) -> tuple[str, ...]:
    """Return the types of a schema as a tuple; empty if it has no `type`."""
    named = schema.get("type", ())
    return (named,) if isinstance(named, str) else tuple(named)


def merged(root: Schema, first: Schema, second: Schema) -> Schema:
    """Merge two schemas into one that accepts what both accept.

    Raises:
        UnsupportedSchemaError: there is no simple one.
    """
    first, second = resolved(root, first), resolved(root, second)
    result = first | second
    for keyword in first.keys() & second.keys() & READ:
        one, other = first[keyword], second[keyword]
        if one == other:
            continue
        join = _JOINS.get(keyword)
        if keyword == "properties":
            result[keyword] = one | other | {name: merged(root, one[name], other[name]) for name in one.keys() & other}
        elif join is None:
            raise UnsupportedSchemaError(f"these strategies cannot merge two uses of the keyword {keyword!r}")
        else:
            result[keyword] = join(one, other)
    return result


def _types_in_common(one: Any, other: Any) -> list[str]:
    first, second = json_types({"type": one}), json_types({"type": other})
    if "number" in first and "integer" in second:
        first += ("integer",)
    if "number" in second and "integer" in first:
        second += ("integer",)
    return [name for name in first if name in second]


_JOINS: Mapping[str, Callable[[Any, Any], Any]] = {
    "type": _types_in_common,
    "required": lambda one, other: [*one, *(name for name in other if name not in one)],
    "enum": lambda one, other: [value for value in one if any(equal(value, item) for item in other)],
    "not": lambda one, other: {"anyOf": [one, other]},
    "minimum": max,
    "exclusiveMinimum": max,
    "minLength": max,
    "minItems": max,
    "maximum": min,
    "exclusiveMaximum": min,
    "maxLength": min,
    "maxItems": min,
}


def equal(one: Any, other: Any) -> bool:
    """Whether two values are equal in JSON: `1` and `1.0` are, `1` and `true` are not."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(equal(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(equal, one, other))
    return bool(one == other)


def is_number(value: Any) -> bool:
    """Whether a value is a JSON number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


_IS: Mapping[str, Callable[[Any], bool]] = {
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "number": is_number,
    "integer": lambda value: is_number(value) and math.isfinite(value) and value % 1 == 0,
}


def is_kind(value: Any, name: str) -> bool:
    """Whether a value has a type of JSON Schema.

    Raises:
        UnsupportedSchemaError: there is no such kind.
    """
    if name not in _IS:
        raise UnsupportedSchemaError(f"these strategies do not support {name!r} of the keyword 'type'")
    return _IS[name](value)


def fits(root: Schema, schema: Schema, value: Any) -> bool:
    """Whether a value is valid against a schema."""
    understood(schema)
    return all(
        _CHECKS[keyword](root, schema, value) for keyword in schema if keyword in _CHECKS and keyword not in LIMITS
    ) and within(schema, value)


def within(schema: Schema, value: Any) -> bool:
    """Whether a value is within the limits of a schema; limits for other types do not apply."""
    return all(_LIMIT_CHECKS[keyword](schema[keyword], value) for keyword in schema.keys() & LIMITS)


def _is_known_format(_root: Schema, schema: Schema, value: Any) -> bool:
    if not isinstance(value, str):
        return True
    try:
        FORMATS[schema["format"]](value)
    except ValueError:
        return False
    return True


def _choice(root: Schema, schema: Schema, value: Any) -> bool:
    return not fits(root, schema["if"], value) or fits(root, schema.get("then", {}), value)


def _closed(root: Schema, schema: Schema, value: Any) -> bool:
    rest = schema["additionalProperties"]
    if not isinstance(value, dict) or rest is True:
        return True
    extra = [extra_value for key, extra_value in value.items() if key not in schema.get("properties", {})]
    return not extra if rest is False else all(fits(root, rest, extra_value) for extra_value in extra)


_CHECKS: Mapping[str, Callable[[Schema, Schema, Any], bool]] = {
    "$ref": lambda root, schema, value: fits(root, root["$defs"][schema["$ref"].removeprefix("#/$defs/")], value),
    "type": lambda _, schema, value: any(is_kind(value, name) for name in json_types(schema)),
    "const": lambda _, schema, value: equal(schema["const"], value),
    "enum": lambda _, schema, value: any(equal(item, value) for item in schema["enum"]),
    "allOf": lambda root, schema, value: all(fits(root, branch, value) for branch in schema["allOf"]),
    "anyOf": lambda root, schema, value: any(fits(root, branch, value) for branch in schema["anyOf"]),
    "not": lambda root, schema, value: not fits(root, schema["not"], value),
    "if": _choice,
    "format": _is_known_format,
    "required": lambda _, schema, value: not isinstance(value, dict) or all(key in value for key in schema["required"]),
    "properties": lambda root, schema, value: (
        not isinstance(value, dict)
        or all(fits(root, node, value[key]) for key, node in schema["properties"].items() if key in value)
    ),
    "additionalProperties": _closed,
    "items": lambda root, schema, value: (
        not isinstance(value, list) or all(fits(root, schema["items"], item) for item in value)
    ),
}


def pattern(expression: str) -> str:
    """Translate a pattern to Python, whose `$` would also match before a final line feed."""
    return expression.removesuffix("$") + r"\Z" if re.search(r"(?<!\\)(?:\\\\)*\$\Z", expression) else expression


def _exact(value: float) -> Fraction:
    # Exact decimals: 0.3 is a multiple of 0.1.
    return Fraction(value) if value % 1 == 0 else Fraction(str(value))


_LIMIT_CHECKS: Mapping[str, Callable[[Any, Any], bool]] = {
    "minimum": lambda limit, value: not is_number(value) or value >= limit,
    "maximum": lambda limit, value: not is_number(value) or value <= limit,
    "exclusiveMinimum": lambda limit, value: not is_number(value) or value > limit,
    "exclusiveMaximum": lambda limit, value: not is_number(value) or value < limit,
    "multipleOf": lambda limit, value: not is_number(value) or _exact(value) % _exact(limit) == 0,
    "minLength": lambda limit, value: not isinstance(value, str) or len(value) >= limit,
    "maxLength": lambda limit, value: not isinstance(value, str) or len(value) <= limit,
    "pattern": lambda limit, value: not isinstance(value, str) or re.search(pattern(limit), value) is not None,
    "minItems": lambda limit, value: not isinstance(value, list) or len(value) >= limit,
    "maxItems": lambda limit, value: not isinstance(value, list) or len(value) <= limit,
}
