"""Fitting a line and its mark into the columns of a terminal."""

from __future__ import annotations

import unicodedata
from itertools import accumulate

_BEFORE = 3
"""The mark is a third of the way along a line that has to be cut."""
_CUT = "\N{HORIZONTAL ELLIPSIS}"


def columns(text: str) -> int:
    """Count the columns that a string takes: a wide character takes two, a combining one none."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def fitted(line: str, mark: tuple[int, int], room: int | None) -> tuple[str, int, int]:
    """Cut a line to the part around a mark.

    Args:
        line: the line.
        mark: the first character and the number of characters to mark.
        room: the columns for the line; `None` is as many as it takes.

    Returns:
        The part, and the first column and the number of columns of the mark.
    """
    first, count = mark
    if room is not None and columns(line) > room:
        ends = [0, *accumulate(map(_columns, line))]
        start = ends[min(first, len(line))] - room // _BEFORE
        skipped = next(index for index, end in enumerate(ends) if end >= start)
        if skipped:
            line, first = _CUT + line[skipped:], first - skipped + 1
        ends = [0, *accumulate(map(_columns, line))]
        if ends[-1] > room:
            line = line[: next(index for index, end in enumerate(ends) if end >= room) - 1] + _CUT
    marked = line[first : first + count]
    return line, columns(line[:first]), max(columns(marked), 1)
