"""Reading payloads from JSON text, strictly, with the location of every value."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from lp_engagement._common.printable import printable

from .explain import text_problem
from .plain_json import TOO_DEEP
from .redaction import around, is_public, mask
from .source_map import JsonLayout, Lines, Span, repeated_keys, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .problem import Path, Problem
    from .source_map import Layout

Known = Literal["nothing", "type", "members"]
"""What is known of a value: nothing; its type; or some of its members, of which there may be more."""

_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
BOM = _BOM.encode()
DEEPEST_TEXT = 500
"""Levels of nesting that any parser can read."""
# From the first digit of a number only, or each digit of a long number would start a search.
_ENDLESS = re.compile(r"(?<![0-9])[0-9]{4000,}+")
HALF_PAIR = re.compile(rb"\\u[dD][89a-fA-F]")
_STEP = dict.fromkeys(b"[{", 1) | dict.fromkeys(b"]}", -1)
_NO_BRACKETS = bytes(byte for byte in range(256) if byte not in _STEP)


class FilePosition(NamedTuple):
    """A location in a file.

    Attributes:
        line: from 1.
        column: in characters, from 1.
        width: in characters.
        in_bytes: the columns in bytes of the start and the end, if they are known.
    """

    line: int
    column: int
    width: int
    in_bytes: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Origin:
    """The place of a payload that is written inside another text, such as a string of a HAR file.

    Attributes:
        lines: the lines of the other text.
        first_line: the line of the file on which the other text starts, from 1.
        offsets: the offset in the other text of each character of the payload, and of its end.
    """

    lines: Lines
    first_line: int
    offsets: Sequence[int]

    def span(self, span: Span) -> Span:
        """Convert a span of the payload to one of the other text."""
        last = len(self.offsets) - 1
        return Span(self.offsets[min(span.start, last)], self.offsets[min(span.end, last)])


@dataclass(slots=True)
class Document:
    """One payload, and the text that it was read from.

    Attributes:
        text: the text.
        first_line: the line of the file on which the text starts, from 1.
        layout: the location of every value; `None` if the text could not be read.
        value: the payload, if the text could be read.
        faults: the problems of the text itself, each with its location.
        is_plain: the value is known to contain nothing that JSON cannot represent.
        kind: the kind of the payload, if the file says it.
        origin: where the text is in the file, if it is written inside another text.
        unknown: the values that are known only at run time, and what is known of them.
        comments: the text with blanks in place of all but comments, if comments are left out of `text`.
    """

    text: str
    first_line: int = 1
    layout: Layout | None = None
    value: Any = None
    faults: list[tuple[Problem, Span]] = field(default_factory=list)
    is_plain: bool = False
    kind: str | None = None
    origin: Origin | None = None
    unknown: dict[Path, Known] = field(default_factory=dict)
    comments: str = ""
    _lines: Lines | None = field(default=None, init=False)

    @property
    def lines(self) -> Lines:
        """The lines of the text, counted once."""
        if self._lines is None:
            self._lines = Lines(self.text)
        return self._lines

    def share_lines(self, other: Document) -> None:
        """Count the lines once for all payloads of a file."""
        self._lines = other.lines

    @property
    def readable(self) -> bool:
        """Whether there is a payload."""
        return self.layout is not None

    def span(self, path: Path, *, of_key: bool) -> Span:
        """Locate a value or its key; if it is missing, the nearest object or array around it."""
        if self.layout is not None:
            if of_key and (found := self.layout.key(path)):
                return found
            for length in reversed(range(len(path) + 1)):
                if found := self.layout.value(path[:length]):
                    return found
        return Span(0, 1)

    def place(self, span: Span) -> FilePosition:
        """Convert a span to a location in the file. The location ends with its line."""
        lines, first_line = self.lines, self.first_line
        if self.origin is not None:
            lines, first_line, span = self.origin.lines, self.origin.first_line, self.origin.span(span)
        line, column = lines.line_and_column(span.start)
        stop = min(span.end, lines.around(span.start).end)
        start, end = lines.byte_column(span.start), lines.byte_column(max(stop, span.start))
        in_bytes = None if start is None or end is None else (start, max(end, start + 1))
        return FilePosition(first_line + line - 1, column, max(stop - span.start, 1), in_bytes)

    def excerpt(self, span: Span, *, show_values: bool) -> tuple[str, int, int]:
        """Return the line on which a span starts, and the column and width of the span in it."""
        line = around(span, self.lines.around(span.start))
        hidden: Sequence[Span] = ()
        if not show_values:
            hidden = words(self.text, line) if self.layout is None else self.layout.scalars(line, span.start)
        if self.layout is None:
            hidden = [word for word in hidden if not is_public(self.text[word.start : word.end])]
        return mask(self.text, line, span, hidden)


def read_json(data: bytes, *, first_line: int = 1) -> Document:
    """Read one JSON text. Its problems are the document's `faults`; this never raises."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        text = data.decode(errors="replace")
        place = Span(len(data[: error.start].decode(errors="replace")), 0)
        return _unreadable(text, first_line, place, "the text is not valid UTF-8", "Save the file as UTF-8.")
    document = Document(text=text, first_line=first_line)
    if text.startswith(_BOM):
        document.faults.append((byte_order_mark(), Span(0, 1)))
        text = document.text = text[1:]
    try:
        value, repeats = _parse(text)
    except json.JSONDecodeError as error:
        from .syntax import explain_syntax

        fault = explain_syntax(text, error)
        message = f"invalid JSON: {fault.message}"
        return _unreadable(text, first_line, Span(fault.at, fault.at + 1), message, fault.hint, document.faults)
    except RecursionError:
        return _too_deep(document)
    except ValueError:
        # The only other input that the parser rejects is an integer with more digits than Python converts.
        digits = _ENDLESS.search(text)
        place = Span(*digits.span()) if digits else Span(0, 1)
        message, hint = "a number has thousands of digits", "If this is a code, put it in quotes."
        return _unreadable(text, first_line, place, message, hint, document.faults)
    if is_deep(text):
        return _too_deep(document)
    document.value, document.layout = value, JsonLayout(text)
    if repeats:
        document.faults += [(_repeated(path), span) for path, span in repeated_keys(text)]
    return document


