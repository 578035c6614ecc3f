"""The strategies for payloads, compared with validation: two readings of the same spec that must agree."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from lp_engagement.testing import strategies
from lp_engagement.testing._schema import LIMITS, UnsupportedSchemaError, fits, read_schema
from lp_engagement.testing._values import Values
from lp_engagement.testing.strategies import Broken, broken, faulty, types, valid
from lp_engagement.validation import check, conforms, kinds
from tests.helpers import ENGINES

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

    from lp_engagement.validation import Problem

KINDS = kinds()
RULES = {rule["id"]: name for name, rule in read_schema("rules").items()}
per_kind = pytest.mark.parametrize("kind", KINDS)
either_way = pytest.mark.parametrize("wild", [False, True], ids=["realistic", "wild"])


def reference(schema: dict[str, Any]) -> jsonschema.Draft202012Validator:
    """The reference validator, formats included."""
    checker = jsonschema.FormatChecker(["ipv4", "ipv6"])
    return jsonschema.Draft202012Validator(schema, format_checker=checker)


STRICT = {kind: reference(read_schema(f"{kind}.strict")) for kind in KINDS}
ACCEPTING = {kind: reference(read_schema(f"{kind}.accepting")) for kind in KINDS}


# ------------------------------------------------------------------------------------------------ right payloads


@per_kind
@either_way
@given(data=st.data())
def test_valid_payloads_have_no_problem(kind: str, wild: bool, data: st.DataObject) -> None:  # noqa: FBT001
    """Every payload that valid() draws passes the strict schema and check(), with both engines, without warnings."""
    payload = data.draw(valid(kind, wild=wild))
    assert STRICT[kind].is_valid(payload)
    assert [check(payload, kind, engine=engine) for engine in ENGINES] == [[], []]


@per_kind
@given(data=st.data())
def test_what_the_strict_schema_takes_the_accepting_one_takes(kind: str, data: st.DataObject) -> None:
    """A payload that fits the strict schema fits the accepting one too, right or wrong as it was meant."""
    payload = data.draw(valid(kind, wild=True) | broken(kind).map(lambda example: example.payload))
    assert ACCEPTING[kind].is_valid(payload) or not STRICT[kind].is_valid(payload)


@per_kind
@given(data=st.data())
def test_own_reading_of_schemas_agrees_with_the_reference(kind: str, data: st.DataObject) -> None:
    """The little reader of schemas behind the strategies gives the reference validator's verdict."""
    payload = data.draw(mutated(kind))
    for name, validator in (("strict", STRICT[kind]), ("accepting", ACCEPTING[kind])):
        root = read_schema(f"{kind}.{name}")
        assert fits(root, root, payload) == validator.is_valid(payload)


def fields(kind: str, only: str | None = None) -> list[tuple[str, str]]:
    """Every field of every object that a kind of payload can hold, or one type of it, as schema and key."""
    root = read_schema(f"{kind}.strict")
    start = root
    for choice in root["$defs"][root["$ref"].removeprefix("#/$defs/")].get("allOf", ()) if only else ():
        if choice["if"]["properties"]["type"]["const"] == only:
            start = choice["then"]
    reached, ahead = set[str](), [start["$ref"]]
    while ahead:
        name = ahead.pop().removeprefix("#/$defs/")
        if name not in reached:
            reached.add(name)
            text = json.dumps({key: each for key, each in root["$defs"][name].items() if key != "not"})
            ahead += [part.split('"')[0] for part in text.split('"$ref": "')[1:]]
    return [(name, key) for name in sorted(reached) for key in root["$defs"][name].get("properties", {})]


