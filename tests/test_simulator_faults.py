"""The simulator's faults, scenarios, clock, journal, control calls and ASGI mount."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from lp_engagement import EngagementClient
from lp_engagement.errors import (
    AccountLoadingError,
    APIStatusError,
    EngagementError,
    TransportError,
    TransportTimeout,
    UnexpectedResponseError,
)
from lp_engagement.simulator import ConnectionCut, Fault, ScenarioError, Simulator
from lp_engagement.simulator.faults import read_script
from lp_engagement_client import api, facts
from tests.helpers import ACCOUNT, FakeClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lp_engagement.simulator import SimulatedResponse
    from lp_engagement_client.payload_types import CartSdeDict

HEADERS = {"content-type": "application/json", "host": "127.0.0.1:1"}
CART: CartSdeDict = {"type": "cart", "total": 11.7, "numItems": 1}


def call(simulator: Simulator, method: str, path: str, body: Any = None, **headers: str) -> SimulatedResponse:
    """Send a request by hand."""
    content = b"" if body is None else json.dumps(body).encode()
    return simulator.handle(method, path, {**HEADERS, **headers}, content)


def post(simulator: Simulator, body: Any = None, *, account: str = ACCOUNT, **headers: str) -> SimulatedResponse:
    """Ask for an engagement as a new visitor."""
    path = api.find("createSession").path.format(accountId=account)
    return call(simulator, "POST", f"{path}?v=1.0", {"appType": "MSDK"} if body is None else body, **headers)


@pytest.fixture
def simulator() -> Simulator:
    """A simulator with a seed."""
    return Simulator(seed=1)


@pytest.fixture
def client(simulator: Simulator) -> Iterator[EngagementClient]:
    """A client of it that waits on its clock."""
    clock = simulator.clock
    with EngagementClient(
        ACCOUNT,
        base_url="https://lp.example.com",
        store="memory://",
        transport=simulator.transport(),
        clock=clock,
    ) as client:
        yield client


# ---------------------------------------------------------------------------------------------------------- scripts


@pytest.mark.parametrize(
    "words, statuses",
    [
        ("503 x2 then 200", [503, 503, 200, 200]),
        ("503 \u00d72, 404", [503, 503, 404, 200]),
        ("loading x3", [500, 500, 500, 200]),
        ("ok then html 502 then empty 204", [200, 502, 204, 200]),
        ("500 on updateSession", [200, 200, 200, 200]),
        ("401 until cleared", [401, 401, 401, 401]),
    ],
)
def test_scripts_in_words(simulator: Simulator, words: str, statuses: list[int]) -> None:
    """A script in words is met request by request, in its order, and then all is normal."""
    simulator.script(ACCOUNT, words)
    assert [post(simulator).status for _ in statuses] == statuses


@pytest.mark.parametrize(
    "script",
    [
        *("", [], "nonsense", "999", "503 x0", "503 on nowhere", {"stauts": 1}, {"status": 99}, {"code": "x"}, 7, [7]),
        *({"fault": "503", "times": "2"}, {"body": 1}, {"headers": 1}, {"seconds": -1}, {"changes": 1}),
    ],
)
def test_scripts_that_cannot_be_read(script: Any) -> None:
    """An invalid script is rejected as a whole; an empty one has no faults."""
    if script in ("", []):
        assert read_script(script) == []
        return
    with pytest.raises(ScenarioError):
        read_script(script)


def test_scripts_as_data(simulator: Simulator) -> None:
    """Data can say what words cannot: a body of one's own, or the vendor's error entity with a code."""
    gone = {"status": 404, "code": "session-gone"}
    simulator.script(ACCOUNT, [gone, {"status": 200, "json": {"status": "?"}}, {"fault": "503", "times": 2}])
    first, second = post(simulator), post(simulator)
    assert (first.status, first.json()["internalCode"]) == (404, facts.INTERNAL_CODES["session-gone"])
    assert first.json()["time"] > 10**12
    assert second.json() == {"status": "?"}
    assert [post(simulator).status for _ in range(3)] == [503, 503, 200]


def test_script_for_any_account(simulator: Simulator) -> None:
    """A script without an account is met by whichever is called, after the account's own."""
    simulator.script(None, "503 x2")
    simulator.script("one", "429")
    statuses = [post(simulator, account=name).status for name in ("one", "two", "one", "one")]
    assert statuses == [429, 503, 503, 200]


