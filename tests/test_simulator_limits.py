"""The simulator under input without measure: nested, huge, odd or endless data ends in a refusal, and memory is bounded."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lp_engagement.simulator import ConnectionCut, ScenarioError, Simulator
from lp_engagement_client import facts
from tests.helpers import ACCOUNT

if TYPE_CHECKING:
    from pathlib import Path

    from lp_engagement.simulator import SimulatedResponse

HEADERS = {"content-type": "application/json", "host": "127.0.0.1:1"}
CREATE = facts.OPERATIONS["createSession"].path
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
FIELDS = ["status", "body", "headers", "times", "operation", "code", "loading", "processed", "changes", "seconds"]
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
