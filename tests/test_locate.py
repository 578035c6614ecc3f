"""Locating faults: once, with everything that explaining needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from lp_engagement.validation import check, locate
from lp_engagement.validation.engines import Violation
from lp_engagement.validation.schemas import load

if TYPE_CHECKING:
    from lp_engagement.validation.locate import Place
    from lp_engagement.validation.problem import Path


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Record the value of every place that is located, by identity and schema."""
    taken: list[int] = []
    step = locate.step

    def recorded(around: Place, token: str | int) -> Place:
        taken.append(1)
        return step(around, token)

    monkeypatch.setattr(locate, "step", recorded)
    return taken


def test_a_place_is_located_once_in_each_view(steps: list[int]) -> None:
    """A place is located at most once per view, however many faults it has, and only if an explanation needs it."""
    cart = {
        "type": "cart",
        "total": "1",
        "numItems": None,
        "totel": 1,
        "products": [{"product": {"price": "x"}, "quantity": "x"}],
    }
    body = {"appType": "EXTERNAL", "engagementAttributes": [cart] * 10}
    problems = check(body, "create-session")
    assert len(problems) == 50
    # The attributes; in each, the cart, three of its fields, the line, its quantity, the product and the price.
    strict = 1 + 10 * (1 + 3 + 1 + 1 + 1 + 1)
    # In the accepting view, only the carts, for their unknown keys.
    assert len(steps) == strict + 1 + 10


def test_a_walk_follows_the_type() -> None:
    """A walk goes into the branch that the payload's type selects, and names the schema of the spec."""
    walk = locate.Walk(load("sde.strict"), {"type": "personal", "personal": {"age": {"year": "x"}}})
    year = walk.to(("personal", "age", "year"))
    assert (year.key, year.value, year.holder) == ("year", "x", {"year": "x"})
    assert year.parent is walk.to(("personal", "age")).schema
    assert walk.to(("personal", "age")) is walk.to(("personal", "age"))


@pytest.mark.parametrize("path", [("unknown",), ("total", "unknown"), ("type", 0)])
def test_a_walk_knows_no_other_schema(path: Path) -> None:
    """A place that the schema says nothing about has no schema, and is no error."""
    walk = locate.Walk(load("sde.strict"), {"type": "cart", "total": {"unknown": 1}})
    assert walk.schema_of(path) == {}


def test_a_missing_key_has_a_schema() -> None:
    """A key that the payload lacks has a schema all the same."""
    walk = locate.Walk(load("sde.strict"), {"type": "cart"})
    assert walk.schema_of(("total",))["type"] == "number"


@pytest.mark.parametrize(
    "keywords, first",
    [(["enum", "type"], "type"), (["anyOf", "enum"], "enum"), (["not", "type", "const"], "type")],
)
def test_one_keyword_explains_a_place(keywords: list[str], first: str) -> None:
    """Of several keywords that a place breaks, the one that explains it best is kept, whatever their order."""
    payload: dict[str, Any] = {"type": "cart", "total": "1"}
    for order in (keywords, keywords[::-1]):
        found = locate.locate(
            locate.Walk(load("sde.strict"), payload), [Violation(("total",), keyword) for keyword in order]
        )
        assert {path: fault.keyword for path, fault in found.items()} == {("total",): first}


def test_each_missing_and_unknown_key_is_a_fault() -> None:
    """One broken keyword of an object becomes a fault for each key, placed at the object."""
    payload = {"type": "cart", "a": 1, "b": 2}
    walk = locate.Walk(load("sde.strict"), payload)
    found = locate.locate(walk, [Violation((), "required"), Violation((), "additionalProperties")])
    assert {fault.path for fault in found.values()} == {("total",), ("numItems",), ("a",), ("b",)}
    assert all(fault.place.value is payload for fault in found.values())


def test_order_of_items() -> None:
    """Places in an array are in the order of its items, whatever they are called in there."""
    order = locate.Order([{"z": 1, "a": 2}, {"a": 1}])
    paths: list[tuple[str | int, ...]] = [(1, "b"), (1, "a"), (0, "a"), (0, "z")]
    assert sorted(paths, key=order.position) == [(0, "z"), (0, "a"), (1, "a"), (1, "b")]


def test_order_is_that_of_the_text() -> None:
    """Paths are sorted as the text has them; a missing key comes after those that are there."""
    order = locate.Order({"b": [0, {"z": 1, "y": 2}], "a": 1})
    paths: list[Path] = [("missing",), ("a",), ("b", 1, "y"), ("b", 1, "z"), ("b", 0), ("b", 1), ()]
    assert sorted(paths, key=order.position) == [
        (), ("b", 0), ("b", 1), ("b", 1, "z"), ("b", 1, "y"), ("a",), ("missing",)
    ]  # fmt: skip
