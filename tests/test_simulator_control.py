"""Control calls that the page uses: filter and pages of the state, one request, scenarios in and out, reset."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from lp_engagement.simulator import Campaign, Fault, ScenarioError, Simulator
from lp_engagement.simulator.timeline import Timeline
from lp_engagement_client import api
from tests.helpers import ACCOUNT, SID

if TYPE_CHECKING:
    from pathlib import Path

HEADERS = {"content-type": "application/json", "host": "127.0.0.1:1"}
SCENARIO: dict[str, Any] = {
    "strict": True,
    "seed": 7,
    "available": None,
    "cold": 1,
    "script": ["503 x2", "10% html 502 until cleared on updateSession"],
    "campaigns": [
        {
            "name": "big carts",
            "when": {
                "sections": ["Support"],
                "sdes": [{"type": "cart", "total": {"at_least": 100}}],
                "not": {"sections": ["Sales"]},
            },
            "details": {"skillId": 23, "connectorId": None},
        },
        {"name": "everybody else", "available": False},
    ],
    "accounts": {
        ACCOUNT: {
            "available": False,
            "cold": 0,
            "script": [{"status": 503, "body": "\u00fc", "headers": {"retry-after": "7"}, "times": None}],
        },
        "87654321": {"campaigns": []},
    },
}


def call(simulator: Simulator, method: str, path: str, body: object = None, **headers: str) -> Any:
    """Send a control call; give the JSON of its answer, or its status if it has none."""
    content = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
    answer = simulator.handle(method, path, HEADERS | headers, content)
    return answer.json() if answer.body else answer.status


def post(simulator: Simulator, body: Any, account: str = ACCOUNT) -> Any:
    """Ask for an engagement."""
    target = f"{api.find('createSession').path.format(accountId=account)}?v=1.0"
    return simulator.handle("POST", target, HEADERS, json.dumps({"appType": "MSDK", **body}).encode()).json()


def lead(topic: str) -> dict[str, Any]:
    """A body with an attribute."""
    return {"engagementAttributes": [{"type": "lead", "lead": {"topic": topic}}]}


# ---------------------------------------------------------------------------------------------------------- the state


@pytest.mark.parametrize(
    "query, requests, visitors",
    [
        ("", [5, 4, 3, 2, 1], 4),
        ("search=MORTGAGE", [1], 1),
        ("search=M%C3%BCnchen", [2], 1),
        (f"account={ACCOUNT}", [5, 3, 2, 1], 3),
        ("account=2", [4], 1),
        ("operation=updateSession", [], 4),
        ("status=400", [5], 4),
        ("status=4xx", [5], 4),
        ("status=dropped", [3], 4),
        ("status=fault", [], 4),
        ("status=none", [], 4),
        ("requests_from=3&visitors_from=3", [2, 1], 1),
        ("requests_from=99&visitors_from=99", [], 0),
    ],
)
def test_filter(query: str, requests: list[int], visitors: int) -> None:
    """Each filter lets the right ones through, and all are counted."""
    simulator = Simulator(seed=1)
    post(simulator, lead("mortgage"))
    post(simulator, lead("m\u00fcnchen"))
    post(simulator, {"engagementAttributes": [{"type": "newThing"}]})
    post(simulator, {}, account="2")
    post(simulator, {"consumerSections": "Support"})
    state = call(simulator, "GET", f"/_sim/state?{query}")
    assert [each["number"] for each in state["requests"]] == requests
    assert len(state["visitors"]) == visitors
    assert state["held"] == {"visitors": 4, "requests": 5}
    if "from" not in query:
        assert state["found"] == {"visitors": visitors, "requests": len(requests)}


def test_filter_by_visitor() -> None:
    """The requests of one visitor, the first one included, which had no visitor id in its path yet."""
    simulator = Simulator(seed=1)
    ids = post(simulator, {})
    post(simulator, {})
    target = f"{api.find('updateSession').path.format(accountId=ACCOUNT, visitorId=ids['visitorId'])}?v=1.0"
    simulator.handle("PUT", f"{target}&{SID}={ids['sessionId']}", HEADERS, b"{}")
    state = call(simulator, "GET", f"/_sim/state?visitor={ids['visitorId']}")
    assert [(each["number"], each["status"]) for each in state["requests"]] == [(3, 400), (1, 200)]
    assert [each["id"] for each in state["visitors"]] == [ids["visitorId"]]


@pytest.mark.parametrize("query", ["visitors_from=x", "requests_from=1e3"])
def test_pages_that_are_none(query: str) -> None:
    """A page that is no number is refused with a problem."""
    assert list(call(Simulator(), "GET", f"/_sim/state?{query}")) == ["problem"]


def test_visitors_seen_last_come_first() -> None:
    """A visitor who comes back is the first of the list, and the last to be dropped."""
    simulator = Simulator(seed=1, visitor_limit=2)
    first, second = post(simulator, {})["visitorId"], post(simulator, {})["visitorId"]
    target = f"{api.find('resumeSession').path.format(accountId=ACCOUNT, visitorId=first)}?v=1.0"
    simulator.handle("POST", target, HEADERS, b'{"appType": "MSDK"}')
    assert [each["id"] for each in call(simulator, "GET", "/_sim/state")["visitors"]] == [first, second]
    third = post(simulator, {})["visitorId"]
    assert {each.id for each in simulator.visitors(ACCOUNT)} == {first, third}


def test_one_request() -> None:
    """A request is found by its number while the journal has it, with headers, answer and the rules it breaks."""
    simulator = Simulator(journal_limit=1)
    post(simulator, {})
    post(simulator, {"consumerSections": "Support", "engagementAttributes": [{"type": "cart", "total": "11.7"}]})
    assert list(call(simulator, "GET", "/_sim/journal/1")) == ["problem"]
    found = call(simulator, "GET", "/_sim/journal/2")
    assert (found["number"], found["headers"], found["status"]) == (2, HEADERS, 400)
    assert json.loads(found["answer"])["message"] == "consumerSections"
    assert {(each["pointer"], each["rule"]) for each in found["problems"]} == {
        ("/consumerSections", "LPE204"),
        ("/engagementAttributes/0/numItems", "LPE101"),
        ("/engagementAttributes/0/total", "LPE202"),
    }
    simulator.handle("POST", f"{api.find('createSession').path.format(accountId=ACCOUNT)}?v=1.0", HEADERS, b"{")
    assert [each["rule"] for each in call(simulator, "GET", "/_sim/journal/3")["problems"]] == ["LPE401"]


def test_rules_are_those_of_validate() -> None:
    """The simulator names the rules that the package's own validation names, found without its code."""
    from lp_engagement.simulator.broken_rules import broken_rules
    from lp_engagement.validation import check

    date = {"day": 31, "month": 2, "year": 2024}
    body = {
        "appType": "msdk",
        "appDetails": {"ipAddress": "x", "os": "ios", "zzz": 1},
        "consumerSections": "a",
        "engagementAttributes": [
            {"type": "cart", "total": "11.7"},
            {"type": "zzz"},
            {"type": "personal", "personal": {"age": {"year": "x"}, "firstname": None, "contacts": {}}},
            {"type": "ctmrinfo", "info": {"lastPaymentDate": date}},
        ],
    }
    expected = {(each.pointer, each.rule) for each in check(body, "create-session") if each.level == "error"}
    assert {(each["pointer"], each["rule"]) for each in broken_rules("create-session", body)} == expected


