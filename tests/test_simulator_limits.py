"""The simulator under input without measure: nested, huge or odd data is refused, and memory is bounded."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lp_engagement.simulator import ConnectionCut, Fault, ScenarioError, Simulator, requests, state
from lp_engagement_client import api
from tests.helpers import ACCOUNT, SID

if TYPE_CHECKING:
    from pathlib import Path

    from lp_engagement.simulator import SimulatedResponse

HEADERS = {"content-type": "application/json", "host": "127.0.0.1:1"}
CREATE = api.find("createSession").path
DEEP = b"[" * 100_000 + b"]" * 100_000
DEEPER_THAN_PYTHON = 900


def call(simulator: Simulator, method: str, path: str, body: bytes = b"", **headers: str) -> SimulatedResponse:
    """Send a request by hand."""
    return simulator.handle(method, path, {**HEADERS, **headers}, body)


def post(simulator: Simulator, account: str = ACCOUNT, **headers: str) -> SimulatedResponse:
    """Ask for an engagement as a new visitor."""
    return call(simulator, "POST", f"{CREATE.format(accountId=account)}?v=1.0", b'{"appType": "MSDK"}', **headers)


def nested(levels: int) -> bytes:
    """A script that is nested in arrays."""
    return b'{"script": ' + b"[" * levels + b'"503"' + b"]" * levels + b"}"


@pytest.mark.parametrize(
    "method, path",
    [
        ("POST", "/_sim/clock"),
        ("POST", "/_sim/script"),
        ("POST", "/_sim/reset"),
        ("POST", f"/_sim/accounts/{ACCOUNT}/cold"),
        ("POST", f"/_sim/accounts/{ACCOUNT}/script"),
        ("DELETE", "/_sim/journal"),
    ],
)
@pytest.mark.parametrize(
    "body", [DEEP, b'{"a":' * 50_000, b'{"script": ' + DEEP + b"}", nested(DEEPER_THAN_PYTHON), nested(150)]
)
def test_deep_control_calls(method: str, path: str, body: bytes) -> None:
    """JSON that is nested deeper than can be walked through is refused by every control call, with a reason."""
    answer = call(Simulator(), method, path, body)
    assert (answer.status, list(answer.json())) == (400, ["problem"])


@pytest.mark.parametrize("levels", [200, DEEPER_THAN_PYTHON, 100_000])
def test_deep_payloads_leave_the_journal_readable(levels: int) -> None:
    """A deep body of the API is refused, and journal and state can be read afterwards."""
    simulator = Simulator()
    body = b'{"appType": "MSDK", "engagementAttributes": ' + b"[" * levels + b"]" * levels + b"}"
    path = f"{CREATE.format(accountId=ACCOUNT)}?v=1.0"
    assert call(simulator, "POST", path, body).status == 400
    assert call(simulator, "GET", "/_sim/journal").status == 200
    assert call(simulator, "GET", "/_sim/state").status == 200


@pytest.mark.parametrize("seconds", [10**400, 1e308, 1e300, 1e12, "1e999", [], None])
def test_the_clock_stays_in_the_calendar(seconds: Any) -> None:
    """A clock that would leave the calendar is not moved, and errors with their times can still be answered."""
    simulator = Simulator()
    body = json.dumps({"advance": seconds}).encode()
    assert [call(simulator, "POST", "/_sim/clock", body).status for _ in range(3)] == [400] * 3
    assert call(simulator, "GET", "/nowhere").json()["error"]["time"]


@pytest.mark.parametrize(
    "words",
    [
        f"503 x{'9' * 5000}",
        f"cut after {'9' * 5000}",
        f"slow {'9' * 400}",
        f"429 after {'9' * 5000}",
        "slow 4000",
        f"503{' ' * 60_000}x",
        "503," * 5_000,
        "\x1b]0;title\x07",
    ],
)
def test_words_without_measure(words: str) -> None:
    """Numbers and texts beyond measure are refused, also where a request names its fault, and come back unharmed."""
    simulator = Simulator()
    body = json.dumps({"script": words}).encode()
    answer = call(simulator, "POST", "/_sim/script", body)
    assert answer.status == 400
    assert answer.json()["problem"].isprintable()
    assert len(answer.body) < 1_000
    assert post(simulator, **{"X-Simulator-Fault": words}).status == 400


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
FIELDS = [
    *("status", "body", "headers", "times", "operation", "code", "loading", "processed", "changes", "seconds"),
    *("most_seconds", "chance", "available"),
]
FAULTS = st.dictionaries(
    st.sampled_from([*FIELDS, "cut_after", "label", "fault", "json"]),
    JSON_VALUES | st.sampled_from([200, 503, "503", "slow 1", "updateSession", "bad-input", {"a": "b"}, {"a": "\r\n"}]),
    max_size=4,
)


@settings(max_examples=300, deadline=None)
@given(script=JSON_VALUES | FAULTS)
def test_any_script_is_taken_or_refused(script: Any) -> None:
    """Any JSON as a script is taken or refused; what was taken ends in answers that each mount can send."""
    simulator = Simulator()
    taken = call(simulator, "POST", "/_sim/script", json.dumps({"script": script}).encode())
    assert taken.status in {204, 400}
    for _ in range(3):
        try:
            answer = post(simulator)
        except ConnectionCut:
            continue
        assert 200 <= answer.status <= 599
        assert answer.body[: answer.cut_after] is not None
        for name, value in answer.headers.items():
            assert f"{name}: {value}".encode("latin-1").isascii() or value
            assert not {"\r", "\n", "\0"} & set(name + value)
    assert call(simulator, "GET", "/_sim/state").status == 200
    assert call(simulator, "GET", "/_sim/journal").status == 200


@pytest.mark.parametrize(
    "name, text, words",
    [
        ("a.json", "[" * 200_000, "a.json is nested too deeply"),
        ("a.yaml", "[" * 1_000, "a.yaml is nested too deeply"),
        ("a.json", '{"a":' * 150 + "1" + "}" * 150, "nested more than 100 levels"),
        ("a.yaml", "&a {campaigns: [*a]}", "nested more than 100 levels"),
        ("a.yaml", "&a [&b [&c [&d [&e [&f [1]]]]]]", "must be an object"),
        ("a.yaml", "cold: !!int x", "a.yaml is not YAML"),
        ("a.yaml", "campaigns: [{details: {a: 2020-01-01}}]", "cannot be written as JSON"),
        ("a.yaml", "journal_limit: x", "journal_limit must be an integer"),
        ("a.yaml", "seed: []", "seed must be an integer"),
        ("a.yaml", "host: 5", "host must be a string"),
        ("a.yaml", "? [a]\n: 1", "unknown key"),
        ("\x1b[31m.yaml", "[", r"\x1b[31m.yaml is not YAML"),
        ("a.yaml", "'\u202e': 1", r"unknown key '\u202e'"),
        ("a.yaml", "accounts: {'\u202e': 1}", r"accounts.\u202e"),
    ],
)
def test_scenario_files_without_measure(tmp_path: Path, name: str, text: str, words: str) -> None:
    """A deep, circular or odd scenario file is refused with a sentence that a terminal can show."""
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        Simulator.from_scenario(file)
    assert words in str(caught.value)
    assert all(line.isprintable() for line in str(caught.value).splitlines())


def test_aliases_are_counted_as_often_as_they_are_named(tmp_path: Path) -> None:
    """A few lines of YAML that would unfold to millions of parts are refused at once."""
    lines = ["a0: &a0 [[x]]"]
    lines += [f"a{number}: &a{number} [{', '.join([f'*a{number - 1}'] * 10)}]" for number in range(1, 12)]
    file = tmp_path / "bomb.yaml"
    file.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(ScenarioError, match="more than 1,000,000"):
        Simulator.from_scenario(file)


@pytest.mark.parametrize("content", [b"\xff", b"#" * (17 * 1024 * 1024)])
def test_files_that_are_no_scenario(tmp_path: Path, content: bytes) -> None:
    """A file that is not UTF-8, or larger than any scenario, is refused by both commands in one sentence."""
    file = tmp_path / "scenario.yaml"
    file.write_bytes(content)
    for module in ("lp_engagement.simulator", "lp_engagement.cli"):
        command = [sys.executable, "-m", module, *(["simulate"] if module.endswith("cli") else [])]
        done = subprocess.run(
            [*command, "--scenario", str(file)], capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode in {1, 2}
        assert len(done.stderr.splitlines()) == 1
        assert "scenario.yaml is" in done.stderr


# ------------------------------------------------------------------------------------------------------ bounded memory


def test_the_oldest_visitors_are_dropped() -> None:
    """Beyond the limit the oldest visitors of all accounts go; the others' visits go on, the dropped ones' are gone."""
    simulator = Simulator(visitor_limit=3)
    answers = [post(simulator, account).json() for account in ("one", "two", "one", "two", "two")]
    kept = [[visitor.id for visitor in simulator.visitors(account)] for account in ("one", "two")]
    assert kept == [[answers[2]["visitorId"]], [answers[3]["visitorId"], answers[4]["visitorId"]]]
    path = api.find("updateSession").path

    def update(account: str, ids: dict[str, str]) -> int:
        target = f"{path.format(accountId=account, visitorId=ids['visitorId'])}?v=1.0&{SID}={ids['sessionId']}"
        body = json.dumps({"pageId": ids["pageId"]}).encode()
        return call(simulator, "PUT", target, body).status

    assert [update("two", ids) for ids in (answers[1], answers[3])] == [404, 200]
    assert len(call(simulator, "GET", "/_sim/state").json()["visitors"]) == 3


def test_limits_can_be_lifted_and_set_by_a_scenario() -> None:
    """`None` keeps every visitor, a scenario can set the limit, and a reset begins to count from nothing."""
    simulator = Simulator(visitor_limit=None)
    for _ in range(5):
        post(simulator)
    assert len(simulator.visitors(ACCOUNT)) == 5
    simulator = Simulator.from_scenario({"visitor_limit": 2})
    for _ in range(3):
        post(simulator)
    assert len(simulator.visitors(ACCOUNT)) == 2
    simulator.reset()
    for _ in range(2):
        post(simulator)
    assert len(simulator.visitors(ACCOUNT)) == 2


def test_data_counts_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """Visitors whose attributes, ids and sections take up too much room are dropped before their number is reached."""
    monkeypatch.setattr(state, "_MOST_BYTES", 20_000)
    lead = {"type": "lead", "lead": {"topic": "x" * 1_000}}
    body = json.dumps({"appType": "MSDK", "engagementAttributes": [lead], "consumerSections": ["y" * 1_000]}).encode()
    simulator = Simulator()
    for number in range(30):
        path = api.find("resumeSession").path.format(accountId=ACCOUNT, visitorId=f"{number:01000}")
        assert call(simulator, "POST", f"{path}?v=1.0", body).status == 200
    visitors = simulator.visitors(ACCOUNT)
    assert [visitor.id[-2:] for visitor in visitors] == ["26", "27", "28", "29"]
    assert sum(visitor.size for visitor in visitors) <= 20_000


def test_one_visitor_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A visitor keeps the latest sessions, and a session its latest attributes."""
    monkeypatch.setattr(state, "_MOST_SESSIONS", 3)
    monkeypatch.setattr(state, "_SESSION_BYTES", 300)
    simulator = Simulator()
    path = f"{api.find('resumeSession').path.format(accountId=ACCOUNT, visitorId='v')}?v=1.0"
    for number in range(20):
        lead = {"type": "lead", "lead": {"topic": str(number)}}
        body = json.dumps({"appType": "MSDK", "engagementAttributes": [lead]}).encode()
        session_id = call(simulator, "POST", path, body).json()["sessionId"]
        if number > 5:
            path = f"{path.partition('&')[0]}&{SID}={session_id}"
    (visitor,) = simulator.visitors(ACCOUNT)
    assert len(visitor.sessions) == 3
    topics = [lead["lead"]["topic"] for lead in list(visitor.sessions.values())[-1].attributes]
    assert 1 < len(topics) < 14
    assert topics[-1] == "19"


