"""Reads the spec, and makes the views of it that the outputs need."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import check
from .nodes import SCHEMA_PREFIX, dispatching, reachable, request_bodies
from .source import read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .nodes import Json

ROOT = Path(__file__).resolve().parent.parent
SPEC_PATH = ROOT / "openapi" / "app-engagement.yaml"


def load(path: Path = SPEC_PATH, *, checked: bool = True) -> Json:
    """Read the spec.

    Args:
        path: its file.
        checked: hold it to our rules, which an older version of it need not keep.

    Raises:
        SpecError: It has mistakes. The message has a line for each, with its place and what to write.
    """
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


def retry(document: Json, operation: Json) -> Json:
    """Return how an operation is retried. What it does not say itself, the document's own `x-retry` does."""
    if "x-retry" not in operation:
        return {"statuses": "5XX", "pausesSeconds": []}
    found: Json = {**document["x-retry"], **operation["x-retry"]}
    return found
