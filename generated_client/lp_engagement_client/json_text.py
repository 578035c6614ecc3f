# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
"""Writing bodies as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from .types import plain

__all__ = ["write_json"]

# The standard library writes no Decimal. Half of a surrogate pair marks the string that is written instead, because no
# other string can have one: UTF-8 cannot encode it.
_MARK = "\ud800"
_marked = re.compile(f'"{_MARK}([-+.0-9Ee]+)"')


def _convert(value: object) -> Any:
    if hasattr(value, "to_dict") or isinstance(value, Mapping):
        return plain(value)
    if isinstance(value, Decimal) and value.is_finite():
        # A subclass, such as an amount of money, can have a `__str__` of its own.
        return f"{_MARK}{Decimal.__str__(value)}"
    raise TypeError


_write = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_convert).encode


def write_json(value: object) -> bytes:
    """Write a value as JSON. A `Decimal` is written as a number with all its digits.

    Raises:
        TypeError, ValueError, RecursionError: JSON cannot represent the value.
    """
    text = _write(value)
    return (_marked.sub(r"\1", text) if _MARK in text else text).encode()