@per_kind
@either_way
def test_every_documented_field_is_drawn(kind: str, wild: bool) -> None:  # noqa: FBT001
    """Each field that the spec documents turns up, and so does each value of each list of values and each type."""
    # What bodies share with other kinds is looked for there, where it is met more often.
    shared = {field for other in ("sde", "impression") if other != kind for field in fields(other)}
    for only in types(kind) or [None]:
        missing = wanted(sorted(set(fields(kind, only)) - shared), kind) | ({only} - {None})

        def complete(payload: Any, missing: set[Any] = missing) -> bool:
            missing.difference_update(each for pair in leaves(payload) for each in pair)
            return not missing

        found(valid(kind, only=only, wild=wild), complete)
        assert missing == set()


def wanted(names: list[tuple[str, str]], kind: str) -> set[Any]:
    """The keys of fields, the values of their lists of values, and the types that the lists among them can hold."""
    definitions = read_schema(f"{kind}.strict")["$defs"]
    properties = [definitions[name]["properties"][key] for name, key in names]
    held = [each["items"]["$ref"].removeprefix("#/$defs/") for each in properties if "$ref" in each.get("items", {})]
    lists = [*properties, *(definitions[name]["properties"].get("type", {}) for name in held)]
    return {key for _, key in names} | {value for each in lists for value in each.get("enum", ())}


def leaves(value: Any, key: str = "") -> list[tuple[str, Any]]:
    """All keys with what they lead to, objects and lists as `None`."""
    if isinstance(value, dict):
        return [pair for name, each in value.items() for pair in [(name, None), *leaves(each, name)]]
    if isinstance(value, list):
        return [pair for each in value for pair in leaves(each, key)]
    return [(key, value)] if key else []


def sights(payload: Any) -> list[tuple[Any, type]]:
    """All values of a payload that are no objects and no lists, with their types."""
    return [(value, type(value)) for _, value in leaves(payload) if value is not None]


WILD: dict[str, tuple[str, str | None, Callable[[Any], bool]]] = {
    "an empty text": ("sde", None, lambda payload: ("", str) in sights(payload)),
    "a text beyond ASCII": (
        "sde",
        None,
        lambda payload: any(kind is str and not value.isascii() for value, kind in sights(payload)),
    ),
    "an empty list": ("create-session", None, lambda payload: payload.get("engagementAttributes") == []),
    "an empty object": ("create-session", None, lambda payload: payload.get("appDetails") == {}),
    "an integer beyond 64 bits": (
        "impression",
        None,
        lambda payload: any(kind is int and abs(value) > 2**64 for value, kind in sights(payload)),
    ),
    "a whole number as a float": (
        "impression",
        None,
        lambda payload: any(kind is float for _, kind in sights(payload)),
    ),
    "a float beyond exact integers": (
        "sde",
        None,
        lambda payload: any(kind is float and abs(value) > 2**53 for value, kind in sights(payload)),
    ),
    "a month without a day": (
        "sde",
        "personal",
        lambda payload: {key for key, _ in leaves(payload)} & {"month", "day"} == {"month"},
    ),
}


@pytest.mark.parametrize("sight", WILD)
def test_wild_payloads_go_to_the_limits(sight: str) -> None:
    """valid(wild=True) draws everything that it promises."""
    kind, only, seen = WILD[sight]
    assert seen(found(valid(kind, only=only, wild=True), seen))


def test_wild_dates_go_to_the_end_of_february() -> None:
    """The rarest day of the calendar is drawn; alone, since within a whole payload it takes thousands of them."""
    dates = Values(read_schema("sde.strict"), wild=True).fitting({"$ref": "#/$defs/CalendarDate"})
    assert found(dates, lambda date: {"month": 2, "day": 29}.items() <= date.items())["day"] == 29


@given(payload=valid("sde"))
def test_realistic_payloads_hold_no_empty_values(payload: Any) -> None:
    """By default no text is empty, and neither is a list: that is what wild payloads are for."""
    assert "" not in [value for value, _ in sights(payload)]
    assert "[]" not in json.dumps(payload)


@pytest.mark.parametrize("only", types("sde"))
@given(data=st.data())
def test_a_type_can_be_drawn_alone(only: str, data: st.DataObject) -> None:
    """With `only`, payloads of that one type are drawn."""
    assert data.draw(valid("sde", only=only))["type"] == only


