"""Answers that take their time, or end too early."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .records import SimulatedResponse

__all__ = ["pieces"]

_PIECES = 20


def pieces(answer: SimulatedResponse) -> Iterator[tuple[float, bytes]]:
    """Cut the body into pieces, each with the seconds to wait before it; what is cut off is left out."""
    body = answer.body[: answer.cut_after]
    count = min(_PIECES, max(len(body), 1))
    size = -(-len(body) // count) or 1
    for number in range(count):
        yield answer.seconds / count, body[number * size : (number + 1) * size]
