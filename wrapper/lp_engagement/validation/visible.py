"""Showing a line of a payload without showing what is in it."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from lp_engagement_client.facts import KINDS

from . import schemas
from .positions import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_HIDDEN = "…"
_WIDEST = 100
_WORD = re.compile(r'"(?:[^"\\\n]|\\.)*"?|[^\s{}\[\],:"]+')
_HARMLESS = {"true", "false", "null"}


def mask(
    text: str, line: Span, span: Span, scalars: Sequence[Span] | None, *, show_values: bool
) -> tuple[str, int, int]:
    """One line of a text with its values replaced, cut to what is around a span.

    Args:
        text: the whole text.
        line: the line.
        span: what is to be pointed at.
        scalars: the spans of the values; `None` if they are not known, because the text is not valid.
        show_values: leave the values as they are.

    Returns:
        The line as it may be shown, and the column (from 0) and width of the span in it.
    """
    pieces: list[tuple[Span, str]] = []
    at = line.start
    for place in [] if show_values else _hidden(text, line, scalars):
        pieces += [
            (Span(at, place.start), text[at : place.start]),
            (place, _replacement(text[place.start : place.end])),
        ]
        at = place.end
    pieces.append((Span(at, line.end), text[at : line.end]))
    shown, column, width = "", None, 1
    for source, piece in pieces:
        if column is None and source.start <= span.start < source.end:
            same = len(piece) == source.end - source.start
            column = len(shown) + (span.start - source.start if same else 0)
            width = min(span.end, source.end) - span.start if same else len(piece)
        shown += piece
    return _window(shown, len(shown) if column is None else column, max(width, 1))


def _hidden(text: str, line: Span, scalars: Sequence[Span] | None) -> list[Span]:
    if scalars is None:
        known = _known_words()
        return [
            Span(*match.span())
            for match in _WORD.finditer(text, line.start, line.end)
            if match[0].strip('"') not in known and match[0] not in _HARMLESS
        ]
    return [
        Span(max(scalar.start, line.start), min(scalar.end, line.end))
        for scalar in sorted(scalars)
        if scalar.start < line.end and scalar.end > line.start and text[scalar.start : scalar.end] not in _HARMLESS
    ]


def _replacement(token: str) -> str:
    if not token:
        return ""
    # The type of an attribute is a word of the spec, not of the consumer.
    if token.strip("\"'") in _known_types():
        return token
    quote = token[0] if token[0] in "\"'" else ""
    return f"{quote}{_HIDDEN}{quote}"


def _window(line: str, column: int, width: int) -> tuple[str, int, int]:
    line = line.expandtabs(1).replace("\r", "")
    if len(line) <= _WIDEST:
        return line, column, width
    start = max(0, min(column - _WIDEST // 3, len(line) - _WIDEST))
    end = start + _WIDEST
    left, right = (_HIDDEN if start else ""), (_HIDDEN if end < len(line) else "")
    column = column - start + len(left)
    return f"{left}{line[start:end]}{right}", column, min(width, _WIDEST - (column - len(left)))


@cache
def _known_types() -> frozenset[str]:
    types: set[str] = set()
    for kind in KINDS:
        root = schemas.load(f"{kind}.strict")
        types |= set(schemas.dispatch(schemas.dereference(root, root)[1])[1])
    return frozenset(types)


@cache
def _known_words() -> frozenset[str]:
    """Every key of the spec, and the types."""
    words: set[str] = set(_known_types())
    for kind in KINDS:
        words |= set(_keys(schemas.load(f"{kind}.accepting")))
    return frozenset(words)


def _keys(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from node.get("properties", ())
        for value in node.values():
            yield from _keys(value)
    elif isinstance(node, list):
        for value in node:
            yield from _keys(value)
