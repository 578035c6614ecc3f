"""The schemas that `make generate` derives from the spec."""

from __future__ import annotations

import json
from functools import cache
from pkgutil import get_data
from typing import Any, Literal

from lp_engagement._common.importing import importing

View = Literal["strict", "accepting"]
Schema = dict[str, Any]


@cache
def load(name: str) -> Schema:
    """Load a generated JSON file, e.g. `sde.strict` or `rules`, once per process."""
    with importing():  # the library imports what it needs to read a package's files
        # Not `importlib.resources`, which imports six times as much.
        text = get_data("lp_engagement_client", f"schemas/{name}.json")
    result: Schema = json.loads(text or b"")
    return result


def dereference(root: Schema, schema: Schema) -> tuple[str, Schema]:
    """Follow references. Return the name of the last target, or an empty string, and the schema."""
    owner = ""
    while "$ref" in schema:
        owner = schema["$ref"].removeprefix("#/$defs/")
        schema = root["$defs"][owner]
    return owner, schema


def dispatch(schema: Schema) -> tuple[str, dict[str, Schema]]:
    """Return the discriminator of a schema and its branches by value; both are empty if it has none."""
    if "allOf" not in schema:
        return "", {}
    known = _dispatched.get(id(schema))
    if known is None:
        tag, branches = "", dict[str, Schema]()
        for choice in schema["allOf"]:
            ((tag, node),) = choice["if"]["properties"].items()
            branches[node["const"]] = choice["then"]
        # Holding the schema keeps its id from being reused.
        known = _dispatched[id(schema)] = (schema, tag, branches)
    return known[1:]


_dispatched: dict[int, tuple[Schema, str, dict[str, Schema]]] = {}
