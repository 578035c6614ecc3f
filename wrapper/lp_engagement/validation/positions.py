"""Where the values and keys of a JSON text stand."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple, Protocol

from .problem import pointer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .problem import Path

_BLANK = re.compile(r"[ \t\n\r]*")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
# A text in quotes, and the colon that makes it a key; or anything else that is no punctuation.
_SCALAR = re.compile(r'("(?:[^"\\\n]|\\.)*"?)(\s*:)?|[^\s{}\[\],:"]+')
_skip = json.JSONDecoder().raw_decode


class Span(NamedTuple):
    """From one offset of a text to another."""

    start: int
    end: int


class Layout(Protocol):
    """Where things stand in a text."""

    def value(self, path: Path) -> Span | None:
        """Where the value at a path stands; an object or list may be told by its beginning alone."""

    def key(self, path: Path) -> Span | None:
        """Where the key of the value at a path stands."""

    def scalars(self, line: Span) -> Sequence[Span]:
        """Where the values stand that are no objects or lists, as far as they touch a line of the text."""


class JsonLayout:
    """Finds places in a text that has been parsed as JSON, going no further into it than the place asked for."""

    def __init__(self, text: str) -> None:
        self._text = text

    def value(self, path: Path) -> Span | None:
        """Where the value at a path stands."""
        found = self._find(path)
        if found is None:
            return None
        start = found[1]
        if self._text[start] in "{[":
            return Span(start, start + 1)
        return Span(start, _skip(self._text, start)[1])

    def key(self, path: Path) -> Span | None:
        """Where the key of the value at a path stands."""
        found = self._find(path)
        return None if found is None else found[0]

    def scalars(self, line: Span) -> list[Span]:
        """Where the values stand that touch a part of a line."""
        start = _outside_quotes(self._text, line.start)
        return [
            Span(*match.span(1) if match[1] else match.span())
            for match in _SCALAR.finditer(self._text, start, line.end)
            if not match[2]
        ]

    def _find(self, path: Path) -> tuple[Span | None, int] | None:
        """The span of the last key, if it is one, and where the value begins."""
        key, at = None, _after_blank(self._text, 0)
        for token in path:
            for name, span, start in _members(self._text, at):
                if name == token:
                    key, at = span, start
                    break
            else:
                return None
        return key, at


def _outside_quotes(text: str, at: int) -> int:
    """The nearest offset at or before another one, in the same line, that is not inside of a text in quotes."""
    line = text.rfind("\n", 0, at) + 1
    if text.find("\\", line, at) >= 0:
        return line
    # A JSON text in quotes ends in the line that it begins in, so the quotes of the line tell.
    return text.rfind('"', line, at) if text.count('"', line, at) % 2 else at


def _members(text: str, at: int) -> Iterator[tuple[str | int, Span | None, int]]:
    """The members of the object or list that begins at an offset: key or index, the key's span, the value's start."""
    is_object = text[at] == "{"
    if text[at] not in "{[":
        return
    index = 0
    at = _after_blank(text, at + 1)
    while at < len(text) and text[at] not in "}]":
        name: str | int = index
        span = None
        if is_object:
            end = _STRING.match(text, at).end()  # type: ignore[union-attr]  # the text is valid JSON
            span, name = Span(at, end), json.loads(text[at:end])
            at = _after_blank(text, _after_blank(text, end) + 1)
        yield name, span, at
        at = _after_blank(text, _skip(text, at)[1])
        if text[at : at + 1] == ",":
            at = _after_blank(text, at + 1)
        index += 1


def _after_blank(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    return match.end() if match else at


def repeated_keys(text: str) -> Iterator[tuple[Path, Span]]:
    """The keys of a JSON text that stand a second time in their object."""
    todo: list[tuple[Path, int]] = [((), _after_blank(text, 0))]
    while todo:
        path, at = todo.pop()
        seen: set[str | int] = set()
        for name, span, start in _members(text, at):
            if span is not None and name in seen:
                yield (*path, name), span
            seen.add(name)
            if text[start] in "{[":
                todo.append(((*path, name), start))


class KnownLayout:
    """Places that were noted while a text was read."""

    def __init__(self) -> None:
        self.values: dict[str, Span] = {}
        self.keys: dict[str, Span] = {}
        self.all_scalars: list[Span] = []

    def value(self, path: Path) -> Span | None:
        """Where the value at a path stands."""
        return self.values.get(pointer(path))

    def key(self, path: Path) -> Span | None:
        """Where the key of the value at a path stands."""
        return self.keys.get(pointer(path))

    def scalars(self, line: Span) -> list[Span]:
        """Where the values stand that touch a line."""
        return [span for span in self.all_scalars if span.start < line.end and span.end > line.start]


def words(text: str, line: Span) -> list[Span]:
    """Everything in a line of a text that is not valid, keys included, except its punctuation."""
    return [
        Span(*match.span(1) if match[1] else match.span()) for match in _SCALAR.finditer(text, line.start, line.end)
    ]


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """The line and the column of an offset, both from 1."""
    return text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1
