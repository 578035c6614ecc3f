"""The verdict of check(): an error exactly where the exported accepting schema rejects the payload."""

from __future__ import annotations

import copy
import json
from functools import cache
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lp_engagement._common.muted import Muted
from lp_engagement._core.body import encode
from lp_engagement.errors import PayloadError
from lp_engagement.testing.strategies import valid
from lp_engagement.validation import check
from lp_engagement.validation.schemas import load
from lp_engagement.validation.words import lower, predicate
from lp_engagement_client.facts import KINDS
from tests.helpers import any_call
from tests.validating import validate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path as File

Path = tuple[str | int, ...]

DATES = [{"year": year, "month": 2, "day": day} for year in (1981, "1981", 2000, "1900") for day in (28, 29, 30)]
JUNK: st.SearchStrategy[Any] = st.sampled_from(
    [
        *(None, True, False, 0, 1, -1, 12, 13, 29, 31, 40, 1.5, 3.0, 10**20, "", "0", "1", "4", "1980", "1981", "x"),
        *([], {}, [{}], {"type": "cart"}, "MSDK", "female", "1.2.3.4", {"age": 1}, [[]]),
        *DATES,
    ]
)


@cache
def known_keys() -> tuple[str, ...]:
    """Every key of the spec, and some that it does not know."""
    found = {"tz", "vid", "sdes", "Type", "x"}

    def visit(node: Any) -> None:
        if isinstance(node, dict):
            found.update(node.get("properties", ()))
            for each in node.values():
                visit(each)
        elif isinstance(node, list):
            for each in node:
                visit(each)

    for kind in KINDS:
        visit(load(f"{kind}.accepting"))
    return tuple(sorted(found))


@cache
def accepts(kind: str) -> Any:
    """The exported accepting schema, as `lp-engagement spec` prints it."""
    return jsonschema_rs.Draft202012Validator(load(f"{kind}.accepting"), validate_formats=True)


def containers(value: Any) -> Iterator[Any]:
    """The objects and arrays of a value, itself included."""
    if isinstance(value, dict | list):
        yield value
        for each in value.values() if isinstance(value, dict) else value:
            yield from containers(each)


@st.composite
def mutated(draw: st.DrawFn, kind: str) -> Any:
    """A payload that fits the spec, changed in up to four places in whatever way."""
    payload = copy.deepcopy(draw(valid(kind) | valid(kind, wild=True)))
    for _ in range(draw(st.integers(0, 4))):
        places = list(containers(payload))
        if not places:
            break
        place = draw(st.sampled_from(places))
        keys: list[Any] = list(place) if isinstance(place, dict) else list(range(len(place)))
        way = draw(st.sampled_from(["replace", "remove", "add", "date"]))
        if way == "add" and isinstance(place, dict):
            place[draw(st.sampled_from(known_keys()))] = copy.deepcopy(draw(JUNK))
        elif way == "add" and isinstance(place, list):
            place.append(copy.deepcopy(draw(JUNK)))
        elif way == "date" and isinstance(place, dict):
            place.update(draw(st.sampled_from(DATES)))
        elif keys:
            key = draw(st.sampled_from(keys))
            if way == "remove":
                del place[key]
            else:
                place[key] = copy.deepcopy(draw(JUNK))
    return payload


def errors(payload: Any, kind: str, **options: Any) -> list[str]:
    """The pointers of the errors."""
    return [each.pointer for each in check(payload, kind, **options) if each.level == "error"]


def without(payload: Any, pointers: set[str], at: str = "") -> Any:
    """The payload without the keys at some pointers."""
    if isinstance(payload, list):
        return [without(each, pointers, f"{at}/{index}") for index, each in enumerate(payload)]
    if not isinstance(payload, dict):
        return payload
    places = {key: f"{at}/{key.replace('~', '~0').replace('/', '~1')}" for key in payload}
    return {key: without(each, pointers, places[key]) for key, each in payload.items() if places[key] not in pointers}


AGE = {"type": "personal", "personal": {"age": {"year": "1980", "month": 13, "day": 40}}}
TZ = {"type": "ctmrinfo", "info": {"registrationDate": {"day": 31, "month": 2, "year": 2024, "tz": "Z"}}}
each_kind = pytest.mark.parametrize("kind", KINDS)


@each_kind
@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_error_exactly_where_the_exported_schema_rejects(kind: str, data: st.DataObject) -> None:
    """check() has an error just if the accepting schema rejects the payload, and just then the client refuses it."""
    payload = data.draw(mutated(kind))
    rejected = not accepts(kind).is_valid(payload)
    assert bool(errors(payload, kind)) == rejected
    try:
        encode(any_call(), Muted(copy.deepcopy(payload)), kind)
    except PayloadError:
        assert rejected
    else:
        assert not rejected


