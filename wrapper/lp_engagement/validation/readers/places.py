"""Payloads inside other texts: a part of a document, or the text of a string, with their places in the file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, overload

from lp_engagement._common.json_pointer import json_pointer
from lp_engagement.validation.documents import Document, Origin
from lp_engagement.validation.source_map import Span

from .jsonc import read_with_comments

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lp_engagement.validation.problem import Path, Problem
    from lp_engagement.validation.source_map import Layout

_ESCAPED = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}|\\x[0-9a-fA-F]{2}|\\?.",
    re.DOTALL,
)
_NEAR = 1000
"""Characters in which the next one of a string is looked for: more than any line is indented."""


@dataclass(frozen=True, slots=True)
class _Within:
    """The layout of a part of a document."""

    around: Layout
    prefix: Path

    def value(self, path: Path) -> Span | None:
        return self.around.value((*self.prefix, *path))

    def key(self, path: Path) -> Span | None:
        return self.around.key((*self.prefix, *path))

    def extent(self, path: Path) -> Span | None:
        return self.around.extent((*self.prefix, *path))

    def scalars(self, line: Span, outside: int) -> Sequence[Span]:
        return self.around.scalars(line, outside)


class _Later(Sequence[int]):
    """Offsets that are counted when the place of a problem is needed: most payloads have none."""

    def __init__(self, count: Callable[[], Sequence[int]]) -> None:
        self._count = count

    @cached_property
    def _counted(self) -> Sequence[int]:
        return self._count()

    def __len__(self) -> int:
        return len(self._counted)

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[int]: ...
    def __getitem__(self, index: int | slice) -> int | Sequence[int]:
        return self._counted[index]


def part(document: Document, path: Path, value: Any) -> Document:
    """Return a part of a document as a payload of its own, with the faults of its text."""
    assert document.layout is not None  # noqa: S101 - it has a value
    if not path:
        return document
    start = json_pointer(path)
    # A fault around the payload, such as a key that an envelope repeats, is none of the payload.
    faults = [
        (problem, span)
        for problem, span in document.faults
        if problem.pointer == start or problem.pointer.startswith(f"{start}/")
    ]
    inner = replace(document, value=value, layout=_Within(document.layout, path), faults=faults)
    inner.share_lines(document)
    inner.unknown = {at[len(path) :]: known for at, known in document.unknown.items() if at[: len(path)] == path}
    return inner


def embedded(document: Document, path: Path, text: str, *, read_as: str | None = None) -> Document:
    """Read the JSON text that a string of a document contains.

    Args:
        document: the document.
        path: the path of the string.
        text: the string.
        read_as: a string of the same length to read in its place.
    """
    return inside(document, text if read_as is None else read_as, _offsets_at(document, path, text))


def string_at(document: Document, path: Path, text: str) -> Document:
    """Return the text of a string of a document, which need not be JSON."""
    return nested(document, text, _offsets_at(document, path, text))


def inside(document: Document, text: str, offsets: Sequence[int]) -> Document:
    """Read a JSON text that is written inside the text of a document."""
    inner = read_with_comments(text.encode(errors="replace"))
    # A byte order mark is no part of the text that was read.
    mark = len(text) - len(inner.text)
    inner.origin = _origin(document, offsets[mark:] if mark else offsets)
    return inner


def nested(document: Document, text: str, offsets: Sequence[int]) -> Document:
    """Return a string that is written inside the text of a document, and need not be JSON."""
    return Document(text, origin=_origin(document, offsets))


def _origin(document: Document, offsets: Sequence[int]) -> Origin:
    if document.origin is None:
        return Origin(document.lines, document.first_line, offsets)
    at = document.origin.offsets
    return replace(document.origin, offsets=_Later(lambda: [at[offset] for offset in offsets]))


def _offsets_at(document: Document, path: Path, text: str) -> Sequence[int]:
    return _Later(partial(_count_at, document, path, text))


def _count_at(document: Document, path: Path, text: str) -> Sequence[int]:
    assert document.layout is not None  # noqa: S101 - it has a value
    span = document.layout.value(path)
    assert span is not None  # noqa: S101 - it has this value
    return offsets_of(document.text, span, text)


def fault_at(file: Document, span: Span, problems: Sequence[Problem]) -> Document:
    """Return a document that has only problems, all of them at one place of a file."""
    text = file.text[span.start : span.end]
    offsets = range(span.start, span.end + 1)
    faults = [(problem, Span(0, len(text))) for problem in problems]
    return Document(text, faults=faults, origin=Origin(file.lines, file.first_line, offsets))


def offsets_of(text: str, span: Span, value: str) -> Sequence[int]:
    """Locate each character of a string, and its end, in the token that it was read from."""
    if text.startswith(value, span.start + 1) and text[span.start : span.start + 1] in {'"', "'"}:
        return range(span.start + 1, span.start + 2 + len(value))
    if text.startswith(value, span.start):
        return range(span.start, span.start + 1 + len(value))
    if text[span.start : span.start + 1] == '"':
        found = [match.start() for match in _ESCAPED.finditer(text, span.start + 1, span.end)]
        if len(found) == len(value) + 1:
            return found
    return _aligned(text, span, value)


def _aligned(text: str, span: Span, value: str) -> list[int]:
    """Match a string with its token, which repeats quotes or indents lines."""
    found: list[int] = []
    at = span.start + (text[span.start : span.start + 1] in {'"', "'", "|", ">"})
    for character in value:
        next_at = text.find(character, at, min(at + _NEAR, span.end))
        # A line that was folded into a space has no such character.
        at = at if next_at < 0 else next_at + 1
        found.append(at - 1 if next_at >= 0 else min(at, span.end))
    return [*found, max(span.end - 1, span.start)]


def at_pointers(document: Document, pointers: Sequence[str]) -> Iterator[Document]:
    """Yield the payloads at some JSON Pointers of a document; without pointers, the document itself."""
    if not document.readable or not pointers:
        yield document
        return
    for pointer in pointers:
        yield from _at(document, (), document.value, tokens(pointer))


def tokens(pointer: str) -> tuple[str, ...]:
    """Split a JSON Pointer (RFC 6901).

    Raises:
        ValueError: it is none.
    """
    if pointer and not pointer.startswith("/"):
        raise ValueError("a JSON Pointer starts with /")
    return tuple(token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:])


def _at(document: Document, path: Path, value: Any, rest: tuple[str, ...]) -> Iterator[Document]:
    """Follow a pointer. Strings on the way are JSON; an array on the way stands for all of its entries."""
    if isinstance(value, str):
        if value.strip():
            inner = embedded(document, path, value)
            yield from _at(inner, (), inner.value, rest) if inner.readable and rest else [inner]
    elif isinstance(value, list) and rest and not rest[0].isdecimal():
        for index, entry in enumerate(value):
            yield from _at(document, (*path, index), entry, rest)
    elif not rest:
        # A log has null where a request had no body.
        if value is not None:
            yield part(document, path, value)
    elif isinstance(value, dict) and rest[0] in value:
        yield from _at(document, (*path, rest[0]), value[rest[0]], rest[1:])
    elif isinstance(value, list) and int(rest[0]) < len(value):
        yield from _at(document, (*path, int(rest[0])), value[int(rest[0])], rest[1:])