def test_clearing_faults(simulator: Simulator) -> None:
    """Clearing drops the faults that are still to come, for one account or for all."""
    simulator.script(ACCOUNT, "503 until cleared")
    simulator.script(None, "502")
    simulator.make_cold(ACCOUNT, times=9)
    assert [fault.title for fault in simulator.faults(ACCOUNT)] == ["503 until cleared"]
    simulator.clear_faults(ACCOUNT)
    assert [post(simulator).status for _ in range(2)] == [502, 200]
    simulator.script(None, "502")
    simulator.clear_faults()
    assert post(simulator).status == 200


def test_fault_of_one_request(simulator: Simulator) -> None:
    """A request can name the fault that it alone wants to meet with; a name that is none is refused."""
    assert post(simulator, **{"X-Simulator-Fault": "html 502"}).headers["content-type"] == "text/html"
    assert post(simulator, **{"x-simulator-fault": "nonsense"}).status == 400
    assert post(simulator).status == 200


# --------------------------------------------------------------------------------------------- as the SDK sees them


@pytest.mark.parametrize(
    "words, error",
    [
        ("503 x4", APIStatusError),
        ("429 after 7", APIStatusError),
        ("html 502 x4", APIStatusError),
        ("empty", UnexpectedResponseError),
        ("loading x4", AccountLoadingError),
        ("slow 30 x4", TransportTimeout),
        ("cut x4", TransportError),
        ("cut after 20 x4", TransportError),
        ("lost", TransportError),
        ("wrong-types", UnexpectedResponseError),
    ],
)
def test_faults_reach_the_sdk(
    simulator: Simulator, client: EngagementClient, words: str, error: type[EngagementError]
) -> None:
    """Each fault ends in the SDK's error for it, and afterwards all is well again."""
    simulator.script(ACCOUNT, words)
    with pytest.raises(error) as caught:
        client.visit("customer").get_engagement()
    assert isinstance(caught.value, error)
    assert words != "429 after 7" or getattr(caught.value, "retry_after", None) == 7
    simulator.clear_faults(ACCOUNT)
    assert client.visit("customer").get_engagement().available


@pytest.mark.parametrize("words, available", [("unknown-status", False), ("extra-fields", True), ("slow 3", True)])
def test_oddities_that_the_sdk_takes(
    simulator: Simulator, client: EngagementClient, words: str, *, available: bool
) -> None:
    """An unknown status, unknown fields and a slow answer are no errors."""
    simulator.script(ACCOUNT, words)
    assert client.visit("customer").get_engagement().available is available
    assert simulator.clock.ahead == (3 if words == "slow 3" else 0)


def test_answer_lost_after_its_effect(simulator: Simulator, client: EngagementClient) -> None:
    """A lost answer leaves a visitor behind, a cut connection does not; the error says that it may be so."""
    simulator.script(ACCOUNT, "lost")
    with pytest.raises(TransportError) as caught:
        client.visit("customer").get_engagement()
    assert caught.value.maybe_sent
    assert len(simulator.visitors(ACCOUNT)) == 1
    assert simulator.journal.last().fault == "lost"


def test_extra_fields_leave_absent_details_absent() -> None:
    """Extra fields do not make an engagement of none."""
    simulator = Simulator(campaigns=[], script="extra-fields")
    answer = post(simulator).json()
    assert "futureField" in answer
    assert "engagementDetails" not in answer


def test_faults_leave_refusals_as_they_are(simulator: Simulator) -> None:
    """A request that would be refused is refused under a fault that changes the normal answer."""
    simulator.script(ACCOUNT, "unknown-status")
    assert post(simulator, {"appType": "IVR"}).status == 400


