"""The spec as the simulator uses it: the documented answers, and the schemas of the bodies."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from lp_engagement_client import facts

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "as_spelled",
    "definitions",
    "documented_answer",
    "faulty_field",
    "loading_message",
    "rule",
    "smallest_request",
    "types_of",
    "violations",
]

_WHOLE_BODY = "body"


def documented_answer(name: str) -> dict[str, Any]:
    """Return a fresh copy of the answer that the spec shows under `name`."""
    answer: dict[str, Any] = _load("examples")["answers"][name]
    return dict(answer)


def smallest_request(kind: str) -> dict[str, Any]:
    """Return the required fields of the documented request of a kind."""
    schema, example = _load(f"{kind}.accepting"), _load("examples")["requests"][kind]
    required = schema["$defs"][schema["$ref"].rpartition("/")[2]]["required"]
    return {name: example[name] for name in required}


def as_spelled(schema: str, **values: Any) -> dict[str, Any]:
    """Make an object of a schema out of values by their roles, under the names that the spec has for them."""
    return {facts.FIELDS[schema][role]: value for role, value in values.items()}


def loading_message(account_id: str, visitor_id: str) -> str:
    """Fill the ids into the documented message, which is also printed without any."""
    message = facts.FIELDS["ErrorEntity"]["message"]
    account, visitor = documented_answer("loadingWithoutIds")[message].split(",")
    return f"{account}{account_id},{visitor}{visitor_id}"


def faulty_field(kind: str, body: object) -> str | None:
    """Name the field that makes `body` invalid, or return `None` if nothing does.

    Values, and keys that the spec does not know, stay out of the answer: they can be personal data.

    Raises:
        ValueError: the body holds something that the validator cannot read, such as too many levels.
    """
    validator = _validator(kind)
    if validator.is_valid(body):
        return None
    error = next(validator.iter_errors(body))
    if isinstance(error.kind, jsonschema_rs.ValidationErrorKind.Required):
        return error.kind.property
    names = [part for part in error.instance_path if isinstance(part, str)]
    return names[-1] if names else _WHOLE_BODY


def violations(kind: str, body: object) -> Iterator[jsonschema_rs.ValidationError]:
    """Find all places where `body` breaks the schema of its kind.

    Raises:
        ValueError: the body holds something that the validator cannot read, such as too many levels.
    """
    return _validator(kind).iter_errors(body)


def rule(name: str) -> dict[str, str]:
    """Return a rule of the spec by its name: its id, title and text."""
    found: dict[str, str] = _load("rules")[name]
    return found


def definitions(kind: str) -> dict[str, dict[str, Any]]:
    """Return the schemas that bodies of a kind are made of, by the spec's names."""
    schemas: dict[str, dict[str, Any]] = _load(f"{kind}.accepting")["$defs"]
    return schemas


@cache
def types_of(kind: str) -> tuple[str, ...]:
    """Return the types that there are of a kind, e.g. the impression events, in the spec's order."""
    schema = _load(f"{kind}.accepting")
    union = schema["$defs"][schema["$ref"].rpartition("/")[2]]
    return tuple(union["properties"]["type"]["enum"])


@cache
def _validator(kind: str) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(_load(f"{kind}.accepting"), validate_formats=True)


@cache
def _load(name: str) -> dict[str, Any]:
    text = resources.files("lp_engagement_client").joinpath("schemas", f"{name}.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document
