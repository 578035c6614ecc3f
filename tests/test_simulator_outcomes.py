"""Outcomes that a tester chooses: available or not, chances of faults, and times from a range."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from lp_engagement.simulator import Campaign, ScenarioError, Simulator
from lp_engagement_client import api
from tests.helpers import ACCOUNT

if TYPE_CHECKING:
    from lp_engagement.simulator import SimulatedResponse

HEADERS = {"content-type": "application/json", "host": "127.0.0.1:1"}
RULES = [Campaign(condition=lambda _attributes, sections: "Support" in sections, title="support")]


def post(simulator: Simulator, *sections: str, account: str = ACCOUNT, fault: str | None = None) -> SimulatedResponse:
    """Ask for an engagement."""
    headers = HEADERS | ({} if fault is None else {"x-simulator-fault": fault})
    body = json.dumps({"appType": "MSDK", "consumerSections": list(sections)}).encode()
    return simulator.handle("POST", f"{api.find('createSession').path.format(accountId=account)}?v=1.0", headers, body)


def offers(simulator: Simulator, *sections: str, **more: Any) -> bool:
    """Whether an engagement is offered."""
    answer = post(simulator, *sections, **more)
    assert answer.status == 200
    entity = answer.json()
    assert (entity["status"] == "Available") is ("engagementDetails" in entity)
    return "engagementDetails" in entity


def control(simulator: Simulator, account: str, available: Any) -> int:
    """Set availability by HTTP."""
    body = json.dumps({"available": available}).encode()
    return simulator.handle("POST", f"/_sim/accounts/{account}/available", HEADERS, body).status


@pytest.mark.parametrize("by_http", [True, False])
def test_availability_of_an_account(*, by_http: bool) -> None:
    """An account offers to nobody, to everybody, and by its rules again; other accounts follow their rules."""
    simulator = Simulator(campaigns=RULES)
    for available, expected in ((False, [False, False]), (True, [True, True]), (None, [True, False])):
        if by_http:
            assert control(simulator, ACCOUNT, available) == 204
        else:
            simulator.set_available(ACCOUNT, available)
        assert [offers(simulator, "Support"), offers(simulator, "Sales")] == expected
        assert [offers(simulator, "Support", account="2"), offers(simulator, "Sales", account="2")] == [True, False]
        assert simulator.state()["accounts"][0]["available"] is available
    assert control(simulator, ACCOUNT, "no") == 400


def test_everybody_is_offered_something() -> None:
    """Available without any campaign, or with one that offers nothing, is the documented engagement."""
    for campaigns in ([], [Campaign(offers=False)]):
        simulator = Simulator(campaigns=campaigns, available=True)
        assert offers(simulator)


def test_availability_of_one_request() -> None:
    """A script or a header decides for its requests alone, and wins over the account."""
    simulator = Simulator()
    simulator.script(ACCOUNT, "not-available x2 then 503")
    assert [offers(simulator), offers(simulator), post(simulator).status, offers(simulator)] == [
        False,
        False,
        503,
        True,
    ]
    assert [offers(simulator, fault="not-available"), offers(simulator)] == [False, True]
    simulator.set_available(ACCOUNT, available=False)
    assert [offers(simulator, fault="available"), offers(simulator)] == [True, False]


def test_availability_in_a_scenario() -> None:
    """A scenario sets it for all accounts and for single ones, and refuses anything but true, false and null."""
    accounts = {"1": {"available": True}, "2": {"available": None}}
    simulator = Simulator.from_scenario({"available": False, "accounts": accounts})
    assert [offers(simulator, account=account) for account in ("1", "2", "3")] == [True, True, False]
    with pytest.raises(ScenarioError, match=r"accounts.1.available must be true, false"):
        Simulator.from_scenario({"accounts": {"1": {"available": 1}}})


def test_chance_of_a_fault() -> None:
    """A fault with a chance meets about that share of requests until cleared; a seed repeats which."""

    def statuses(seed: int) -> list[int]:
        simulator = Simulator(seed=seed)
        simulator.script(ACCOUNT, "10% 503")
        assert [fault.title for fault in simulator.faults(ACCOUNT)] == ["10% 503 until cleared"]
        return [post(simulator).status for _ in range(500)]

    assert 25 < statuses(1).count(503) < 80
    assert statuses(1) == statuses(1) != statuses(2)
    assert set(statuses(1)) == {200, 503}


def test_chance_with_a_number() -> None:
    """With a number of times the fault ends after so many hits; 0 % never comes, and 100 % always does."""
    simulator = Simulator(seed=1)
    simulator.script(ACCOUNT, "50% 503 x2")
    assert [post(simulator).status for _ in range(50)].count(503) == 2
    for chance, status in (("0%", 200), ("100%", 503)):
        simulator.clear_faults()
        simulator.script(ACCOUNT, f"{chance} 503 until cleared")
        assert {post(simulator).status for _ in range(20)} == {status}


@pytest.mark.parametrize("words", ["slow 0.1-0.5", "slow 0.1s to 0.5s"])
def test_times_from_a_range(words: str) -> None:
    """Each response takes another time from the range, the same ones for one seed."""

    def times() -> list[float]:
        simulator = Simulator(seed=4)
        simulator.script(ACCOUNT, f"{words} until cleared")
        return [post(simulator).seconds for _ in range(20)]

    drawn = times()
    assert drawn == times()
    assert len(set(drawn)) == 20
    assert all(0.1 <= seconds <= 0.5 for seconds in drawn)


@pytest.mark.parametrize("words", ["101% 503", "slow 3-2", "slow 1-9999", "-1% 503", "10 % 503"])
def test_words_that_cannot_be(words: str) -> None:
    """Impossible chances and ranges are refused."""
    with pytest.raises(ScenarioError):
        Simulator(script=words)


@pytest.mark.parametrize("data", [{"chance": 2}, {"chance": "x"}, {"available": 1}, {"seconds": 2, "most_seconds": 1}])
def test_data_that_cannot_be(data: dict[str, Any]) -> None:
    """The same as data is refused too."""
    with pytest.raises(ScenarioError):
        Simulator(script=data)
