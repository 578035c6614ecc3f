"""Derives modules and schemas from the spec, in addition to the output of openapi-python-client."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from . import client_view, nodes, rendering, spec
from .builders import builders, parameter
from .examples import examples, examples_of, kind_of_body
from .naming import SCALARS, branches, identifier, target, typed_dicts

if TYPE_CHECKING:
    from pathlib import Path

    from .nodes import Json


def write(document: Json, package: Path) -> None:
    """Write every derived file into the generated package."""
    schemas: Json = spec.strict(document)["components"]["schemas"]

    def render(template: str, target: str, **context: Any) -> None:
        text = rendering.render(f"derived/{template}.py.jinja", **context)
        (package / f"{target}.py").write_text(text, encoding="utf-8")

    kinds = spec.kinds(document)
    made = builders(schemas, kinds["sde"])
    deprecating = any(parameter["deprecated"] for builder in made for parameter in builder["parameters"])
    render("builders", "sde", builders=made, deprecating=deprecating)
    impressions = [_impression(schemas, name) for _, name in branches(schemas[kinds["impression"]])]
    render("impressions", "impressions", builders=impressions, asking=any(each["parameters"] for each in impressions))
    render("json_text", "json_text")
    render("values", "values")
    render("operation", "operation", error=client_view.error(document))
    render("payload_types", "payload_types", **typed_dicts(document))
    render("facts", "facts", **_facts(document))

    (package / "py.typed").write_text("", encoding="utf-8")
    folder = package / "schemas"
    folder.mkdir()
    _write_json(folder / "rules.json", document["x-rules"])
    _write_json(folder / "examples.json", examples(document))
    for kind in kinds:
        for view in ("accepting", "strict"):
            _write_json(folder / f"{kind}.{view}.json", spec.json_schema(document, kind, view=view))


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


# --------------------------------------------------------------------------------------------- builders of impressions


def _impression(schemas: Json, name: str) -> Json:
    schema = schemas[name]
    asked = {key: node for key, node in schema["properties"].items() if _is_asked_for(node)}
    required = schema.get("required", ())
    parameters = [parameter(schemas, key, node, required=key in required) for key, node in asked.items()]
    return {
        "name": identifier(schema["x-builder"]),
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
    """Whether the caller must pass a field of an impression, because nothing in the spec fills it."""
    if node.get("type") == "array":
        return _is_asked_for(node.get("items", {}))
    return not node.keys() & {"x-from", "const", "$ref"} and node.get("type") != "null"


def _impression_value(schemas: Json, node: Json) -> str:
    if "$ref" in node:
        return _impression_body(schemas, schemas[target(node)])
    if "const" in node:
        return repr(node["const"])
    if "x-from" in node:
        if node["x-from"] not in _fields(schemas)["EngagementDetails"]:
            message = f"x-from must be the role of a field of EngagementDetails, not {node['x-from']!r}"
            raise SystemExit(message)
        return f"self._detail({node['x-from']!r}, {SCALARS[node['type']]})"
    if node["type"] == "array":
        return f"[{_impression_value(schemas, node['items'])}]"
    if node["type"] == "null":
        return "None"
    message = f"an impression's field needs x-from, const or null: {node}"
    raise SystemExit(message)


# --------------------------------------------------------------------------------------------------------------- facts


def _fields(schemas: Json) -> dict[str, dict[str, str]]:
    """Return the names of the fields that have a role, by schema and role."""
    found = {
        name: {
            identifier(node["x-role"]): key for key, node in schema.get("properties", {}).items() if "x-role" in node
        }
        for name, schema in schemas.items()
    }
    return {name: roles for name, roles in found.items() if roles}


def _facts(document: Json) -> Json:
    components = document["components"]
    responses, schemas = components["responses"], components["schemas"]
    operations = {operation["operationId"]: (path, operation) for path, _, operation in nodes.operations(document)}
    error = schemas["ErrorEntity"]
    fields = _fields(schemas)
    account, domain = (
        client_view.parameters(document, path, operation)
        for path, operation in (operations["createSession"], operations["getDomain"])
    )
    create = schemas["CreateSessionRequest"]
    status = schemas["EngagementAnswer"]["properties"][fields["EngagementAnswer"]["status"]]
    app_types = create["properties"][fields["CreateSessionRequest"]["app_type"]]["enum"]
    visits = {
        name: operation for name, (path, operation) in operations.items() if _is_of_a_visit(document, path, operation)
    }
    facts = {
        "account_id_pattern": account["account_id"]["schema"]["pattern"],
        "app_types": tuple(app_types),
        "app_type_choices": app_types,
        "visit_operations": list(visits),
        "status_available": status["x-available"],
        "statuses": tuple(status["anyOf"][0]["enum"]),
        "visit_lifetime": document["x-visit"]["lifetimeSeconds"],
        "domain_service": domain["service"]["schema"]["default"],
        "domain_cache_seconds": operations["getDomain"][1]["x-cache"]["seconds"],
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
            if node.get("x-pii") or ("$ref" in node and schemas[target(node)].get("x-pii"))
        ),
    }
    texts = (f"{name!r}: {_operation(document, path, operation)}" for name, (path, operation) in operations.items())
    answers = {each["name"] for operation in visits.values() if (each := client_view.answer_of(document, operation))}
    return {
        "operations": f"{{{', '.join(texts)}}}",
        "visit_answers": sorted(answers),
        **{name: repr(value) for name, value in facts.items()},
    }


def _is_of_a_visit(document: Json, path: str, operation: Json) -> bool:
    """Whether an operation takes the visitor id, as a parameter or in its body."""
    if "visitor_id" in client_view.parameters(document, path, operation):
        return True
    if "requestBody" not in operation:
        return False
    body = target(nodes.json_of(nodes.component(document, operation["requestBody"]))["schema"])
    return "visitor_id" in _fields(document["components"]["schemas"]).get(body, {})


def _operation(document: Json, path: str, operation: Json) -> str:
    retry = spec.retry(document, operation)
    family = int(retry["statuses"].removesuffix("XX"))
    again = (
        f"Retry(statuses=({family * 100}, {family * 100 + 99}), pauses={tuple(retry['pausesSeconds'])!r}, "
        f"visitor_id_from_answer={retry.get('visitorIdFromAnswer', False)!r}, "
        f"idempotent={retry.get('idempotent', False)!r})"
    )
    errors, success, example = {}, 0, None
    for status, node in operation["responses"].items():
        response = nodes.component(document, node)
        if "x-error" in response:
            errors[int(status)] = response["x-error"]
        elif not success and status.startswith("2"):
            success, example = int(status), next(iter(examples_of(response)), None)
    body = operation.get("requestBody")
    kind = None if body is None else kind_of_body(document, nodes.component(document, body))
    if body is not None and kind is None:
        message = f"the body of {operation['operationId']} needs a component schema with x-kind: it is checked by it"
        raise SystemExit(message)
    parameters = client_view.parameters(document, path, operation)
    if retry.get("visitorIdFromAnswer") and parameters.get("session_id", {}).get("required"):
        message = (
            f"{operation['operationId']} needs a session, and another visitor has none: visitorIdFromAnswer is false"
        )
        raise SystemExit(message)
    values = {
        "retry": again,
        "errors": repr(errors),
        "body": repr(kind),
        "fields": repr(_fields(document["components"]["schemas"]).get(spec.kinds(document).get(kind or "", ""), {})),
        "success": repr(success),
        "example": repr(example),
    }
    return f"OperationFacts({', '.join(f'{name}={value}' for name, value in values.items())})"
