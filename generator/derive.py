"""The modules and schemas that we derive from the spec ourselves, beside what openapi-python-client generates."""

from __future__ import annotations

import json
from keyword import iskeyword
from typing import TYPE_CHECKING, Any

from openapi_python_client.strings import ClassName, PythonIdentifier

from . import rendering, spec

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .spec import Json

SCALARS = {
    "string": "str",
    "integer": "int",
    "number": "float | Decimal",
    "boolean": "bool",
    "object": "Mapping[str, Any]",
}
# The annotation of what is read from an answer, and the function of `reading` that reads it.
READERS = {
    "string": ("str", "text"),
    "string,integer": ("str", "text"),
    "integer,string": ("int | str", "integer_or_text"),
    "integer": ("int", "integer"),
    "number": ("float", "number"),
    "boolean": ("bool", "boolean"),
}


def write(document: Json, package: Path) -> None:
    """Write every derived file into the generated package."""
    schemas: Json = spec.strict(document)["components"]["schemas"]

    def render(template: str, target: str, **context: Any) -> None:
        text = rendering.render(f"derived/{template}.py.jinja", **context)
        (package / f"{target}.py").write_text(text, encoding="utf-8")

    kinds = spec.kinds(document)
    render(
        "builders",
        "sde",
        title="Builders of engagement attributes (SDEs), one for each type.",
        purpose="`None` leaves a field out. Nested objects may be dicts or the classes of `models`.",
        builders=[_builder(schemas, name, _python(tag)) for tag, name in _branches(schemas[kinds["sde"]])],
    )
    render(
        "builders",
        "bodies",
        title="Builders of request bodies.",
        purpose="`None` leaves a field out.",
        builders=[
            _builder(schemas, kinds[kind], _python(kind)) for kind in kinds if "oneOf" not in schemas[kinds[kind]]
        ],
    )
    impressions = [_impression(schemas, name) for _, name in _branches(schemas[kinds["impression"]])]
    render("impressions", "impressions", builders=impressions, asking=any(each["parameters"] for each in impressions))
    render("reading", "reading")
    render("answers", "answers", readers=[_reader(schemas, name) for name in _answers(document)])
    render("facts", "facts", **_facts(document))

    (package / "py.typed").write_text("", encoding="utf-8")
    folder = package / "schemas"
    folder.mkdir()
    _write_json(folder / "rules.json", document["x-rules"])
    _write_json(folder / "examples.json", _examples(document))
    for kind in kinds:
        for view in ("accepting", "strict"):
            _write_json(folder / f"{kind}.{view}.json", spec.json_schema(document, kind, view=view))


def _examples(document: Json) -> Json:
    """The documented request of each kind of body, and the documented answers by name."""
    requests: Json = {}
    for body in spec.request_bodies(document):
        kind, examples = _kind_of_body(document, body), _examples_of(body)
        if kind is not None and "documented" in examples:
            requests[kind] = examples["documented"]["value"]
    answers: Json = {}
    for response in spec.responses(document):
        answers |= {name: example["value"] for name, example in _examples_of(response).items()}
    return {"requests": requests, "answers": answers}


def _json_of(body: Json) -> Json:
    """What a request body or a response says about its JSON; nothing if it has none."""
    media: Json = body.get("content", {}).get("application/json", {})
    return media


def _examples_of(body: Json) -> Json:
    examples: Json = _json_of(body).get("examples", {})
    return examples


def _kind_of_body(document: Json, body: Json) -> str | None:
    schema = _json_of(body).get("schema", {})
    return document["components"]["schemas"][_target(schema)].get("x-kind") if "$ref" in schema else None


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _python(name: str) -> str:
    return PythonIdentifier(name, prefix="field_")


def _name(key: str, node: Json) -> str:
    """How the code names a field or parameter: by its role, so that the API may spell it anew, else as the API does."""
    return _identifier(node["x-role"]) if "x-role" in node else _python(key)


def _identifier(name: str) -> str:
    """A name that the spec gives to code, as it is: anything but an identifier could become a statement."""
    if not name.isidentifier() or iskeyword(name):
        message = f"x-role and x-builder must be Python identifiers, not {name!r}. Write it in lower_case."
        raise SystemExit(message)
    return name


def _target(node: Json) -> str:
    """The name of the component schema that a reference points to."""
    return str(node["$ref"]).removeprefix(spec.SCHEMA_PREFIX)


