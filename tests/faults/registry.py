"""The faults that are functions and not rows of a table, for the page that lists all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["FAULTS", "Fault", "fault"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One line of the page."""

    group: str
    name: str
    expect: str


FAULTS: list[Fault] = []


def fault(group: str, name: str, expect: str) -> Callable[[T], T]:
    """Note what a test is about."""

    def note(test: T) -> T:
        FAULTS.append(Fault(group, name, expect))
        return test

    return note
