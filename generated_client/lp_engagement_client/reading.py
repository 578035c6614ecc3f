# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
"""How single values of an answer are read: tolerant of numbers sent as text and the reverse."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

T = TypeVar("T")

LARGEST = 2**63
"""No id, code, time or duration is beyond this, and a larger number does not fit into a float or a date."""


def as_mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def text(value: object) -> str | None:
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
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if abs(value) < LARGEST else None
    if isinstance(value, float) and abs(value) < LARGEST and value.is_integer():
        return int(value)
    # The length first: int() takes quadratic time.
    if isinstance(value, str) and len(value) <= 18 and value.isascii() and value.isdigit():
        return int(value)
    return None


def number(value: object) -> float | None:
    # NaN is not less than anything.
    if isinstance(value, float) and abs(value) < LARGEST:
        return value
    return integer(value)


def boolean(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def integer_or_text(value: object) -> int | str | None:
    whole = integer(value)
    return whole if whole is not None else text(value)


def items(value: object, read: Callable[[object], T]) -> tuple[T, ...]:
    return tuple(read(each) for each in value) if isinstance(value, list) else ()
