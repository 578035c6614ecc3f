"""The schemas that `make generate` derives from the spec, and how to find one's way in them."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from lp_engagement._common.importing import importing

View = Literal["strict", "accepting"]
Schema = dict[str, Any]


@cache
def load(name: str) -> Schema:
    """Read one of the generated JSON files, e.g. `sde.strict` or `rules`."""
    with importing():  # the library imports what it needs to read a package's files
        text = files("lp_engagement_client").joinpath("schemas", f"{name}.json").read_text(encoding="utf-8")
    result: Schema = json.loads(text)
    return result


def dereference(root: Schema, schema: Schema) -> tuple[str, Schema]:
    """Follow references; the name of the last one's target, and the target."""
    owner = ""
    while "$ref" in schema:
        owner = schema["$ref"].removeprefix("#/$defs/")
        schema = root["$defs"][owner]
    return owner, schema


def dispatch(schema: Schema) -> tuple[str, dict[str, Schema]]:
    """The discriminator of a schema and its branches by value; none for a schema without one."""
    if "allOf" not in schema:
        return "", {}
    known = _dispatched.get(id(schema))
    if known is None:
        tag, branches = "", dict[str, Schema]()
        for choice in schema["allOf"]:
            ((tag, node),) = choice["if"]["properties"].items()
            branches[node["const"]] = choice["then"]
        # The schema is kept too, so that its id is not given to another.
        known = _dispatched[id(schema)] = (schema, tag, branches)
    return known[1:]


_dispatched: dict[int, tuple[Schema, str, dict[str, Schema]]] = {}
