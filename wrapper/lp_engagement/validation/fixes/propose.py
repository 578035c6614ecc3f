"""The fixes of the problems of a document: a repair of the payload, written as edits of its text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from lp_engagement._common.json_pointer import json_pointer
from lp_engagement.validation import schemas
from lp_engagement.validation.kinds import AUTO, detect
from lp_engagement.validation.locate import Walk
from lp_engagement.validation.source_map import Span
from lp_engagement.validation.yaml_words import otherwise, reading

from .edits import Fix, TextChange
from .repairs import Repairs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lp_engagement.validation.documents import Document
    from lp_engagement.validation.problem import Path, Problem

    from .repairs import Repair

_BLANK = " "
_QUOTES = "\"'`"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_PLAIN = re.compile(r"[A-Za-z_](?:[\w -]*\w)?")
_DASH = re.compile(r"-(?= *[^\s#&!|>-])")

_Change = tuple[Span, str]


class Fixes:
    """Proposes fixes for one document. A payload inside another text, such as a string of a HAR file, has none.

    Args:
        document: the document.
        show_values: join the changes of a fix too, which shows what is between them.
    """

    def __init__(self, document: Document, *, show_values: bool = False) -> None:
        self._document = document
        self._show_values = show_values
        self._repeated = {problem.pointer for problem, _ in document.faults if problem.name == "duplicate-key"}
        self._repairs: tuple[Path, Repairs] | None = None

    def of(self, prefix: Path, value: Any, kind: str, path: Path, problem: Problem) -> Fix | None:
        """Propose a fix.

        Args:
            prefix: the path of the payload in the document.
            value: the payload.
            kind: its kind, or `auto`.
            path: the path of the problem in the payload.
            problem: the problem.
        """
        if self._document.origin is not None or self._document.layout is None:
            return None
        if self._repairs is None or self._repairs[0] != prefix:
            root = schemas.load(f"{detect(value) if kind == AUTO else kind}.strict")
            self._repairs = prefix, Repairs(Walk(root, value))
        repair = self._repairs[1].of(path, problem)
        if repair is None or not self._is_plain((*prefix, *repair.at), repair):
            return None
        changes = sorted(_changes(self._document, repair._replace(at=(*prefix, *repair.at))))
        start = self._document.span((*prefix, *path), of_key=problem.name == "unknown-key").start
        edits = tuple(self._edits(changes, start))
        if not edits:
            return None
        # LivePerson's own pages disagree where there is a warning.
        is_safe = repair.is_safe and problem.level == "error"
        joined = next(iter(self._edits(self._joined(changes), start)), None) if self._show_values else None
        return Fix(repair.title, is_safe, edits, repair.is_public, joined)

    def _is_plain(self, at: Path, repair: Repair) -> bool:
        """Whether the text at a place is all that decides its value."""
        if any(json_pointer(at[:length]) in self._repeated for length in range(len(at) + 1)):
            return False
        known = self._document.unknown
        if repair.action == "rename":
            return known.get(at[:-1]) is None
        return known.get(at) in {None, "members"}

    def _edits(self, changes: list[_Change], problem: int) -> list[TextChange]:
        """Convert changes to edits, by the offset of the problem; there are none if one is not inside a line."""
        lines = self._document.lines
        first, _ = lines.line_and_column(problem)
        edits: list[TextChange] = []
        for span, text in changes:
            if span.end > lines.around(span.start).end:
                return []
            line, column = lines.line_and_column(span.start)
            start, end = (lines.byte_column(offset) for offset in span)
            in_bytes = None if start is None or end is None else (start, end)
            edits.append(TextChange(line - first, column, column + span.end - span.start, text, in_bytes))
        return edits

    def _joined(self, changes: list[_Change]) -> list[_Change]:
        """Make one change of several, with the text between them."""
        pieces: list[str] = []
        at = start = changes[0][0].start
        for span, text in changes:
            pieces += [self._document.text[at : span.start], text]
            at = span.end
        return [(Span(start, at), "".join(pieces))]


def _changes(document: Document, repair: Repair) -> Iterator[_Change]:
    """Yield the changes of the source; none if they cannot be made without knowing more."""
    assert document.layout is not None  # noqa: S101 - the caller has looked
    span = document.layout.extent(repair.at)
    if span is None:
        return
    token = document.text[span.start : span.end]
    match repair.action:
        case "rename":
            yield from _renamed(document, document.layout.key(repair.at), span, repair.text)
        case "string":
            yield from _replaced(span, token, repair.text)
        case "literal" if token[0] in _QUOTES:
            yield span, repair.text
        case "quote" if _INTEGER.fullmatch(token):
            yield from ((Span(span.start, span.start), '"'), (Span(span.end, span.end), '"'))
        case "unquote" if token[0] in _QUOTES and _NUMBER.fullmatch(token[1:-1].strip(_BLANK)):
            start = span.end - len(token[1:].lstrip(_BLANK))
            end = span.start + len(token[:-1].rstrip(_BLANK))
            yield from ((Span(span.start, start), ""), (Span(end, span.end), ""))
        case "wrap" if token[0] in _QUOTES or _PLAIN.fullmatch(token):
            yield from _in_brackets(span)
        case "wrap-object":
            yield from _in_brackets(span) if token[0] == "{" else _as_entry(document, span, token)
        case "unwrap":
            yield from _unwrapped(document, span, document.layout.extent((*repair.at, 0)))
        case _:
            return


def _renamed(document: Document, key: Span | None, value: Span, name: str) -> Iterator[_Change]:
    if key is None:
        return
    token = document.text[key.start : key.end]
    if key == value:
        # `{total}` of JavaScript is short for `{total: total}`.
        yield Span(key.start, key.start), f"{name}: "
    elif token[0] in _QUOTES:
        yield Span(key.start + 1, key.end - 1), name
    elif _NAME.fullmatch(token.strip().replace("-", "_").replace(" ", "_")):
        yield key, name


def _replaced(span: Span, token: str, text: str) -> Iterator[_Change]:
    if token[0] in _QUOTES:
        yield Span(span.start + 1, span.end - 1), text
    elif _PLAIN.fullmatch(token):
        # A plain word of YAML; in JSON and JavaScript, all strings have quotes.
        plain = _NAME.fullmatch(text) and reading(text) == "str" and not otherwise(text)
        yield span, text if plain else f'"{text}"'


def _in_brackets(span: Span) -> Iterator[_Change]:
    yield Span(span.start, span.start), "["
    yield Span(span.end, span.end), "]"


def _as_entry(document: Document, span: Span, token: str) -> Iterator[_Change]:
    """Make a mapping of YAML, on lines of its own, the entry of a sequence."""
    first = document.lines.around(span.start)
    margin = span.start - first.start
    if document.text[first.start : span.start].strip(" ") or token[0] in "&!":
        return
    yield Span(span.start, span.start), "- "
    at, end = first.end + 1, span.start + len(token)
    following: list[Span] = []
    while at < end:
        following.append(document.lines.around(at))
        at = following[-1].end + 1
    while following and not _belongs(document.text[following[-1].start : following[-1].end], margin):
        following.pop()
    for line in following:
        if document.text[line.start : line.end].strip():
            yield Span(line.start, line.start), "  "


def _belongs(line: str, margin: int) -> bool:
    """Whether a line after a mapping is a part of it: neither blank nor what follows, nor a comment of that."""
    text = line.lstrip(" ")
    return bool(text.strip()) and len(line) - len(text) >= margin


def _unwrapped(document: Document, span: Span, inner: Span | None) -> Iterator[_Change]:
    if inner is None:
        return
    text = document.text
    if text[span.start] == "-":
        if _DASH.match(text, span.start) and not text[span.start + 1 : inner.start].strip(" "):
            yield Span(span.start, span.start + 1), " "
    elif text[span.start] == "[" and not (text[span.start + 1 : inner.start] + text[inner.end : span.end - 1]).strip(
        " "
    ):
        # Brackets on lines of their own would leave blank lines.
        yield from ((Span(span.start, span.start + 1), ""), (Span(span.end - 1, span.end), ""))
