"""The fix for a value of the wrong type, depending on the value and on what the field takes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .schemas import dereference, dispatch
from .suggest import suggest_branch, suggest_label
from .words import TYPES, wanted

if TYPE_CHECKING:
    from .locate import Place
    from .schemas import Schema

NUMERIC = {"integer", "number"}
_PLAIN_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def is_mandatory(place: Place) -> bool:
    """Whether the field must be sent."""
    return place.key is None or place.key in place.parent.get("required", ())


def is_json_in_a_string(place: Place) -> bool:
    """Whether the value is a string that contains the object or array to send."""
    value = place.value
    return place.schema["type"] in {"object", "array"} and isinstance(value, str) and value.lstrip()[:1] in {"{", "["}


def looks_like_number(text: str) -> bool:
    """Whether a string is in place of a number: it has digits, or is a mere dash, sign or space."""
    return any(character.isdigit() for character in text) or not any(character.isalpha() for character in text)


def instead_of_null(place: Place) -> str:
    """Suggest a fix for null."""
    if is_mandatory(place):
        return f"It is mandatory: send {wanted(place.root, place.schema)}."
    if isinstance(place.key, int):
        return "Remove the entry."
    why = " NaN becomes null when it is written as JSON." if place.schema["type"] in NUMERIC else ""
    return f"Omit the field when there is no value.{why}"


def instead_of_json(place: Place) -> str:
    """Suggest a fix for JSON in a string."""
    return f"Send {TYPES[place.schema['type']].replace('an ', 'the ')} itself, not JSON in a string."


def instead_of_object(place: Place) -> str:
    """Suggest a fix for a value that must be an object."""
    schema, value = place.schema, place.value
    known = schema.get("properties", {})
    if isinstance(value, list):
        if isinstance(place.key, int):
            return "Remove the inner [ ]: entries belong directly in the outer array."
        if any(isinstance(entry, dict) and entry.keys() & known.keys() for entry in value):
            return "Remove the [ ] around the object."
        lists = [name for name, node in known.items() if node.get("type") == "array"]
        if len(lists) == 1:
            return f'Put the array in an object: {{"{lists[0]}": […]}}.'
    return f"Send {wanted(place.root, schema)}."


def instead_of_array(place: Place) -> str:
    """Suggest a fix for a value that must be an array."""
    root, value = place.root, place.value
    _, items = dereference(root, place.schema["items"])
    tag, branches = dispatch(items)
    if branches and isinstance(value, dict) and tag not in value:
        guess = next(filter(None, (suggest_branch(root, branches, key) for key in value)), next(iter(branches)))
        return f'Send an array of objects, each with its "{tag}": [{{"{tag}": "{guess}", …}}, …].'
    if isinstance(value, str) and "," in value:
        return "Quote each entry separately, and wrap them all in [ ]."
    return "Wrap it in [ ]."


def instead_of_digits(place: Place, text: str) -> str:
    """Suggest a fix for a number in a string."""
    if any(character.isdigit() for character in text):
        extras = "" if _PLAIN_NUMBER.fullmatch(text) else ", currency signs, spaces or thousands separators"
        return f"Send {wanted(place.root, place.schema, f' without quotes{extras}')}."
    return f"Send {wanted(place.root, place.schema)}{'' if is_mandatory(place) else ', or omit the field'}."


def instead_of_scalar(place: Place) -> str:
    """Suggest a fix for a value of another scalar type."""
    schema: Schema = place.schema
    value: Any = place.value
    if "enum" in schema:
        meant = suggest_label(schema, value) if place.is_public else None
        return f"Did you mean {meant}?" if meant else f"Use {wanted(place.root, schema)}."
    number = isinstance(value, int | float) and not isinstance(value, bool)
    how = " in quotes" if number and schema["type"] == "string" else ""
    if isinstance(value, str) and schema["type"] == "boolean":
        how = " without quotes"
    return f"Send {wanted(place.root, schema, how)}."
