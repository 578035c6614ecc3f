"""Reading payloads from a column of CSV files."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from lp_engagement.validation.documents import Document
from lp_engagement.validation.explain import text_problem
from lp_engagement.validation.source_map import Span

from .places import fault_at, inside

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
_DELIMITERS = ",;\t|"
_CHARACTER = re.compile('""|.', re.DOTALL)
_ROWS_TO_LOOK_AT = 100
"""Rows in which a column of JSON is looked for."""


class _Cell(NamedTuple):
    """A value of a table, and the token that it was read from."""

    value: str
    span: Span


def read_table(data: bytes, column: str | None) -> Iterator[Document]:
    """Read the JSON in a column of a table whose first row has the names of the columns.

    Args:
        data: the file.
        column: the name of the column; by default, the first one that has JSON objects or arrays.
    """
    text = data.decode(errors="replace").removeprefix(_BOM)
    file = Document(text)
    rows = _rows(text)
    names = [cell.value.strip() for cell in next(rows, [])]
    first = list(islice(rows, _ROWS_TO_LOOK_AT))
    index = _with_json(first) if column is None else names.index(column) if column in names else None
    if index is None:
        yield _without_column(file, column)
        return
    for some in (first, rows):
        for row in some:
            if index < len(row) and row[index].value.strip():
                yield inside(file, row[index].value, _offsets(text, row[index]))


def _offsets(text: str, cell: _Cell) -> Sequence[int]:
    """Locate each character of a cell, and its end; between quotes, two quotes are one."""
    start, end = cell.span
    if end - start == len(cell.value):
        return range(start, end + 1)
    return [*(match.start() for match in _CHARACTER.finditer(text, start + 1, end - 1)), end - 1]


def _with_json(rows: list[list[_Cell]]) -> int | None:
    for row in rows:
        for index, cell in enumerate(row):
            if cell.value.lstrip()[:1] in {"{", "["}:
                return index
    return None


def _without_column(file: Document, column: str | None) -> Document:
    # A table without names has values in its first row, so the names stay out of the message.
    what = "no column has JSON objects or arrays" if column is None else "the first row has no such column"
    hint = "Pass the name of a column, as it is in the first row, with --column."
    end = file.text.find("\n")
    return fault_at(file, Span(0, end if end > 0 else 1), [text_problem("not-json", what, hint)])


def _rows(text: str) -> Iterator[list[_Cell]]:
    """Yield the rows of a table, with the place of each cell, which the csv module does not report."""
    header = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=header.count)
    cell = re.compile(rf'[ \t]*+"((?:[^"]|"")*+)"?[^{re.escape(delimiter)}\r\n]*+|[^{re.escape(delimiter)}\r\n]*+')
    row: list[_Cell] = []
    at = 0
    while at < len(text):
        match = cell.match(text, at)
        assert match is not None  # noqa: S101 - it matches anything
        quoted = match[1]
        start, end = match.span() if quoted is None else (match.start(1) - 1, match.end(1) + 1)
        row.append(_Cell(match[0] if quoted is None else quoted.replace('""', '"'), Span(start, end)))
        at = match.end()
        if text.startswith(delimiter, at):
            at += 1
            continue
        at += 2 if text.startswith("\r\n", at) else 1
        yield row
        row = []
    if row:
        yield row
