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
_KEY = re.compile(r'("((?:[^"\\]|\\.)*)")[ \t\n\r]*:[ \t\n\r]*')
_AFTER_VALUE = re.compile(r"[ \t\n\r]*,?[ \t\n\r]*")
# A text in quotes, and the colon that makes it a key; or anything else that is no punctuation.
_SCALAR = re.compile(r'("(?:[^"\\\n]|\\.)*"?)(\s*:)?|[^\s{}\[\],:"]+')
_BARE = re.compile(r"[^\s{}\[\],:]+")
_WORD = re.compile(r"\w")
_skip = json.JSONDecoder().scan_once  # type: ignore[attr-defined]  # what raw_decode calls for each value


class Span(NamedTuple):
    """From one offset of a text to another."""

    start: int
    end: int


class Layout(Protocol):
    """Where things stand in a text."""

    def value(self, path: Path) -> Span | None:
        """Where the value at a path stands; an object or list may be told by its beginning alone."""
        ...

    def key(self, path: Path) -> Span | None:
        """Where the key of the value at a path stands."""
        ...

    def scalars(self, line: Span) -> Sequence[Span]:
        """Where the values stand that are no objects or lists, as far as they touch a line of the text."""
        ...


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
            match = _KEY.match(text, at)
            assert match is not None  # noqa: S101 - the text is valid JSON
            span, key = Span(*match.span(1)), match[2]
            name = str(json.loads(match[1])) if "\\" in key else key
            at = match.end()
        yield name, span, at
        at = _AFTER_VALUE.match(text, _skip(text, at)[1]).end()  # type: ignore[union-attr]  # it matches anything
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

    def __init__(self, text: str) -> None:
        self._text = text
        self.values: dict[str, Span] = {}
        self.keys: dict[str, Span] = {}
        self.all_scalars: list[Span] = []

    def value(self, path: Path) -> Span | None:
        """Where the value at a path stands; its key, if there is nothing to see of the value."""
        found = self.values.get(pointer(path))
        return self.key(path) or found if found and found.start == found.end else found

    def key(self, path: Path) -> Span | None:
        """Where the key of the value at a path stands."""
        return self.keys.get(pointer(path))

    def scalars(self, line: Span) -> list[Span]:
        """Where the values stand that touch a line, and whatever else is no key: comments, tags and aliases."""
        values = {span for span in self.all_scalars if _touch(span, line)}
        keys = {span for span in self.keys.values() if _touch(span, line)}
        others: list[Span] = []
        at = line.start
        for known in sorted([*values, *keys, Span(line.end, line.end)]):
            words_between = [match for match in _BARE.finditer(self._text, at, known.start) if _WORD.search(match[0])]
            if words_between:
                others.append(Span(words_between[0].start(), words_between[-1].end()))
            at = max(at, known.end)
        return sorted([*values, *others])


def _touch(one: Span, other: Span) -> bool:
    return one.start < other.end and one.end > other.start


def words(text: str, line: Span) -> list[Span]:
    """Everything in a line of a text that is not valid, keys included, except its punctuation."""
    return [
        Span(*match.span(1) if match[1] else match.span())
        for match in _SCALAR.finditer(text, _outside_quotes(text, line.start), line.end)
    ]


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """The line and the column of an offset, both from 1."""
    return text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1
