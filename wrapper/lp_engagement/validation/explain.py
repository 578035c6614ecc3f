"""From a broken keyword at a place to a sentence that says what to do about it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from . import schemas
from .plain import NotPlain, kind_of
from .problem import Path, Problem, pointer
from .suggest import suggest_key, suggest_type, suggest_value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .engines import Fault
    from .schemas import Place, Schema

KINDS_IN_WORDS = {
    "string": "a text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}
# Of several keywords that a place breaks, the first of these tells the reader what is wrong.
PRECEDENCE = ("type", "const", "enum", "required", "additionalProperties")
COMPOSITE = ("not", "anyOf")
CONDITIONAL = {"unauthenticated-messaging": "unauthenticated-customer-id"}


def places(root: Schema, payload: Any, faults: Iterable[Fault]) -> dict[Path, str]:
    """The places that are wrong, one keyword for each: a missing or unknown key is a place of its own."""
    found: dict[Path, str] = {}
    for fault in set(faults):
        for path in _expand(root, payload, fault):
            if path not in found or _rank(fault.keyword) < _rank(found[path]):
                found[path] = fault.keyword
    # A fault inside an object explains why the object as a whole is refused.
    composites = {path for path, keyword in found.items() if keyword in COMPOSITE}
    inner = {path[:length] for path in found for length in range(len(path))}
    ordered = sorted(found, key=lambda path: _position(payload, path))
    return {path: found[path] for path in ordered if path not in composites & inner}


def _expand(root: Schema, payload: Any, fault: Fault) -> list[Path]:
    if fault.keyword not in {"required", "additionalProperties"}:
        return [fault.path]
    place = schemas.locate(root, payload, fault.path)
    value = at(payload, fault.path)
    if fault.keyword == "required":
        return [(*fault.path, key) for key in place.schema["required"] if key not in value]
    return [(*fault.path, key) for key in value if key not in place.schema["properties"]]


def _rank(keyword: str) -> int:
    return PRECEDENCE.index(keyword) if keyword in PRECEDENCE else len(PRECEDENCE)


def _position(payload: Any, path: Path) -> list[tuple[int, str]]:
    """Where a place stands in the payload, so that problems are listed in the order of the text."""
    position: list[tuple[int, str]] = []
    for token in path:
        if isinstance(payload, dict):
            keys = list(payload)
            position.append((keys.index(token), "") if token in payload else (len(keys), str(token)))
            payload = payload.get(token)
        else:
            position.append((int(token), ""))
            payload = payload[token]
    return position


def at(payload: Any, path: Path) -> Any:
    """The value at a place."""
    for token in path:
        payload = payload[token]
    return payload


def explain(root: Schema, payload: Any, path: Path, keyword: str) -> Problem:
    """Put one fault into words."""
    if keyword in {"required", "additionalProperties"}:
        place = schemas.locate(root, payload, path[:-1])
        key = str(path[-1])
        describe = _missing if keyword == "required" else _unknown_key
        name, message, hint = describe(root, place, key)
        return _problem(name, path, message, hint, place.owner, place.schema)
    place = schemas.locate(root, payload, path)
    value = at(payload, path)
    name, message, hint = _value(place, keyword, value)
    source = place.schema if "x-evidence" in place.schema else place.parent
    return _problem(name, path, message, hint, place.owner, source)


def conditional(payload: Any, kind: str, condition: str) -> list[tuple[Path, Problem]]:
    """Warnings about fields that do harm under a condition which only the caller knows (`x-warn-when`)."""
    root = schemas.load(f"{kind}.strict")
    problems: list[tuple[Path, Problem]] = []

    def visit(value: Any, path: Path) -> None:
        if isinstance(value, list):
            for index, each in enumerate(value):
                visit(each, (*path, index))
        elif isinstance(value, dict):
            known = schemas.locate(root, payload, path).schema.get("properties", {})
            for key in value.keys() & known.keys():
                if known[key].get("x-warn-when") == condition:
                    problem = _problem(CONDITIONAL[condition], (*path, key), f"`{key}` is set", "", "", known[key])
                    problems.append(((*path, key), replace(problem, level="warning")))
                visit(value[key], (*path, key))

    with suppress(KeyError, TypeError):
        # A payload of another shape has faults that are reported anyway.
        visit(payload, ())
    return problems


def explain_unfit(found: NotPlain) -> Problem:
    """Put into words what JSON cannot carry."""
    name = _label(found.path)
    return text_problem(found.rule, f"{name} holds {found.found}", "", found.path)


def too_deep() -> Problem:
    """The problem of a payload that is nested without end."""
    return text_problem("not-json", "the payload is nested too deeply, or holds itself", "")


def text_problem(name: str, message: str, hint: str, path: Path = ()) -> Problem:
    """A fault of the text that a payload is read from."""
    return _problem(name, path, message, hint, "", {})


def _problem(name: str, path: Path, message: str, hint: str, owner: str, schema: Schema) -> Problem:
    rule = schemas.load("rules")[name]
    evidence = "; ".join(schema.get("x-evidence", ()))
    source = " ".join(part for part in (owner, f"({evidence})" if evidence else "") if part)
    return Problem(rule["id"], name, "error", pointer(path), message, hint or rule["fix"], source)


def _label(path: Path) -> str:
    named = [token for token in path if isinstance(token, str)]
    if not named:
        return "the payload" if not path else f"entry {path[-1]}"
    if isinstance(path[-1], int):
        return f"entry {path[-1]} of `{named[-1]}`"
    return f"`{named[-1]}`"


def _missing(root: Schema, place: Place, key: str) -> tuple[str, str, str]:
    _, schema = schemas.dereference(root, place.schema["properties"][key])
    tag, branches = schemas.dispatch(place.schema)
    if key == tag:
        return (
            "missing-mandatory",
            f"`{key}` is missing, so nobody knows what this is",
            (f'Add "{key}": one of {_listed(list(branches))}.'),
        )
    what = f"{_expected(schema)}{_example(schema)}"
    return "missing-mandatory", f"`{key}` is missing", f'Add "{key}": {what}.'


def _unknown_key(_: Schema, place: Place, key: str) -> tuple[str, str, str]:
    hint = suggest_key(place.owner, key)
    if hint is None:
        hint = f"Leave it out; the keys known here are {_listed(list(place.schema['properties']))}."
    where = "here" if place.key is None or isinstance(place.key, int) else f"in `{place.key}`"
    return "unknown-key", f"`{key}` is not a key that the API knows {where}, so it would be dropped in silence", hint


def _value(place: Place, keyword: str, value: Any) -> tuple[str, str, str]:
    label = _label((place.key,)) if place.key is not None else "the payload"
    tag, branches = schemas.dispatch(place.parent)
    if (keyword == "enum" and place.key == tag) or keyword == "const":
        known = list(branches) if branches else [place.schema["const"]]
        return (
            "unknown-type",
            f"{label} does not name a type that is known here",
            (suggest_type(known, value) or f"Use one of {_listed(known)}."),
        )
    if keyword == "type":
        return _wrong_kind(place, label, value)
    if keyword == "enum":
        return _not_listed(place, label, value)
    if "x-rule" in place.schema and keyword in COMPOSITE:
        rule = place.schema["x-rule"]
        return rule, f"{label}: {_lower(schemas.load('rules')[rule]['title'])}", ""
    limit = place.schema.get(keyword)
    return "constraint", f"{label} is outside what the field takes", f"Send a value that meets {keyword} {limit!r}."


def _wrong_kind(place: Place, label: str, value: Any) -> tuple[str, str, str]:
    schema = place.schema
    expected = _expected(schema)
    message = f"{label} is {kind_of(value)} instead of {expected}"
    types = schema["type"]
    if value is None:
        return "null", f"{label} is null", "Leave the field out when there is no value."
    if types == "object":
        fields = _listed(list(schema.get("properties", ())))
        return "not-object", message, f"Send an object; its fields are {fields}."
    if types == "array":
        return "not-array", message, "Put it between square brackets, even a single entry."
    if types in {"integer", "number"} and isinstance(value, str) and _looks_like_number(value):
        if not value.strip():
            return "string-number", message, f"Send {expected}{_example(schema)}, or leave the field out."
        return "string-number", message, f"Send {expected} without quotes{_example(schema)}{_labels(schema)}."
    return "wrong-type", message, f"Send {expected}{_example(schema)}{_labels(schema)}."


def _looks_like_number(text: str) -> bool:
    return not text.strip() or any(character.isdigit() for character in text)


def _not_listed(place: Place, label: str, value: Any) -> tuple[str, str, str]:
    allowed = place.schema["enum"]
    suggestion = suggest_value(place.schema, value)
    if isinstance(value, str) and any(str(each).casefold() == value.strip().casefold() for each in allowed):
        return "enum-case", f"{label} is not written as documented", f"Did you mean `{suggestion}`?"
    listed = _labels(place.schema).removeprefix(": ") or _listed(allowed)
    hint = f"Did you mean `{suggestion}`? The values are {listed}." if suggestion else f"Use one of {listed}."
    return "enum", f"{label} has a value that is not documented", hint


def _expected(schema: Schema) -> str:
    types = schema.get("type")
    if types is None and "enum" in schema:
        return f"one of {_listed(schema['enum'])}"
    return KINDS_IN_WORDS.get(str(types), "a value of another kind")


def _example(schema: Schema) -> str:
    examples = schema.get("examples")
    if not examples or isinstance(examples[0], list | dict):
        return ""
    text = f'"{examples[0]}"' if isinstance(examples[0], str) else str(examples[0]).lower()
    return f", e.g. {text}"


def _labels(schema: Schema) -> str:
    labels = schema.get("x-enum-labels")
    if not labels:
        return ""
    return ": " + ", ".join(f"{value} {labels[str(value)]}" for value in schema["enum"])


def _listed(names: list[Any]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
