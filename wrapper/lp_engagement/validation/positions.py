"""Where the values and keys of a JSON text stand, and what of a line may be shown."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .problem import Path

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|[{}\[\],:]|[^\s{}\[\],:"]+')
_OPENERS, _CLOSERS = "{[", "}]"


class Span(NamedTuple):
    """From one offset of a text to another."""

    start: int
    end: int


@dataclass(slots=True)
class Positions:
    """Where things stand in one JSON text.

    Attributes:
        values: the spans of values by their paths; an object or list has that of its opening bracket.
        keys: the spans of keys by the paths of their values.
        repeated: the spans of keys that stand a second time in their object, with their paths.
        scalars: the spans of all values that are no objects or lists, in the order of the text.
    """

    values: dict[Path, Span]
    keys: dict[Path, Span]
    repeated: list[tuple[Path, Span]]
    scalars: list[Span]


def positions(text: str) -> Positions:
    """Find the positions in a text that has been parsed as JSON; of another text, those up to where it makes sense."""
    found = Positions({}, {}, [], [])
    path: list[str | int] = []
    seen: list[set[str]] = []
    expects_key = False
    for mark, span in _tokens(text):
        if mark in _OPENERS:
            found.values.setdefault(tuple(path), span)
            expects_key = mark == "{"
            path.append("" if expects_key else 0)
            seen.append(set())
        elif mark in _CLOSERS and path:
            path.pop()
            seen.pop()
            expects_key = False
        elif mark == "," and path:
            last = path[-1]
            expects_key = isinstance(last, str)
            if isinstance(last, int):
                path[-1] = last + 1
        elif mark in {",", ":", "]", "}"}:
            expects_key = False
        elif expects_key:
            key = _decoded(mark)
            path[-1] = key
            if key in seen[-1]:
                found.repeated.append((tuple(path), span))
            seen[-1].add(key)
            found.keys.setdefault(tuple(path), span)
        else:
            found.values.setdefault(tuple(path), span)
            found.scalars.append(span)
    return found


def _tokens(text: str) -> Iterator[tuple[str, Span]]:
    for match in _TOKEN.finditer(text):
        yield match[0], Span(*match.span())


def _decoded(token: str) -> str:
    try:
        return str(json.loads(token))
    except ValueError:
        return token.strip('"')


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """The line and the column of an offset, both from 1."""
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1
