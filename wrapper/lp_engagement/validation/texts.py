"""Reading payloads from JSON and YAML text, strictly, and knowing where everything in them stands."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from .explain import text_problem
from .positions import Positions, Span, line_and_column, positions
from .problem import Path, pointer
from .visible import mask

if TYPE_CHECKING:
    from collections.abc import Callable

    from .problem import Problem

_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


class Place(NamedTuple):
    """A place in a file: line and column from 1, and how many characters it takes up."""

    line: int
    column: int
    width: int


@dataclass(kw_only=True)
class Document:
    """One payload, and the text that it was read from.

    Attributes:
        text: the text.
        first_line: the line of the file that the text begins in, from 1.
        find: gives the positions of the text.
        value: the payload; nothing if it could not be read.
        readable: whether it could.
        faults: what is wrong with the text itself, and where.
    """

    text: str
    first_line: int = 1
    find: Callable[[str], Positions] = positions
    value: Any = None
    readable: bool = True
    faults: list[tuple[Problem, Span]] = field(default_factory=list)

    @cached_property
    def positions(self) -> Positions:
        """Where everything stands."""
        return self.find(self.text)

    @cached_property
    def _spans(self) -> dict[str, Span]:
        return {pointer(path): span for path, span in self.positions.values.items()}

    @cached_property
    def _key_spans(self) -> dict[str, Span]:
        return {pointer(path): span for path, span in self.positions.keys.items()}

    def span(self, problem: Problem) -> Span:
        """Where a problem of the payload stands: a key that should not be there, else a value, else what lacks it."""
        where = problem.pointer
        if problem.name == "unknown-key" and where in self._key_spans:
            return self._key_spans[where]
        while where not in self._spans and where:
            where = where.rpartition("/")[0]
        return self._spans.get(where, Span(0, 1))

    def place(self, span: Span) -> Place:
        """A span as a place of the file; it ends with its line."""
        line, column = line_and_column(self.text, span.start)
        end = self.text.find("\n", span.start)
        stop = min(span.end, len(self.text) if end < 0 else end)
        return Place(self.first_line + line - 1, column, max(stop - span.start, 1))

    def excerpt(self, span: Span, *, show_values: bool) -> tuple[str, int, int]:
        """The line that a span begins in, values hidden unless they may be shown; the span's column and width in it."""
        start = self.text.rfind("\n", 0, span.start) + 1
        end = self.text.find("\n", span.start)
        line = Span(start, len(self.text) if end < 0 else end)
        scalars = None if not self.readable else self.positions.scalars
        return mask(self.text, line, span, scalars, show_values=show_values)


def read_json(data: bytes, *, first_line: int = 1) -> Document:
    """Read one JSON text. What is wrong with it comes out as the document's faults; this never raises."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        text = data.decode(errors="replace")
        place = Span(len(data[: error.start].decode(errors="replace")), 0)
        return _unreadable(
            text, first_line, place, "there are bytes here that are not UTF-8", "Save the text as UTF-8."
        )
    document = Document(text=text, first_line=first_line)
    if text.startswith(_BOM):
        problem = text_problem("not-json", "the text begins with a byte order mark", "Save it as UTF-8 without one.")
        document.faults.append((problem, Span(0, 1)))
        text = document.text = " " + text[1:]
    try:
        document.value = json.loads(text)
    except json.JSONDecodeError as error:
        message = f"this is not JSON: {_reason(error.msg)}"
        return _unreadable(text, first_line, Span(error.pos, error.pos + 1), message, "", document.faults)
    except RecursionError:
        return _unreadable(text, first_line, Span(0, 1), "the text is nested too deeply to be read", "")
    except ValueError:
        # The only other thing that the parser refuses is an integer of more digits than Python converts.
        digits = re.search(r"[0-9]{4000,}", text)
        place = Span(*digits.span()) if digits else Span(0, 1)
        return _unreadable(text, first_line, place, "there is a number with thousands of digits", "")
    for path, span in document.positions.repeated:
        document.faults.append((_repeated(path), span))
    return document


def _reason(message: str) -> str:
    """The parser's words, which never quote the text, with a small first letter."""
    return message[:1].lower() + message[1:]


def _repeated(path: Path) -> Problem:
    return text_problem("duplicate-key", f"`{path[-1]}` stands twice in this object", "", path)


def _unreadable(
    text: str,
    first_line: int,
    span: Span,
    message: str,
    hint: str,
    faults: list[tuple[Problem, Span]] | None = None,
) -> Document:
    problem = text_problem("not-json", message, hint)
    return Document(text=text, first_line=first_line, readable=False, faults=[*(faults or ()), (problem, span)])


_UNSURE = (b"\\", b" :", b"\t:", b"\n:", b"\r:")


def quick_json(data: bytes) -> Any:
    """The value of a JSON text without fault, fast.

    Raises:
        ValueError: it may have a fault, or something that only `read_json` can tell.
    """
    import orjson

    value = orjson.loads(data)
    # orjson keeps the last of two equal keys in silence. Where no backslash and no blank before a colon can deceive,
    # the number of keys in the text must be the number of keys that are left.
    if any(each in data for each in _UNSURE) or data.count(b'":') != orjson.dumps(value).count(b'":'):
        raise ValueError
    return value