def test_timeline_is_bounded() -> None:
    """However long it lasts, the timeline has a bounded number of buckets, and loses nothing."""
    timeline = Timeline()
    for second in range(0, 100_000, 7):
        timeline.add(1_000_000 + second, ["offered"])
    buckets = timeline.to_json()
    assert 60 <= len(buckets) <= 120
    assert sum(each["counts"]["offered"] for each in buckets) == len(range(0, 100_000, 7))
    assert [each["at"] for each in buckets] == sorted(each["at"] for each in buckets)


# ------------------------------------------------------------------------------------------------------- scenarios


def test_scenario_out_and_in() -> None:
    """A scenario is exported as it was read, by Python and by HTTP, and an import takes it back."""
    simulator = Simulator.from_scenario(SCENARIO)
    assert simulator.to_scenario() == SCENARIO
    other = Simulator()
    post(other, {})
    other.clock.advance(60)
    assert call(other, "PUT", "/_sim/scenario", simulator.to_scenario()) == 204
    assert call(other, "GET", "/_sim/scenario") == SCENARIO
    assert (other.journal, other.clock.ahead, list(other.accounts)) == ([], 0, [])
    begun = Simulator.from_scenario(SCENARIO)
    target = f"{api.find('createSession').path.format(accountId='new')}?v=1.0"
    answers = []
    for number in range(4):
        answers = [each.handle("POST", target, HEADERS, b'{"appType": "MSDK"}') for each in (other, begun)]
        assert [each.status for each in answers] == [[503, 503, 500, 200][number]] * 2
    assert answers[0].body == answers[1].body