@per_kind
@settings(max_examples=10)
@given(data=st.data())
def test_payloads_are_the_callers_to_change(kind: str, data: st.DataObject) -> None:
    """Emptying a drawn payload, in depth, leaves what is drawn next as it was."""
    empty(data.draw(valid(kind)))
    assert STRICT[kind].is_valid(data.draw(valid(kind)))


def empty(value: Any) -> None:
    """Take everything out of a payload."""
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            empty(each)
        value.clear()


# ------------------------------------------------------------------------------------------------ wrong payloads


def reported(problems: list[Problem]) -> list[tuple[str, str, str]]:
    """Summarize problems."""
    return [(problem.rule, problem.pointer, problem.level) for problem in problems]


@per_kind
@either_way
@given(data=st.data())
def test_broken_payloads_have_the_one_problem_they_say(kind: str, wild: bool, data: st.DataObject) -> None:  # noqa: FBT001
    """Both engines report the fault that broken() built in, at its place, as an error, and nothing else."""
    example = data.draw(broken(kind, wild=wild))
    expected = [(example.rule, example.pointer, "error")]
    assert [reported(check(example.payload, kind, engine=engine)) for engine in ENGINES] == [expected] * 2


@per_kind
@given(data=st.data())
def test_broken_payloads_are_not_tolerated(kind: str, data: st.DataObject) -> None:
    """Neither schema takes a broken payload: what LivePerson itself prints somewhere is not drawn."""
    payload = data.draw(broken(kind)).payload
    assert not STRICT[kind].is_valid(payload)
    assert not ACCEPTING[kind].is_valid(payload)


BREAKABLE = {
    "create-session": {
        "missing-mandatory", "unknown-key", "unknown-type", "wrong-type", "string-number", "null", "not-array",
        "not-object", "enum", "enum-case", "impossible-date", "not-an-ip-address",
    },
    "sde": {
        "missing-mandatory", "unknown-key", "unknown-type", "wrong-type", "string-number", "null", "not-array",
        "not-object", "enum", "enum-case", "impossible-date",
    },
    "impression": {
        "missing-mandatory", "unknown-key", "unknown-type", "wrong-type", "string-number", "null", "not-array",
        "not-object",
    },
}  # fmt: skip


@pytest.mark.parametrize("kind, name", [(kind, name) for kind in BREAKABLE for name in sorted(BREAKABLE[kind])])
def test_each_rule_is_broken(kind: str, name: str) -> None:
    """Every rule that a value of JSON can break in a kind of payload is among what broken() draws."""
    assert isinstance(found(broken(kind), lambda example: RULES[example.rule] == name), Broken)


def test_impressions_among_attributes_are_drawn() -> None:
    """A type that belongs elsewhere is among the unknown ones."""
    example = found(broken("sde"), lambda example: dict(leaves(example.payload)).get("type") in types("impression"))
    assert (RULES[example.rule], example.pointer) == ("unknown-type", "/type")


def test_misspelt_keys_are_drawn() -> None:
    """A known key in the wrong case is among the unknown ones, for it is the commonest slip."""
    known = {key for _, key in fields("sde")}
    folded = {key.casefold() for key in known}

    def misspelt(example: Broken) -> bool:
        key = example.pointer.rpartition("/")[2]
        return RULES[example.rule] == "unknown-key" and key.casefold() in folded and key not in known

    assert misspelt(found(broken("sde"), misspelt))


@pytest.mark.parametrize("pointer, character", [("~0", "~"), ("~1", "/")])
def test_pointers_are_escaped(pointer: str, character: str) -> None:
    """Keys with a slash or a tilde are drawn, and escaped in the pointer as RFC 6901 has it."""
    example = found(broken("impression"), lambda example: pointer in example.pointer)
    assert any(character in key for key, _ in leaves(example.payload))


# ------------------------------------------------------------------------------------------------- anything at all

