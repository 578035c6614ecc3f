"""Positions as the language server protocol has them: lines end with CR too, and columns count code units."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from lsprotocol.types import Position, Range

if TYPE_CHECKING:
    from collections.abc import Callable

_LINE_BREAK = re.compile(r"\r\n|\r|\n")


class Positions:
    """Converts the places of a document.

    Args:
        text: the text.
        units: counts the code units of a string, in the encoding that the editor chose.
    """

    def __init__(self, text: str, units: Callable[[str], int]) -> None:
        self._text = text
        self._units = units
        self._starts = [0, *(found.end() for found in _LINE_BREAK.finditer(text))]
        # A report counts line feeds alone.
        self._reported = [0, *(found.end() for found in re.finditer("\n", text))]

    def range(self, line: int, column: int, end_column: int) -> Range:
        """Convert a place of a report, whose line and columns are from 1."""
        start = self._reported[min(line, len(self._reported)) - 1] - 1
        return Range(self.position(start + column), self.position(start + end_column))

    def position(self, offset: int) -> Position:
        """Convert an offset."""
        line = bisect_right(self._starts, offset) - 1
        return Position(line, self._units(self._text[self._starts[line] : offset]))

    def offset(self, position: Position) -> int:
        """Convert a position to an offset; one beyond the end of its line is the end."""
        if position.line >= len(self._starts):
            return len(self._text)
        start = self._starts[position.line]
        found = _LINE_BREAK.search(self._text, start)
        end = found.start() if found else len(self._text)
        units = 0
        for offset in range(start, end):
            if units >= position.character:
                return offset
            units += self._units(self._text[offset])
        return end