def _parse(text: str) -> tuple[Any, bool]:
    """Parse a JSON text, and report whether any of its objects repeats a key."""
    repeats = False

    def note(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal repeats
        members = dict(pairs)
        repeats = repeats or len(members) < len(pairs)
        return members

    return json.loads(text, object_pairs_hook=note), repeats


def byte_order_mark() -> Problem:
    """Return the problem of a JSON text that starts with a byte order mark; the text can still be read."""
    return text_problem("byte-order-mark", "the text starts with a byte order mark", "", level="warning")


def is_deep(text: str) -> bool:
    """Whether a JSON text is nested so deeply that parsing depends on how much stack is left."""
    if text.count("[") + text.count("{") <= DEEPEST_TEXT:
        return False
    # Without escapes, every second part between quotes is outside of strings.
    outside = text.replace("\\\\", "").replace('\\"', "").encode(errors="replace").split(b'"')[::2]
    brackets = b"".join(outside).translate(None, _NO_BRACKETS)
    return max(accumulate(map(_STEP.__getitem__, brackets)), default=0) > DEEPEST_TEXT


def _too_deep(document: Document) -> Document:
    message = "the text is nested too deeply to be read"
    return _unreadable(document.text, document.first_line, Span(0, 1), message, TOO_DEEP, document.faults)


def _repeated(path: Path) -> Problem:
    return text_problem("duplicate-key", f"`{printable(str(path[-1]))}` appears twice in this object", "", path)


def _unreadable(
    text: str,
    first_line: int,
    span: Span,
    message: str,
    hint: str,
    faults: list[tuple[Problem, Span]] | None = None,
) -> Document:
    problem = text_problem("not-json", message, hint)
    return Document(text=text, first_line=first_line, faults=[*(faults or ()), (problem, span)])
