"""Every payload that the spec allows is accepted and sent unchanged."""

from __future__ import annotations

import copy
import json
import pickle
import re
from typing import TYPE_CHECKING, Any, NamedTuple

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lp_engagement.errors import PayloadError
from lp_engagement.simulator import Simulator
from lp_engagement.testing.strategies import broken, types, valid
from lp_engagement.validation import check
from lp_engagement.validation.schemas import load
from lp_engagement_client import models
from lp_engagement_client.facts import KINDS
from lp_engagement_client.types import Payload, plain
from tests.helpers import ENGINES, FLAVOURS, Flavour, same, talk

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


class Case(NamedTuple):
    """A kind of payload, narrowed to one of its types where it has any."""

    kind: str
    only: str | None

    def __str__(self) -> str:
        return f"{self.kind}-{self.only}" if self.only else self.kind

    def payloads(self) -> SearchStrategy[Any]:
        """Such payloads, as applications send them and as wild as the spec allows."""
        return valid(self.kind, only=self.only) | valid(self.kind, only=self.only, wild=True)

    def model(self, payload: dict[str, Any]) -> Any:
        """The payload as the generated client's model of it, found by the names in the spec."""
        name = KINDS[self.kind]
        for branch in load(f"{self.kind}.strict")["$defs"][name].get("allOf", ()):
            if branch["if"]["properties"]["type"]["const"] == self.only:
                name = branch["then"]["$ref"].removeprefix("#/$defs/")
        return getattr(models, name).from_dict(payload)


# From the spec, so that a type which is added there is tested without a change here.
CASES = [Case(kind, only) for kind in KINDS for only in types(kind) or [None]]
ATTRIBUTES = [case for case in CASES if case.kind == "sde"]
IMPRESSIONS = [case for case in CASES if case.kind == "impression"]
each_case = pytest.mark.parametrize("case", CASES, ids=str)
either_client = pytest.mark.parametrize("flavour", FLAVOURS)


def test_every_type_is_a_case() -> None:
    """The cases cover the ten documented attributes, the five impression events and both bodies."""
    documented = {
        (kind, name)
        for kind, schema in KINDS.items()
        for name in load(f"{kind}.strict")["$defs"][schema]["properties"].get("type", {}).get("enum", [None])
    }
    assert {(case.kind, case.only) for case in CASES} == documented
    assert (len(ATTRIBUTES), len(IMPRESSIONS), len(CASES)) == (10, 5, 17)


# -------------------------------------------------------------------------------------------------- it is accepted


@each_case
@given(data=st.data())
def test_valid_payloads_pass_the_reference_validator(case: Case, data: st.DataObject) -> None:
    """jsonschema, the reference, finds nothing by the strict and by the accepting schema."""
    payload = data.draw(case.payloads())
    checker = jsonschema.FormatChecker(["ipv4", "ipv6"])
    for view in ("strict", "accepting"):
        validator = jsonschema.Draft202012Validator(load(f"{case.kind}.{view}"), format_checker=checker)
        assert list(validator.iter_errors(payload)) == []


@each_case
@given(data=st.data())
def test_valid_payloads_pass_the_check(case: Case, data: st.DataObject) -> None:
    """check() finds no problem, and not so much as a warning, with either engine."""
    payload = data.draw(case.payloads())
    assert [check(payload, case.kind, engine=engine) for engine in ENGINES] == [[], []]


# --------------------------------------------------------------------------------------------------- it is kept


def exactly(value: Any) -> str:
    """JSON text in which `1`, `1.0` and `true` differ, and the order of keys does not count."""
    return json.dumps(value, sort_keys=True)


@each_case
@given(data=st.data())
def test_models_keep_payloads(case: Case, data: st.DataObject) -> None:
    """A payload that becomes a model and then a payload again is unchanged, to the kind of each number."""
    payload = data.draw(case.payloads())
    assert exactly(case.model(copy.deepcopy(payload)).to_dict()) == exactly(payload)


COPIES = {
    "pickle": lambda model: pickle.loads(pickle.dumps(model)),  # noqa: S301 - our own
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
}


@each_case
@pytest.mark.parametrize("way", COPIES)
@settings(max_examples=15)
@given(data=st.data())
def test_models_survive_copying(case: Case, way: str, data: st.DataObject) -> None:
    """A model that was pickled or copied is equal to the first, and gives the same payload."""
    model = case.model(data.draw(case.payloads()))
    twin = COPIES[way](model)
    assert twin == model
    assert exactly(twin.to_dict()) == exactly(model.to_dict())


@each_case
@given(data=st.data())
def test_builders_keep_payloads(case: Case, data: st.DataObject) -> None:
    """A payload is the same, and a plain dict, after it went through what the builders make of their arguments."""
    payload = data.draw(case.payloads())
    for made in (plain(payload), plain(case.model(payload))):
        assert isinstance(made, dict)
        assert exactly(made) == exactly(payload)