def test_accounts_are_bounded() -> None:
    """Beyond a thousand accounts the one named first is dropped, and starts from nothing when it is called again."""
    simulator = Simulator(cold=1)
    for number in range(1_001):
        assert post(simulator, f"account{number}").status == 500
    assert len(call(simulator, "GET", "/_sim/state").json()["accounts"]) == 1_000
    assert [post(simulator, "account1000").status, post(simulator, "account0").status] == [200, 500]


def test_the_journal_is_bounded_by_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Large requests and large answers push the oldest entries out; the latest one always stays."""
    monkeypatch.setattr(requests, "_MOST_BYTES", 10_000)
    simulator = Simulator()
    for number in range(30):
        call(simulator, "POST", f"/{number}", b"x" * 1_000)
    assert 5 < len(simulator.journal) < 10
    assert simulator.journal.last().path == "/29"
    simulator.script(None, [Fault(503, b"y" * 20_000)])
    post(simulator)
    assert [entry.status for entry in simulator.journal] == [503]
    call(simulator, "POST", "/", b"x")
    assert [entry.path for entry in simulator.journal] == ["/"]
    assert simulator.journal.total == 32
    unlimited = Simulator(journal_limit=None)
    for _ in range(30):
        call(unlimited, "POST", "/x", b"x" * 1_000)
    assert len(unlimited.journal) == 30


def test_waiting_faults_are_bounded() -> None:
    """More than ten thousand waiting faults are refused, and those that wait stay."""
    simulator = Simulator()
    body = json.dumps({"script": ["503"] * 6_000}).encode()
    assert [call(simulator, "POST", "/_sim/script", body).status for _ in range(2)] == [204, 400]
    assert len(simulator.faults()) == 6_000
