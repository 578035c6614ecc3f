"""The kinds of edits that a maintainer makes to the spec, each as a change of the document as it is written.

The spec-edit test edits nothing else. An edit keeps the spec's own promises (evidence, descriptions, examples), as a
maintainer's would.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Document = dict[str, Any]


class Edit(NamedTuple):
    """An edit of the spec.

    Attributes:
        title: what kind of edit it is.
        change: makes it.
        not_concerned: the consumers that have nothing to do with it, each with the reason.
    """

    title: str
    change: Callable[[Document], None]
    not_concerned: dict[str, str]


def _schemas(document: Document) -> Document:
    found: Document = document["components"]["schemas"]
    return found


def _properties(document: Document, schema: str) -> Document:
    found: Document = _schemas(document)[schema]["properties"]
    return found


def _rename(members: Document, old: str, new: str) -> None:
    """Give a key another name, in its place."""
    kept = list(members.items())
    members.clear()
    members.update({new if key == old else key: value for key, value in kept})


def _available(document: Document) -> Document:
    """The documented answer with an engagement."""
    examples = document["components"]["responses"]["Engagement"]["content"]["application/json"]["examples"]
    details: Document = examples["available"]["value"]["engagementDetails"]
    return details


# ------------------------------------------------------------------------------------------------------- the edits


def _new_type(document: Document) -> None:
    _schemas(document)["LoyaltySde"] = {
        "type": "object",
        "description": "How loyal the consumer is.",
        "x-evidence": ["A test: an eleventh attribute type"],
        "x-also-seen": ["frequentFlyer"],
        "additionalProperties": False,
        "required": ["type", "points"],
        "properties": {
            "type": {"type": "string", "const": "loyalty", "default": "loyalty", "description": "Names the attribute."},
            "points": {"type": "integer", "description": "How many points.", "minimum": 0, "examples": [250]},
            "level": {"type": "string", "enum": ["SILVER", "GOLD"], "description": "The level reached."},
            "cardNumber": {"type": "string", "description": "The number of the card.", "x-pii": True},
            "since": {"$ref": "#/components/schemas/CalendarDate"},
        },
    }
    union = _schemas(document)["EngagementAttribute"]
    union["oneOf"].append({"$ref": "#/components/schemas/LoyaltySde"})
    union["discriminator"]["mapping"]["loyalty"] = "#/components/schemas/LoyaltySde"


def _new_field(document: Document) -> None:
    _properties(document, "CartSde")["couponCode"] = {
        "type": "string",
        "description": "The coupon that was redeemed.",
        "x-evidence": ["A test: a new field of a request"],
        "x-also-seen": ["voucher"],
        "examples": ["SUMMER"],
    }
    _properties(document, "EngagementDetails")["queueOpen"] = {
        "type": "boolean",
        "description": "Whether somebody is there to answer.",
        "x-evidence": ["A test: a new field of an answer"],
    }


def _new_value(document: Document) -> None:
    _properties(document, "PersonalInfo")["gender"]["enum"].append("DIVERSE")


def _required(document: Document) -> None:
    _schemas(document)["LeadInfo"]["required"] = ["topic"]


def _retry_pause(document: Document) -> None:
    document["x-retry"]["pausesSeconds"] = [5, 10, 15, 20]


def _renamed(document: Document) -> None:
    members = _properties(document, "CustomerInfo")
    _rename(members, "companyBranch", "branch")
    members["branch"]["x-also-seen"] = ["companyBranch"]
    _rename(_properties(document, "EngagementDetails"), "windowId", "frameId")
    _rename(_available(document), "windowId", "frameId")
    required = _schemas(document)["EngagementDetails"]["required"]
    required[required.index("windowId")] = "frameId"


def _renamed_role(document: Document) -> None:
    """Give every field and parameter that has a role another name: `pageId` becomes `pageId2`, `sid` `sid2`."""
    schemas = _schemas(document)
    for schema, value in _examples(document):
        _rename_values(schemas, schema, value)
    for schema in schemas.values():
        for key in [key for key, node in schema.get("properties", {}).items() if "x-role" in node]:
            _rename(schema["properties"], key, f"{key}2")
            schema["required"] = [f"{key}2" if each == key else each for each in schema.get("required", ())]
    for parameter in _parameters(document):
        if "x-role" in parameter:
            old, new = parameter["name"], f"{parameter['name']}2"
            for path in list(document["paths"]):
                _rename(document["paths"], path, path.replace(f"{{{old}}}", f"{{{new}}}"))
            parameter["name"] = new
    for response in document["components"]["responses"].values():
        for link in response.get("links", {}).values():
            for part in link.keys() & {"parameters", "requestBody"}:
                link[part] = {f"{key}2": f"{value}2" for key, value in link[part].items()}


def _operations(document: Document) -> list[Document]:
    return [each for item in document["paths"].values() for each in item.values() if "responses" in each]


def _parameters(document: Document) -> list[Document]:
    inline = [each for operation in _operations(document) for each in operation.get("parameters", ())]
    return [*document["components"]["parameters"].values(), *(each for each in inline if "name" in each)]


def _examples(document: Document) -> Iterator[tuple[Document, Any]]:
    """The schema and the value of each example of a request, an answer or a rule."""
    components = document["components"]
    inline = [each for operation in _operations(document) for each in operation["responses"].values()]
    for body in [*components["requestBodies"].values(), *components["responses"].values(), *inline]:
        media = body.get("content", {}).get("application/json", {})
        yield from ((media["schema"], example["value"]) for example in media.get("examples", {}).values())
    kinds = {schema["x-kind"]: schema for schema in components["schemas"].values() if "x-kind" in schema}
    for example in [rule["example"] for rule in document["x-rules"].values() if "example" in rule]:
        yield from ((kinds[example["kind"]], example[payload]) for payload in ("wrong", "right"))


def _rename_values(schemas: Document, schema: Document, value: Any) -> None:
    """Rename what has a role in a value of a schema."""
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    for branch in schema.get("anyOf", ()):
        _rename_values(schemas, branch, value)
    if isinstance(value, list):
        for each in value:
            _rename_values(schemas, schema.get("items", {}), each)
    if isinstance(value, dict):
        for key, node in schema.get("properties", {}).items():
            if key in value:
                _rename_values(schemas, node, value[key])
                if "x-role" in node:
                    _rename(value, key, f"{key}2")


def _error_hint(document: Document) -> None:
    codes = _schemas(document)["ErrorEntity"]["x-internal-codes"]
    codes.append({"code": 41, "name": "campaign-paused", "hint": "The campaign is paused: wake it and try again."})


def _personal(document: Document) -> None:
    _properties(document, "ErrorInfo")["message"]["x-pii"] = True
    _properties(document, "EngagementDetails")["language"]["x-pii"] = True


def _operation(document: Document) -> None:
    created = document["paths"]["/api/account/{accountId}/app/engagement/visitors/"]["post"]
    errors = {status: each for status, each in created["responses"].items() if status != "200"}
    _schemas(document)["EndSessionRequest"] = {
        "x-kind": "end-session",
        "type": "object",
        "description": "Why the session ends.",
        "x-evidence": ["A test: a new operation"],
        "additionalProperties": False,
        "required": ["reason"],
        "properties": {
            "reason": {"type": "string", "enum": ["DONE", "LEFT"], "description": "Why it ends."},
            "farewell": {"type": "string", "description": "What the consumer said.", "x-pii": True},
        },
    }
    _schemas(document)["SessionEnded"] = {
        "type": "object",
        "description": "What became of the session.",
        "x-evidence": ["A test: a new operation"],
        "required": ["ended"],
        "properties": {
            "ended": {"type": "boolean", "description": "Whether it has ended."},
            "pageId": {"type": "string", "description": "The last page.", "x-role": "page_id", "x-pii": False},
        },
    }
    shared = ("accountId", "visitorId", "requiredSessionId", "version")
    document["paths"]["/api/account/{accountId}/app/engagement/visitors/{visitorId}/session"] = {
        "parameters": [{"$ref": f"#/components/parameters/{name}"} for name in shared],
        "delete": {
            "operationId": "endSession",
            "tags": ["engagement"],
            "summary": "End the session of a visitor",
            "description": "What happens at the end of a visit.",
            "x-evidence": ["A test: a new operation"],
            "parameters": [
                {
                    "name": "channel",
                    "in": "query",
                    "required": False,
                    "description": "Where it ended.",
                    "x-pii": False,
                    "x-evidence": ["A test: a parameter of its own"],
                    "schema": {"type": "string"},
                }
            ],
            "x-retry": {
                "statuses": "5XX",
                "pausesSeconds": [3],
                "visitorIdFromAnswer": False,
                "x-evidence": ["A test: a pause of its own"],
            },
            "requestBody": {
                "x-evidence": ["A test: a new operation"],
                "required": True,
                "content": {
                    "application/json": {
                        "schema": {"$ref": "#/components/schemas/EndSessionRequest"},
                        "examples": {"documented": {"value": {"reason": "DONE"}}},
                    }
                },
            },
            "responses": {
                "200": {
                    "description": "The session has ended.",
                    "x-evidence": ["A test: a new operation"],
                    "content": {
                        "application/json": {
                            "schema": {"$ref": "#/components/schemas/SessionEnded"},
                            "examples": {"ended": {"value": {"ended": True, "pageId": "1"}}},
                        }
                    },
                },
                **errors,
            },
        },
    }


def _rule(document: Document) -> None:
    document["x-rules"]["currency-sign"] = {
        "id": "LPE399",
        "title": "A currency with a sign or digits in it",
        "text": "The currency is its three letters.",
        "fix": "Send the code of the currency, such as USD.",
        "example": {
            "kind": "sde",
            "wrong": {"type": "lead", "lead": {"currency": "12 $"}},
            "right": {"type": "lead", "lead": {"currency": "USD"}},
        },
    }
    currency = _properties(document, "LeadInfo")["currency"]
    currency |= {"x-rule": "currency-sign", "not": {"pattern": "[0-9$]"}}


_NO_PAYLOAD = "no payload changes"
_NO_VALUE = "no value comes or goes"
_ALL_HIDDEN = "every value of the field is hidden, known or not"
_NO_MODEL = "models know shapes only"
_NO_BUILDER = "nothing to build changes"

EDITS: dict[str, Edit] = {
    "new-type": Edit("a new SDE type", _new_type, {}),
    "new-field": Edit("a new field, of a request and of an answer", _new_field, {}),
    "new-value": Edit("a new enum value", _new_value, {"redaction": _ALL_HIDDEN}),
    "required": Edit("a field made required", _required, {"redaction": _NO_VALUE}),
    "retry-pause": Edit(
        "a new retry pause",
        _retry_pause,
        {
            "models": _NO_MODEL,
            "builders": _NO_BUILDER,
            "validator": _NO_PAYLOAD,
            "strategies": _NO_PAYLOAD,
            "redaction": _NO_VALUE,
        },
    ),
    "renamed": Edit("a renamed field, of a request and of an answer", _renamed, {}),
    "error-hint": Edit(
        "a new error hint",
        _error_hint,
        {"models": _NO_MODEL, "builders": _NO_BUILDER, "validator": _NO_PAYLOAD, "strategies": _NO_PAYLOAD},
    ),
    "personal": Edit(
        "a field marked personal, of a request and of an answer",
        _personal,
        {
            "models": "they show no value of any field",
            "builders": "they show no value of any field",
            "validator": _NO_PAYLOAD,
            "simulator": _NO_PAYLOAD,
            "strategies": _NO_PAYLOAD,
        },
    ),
    "operation": Edit("a new operation, with a body and an answer of its own", _operation, {}),
    "rule": Edit("a new rule", _rule, {"models": "rules are checked, not modelled", "builders": _NO_BUILDER}),
    # After all others, which know the names as they are.
    "renamed-role": Edit(
        "a new name for all that a visit fills and reads by itself: ids, parameters, …", _renamed_role, {}
    ),
}
"""Every kind of edit by its name."""

CONSUMERS = (
    "models",
    "builders",
    "client",
    "validator",
    "explain",
    "command line",
    "simulator",
    "strategies",
    "redaction",
    "docs",
)
"""What is made of the spec, or made to know it."""
