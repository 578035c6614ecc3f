"""The location of values and keys in JSON or YAML text."""

from __future__ import annotations

import json
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .problem import Path

# Possessive, so that an input without a closing quote is scanned once, not from each of its quotes.
_BLANK = re.compile(r"[ \t\n\r]*+")
_KEY = re.compile(r'("((?:[^"\\]|\\.)*+)")[ \t\n\r]*+:[ \t\n\r]*+')
_AFTER_VALUE = re.compile(r"[ \t\n\r]*+,?[ \t\n\r]*+")
# A string with the colon that makes it a key, or anything else except punctuation.
_SCALAR = re.compile(r'("(?:[^"\\\n]|\\.)*+"?)(\s*+:)?|[^\s{}\[\],:"]++')
_REST_OF_STRING = re.compile(r'((?:[^"\\\n]|\\.)*+"?)(\s*+:)?')
_QUOTE = re.compile(r'\\.|"', re.DOTALL)
_TOKEN = re.compile(r'("((?:[^"\\]|\\.)*+)")[ \t\n\r]*+(:?)|[\[\]{},]')
_BARE = re.compile(r"[^\s{}\[\],:]++")
_WORD = re.compile(r"\w")
_COUNTED = 10_000
"""Characters of a line whose bytes are counted for each problem in it."""
_skip = json.JSONDecoder().scan_once  # type: ignore[attr-defined]  # what raw_decode calls for each value


class Span(NamedTuple):
    """A range of offsets in the text; `end` is exclusive."""

    start: int
    end: int


class Lines:
    """The lines of the text, counted once, so that each look-up is a bisection."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self._text))]

    def line_and_column(self, offset: int) -> tuple[int, int]:
        """Return the line and column of an offset, both from 1."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def byte_column(self, offset: int) -> int | None:
        """Return the column of an offset, from 1, in bytes of UTF-8; `None` if that would take long to count."""
        start = self._starts[bisect_right(self._starts, offset) - 1]
        if self._text.isascii():
            return offset - start + 1
        return len(self._text[start:offset].encode()) + 1 if offset - start <= _COUNTED else None

    def around(self, offset: int) -> Span:
        """Return the line around an offset, without its line feed."""
        line = bisect_right(self._starts, offset)
        last = line == len(self._starts)
        return Span(self._starts[line - 1], len(self._text) if last else self._starts[line] - 1)


class Layout(Protocol):
    """The location of values in the text."""

    def value(self, path: Path) -> Span | None:
        """Locate the value at a path; of an object or array, perhaps only its start."""
        ...

    def key(self, path: Path) -> Span | None:
        """Locate the key of the value at a path."""
        ...

    def extent(self, path: Path) -> Span | None:
        """Locate all of the value at a path, to edit it; `None` if other paths have the same value, as in YAML."""
        ...

    def scalars(self, line: Span, outside: int) -> Sequence[Span]:
        """Locate the scalar values that overlap a part of a line.

        Args:
            line: the part of a line.
            outside: an offset in the line, not before the part, that is known to be outside any string.
        """
        ...


class JsonLayout:
    """Locates values in a valid JSON text. Each object or array is scanned at most once.

    Args:
        text: the text.
        entries: where the entries start, if the text is an array and that is known.
    """

    def __init__(self, text: str, entries: list[int] | None = None) -> None:
        self._text = text
        self._objects: dict[int, dict[str, tuple[Span, int]]] = {}
        self._arrays: dict[int, list[int]] = {} if entries is None else {_after_blank(text, 0): entries}

    def value(self, path: Path) -> Span | None:
        """Locate the value at a path."""
        found = self._find(path)
        if found is None:
            return None
        start = found[1]
        if self._text[start] in "{[":
            return Span(start, start + 1)
        return Span(start, _skip(self._text, start)[1])

    def key(self, path: Path) -> Span | None:
        """Locate the key of the value at a path."""
        found = self._find(path)
        return None if found is None else found[0]

    def extent(self, path: Path) -> Span | None:
        """Locate all of the value at a path."""
        found = self._find(path)
        return None if found is None else Span(found[1], _skip(self._text, found[1])[1])

    def scalars(self, line: Span, outside: int) -> list[Span]:
        """Locate the scalar values that overlap a part of a line."""
        found: list[Span] = []
        start = line.start
        begun = _string_begun(self._text, start, outside)
        if begun is not None:
            rest = _REST_OF_STRING.match(self._text, begun, line.end)
            assert rest is not None  # noqa: S101 - it matches anything
            found = [] if rest[2] else [Span(*rest.span(1))]
            start = rest.end()
        matches = _SCALAR.finditer(self._text, start, line.end)
        return found + [Span(*match.span(1) if match[1] else match.span()) for match in matches if not match[2]]

    def _find(self, path: Path) -> tuple[Span | None, int] | None:
        """Return the span of the last key, if the path ends with one, and the start of the value."""
        key, at = None, _after_blank(self._text, 0)
        for token in path:
            found = self._member(at, token)
            if found is None:
                return None
            key, at = found
        return key, at

    def _member(self, at: int, token: str | int) -> tuple[Span | None, int] | None:
        if self._text[at] == "{" and isinstance(token, str):
            if at not in self._objects:
                # The last of two equal keys wins, as in the parser.
                self._objects[at] = {name: (span, start) for name, span, start in _members(self._text, at)}
            return self._objects[at].get(token)
        if self._text[at] == "[" and isinstance(token, int):
            if at not in self._arrays:
                self._arrays[at] = list(_entries(self._text, at))
            starts = self._arrays[at]
            return (None, starts[token]) if token < len(starts) else None
        return None


