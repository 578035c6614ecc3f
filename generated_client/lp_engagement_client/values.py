# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
"""How single values are read: from an answer tolerantly, from a request body without loss."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

T = TypeVar("T")

LARGEST = 2**63
"""No id, code, time or duration is beyond this, and a larger number does not fit into a float or a date."""
MOST_DIGITS = 18
"""As many digits are always within the bound. Reading digits takes time that grows with the square of their number."""


def read_json(content: bytes) -> Any:
    """Read a body; `None` if it is empty or not JSON."""
    if not content:
        return None  # every update is answered so, and an exception takes its time
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def nothing(source: object) -> None:  # noqa: ARG001
    """Read an answer that has no content."""


def as_mapping(value: object) -> Mapping[str, Any]:
    """Return an object as it is, and an empty one for anything else."""
    # What JSON gives is a dict, and asking for that costs a tenth.
    return value if isinstance(value, dict) or isinstance(value, Mapping) else {}


def text(value: object) -> str | None:
    """Read a string; a whole number becomes its digits."""
    if isinstance(value, str):
        return value if value.isascii() or _can_be_written(value) else None
    whole = integer(value)
    return None if whole is None else str(whole)


def _can_be_written(value: str) -> bool:
    # JSON can name half of a surrogate pair, which no encoding can carry.
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def integer(value: object) -> int | None:
    """Read a whole number below 2^63, also one that is written as a float or as a string."""
    if isinstance(value, str):
        return int(value) if len(value) <= MOST_DIGITS and value.isascii() and value.isdigit() else None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not -LARGEST < value < LARGEST:
        return None
    return int(value) if value == int(value) else None


def number(value: object) -> float | None:
    """Read a finite number below 2^63, also a whole one that is written as a string."""
    return value if isinstance(value, float) and -LARGEST < value < LARGEST else integer(value)


def boolean(value: object) -> bool | None:
    """Read true or false."""
    return value if isinstance(value, bool) else None


def integer_or_text(value: object) -> int | str | None:
    """Read a whole number, or else a string."""
    whole = integer(value)
    return whole if whole is not None else text(value)


def items(value: object, read: Callable[[object], T]) -> tuple[T, ...]:
    """Read an array; anything else reads as an empty one."""
    return tuple(read(each) for each in value) if isinstance(value, list) else ()


class _Readable(Protocol):
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Any: ...


def object_as(model: type[_Readable]) -> Callable[[Any], Any]:
    """Make the function that reads an object as a model and leaves anything else as it is."""
    return lambda value: model.from_dict(value) if isinstance(value, Mapping) else value


def each_as(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Make the function that reads the items of an array and leaves anything else as it is."""
    return lambda value: [read(item) for item in value] if isinstance(value, (list, tuple)) else value


def tagged_as(tag: str, models: Mapping[str, type[_Readable]]) -> Callable[[Any], Any]:
    """Make the function that reads an object as the model that its tag names and leaves anything else as it is."""

    def read(value: Any) -> Any:
        name = value.get(tag) if isinstance(value, Mapping) else None
        model = models.get(name) if isinstance(name, str) else None
        return value if model is None else model.from_dict(value)

    return read
