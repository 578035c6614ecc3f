"""`lp-engagement demo`: shows a whole visit, and cannot end well unless all of it really happened."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from lp_engagement import EngagementClient, RetryPolicy
from lp_engagement.cli.group import group
from lp_engagement.simulator import Fault, Simulator
from lp_engagement.stores.sqlite import SQLiteStore
from tests.helpers import PAUSES, SID

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    Meddle = Callable[[pytest.MonkeyPatch], None]

STEPS = (
    "The first call has no visitor id, so the last segment of its path is empty",
    "The pause, on the documented schedule",
    "The same request again, with the new visitor id in its path",
    "There is an engagement to offer",
    "The ids of the visit are kept, in a SQLite file",
    "A second process goes on with the visit",
    "The app shows the offer, and reports it with an update of the session",
    "The consumer clicks the offer, and the handler of the click reports that",
    "A payload with three slips is explained, and not sent",
)
ID = "[A-Za-z0-9_-]{22}"


def real_demo(**environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run the demo as a person does, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "lp_engagement.cli", "demo"],
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
        capture_output=True,
        timeout=60,
        check=False,
    )


@pytest.fixture(scope="module")
def shown() -> str:
    """The demo's output, from an environment that would mislead a client that read it."""
    done = real_demo(LP_TIMEOUT="soon", LP_DOMAIN="example.com", LP_VISIT_STORE="nosql://", LP_ACCOUNT_ID="../")
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode()


@pytest.fixture(scope="module")
def parts(shown: str) -> list[str]:
    """The same, step by step, each in one line; first comes what stands before the steps."""
    return [" ".join(part.split()) for part in re.split(r"\n\n\d+  ", shown)]


def test_all_steps_are_shown_in_order(shown: str, parts: list[str]) -> None:
    """The nine steps come in their order, and the last words say that all of them happened, with five requests."""
    assert len(parts) == 1 + len(STEPS)
    for part, title in zip(parts[1:], STEPS, strict=True):
        assert part.startswith(title)
    assert "All 9 steps happened, with 5 requests in " in shown
    assert "✗" not in shown


def test_each_step_has_a_checked_fact(parts: list[str]) -> None:
    """No step goes by without something that was checked."""
    assert all("✓" in part for part in parts[1:])


def test_the_first_request_is_the_page_example(parts: list[str]) -> None:
    """The page's own example goes to the URL without visitor id, and meets "Loading account"."""
    assert "POST /api/account/12345678/app/engagement/visitors/?v=1.0 {" in parts[1]
    assert '"email": "sarahw@gmail.com"' in parts[1]
    assert '"consumerSections": ["Support", "English", "Other"]' in parts[1]
    assert re.search(rf'← 500 {{"time": \d+, "message": "Loading account: 12345678, vid: {ID}"', parts[1])


def test_the_clock_is_honest(parts: list[str]) -> None:
    """The real schedule is named, and so is what was really waited."""
    assert f"after {', '.join(map(str, PAUSES))} s. Here a clock runs 100 times faster." in parts[2]
    assert f"a pause of {PAUSES[0]} s before the second try" in parts[2]
    waited = re.search(r"\b(\d+) ms of it were really waited", parts[2])
    assert waited
    assert PAUSES[0] * 10 <= int(waited[1]) < 1000
    assert "saved already" in parts[2]


def test_one_visitor_and_one_session_throughout(parts: list[str]) -> None:
    """The visitor id of the first answer is in the path of the retry, of the second process and of the update."""
    visitor = re.search(rf"vid: ({ID})", parts[1])
    session = re.search(rf'"sessionId": "({ID})"', parts[3])
    assert visitor
    assert session
    assert f"/visitors/{visitor[1]}?v=1.0" in parts[3]
    for later in parts[6:9]:
        assert f"/visitors/{visitor[1]} ?v=1.0&{SID}={session[1]}" in later
    assert f"visitor_id {visitor[1]} session_id {session[1]} page_id " in parts[5]


def test_the_second_process_is_one(parts: list[str]) -> None:
    """It has a process id of its own, and prints the engagement as JSON without ids."""
    ids = re.search(r"process (\d+) ended with exit code 0 \(this one is (\d+)\)", parts[6])
    assert ids
    assert ids[1] != ids[2]
    printed = json.loads(parts[6][parts[6].rindex('{"status"') :])
    assert printed["available"] is True
    assert printed["newSession"] is False
    assert "ids" not in printed


def test_shown_and_clicked_are_reported_apart(parts: list[str]) -> None:
    """Display and acceptance go out in a PUT each, the second only after the click; both are answered with nothing."""
    for part, sent, missing in ((parts[7], '"impDisplay"', '"impAccept"'), (parts[8], '"impAccept"', '"impDisplay"')):
        assert "PUT /api/account/" in part
        assert sent in part
        assert missing not in part
        assert "← 200 (empty)" in part


def test_the_bad_payload_is_explained(parts: list[str]) -> None:
    """Misspelt name, number in a string and wrong case are each named with their fix, and nothing is sent."""
    assert "the payload has 3 problems, nothing was sent" in parts[9]
    for fix in ("Did you mean `firstname`?", "Use one of `MALE`, `FEMALE`, `OTHER`", "Send a number without quotes"):
        assert fix in parts[9]
    assert "the server has seen 5 requests, as before" in parts[9]


def test_it_is_readable(shown: str) -> None:
    """No line is wider than 100 columns, and output to a pipe has no colours."""
    assert max(map(len, shown.splitlines())) <= 100
    assert "\x1b" not in shown