def test_lost_refusal(simulator: Simulator) -> None:
    """A fault can lose an error answer too."""
    simulator.script(ACCOUNT, [Fault.lost()])
    with pytest.raises(ConnectionCut):
        post(simulator, {"appType": "IVR"})


# -------------------------------------------------------------------------------------------------- clock, journal


def test_clock(simulator: Simulator) -> None:
    """The clock moves ahead and never back, and what is sent later is seen later."""
    post(simulator)
    simulator.clock.advance(60)
    post(simulator)
    first, second = (entry.at for entry in simulator.journal)
    assert 60 <= second - first < 70
    for seconds in (-1, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="ahead"):
            simulator.clock.advance(seconds)


def test_journal_answers_questions(simulator: Simulator, client: EngagementClient) -> None:
    """The journal has the attributes, impressions and sections of a request, by operation or by status."""
    visit = client.visit("customer")
    engagement = visit.get_engagement(sdes=[CART], sections=["Sales"])
    visit.update(impressions=[engagement.displayed()])
    journal = simulator.journal
    assert journal.last("createSession").sdes == [CART]
    assert journal.last("createSession").sections == ["Sales"]
    assert [each["type"] for each in journal.last().impressions] == ["impDisplay"]
    assert (journal.last().sdes, journal.last().account_id) == ([], ACCOUNT)
    assert len(journal.answered(200)) == 2
    with pytest.raises(LookupError):
        journal.last("getDomain")


def test_journal_is_bounded() -> None:
    """The journal lets go of the oldest requests, and counts them all the same."""
    simulator = Simulator(journal_limit=2)
    for number in range(5):
        call(simulator, "GET", f"/{number}")
    assert [entry.path for entry in simulator.journal] == ["/3", "/4"]
    assert simulator.journal.total == 5


def test_funnel(simulator: Simulator, client: EngagementClient) -> None:
    """Offers and impressions are counted, for each account."""
    visit = client.visit("customer")
    engagement = visit.get_engagement()
    visit.update(impressions=[engagement.displayed(), engagement.accepted()])
    counts = simulator.funnel(ACCOUNT)
    assert list(counts) == ["offered", "impDisplay", "impAccept", "impExpanded", "impTimeout", "impClose"]
    assert list(counts.values()) == [1, 1, 1, 0, 0, 0]


# ------------------------------------------------------------------------------------------------------ agent's view


def test_what_is_sent_again(simulator: Simulator) -> None:
    """In chat persons merge, carts are replaced and the rest is appended; in messaging persons and services replace."""
    sent = [
        {"type": "personal", "personal": {"firstname": "Sarah"}},
        CART,
        {"type": "service", "service": {"topic": "a"}},
        {"type": "personal", "personal": {"lastname": "West"}},
        CART | {"total": 1},
        {"type": "service", "service": {"topic": "b"}},
        {"type": "lead", "lead": {"topic": "x"}},
        {"type": "lead", "lead": {"topic": "y"}},
    ]
    post(simulator, {"appType": "MSDK", "engagementAttributes": sent})
    (session,) = simulator.visitors(ACCOUNT)[0].sessions.values()
    merged = {"type": "personal", "personal": {"firstname": "Sarah", "lastname": "West"}}
    assert session.seen_by_agent() == [merged, sent[4], sent[2], sent[5], sent[6], sent[7]]
    assert session.seen_by_agent("messaging") == [sent[3], sent[4], sent[5], sent[6], sent[7]]


# --------------------------------------------------------------------------------------------------------- scenarios

SCENARIO = """
cold: 1
campaigns:
  - name: gold
    when:
      sections: [Support]
      sdes:
        - {type: cart, total: {at_least: 100, at_most: 500}}
        - {type: ctmrinfo, info: {companyBranch: {any_of: [gold, platinum]}}}
      not: {sections: [Sales]}
    skill: {id: 7, name: Gold desk}
    valid_for: 60
    connector: null
  - {name: nobody, available: false}
accounts:
  "cold7": {cold: 0, script: 503 x2, campaigns: []}
"""


