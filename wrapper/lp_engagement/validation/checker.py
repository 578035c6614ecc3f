"""Checking files: all payloads in them, and the location of every problem."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from lp_engagement._common.json_pointer import json_pointer
from lp_engagement_client.facts import KINDS

from .check import examine
from .documents import Document
from .engines import EngineName, compiled
from .fixes import Fixes
from .inline import Comments
from .kinds import AUTO, LISTED, detect
from .plain_json import DEEPEST
from .quick import quick_entries, quick_json, quick_lines
from .readers import read, read_line
from .readers.jsonc import read_with_comments
from .readers.unknown import is_certain
from .source_map import JsonLayout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from .fixes import Fix
    from .problem import Path, Problem
    from .source_map import Span


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a check.

    Attributes:
        kind: the kind of the payloads; `auto` detects it.
        engine: the validator to use.
        allow_unknown_keys: report unknown keys as warnings.
        unauthenticated_messaging: warn about fields that break unauthenticated messaging.
        show_values: show values in excerpts.
        excerpts: add the line of each problem, which only the text report needs.
        fixes: add the fix of each problem that has one.
        pointers: the places of the payloads in each JSON or YAML document; by default, the document is the payload.
        column: the column of a CSV file that has the payloads; by default, the one that has JSON.
    """

    kind: str = AUTO
    engine: EngineName = "jsonschema-rs"
    allow_unknown_keys: bool = False
    unauthenticated_messaging: bool = False
    show_values: bool = False
    excerpts: bool = True
    fixes: bool = False
    pointers: tuple[str, ...] = ()
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem and its location.

    Attributes:
        file: the name of the file.
        line: from 1.
        column: in characters, from 1.
        end_column: the column after the last character of the value, on the same line.
        document: the number of the payload in the file, from 1.
        problem: the problem.
        excerpt: the line, with values hidden unless `show_values` is set.
        mark: the column (from 0) and width of the value in the excerpt.
        in_bytes: the column and the end column in bytes of UTF-8, if they are known.
        fix: the fix of the problem, if it has one and fixes were requested.
    """

    file: str
    line: int
    column: int
    end_column: int
    document: int
    problem: Problem
    excerpt: str = field(repr=False)
    mark: tuple[int, int] = field(repr=False)
    in_bytes: tuple[int, int] | None = None
    fix: Fix | None = field(default=None, repr=False)


@dataclass(slots=True)
class Tally:
    """Counts of payloads and problems."""

    documents: int = 0
    invalid: int = 0
    errors: int = 0
    warnings: int = 0

    @property
    def valid(self) -> int:
        """The number of payloads without errors."""
        return self.documents - self.invalid

    def add(self, other: Tally) -> None:
        """Add the counts of another tally."""
        self.documents += other.documents
        self.invalid += other.invalid
        self.errors += other.errors
        self.warnings += other.warnings


class Checker:
    """Checks files with the same options, and keeps a tally."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.tally: Tally = Tally()

    def file(self, name: str, data: bytes, file_format: str = "json") -> Iterator[Finding]:
        """Check the payloads of a whole file."""
        if file_format == "ndjson":
            yield from self.lines(name, data.split(b"\n"))
            return
        for document in read(data, file_format, self.options):
            yield from self._document(name, document)

    def lines(self, name: str, lines: list[bytes]) -> Iterator[Finding]:
        """Check an NDJSON stream. An invalid line does not stop the check of the others."""
        if self.options.pointers:
            for number, line in enumerate(lines, 1):
                for document in read_line(line, number, self.options) if line.strip() else ():
                    yield from self._document(name, document)
            return
        # As bytes, `strip` would cut blanks that JSON does not have.
        raw = [line.strip(b" \t\r") if line.strip() else b"" for line in lines]
        try:
            values = iter(quick_lines([line for line in raw if line]))
        except (ValueError, RecursionError):
            values = None
        for number, line in enumerate(raw, 1):
            if not line:
                continue
            try:
                value = next(values) if values else quick_json(line)
            except ValueError:
                yield from self._document(name, read_with_comments(lines[number - 1].rstrip(b"\r"), first_line=number))
                continue
            if self._fits(value):
                self.tally.documents += 1
                continue
            text = lines[number - 1].decode().rstrip("\r")
            plain = line.count(b"[") + line.count(b"{") <= DEEPEST
            yield from self._document(name, Document(text, number, JsonLayout(text), value, is_plain=plain))

    def array(self, name: str, data: bytes) -> Iterator[Finding]:
        """Check the payloads in an array, or in a part of one that has brackets of its own."""
        try:
            values, starts = quick_entries(data)
        except (ValueError, RecursionError):
            yield from self.file(name, data)
            return
        doubtful = [index for index, value in enumerate(values) if not self._fits(value)]
        if doubtful or not values:
            text = data.decode()
            layout = JsonLayout(text, starts if text.isascii() else _in_characters(data, starts))
            yield from self._document(name, Document(text, layout=layout, value=values), doubtful)
        else:
            self.tally.documents += len(values)

    @cached_property
    def _fits(self) -> Callable[[Any], bool]:
        """Tests whether a payload that was read from JSON has no problems, if that can be known fast."""
        kind, engine = self.options.kind, self.options.engine
        if self.options.unauthenticated_messaging:
            return lambda _: False
        if kind != AUTO:
            return compiled(kind, "strict", engine).is_valid
        of_kind = {known: compiled(known, "strict", engine).is_valid for known in KINDS}
        return lambda payload: of_kind[detect(payload)](payload)

    def _document(self, name: str, document: Document, doubtful: Iterable[int] | None = None) -> Iterator[Finding]:
        """Check the payloads of a document; of an array, perhaps only the doubtful ones."""
        entries: list[tuple[Path, Any]] = [((), document.value)] if document.readable else []
        kind = document.kind if document.kind and self.options.kind == AUTO else self.options.kind
        if kind in LISTED and isinstance(document.value, list):
            entries = [((index,), value) for index, value in enumerate(document.value)]
        number = self.tally.documents + 1
        self.tally.documents += max(len(entries), 1)
        comments = Comments(document)
        fixes = Fixes(document, show_values=self.options.show_values) if self.options.fixes else None
        broken: set[int] = set()
        for problem, span in document.faults:
            if comments.allow(problem, span):
                continue
            offset = _entry_of(problem) if entries and entries[0][0] else 0
            if problem.level == "error":
                broken.add(offset)
            yield self._finding(name, document, number + offset, problem, span)
        self.tally.invalid += len(broken)
        for offset in range(len(entries)) if doubtful is None else doubtful:
            prefix, value = entries[offset]
            errors = self.tally.errors
            problems = self._examine(value, kind, is_plain=document.is_plain)
            if document.unknown:
                problems = [(path, each) for path, each in problems if is_certain(document, (*prefix, *path), each)]
            for path, problem in problems:
                at = (*prefix, *path)
                span = document.span(at, of_key=problem.name == "unknown-key")
                if comments.allow(problem, span):
                    continue
                placed = replace(problem, pointer=json_pointer(at)) if prefix else problem
                fix = fixes.of(prefix, value, kind, path, problem) if fixes else None
                yield self._finding(name, document, number + offset, placed, span, fix)
            # A problem of the text may have made the payload invalid already.
            self.tally.invalid += offset not in broken and self.tally.errors > errors

    def _examine(self, value: Any, kind: str, *, is_plain: bool) -> list[tuple[Path, Problem]]:
        options = self.options
        return examine(
            value,
            kind,
            engine=options.engine,
            allow_unknown_keys=options.allow_unknown_keys,
            unauthenticated_messaging=options.unauthenticated_messaging,
            is_plain=is_plain,
        )

    def _finding(
        self, name: str, document: Document, number: int, problem: Problem, span: Span, fix: Fix | None = None
    ) -> Finding:
        if problem.level == "error":
            self.tally.errors += 1
        else:
            self.tally.warnings += 1
        place = document.place(span)
        excerpt, column, width = "", 0, 0
        if self.options.excerpts:
            excerpt, column, width = document.excerpt(span, show_values=self.options.show_values)
        end_column, mark = place.column + place.width, (column, width)
        return Finding(
            name, place.line, place.column, end_column, number, problem, excerpt, mark, in_bytes=place.in_bytes, fix=fix
        )


def _in_characters(data: bytes, starts: Iterable[int]) -> list[int]:
    """Convert offsets in bytes, in order, to offsets in characters."""
    found: list[int] = []
    at = characters = 0
    for start in starts:
        characters += len(data[at:start].decode())
        found.append(characters)
        at = start
    return found


def _entry_of(problem: Problem) -> int:
    """Return the index of the entry of an array that has a problem of the text; that of the array itself is 0."""
    index = problem.pointer[1:].partition("/")[0]
    return int(index) if index.isdecimal() else 0