def test_it_needs_no_unicode() -> None:
    """On an ASCII-only terminal, arrows and ticks are ASCII."""
    done = real_demo(PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, b"")
    text = done.stdout.decode("ascii")
    assert "   -> POST /api/" in text
    assert "   <- 200\n" in text
    assert "   ok the body is" in text


@pytest.mark.parametrize("no_color, colours", [("", True), ("1", False)])
def test_colours_can_be_turned_off(monkeypatch: pytest.MonkeyPatch, no_color: str, colours: bool) -> None:  # noqa: FBT001
    """Output to a terminal has colours unless NO_COLOR is set."""
    monkeypatch.setenv("NO_COLOR", no_color)
    done = demo(color=True)
    assert done.exit_code == 0
    assert ("\x1b[" in done.stdout) is colours


# ------------------------------------------------------------------------- what must not pass for a good demo


def demo(**options: Any) -> Result:
    """Run the demo in this process, where a test can meddle with it."""
    return CliRunner().invoke(group, ["demo"], **options)


def other_simulator(meddle: Callable[[Simulator], None]) -> Meddle:
    """Let the demo have a simulator that somebody has meddled with."""

    def make(**options: Any) -> Simulator:
        simulator = Simulator(**options)
        meddle(simulator)
        return simulator

    return lambda patch: patch.setattr("lp_engagement.simulator.Simulator", make)


def with_warm_account(simulator: Simulator) -> None:
    """No "Loading account"."""
    simulator.make_cold("12345678", times=0)


def with_no_visitor_id(simulator: Simulator) -> None:
    """An account that is loading, and names no visitor."""
    simulator.make_cold("12345678", visitor_id=False)


def with_other_error(simulator: Simulator) -> None:
    """An overloaded server instead of a loading account."""
    simulator.make_cold("12345678", times=0)
    simulator.script("12345678", [Fault(503)])


def with_no_campaign(simulator: Simulator) -> None:
    """Nothing to offer."""
    simulator.campaigns.clear()


def with_failing_update(simulator: Simulator) -> None:
    """No update succeeds."""
    simulator.script("12345678", [Fault(404, operation="updateSession")])


def with_other_policy(patch: pytest.MonkeyPatch) -> None:
    """A client with a schedule of its own."""
    hasty = partial(EngagementClient, retry=RetryPolicy(pauses=(1, 1, 1)))
    patch.setattr("lp_engagement.cli.demo.stage.EngagementClient", hasty)


def with_late_saving(patch: pytest.MonkeyPatch) -> None:
    """A store that forgets what is saved before there is a session."""
    save = SQLiteStore.save
    patch.setattr(
        SQLiteStore,
        "save",
        lambda store, key, record: save(store, key, record) if record.session_id else record,
    )


def with_readable_file(patch: pytest.MonkeyPatch) -> None:
    """A visit store that everybody can read."""
    patch.setattr("lp_engagement.stores.sqlite_file._make_private", lambda path, mode: path.touch(0o644))
    patch.setattr("lp_engagement.stores.sqlite_file._narrow", lambda path, mode: None)


def with_second_process(*, key: str = "customer-4711", executable: str = sys.executable) -> Meddle:
    """Let the second process be about somebody else, or fail."""

    def meddle(patch: pytest.MonkeyPatch) -> None:
        patch.setattr("lp_engagement.cli.demo.later.KEY", key)
        patch.setattr("lp_engagement.cli.demo.later.sys.executable", executable)

    return meddle


def with_no_validation(patch: pytest.MonkeyPatch) -> None:
    """A client that sends whatever it is given."""
    patch.setattr("lp_engagement._core.body.check", lambda *_, **__: [])


def with_one_problem_missed(patch: pytest.MonkeyPatch) -> None:
    """A validation that sees the first fault only."""
    from lp_engagement.validation import check

    patch.setattr("lp_engagement._core.body.check", lambda body, kind, **options: check(body, kind, **options)[:1])


@pytest.mark.parametrize(
    "meddle, step",
    [
        pytest.param(other_simulator(with_warm_account), 1, id="warm account"),
        pytest.param(other_simulator(with_other_error), 1, id="other error"),
        pytest.param(other_simulator(with_no_visitor_id), 2, id="no visitor id"),
        pytest.param(with_other_policy, 2, id="other pauses"),
        pytest.param(with_late_saving, 2, id="saved too late"),
        pytest.param(other_simulator(with_no_campaign), 4, id="no engagement"),
        pytest.param(
            with_readable_file,
            5,
            id="readable file",
            marks=pytest.mark.skipif(os.name != "posix", reason="there are no such modes here"),
        ),
        pytest.param(with_second_process(key="somebody-else"), 6, id="other visit"),
        pytest.param(with_second_process(executable=os.devnull), 6, id="no second process"),
        pytest.param(other_simulator(with_failing_update), 7, id="update refused"),
        pytest.param(with_no_validation, 9, id="no validation"),
        pytest.param(with_one_problem_missed, 9, id="a problem missed"),
    ],
)
def test_it_fails_when_something_did_not_happen(monkeypatch: pytest.MonkeyPatch, meddle: Meddle, step: int) -> None:
    """A step that did not go as shown ends the demo with 1, and is named."""
    meddle(monkeypatch)
    done = demo()
    assert done.exit_code == 1
    assert done.stderr.startswith(f'\n✗ Step {step}, "{STEPS[step - 1]}": ')
    assert "steps happened" not in done.stdout
