"""Explaining located faults: a message and a fix for each."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from lp_engagement._common.json_pointer import json_pointer
from lp_engagement._common.printable import printable

from . import hints, schemas
from .locate import Place, Walk, step
from .plain_json import TOO_DEEP, NotPlain, kind_of
from .problem import Level, Path, Problem
from .suggest import suggest_key, suggest_place, suggest_tag, suggest_type, suggest_value
from .words import TYPES, as_json, label, listed, lower, predicate, wanted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .locate import Located
    from .schemas import Schema

COMPOSITE = ("not", "anyOf")
"""Keywords that stand for a rule of the spec, named by `x-rule`."""
_DISAGREE = "LivePerson's own pages disagree"


class _Words(NamedTuple):
    """A rule, what is wrong, and the fix; without a fix, the rule's own."""

    rule: str
    message: str
    hint: str


def explain(fault: Located) -> Problem:
    """Explain a fault. The problem is an error until `as_warning` says otherwise."""
    path, keyword, place = fault.path, fault.keyword, fault.place
    source = place.schema
    if keyword == "required":
        words = _missing(place, str(path[-1]))
    elif keyword == "additionalProperties":
        words = _unknown_key(place, str(path[-1]))
    else:
        words = _wrong_value(place, keyword, label(path))
        source = place.schema if "x-evidence" in place.schema else place.parent
    return _problem(words, path, place.owner, source)


def as_warning(problem: Problem, path: Path, accepted: Schema) -> Problem:
    """Turn a problem that LivePerson's own pages cause into a warning.

    Args:
        problem: the problem by the strict view.
        path: its path.
        accepted: the accepting view's schema of the place.
    """
    if problem.name == "unknown-key":
        message = f"{label(path)} is one of two spellings of this field on LivePerson's own pages"
    else:
        doubts = (
            node["description"]
            for node in accepted.get("anyOf", ())
            if node.get("x-tolerated") and "description" in node
        )
        doubt = next(doubts, _DISAGREE)
        message = f"{problem.message}; {doubt if doubt == _DISAGREE else lower(doubt.rstrip('.'))}"
    return replace(problem, level="warning", message=message)


def conditional(payload: Any, kind: str, condition: str) -> list[tuple[Path, Problem]]:
    """List warnings about fields that break something under a condition that only the caller knows (`x-warn-when`)."""
    rules = schemas.load("rules")
    name = next(name for name, rule in rules.items() if rule.get("when") == condition)
    why = lower(rules[name]["text"].partition(".")[0])
    root = Walk(schemas.load(f"{kind}.strict"), payload).to(())
    problems: list[tuple[Path, Problem]] = []
    for path, place in _all_known((), root):
        if place.parent.get("properties", {}).get(place.key, {}).get("x-warn-when") == condition:
            words = _Words(name, f"{label(path)} is set: {why}", "")
            problem = _problem(words, path, "", place.parent["properties"][place.key])
            problems.append((path, replace(problem, level="warning")))
    return problems


def _all_known(path: Path, place: Place) -> Iterator[tuple[Path, Place]]:
    """Walk over all values of a payload that the schema knows."""
    yield path, place
    value = place.value
    if isinstance(value, dict) and "properties" in place.schema:
        known = [key for key in value if key in place.schema["properties"]]
    else:
        known = list(range(len(value))) if isinstance(value, list) and "items" in place.schema else []
    for token in known:
        yield from _all_known((*path, token), step(place, token))


def explain_unfit(found: NotPlain) -> Problem:
    """Explain a value that JSON cannot represent."""
    return text_problem(found.rule, f"{label(found.path)} contains {found.found}", found.hint, found.path)


def too_deep() -> Problem:
    """Return the problem of a payload that is nested too deeply or contains itself."""
    return text_problem("not-json", "the payload is nested too deeply, or contains itself", TOO_DEEP)


def too_large(most: int) -> Problem:
    """Return the problem of a payload with more values than may be sent."""
    message = f"the payload is too large: it has more than {most} values"
    hint = "Send fewer attributes in one call. Check that no list or object is in the payload many times."
    return text_problem("constraint", message, hint)


