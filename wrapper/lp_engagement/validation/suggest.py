"""Guessing what was meant, from the spec's names and from misspellings seen in real payloads."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache, lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from lp_engagement._common.printable import printable
from lp_engagement_client.facts import KINDS

from . import schemas

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .locate import Place
    from .schemas import Schema

ALSO_SEEN = "x-also-seen"
# No name of the spec is longer, and comparing long ones is slow.
_LONGEST = 60
_CUTOFF = 0.75
A_FEW = 50
"""How many keys of an object are compared with the names of the spec."""


def suggest_key(place: Place, key: str) -> str | None:
    """Suggest the key that was meant, or the object that it belongs in; never a key that is already there.

    Args:
        place: the object with the unknown key.
        key: the key.
    """
    if len(key) > _LONGEST:
        return None
    found = place.value
    guesses = _guesses(place.owner, key)
    for guess in guesses:
        inner = found.get(guess.wrapper) if guess.wrapper else found
        there = inner if isinstance(inner, list) else [inner]
        if not any(isinstance(item, dict) and guess.key in item for item in there):
            return guess.sentence
    if key in place.parent.get("properties", ()) and key not in place.holder:
        return f"Move it one level up, out of `{place.key}`."
    if guesses:
        return None
    return _elsewhere(place.schema, key) or _known_elsewhere(key)


# Files of other programs that contain payloads, by their top-level keys.
_CONTAINERS = {
    "a HAR file": {"log"},
    "a Postman collection": {"info", "item"},
    "a Google Tag Manager export": {"exportFormatVersion", "containerVersion"},
    "a set of token claims": {"lp_sdes"},
}


class _Guess(NamedTuple):
    """A key that may have been meant, the object it is in, and the suggestion."""

    wrapper: str | None
    key: str
    sentence: str


@lru_cache(maxsize=1024)
def _guesses(owner: str, key: str) -> tuple[_Guess, ...]:
    """List the keys that may have been meant by an unknown one, the likeliest first."""
    root = next(root for kind in KINDS if owner in (root := schemas.load(f"{kind}.strict"))["$defs"])
    properties = root["$defs"][owner]["properties"]
    guesses: list[_Guess] = []
    meant = _by_name(key, spellings(properties))
    if meant is not None:
        guesses.append(_Guess(None, meant, f"Did you mean `{meant}`?"))
    inside = {name: _items(root, schemas.dereference(root, node)[1]) for name, node in properties.items()}
    for wrapper, inner in inside.items():
        if key in inner.get("properties", ()):
            moved = f"Move it into `{wrapper}`: {_wrapped(root, wrapper, properties[wrapper], key)}."
            guesses.append(_Guess(wrapper, key, moved))
    for wrapper, node in properties.items():
        meant = _by_name(key, spellings(schemas.dereference(root, node)[1].get("properties", {})))
        if meant is not None:
            guesses.append(_Guess(wrapper, meant, f"Did you mean `{meant}` in `{wrapper}`?"))
    return tuple(guesses)


def spellings(properties: Schema) -> dict[str, tuple[str, ...]]:
    """Map each name to its known misspellings."""
    return {name: _also_seen(node) for name, node in properties.items()}


def _elsewhere(schema: Schema, key: str) -> str | None:
    """Return the spec's own hint for a key that belongs somewhere else."""
    said: dict[str, str] = schema.get("x-elsewhere", {})
    return said.get(key)


def _wrapped(root: Schema, wrapper: str, node: Schema, key: str) -> str:
    is_list = schemas.dereference(root, node)[1].get("type") == "array"
    inner = f'{{"{key}": …}}'
    return f'"{wrapper}": {f"[{inner}]" if is_list else inner}'


def _known_elsewhere(key: str) -> str | None:
    """Name the type or body that has the key, if there is exactly one."""
    owners = _owners().get(key, ())
    return f"It belongs in {owners[0]}: move it there, or remove it." if len(owners) == 1 else None


@cache
def _owners() -> dict[str, tuple[str, ...]]:
    """Map each key of the spec to the types and bodies that have it."""
    found: dict[str, set[str]] = {}
    for kind in KINDS:
        root = schemas.load(f"{kind}.strict")
        _, schema = schemas.dereference(root, root)
        tag, branches = schemas.dispatch(schema)
        for name, node in (branches or {kind: schema}).items():
            for key, member in _members(root, schemas.dereference(root, node)[1]["properties"]):
                owner = f'{{"{tag}": "{name}", {member}}}' if branches else f"the {name} body"
                found.setdefault(key, set()).add(owner)
    return {key: tuple(owners) for key, owners in found.items()}


def _members(root: Schema, properties: Schema) -> Iterator[tuple[str, str]]:
    """Yield the keys of an object and of the objects in it, each as it is written there."""
    for key, node in properties.items():
        yield key, f'"{key}": …'
        for inner in schemas.dereference(root, node)[1].get("properties", ()):
            yield inner, _wrapped(root, key, node, inner)


def suggest_place(place: Place, key: str) -> str | None:
    """Suggest where the fields of an object with an unknown key belong."""
    value, properties = place.value[key], place.schema["properties"]
    if not isinstance(value, dict):
        return None
    if any(field in properties and field not in place.value for field in value):
        return "Its fields belong one level up: remove the object around them."
    for wrapper, node in properties.items():
        known = schemas.dereference(place.root, node)[1].get("properties", {})
        if wrapper not in place.value and any(field in known for field in value):
            return f"Did you mean `{wrapper}`? It has these fields."
    return None