LONE_SURROGATES = ("\ud800", "x\udfff")


class Odd:
    """Something that is no JSON at all."""


def deep(levels: int) -> list[Any]:
    """Lists within lists."""
    value: list[Any] = []
    for _ in range(levels):
        value = [value]
    return value


not_json = st.sampled_from(
    [float("nan"), float("inf"), float("-inf"), *LONE_SURROGATES, b"bytes", 1j, Odd(), Odd, 10**400, -(10**20), 2**64]
) | st.builds(set) | st.builds(frozenset) | st.builds(deep, st.sampled_from([70, 500, 5000]))  # fmt: skip
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | not_json
names = st.text(max_size=8) | st.sampled_from(["type", "info", "personal", "age", "products", "/", *LONE_SURROGATES])
odd_names = st.none() | st.integers() | st.booleans() | st.tuples(st.integers())
anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(names, inner, max_size=4)
        | st.dictionaries(names | odd_names, inner, max_size=2)
        | st.tuples(inner, inner)
    ),
    max_leaves=12,
)


some_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 40)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=4,
)


@st.composite
def mutated(draw: st.DrawFn, kind: str, values: SearchStrategy[Any] = some_json) -> Any:
    """A payload that was right before something was put into one or a few of its places."""
    payload = {"payload": draw(valid(kind, wild=draw(st.booleans())))}
    for _ in range(draw(st.integers(0, 3))):
        target: Any = payload
        while True:
            inner = [key for key in places(target) if isinstance(target[key], dict | list) and target[key]]
            if not inner or (target is not payload and draw(st.integers(0, 3)) == 0):
                break
            target = target[draw(st.sampled_from(inner))]
        target[draw(st.sampled_from(places(target)))] = draw(values)
    return payload["payload"]


def places(container: Any) -> list[Any]:
    """The keys or indexes of something."""
    return list(container) if isinstance(container, dict) else list(range(len(container)))


@per_kind
@given(data=st.data())
def test_check_survives_anything(kind: str, data: st.DataObject) -> None:
    """Whatever it is given, check() answers, and both engines say the same; so does conforms(), if only yes or no."""
    payload = data.draw(anything | mutated(kind, anything))
    answers = [check(payload, kind, engine=engine) for engine in ENGINES]
    assert answers[0] == answers[1]
    assert all(conforms(payload, kind, engine=engine) for engine in ENGINES) or answers[0]


@per_kind
@given(data=st.data())
def test_engines_agree_on_json(kind: str, data: st.DataObject) -> None:
    """Both engines report the same problems of a payload with several faults; none just if the reference finds none."""
    payload = data.draw(mutated(kind))
    problems = check(payload, kind, engine="jsonschema-rs")
    assert problems == check(payload, kind, engine="jsonschema")
    assert [conforms(payload, kind, engine=engine) for engine in ENGINES] == [not problems] * 2
    assert (problems == []) == STRICT[kind].is_valid(payload)
    assert all(problem.level == "warning" for problem in problems) == ACCEPTING[kind].is_valid(payload)


@per_kind
@given(data=st.data())
def test_check_changes_nothing(kind: str, data: st.DataObject) -> None:
    """A payload is the same after it was checked."""
    payload = data.draw(mutated(kind))
    before = deepcopy(payload)
    check(payload, kind)
    assert payload == before


# --------------------------------------------------------------------------------------- what the spec may yet use