def test_scenario_file(tmp_path: Path) -> None:
    """A YAML file sets up campaigns with conditions, cold accounts and faults of single accounts."""
    file = tmp_path / "scenario.yaml"
    file.write_text(SCENARIO, encoding="utf-8")
    simulator = Simulator.from_scenario(file, seed=1)
    cart = CART | {"total": 150}
    gold = {"type": "ctmrinfo", "info": {"companyBranch": "gold"}}

    def ask(*sdes: Any, sections: tuple[str, ...] = ("Support",)) -> Any:
        body = {"appType": "MSDK", "engagementAttributes": sdes, "consumerSections": sections}
        return post(simulator, body).json()

    assert ask()["internalCode"] == 20
    details = ask(cart, gold)["engagementDetails"]
    assert (details["skillId"], details["skillName"], details["validForSeconds"]) == (7, "Gold desk", 60)
    assert "connectorId" not in details
    silver = {"type": "ctmrinfo", "info": {"companyBranch": "silver"}}
    for answer in (
        ask(gold),
        ask(CART, gold),
        ask(CART | {"total": 501}, gold),
        ask(cart, silver),
        ask(cart, gold, sections=()),
        ask(cart, gold, sections=("Support", "Sales")),
    ):
        assert answer["status"] == "NotAvailable"
    assert [post(simulator, account="cold7").status for _ in range(3)] == [503, 503, 200]
    assert post(simulator, account="cold7").json()["status"] == "NotAvailable"


@pytest.mark.parametrize(
    "text, place",
    [
        ("colt: 1", "unknown key 'colt'"),
        ("cold: -1", "cold must be an integer"),
        ("script: nonsense", "script: 'nonsense' is not a fault"),
        ("accounts: {12345678: {}}", "accounts.12345678: an account id must be a string"),
        ("accounts: {a: {campaigns: [{when: {sdes: [{type: basket}]}}]}}", "accounts.a.campaigns[0].when.sdes[0]"),
        ("campaigns: [{when: {sdes: [{type: cart, total: {at_least: x}}]}}]", "when.sdes[0].total.at_least"),
        ("campaigns: [{when: {sections: Support}}]", "campaigns[0].when.sections"),
        ("campaigns: [{available: 1}]", "campaigns[0].available"),
        ("campaigns: {}", "campaigns must be an array"),
        ("[", "scenario.yaml is not YAML"),
        ("7", "the scenario must be an object"),
    ],
)
def test_scenario_that_cannot_be_used(tmp_path: Path, text: str, place: str) -> None:
    """A mistake in a scenario is reported with its place."""
    file = tmp_path / "scenario.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        Simulator.from_scenario(file)
    assert place in str(caught.value)


# ----------------------------------------------------------------------------------------------------- control calls


def test_control_calls(simulator: Simulator) -> None:
    """Faults, cold accounts, the clock and the journal can be reached by HTTP; none of that is in the journal."""
    assert call(simulator, "POST", f"/_sim/accounts/{ACCOUNT}/script", {"script": "503"}).status == 204
    assert call(simulator, "POST", "/_sim/script", {"script": ["502"]}).status == 204
    assert call(simulator, "POST", f"/_sim/accounts/{ACCOUNT}/cold", {"times": 1}).status == 204
    assert [post(simulator).status for _ in range(4)] == [503, 502, 500, 200]
    assert call(simulator, "POST", "/_sim/clock", {"advance": 60}).status == 204
    assert simulator.clock.ahead == 60
    requests = call(simulator, "GET", "/_sim/journal?last=2").json()["requests"]
    assert [each["status"] for each in requests] == [500, 200]
    assert "503" in call(simulator, "GET", "/_sim/faults").json()["words"]
    assert len(simulator.journal) == 4
    simulator.script(ACCOUNT, "503")
    call(simulator, "DELETE", f"/_sim/accounts/{ACCOUNT}/script")
    call(simulator, "DELETE", "/_sim/script")
    assert post(simulator).status == 200
    assert call(simulator, "DELETE", "/_sim/journal").status == 204
    assert simulator.journal == []
    assert call(simulator, "POST", "/_sim/reset").status == 204
    assert simulator.visitors(ACCOUNT) == []


