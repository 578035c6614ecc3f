"""The size of a body in values: its strings, numbers, arrays and so on, counted wherever they are written."""

from __future__ import annotations

from typing import Any, Final

MOST_VALUES: Final = 100_000
"""The documented payloads have some dozen values."""
_LEAVES: Final = (str, bytes, int, float, type, type(None))


class TooLargeError(Exception):
    """A body has more than `MOST_VALUES` values."""


def limit(value: Any) -> None:
    """Count the values in an object of the application, each object once however many others refer to it.

    Raises:
        TooLargeError: there are more than `MOST_VALUES`.
        RecursionError: the value contains itself.
    """
    if _count(value, {}) > MOST_VALUES:
        raise TooLargeError


def _count(value: Any, known: dict[int, int]) -> int:
    if isinstance(value, _LEAVES):
        return 1
    found = known.get(id(value))
    if found is None:
        found = 1 + sum(_count(member, known) for member in _members(value))
        known[id(value)] = found
    return found


def _members(value: Any) -> Any:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list | tuple) else getattr(value, "__dict__", {}).values()