def text_problem(name: str, message: str, hint: str, path: Path = (), *, level: Level = "error") -> Problem:
    """Return a problem of the text that a payload is read from; an empty hint is the rule's own fix."""
    return replace(_problem(_Words(name, message, hint), path, "", {}), level=level)


def _problem(words: _Words, path: Path, owner: str, schema: Schema) -> Problem:
    rule = schemas.load("rules")[words.rule]
    evidence = "; ".join(schema.get("x-evidence", ()))
    source = " ".join(part for part in (owner, f"({evidence})" if evidence else "") if part)
    hint = words.hint or rule["fix"]
    return Problem(rule["id"], words.rule, "error", json_pointer(path), words.message, hint, source)


def _missing(place: Place, key: str) -> _Words:
    message = f"`{key}` is missing"
    tag, branches = schemas.dispatch(place.schema)
    if key == tag:
        meant = suggest_tag(place.root, tag, branches, place.value)
        return _Words("missing-mandatory", message, meant or f'Add "{key}": one of {listed(branches)}.')
    node = place.schema["properties"][key]
    hint = f'Add "{key}": {wanted(place.root, node)}.'
    if "description" in node:
        hint += f" Meaning: {lower(node['description'])}"
    return _Words("missing-mandatory", message, hint)


def _unknown_key(place: Place, key: str) -> _Words:
    hint = suggest_key(place, key) or suggest_place(place, key)
    if hint is None:
        hint = f"Remove it. Known fields: {listed(place.schema['properties'])}."
    where = "here" if place.key is None or isinstance(place.key, int) else f"in `{place.key}`"
    message = f"`{printable(key)}` is not a known field {where}, so the server would silently drop it"
    return _Words("unknown-key", message, hint)


def _wrong_value(place: Place, keyword: str, name: str) -> _Words:
    schema = place.schema
    tag, branches = schemas.dispatch(place.parent)
    if (keyword == "enum" and place.key == tag) or keyword == "const":
        known = list(branches) or [schema["const"]]
        hint = suggest_type(known, place) or f"Use one of {listed(known)}."
        return _Words("unknown-type", f"{name} is not a known type", hint)
    if keyword == "type":
        return _wrong_type(place, name)
    if keyword == "enum":
        return _unlisted(place, name)
    if "x-rule" in schema and keyword in COMPOSITE:
        rule = schema["x-rule"]
        return _Words(rule, f"{name} is {predicate(schemas.load('rules')[rule]['title'])}", "")
    limit = f"{keyword}: {as_json(schema.get(keyword))}"
    return _Words("constraint", f"{name} is outside the limits of the field", f"Send a value that satisfies {limit}.")


def _wrong_type(place: Place, name: str) -> _Words:
    value, types = place.value, place.schema["type"]
    message = f"{name} must be {TYPES[types]}, not {kind_of(value)}"
    if value is None:
        return _Words("null", message, hints.instead_of_null(place))
    if hints.is_json_in_a_string(place):
        return _Words(f"not-{types}", message, hints.instead_of_json(place))
    if types == "object":
        return _Words("not-object", message, hints.instead_of_object(place))
    if types == "array":
        return _Words("not-array", message, hints.instead_of_array(place))
    if types in hints.NUMERIC and isinstance(value, str) and hints.looks_like_number(value):
        return _Words("string-number", message, hints.instead_of_digits(place, value))
    return _Words("wrong-type", message, hints.instead_of_scalar(place))


def _unlisted(place: Place, name: str) -> _Words:
    value, allowed = place.value, place.schema["enum"]
    suggestion = suggest_value(place.schema, value) if place.is_public else None
    takes = wanted(place.root, place.schema)
    if isinstance(value, str) and any(str(item).casefold() == value.strip().casefold() for item in allowed):
        wrong = "has the wrong upper or lower case" if value == value.strip() else "has spaces around its value"
        hint = f"Did you mean `{suggestion}`?" if suggestion else f"Use {takes}."
        return _Words("enum-case", f"{name} {wrong}", hint)
    hint = f"Did you mean `{suggestion}`? The field takes {takes}." if suggestion else f"Use {takes}."
    return _Words("enum", f"{name} has an undocumented value", hint)
