"""check(): every rule, every kind of value that is no JSON, and both engines alike."""

from __future__ import annotations

import enum
import json
import math
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from lp_engagement._common.json_pointer import json_pointer
from lp_engagement._common.printable import printable
from lp_engagement.validation import Problem, check, conforms, kinds
from lp_engagement.validation.explain import COMPOSITE, too_deep
from lp_engagement.validation.schemas import load
from tests.helpers import ENGINES
from tests.validating import CART, NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lp_engagement.validation.engines import EngineName

either_engine = pytest.mark.parametrize("engine", ENGINES)
RULES = load("rules")
EXAMPLES = {name: rule["example"] for name, rule in RULES.items() if "example" in rule}


def told(payload: Any, kind: str = "sde", **options: Any) -> list[tuple[str, str, str]]:
    """Level, rule and place of each problem; both engines must report the same."""
    one, other = (check(payload, kind, engine=engine, **options) for engine in ENGINES)
    assert one == other
    return [(problem.level, problem.name, problem.pointer) for problem in one]


def personal(**fields: Any) -> dict[str, Any]:
    """A `personal` attribute."""
    return {"type": "personal", "personal": fields}


# ----------------------------------------------------------------------------------------------------- the rules


@pytest.mark.parametrize("name", EXAMPLES)
@either_engine
def test_example_of_a_rule(name: str, engine: EngineName) -> None:
    """The wrong example of each rule breaks that rule alone, and the right one breaks none."""
    example = EXAMPLES[name]
    assert {problem.name for problem in check(example["wrong"], example["kind"], engine=engine)} == {name}
    assert check(example["right"], example["kind"], engine=engine) == []


def test_rules_have_ids_and_words() -> None:
    """Each rule has an id of its own, and the words that `explain` and the reports need."""
    assert len(NAMES) == len(RULES)
    for rule in RULES.values():
        assert rule["id"].startswith("LPE")
        assert all(rule[key] for key in ("title", "text", "fix"))


def test_each_keyword_is_explained() -> None:
    """Each keyword of the schemas has its own message, so that no fault is described in general words."""
    annotations = {"$schema", "$id", "$ref", "$defs", "title", "description", "default", "deprecated", "examples"}
    own_words = {
        "type",
        "const",
        "enum",
        "required",
        "additionalProperties",
        "properties",
        "items",
        "allOf",
        *COMPOSITE,
    }
    for kind in kinds():
        assert used_keywords(load(f"{kind}.strict")) <= annotations | own_words, kind


def used_keywords(schema: dict[str, Any]) -> set[str]:
    """The keywords of a schema that a payload can break, but for the insides of named rules."""
    found: set[str] = set()

    def visit(node: Any) -> None:
        if isinstance(node, list):
            for each in node:
                visit(each)
        elif isinstance(node, dict):
            found.update(key for key in node if not key.startswith("x-"))
            for key, value in node.items():
                if key in {"properties", "$defs"}:
                    visit([each for name, each in value.items() if name != "ImpossibleDate"])
                # The insides of a choice by type are never told, and a rule of its own has words of its own.
                elif key == "allOf":
                    visit([choice["then"] for choice in value])
                elif "x-rule" not in node and not key.startswith("x-") and key not in {"examples", "default", "enum"}:
                    visit(value)

    visit(schema)
    return found


@pytest.mark.parametrize(
    "payload, place",
    [
        ({"type": "cart", "total": "x", "numItems": None, "products": [{"quantity": 1.5}], "extra": 1}, 5),
        ({"type": "impDisplay"}, 1),
        ({"type": 5}, 1),
        ({}, 1),
        ([], 1),
        ("cart", 1),
        (None, 1),
    ],
)
def test_one_problem_for_each_fault(payload: Any, place: int) -> None:
    """Each fault is reported once: alternatives of types add no faults of their own."""
    problems = told(payload)
    assert len(problems) == len(set(problems)) == place


def test_problems_are_in_the_order_of_the_text() -> None:
    """Problems come in the order of the payload; what is missing comes after what is there."""
    payload = {"zeta": 1, "type": "cart", "alpha": 2, "products": [{"product": {"sku": 1}}, {}]}
    assert [place for _, _, place in told(payload)] == [
        "/zeta",
        "/alpha",
        "/products/0/product/sku",
        "/products/1/product",
        "/numItems",
        "/total",
    ]