def _branches(union: Json) -> Iterator[tuple[str, str]]:
    for tag, ref in union["discriminator"]["mapping"].items():
        yield tag, _target({"$ref": ref})


# ---------------------------------------------------------------------------------------------- builders of requests


def _builder(schemas: Json, schema_name: str, name: str) -> Json:
    schema = schemas[schema_name]
    constants = {key: node["const"] for key, node in schema["properties"].items() if "const" in node}
    members = {key: node for key, node in schema["properties"].items() if key not in constants}
    wrapper = None
    if constants and len(members) == 1:
        # An attribute whose only member is an object is a mere wrapper: its builder takes the fields inside.
        ((key, node),) = members.items()
        if "$ref" in node:
            wrapper, schema_name = key, _target(node)
            schema = schemas[schema_name]
            members = schema["properties"]
    required = schema.get("required", ())
    parameters = [_parameter(schemas, key, node, required=key in required) for key, node in members.items()]
    return {
        "name": name,
        "wrapper": wrapper,
        "constants": constants,
        "parameters": sorted(parameters, key=lambda parameter: not parameter["required"]),
        "description": schema["description"] if wrapper is None else f"{_sentence(schema['description'])}",
        "source": f"`{schema_name}` in the spec; {'; '.join(schema['x-evidence'])}",
    }


def _parameter(schemas: Json, key: str, node: Json, *, required: bool) -> Json:
    return {
        "name": _name(key, node),
        "key": key,
        "annotation": _annotation(schemas, node),
        "required": required,
        "description": _description(schemas, node),
    }


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def _description(schemas: Json, node: Json) -> str:
    text = str(node.get("description") or schemas[_target(node)]["description"])
    if "x-enum-labels" in node:
        labels = {str(value): label for value, label in node["x-enum-labels"].items()}
        text += " " + ", ".join(f"{value} {labels.get(str(value), '')}".strip() for value in node["enum"]) + "."
    return text


def _annotation(schemas: Json, node: Json) -> str:
    if "$ref" in node:
        name = _target(node)
        branches = [each for _, each in _branches(schemas[name])] if "oneOf" in schemas[name] else [name]
        models = " | ".join(f"models.{ClassName(each, '')}" for each in branches)
        return f"Mapping[str, Any] | {models}"
    if "enum" in node:
        return f"Literal[{', '.join(repr(value) for value in node['enum'])}]"
    if "anyOf" in node and "type" not in node:
        return " | ".join(dict.fromkeys(_annotation(schemas, each) for each in node["anyOf"]))
    if node.get("type") == "array":
        return f"Sequence[{_annotation(schemas, node.get('items', {}))}]"
    # `None` leaves a field out, so that a null has no place here.
    names = [SCALARS.get(name, "Any") for name in _types(node) if name != "null"]
    return "Any" if "Any" in names else " | ".join(names) or "Any"


def _types(node: Json) -> list[str]:
    types = node.get("type", [])
    return [types] if isinstance(types, str) else list(types)


# --------------------------------------------------------------------------------------------- builders of impressions


def _impression(schemas: Json, name: str) -> Json:
    schema = schemas[name]
    asked = {key: node for key, node in schema["properties"].items() if _is_asked_for(node)}
    required = schema.get("required", ())
    parameters = [_parameter(schemas, key, node, required=key in required) for key, node in asked.items()]
    return {
        "name": _identifier(schema["x-builder"]),
        "parameters": sorted(parameters, key=lambda parameter: not parameter["required"]),
        "description": schema["description"],
        "source": f"`{name}` in the spec; {'; '.join(schema['x-evidence'])}",
        "body": _impression_body(schemas, schema),
    }


def _impression_body(schemas: Json, schema: Json) -> str:
    members = (
        f"{rendering.literal(key)}: {_impression_value(schemas, node)}"
        for key, node in schema["properties"].items()
        if not _is_asked_for(node)
    )
    return f"{{{', '.join(members)}}}"


def _is_asked_for(node: Json) -> bool:
    """Whether only the caller can know a field of an impression: nothing in the spec says what to fill it with."""
    if node.get("type") == "array":
        return _is_asked_for(node.get("items", {}))
    return not node.keys() & {"x-from", "const", "$ref"} and node.get("type") != "null"


