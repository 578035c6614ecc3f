"""Operations can be generated and called."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from generator import nodes
from generator.source import Fault, Way

from .bodies import types
from .walk import meant, one_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .walk import Part

Json = dict[str, Any]
_JSON = "application/json"
_PREFIX = "#/components/schemas/"
_EXPRESSION = re.compile(r"\$(?:request\.(?:path|query)\.\w+|response\.body#(?:/\w+)+)")


def operations(parts: list[Part]) -> Iterator[Fault]:
    """Yield what would stop the generator, or make an operation that cannot be called."""
    document = parts[0].value
    tags = {tag["name"] for tag in document["tags"]}
    seen: set[str] = set()
    for part in parts:
        if part.kind == "operation":
            name = part.value["operationId"]
            if name in seen:
                yield Fault(
                    (*part.way, "operationId"), f"`{name}` is the name of another operation. Write one of its own."
                )
            seen.add(name)
            for index, tag in enumerate(part.value["tags"]):
                if tag not in tags:
                    message = f"`{tag}` is no known tag. {meant(tag, tags, 'Add it to `tags`.')}"
                    yield Fault((*part.way, "tags", index), message)
            yield from _parameters(document, part)
            yield from _request(document, part)
            yield from _answers(document, part)
    for part in parts:
        if part.kind in {"requestBody", "response"}:
            for name in part.value.get("content", {}):
                if name != _JSON:
                    yield Fault((*part.way, "content", name), f"The API speaks JSON only. Write `{_JSON}`.")


def _parameters(document: Json, part: Part) -> Iterator[Fault]:
    path = part.way[1]
    around = document["paths"][path].get("parameters", ())
    found = [nodes.component(document, each) for each in (*around, *part.value.get("parameters", ()))]
    in_path = {each["name"] for each in found if each["in"] == "path"}
    template = set(re.findall(r"\{([^{}]*)\}", str(path)))
    for name in sorted(template - in_path):
        yield Fault(part.way, f"The path has `{{{name}}}`, but no parameter has this name. Add one with `in: path`.")
    for name in sorted(in_path - template):
        yield Fault(part.way, f"The path has no `{{{name}}}`. Add it to the path, or remove the parameter.")
    names = [(each["in"], each["name"]) for each in found]
    for place, name in sorted({each for each in names if names.count(each) > 1}):
        yield Fault(part.way, f"The {place} has `{name}` twice. Remove one of them.")
    required = any(each.get("x-role") == "session_id" and each.get("required") for each in found)
    if part.value.get("x-retry", {}).get("visitorIdFromAnswer") and required:
        message = f"`{part.value['operationId']}` needs a session, and another visitor has none. Write false."
        yield Fault((*part.way, "x-retry", "visitorIdFromAnswer"), message)


def parameters(parts: list[Part]) -> Iterator[Fault]:
    """Yield parameters that a caller could not pass."""
    for part in parts:
        if part.kind == "parameter" and "$ref" not in part.value:
            if types(part.value["schema"]) != ["string"]:
                yield Fault((*part.way, "schema"), f"`{part.value['name']}` must be a string. Write `type: string`.")
            if part.value["in"] == "path" and part.value.get("required") is not True:
                yield Fault(part.way, f"`{part.value['name']}` is part of the path. Write `required: true`.")


def _request(document: Json, part: Part) -> Iterator[Fault]:
    body = nodes.component(document, part.value.get("requestBody", {}))
    for name, media in body.get("content", {}).items():
        schema = media["schema"]
        if "$ref" not in schema or "x-kind" not in nodes.component(document, schema):
            message = "A body is validated by its kind. Write a `$ref` to a schema with `x-kind`."
            yield Fault(_way(part, "requestBody", ("content", name, "schema")), message)


def _way(part: Part, key: str, rest: Way) -> Way:
    """Return the way to a part of a body, which may be a component."""
    node = part.value[key]
    return (*node["$ref"].split("/")[1:], *rest) if "$ref" in node else (*part.way, key, *rest)


def _answers(document: Json, part: Part) -> Iterator[Fault]:
    name, statuses = part.value["operationId"], part.value["responses"]
    requests = _requested(document)
    if not any(status.startswith("2") for status in statuses):
        yield Fault((*part.way, "responses"), f"`{name}` has no success. Write a response for 200.")
    for status, node in statuses.items():
        way = (*part.way, "responses", status)
        response = nodes.component(document, node)
        if not re.fullmatch("[1-5][0-9][0-9]", status):
            yield Fault(way, f"`{status}` is no status. Write three digits in quotes.")
        elif not status.startswith("2"):
            if "x-error" not in response:
                yield Fault(way, f"The response {status} has no `x-error`. Write the kind of error that it is.")
        else:
            schema = response.get("content", {}).get(_JSON, {}).get("schema")
            target = str((schema or {}).get("$ref", "")).removeprefix(_PREFIX)
            is_object = types(document["components"]["schemas"].get(target, {})) == ["object"]
            if schema is not None and (not is_object or target in requests):
                message = f"the answer of `{name}` needs a component schema of an object that no request uses."
                yield Fault(way, f"The model of {message} Write a `$ref` to one.")


def _requested(document: Json) -> set[str]:
    return nodes.reachable(document["components"]["schemas"], list(nodes.request_bodies(document)))


def links(parts: list[Part]) -> Iterator[Fault]:
    """Yield links to operations, and values for parameters, that there are not."""
    document = parts[0].value
    found = {
        part.value["operationId"]: {
            nodes.component(document, each)["name"]
            for each in (*document["paths"][part.way[1]].get("parameters", ()), *part.value.get("parameters", ()))
        }
        for part in parts
        if part.kind == "operation"
    }
    for part in parts:
        if part.kind == "link":
            name = part.value["operationId"]
            if name not in found:
                message = f"`{name}` is no known operation. {meant(name, found, 'Write the name of one.')}"
                yield Fault((*part.way, "operationId"), message)
                continue
            for each, value in part.value["parameters"].items():
                way = (*part.way, "parameters", each)
                if each not in found[name]:
                    message = f"`{name}` has no parameter `{each}`. {meant(each, found[name], 'Remove it.')}"
                    yield Fault(way, message)
                elif not _EXPRESSION.fullmatch(value):
                    yield Fault(way, f"`{each}` is no expression. Write one such as `$response.body#/visitorId`.")


def errors(parts: list[Part]) -> Iterator[Fault]:
    """Yield a missing description of errors, and codes that are named twice."""
    named = parts[0].value["components"]["schemas"]
    for key in ("x-internal-codes", "x-loading"):
        found = [name for name, schema in named.items() if key in schema]
        if len(found) != 1:
            message = f"{one_of(found) or 'No schema'} has `{key}`. Write it in the schema of errors, and only there."
            yield Fault(("components", "schemas", *found[1:2]), message)
    for part in parts:
        codes = [(each["code"], each.get("status")) for each in part.value.get("x-internal-codes", ())]
        for index, code in enumerate(codes):
            if code in codes[:index]:
                message = f"The code {code[0]} is here twice. Remove one, or write their `status`."
                yield Fault((*part.way, "x-internal-codes", index), message)


def unused(parts: list[Part]) -> Iterator[Fault]:
    """Yield components that nothing refers to."""
    targets = {part.value["$ref"] for part in parts if "$ref" in part.value}
    mapped = (part.value["mapping"].values() for part in parts if part.kind == "discriminator")
    targets |= {target for each in mapped for target in each}
    for section, named in parts[0].value["components"].items():
        for name in named:
            if f"#/components/{section}/{name}" not in targets:
                yield Fault(
                    ("components", section, name), f"Nothing refers to `{name}`. Remove it, or write a `$ref` to it."
                )