@each_kind
@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_unknown_keys_allowed_is_as_without_them(kind: str, data: st.DataObject) -> None:
    """With allow_unknown_keys there is an error just if the payload without its unknown keys is rejected."""
    payload = data.draw(mutated(kind))
    unknown = {each.pointer for each in check(payload, kind) if each.name == "unknown-key" and each.level == "error"}
    rejected = not accepts(kind).is_valid(without(payload, unknown))
    assert bool(errors(payload, kind, allow_unknown_keys=True)) == rejected


@pytest.mark.parametrize(
    "age, place",
    [
        ({"year": "1980", "month": 13, "day": 40}, "/personal/age"),
        ({"year": "1980", "month": 0}, "/personal/age"),
        ({"year": "1981", "month": 2, "day": 29}, "/personal/age"),
        ({"year": "1900", "month": 2, "day": 29}, "/personal/age"),
        ({"year": "100", "month": 2, "day": 29}, "/personal/age"),
        ({"year": "1980", "month": 2, "day": 29}, None),
        ({"year": "2000", "month": 2, "day": 29}, None),
        ({"year": "400", "month": 2, "day": 29}, None),
        ({"year": "8", "month": 2, "day": 29}, None),
        ({"year": "0", "month": 2, "day": 29}, None),
    ],
)
def test_date_with_a_year_in_quotes(age: dict[str, Any], place: str | None) -> None:
    """A year in quotes is a warning, and the date is judged as with a number: an impossible one is an error besides."""
    found = check({"type": "personal", "personal": {"age": age}}, "sde")
    assert {each.pointer for each in found if each.level == "warning"} == {"/personal/age/year"}
    assert [each.pointer for each in found if each.level == "error"] == ([place] if place else [])


@given(year=st.integers(0, 10**6), zeros=st.integers(0, 3))
def test_leap_years_in_quotes_are_those_in_numbers(year: int, zeros: int) -> None:
    """Whether 29 February exists does not depend on how the year is written."""
    date = {"month": 2, "day": 29}
    number, text = (
        errors({"type": "personal", "personal": {"age": date | {"year": each}}}, "sde")
        for each in (year, "0" * zeros + str(year))
    )
    assert number == text


def test_an_unknown_key_does_not_hide_an_impossible_date() -> None:
    """Both are reported at once; with unknown keys allowed, the date is still an error."""
    assert errors(TZ, "sde") == ["/info/registrationDate", "/info/registrationDate/tz"]
    assert errors(TZ, "sde", allow_unknown_keys=True) == ["/info/registrationDate"]


def test_messages_by_a_rule_are_sentences() -> None:
    """A message that is made of the title of a rule has an article where the title needs one."""
    (date,) = check({"type": "ctmrinfo", "info": {"registrationDate": {"day": 31, "month": 2, "year": 2020}}}, "sde")
    assert date.message == "`registrationDate` is an impossible date"
    assert [predicate(title) for title in ("Not an IP address", "Wrong case", "ISO code")] == [
        "not an IP address",
        "a wrong case",
        "an ISO code",
    ]
    assert lower("ISO code, in capitals") == "ISO code, in capitals"


def test_exit_code_of_the_command_is_that_of_the_schema(tmp_path: File) -> None:
    """The command ends with 1 for what the exported schema rejects, with and without --allow-unknown-keys."""
    file = tmp_path / "payload.json"
    for payload in (AGE, TZ):
        file.write_text(json.dumps(payload), encoding="utf-8")
        for options in ([], ["--allow-unknown-keys"]):
            assert validate("--kind", "sde", *options, file).exit_code == 1


@pytest.mark.parametrize("value", [True, "x", 0, [], {"a": None}])
@pytest.mark.parametrize("field", ["expanded", "userInit", "actionableItems"])
def test_values_of_an_expansion_are_doubtful(field: str, value: Any) -> None:
    """The three fields are null in the only example; a value is a warning, since no source says that it is wrong."""
    payload = {"type": "impExpanded", "campaign": 1, "engId": 2, "revision": 3, field: value}
    (found,) = check(payload, "impression")
    assert (found.level, found.pointer) == ("warning", f"/{field}")
    assert "no source documents a value" in found.message


@pytest.mark.parametrize("value, level", [("x", "warning"), (12, "error")])
def test_tolerated_spelling_with_a_wrong_value(value: Any, level: str) -> None:
    """A tolerated key is a warning; with a value of the wrong type, only the value is reported."""
    (found,) = check({"type": "mrktInfo", "info": {"campaignID": value}}, "sde")
    assert (found.level, found.pointer) == (level, "/info/campaignID")
    assert ("two spellings" in found.message) == (level == "warning")
    assert ("string" in found.message or "text" in found.message) == (level == "error")
