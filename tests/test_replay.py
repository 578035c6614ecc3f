"""Recorded requests sent again: record, find the planted fault in the recording, replay, and compare."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from lp_engagement import EngagementClient, sde
from lp_engagement.cli.group import group
from lp_engagement.errors import EngagementError
from lp_engagement.simulator import Simulator
from lp_engagement_client import api
from tests.helpers import ACCOUNT, FakeClock

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

FAULTS = "503 then cut then html 502 then lost"


def run(*arguments: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(group, ["replay", *arguments])


def record(simulator: Simulator) -> None:
    """Make visits with ids, drops, a cold account, faults, time that passes, and a request that is refused."""
    with simulator.serve() as server:
        client = EngagementClient(
            ACCOUNT, base_url=server.url, store="memory://", retry=0, clock=FakeClock(), validate="off"
        )
        with client:
            sarah, tom = client.visit("sarah"), client.visit("tom")
            simulator.make_cold(ACCOUNT)
            sdes = [sde.lead(topic="mortgage"), sde.raw({"type": "newThing"})]
            with suppress(EngagementError):
                sarah.get_engagement(sdes=sdes)
            engagement = sarah.get_engagement(sdes=sdes)
            tom.get_engagement(sections=["Support"])
            sarah.update(impressions=[engagement.displayed()], sdes=[sde.personal(firstname="Sarah")])
            simulator.script(ACCOUNT, FAULTS)
            for _ in range(4):
                with pytest.raises(EngagementError):
                    tom.get_engagement()
            with pytest.raises(EngagementError):
                tom.get_engagement(sdes=[sde.raw({"type": "cart", "total": "11.70", "numItems": 1})])
            simulator.clock.advance(7 * 3600)
            with pytest.raises(EngagementError):
                tom.update(sdes=[sde.lead(topic="late")])


def outline(simulator: Simulator) -> list[object]:
    """A journal without what differs from run to run."""
    return [
        (each.operation, each.status, each.fault, each.sdes, each.sections, len(each.impressions), each.dropped)
        for each in simulator.journal
    ]


@pytest.fixture(params=["har", "ndjson"])
def recording(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Simulator]:
    """A file, and the simulator that has written it."""
    simulator = Simulator(seed=1)
    record(simulator)
    file = tmp_path / f"journal.{request.param}"
    file.write_bytes(simulator.handle("GET", f"/_sim/{file.name}", {}, b"").body)
    return file, simulator


def test_replay_reproduces_the_journal(recording: tuple[Path, Simulator]) -> None:
    """`validate` finds the planted fault at its place; a replay gives another simulator the same journal."""
    file, recorded = recording
    if file.suffix == ".har":
        found = json.loads(CliRunner().invoke(group, ["validate", "--format", "json", str(file)]).stdout)
        planted = {"rule": "LPE202", "pointer": "/engagementAttributes/0/total"}
        assert any(planted.items() <= each.items() for each in found["problems"]), found
    assert run(str(file)).output == "10 requests replayed, 10 answered as recorded.\n"

    target = Simulator(seed=2)
    with target.serve() as server:
        done = run(str(file), "--base-url", server.url, "--faults")
    # The time of the other simulator is not moved, so the session is open, with another page id.
    assert done.output == (
        "10 updateSession: 404 was recorded, now 400\n10 requests replayed, 9 answered as recorded.\n"
    )
    assert done.exit_code == 1
    assert outline(target)[:-1] == outline(recorded)[:-1]
    ids = [{each.id for each in simulator.visitors(ACCOUNT)} for simulator in (target, recorded)]
    assert [len(each) for each in ids] == [2, 2]
    assert ids[0].isdisjoint(ids[1])


def test_other_answers_are_reported(recording: tuple[Path, Simulator], tmp_path: Path) -> None:
    """A scenario with other answers differs in status or in named members; no id and no value is printed."""
    file, recorded = recording
    scenario = tmp_path / "scenario.json"
    scenario.write_text('{"available": false}', encoding="utf-8")
    done = run(str(file), "--scenario", str(scenario))
    assert done.exit_code == 1
    assert "2 resumeSession: the answer differs in engagementDetails, status" in done.output
    assert not any(each.id in done.output for each in recorded.visitors(ACCOUNT))
    assert "503 was recorded, now 200" in run(str(file), "--no-faults").output


def test_other_requests_are_left_out(tmp_path: Path) -> None:
    """A browser's HAR has other sites' requests; only those of the API are sent."""
    path = api.find("createSession").path.format(accountId=ACCOUNT)
    entries = [
        {
            "request": {"method": "POST", "url": url, "headers": [], "postData": {"text": '{"appType": "MSDK"}'}},
            "response": {"status": 400, "content": {"text": "", "encoding": "base64"}},
        }
        for url in (f"https://lp.example.com{path}?v=1.0", "https://www.example.com/")
    ]
    file = tmp_path / "browser.har"
    file.write_text(json.dumps({"log": {"entries": entries}}), encoding="utf-8")
    done = run(str(file))
    # Without a content type it is refused, as it was recorded; the recorded answer had no members.
    assert done.output.endswith("1 requests replayed, 0 answered as recorded. 1 of other APIs were left out.\n")


@pytest.mark.parametrize(
    "content, words",
    [
        ("nonsense", "line 1 is not JSON"),
        ("[]", "line 1 is no recorded request"),
        ('{"log": {}}', "without log.entries"),
        ('{"log": {"entries": [{"request": {}}]}}', "log.entries[0] is no recorded request"),
        ("[" * 100_000, "line 1 is not JSON"),
    ],
)
def test_files_that_are_no_recording(tmp_path: Path, content: str, words: str) -> None:
    """A file of another kind is refused with the place, and exit code 2."""
    file = tmp_path / "file"
    file.write_text(content, encoding="utf-8")
    done = run(str(file))
    assert (done.exit_code, words in done.output) == (2, True), done.output


@pytest.mark.parametrize("url", ["http://example.com", "https://example.com/path"])
def test_where_nothing_is_sent(tmp_path: Path, url: str) -> None:
    """Plain http to another machine is refused, as it is by a client."""
    file = tmp_path / "journal.ndjson"
    file.write_text("", encoding="utf-8")
    assert run(str(file), "--base-url", url).exit_code == 2
