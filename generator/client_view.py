"""The parts of the spec that the client's templates need and openapi-python-client does not parse.

It knows some schemas and fields by their extensions (`x-internal-codes`, `x-role`), so it fits this spec, not any spec.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import nodes, rendering, spec
from .naming import annotation, class_name, description, module_name, name_of, python, target, types

if TYPE_CHECKING:
    from .nodes import Json

# The annotation of a value in a response, and the function of `values` that reads it.
READERS = {
    "string": ("str", "text"),
    "string,integer": ("str", "text"),
    "integer,string": ("int | str", "integer_or_text"),
    "integer": ("int", "integer"),
    "number": ("float", "number"),
    "boolean": ("bool", "boolean"),
}
# The ids of a visit: anybody who has them can act for the consumer.
IDS = {"visitor_id", "session_id", "page_id"}


def context(document: Json) -> Json:
    """Collect the variables of the client's templates."""
    schemas: Json = spec.strict(document)["components"]["schemas"]
    return {
        "answers": {class_name(name): answer(schemas, name) for name in answer_names(document)},
        "error": error(document),
        "operations": {
            python(operation["operationId"]): _operation(document, path, method, operation)
            for path, method, operation in nodes.operations(document)
        },
    }


# ------------------------------------------------------------------------------------------------------------- answers


def answer_names(document: Json) -> list[str]:
    """List the object schemas of responses, inner ones first."""
    schemas = document["components"]["schemas"]
    roots = list(nodes.responses(document))
    requests = nodes.reachable(schemas, list(nodes.request_bodies(document)))
    ordered = nodes.inner_first(schemas, nodes.reachable(schemas, roots) - requests)
    return [name for name in ordered if schemas[name].get("type") == "object"]


def answer(schemas: Json, name: str) -> Json:
    """Describe how an object of an answer is read."""
    schema = schemas[name]
    required = schema.get("required", ())
    fields = []
    for key, node in schema["properties"].items():
        kind, reader, default = _read(node, f"members.get({rendering.literal(key)})")
        fields.append(
            {
                "name": name_of(key, node),
                "key": key,
                "description": description(schemas, node),
                "annotation": kind,
                "reader": reader,
                "default": default,
                "required": key in required,
                # The server's message can quote the request, and so can values of any type.
                "hidden": bool(
                    node.get("x-pii") or node.get("x-role") in IDS or "x-loading" in schema or kind.startswith("Any")
                ),
            }
        )
    inner = sorted(nodes.reachable({**schemas, name: {}}, schema) & _direct(schema) - {name})
    return {
        "name": class_name(name),
        "description": schema["description"],
        "fields": fields,
        "imports": [{"name": class_name(each), "module": module_name(each)} for each in inner],
        "wrapped": spec.wrappers(schemas).get(name),
        "code": next((field for field in fields if field["name"] == "internal_code"), None)
        if "x-internal-codes" in schema
        else None,
        "source": f"`{name}` in the spec",
    }


def _direct(node: object) -> set[str]:
    """List the component schemas that a node itself refers to."""
    if isinstance(node, list):
        return {name for value in node for name in _direct(value)}
    if not isinstance(node, dict):
        return set()
    found = {name for value in node.values() for name in _direct(value)}
    return found | {target(node)} if isinstance(node.get("$ref"), str) else found


def _read(node: Json, value: str) -> tuple[str, str, str]:
    """Return the annotation, the expression that reads the value, and the default."""
    if "anyOf" in node:
        # An open enum, or a nullable object: the first branch determines the type.
        return _read(node["anyOf"][0], value)
    if "$ref" in node:
        name = class_name(target(node))
        return f"{name} | None", f"{name}.from_dict({value}) if as_mapping({value}) else None", "None"
    names = [name for name in types(node) if name != "null"]
    if names == ["array"]:
        name, read = _read_item(node.get("items", {}))
        return f"tuple[{name}, ...]", f"items({value}, {read})", "()"
    # A value without a reader is returned unchanged.
    kind, reader = READERS.get(",".join(names), ("Any", ""))
    return kind if kind == "Any" else f"{kind} | None", f"{reader}({value})", "None"


