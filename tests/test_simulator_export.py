"""The journal as other tools read it: HAR, NDJSON and curl."""

from __future__ import annotations

import json
import shlex
import subprocess
from typing import TYPE_CHECKING

import pytest

from lp_engagement import EngagementClient, sde
from lp_engagement.errors import TransportError
from lp_engagement.simulator import Simulator
from tests.helpers import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """A simulator with an answered, a dropped-from and a cut request, over its server."""
    simulator = Simulator(seed=1)
    with (
        simulator.serve() as server,
        EngagementClient(ACCOUNT, base_url=server.url, store="memory://", retry=0) as client,
    ):
        visit = client.visit("sarah")
        visit.get_engagement(sdes=[sde.lead(topic="it's"), sde.raw({"type": "newThing"})])
        simulator.script(ACCOUNT, "cut")
        with pytest.raises(TransportError):
            visit.get_engagement()
        yield simulator


def test_har(simulator: Simulator) -> None:
    """The archive has each request and its response, with status 0 for the one that was cut."""
    first, second = simulator.handle("GET", "/_sim/journal.har", {}, b"").json()["log"]["entries"]
    entry = simulator.journal[0]
    assert json.loads(first["request"]["postData"]["text"]) == entry.body
    assert first["request"]["queryString"] == [{"name": "v", "value": "1.0"}]
    assert first["request"]["url"].endswith("/app/engagement/visitors/?v=1.0")
    assert json.loads(first["response"]["content"]["text"])["visitorId"] == entry.visitor_id
    assert [first["response"]["status"], second["response"]["status"]] == [200, 0]
    assert first["startedDateTime"].endswith("+00:00")


def test_ndjson(simulator: Simulator) -> None:
    """Each line is an entry of the journal call."""
    lines = simulator.handle("GET", "/_sim/journal.ndjson", {}, b"").body.splitlines()
    requests = simulator.handle("GET", "/_sim/journal", {}, b"").json()["requests"]
    assert [json.loads(line) for line in lines] == requests
    assert requests[0]["dropped"][0]["pointer"] == "/engagementAttributes/1"
    latest = simulator.handle("GET", "/_sim/journal.ndjson?last=1", {}, b"").body.splitlines()
    assert latest == lines[-1:]


def test_curl_repeats_a_request(simulator: Simulator) -> None:
    """The command, run by a shell, sends the same request again."""
    command = simulator.handle("GET", "/_sim/journal", {}, b"").json()["requests"][0]["curl"]
    assert shlex.split(command)[0] == "curl"
    done = subprocess.run(
        ["/bin/sh", "-c", f"{command} --silent"], capture_output=True, text=True, check=True, timeout=30
    )
    assert json.loads(done.stdout)["status"] == "Available"
    assert simulator.journal[-1].content == simulator.journal[0].content
