"""The modules and schemas that we derive from the spec ourselves, beside what openapi-python-client generates."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from openapi_python_client.strings import ClassName, PythonIdentifier

from . import spec

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .spec import Json

TEMPLATES = spec.ROOT / "generator" / "templates" / "derived"
SCALARS = {"string": "str", "integer": "int", "number": "float | Decimal", "boolean": "bool"}


def write(document: Json, package: Path) -> None:
    """Write every derived file into the generated package."""
    schemas: Json = spec.strict(document)["components"]["schemas"]
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - this makes Python, not HTML
    )

    def render(template: str, target: str, **context: Any) -> None:
        text = environment.get_template(f"{template}.py.jinja").render(**context)
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
    impressions = [name for _, name in _branches(schemas[kinds["impression"]])]
    render("impressions", "impressions", builders=[_impression(schemas, name) for name in impressions])
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
    components = document["components"]
    schemas = components["schemas"]
    requests: Json = {}
    for body in components["requestBodies"].values():
        media = body["content"]["application/json"]
        requests[schemas[_target(media["schema"])]["x-kind"]] = media["examples"]["documented"]["value"]
    answers: Json = {}
    for response in components["responses"].values():
        for name, example in response["content"]["application/json"]["examples"].items():
            answers[name] = example["value"]
    return {"requests": requests, "answers": answers}


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _python(name: str) -> str:
    return PythonIdentifier(name, prefix="field_")


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
    parameters = [
        {
            "name": _python(key),
            "key": key,
            "annotation": _annotation(schemas, node),
            "required": key in required,
            "description": _description(schemas, node),
        }
        for key, node in members.items()
    ]
    return {
        "name": name,
        "wrapper": wrapper,
        "constants": constants,
        "parameters": sorted(parameters, key=lambda parameter: not parameter["required"]),
        "description": schema["description"] if wrapper is None else f"{_sentence(schema['description'])}",
        "source": f"`{schema_name}` in the spec; {'; '.join(schema['x-evidence'])}",
    }


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def _description(schemas: Json, node: Json) -> str:
    text = str(node.get("description") or schemas[_target(node)]["description"])
    if "x-enum-labels" in node:
        values = node["enum"]
        text += " " + ", ".join(f"{value} {node['x-enum-labels'][value]}" for value in values) + "."
    return text


def _annotation(schemas: Json, node: Json) -> str:
    if "$ref" in node:
        name = _target(node)
        branches = [each for _, each in _branches(schemas[name])] if "oneOf" in schemas[name] else [name]
        models = " | ".join(f"models.{ClassName(each, '')}" for each in branches)
        return f"Mapping[str, Any] | {models}"
    if "enum" in node:
        return f"Literal[{', '.join(repr(value) for value in node['enum'])}]"
    if node["type"] == "array":
        return f"Sequence[{_annotation(schemas, node['items'])}]"
    return SCALARS[node["type"]]


# --------------------------------------------------------------------------------------------- builders of impressions


def _impression(schemas: Json, name: str) -> Json:
    schema = schemas[name]
    return {
        "name": schema["x-builder"],
        "description": schema["description"],
        "source": f"`{name}` in the spec; {'; '.join(schema['x-evidence'])}",
        "body": _impression_body(schemas, schema),
    }


def _impression_body(schemas: Json, schema: Json) -> str:
    members = (f'"{key}": {_impression_value(schemas, node)}' for key, node in schema["properties"].items())
    return f"{{{', '.join(members)}}}"


def _impression_value(schemas: Json, node: Json) -> str:
    if "$ref" in node:
        return _impression_body(schemas, schemas[_target(node)])
    if "const" in node:
        return repr(node["const"])
    if "x-from" in node:
        return f'self._detail("{node["x-from"]}", {SCALARS[node["type"]]})'
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
    roots = [document["components"]["responses"], document["paths"]]
    requests = spec.reachable(schemas, document["components"]["requestBodies"])
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
        annotation, reader, default = _read(node, f'members.get("{key}")')
        fields.append(
            {
                "name": _python(key),
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
    if node["type"] == "array":
        name = _target(node["items"])
        return f"tuple[{name}, ...]", f"items({value}, {name}.read)", "()"
    annotation, reader = {
        "string": ("str", "text"),
        "string,integer": ("str", "text"),
        "integer,string": ("int | str", "integer_or_text"),
        "integer": ("int", "integer"),
        "number": ("float", "number"),
    }[",".join(node["type"]) if isinstance(node["type"], list) else node["type"]]
    return f"{annotation} | None", f"{reader}({value})", "None"


# --------------------------------------------------------------------------------------------------------------- facts


def _facts(document: Json) -> Json:
    paths, components = document["paths"], document["components"]
    parameters, responses, schemas = components["parameters"], components["responses"], components["schemas"]
    domain = next(item for item in paths.values() if "servers" in item)
    domain_parameters = {each["name"]: each for each in domain["get"]["parameters"] if "name" in each}
    operations = {}
    for path, item in paths.items():
        for method in ("get", "post", "put"):
            if method in item:
                operations[item[method]["operationId"]] = _operation(method, path, item[method], responses)
    error = schemas["ErrorEntity"]
    status = schemas["EngagementAnswer"]["properties"]["status"]
    facts = {
        "account_id_pattern": parameters["accountId"]["schema"]["pattern"],
        "api_version": parameters["version"]["schema"]["const"],
        "status_available": status["x-available"],
        "statuses": tuple(status["anyOf"][0]["enum"]),
        "visit_lifetime": document["x-visit"]["lifetimeSeconds"],
        "domain_api_url": domain["servers"][0]["url"],
        "domain_service": domain_parameters["service"]["schema"]["default"],
        "domain_cache_seconds": domain["get"]["x-cache"]["seconds"],
        "rate_limit_seconds": responses["TooManyRequests"]["x-retry-after"]["minimumSeconds"],
        "loading_codes": error["x-loading"]["internalCodes"],
        "loading_pattern": error["x-loading"]["visitorIdPattern"],
        "internal_codes": {each["name"]: each["code"] for each in error["x-internal-codes"]},
        "gone_codes": [each["code"] for each in error["x-internal-codes"] if each.get("gone")],
        "parameter_names": {name: parameter["name"] for name, parameter in parameters.items()},
        "domain_api_version": domain_parameters["version"]["schema"]["const"],
        "hints": {(each["code"], each.get("status")): each["hint"] for each in error["x-internal-codes"]},
        "kinds": spec.kinds(document),
        "personal_data": sorted(
            f"{name}.{key}"
            for name, schema in schemas.items()
            for key, node in schema.get("properties", {}).items()
            if node.get("x-pii") or ("$ref" in node and schemas[_target(node)].get("x-pii"))
        ),
    }
    return {"operations": f"{{{', '.join(f'{k!r}: {v}' for k, v in operations.items())}}}"} | {
        name: repr(value) for name, value in facts.items()
    }


def _operation(method: str, path: str, operation: Json, responses: Json) -> str:
    retry = operation["x-retry"]
    family = int(retry["statuses"].removesuffix("XX"))
    errors = {}
    for status, node in operation["responses"].items():
        response = responses[node["$ref"].rsplit("/", 1)[-1]] if "$ref" in node else node
        if "x-error" in response:
            errors[int(status)] = response["x-error"]
    return (
        f"Operation({method.upper()!r}, {path!r}, "
        f"Retry(({family * 100}, {family * 100 + 99}), {tuple(retry['pausesSeconds'])!r}, "
        f"{retry['visitorIdFromAnswer']!r}), {errors!r})"
    )