def _impression_value(schemas: Json, node: Json) -> str:
    if "$ref" in node:
        return _impression_body(schemas, schemas[_target(node)])
    if "const" in node:
        return repr(node["const"])
    if "x-from" in node:
        key = rendering.literal(_fields(schemas)["EngagementDetails"][node["x-from"]])
        return f"self._detail({key}, {SCALARS[node['type']]})"
    if node["type"] == "array":
        return f"[{_impression_value(schemas, node['items'])}]"
    if node["type"] == "null":
        return "None"
    message = f"an impression's field needs x-from, const or null: {node}"
    raise SystemExit(message)


# -------------------------------------------------------------------------------------------------- readers of answers


def _answers(document: Json) -> list[str]:
    """The object schemas that answers consist of, inner ones first."""
    schemas = document["components"]["schemas"]
    roots = list(spec.responses(document))
    requests = spec.reachable(schemas, list(spec.request_bodies(document)))
    names: list[str] = []

    def visit(name: str) -> None:
        for inner in sorted(spec.reachable(schemas, schemas[name])):
            if inner not in names:
                visit(inner)
        if schemas[name].get("type") == "object" and name not in names:
            names.append(name)

    for name in sorted(spec.reachable(schemas, roots) - requests):
        visit(name)
    return names


def _reader(schemas: Json, name: str) -> Json:
    schema = schemas[name]
    fields = []
    for key, node in schema["properties"].items():
        annotation, reader, default = _read(node, f"members.get({rendering.literal(key)})")
        fields.append(
            {
                "name": _name(key, node),
                "key": key,
                "description": node.get("description") or schemas[_target(node)]["description"],
                "annotation": annotation,
                "reader": reader,
                "default": default,
                # The server's words can quote what was sent.
                "hidden": node.get("x-pii", False) or "x-loading" in schema,
            }
        )
    return {
        "name": name,
        "description": schema["description"],
        "fields": fields,
        "required": schema.get("required", ()),
        "source": f"`{name}` in the spec",
    }


def _read(node: Json, value: str) -> tuple[str, str, str]:
    """The annotation, the expression that reads the value, and the default."""
    if "anyOf" in node:
        # An open enum, or an object that may be null: the first branch says what to read.
        return _read(node["anyOf"][0], value)
    if "$ref" in node:
        name = _target(node)
        return f"{name} | None", f"{name}.read({value}) if as_mapping({value}) else None", "None"
    types = [name for name in _types(node) if name != "null"]
    if types == ["array"]:
        name, read = _read_item(node.get("items", {}))
        return f"tuple[{name}, ...]", f"items({value}, {read})", "()"
    # What has no reader of its own is handed on as it was sent.
    annotation, reader = READERS.get(",".join(types), ("Any", ""))
    return annotation if annotation == "Any" else f"{annotation} | None", f"{reader}({value})", "None"


def _read_item(node: Json) -> tuple[str, str]:
    """The annotation of an entry of a list, and the function that reads it."""
    if "$ref" in node:
        return _target(node), f"{_target(node)}.read"
    annotation, reader = READERS.get(",".join(_types(node)), ("Any", "lambda each: each"))
    return annotation if annotation == "Any" else f"{annotation} | None", reader


# --------------------------------------------------------------------------------------------------------------- facts


def _fields(schemas: Json) -> dict[str, dict[str, str]]:
    """The fields that have a role, by schema: each role with the field's name."""
    found = {
        name: {node["x-role"]: key for key, node in schema.get("properties", {}).items() if "x-role" in node}
        for name, schema in schemas.items()
    }
    return {name: roles for name, roles in found.items() if roles}


