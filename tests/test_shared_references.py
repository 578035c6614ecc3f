"""An object that a body refers to many times costs what it adds to the JSON that is sent, and no more than a limit."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from pydantic import BaseModel

from lp_engagement import sde
from lp_engagement._common.muted import Muted
from lp_engagement._core.body import encode
from lp_engagement._core.size import MOST_VALUES
from lp_engagement.errors import PayloadError
from lp_engagement_client import models
from lp_engagement_client.types import Payload
from tests.helpers import any_call

if TYPE_CHECKING:
    from collections.abc import Callable

LEVELS = 60
"""2 ** 60 values, which no machine could write."""


@dataclass
class Twice:
    """A dataclass that has the same object twice."""

    one: Any
    other: Any


@attrs.define
class AttrsTwice:
    """An attrs class that has the same object twice."""

    one: Any
    other: Any


class PydanticTwice(BaseModel):
    """A pydantic model that has the same object twice."""

    one: Any
    other: Any


class OldTwice:
    """A class with the interface of a pydantic 1 model."""

    __fields__ = ("one", "other")

    def __init__(self, one: Any, other: Any) -> None:
        self.one = one
        self.other = other

    def dict(self, **_: Any) -> dict[str, Any]:
        """Return the members, converted at once as pydantic does."""
        return {name: each.dict() if isinstance(each, OldTwice) else each for name, each in vars(self).items()}


PAIRS: dict[str, Callable[[Any], Any]] = {
    "list": lambda value: [value, value],
    "tuple": lambda value: (value, value),
    "dict": lambda value: {"one": value, "other": value},
    "payload": lambda value: Payload.of({"one": value, "other": value}),
    "raw": lambda value: sde.raw({"one": value, "other": value}),
    "builder": lambda value: sde.purchase(cart=value, order_id=value),
    "model": lambda value: models.PurchaseSde(cart=value, order_id=value),
    "dataclass": lambda value: Twice(value, value),
    "attrs": lambda value: AttrsTwice(value, value),
    "pydantic": lambda value: PydanticTwice(one=value, other=value),
    "pydantic 1": lambda value: OldTwice(value, value),
}


def nested(pair: Callable[[Any], Any], levels: int) -> Any:
    """Return a value in which each level has the one below twice."""
    value: Any = {}
    for _ in range(levels):
        value = pair(value)
    return value


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
def test_many_references(pair: Callable[[Any], Any]) -> None:
    """A small object that stands for an enormous body is refused at once, whatever it is made of."""
    body = {"pageId": "1", "engagementAttributes": [nested(pair, LEVELS)]}
    with pytest.raises(PayloadError, match=f"too large: it has more than {MOST_VALUES} values") as caught:
        encode(any_call(), Muted(body), "update-session")
    assert [problem.pointer for problem in caught.value.problems] == [""]


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
def test_some_references(pair: Callable[[Any], Any]) -> None:
    """An object with two references is sent twice."""
    tree = json.loads(
        encode(
            any_call(),
            Muted({"pageId": "1", "engagementAttributes": [sde.raw({"a": nested(pair, 3)})]}),
            "update-session",
        ).value
    )
    text = json.dumps(tree["engagementAttributes"])
    assert text.count("{}") == 2**3


def test_limit() -> None:
    """A body with as many values as are allowed is sent, and one with one more is not."""
    body: dict[str, Any] = {"appType": "EXTERNAL", "consumerSections": ["a"] * (MOST_VALUES - 2)}
    assert (
        len(json.loads(encode(any_call(), Muted(body), "create-session").value)["consumerSections"]) == MOST_VALUES - 2
    )
    body["consumerSections"].append("a")
    with pytest.raises(PayloadError, match="too large"):
        encode(any_call(), Muted(body), "create-session")


def test_equal_objects_are_not_confused() -> None:
    """Objects that live only while they are converted are each converted."""

    class Fresh:
        """Makes another dict at each call."""

        def __init__(self, number: int) -> None:
            self.number = number

        def to_dict(self) -> dict[str, Any]:
            """Return it."""
            return {"number": [self.number]}

    attribute = sde.raw({"a": [Fresh(number) for number in range(100)]})
    assert attribute["a"] == [{"number": [number]} for number in range(100)]
