"""Bodies made of the application's own objects: dataclasses, attrs classes, pydantic models, dates, UUIDs, enums."""

from __future__ import annotations

import enum
import json
import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from unittest.mock import Mock
from uuid import UUID

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field

from lp_engagement import sde
from lp_engagement._common.muted import Muted
from lp_engagement._core.body import encode
from lp_engagement.errors import PayloadError
from lp_engagement.validation import check
from tests.helpers import ENGINES, any_call

SECRET = "ada@example.com"
CART = {"type": "cart", "total": 11.7, "numItems": 1, "products": [{"product": {"name": "tea"}, "quantity": 2}]}


class Currency(enum.Enum):
    """An enum that is no string."""

    EURO = "EUR"


@dataclass
class Product:
    """A nested dataclass."""

    name: str
    sku: str | None = None


@dataclass
class Item:
    """A dataclass in a list."""

    product: Product
    quantity: int = 2


@dataclass
class Cart:
    """An attribute as a dataclass."""

    products: list[Any]
    numItems: int = 1  # noqa: N815 - as the API names it
    total: float = 11.7
    type: str = "cart"
    currency: str | None = None


@attrs.define
class AttrsCart:
    """An attribute as an attrs class."""

    products: list[Any]
    numItems: int = 1  # noqa: N815 - as the API names it
    total: float = 11.7
    type: str = "cart"
    currency: str | None = None


class PydanticCart(BaseModel):
    """An attribute as a model of pydantic 2."""

    model_config = ConfigDict(populate_by_name=True)
    products: list[Any]
    num_items: int = Field(1, alias="numItems")
    total: float = 11.7
    type: str = "cart"
    currency: str | None = None


class OldCart:
    """A class with the interface of a pydantic 1 model."""

    __fields__ = ("type",)

    def __init__(self, products: list[Any]) -> None:
        self.members = {**CART, "products": products}

    def dict(self, *, by_alias: bool, exclude_none: bool) -> dict[str, Any]:
        """Return the members."""
        assert by_alias
        assert exclude_none
        return self.members


def sent(*sdes: Any) -> Any:
    """Return the attributes as they are sent."""
    body = {"pageId": "1", "engagementAttributes": list(sdes)}
    return json.loads(encode(any_call(), Muted(body), "update-session").value)["engagementAttributes"]


def refused(sde: Any) -> PayloadError:
    """Return the error that the attribute raises."""
    with pytest.raises(PayloadError) as caught:
        sent(sde)
    return caught.value


def customer(**info: Any) -> dict[str, Any]:
    """Return the attribute with the customer's data."""
    return {"type": "ctmrinfo", "info": info}


@pytest.mark.parametrize("kind", [Cart, AttrsCart, PydanticCart, OldCart])
def test_classes(kind: Any) -> None:
    """Each kind of class is sent as its members, at any depth, under its aliases and without those that are None."""
    assert sent(kind(products=[Item(Product("tea"))])) == [CART]


@pytest.mark.parametrize("day", [date(2024, 2, 29), datetime(2024, 2, 29, 23, tzinfo=timezone(timedelta(hours=-9)))])
def test_calendar_date(day: date) -> None:
    """A date, or a datetime by its own clock, becomes day, month and year where the spec has a calendar date."""
    assert sent(customer(lastPaymentDate=day))[0]["info"] == {"lastPaymentDate": {"day": 29, "month": 2, "year": 2024}}


def test_date_elsewhere() -> None:
    """A date where the spec has another type is refused with what to write."""
    (problem,) = refused(customer(customerId=datetime(2024, 2, 29, tzinfo=UTC))).problems
    assert problem.name == "not-json"
    assert "str(value)" in (problem.hint or "")


def test_values() -> None:
    """A UUID is sent as its string, an enum member as its value, a Decimal as a number."""
    number = UUID(int=7)
    assert sent(customer(customerId=number, currency=Currency.EURO, balance=Decimal("12.5")))[0]["info"] == {
        "customerId": str(number),
        "currency": "EUR",
        "balance": 12.5,
    }


@pytest.mark.parametrize("kind", [Cart, AttrsCart, PydanticCart, OldCart])
def test_cycle(kind: Any) -> None:
    """An object that contains itself is refused, whatever its class."""
    products: list[Any] = []
    cart = kind(products=products)
    getattr(cart, "products", products).append(cart)
    assert refused(cart).problems


def test_whole_body() -> None:
    """A body can be an object too, and has the members that every body has."""

    @dataclass
    class Body:
        engagementAttributes: list[Any]  # noqa: N815 - as the API names it

    body = encode(any_call(), Muted(Body([Cart([])])), "update-session", {"pageId": "1"})
    assert json.loads(body.value)["pageId"] == "1"


class Broken:
    """An object whose conversion fails with a message that shows a value."""

    def model_dump(self, **_options: Any) -> Any:
        """Fail."""
        raise ValueError(SECRET)


@pytest.mark.parametrize("value", [Broken(), Cart, Mock(spec=[]), object()])
def test_not_converted(value: Any) -> None:
    """An object that cannot be converted is refused; the error shows no value and has no cause that does."""
    error = refused(customer(customerId=value))
    assert "not-json" in {problem.name for problem in error.problems}
    assert SECRET not in f"{error!r} {error} {error.__context__!r}"


@given(
    value=st.decimals(allow_nan=False, allow_infinity=False)
    | st.decimals(places=2, min_value=-(10**9), max_value=10**9)
)
@example(Decimal("11.70"))
@example(Decimal("11.699999999999999289457264239899814128875732421875"))
@example(Decimal("0.1"))
@example(Decimal("-0.00"))
@example(Decimal(10) / 3)
@example(Decimal(9007199254740993))
@example(Decimal("9007199254740993.5"))
@example(Decimal("1E+308"))
@example(Decimal("1E+309"))
@example(Decimal("1E-400"))
def test_decimals(value: Decimal) -> None:
    """A Decimal is sent as the same number, with all its digits; one beyond the range of JSON's numbers is refused."""
    if math.isinf(float(value)):
        assert [problem.name for problem in refused({"type": "lead", "lead": {"value": value}}).problems] == [
            "not-finite"
        ]
        return
    for attribute in ({"type": "lead", "lead": {"value": value}}, sde.raw({"type": "lead", "lead": {"value": value}})):
        body = encode(any_call(), Muted({"pageId": "1", "engagementAttributes": [attribute]}), "update-session").value
        (written,) = json.loads(body, parse_float=Decimal, parse_int=Decimal)["engagementAttributes"]
        assert written["lead"]["value"] == value


class Money(Decimal):
    """An amount that prints itself in its own way."""

    def __str__(self) -> str:
        return '$", "x'

    __repr__ = __str__


@pytest.mark.parametrize("digits", ["11.70", "3.333333333333333333333333333"])
def test_subclass_of_decimal(digits: str) -> None:
    """A subclass of Decimal is sent as its number, however it prints itself."""
    assert sent({"type": "lead", "lead": {"value": Money(digits)}}) == [
        {"type": "lead", "lead": {"value": float(digits)}}
    ]


@pytest.mark.parametrize("engine", ENGINES)
def test_digits_are_validated(engine: Any) -> None:
    """A number with more digits than a float has is a number and no integer, with either engine."""
    attribute = {
        "type": "cart",
        "total": Decimal("3.333333333333333333333"),
        "numItems": Decimal("1.0000000000000000001"),
    }
    assert [problem.pointer for problem in check(attribute, "sde", engine=engine)] == ["/numItems"]