@pytest.mark.parametrize(
    "method, path, body, status",
    [
        ("POST", "/_sim/clock", {"advance": -1}, 400),
        ("POST", "/_sim/clock", {"advance": "x"}, 400),
        ("POST", "/_sim/script", {}, 400),
        ("POST", "/_sim/script", {"script": "nonsense"}, 400),
        ("POST", "/_sim/accounts/a/cold", {"times": -1}, 400),
        ("POST", "/_sim/script", [], 400),
        ("POST", "/_sim/nothing", {}, 404),
        ("GET", "/_sim/nothing", None, 404),
        ("GET", "/_sim/journal?last=x", None, 400),
    ],
)
def test_control_calls_that_are_wrong(simulator: Simulator, method: str, path: str, body: Any, status: int) -> None:
    """A control call that makes no sense is refused with a problem in words."""
    answer = call(simulator, method, path, body)
    assert (answer.status, list(answer.json())) == (status, ["problem"])


@pytest.mark.parametrize("headers", [{"content-type": "text/plain"}, {"origin": "https://evil.example"}])
def test_other_sites_cannot_control(simulator: Simulator, headers: dict[str, str]) -> None:
    """A page of another site that is open in the same browser cannot break anything."""
    assert call(simulator, "POST", "/_sim/clock", {"advance": 60}, **headers).status == 403
    assert simulator.clock.ahead == 0


def test_state_is_sent_when_it_has_changed(simulator: Simulator) -> None:
    """A poll with the latest version is not answered until something changes."""
    post(simulator, {"appType": "MSDK", "engagementAttributes": [CART]})
    state = call(simulator, "GET", "/_sim/state").json()
    (visitor,) = state["visitors"]
    assert visitor["sessions"][0]["sdes"]["chat"] == [CART]
    assert state["accounts"][0]["funnel"]["offered"] == 1
    path = f"/_sim/state?version={state['version']}"
    assert call(simulator, "GET", path).status == 204
    simulator.clock.advance(1)
    assert call(simulator, "GET", path).status == 200


@pytest.mark.parametrize("path", ["/", "/_sim/page.css", "/_sim/page.js"])
def test_page_is_served(simulator: Simulator, path: str) -> None:
    """The page and its parts come from the package, and load nothing from elsewhere."""
    answer = call(simulator, "GET", path)
    assert answer.status == 200
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert b"http://" not in answer.body
    assert b"https://" not in answer.body


# ------------------------------------------------------------------------------------------------------ command line


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals of this kind")
def test_command_serves_a_scenario(tmp_path: Path) -> None:
    """`lp-engagement simulate` prints its address first, follows the scenario, and ends quietly with 0 on SIGTERM."""
    file = tmp_path / "scenario.yaml"
    file.write_text("script: 503", encoding="utf-8")
    command = [sys.executable, "-m", "lp_engagement.cli", "simulate", "--port", "0", "--scenario", str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert url.startswith("http://127.0.0.1:")
        with EngagementClient(ACCOUNT, base_url=url, store="memory://", clock=FakeClock()) as client:
            assert client.visit("customer").get_engagement().available
        process.send_signal(signal.SIGTERM)
        rest = process.communicate(timeout=10)
    assert (process.returncode, *rest) == (0, "", "")


@pytest.mark.parametrize(
    "options, words", [(["--port", "70000"], "cannot listen on port 70000"), (["--scenario"], "unknown key 'colt'")]
)
def test_command_says_what_is_wrong(tmp_path: Path, options: list[str], words: str) -> None:
    """A port or a scenario that cannot be used ends the command with exit code 2 and the reason."""
    file = tmp_path / "scenario.yaml"
    file.write_text("colt: 1", encoding="utf-8")
    options = [*options, str(file)] if options == ["--scenario"] else options
    command = [sys.executable, "-m", "lp_engagement.cli", "simulate", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
