"""Schemas can be generated, and have the roles that the code looks up."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from generator.source import Fault, Way

from .bodies import types
from .walk import meant, one_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .walk import Part

Json = dict[str, Any]
_PREFIX = "#/components/schemas/"
_KINDS = ("sde", "impression", "create-session", "update-session")
_OPERATIONS = ("createSession", "resumeSession", "updateSession", "getDomain")
_NEEDED = {
    "CreateSessionRequest": ("app_type", "app_details", "consumer_sections", "engagement_attributes"),
    "UpdateSessionRequest": ("page_id", "imp_attributes", "engagement_attributes"),
    "EngagementAnswer": ("status", "engagement_details", "page_id", "session_id", "visitor_id"),
    "EngagementDetails": ("campaign_id", "engagement_id", "context_id", "engagement_revision", "valid_for_seconds"),
    "ErrorEntity": ("internal_code", "message"),
    "Domain": ("service", "base_uri", "base_uris"),
}
"""The roles that the code looks up."""


def schemas(parts: list[Part]) -> Iterator[Fault]:
    """Yield fields, unions and names that the generator could not use."""
    document = parts[0].value
    rules = document["x-rules"]
    conditions = {rule["when"] for rule in rules.values() if "when" in rule}
    for part in parts:
        if part.kind == "schema":
            yield from _fields(part)
            yield from _union(document, part)
            for key, known, where in (("x-rule", rules, "x-rules"), ("x-warn-when", conditions, "a `when` of x-rules")):
                name = part.value.get(key)
                if name is not None and name not in known:
                    message = f"`{name}` is not in {where}. {meant(name, known, f'Write one of {one_of(known)}.')}"
                    yield Fault((*part.way, key), message)
    yield from _names(parts)


def _fields(part: Part) -> Iterator[Fault]:
    members = part.value.get("properties", {})
    for name in members:
        if not re.fullmatch(r"[A-Za-z_$@][A-Za-z0-9_.$@-]*", name):
            message = "a field's name has letters, digits, `_`, `-`, `.`, `$` and `@` only."
            yield Fault((*part.way, "properties", name), f"`{name}` could become code: {message} Correct it.")
    is_object = "object" in types(part.value) and "properties" in part.value
    for index, name in enumerate(part.value.get("required", ()) if is_object else ()):
        if name not in members:
            message = (
                f"`{name}` is required, but no field has this name. {meant(name, members, 'Add it to `properties`.')}"
            )
            yield Fault((*part.way, "required", index), message)
    if "array" in types(part.value) and "items" not in part.value:
        yield Fault(part.way, f"`{part.way[-1]}` is an array of anything. Write the schema of its `items`.")


def _union(document: Json, part: Part) -> Iterator[Fault]:
    if "oneOf" not in part.value:
        return
    if "discriminator" not in part.value:
        message = (
            f"`{part.way[-1]}` does not say which of its schemas a value has. Write a `discriminator`, or `anyOf`."
        )
        yield Fault(part.way, message)
        return
    named = document["components"]["schemas"]
    tag, mapping = part.value["discriminator"]["propertyName"], part.value["discriminator"]["mapping"]
    listed = [branch.get("$ref") for branch in part.value["oneOf"]]
    for value, target in mapping.items():
        way: Way = (*part.way, "discriminator", "mapping", value)
        schema = named.get(target.removeprefix(_PREFIX))
        if schema is None:
            yield Fault(way, f"`{value}` points to `{target}`, which does not exist. Write `{_PREFIX}NAME`.")
        elif target not in listed:
            yield Fault(way, f"`{value}` is not in `oneOf`. Add its `$ref` there.")
        elif schema.get("properties", {}).get(tag, {}).get("const") != value:
            yield Fault(
                way, f"`{tag}` of `{target.removeprefix(_PREFIX)}` is not always `{value}`. Write it as its `const`."
            )
    for index, target in enumerate(listed):
        if target not in mapping.values():
            yield Fault((*part.way, "oneOf", index), f"`{target}` is not in `mapping`. Add it there, with its tag.")


def _names(parts: list[Part]) -> Iterator[Fault]:
    """Yield kinds and ids of rules that are used twice, and names of components that cannot be a class's."""
    seen: set[str] = set()
    for part in parts:
        for key in ("x-kind", "id"):
            name = part.value.get(key) if part.kind in {"schema", "rule"} else None
            if name is not None and name in seen:
                yield Fault((*part.way, key), f"`{name}` is in use already. Write another.")
            if name is not None:
                seen.add(name)
    for section, named in parts[0].value["components"].items():
        for name in named:
            if not re.fullmatch("[A-Za-z][A-Za-z0-9]*", name):
                yield Fault(("components", section, name), f"`{name}` becomes a class. Write letters and digits only.")


def needed(parts: list[Part]) -> Iterator[Fault]:
    """Yield kinds, roles and operations that the code looks up and the spec does not have."""
    document = parts[0].value
    named = document["components"]["schemas"]
    kinds = {schema.get("x-kind") for schema in named.values()}
    for kind in _KINDS:
        if kind not in kinds:
            yield Fault(
                ("components", "schemas"), f"No schema has `x-kind: {kind}`. Write it at the one that the kind is."
            )
    for name, roles in _NEEDED.items():
        members = named.get(name, {}).get("properties", {})
        missing = [role for role in roles if role not in {node.get("x-role") for node in members.values()}]
        if missing:
            way: Way = ("components", "schemas", name) if name in named else ("components", "schemas")
            yield Fault(
                way, f"No field of `{name}` has the role {one_of(missing)}. Write `x-role` at the one that has."
            )
    if not document["servers"]:
        yield Fault(("servers",), "`servers` is empty. Write the one that serves an account.")
    found = {part.value["operationId"] for part in parts if part.kind == "operation"}
    for name in _OPERATIONS:
        if name not in found:
            yield Fault(("paths",), f"The operation `{name}` is missing, and the client calls it. Add it again.")


def impressions(parts: list[Part]) -> Iterator[Fault]:
    """Yield impressions that the generator could not build."""
    named = parts[0].value["components"]["schemas"]
    roles = {node.get("x-role") for node in named["EngagementDetails"]["properties"].values()}
    unions = [schema for schema in named.values() if schema.get("x-kind") == "impression"]
    for target in (target for union in unions for target in union["discriminator"]["mapping"].values()):
        name = target.removeprefix(_PREFIX)
        if "x-builder" not in named[name]:
            message = f"`{name}` has no `x-builder`. Write the name of the method that builds it."
            yield Fault(("components", "schemas", name), message)
    for part in parts:
        role = part.value.get("x-from")
        if role is not None and role not in roles:
            message = (
                f"No field of `EngagementDetails` has the role `{role}`. {meant(role, roles - {None}, 'Write one.')}"
            )
            yield Fault((*part.way, "x-from"), message)