def suggest_tag(root: Schema, tag: str, branches: dict[str, Schema], found: dict[str, Any]) -> str | None:
    """Suggest the type of an object without one."""
    for container, marks in _CONTAINERS.items():
        if found.keys() >= marks:
            return f"This looks like {container}: extract the payloads first."
    keys = list(islice(found, A_FEW))
    for key in keys:
        if len(key) <= _LONGEST and folded(key) == folded(tag):
            return f"Rename `{printable(key)}` to `{tag}`: keys are case-sensitive."
    schema_of = {name: schemas.dereference(root, node)[1] for name, node in branches.items()}
    fitting = [name for name, schema in schema_of.items() if found and found.keys() <= schema["properties"].keys()]
    if len(fitting) == 1:
        return f'Add "{tag}": "{fitting[0]}".'
    for key in keys:
        meant = suggest_branch(root, branches, key)
        if meant is not None:
            return f'Send each attribute as its own object: for `{printable(key)}`, one with "{tag}": "{meant}".'
    return None


def _items(root: Schema, schema: Schema) -> Schema:
    if schema.get("type") == "array":
        return schemas.dereference(root, schema["items"])[1]
    return schema


def suggest_type(known: Iterable[str], place: Place) -> str | None:
    """Suggest the type that was meant, or the array that an object of this type belongs in."""
    found = place.value
    if not isinstance(found, str) or len(found) > _LONGEST:
        return None
    for kind in KINDS:
        root = schemas.load(f"{kind}.strict")
        _, schema = schemas.dereference(root, root)
        _, branches = schemas.dispatch(schema)
        if not branches:
            continue
        names = spellings({name: schemas.dereference(root, node)[1] for name, node in branches.items()})
        if set(branches) != set(known):
            if found in branches:
                return _belongs_elsewhere(kind, place.body)
            continue
        meant = _by_name(found, names)
        if meant is not None:
            return f"Did you mean `{meant}`?"
    return None


def _belongs_elsewhere(kind: str, body: Schema) -> str:
    """Name the array for objects of a kind, preferably in the same body."""
    key = _list_of(kind, body)
    if key is not None:
        return f"It belongs in `{key}` of the same body."
    for other in KINDS:
        root = schemas.load(f"{other}.strict")
        key = _list_of(kind, schemas.dereference(root, root)[1])
        if key is not None:
            return f"It belongs in `{key}` of the {other} body."
    return f"It is a type of the kind {kind}."


def _list_of(kind: str, body: Schema) -> str | None:
    for key, node in body.get("properties", {}).items():
        if node.get("items", {}).get("$ref") == f"#/$defs/{KINDS[kind]}":
            return str(key)
    return None


def suggest_value(schema: Schema, found: Any) -> Any:
    """Suggest the documented value that was probably meant, or `None`."""
    if not isinstance(found, str) or len(found) > _LONGEST:
        return None
    seen = schema.get(ALSO_SEEN, {})
    aliases = seen if isinstance(seen, dict) else {}
    if found in aliases:
        return aliases[found]
    strings = [value for value in schema["enum"] if isinstance(value, str)]
    return _by_name(found.strip(), dict.fromkeys(strings, ()))


def suggest_branch(root: Schema, branches: dict[str, Schema], key: str) -> str | None:
    """Suggest the type that a word probably means."""
    if len(key) > _LONGEST:
        return None
    return _by_name(key, spellings({name: schemas.dereference(root, node)[1] for name, node in branches.items()}))


def suggest_label(schema: Schema, found: Any) -> str | None:
    """Suggest the number whose documented meaning was sent instead."""
    labels = schema.get("x-enum-labels", {})
    if isinstance(found, str) and len(found) <= _LONGEST:
        for value in schema["enum"]:
            label = labels.get(str(value), "")
            if label and folded(found) == folded(label):
                return f"{value} ({label})"
    return None


def _also_seen(schema: Schema) -> tuple[str, ...]:
    """Return the known misspellings of a key or type; those of values are a dict, not a list."""
    seen = schema.get(ALSO_SEEN, ())
    return tuple(seen) if isinstance(seen, list) else ()


def only_candidate(found: str, names: dict[str, tuple[str, ...]]) -> tuple[str, bool] | None:
    """Return the only name that can have been meant, and whether it differs in case or punctuation alone."""
    if len(found) > _LONGEST:
        return None
    same = [name for name in names if folded(name) == folded(found)]
    near = [name for name, aliases in names.items() if found in aliases] or _close(found, names)
    candidates = same or near
    return (candidates[0], bool(same)) if len(candidates) == 1 else None


def _close(found: str, names: Iterable[str]) -> list[str]:
    by_fold = {folded(name): name for name in names}
    return [by_fold[close] for close in get_close_matches(folded(found), by_fold, n=2, cutoff=_CUTOFF)]


def _by_name(found: str, names: dict[str, tuple[str, ...]]) -> str | None:
    for name, aliases in names.items():
        if found in aliases:
            return name
    by_fold = {folded(name): name for name in names}
    if folded(found) in by_fold:
        return by_fold[folded(found)]
    close = get_close_matches(folded(found), by_fold, n=1, cutoff=_CUTOFF)
    return by_fold[close[0]] if close else None


def folded(text: str) -> str:
    """Return a string without case and punctuation."""
    return "".join(character for character in text.casefold() if character.isalnum())
