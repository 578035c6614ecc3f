# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
"""Reads single values: tolerantly from a response, without loss from a request body."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

T = TypeVar("T")

LARGEST = 2**63
"""All ids, codes, times and durations are below this. A larger number fits neither a float nor a date."""
MOST_DIGITS = 18
"""A number with as many digits is always below the bound. Parsing takes time quadratic in the number of digits."""


def read_json(content: bytes) -> Any:
    """Read a body; `None` if it is empty or not JSON."""
    if not content:
        return None  # the response of every update, and faster than an exception
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def nothing(source: object) -> None:  # noqa: ARG001
    """Read an answer that has no content."""


def as_mapping(value: object) -> Mapping[str, Any]:
    """Return an object unchanged, and an empty one for anything else."""
    # JSON is parsed to dicts, and that check costs a tenth of the general one.
    return value if isinstance(value, dict) or isinstance(value, Mapping) else {}


def text(value: object) -> str | None:
    """Read a string. An integer is converted to digits."""
    if isinstance(value, str):
        return value if value.isascii() or _can_be_written(value) else None
    whole = integer(value)
    return None if whole is None else str(whole)


def _can_be_written(value: str) -> bool:
    # JSON can contain half of a surrogate pair, which no encoding can represent.
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def integer(value: object) -> int | None:
    """Read an integer below 2^63, also from a float or a string."""
    if isinstance(value, str):
        return int(value) if len(value) <= MOST_DIGITS and value.isascii() and value.isdigit() else None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not -LARGEST < value < LARGEST:
        return None
    return int(value) if value == int(value) else None


def number(value: object) -> float | None:
    """Read a finite number below 2^63, also an integer in a string."""
    return value if isinstance(value, float) and -LARGEST < value < LARGEST else integer(value)


def boolean(value: object) -> bool | None:
    """Read true or false."""
    return value if isinstance(value, bool) else None


def integer_or_text(value: object) -> int | str | None:
    """Read an integer, or else a string."""
    whole = integer(value)
    return whole if whole is not None else text(value)


def items(value: object, read: Callable[[object], T]) -> tuple[T, ...]:
    """Read an array; anything else reads as an empty one."""
    return tuple(read(item) for item in value) if isinstance(value, list) else ()


class _Readable(Protocol):
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Any: ...


def object_as(model: type[_Readable]) -> Callable[[Any], Any]:
    """Return a function that reads an object as a model and returns anything else unchanged."""
    return lambda value: model.from_dict(value) if isinstance(value, Mapping) else value


def each_as(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a function that reads the items of an array and returns anything else unchanged."""
    return lambda value: [read(item) for item in value] if isinstance(value, (list, tuple)) else value


def tagged_as(tag: str, models: Mapping[str, type[_Readable]]) -> Callable[[Any], Any]:
    """Return a function that reads an object as the model of its tag and returns anything else unchanged."""

    def read(value: Any) -> Any:
        name = value.get(tag) if isinstance(value, Mapping) else None
        model = models.get(name) if isinstance(name, str) else None
        return value if model is None else model.from_dict(value)

    return read
