"""Reads the spec, and makes the views of it that the outputs need."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from .source import read

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
SPEC_PATH = ROOT / "openapi" / "app-engagement.yaml"
SCHEMA_PREFIX = "#/components/schemas/"

Json = dict[str, Any]


def load(path: Path = SPEC_PATH, *, checked: bool = True) -> Json:
    """Read the spec.

    Args:
        path: its file.
        checked: hold it to our rules, which an older version of it need not keep.

    Raises:
        SpecError: It has mistakes. The message has a line for each, with its place and what to write.
    """
    from . import check  # its rules use the views below

    name = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)
    source = read(path, name)
    faults = check.faults(source) if checked else []
    if faults:
        raise source.error(faults)
    document: Json = source.document
    _name_objects(document["components"]["schemas"])
    return document


def _name_objects(schemas: Json) -> None:
    """Give the objects that are written inside others a name of their own: builders and facts go by the name."""
    todo = list(schemas)
    while todo:
        around = todo.pop()
        for key, member in schemas[around].get("properties", {}).items():
            place, at = (member, "items") if "items" in member else (schemas[around]["properties"], key)
            node = place[at]
            if "properties" in node:
                name = f"{around}{key[:1].upper()}{key[1:]}{'Item' if at == 'items' else ''}"
                schemas[name] = {"x-evidence": schemas[around]["x-evidence"], **node}
                place[at] = {"$ref": f"{SCHEMA_PREFIX}{name}"}
                todo.append(name)


def strict(node: Any) -> Any:
    """Return the node without tolerated parts. An `anyOf` with only one branch left becomes that branch."""
    if isinstance(node, list):
        return [strict(value) for value in node if not _tolerated(value)]
    if not isinstance(node, dict):
        return node
    view = {
        key: {name: strict(value) for name, value in value.items() if not _tolerated(value)}
        if key == "properties"
        else strict(value)
        for key, value in node.items()
    }
    if "type" not in view and len(view.get("anyOf", ())) == 1:
        (branch,) = view.pop("anyOf")
        view |= branch
    return view


def _tolerated(node: Any) -> bool:
    return isinstance(node, dict) and node.get("x-tolerated") is True


def for_client(document: Json) -> Json:
    """Return the view for openapi-python-client: strict requests, and responses without required fields.

    Whether an answer lacks something that is needed is judged by the wrapper, with a clear error instead of a KeyError.
    """
    view: Json = strict(document)
    schemas: Json = view["components"]["schemas"]
    requests = reachable(schemas, list(request_bodies(view)))
    for name, schema in schemas.items():
        if name not in requests:
            schema.pop("required", None)
    _drop_pure_checks(schemas)
    _open_enums(schemas)
    _unwrap(view, schemas)
    roots = {"paths": view["paths"], **{k: v for k, v in view["components"].items() if k != "schemas"}}
    used = reachable(schemas, roots)
    view["components"]["schemas"] = {name: schema for name, schema in schemas.items() if name in used}
    return view


def _drop_pure_checks(node: Any) -> None:
    """Remove the parts that only validation uses. The generator would make classes of them."""
    if isinstance(node, list):
        for value in node:
            _drop_pure_checks(value)
    elif isinstance(node, dict):
        if "type" in node and not isinstance(node["type"], dict):
            node.pop("not", None)
            node.pop("anyOf", None)
        for value in node.values():
            _drop_pure_checks(value)


def _open_enums(node: Any) -> None:
    """Replace an enum that allows any other string by a plain string, which is the same to a type checker."""
    if isinstance(node, list):
        for value in node:
            _open_enums(value)
    elif isinstance(node, dict):
        if node.get("anyOf") and {"type": "string"} in node["anyOf"]:
            del node["anyOf"]
            node["type"] = "string"
        for value in node.values():
            _open_enums(value)


def wrappers(schemas: Json) -> dict[str, str]:
    """Find the schemas that others only wrap, each with the field that contains it. Gateways wrap errors."""
    return {inner: key for inner, key, _ in _wrapped(schemas)}


def _wrapped(schemas: Json) -> Iterator[tuple[str, str, str]]:
    """Yield each schema that a union has both bare and wrapped, the field that wraps it, and the union."""
    for union, schema in schemas.items():
        names = [str(branch.get("$ref", "")).removeprefix(SCHEMA_PREFIX) for branch in schema.get("anyOf", ())]
        for name in names:
            members = schemas.get(name, {}).get("properties", {})
            for key, node in members.items() if len(members) == 1 else ():
                inner = str(node.get("$ref", "")).removeprefix(SCHEMA_PREFIX)
                if inner in names:
                    yield inner, key, union


def _unwrap(node: Any, schemas: Json) -> None:
    """Refer to the inner schema instead of to a union of it and its wrapper. The model reads both."""
    inside = {f"{SCHEMA_PREFIX}{union}": f"{SCHEMA_PREFIX}{inner}" for inner, _, union in _wrapped(schemas)}
    todo = [node]
    while todo:
        each = todo.pop()
        if isinstance(each, dict):
            if isinstance(each.get("$ref"), str):
                each["$ref"] = inside.get(each["$ref"], each["$ref"])
            todo.extend(each.values())
        elif isinstance(each, list):
            todo.extend(each)


def reachable(schemas: Json, root: Any) -> set[str]:
    """Return the names of the component schemas that the node refers to, directly or indirectly."""
    found: set[str] = set()
    todo = [root]
    while todo:
        node = todo.pop()
        if isinstance(node, list):
            todo.extend(node)
        elif isinstance(node, dict):
            ref = node.get("$ref")
            if isinstance(ref, str) and ref.startswith(SCHEMA_PREFIX):
                name = ref.removeprefix(SCHEMA_PREFIX)
                if name not in found:
                    found.add(name)
                    todo.append(schemas[name])
            todo.extend(node.values())
    return found


def inner_first(schemas: Json, names: set[str]) -> list[str]:
    """Sort schemas so that each follows those that it refers to, and by name otherwise."""
    ordered: list[str] = []

    def visit(name: str) -> None:
        for inner in sorted(reachable(schemas, schemas[name]) - {name}):
            if inner not in ordered:
                visit(inner)
        if name not in ordered:
            ordered.append(name)

    for name in sorted(names):
        visit(name)
    return ordered


METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Yield the operations of the spec, each with its path and its method."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in METHODS:
                yield path, method, operation


def request_bodies(document: Json) -> Iterator[Json]:
    """Yield the request bodies: first the named ones, then those defined in an operation."""
    yield from document["components"].get("requestBodies", {}).values()
    for _, _, operation in operations(document):
        if "$ref" not in operation.get("requestBody", {"$ref": ""}):
            yield operation["requestBody"]


def responses(document: Json) -> Iterator[Json]:
    """Yield the responses: first the named ones, then those defined in an operation."""
    yield from document["components"].get("responses", {}).values()
    for _, _, operation in operations(document):
        yield from (response for response in operation["responses"].values() if "$ref" not in response)


def json_of(body: Json) -> Json:
    """Return the JSON media type of a request body or response; empty if there is none."""
    media: Json = body.get("content", {}).get("application/json", {})
    return media


def component(document: Json, node: Json) -> Json:
    """Return the node, or the component that it refers to."""
    if "$ref" not in node:
        return node
    _, _, section, name = node["$ref"].split("/")
    found: Json = document["components"][section][name]
    return found


def kinds(document: Json) -> dict[str, str]:
    """Return the kinds of bodies (`x-kind`), each with its component schema."""
    schemas = document["components"]["schemas"]
    return {schema["x-kind"]: name for name, schema in schemas.items() if "x-kind" in schema}


def json_schema(document: Json, kind: str, *, view: str) -> Json:
    """Return a self-contained JSON Schema (2020-12) of a kind of body; `view` is "strict" or "accepting"."""
    schemas: Json = document["components"]["schemas"]
    if view == "strict":
        schemas = strict(schemas)
    name = kinds(document)[kind]
    names = sorted({name} | reachable(schemas, schemas[name]))
    definitions = {each: _as_json_schema(dispatching(schemas[each])) for each in names}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:lp-engagement:{kind}:{view}",
        "title": f"{document['info']['title']}: {kind}",
        "$ref": f"#/$defs/{name}",
        "$defs": definitions,
    }


def dispatching(node: Any) -> Any:
    """Return the node with its unions replaced by a dispatch on their tag."""
    if isinstance(node, list):
        return [dispatching(value) for value in node]
    if not isinstance(node, dict):
        return node
    if "discriminator" in node:
        return _dispatch(node)
    return {key: dispatching(value) for key, value in node.items()}


def _as_json_schema(node: Any) -> Any:
    if isinstance(node, list):
        return [_as_json_schema(value) for value in node]
    if not isinstance(node, dict):
        return node
    result = {key: _as_json_schema(value) for key, value in node.items()}
    ref = result.get("$ref")
    if isinstance(ref, str):
        result["$ref"] = ref.replace(SCHEMA_PREFIX, "#/$defs/")
    return result


def _dispatch(node: Json) -> Json:
    # Dispatch on the discriminator reports one problem per fault; oneOf would list those of every branch.
    tag = node["discriminator"]["propertyName"]
    mapping: dict[str, str] = node["discriminator"]["mapping"]
    rest = {key: value for key, value in node.items() if key not in {"oneOf", "discriminator"}}
    return rest | {
        "type": "object",
        "required": [tag],
        "properties": {tag: {"enum": list(mapping)}},
        "allOf": [
            {
                "if": {"type": "object", "properties": {tag: {"const": value}}, "required": [tag]},
                "then": {"$ref": ref},
            }
            for value, ref in mapping.items()
        ],
    }


def retry(document: Json, operation: Json) -> Json:
    """Return how an operation is retried. What it does not say itself, the document's own `x-retry` does."""
    if "x-retry" not in operation:
        return {"statuses": "5XX", "pausesSeconds": []}
    found: Json = {**document["x-retry"], **operation["x-retry"]}
    return found
