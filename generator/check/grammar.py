"""The parts of OpenAPI 3.1 that the generator reads, and the spec's own extensions: which keys, with what values.

A shape is the name of a kind of object or of a scalar, a list with the shape of its items, a `Map`, or a choice.
"""

from __future__ import annotations

from typing import Any, NamedTuple


class Map(NamedTuple):
    """An object whose keys are names, all with values of one shape."""

    shape: Any


class Either(NamedTuple):
    """A value of one shape if it is an object or a list like the first, otherwise of the second."""

    first: Any
    second: Any


TYPE = frozenset({"array", "boolean", "integer", "null", "number", "object", "string"})
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
EVIDENCE = {"x-evidence!": ["text"]}

# A key with an exclamation mark is required.
KINDS: dict[str, dict[str, Any]] = {
    "document": {
        "openapi!": frozenset({"3.1.0", "3.1.1", "3.1.2"}),
        "info!": "info",
        "servers!": ["server"],
        "tags!": ["tag"],
        "security": "data",
        "paths!": Map("path"),
        "components!": "components",
        "x-sources!": Map("text"),
        "x-extensions!": Map("text"),
        "x-roles!": Map("text"),
        "x-rules!": Map("rule"),
        "x-retry!": "common retry",
        "x-visit!": "visit",
        **EVIDENCE,
    },
    "info": {
        "title!": "text",
        "version!": "text",
        "summary": "text",
        "description!": "text",
        "license": "license",
        "contact": "contact",
    },
    "license": {"name!": "text", "identifier": "text", "url": "text"},
    "contact": {"name": "text", "url": "text", "email": "text"},
    "server": {"url!": "text", "description!": "text", "variables": Map("variable"), **EVIDENCE},
    "variable": {"default!": "text", "enum": ["text"], "description": "text"},
    "tag": {"name!": "name", "description!": "text"},
    "path": {
        "parameters": ["parameter"],
        "servers": ["server"],
        "summary": "text",
        "description": "text",
        **dict.fromkeys(METHODS, "operation"),
    },
    "operation": {
        "operationId!": "name",
        "tags!": ["name"],
        "summary!": "text",
        "description!": "text",
        "parameters": ["parameter"],
        "servers": ["server"],
        "requestBody": "requestBody",
        "responses!": Map("response"),
        "deprecated": "boolean",
        "security": "data",
        "x-retry": "retry",
        "x-cache": "cache",
        **EVIDENCE,
    },
    "parameter": {
        "name!": "text",
        "in!": frozenset({"path", "query", "header"}),
        "required": "boolean",
        "deprecated": "boolean",
        "description!": "text",
        "schema!": "schema",
        "x-role": "role",
        "x-pii": "boolean",
        **EVIDENCE,
    },
    "requestBody": {"content!": Map("media"), "description": "text", "required": "boolean", **EVIDENCE},
    "response": {
        "description!": "text",
        "content": Map("media"),
        "headers": "data",
        "x-error": frozenset(
            {"bad-request", "unauthorized", "not-found", "rate-limited", "server-error", "unavailable"}
        ),
        "x-retry-after": "least pause",
        "links": Map("link"),
        **EVIDENCE,
    },
    "link": {
        "operationId!": "name",
        "description!": "text",
        "parameters!": Map("text"),
        "requestBody": Map("text"),
        **EVIDENCE,
    },
    "media": {"schema!": "schema", "example": "data", "examples": Map("example")},
    "example": {"value!": "data", "summary": "text", "description": "text"},
    "components": {
        "parameters": Map("parameter"),
        "requestBodies": Map("requestBody"),
        "responses": Map("response"),
        "schemas!": Map("schema"),
    },
    "schema": {
        "type": Either([TYPE], TYPE),
        "title": "text",
        "description": "text",
        "properties": Map("schema"),
        "patternProperties": Map("schema"),
        "required": ["text"],
        "additionalProperties": Either("schema", "boolean"),
        "unevaluatedProperties": Either("schema", "boolean"),
        "items": "schema",
        "enum": "values",
        "const": "data",
        "default": "data",
        "examples": "values",
        "format": "text",
        "pattern": "pattern",
        **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), "number"),
        **dict.fromkeys(
            ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"), "integer"
        ),
        "uniqueItems": "boolean",
        **{key: ["schema"] for key in ("anyOf", "oneOf", "allOf")},
        **dict.fromkeys(("not", "if", "then", "else"), "schema"),
        "discriminator": "discriminator",
        "deprecated": "boolean",
        "x-also-seen": Either(Map("text"), ["text"]),
        "x-available": "text",
        "x-builder": "identifier",
        "x-elsewhere": Map("text"),
        "x-enum-labels": Map("text"),
        "x-evidence": ["text"],
        "x-flat": "boolean",
        "x-from": "role",
        "x-internal-codes": ["internal code"],
        "x-kind": "word",
        "x-loading": "loading",
        "x-pii": "boolean",
        "x-repeat": "repeat",
        "x-role": "role",
        "x-rule": "rule name",
        "x-tolerated": "boolean",
        "x-warn-when": "condition",
    },
    "discriminator": {"propertyName!": "text", "mapping!": Map("text")},
    "common retry": {"statuses!": "statuses", "pausesSeconds!": ["pause"], **EVIDENCE},
    "retry": {
        "statuses": "statuses",
        "pausesSeconds": ["pause"],
        "visitorIdFromAnswer": "boolean",
        "idempotent": "boolean",
        **EVIDENCE,
    },
    "cache": {"seconds!": "pause", **EVIDENCE},
    "least pause": {"minimumSeconds!": "pause", **EVIDENCE},
    "visit": {"lifetimeSeconds!": "pause", **EVIDENCE},
    "loading": {
        "internalCodes!": ["integer"],
        "visitorIdPattern!": "pattern",
        "visitorIdMembers!": ["text"],
        **EVIDENCE,
    },
    "internal code": {
        "code!": "integer",
        "name!": "word",
        "hint!": "text",
        "status": "integer",
        "gone": frozenset({"session", "visitor"}),
    },
    "repeat": dict.fromkeys(("chat!", "messaging!"), frozenset({"append", "merge", "replace"})),
    "rule": {
        "id!": "rule id",
        "title!": "text",
        "text!": "text",
        "fix!": "text",
        "example": "example of a rule",
        "when": "word",
    },
    "example of a rule": {"kind!": "word", "wrong!": "data", "right!": "data"},
}

SECTIONS = {
    "schema": "schemas",
    "parameter": "parameters",
    "requestBody": "requestBodies",
    "response": "responses",
}
"""The kinds that a `$ref` can stand for, and where the named ones are."""

HINTS = {
    "description": "Write what it means, in a sentence.",
    "summary": "Write what it does, in a few words.",
    "x-evidence": "Write the list of its sources.",
    "schema": "Write its schema, or a `$ref` to one.",
    "responses": "Write a success and the errors.",
    "value": "Write the example's value.",
    "operationId": "Write a name in camelCase.",
    "pausesSeconds": "Write the list of pauses in seconds.",
}
"""What to write for a missing key, if its name does not say it."""