LATER: dict[str, dict[str, Any]] = {
    "minimum": {"type": "integer", "minimum": 3},
    "maximum": {"type": "integer", "maximum": -3},
    "range": {"type": "number", "minimum": 0.5, "maximum": 7},
    "exclusiveMinimum": {"type": "number", "exclusiveMinimum": 0},
    "exclusiveMaximum": {"type": "integer", "exclusiveMinimum": -2, "exclusiveMaximum": 2},
    "multipleOf": {"type": "integer", "multipleOf": 7, "minimum": -20},
    "multipleOf a half": {"type": "number", "multipleOf": 0.5, "maximum": 3},
    "multipleOf a cent": {"type": "number", "multipleOf": 0.01, "minimum": 0},
    "minLength": {"type": "string", "minLength": 3, "examples": ["ok then", "no"]},
    "maxLength": {"type": "string", "maxLength": 2},
    "lengths": {"type": "string", "minLength": 4, "maxLength": 4},
    "long": {"type": "string", "maxLength": 9_000},
    "pattern": {"type": "string", "pattern": "^[A-Z]{3}$"},
    "format": {"type": "string", "format": "ipv6"},
    "minItems": {"type": "array", "items": {"type": "integer"}, "minItems": 2},
    "maxItems": {"type": "array", "items": {"type": "string"}, "maxItems": 3},
    "items": {"type": "array", "items": {"type": "boolean"}, "minItems": 1, "maxItems": 1},
    "beside a reference": {"$ref": "#/$defs/Whole", "maximum": 9},
    "beside a choice": {"type": "integer", "minimum": 0, "anyOf": [{"maximum": 3}, {"minimum": 10, "maximum": 12}]},
    "not a range": {"type": "integer", "not": {"minimum": 1, "maximum": 12}},
    "no limit": {"type": "array", "items": {"type": "string", "minLength": 0}, "minItems": 0},
    "type or null": {"type": ["integer", "null"]},
    "open object": {"type": "object", "additionalProperties": {"type": "integer"}, "required": ["a"]},
    "nested": {
        "type": "object",
        "additionalProperties": False,
        "required": ["size"],
        "properties": {"size": {"type": "integer", "minimum": 1}, "sizes": {"type": "array", "maxItems": 2}},
    },
    "recursive": {"$ref": "#/$defs/Tree"},
    "no type": {},
}
DEFINITIONS = {
    "Whole": {"type": "integer", "minimum": 0, "description": "a whole number"},
    "Tree": {
        "type": "object",
        "additionalProperties": False,
        "properties": {"left": {"$ref": "#/$defs/Tree"}, "leaf": {"type": "string"}},
    },
}