def _read_item(node: Json) -> tuple[str, str]:
    """Return the annotation of an item of an array, and the function that reads it."""
    if "$ref" in node:
        name = class_name(target(node))
        return name, f"{name}.from_dict"
    kind, reader = READERS.get(",".join(types(node)), ("Any", "lambda item: item"))
    return kind if kind == "Any" else f"{kind} | None", reader


def error(document: Json) -> Json:
    """Describe the schema of errors, the one with the internal codes."""
    schemas = document["components"]["schemas"]
    (name,) = (name for name, schema in schemas.items() if "x-internal-codes" in schema)
    return {"name": class_name(name), "module": module_name(name), "code": "internal_code"}


# ---------------------------------------------------------------------------------------------------------- operations


def parameters(document: Json, path: str, operation: Json) -> Json:
    """Return the parameters of an operation and of its path, by the names that the code has for them."""
    given = (*document["paths"][path].get("parameters", ()), *operation.get("parameters", ()))
    found = (nodes.component(document, node) for node in given)
    return {name_of(node["name"], node): node for node in found}


def server(document: Json, path: str, operation: Json) -> str | None:
    """Return the URL of an operation's own server, if it has one."""
    servers = operation.get("servers") or document["paths"][path].get("servers")
    return str(servers[0]["url"]) if servers else None


def package_and_module(operation: Json) -> tuple[str, str]:
    """Return the package below `api` and the module of an operation."""
    return python(operation.get("tags", ["default"])[0]), python(operation["operationId"])


def _operation(document: Json, path: str, method: str, operation: Json) -> Json:
    name = operation["operationId"]
    nodes = parameters(document, path, operation)
    described = [_parameter(document, name, role, node) for role, node in nodes.items()]
    package, module = package_and_module(operation)
    return {
        "name": name,
        "method": method.upper(),
        "path": path,
        "server": repr(server(document, path, operation)),
        "package": package,
        "module": module,
        "summary": operation["summary"],
        "description": operation["description"],
        "parameters": described,
        "arguments": sorted(
            (each for each in described if each["const"] == "None"), key=lambda each: not each["positional"]
        ),
        "body": _body(document, operation),
        "answer": answer_of(document, operation),
    }


def _parameter(document: Json, operation: str, role: str, node: Json) -> Json:
    schema, place, required = node["schema"], node["in"], node.get("required", False)
    if place == "cookie" or types(schema) != ["string"]:
        message = f"the parameter {role} of {operation} must be a string in the path, the query or a header"
        raise SystemExit(message)
    default = repr(schema["default"]) if "default" in schema else None if required else "None"
    kind = annotation(document["components"]["schemas"], schema)
    return {
        "name": role,
        "key": node["name"],
        "place": place,
        "required": required,
        "const": repr(schema.get("const")),
        "annotation": kind if required else f"{kind} | None",
        "default": default,
        "positional": place == "path" and default is None,
        "description": node["description"],
    }


def _body(document: Json, operation: Json) -> Json | None:
    if "requestBody" not in operation:
        return None
    body = nodes.component(document, operation["requestBody"])
    schema = nodes.json_of(body).get("schema", {})
    found = {"required": body.get("required", False), "description": "The body.", "module": None}
    if "$ref" not in schema:
        return found | {"annotation": "Mapping[str, Any] | bytes"}
    schemas = document["components"]["schemas"]
    name = class_name(target(schema))
    return found | {
        "name": name,
        "typed": f"{name}Dict",
        "module": module_name(target(schema)),
        "annotation": f"{name} | {name}Dict | Mapping[str, Any] | bytes",
        "description": schemas[target(schema)]["description"],
    }


def answer_of(document: Json, operation: Json) -> Json | None:
    """Name the model of an operation's success, and its module."""
    for status, node in operation["responses"].items():
        response = nodes.component(document, node)
        if status.startswith("2") and "x-error" not in response:
            schema = nodes.json_of(response).get("schema")
            return None if schema is None else _model(document, operation["operationId"], schema)
    return None


def _model(document: Json, operation: str, schema: Json) -> Json:
    name = target(schema) if "$ref" in schema else ""
    if name not in answer_names(document):
        message = f"the answer of {operation} needs a component schema of an object that no request uses"
        raise SystemExit(message)
    return {"name": class_name(name), "module": module_name(name)}