# ----------------------------------------------------------------------------------------------------- the kinds


def test_kinds() -> None:
    """There are four kinds, and an unknown one is refused with their names."""
    assert kinds() == ("create-session", "update-session", "sde", "impression")
    with pytest.raises(ValueError, match="create-session, update-session, sde, impression, auto"):
        check({}, "cart")


@pytest.mark.parametrize(
    "payload, kind",
    [
        (CART | {"x": 1}, "sde"),
        ({"type": "impAccept"}, "impression"),
        ({"appType": "msdk"}, "create-session"),
        ({"engagementAttributes": {}}, "create-session"),
        ({"pageId": 1}, "update-session"),
        ({"impAttributes": {}, "engagementAttributes": []}, "update-session"),
        ({"type": "unheard of"}, "sde"),
        ({"type": ["cart"]}, "sde"),
        ([], "sde"),
        (7, "sde"),
    ],
)
def test_auto_takes_the_kind_that_fits(payload: Any, kind: str) -> None:
    """`auto` goes by the type, else by the keys, else takes an attribute."""
    assert told(payload, "auto") == told(payload, kind) != []


# ------------------------------------------------------------------------------------------------------- options


def test_unknown_keys_may_be_allowed() -> None:
    """An unknown key becomes a warning, and nothing else does."""
    payload = personal(nickname="Sal", gender="male")
    assert told(payload) == [("error", "unknown-key", "/personal/nickname"), ("error", "enum-case", "/personal/gender")]
    assert told(payload, allow_unknown_keys=True) == [
        ("warning", "unknown-key", "/personal/nickname"),
        ("error", "enum-case", "/personal/gender"),
    ]


def test_customer_id_in_unauthenticated_messaging() -> None:
    """A customer id is a warning at its place, in an attribute and in a body, for unauthenticated messaging."""
    customer = {"type": "ctmrinfo", "info": {"customerId": "138766AC"}}
    body = {"appType": "EXTERNAL", "engagementAttributes": [CART, customer]}
    rule = "unauthenticated-customer-id"
    assert told(customer) == told(body, "create-session") == []
    assert told(customer, unauthenticated_messaging=True) == [("warning", rule, "/info/customerId")]
    assert told(body, "create-session", unauthenticated_messaging=True) == [
        ("warning", rule, "/engagementAttributes/1/info/customerId")
    ]


@pytest.mark.parametrize("payload", [None, [], {"type": "ctmrinfo", "info": [[{"customerId": 1}]]}, {"info": 7}, "x"])
def test_condition_on_another_shape(payload: Any) -> None:
    """Looking for customer ids in a payload of another shape finds none, and breaks nothing."""
    assert told(payload, unauthenticated_messaging=True) == told(payload)


# -------------------------------------------------------------------------------------- what is no JSON, and limits


class Name(str):
    """A subclass of str."""

    __slots__ = ()


class Count(enum.IntEnum):
    """A number of a kind of its own."""

    ONE = 1


LOOP: list[Any] = []
LOOP.append(LOOP)


@pytest.mark.parametrize(
    "value, rule",
    [
        (math.nan, "not-finite"),
        (math.inf, "not-finite"),
        (-math.inf, "not-finite"),
        (Decimal("NaN"), "not-finite"),
        (Decimal("sNaN"), "not-finite"),
        (Decimal("Infinity"), "not-finite"),
        (b"bytes", "not-json"),
        (datetime(2014, 10, 15, tzinfo=UTC), "not-json"),
        ({1, 2}, "not-json"),
        (object(), "not-json"),
        (1j, "not-json"),
        ("\ud800", "not-json"),
        ("a\udfff", "not-json"),
    ],
)
def test_what_json_cannot_carry(value: Any, rule: str) -> None:
    """A value that JSON does not have is a fault at its place, and the only one."""
    assert told({"type": "lead", "lead": {"value": value}}) == [("error", rule, "/lead/value")]
    assert not any(conforms(value, "sde", engine=engine) for engine in ENGINES)


@pytest.mark.parametrize("key", ["\ud800", 1, None, (1, 2), b"total"])
def test_key_that_is_no_text(key: Any) -> None:
    """A key that JSON cannot have is a fault of its object."""
    assert told({"type": "lead", "lead": {key: "x"}}) == [("error", "not-json", "/lead")]


