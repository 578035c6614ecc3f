"""From a broken keyword at a place to a sentence that says what to do about it."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from lp_engagement._common.json_pointer import json_pointer
from lp_engagement._common.printable import printable

from . import schemas
from .plain_json import TOO_DEEP, NotPlain, kind_of
from .problem import Level, Path, Problem
from .suggest import suggest_branch, suggest_key, suggest_label, suggest_place, suggest_tag, suggest_type, suggest_value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .engines import Violation
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
_DISAGREE = "LivePerson's own pages disagree about that"
NUMERIC = {"integer", "number"}
_PLAIN_NUMBER = re.compile(r"-?\d+(\.\d+)?")


class Located(NamedTuple):
    """A fault, found once: everything that is needed to put it into words.

    Attributes:
        path: what is wrong; a missing or unknown key is a place of its own.
        keyword: the keyword of the schema that it breaks.
        place: what the path leads to; for a missing or unknown key, the object that lacks or has it.
    """

    path: Path
    keyword: str
    place: Place


def locate_all(root: Schema, payload: Any, faults: Iterable[Violation]) -> dict[Path, Located]:
    """The places that are wrong, one keyword for each, in the order of the payload."""
    found: dict[Path, Located] = {}
    for fault in set(faults):
        place = schemas.locate(root, payload, fault.path)
        for path in _expand(fault, place):
            if path not in found or _rank(fault.keyword) < _rank(found[path].keyword):
                found[path] = Located(path, fault.keyword, place)
    order = _Order(payload)
    return {path: found[path] for path in sorted(found, key=order.position)}


def _expand(fault: Violation, place: Place) -> list[Path]:
    if fault.keyword == "required":
        return [(*fault.path, key) for key in place.schema["required"] if key not in place.value]
    if fault.keyword == "additionalProperties":
        return [(*fault.path, key) for key in place.value if key not in place.schema["properties"]]
    return [fault.path]


def _rank(keyword: str) -> int:
    return PRECEDENCE.index(keyword) if keyword in PRECEDENCE else len(PRECEDENCE)


class _Order:
    """Where places are in a payload, so that problems are listed in the order of the text."""

    def __init__(self, payload: Any) -> None:
        self._payload = payload
        # By the identity of an object, which the payload keeps alive: its keys are numbered once.
        self._numbers: dict[int, dict[str, int]] = {}

    def position(self, path: Path) -> list[tuple[int, str]]:
        """A key to sort paths by; what is missing comes after what is there."""
        value = self._payload
        position: list[tuple[int, str]] = []
        for token in path:
            if isinstance(token, int):
                position.append((token, ""))
                value = value[token]
                continue
            numbers = self._numbers.get(id(value))
            if numbers is None:
                numbers = self._numbers[id(value)] = {key: number for number, key in enumerate(value)}
            position.append((numbers[token], "") if token in numbers else (len(numbers), token))
            value = value.get(token)
        return position


def explain(root: Schema, fault: Located) -> Problem:
    """Put one fault into words."""
    path, keyword, place = fault
    if keyword in {"required", "additionalProperties"}:
        describe = _missing if keyword == "required" else _unknown_key
        name, message, hint = describe(root, place, str(path[-1]))
        return _problem(name, path, message, hint, place.owner, place.schema)
    name, message, hint = _value(root, place, keyword, _label(path))
    source = place.schema if "x-evidence" in place.schema else place.parent
    return _problem(name, path, message, hint, place.owner, source)


def tolerated(problem: Problem, path: Path, node: Schema) -> Problem:
    """Make a warning of a problem: what LivePerson prints somewhere itself is not called wrong.

    Args:
        problem: what is wrong by the strict view.
        path: its place.
        node: what the accepting view says of that place.
    """
    doubts = [each["description"] for each in node.get("anyOf", ()) if each.get("deprecated") and "description" in each]
    message = f"{problem.message}; {_lower(doubts[0].rstrip('.')) if doubts else _DISAGREE}"
    if problem.name == "unknown-key":
        message = f"{_label(path)} is one of two spellings that LivePerson's own pages have for the same field"
    return replace(problem, level="warning", message=message)


def conditional(payload: Any, kind: str, condition: str) -> list[tuple[Path, Problem]]:
    """Warnings about fields that do harm under a condition which only the caller knows (`x-warn-when`)."""
    root, rules = schemas.load(f"{kind}.strict"), schemas.load("rules")
    name = next(each for each, rule in rules.items() if rule.get("when") == condition)
    problems: list[tuple[Path, Problem]] = []

    def visit(value: Any, path: Path) -> None:
        if isinstance(value, list):
            for index, each in enumerate(value):
                visit(each, (*path, index))
        elif isinstance(value, dict):
            known: Schema = {}
            with suppress(KeyError, TypeError):
                # Where the payload has another shape there are no fields to know.
                known = schemas.locate(root, payload, path).schema.get("properties", {})
            for key, each in value.items():
                if key not in known:
                    continue
                if known[key].get("x-warn-when") == condition:
                    why = rules[name]["text"].partition(".")[0]
                    message = f"`{key}` is set: {_lower(why)}"
                    problem = _problem(name, (*path, key), message, "", "", known[key])
                    problems.append(((*path, key), replace(problem, level="warning")))
                visit(each, (*path, key))

    visit(payload, ())
    return problems


def explain_unfit(found: NotPlain) -> Problem:
    """Put into words what JSON cannot carry."""
    name = _label(found.path)
    return text_problem(found.rule, f"{name} holds {found.found}", found.hint, found.path)


def too_deep() -> Problem:
    """The problem of a payload that is nested without end."""
    return text_problem("not-json", "the payload is nested too deeply, or holds itself", TOO_DEEP)


def text_problem(name: str, message: str, hint: str, path: Path = (), *, level: Level = "error") -> Problem:
    """A fault of the text that a payload is read from."""
    return replace(_problem(name, path, message, hint, "", {}), level=level)


def _problem(name: str, path: Path, message: str, hint: str, owner: str, schema: Schema) -> Problem:
    rule = schemas.load("rules")[name]
    evidence = "; ".join(schema.get("x-evidence", ()))
    source = " ".join(part for part in (owner, f"({evidence})" if evidence else "") if part)
    return Problem(rule["id"], name, "error", json_pointer(path), message, hint or rule["fix"], source)


def _label(path: Path) -> str:
    named = [token for token in path if isinstance(token, str)]
    if not named:
        return "the payload" if not path else f"entry {path[-1]}"
    if isinstance(path[-1], int):
        return f"entry {path[-1]} of `{printable(named[-1])}`"
    return f"`{printable(named[-1])}`"


def _missing(root: Schema, place: Place, key: str) -> tuple[str, str, str]:
    tag, branches = schemas.dispatch(place.schema)
    if key == tag:
        meant = suggest_tag(root, tag, branches, place.value)
        hint = meant or f'Add "{key}": one of {_listed(branches)}.'
        return "missing-mandatory", f"`{key}` is missing, so nobody knows what this is", hint
    node = place.schema["properties"][key]
    hint = f'Add "{key}": {_wanted(root, node)}.'
    if "description" in node:
        hint += f" It means: {_lower(node['description'])}"
    return "missing-mandatory", f"`{key}` is missing", hint


def _unknown_key(root: Schema, place: Place, key: str) -> tuple[str, str, str]:
    hint = suggest_key(place, key) or suggest_place(root, place, key)
    if hint is None:
        hint = f"Leave it out; the keys known here are {_listed(place.schema['properties'])}."
    where = "here" if place.key is None or isinstance(place.key, int) else f"in `{place.key}`"
    return (
        "unknown-key",
        f"`{printable(key)}` is not a key that the API knows {where}, so it would be dropped in silence",
        hint,
    )


def _value(root: Schema, place: Place, keyword: str, label: str) -> tuple[str, str, str]:
    value = place.value
    tag, branches = schemas.dispatch(place.parent)
    if (keyword == "enum" and place.key == tag) or keyword == "const":
        known = list(branches) or [place.schema["const"]]
        return (
            "unknown-type",
            f"{label} does not name a type that is known here",
            (suggest_type(known, place) or f"Use one of {_listed(known)}."),
        )
    if keyword == "type":
        return _wrong_kind(root, place, label, value)
    if keyword == "enum":
        return _not_listed(root, place, label, value)
    if "x-rule" in place.schema and keyword in COMPOSITE:
        rule = place.schema["x-rule"]
        return rule, f"{label} is {_lower(schemas.load('rules')[rule]['title'])}", ""
    limit = place.schema.get(keyword)
    return "constraint", f"{label} is outside what the field takes", f"Send a value that meets {keyword} {limit!r}."


def _wrong_kind(root: Schema, place: Place, label: str, value: Any) -> tuple[str, str, str]:
    schema = place.schema
    if value is None:
        return "null", f"{label} is null", _instead_of_null(root, place)
    types = schema["type"]
    message = f"{label} is {kind_of(value)} instead of {KINDS_IN_WORDS[types]}"
    if types in {"object", "array"} and isinstance(value, str) and value.lstrip()[:1] in {"{", "["}:
        hint = f"Send {KINDS_IN_WORDS[types]} as it is, not as JSON in quotes."
        return f"not-{types}", message, hint
    if types == "object":
        return "not-object", message, _instead_of_object(root, place, value)
    if types == "array":
        return "not-array", message, _instead_of_list(root, schema, value)
    if types in NUMERIC and isinstance(value, str) and _looks_like_number(value):
        return "string-number", message, _instead_of_digits(root, place, value)
    return "wrong-type", message, _instead_of_value(root, schema, value)


def _is_mandatory(place: Place) -> bool:
    return place.key is None or place.key in place.parent.get("required", ())


def _instead_of_null(root: Schema, place: Place) -> str:
    if _is_mandatory(place):
        return f"It is mandatory: send {_wanted(root, place.schema)}."
    if isinstance(place.key, int):
        return "Leave the entry out."
    why = " A NaN becomes null on its way into JSON." if place.schema["type"] in NUMERIC else ""
    return f"Leave the field out when there is no value.{why}"


def _instead_of_object(root: Schema, place: Place, value: Any) -> str:
    schema = place.schema
    known = schema.get("properties", {})
    if isinstance(value, list):
        if isinstance(place.key, int):
            return "Leave out the inner square brackets, so that each entry lies in the outer list itself."
        if any(isinstance(each, dict) and each.keys() & known.keys() for each in value):
            return "Send the object itself, without square brackets around it."
        lists = [name for name, each in known.items() if each.get("type") == "array"]
        if len(lists) == 1:
            return f'Put the list into an object: {{"{lists[0]}": […]}}.'
    return f"Send {_wanted(root, schema)}."


def _instead_of_list(root: Schema, schema: Schema, value: Any) -> str:
    _, items = schemas.dereference(root, schema["items"])
    tag, branches = schemas.dispatch(items)
    if branches and isinstance(value, dict) and tag not in value:
        guess = next(filter(None, (suggest_branch(root, branches, key) for key in value)), next(iter(branches)))
        return f'Send a list of objects that each name their "{tag}": [{{"{tag}": "{guess}", …}}, …].'
    if isinstance(value, str) and "," in value:
        return "Put each entry in quotes of its own, and all of them between square brackets."
    return "Put it between square brackets, even a single entry."


def _instead_of_digits(root: Schema, place: Place, text: str) -> str:
    if any(character.isdigit() for character in text):
        extras = "" if _PLAIN_NUMBER.fullmatch(text) else ", currency signs, blanks or thousands separators"
        return f"Send {_wanted(root, place.schema, f' without quotes{extras}')}."
    return f"Send {_wanted(root, place.schema)}{'' if _is_mandatory(place) else ', or leave the field out'}."


def _instead_of_value(root: Schema, schema: Schema, value: Any) -> str:
    if "enum" in schema:
        meant = suggest_label(schema, value)
        return f"Did you mean {meant}?" if meant else f"Use {_wanted(root, schema)}."
    number = isinstance(value, int | float) and not isinstance(value, bool)
    how = " in quotes" if number and schema["type"] == "string" else ""
    if isinstance(value, str) and schema["type"] == "boolean":
        how = " without quotes"
    return f"Send {_wanted(root, schema, how)}."


def _looks_like_number(text: str) -> bool:
    """Whether a text stands where somebody had a number to show: with digits, or a mere dash, sign or blank."""
    return any(character.isdigit() for character in text) or not any(character.isalpha() for character in text)


def _not_listed(root: Schema, place: Place, label: str, value: Any) -> tuple[str, str, str]:
    allowed = place.schema["enum"]
    suggestion = suggest_value(place.schema, value)
    if isinstance(value, str) and any(str(each).casefold() == value.strip().casefold() for each in allowed):
        how = "in the wrong upper or lower case" if value == value.strip() else "with blanks around it"
        return "enum-case", f"{label} is written {how}", f"Did you mean `{suggestion}`?"
    wanted = _wanted(root, place.schema)
    hint = f"Did you mean `{suggestion}`? It takes {wanted}." if suggestion else f"Use {wanted}."
    return "enum", f"{label} has a value that is not documented", hint


def _wanted(root: Schema, schema: Schema, how: str = "") -> str:
    """What a field takes, as the object of a sentence; `how` follows the kind."""
    _, schema = schemas.dereference(root, schema)
    kind = f"{KINDS_IN_WORDS.get(schema.get('type', ''), 'a value')}{how}"
    tag, branches = schemas.dispatch(schema)
    if branches:
        return f'{kind} with a "{tag}": one of {_listed(branches)}'
    if "properties" in schema:
        nodes = {name: schemas.dereference(root, each)[1] for name, each in schema["properties"].items()}
        examples = {name: each["examples"][0] for name, each in nodes.items() if "examples" in each}
        whole = len(examples) == len(nodes)
        return f"{kind}, e.g. {_json(examples)}" if whole else f"{kind}; its fields are {_listed(nodes)}"
    if "items" in schema:
        _, items = schemas.dereference(root, schema["items"])
        return f"{kind} of objects with {_listed(items['properties'])}" if "properties" in items else kind
    labels = schema.get("x-enum-labels")
    if labels:
        return f"{kind}: {', '.join(f'{value} {labels[str(value)]}' for value in schema['enum'])}"
    if "enum" in schema:
        return f"one of {_listed(schema['enum'])}{how}"
    return f"{kind}, e.g. {_json(schema['examples'][0])}" if "examples" in schema else kind


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _listed(names: Iterable[Any]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
