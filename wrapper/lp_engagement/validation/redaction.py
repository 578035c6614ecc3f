"""Showing a line of a payload with its values hidden."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from lp_engagement._common.printable import printable
from lp_engagement_client.facts import KINDS

from . import schemas
from .source_map import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_HIDDEN = "…"
_WIDEST = 100
_BEFORE = 33
_LITERALS = {"true", "false", "null"}


def mask(text: str, line: Span, span: Span, hidden: Iterable[Span]) -> tuple[str, int, int]:
    """Replace the values in a part of a line.

    Args:
        text: the whole text.
        line: the part of a line to show.
        span: the part to mark.
        hidden: the values to hide, in order.

    Returns:
        The line without its values, and the column (from 0) and width of the span in it.
    """
    pieces: list[tuple[Span, str]] = []
    at = line.start
    for secret in hidden:
        place = Span(max(secret.start, at), min(secret.end, line.end))
        if place.end <= place.start:
            continue
        pieces += [
            (Span(at, place.start), text[at : place.start]),
            (place, replacement(text[place.start : place.end])),
        ]
        at = place.end
    pieces.append((Span(at, line.end), text[at : line.end]))
    shown, column, width = "", None, 1
    for source, piece in pieces:
        safe = _safe(piece)
        if column is None and source.start <= span.start < source.end:
            if len(piece) == source.end - source.start:
                # Escapes make a piece longer, so the span and what precedes it are measured as shown.
                at = span.start - source.start
                column = len(shown) + len(_safe(piece[:at]))
                width = len(_safe(piece[at : span.end - source.start]))
            else:
                column, width = len(shown), len(safe)
        shown += safe
    return shown, len(shown) if column is None else column, max(width, 1)


def _safe(piece: str) -> str:
    """Make a piece of a line safe for a terminal: control characters escaped, a tab as one space."""
    return printable(piece.replace("\t", " ").replace("\r", " "), len(piece))


def is_public(word: str) -> bool:
    """Whether a word of an invalid text may be shown: a key or type of the spec, or a JSON literal."""
    return word in _LITERALS or word.strip('"') in _known_words()


def replacement(token: str) -> str:
    """Return what is shown in place of a value: the value itself if it is a literal or a type of the spec."""
    # The type of an attribute comes from the spec, not from the consumer.
    if token in _LITERALS or token.strip("\"'") in _known_types():
        return token
    quote = token[0] if token[0] in "\"'" else ""
    return f"{quote}{_HIDDEN}{quote}"


def around(span: Span, line: Span) -> Span:
    """Cut a long line to the part around a span."""
    if line.end - line.start <= _WIDEST:
        return line
    start = max(line.start, min(span.start - _BEFORE, line.end - _WIDEST))
    return Span(start, min(start + _WIDEST, line.end))


@cache
def _known_types() -> frozenset[str]:
    types: set[str] = set()
    for kind in KINDS:
        root = schemas.load(f"{kind}.strict")
        types |= set(schemas.dispatch(schemas.dereference(root, root)[1])[1])
    return frozenset(types)


@cache
def _known_words() -> frozenset[str]:
    """All keys and types of the spec."""
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