def _facts(document: Json) -> Json:
    components = document["components"]
    responses, schemas = components["responses"], components["schemas"]
    operations = {
        operation["operationId"]: (path, method, operation) for path, method, operation in spec.operations(document)
    }
    error = schemas["ErrorEntity"]
    fields = _fields(schemas)
    create = schemas["CreateSessionRequest"]
    status = schemas["EngagementAnswer"]["properties"][fields["EngagementAnswer"]["status"]]
    facts = {
        "account_id_pattern": _parameters(document, *operations["createSession"])["account_id"]["schema"]["pattern"],
        "app_types": tuple(create["properties"][fields["CreateSessionRequest"]["app_type"]]["enum"]),
        "status_available": status["x-available"],
        "statuses": tuple(status["anyOf"][0]["enum"]),
        "visit_lifetime": document["x-visit"]["lifetimeSeconds"],
        "domain_service": _parameters(document, *operations["getDomain"])["service"]["schema"]["default"],
        "domain_cache_seconds": operations["getDomain"][2]["x-cache"]["seconds"],
        "rate_limit_seconds": responses["TooManyRequests"]["x-retry-after"]["minimumSeconds"],
        "loading_codes": error["x-loading"]["internalCodes"],
        "loading_pattern": error["x-loading"]["visitorIdPattern"],
        "loading_members": tuple(error["x-loading"]["visitorIdMembers"]),
        "internal_codes": {each["name"]: each["code"] for each in error["x-internal-codes"]},
        "gone": {each["code"]: each["gone"] for each in error["x-internal-codes"] if "gone" in each},
        "hints": {(each["code"], each.get("status")): each["hint"] for each in error["x-internal-codes"]},
        "kinds": spec.kinds(document),
        "fields": fields,
        "personal_data": sorted(
            f"{name}.{key}"
            for name, schema in schemas.items()
            for key, node in schema.get("properties", {}).items()
            if node.get("x-pii") or ("$ref" in node and schemas[_target(node)].get("x-pii"))
        ),
    }
    texts = (f"{name!r}: {_operation(document, *each)}" for name, each in operations.items())
    return {"operations": f"{{{', '.join(texts)}}}"} | {name: repr(value) for name, value in facts.items()}


def _parameters(document: Json, path: str, _method: str, operation: Json) -> Json:
    """The parameters of an operation and of its path, by the names that the code has for them."""
    nodes = [*document["paths"][path].get("parameters", ()), *operation.get("parameters", ())]
    found = (spec.component(document, node) for node in nodes)
    return {_name(node["name"], node): node for node in found}


def _operation(document: Json, path: str, method: str, operation: Json) -> str:
    # What does not say that it may be sent again is not.
    retry: Json = {"statuses": "5XX", "pausesSeconds": [], **operation.get("x-retry", {})}
    family = int(retry["statuses"].removesuffix("XX"))
    again = (
        f"Retry(({family * 100}, {family * 100 + 99}), {tuple(retry['pausesSeconds'])!r}, "
        f"{retry.get('visitorIdFromAnswer', False)!r}, {retry.get('harmless', False)!r})"
    )
    errors, success, example, answer = {}, 0, None, None
    for status, node in operation["responses"].items():
        response = spec.component(document, node)
        if "x-error" in response:
            errors[int(status)] = response["x-error"]
        elif not success and status.startswith("2"):
            success, example = int(status), next(iter(_examples_of(response)), None)
            schema = _json_of(response).get("schema")
            answer = None if schema is None else _target(schema) if "$ref" in schema else ""
    if answer is not None and answer not in _answers(document):
        message = f"the answer of {operation['operationId']} needs a component schema of an object that no request uses"
        raise SystemExit(message)
    body = operation.get("requestBody")
    kind = None if body is None else _kind_of_body(document, spec.component(document, body))
    if body is not None and kind is None:
        message = f"the body of {operation['operationId']} needs a component schema with x-kind: it is checked by it"
        raise SystemExit(message)
    servers = operation.get("servers") or document["paths"][path].get("servers")
    nodes = _parameters(document, path, method, operation)
    if retry.get("visitorIdFromAnswer") and nodes.get("session_id", {}).get("required"):
        message = (
            f"{operation['operationId']} needs a session, and another visitor has none: visitorIdFromAnswer is false"
        )
        raise SystemExit(message)
    parameters = (
        f"{name!r}: Parameter({node['name']!r}, {node['in']!r}, {node.get('required', False)!r}, "
        f"{_python(node['name'])!r}, {node['schema'].get('const')!r})"
        for name, node in nodes.items()
    )
    values = {
        "method": repr(method.upper()),
        "path": repr(path),
        "server": repr(servers[0]["url"] if servers else None),
        "function": repr(f"{_python(operation.get('tags', ['default'])[0])}.{_python(operation['operationId'])}"),
        "parameters": f"{{{', '.join(parameters)}}}",
        "retry": again,
        "errors": repr(errors),
        "body": repr(kind),
        "fields": repr(_fields(document["components"]["schemas"]).get(spec.kinds(document).get(kind or "", ""), {})),
        "success": repr(success),
        "example": repr(example),
        "answer": repr(answer),
    }
    return f"Operation({', '.join(f'{name}={value}' for name, value in values.items())})"
