"""From the objects of an application to JSON: dataclasses, attrs classes, pydantic models, dates, enums."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from lp_engagement.validation.schemas import load

from .size import TooLargeError, limit

if TYPE_CHECKING:
    from collections.abc import Iterator


def convert(value: Any, field: str) -> Any:
    """Convert one object; return it unchanged if no rule fits. Its members are not converted.

    Args:
        value: no JSON value and no mapping.
        field: the name of the field that has the value. A date is converted where the spec has a calendar date only.
    """
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, date):
        dated = field in _calendar_fields()
        return {"day": value.day, "month": value.month, "year": value.year} if dated else value
    if isinstance(value, type):
        return value
    return _members(value)


def _members(value: Any) -> Any:
    kind = type(value)  # an instance can pretend to have any attribute, as mocks do
    try:
        if hasattr(kind, "model_dump"):
            limit(value)  # pydantic copies an object for each reference to it
            # A warning of pydantic would print the value.
            return _filled(value.model_dump(mode="python", by_alias=True, exclude_none=True, warnings=False))
        if hasattr(kind, "__fields__") and hasattr(kind, "dict"):
            limit(value)
            return _filled(value.dict(by_alias=True, exclude_none=True))
        if hasattr(kind, "__dataclass_fields__"):
            return _present(value, [field.name for field in fields(value)])
        if hasattr(kind, "__attrs_attrs__"):
            return _present(value, [attribute.name for attribute in kind.__attrs_attrs__])
    except (RecursionError, TooLargeError):
        raise
    except Exception:  # noqa: BLE001 - the application's code; its message could show the value
        return value
    return value


def _present(value: Any, names: list[str]) -> dict[str, Any]:
    members = {name: getattr(value, name, None) for name in names}
    return {name: member for name, member in members.items() if member is not None}


def _filled(value: Any) -> Any:
    # pydantic leaves out its own models' None only, and not that of a dataclass in a list of anything.
    if isinstance(value, dict):
        return {key: _filled(member) for key, member in value.items() if member is not None}
    if isinstance(value, list | tuple):
        return [_filled(item) for item in value]
    return value


@cache
def _calendar_fields() -> frozenset[str]:
    found = list(_references(load("sde.strict")))
    return frozenset(name for name, to in found if to) - {name for name, to in found if not to}


def _references(schema: Any) -> Iterator[tuple[str, bool]]:
    """Yield each property's name, and whether it is a calendar date."""
    if isinstance(schema, list):
        for item in schema:
            yield from _references(item)
    elif isinstance(schema, dict):
        for name, property_ in schema.get("properties", {}).items():
            if isinstance(property_, dict):
                yield name, property_.get("$ref", "").endswith("/CalendarDate")
        for member in schema.values():
            yield from _references(member)