# ----------------------------------------------------------------------------------------------------- it arrives


def arrived(flavour: Flavour, *calls: tuple[str, dict[str, Any]], app_type: str = "EXTERNAL") -> Any:
    """The body that the simulator got last."""
    simulator = Simulator()
    transports = (simulator.transport(), simulator.async_transport())
    talk(flavour, transports, *calls, base_url="https://simulator.example", app_type=app_type)
    entry = simulator.journal.last()
    assert entry.status == 200
    return entry.body


@pytest.mark.parametrize("case", ATTRIBUTES, ids=str)
@given(data=st.data())
def test_attributes_arrive_as_they_were_sent(case: Case, data: st.DataObject) -> None:
    """An attribute arrives at the simulator unchanged with both calls, whether it is a dict or a model."""
    payload = data.draw(case.payloads())
    sent = data.draw(st.sampled_from([payload, case.model(payload), plain(payload)]))
    body = arrived("sync", ("get_engagement", {"sdes": [sent]}))
    assert same(body, {"appType": "EXTERNAL", "engagementAttributes": [payload]})
    body = arrived("sync", ("get_engagement", {}), ("update", {"sdes": [sent]}))
    assert same(body["engagementAttributes"], [payload])


@pytest.mark.parametrize("case", IMPRESSIONS, ids=str)
@given(data=st.data())
def test_impressions_arrive_as_they_were_sent(case: Case, data: st.DataObject) -> None:
    """An impression event arrives at the simulator unchanged, whether it is a dict or a model."""
    payload = data.draw(case.payloads())
    sent = data.draw(st.sampled_from([payload, case.model(payload), plain(payload)]))
    body = arrived("sync", ("get_engagement", {}), ("update", {"impressions": [sent]}))
    assert same(body["impAttributes"], [payload])


@either_client
@given(data=st.data())
def test_first_bodies_arrive_as_they_were_sent(flavour: Flavour, data: st.DataObject) -> None:
    """All parts of a createSession body arrive at the simulator unchanged, and nothing is added."""
    body = data.draw(Case("create-session", None).payloads())
    parts = {"app_details": "appDetails", "sections": "consumerSections", "sdes": "engagementAttributes"}
    call = {name: body[key] for name, key in parts.items() if key in body}
    assert same(arrived(flavour, ("get_engagement", call), app_type=body["appType"]), body)


@either_client
@given(data=st.data())
def test_update_bodies_arrive_as_they_were_sent(flavour: Flavour, data: st.DataObject) -> None:
    """All parts of an updateSession body arrive at the simulator unchanged; the page id is the server's."""
    body = data.draw(Case("update-session", None).payloads())
    parts = {"impressions": "impAttributes", "sdes": "engagementAttributes"}
    call = {name: body[key] for name, key in parts.items() if key in body}
    got = arrived(flavour, ("get_engagement", {}), ("update", call))
    assert same(got, body | {"pageId": got["pageId"]})


@either_client
@given(example=broken("sde") | broken("sde", wild=True))
def test_broken_attributes_do_not_leave(flavour: Flavour, example: Any) -> None:
    """An attribute with a fault is refused at the place of the fault, and nothing is sent."""
    simulator = Simulator()
    with pytest.raises(PayloadError) as caught:
        talk(
            flavour,
            (simulator.transport(), simulator.async_transport()),
            ("get_engagement", {"sdes": [example.payload]}),
            base_url="https://simulator.example",
        )
    found = [(problem.rule, problem.pointer) for problem in caught.value.problems]
    assert found == [(example.rule, f"/engagementAttributes/0{example.pointer}")]
    assert simulator.journal == []


# ---------------------------------------------------------------------------------------------- it is not shown

NAMES_OF_FIELDS = " ".join(
    [
        *models.__all__,
        *(name for each in models.__all__ for name in getattr(getattr(models, each), "__annotations__", ())),
    ]
)
A_REPR = re.compile(r"\w+\([\w, ]*\)", re.ASCII)


def distinctive(value: Any) -> list[str]:
    """The texts in a payload that cannot be mistaken for the name of a class or a field."""
    if isinstance(value, dict):
        return [text for each in value.values() for text in distinctive(each)]
    if isinstance(value, list):
        return [text for each in value for text in distinctive(each)]
    return [value] if isinstance(value, str) and len(value) >= 4 and value not in NAMES_OF_FIELDS else []


@each_case
@given(data=st.data())
def test_reprs_show_no_values(case: Case, data: st.DataObject) -> None:
    """The repr of a model, and of what a builder returns, is made of names and holds no text of the payload."""
    payload = data.draw(case.payloads())
    model = case.model(payload)
    for shown in (repr(model), f"{model}", repr(Payload.of(payload)), f"{plain(payload)}"):
        assert A_REPR.fullmatch(shown)
        assert not [text for text in distinctive(payload) if text in shown]