def _string_begun(text: str, at: int, outside: int) -> int | None:
    """Return where to resume reading in the string around an offset, or `None` outside strings.

    Args:
        text: a JSON text.
        at: the offset.
        outside: a later offset outside any string; the quotes in between decide.
    """
    start = at
    while text[start - 1 : start] == "\\":
        start -= 1
    quotes = sum(match[0] == '"' for match in _QUOTE.finditer(text, start, outside))
    return start if quotes % 2 else None


def _outside_quotes(text: str, at: int) -> int:
    """Find the nearest offset outside any string, at or before another one in the same line."""
    line = text.rfind("\n", 0, at) + 1
    if text.find("\\", line, at) >= 0:
        return line
    # A JSON string ends on the line on which it starts, so the quotes of the line decide.
    return text.rfind('"', line, at) if text.count('"', line, at) % 2 else at


def _members(text: str, at: int) -> Iterator[tuple[str, Span, int]]:
    """Yield the members of the object at an offset: key, the key's span, the value's start."""
    at = _after_blank(text, at + 1)
    while text[at] != "}":
        match = _KEY.match(text, at)
        assert match is not None  # noqa: S101 - the text is valid JSON
        yield _unescaped(match[1], match[2]), Span(*match.span(1)), match.end()
        at = _after_value(text, match.end())


def _entries(text: str, at: int) -> Iterator[int]:
    """Yield the start of each entry of the array at an offset."""
    at = _after_blank(text, at + 1)
    while text[at] != "]":
        yield at
        at = _after_value(text, at)


def _unescaped(quoted: str, inner: str) -> str:
    return str(json.loads(quoted)) if "\\" in inner else inner


def _after_value(text: str, at: int) -> int:
    match = _AFTER_VALUE.match(text, _skip(text, at)[1])
    assert match is not None  # noqa: S101 - it matches anything
    return match.end()


def _after_blank(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    return match.end() if match else at


class _Open:
    """An object or array that is not closed yet: the keys seen in it, and the current key or index."""

    __slots__ = ("is_object", "seen", "token")

    def __init__(self, *, is_object: bool) -> None:
        self.is_object = is_object
        self.seen: set[str] = set()
        self.token: str | int = 0


def repeated_keys(text: str) -> Iterator[tuple[Path, Span]]:
    """Yield the repeated keys of a JSON text, in one pass."""
    inside: list[_Open] = []
    for match in _TOKEN.finditer(text):
        mark = match[0]
        if match[3]:
            name = _unescaped(match[1], match[2])
            inside[-1].token = name
            if name in inside[-1].seen:
                yield tuple(level.token for level in inside), Span(*match.span(1))
            inside[-1].seen.add(name)
        elif mark in {"{", "["}:
            inside.append(_Open(is_object=mark == "{"))
        elif mark in {"}", "]"}:
            inside.pop()
        elif mark == "," and not inside[-1].is_object:
            inside[-1].token = int(inside[-1].token) + 1


class KnownLayout:
    """Locations that were recorded while the text was read."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.values: dict[Path, Span] = {}
        self.keys: dict[Path, Span] = {}
        self.ends: dict[Path, int] = {}
        """The ends of the objects and arrays that are recorded by their start alone."""
        self.all_scalars: list[Span] = []

    def value(self, path: Path) -> Span | None:
        """Locate the value at a path, or its key if the value is invisible."""
        found = self.values.get(path)
        return self.key(path) or found if found and found.start == found.end else found

    def key(self, path: Path) -> Span | None:
        """Locate the key of the value at a path."""
        return self.keys.get(path)

    def extent(self, path: Path) -> Span | None:
        """Locate all of the value at a path; `None` if it is invisible, or an alias makes it that of other paths."""
        span = self.values.get(path)
        if span is None or span.start == span.end or self._uses[span] > 1:
            return None
        return Span(span.start, self.ends.get(path, span.end))

    @cached_property
    def _uses(self) -> Counter[Span]:
        return Counter(self.values.values())

    def scalars(self, line: Span, outside: int) -> list[Span]:  # noqa: ARG002 - the locations are known
        """Locate everything in a line except keys: values, comments, tags and aliases."""
        values = _touching(self._values_in_order, line)
        keys = _touching(self._keys_in_order, line)
        others: list[Span] = []
        at = line.start
        for known in sorted([*values, *keys, Span(line.end, line.end)]):
            words_between = [match for match in _BARE.finditer(self._text, at, known.start) if _WORD.search(match[0])]
            if words_between:
                others.append(Span(words_between[0].start(), words_between[-1].end()))
            at = max(at, known.end)
        return sorted([*values, *others])

    def is_inside(self, offset: int) -> bool:
        """Whether an offset is inside a value or a key, where `#` does not start a comment."""
        here = Span(offset, offset + 1)
        return any(
            span.start <= offset < span.end
            for spans in (self._values_in_order, self._keys_in_order)
            for span in _touching(spans, here)
        )

    # An aliased value was recorded at each of its paths.

    @cached_property
    def _values_in_order(self) -> list[Span]:
        return sorted(set(self.all_scalars))

    @cached_property
    def _keys_in_order(self) -> list[Span]:
        return sorted(set(self.keys.values()))


def _touching(spans: list[Span], line: Span) -> list[Span]:
    """Select the spans that overlap a part of a line; they are sorted and do not overlap each other."""
    first = bisect_right(spans, line.start, key=lambda span: span.end)
    return spans[first : bisect_left(spans, line.end, key=lambda span: span.start)]


def words(text: str, line: Span) -> list[Span]:
    """Locate everything in a line of an invalid text except punctuation, keys included."""
    return [
        Span(*match.span(1) if match[1] else match.span())
        for match in _SCALAR.finditer(text, _outside_quotes(text, line.start), line.end)
    ]