def test_scenario_in_yaml() -> None:
    """YAML is taken under its media type; what is not given is the default again, limits and strictness apart."""
    simulator = Simulator(strict=True, cold=3, available=False)
    answer = call(simulator, "PUT", "/_sim/scenario", b"script: 503 x2", **{"content-type": "application/yaml"})
    assert answer == 204
    exported = simulator.to_scenario()
    assert (exported["script"], exported["cold"], exported["available"], exported["strict"]) == (
        ["503 x2"],
        0,
        None,
        True,
    )


@pytest.mark.parametrize("body", [b"colt: 1", b'{"colt": 1}', b"{", b"a: [", b"\xff", b"[" * 100_000, b"1"])
def test_scenario_that_is_none(body: bytes) -> None:
    """A scenario that cannot be read changes nothing, and the answer says why."""
    simulator = Simulator()
    post(simulator, {})
    answer = call(simulator, "PUT", "/_sim/scenario", body, **{"content-type": "application/yaml"})
    assert list(answer) == ["problem"]
    assert len(simulator.journal) == 1


def test_settings_made_by_hand() -> None:
    """Settings made by calls are exported, and those that a scenario cannot have are named."""
    simulator = Simulator(campaigns=[])
    simulator.set_available(ACCOUNT, available=True)
    simulator.script(ACCOUNT, [Fault.lost(operation="updateSession"), Fault(418, label="tea")])
    assert simulator.to_scenario()["accounts"] == {
        ACCOUNT: {"available": True, "script": ["lost on updateSession", {"status": 418, "label": "tea"}]}
    }
    simulator.script(ACCOUNT, [Fault(200, b"\xff", label="bytes")])
    with pytest.raises(ScenarioError, match="'bytes' has a body that is not UTF-8"):
        simulator.to_scenario()
    simulator.reset()
    simulator.campaigns = [Campaign(condition=lambda *_: True, title="mine")]
    with pytest.raises(ScenarioError, match="'mine' is a Python function"):
        simulator.to_scenario()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals of this kind")
def test_command_exports(tmp_path: Path) -> None:
    """`--export` writes the settings as they are at the end."""
    scenario, exported = tmp_path / "in.json", tmp_path / "out.json"
    scenario.write_text(json.dumps(SCENARIO), encoding="utf-8")
    command = [sys.executable, "-m", "lp_engagement.simulator", "--scenario", str(scenario), "--export", str(exported)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGTERM)
    assert process.returncode == 0
    assert json.loads(exported.read_text(encoding="utf-8")) == SCENARIO


# ----------------------------------------------------------------------------------------------------------- reset


def test_reset_with_the_clock() -> None:
    """A reset keeps the time unless `clock` is true; the count of requests and the seeded ids begin again."""
    simulator = Simulator(seed=1)
    ids = post(simulator, {})["visitorId"]
    simulator.clock.advance(60)
    assert call(simulator, "POST", "/_sim/reset") == 204
    assert (simulator.clock.ahead, simulator.journal.total) == (60, 0)
    assert call(simulator, "POST", "/_sim/reset", {"clock": True}) == 204
    assert simulator.clock.ahead == 0
    assert post(simulator, {})["visitorId"] == ids
    assert list(call(simulator, "POST", "/_sim/reset", {"clock": 1})) == ["problem"]
