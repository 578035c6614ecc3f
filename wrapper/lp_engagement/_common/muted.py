"""Values that must not be shown by whoever prints local variables: error trackers, debuggers, rich tracebacks.

Bodies, keys and ids travel through the library's frames in these wrappers only.
"""

from __future__ import annotations

from typing import Generic, TypeVar

__all__ = ["Muted", "MutedText"]

T = TypeVar("T")


class MutedText(str):
    """A string, usable as one, whose repr shows nothing of it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<hidden>"


class Muted(Generic[T]):
    """Any other value; take it out with `value`."""

    __slots__ = ("value",)

    def __init__(self, value: T) -> None:
        self.value = value

    def __repr__(self) -> str:
        return "<hidden>"