def document(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema with the definitions it may refer to."""
    return schema | {"$defs": DEFINITIONS}


@cache
def right(name: str, *, wild: bool = False) -> SearchStrategy[Any]:
    """Values that fit one of those schemas."""
    root = document(LATER[name])
    return Values(root, wild=wild).fitting(root)


@cache
def wrong(name: str) -> SearchStrategy[Broken]:
    """Values with a fault by one of those schemas."""
    root = document(LATER[name])
    return faulty(root, root, right(name))


@pytest.mark.parametrize("name", LATER)
@either_way
@settings(max_examples=25)
@given(data=st.data())
def test_limits_of_later_specs_are_kept(name: str, wild: bool, data: st.DataObject) -> None:  # noqa: FBT001
    """Values for a keyword that the spec does not use yet, but may, fit the schema by the reference validator."""
    value = data.draw(right(name, wild=wild))
    assert reference(document(LATER[name])).is_valid(value)


@pytest.mark.parametrize("name", [each for each in LATER if each not in {"no type", "recursive"}])
@settings(max_examples=25)
@given(data=st.data())
def test_limits_of_later_specs_are_broken(name: str, data: st.DataObject) -> None:
    """Each fault built into such values is one by the reference validator, and at the place that is named."""
    root = document(LATER[name])
    payload, _, pointer = data.draw(wrong(name))
    places = {"/".join(["", *map(str, error.absolute_path)]) for error in reference(root).iter_errors(payload)}
    assert places
    # The reference reports a missing or unknown key at the object that lacks or holds it.
    assert places <= {pointer, pointer.rpartition("/")[0]}


LIMITED = [each for each in LATER if set(LATER[each]) & {*LIMITS, "format"} and each != "no limit"]


@pytest.mark.parametrize("name", LIMITED)
def test_a_limit_that_is_not_kept_is_a_constraint(name: str) -> None:
    """Where a value is of the right kind and breaks nothing but a limit, the rule is `constraint`."""
    example = found(wrong(name), lambda example: RULES[example.rule] == "constraint")
    errors = reference(document(LATER[name])).iter_errors(example.payload)
    assert {error.validator for error in errors} <= {*LIMITS, "format"}


UNKNOWN: dict[str, dict[str, Any]] = {
    "uniqueItems": {"type": "array", "uniqueItems": True},
    "oneOf": {"oneOf": [{"type": "string"}]},
    "patternProperties": {"type": "object", "properties": {"a": {"type": "object", "patternProperties": {}}}},
    "format": {"type": "string", "format": "date"},
    "allOf": {"allOf": [{"type": "string"}]},
    "if": {"if": {"type": "string"}, "then": {"maxLength": 3}},
    "type": {"type": "date"},
}


@pytest.mark.parametrize("keyword", UNKNOWN)
def test_an_unknown_keyword_is_named(keyword: str) -> None:
    """A schema that uses what the strategies do not know is refused at once, by an error that names the keyword."""
    with pytest.raises(UnsupportedSchemaError, match=f"'{keyword}'"):
        Values(UNKNOWN[keyword], wild=False).fitting(UNKNOWN[keyword])


# --------------------------------------------------------------------------------------------------- the outside


@pytest.mark.parametrize("make", [valid, broken, types])
def test_an_unknown_kind_is_refused(make: Callable[[str], object]) -> None:
    """The error for an unknown kind lists the known ones."""
    with pytest.raises(ValueError, match="create-session"):
        make("body")


@pytest.mark.parametrize("make", [valid, broken])
@pytest.mark.parametrize("kind, listed", [("sde", "cart"), ("create-session", "has no types")])
def test_an_unknown_type_is_refused(make: Callable[..., object], kind: str, listed: str) -> None:
    """The error for an unknown type lists the known ones of its kind, or reports that there are none."""
    with pytest.raises(ValueError, match=listed):
        make(kind, only="Cart")


def test_an_example_unpacks_as_documented() -> None:
    """A broken example is payload, rule and pointer, in this order."""
    assert Broken._fields == ("payload", "rule", "pointer")


@pytest.mark.parametrize(
    "statement, absent",
    [
        ("import lp_engagement", ["hypothesis", "lp_engagement.testing"]),
        ("import lp_engagement.testing", ["hypothesis"]),
        ("from lp_engagement.testing.strategies import valid; valid('sde')", ["jsonschema", "jsonschema_rs"]),
    ],
)
def test_imports_stay_apart(statement: str, absent: list[str]) -> None:
    """The SDK does not load hypothesis, and the strategies load no validator."""
    code = f"import sys; {statement}; print([name for name in {absent!r} if name in sys.modules])"
    printed = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert printed.strip() == "[]"


def test_strategies_share_nothing_with_what_they_test() -> None:
    """The strategies import nothing of the SDK but their neighbours, the spec's facts and the JSON Pointer."""
    imported: set[str] = set()
    folder = Path(strategies.__file__).parent
    for path in (folder / "strategies.py", *folder.glob("_[!_]*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                imported.add("." * node.level + (node.module or ""))
    ours = {name for name in imported if name.startswith(("..", "lp_engagement"))}
    assert ours == {"lp_engagement_client.facts", "lp_engagement._common.json_pointer"}
    assert {"._mutations", "._schema", "._values"} <= imported


def found(strategy: SearchStrategy[Any], condition: Callable[[Any], bool]) -> Any:
    """The first example with that property; no time is spent on making it small."""
    quick = settings(
        max_examples=20_000,
        phases=[Phase.generate],
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),  # pyright: ignore[reportArgumentType] - its own type is inexact
    )
    try:
        return find(strategy, condition, settings=quick)
    except NoSuchExample:
        pytest.fail("no example was found")
