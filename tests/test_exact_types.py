"""Subclasses of the types of JSON, as numpy and enums have them, count as what they hold: values and keys alike."""

from __future__ import annotations

import enum
import json
from typing import Any

import pytest

from lp_engagement._common.muted import Muted
from lp_engagement._core.body import encode, tidy
from lp_engagement.validation import check
from lp_engagement.validation.plain_json import exact, kind_of, plain_copy
from tests.helpers import ENGINES, any_call


class Text(str):
    """A string of its own, which does not even say what it is."""

    __slots__ = ()

    def __str__(self) -> str:
        return "something else"


class Real(float):
    """A float of its own, as numpy.float64 is."""

    def __repr__(self) -> str:
        return "Real()"

    def __float__(self) -> float:
        raise TypeError


class Whole(int):
    """An integer of its own."""

    def __int__(self) -> int:
        raise TypeError


class Mapping(dict[Any, Any]):
    """A dict of its own."""


class Listing(list[Any]):
    """A list of its own."""


class Name(str, enum.Enum):  # noqa: UP042 - the older way, which is in use
    """An enum of strings."""

    TYPE = "type"
    CART = "cart"


class NewName(enum.StrEnum):
    """An enum of strings, the newer way."""

    TYPE = "type"
    CART = "cart"


class Count(enum.IntEnum):
    """An enum of integers."""

    ONE = 1


KEYS = [Text("type"), Name.TYPE, NewName.TYPE]
TYPES = [Text("cart"), Name.CART, NewName.CART]
NUMBERS = [Real(1.0), Whole(1), Count.ONE, True]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("value", TYPES)
def test_strings_as_keys_and_values(key: Any, value: Any, engine: Any) -> None:
    """A subclass of str is the string that it holds, as a key and as a value."""
    payload = Mapping({key: value, "total": 1, "numItems": 1, "products": Listing()})
    assert check(payload, "sde", engine=engine) == []
    sent = json.loads(encode(any_call(), Muted(payload), "sde").value)
    assert sent == {"type": "cart", "total": 1, "numItems": 1, "products": []}
    (unknown,) = check(Mapping({key: value, "total": 1, "numItems": 1, Text("x"): 1}), "sde", engine=engine)
    assert (unknown.pointer, unknown.name) == ("/x", "unknown-key")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("number", NUMBERS)
def test_numbers_and_booleans(number: Any, engine: Any) -> None:
    """A subclass of int or float is the number that it holds; True is no number."""
    found = check({"type": "cart", "total": number, "numItems": number}, "sde", engine=engine)
    assert [each.name for each in found] == (["wrong-type"] * 2 if number is True else [])


def test_copies_have_exact_types() -> None:
    """Accepted values are returned and sent as JSON's own types."""
    value = Mapping({Text("a"): Listing([Real(1.5), Whole(2), Text("x"), Count.ONE, True, None]), Name.CART: Mapping()})
    expected = {"a": [1.5, 2, "x", 1, True, None], "cart": {}}
    for made in (plain_copy(value)[0], tidy(value)):
        assert made == expected
        assert all_types(made) <= {dict, list, str, int, float, bool, type(None)}


def all_types(value: Any) -> set[type]:
    """The types of a value and of all in it, keys included."""
    found = {type(value)}
    if isinstance(value, dict):
        for key, each in value.items():
            found |= {type(key)} | all_types(each)
    elif isinstance(value, list):
        for each in value:
            found |= all_types(each)
    return found


def test_other_values_are_left() -> None:
    """A value that is not of a JSON type is left unchanged, to be reported."""
    value = object()
    assert exact(value) is value


def test_foreign_types_are_named_with_their_module() -> None:
    """Numpy's boolean is not called a Python bool."""
    foreign = type("bool", (), {"__module__": "numpy"})()
    assert kind_of(foreign) == "a Python numpy.bool"
    assert kind_of(b"") == "a Python bytes"