def nested(levels: int) -> dict[str, Any]:
    """A payload with a value that lies so many lists deep."""
    value: Any = "x"
    for _ in range(levels):
        value = [value]
    return {"type": "searchInfo", "keywords": value}


@pytest.mark.parametrize("payload", [nested(70), nested(900), {"type": "searchInfo", "keywords": LOOP}])
def test_endless_nesting(payload: Any) -> None:
    """A payload that is nested too deeply, or contains itself, is reported at the place that is too deep."""
    found = told(payload)
    assert ("error", "not-json", "/keywords" + "/0" * 63) in found
    assert len(found) == 2


def test_too_deep_has_words() -> None:
    """The problem of a payload that nobody can go through is an error of the payload as a whole."""
    assert (too_deep().level, too_deep().name, too_deep().pointer) == ("error", "not-json", "")


@pytest.mark.parametrize(
    "payload",
    [
        {"type": "cart", "total": 1, "numItems": 1.0},
        {"type": "cart", "total": 0, "numItems": -0.0},
        {"type": "cart", "total": 1e300, "numItems": 10**30},
        {"type": "cart", "total": 10**400, "numItems": 2**64},
        {"type": Name("cart"), "total": Count.ONE, "numItems": Count.ONE, "products": ()},
        {"type": "searchInfo", "keywords": ("tea", "\U0001f375", "")},
    ],
)
def test_numbers_and_texts_of_all_sizes(payload: Any) -> None:
    """Integers may have a point, numbers any size, and subclasses and tuples count as their base types."""
    assert told(payload) == []


@pytest.mark.parametrize("value", [True, 1.5, "1", [1], {"a": 1}, None])
def test_what_is_no_whole_number(value: Any) -> None:
    """A boolean is no number, and nothing else is taken for one."""
    ((level, _, place),) = told(CART | {"numItems": value})
    assert (level, place) == ("error", "/numItems")


# ------------------------------------------------------------------------------------------------------ problems


def test_problem_as_text() -> None:
    """A problem in one line has its place, message, hint and rule."""
    (problem,) = check(personal(firstName="Sarah"), "sde")
    text = str(problem)
    assert text.startswith("/personal/firstName: `firstName` is not a known field in `personal`")
    assert "Did you mean `firstname`?" in text
    assert text.endswith("[LPE102]")
    (whole,) = check([], "sde")
    assert str(whole).startswith("(the whole payload): ")


def test_problem_names_its_source() -> None:
    """A problem says which schema of the spec, and which page, it goes by."""
    (problem,) = check(CART | {"total": "1"}, "sde")
    assert problem.source.startswith("CartSde (")


def test_pointer_escapes() -> None:
    """Tilde and slash are escaped in a pointer, in this order."""
    assert json_pointer(("a/b", "m~n", 0, "~1", "")) == "/a~1b/m~0n/0/~01/"
    assert told({"type": "searchInfo", "a/b~": 1}) == [("error", "unknown-key", "/a~1b~0")]


def test_keys_are_shown_on_one_line() -> None:
    """A key with control characters, or without end, cannot spoil what a terminal shows."""
    assert printable("firstName") == "firstName"
    assert printable("a\x1b[31m\nb\u202e") == "a\\x1b[31m\\nb\\u202e"
    assert len(printable("k" * 5000)) < 70
    (problem,) = check({"type": "searchInfo", "\x1b]0;title\x07": 1}, "sde")
    assert problem.message.isprintable()
    assert problem.pointer == "/\x1b]0;title\x07"


def texts(node: Any) -> Iterator[str]:
    """Every text in a value."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for each in node.values():
            yield from texts(each)
    elif isinstance(node, list):
        for each in node:
            yield from texts(each)


@pytest.mark.parametrize("name", EXAMPLES)
def test_words_of_a_problem(name: str) -> None:
    """A problem has a message and a hint, each a sentence, and shows no text of the payload but keys and types."""
    example = EXAMPLES[name]
    for problem in check(example["wrong"], example["kind"]):
        assert isinstance(problem, Problem)
        assert problem.message
        assert problem.hint[0].isupper()
        assert problem.hint[-1] in ".?"
        known = set(texts(load("examples"))) | {example["wrong"].get("type")}
        for text in set(texts(example["wrong"])) - known:
            assert json.dumps(text) not in problem.message + problem.hint
