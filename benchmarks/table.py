"""One table of everything that is measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Row", "markdown"]

_HEADS = ("row", "limit", "peers", "ours", "ratio", "goal", "met")


@dataclass(frozen=True)
class Row:
    """One measurement.

    Attributes:
        name: the subject.
        limit: the least that any implementation could need.
        peers: the measurements of the others, from the same run.
        ours: our measurement.
        ratio: ours relative to the peer that the goal names.
        goal: the goal in words.
        met: whether the goal is met; `None` if the row has none.
    """

    name: str
    limit: str
    peers: str
    ours: str
    ratio: float | None
    goal: str
    met: bool | None


def markdown(rows: Iterable[Row]) -> str:
    """Return the table in Markdown, its columns aligned for the terminal."""
    lines = [_HEADS, *map(_cells, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEADS))]
    lines.insert(1, tuple("-" * width for width in widths))
    return "".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |\n"
        for line in lines
    )


def _cells(row: Row) -> tuple[str, ...]:
    ratio = "" if row.ratio is None else f"{row.ratio:.3g}"
    met = {True: "yes", False: "**no**", None: ""}[row.met]
    return (row.name, row.limit, row.peers, row.ours, ratio, row.goal, met)
