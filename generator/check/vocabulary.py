"""The words that the head of the document explains: extensions, sources and roles."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from generator.source import Fault, Way

from .walk import meant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .walk import Part

_SOURCE = re.compile(r"(?:\[(?P<tag>[a-z]+)\]|[^:\[\]]+:) \S")
_HEAD = ("x-extensions", "x-sources", "x-roles")
_ROLES = ("x-role", "x-from")


def words(parts: list[Part]) -> Iterator[Fault]:
    """Yield extensions, sources and roles that the head does not explain."""
    head = parts[0].value
    for way, key, value in _extensions(parts):
        if key not in head["x-extensions"]:
            yield Fault(way, f"The head does not explain `{key}`. Add it to `x-extensions`.")
        if key in _ROLES and value not in head["x-roles"]:
            otherwise = "Write one of `x-roles`, or add it there."
            yield Fault(way, f"`{value}` is no known role. {meant(value, head['x-roles'], otherwise)}")
        if key == "x-evidence":
            yield from _sources(value, way, head["x-sources"])


def unused_words(parts: list[Part]) -> Iterator[Fault]:
    """Yield extensions, sources and roles that the head explains and nothing uses."""
    used: dict[str, set[str]] = {head: set() for head in _HEAD}
    for _, key, value in _extensions(parts):
        used["x-extensions"].add(key)
        if key in _ROLES:
            used["x-roles"].add(value)
        if key == "x-evidence":
            used["x-sources"] |= {found["tag"] for source in value if (found := _SOURCE.match(source))}
    for head, words_in_use in used.items():
        for word in parts[0].value[head].keys() - words_in_use:
            yield Fault((head, word), f"`{word}` is used nowhere. Remove it from `{head}`.")


def _extensions(parts: list[Part]) -> Iterator[tuple[Way, str, Any]]:
    for part in parts:
        for key, value in part.value.items():
            if key.startswith("x-") and key not in _HEAD:
                yield (*part.way, key), key, value


def _sources(value: list[str], way: Way, known: dict[str, str]) -> Iterator[Fault]:
    if not value:
        yield Fault(way, "`x-evidence` is empty. Write the list of its sources.")
    for index, source in enumerate(value):
        found = _SOURCE.match(source)
        tag = found["tag"] if found else None
        if found is None:
            message = (
                "A source must begin with its kind. Write a word of `x-sources` in brackets, or a page and a colon."
            )
            yield Fault((*way, index), message)
        elif tag is not None and tag not in known:
            yield Fault((*way, index), f"`[{tag}]` is no known source. {meant(tag, known, 'Add it to `x-sources`.')}")


def evidence(parts: list[Part]) -> Iterator[Fault]:
    """Yield schemas and tolerated forms without a source. The grammar requires it of everything else."""
    for part in parts:
        if part.kind != "schema" or "$ref" in part.value or "x-evidence" in part.value:
            continue
        branches = [part.value, *part.value.get("anyOf", ()), *part.value.get("oneOf", ())]
        tolerated = part.way[-2] == "properties" and any(each.get("x-tolerated") for each in branches)
        if tolerated or part.way[:-1] == ("components", "schemas"):
            yield Fault(part.way, f"Nothing says where `{part.way[-1]}` comes from. Write `x-evidence`.")
