"""Guessing what somebody meant, from the spec's own names and from the spellings it has met in the wild."""

from __future__ import annotations

from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from lp_engagement.printable import printable
from lp_engagement_client.facts import KINDS

from . import schemas

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .schemas import Schema

ALSO_SEEN = "x-also-seen"


@lru_cache(maxsize=1024)
def suggest_key(owner: str, key: str) -> str | None:
    """A sentence that says which key was meant, or where the key belongs.

    Args:
        owner: the name of the spec's schema that does not know the key.
        key: the key.
    """
    root = next(root for kind in KINDS if owner in (root := schemas.load(f"{kind}.strict"))["$defs"])
    schema = root["$defs"][owner]
    properties = schema["properties"]
    meant = _by_name(key, {name: _also_seen(node) for name, node in properties.items()})
    if meant is not None:
        return f"Did you mean `{meant}`?"
    for wrapper, node in properties.items():
        _, inner = schemas.dereference(root, node)
        inner = _items(root, inner)
        if key in inner.get("properties", ()):
            return f"Move it into `{wrapper}`: {_wrapped(root, wrapper, node, key)}."
    for wrapper, node in properties.items():
        _, inner = schemas.dereference(root, node)
        nested = inner.get("properties", {})
        meant = _by_name(key, {name: _also_seen(each) for name, each in nested.items()})
        if meant is not None:
            return f"Did you mean `{meant}` in `{wrapper}`?"
    return _known_elsewhere(key)


def _wrapped(root: Schema, wrapper: str, node: Schema, key: str) -> str:
    is_list = schemas.dereference(root, node)[1].get("type") == "array"
    inner = f'{{"{key}": …}}'
    return f'"{wrapper}": {f"[{inner}]" if is_list else inner}'


def _known_elsewhere(key: str) -> str | None:
    """A sentence that names the one type of object, or the one body, that has the key."""
    found: set[str] = set()
    for kind in KINDS:
        root = schemas.load(f"{kind}.strict")
        _, schema = schemas.dereference(root, root)
        _, branches = schemas.dispatch(schema)
        for name, node in (branches or {kind: schema}).items():
            properties = schemas.dereference(root, node)[1]["properties"]
            members = [f'"{key}": …'] if key in properties else []
            for wrapper, each in properties.items():
                if key in schemas.dereference(root, each)[1].get("properties", ()):
                    members.append(_wrapped(root, wrapper, each, key))
            if branches:
                found |= {f'{{"type": "{name}", {member}}}' for member in members}
            elif members:
                found.add(f"the body of {name}")
    return f"The API knows it in {found.pop()}: send it there, or leave it out." if len(found) == 1 else None


def suggest_place(root: Schema, schema: Schema, value: Any) -> str | None:
    """A sentence that says where the fields of an object belong whose own key is not known, by their names."""
    if not isinstance(value, dict):
        return None
    if value.keys() & schema["properties"].keys():
        return "Its fields belong one level up: leave out the object around them."
    for wrapper, node in schema["properties"].items():
        if value.keys() & schemas.dereference(root, node)[1].get("properties", {}).keys():
            return f"Did you mean `{wrapper}`? It has such fields."
    return None


def suggest_tag(root: Schema, tag: str, branches: dict[str, Schema], found: dict[str, Any]) -> str | None:
    """A sentence that says which type an object probably is that does not tell its type."""
    for key in found:
        if _fold(key) == _fold(tag):
            return f"Rename `{printable(key)}` to `{tag}`: upper and lower case matter."
    schema_of = {name: schemas.dereference(root, node)[1] for name, node in branches.items()}
    fitting = [name for name, schema in schema_of.items() if found and found.keys() <= schema["properties"].keys()]
    if len(fitting) == 1:
        return f'Add "{tag}": "{fitting[0]}".'
    for key in found:
        meant = suggest_branch(root, branches, key)
        if meant is not None:
            return f'Send each attribute as an object of its own: for `{printable(key)}` one with "{tag}": "{meant}".'
    return None


def _items(root: Schema, schema: Schema) -> Schema:
    if schema.get("type") == "array":
        return schemas.dereference(root, schema["items"])[1]
    return schema


def suggest_type(known: Iterable[str], found: Any) -> str | None:
    """A sentence that says which type was meant, or where an object of that type belongs."""
    if not isinstance(found, str):
        return None
    for kind in KINDS:
        root = schemas.load(f"{kind}.strict")
        _, schema = schemas.dereference(root, root)
        _, branches = schemas.dispatch(schema)
        if not branches:
            continue
        names = {name: _also_seen(schemas.dereference(root, node)[1]) for name, node in branches.items()}
        if set(branches) != set(known):
            if found in branches:
                return _belongs_elsewhere(kind)
            continue
        meant = _by_name(found, names)
        if meant is not None:
            return f"Did you mean `{meant}`?"
    return None


def _belongs_elsewhere(kind: str) -> str:
    """Name the list that objects of a kind go into, as the bodies of the spec have it."""
    for body in KINDS:
        root = schemas.load(f"{body}.strict")
        _, schema = schemas.dereference(root, root)
        for key, node in schema.get("properties", {}).items():
            if node.get("items", {}).get("$ref") == f"#/$defs/{KINDS[kind]}":
                return f"It belongs in `{key}` of the body of {body}."
    return f"It is one of the kind {kind}."


def suggest_value(schema: Schema, found: Any) -> Any:
    """The documented value that was probably meant, or `None`."""
    if not isinstance(found, str):
        return None
    seen = schema.get(ALSO_SEEN, {})
    aliases = seen if isinstance(seen, dict) else {}
    if found in aliases:
        return aliases[found]
    texts = [each for each in schema["enum"] if isinstance(each, str)]
    return _by_name(found.strip(), dict.fromkeys(texts, ()))


def suggest_branch(root: Schema, branches: dict[str, Schema], key: str) -> str | None:
    """The type that a word probably means."""
    names = {name: _also_seen(schemas.dereference(root, node)[1]) for name, node in branches.items()}
    return _by_name(key, names)


def suggest_label(schema: Schema, found: Any) -> str | None:
    """The number whose documented meaning was written in its place."""
    labels = schema.get("x-enum-labels", {})
    if isinstance(found, str):
        for value in schema["enum"]:
            label = labels.get(str(value), "")
            if label and _fold(found) == _fold(label):
                return f"{value} ({label})"
    return None


def _also_seen(schema: Schema) -> tuple[str, ...]:
    """The other spellings of a key or of a type; those of values are a table, not a list."""
    seen = schema.get(ALSO_SEEN, ())
    return tuple(seen) if isinstance(seen, list) else ()


def _by_name(found: str, names: dict[str, tuple[str, ...]]) -> str | None:
    for name, aliases in names.items():
        if found in aliases:
            return name
    folded = {_fold(name): name for name in names}
    if _fold(found) in folded:
        return folded[_fold(found)]
    close = get_close_matches(_fold(found), folded, n=1, cutoff=0.75)
    return folded[close[0]] if close else None


def _fold(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
