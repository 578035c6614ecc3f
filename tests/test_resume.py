"""Visits that outlive their process: real processes, one SQLite file, and a simulator on the loopback."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from lp_engagement.simulator import Simulator
from lp_engagement.stores import SQLiteStore
from tests.both import ACCOUNT, KINDS, Kind
from tests.helpers import PAUSES, SID

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

KEY = "customer-4711"
SECONDS = 30
"""How long anything here may take before the test gives up; nothing should come near it."""

# What a process does. Its pauses and its transport tell the parent where it is, and wait to be killed if they are to.
PROGRAM = """
import asyncio, json, logging, sys, threading, time
from contextlib import aclosing, closing
from lp_engagement import AsyncEngagementClient, EngagementClient
from lp_engagement._common.clock import AsyncSystemClock, SystemClock
from lp_engagement.stores import SQLiteStore
from lp_engagement.transports import AsyncHttpxTransport, HttpxTransport

kind, url, database, task, later = sys.argv[1:]
logging.disable()

def say(**what):
    print(json.dumps(what), flush=True)

def hang(**what):
    say(**what)
    threading.Event().wait()

def pause(seconds):
    if task == "die in the pause":
        hang(pausing=seconds)
    if seconds < 1:
        time.sleep(0.002)  # waiting for another process
    else:
        say(paused=seconds)

async def apause(seconds):
    pause(seconds)

class Pausing(SystemClock):
    def sleep(self, seconds):
        pause(seconds)

class AsyncPausing(AsyncSystemClock):
    async def sleep(self, seconds):
        await apause(seconds)

class Sync(HttpxTransport):
    def send(self, request, *, timeout):
        if task == "die in the request":
            hang(sending=request.method)
        return super().send(request, timeout=timeout)

class Async(AsyncHttpxTransport):
    async def send(self, request, *, timeout):
        if task == "die in the request":
            hang(sending=request.method)
        return await super().send(request, timeout=timeout)

def outcome(engagement):
    return dict(available=engagement.available, new_session=engagement.new_session, saved=engagement.saved)

class Later(SystemClock):
    def time(self):
        return super().time() + float(later)

    def monotonic(self):
        return super().monotonic() + float(later)

store = SQLiteStore(database, clock=Later())

def main():
    transport = Sync()
    client = EngagementClient("12345678", base_url=url, store=store, transport=transport, clock=Pausing())
    with closing(transport):
        visit = client.visit("customer-4711")
        known = visit.ids() is not None
        engagement = visit.get_engagement(sections=["Support"])
        if task == "update":
            visit.update(impressions=[engagement.displayed(), engagement.accepted()])
        say(known=known, **outcome(engagement))

async def amain():
    transport = Async()
    client = AsyncEngagementClient("12345678", base_url=url, store=store, transport=transport, clock=AsyncPausing())
    async with aclosing(transport):
        visit = client.visit("customer-4711")
        known = await visit.ids() is not None
        engagement = await visit.get_engagement(sections=["Support"])
        if task == "update":
            await visit.update(impressions=[engagement.displayed(), engagement.accepted()])
        say(known=known, **outcome(engagement))

with closing(store):
    main() if kind == "sync" else asyncio.run(amain())
"""


class Office:
    """Starts processes that share one database and one simulator.

    Attributes:
        simulator: what they call.
        database: the file they share.
    """

    def __init__(self, kind: Kind, simulator: Simulator, url: str, database: Path) -> None:
        self._kind = kind
        self._url = url
        self.simulator = simulator
        self.database = database
        self._started: list[subprocess.Popen[str]] = []

    def close(self) -> None:
        """Leave no process behind, whatever a test has found."""
        for process in self._started:
            process.kill()
            process.communicate(timeout=SECONDS)

    def start(self, task: str = "ask", *, later: float = 0) -> subprocess.Popen[str]:
        """Start a process whose store believes that it is `later` seconds later."""
        arguments = [self._kind, self._url, str(self.database), task, str(later)]
        command = [sys.executable, "-W", "error", "-c", PROGRAM, *arguments]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self._started.append(process)
        return process

    def run(self, task: str = "ask", *, later: float = 0) -> list[dict[str, Any]]:
        """Let a process do its work, and return what it said."""
        return finished(self.start(task, later=later))

    @contextmanager
    def killed(self, task: str) -> Generator[dict[str, Any]]:
        """Kill a process -9 where it first says something; gives what it said, once it is dead."""
        process = self.start(task)
        assert process.stdout is not None
        try:
            said = json.loads(process.stdout.readline() or "{}")
        finally:
            process.kill()
        _, errors = process.communicate(timeout=SECONDS)
        assert (process.returncode, errors) == (-signal.SIGKILL, "")
        yield said

    @property
    def posts(self) -> list[tuple[str, str | None]]:
        """The visitor segment and the session id of each POST."""
        entries = [entry for entry in self.simulator.journal if entry.method == "POST"]
        return [(entry.path.rpartition("/")[2], entry.query.get(SID)) for entry in entries]


def finished(process: subprocess.Popen[str]) -> list[dict[str, Any]]:
    """Wait for a process, see that it did well, and return what it said."""
    output, errors = process.communicate(timeout=SECONDS)
    assert (process.returncode, errors) == (0, "")
    return [json.loads(line) for line in output.splitlines()]


@pytest.fixture(params=KINDS)
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    """Processes of one kind, with a simulator whose account is warm."""
    simulator = Simulator()
    with simulator.serve() as server:
        office = Office(request.param, simulator, server.url, tmp_path / "visits.db")
        yield office
        office.close()


def test_second_process_goes_on(office: Office) -> None:
    """A second process finds the visit, asks with visitor id and session id, and may update it."""
    assert office.run() == [{"known": False, "available": True, "new_session": False, "saved": True}]
    assert office.run("update") == [{"known": True, "available": True, "new_session": False, "saved": True}]
    (visitor,) = office.simulator.visitors(ACCOUNT)
    (session,) = visitor.sessions.values()
    assert office.posts == [("", None), (visitor.id, session.id)]
    assert [each["type"] for each in session.impressions] == ["impDisplay", "impAccept"]
    assert office.simulator.journal.last().method == "PUT"


def test_killed_between_loading_and_retry(office: Office) -> None:
    """After a kill -9 in the pause, the next process retries with the saved vid, and there is one visitor only."""
    office.simulator.make_cold(ACCOUNT)
    with office.killed("die in the pause") as said:
        assert said == {"pausing": PAUSES[0]}
    assert office.posts == [("", None)]
    assert office.simulator.visitors(ACCOUNT) == []

    # The visit had no session when the call began.
    assert office.run() == [{"known": True, "available": True, "new_session": True, "saved": True}]
    (visitor,) = office.simulator.visitors(ACCOUNT)
    loading = office.simulator.journal[0].answer
    assert loading is not None
    assert loading.json()["message"] == f"Loading account: {ACCOUNT}, vid: {visitor.id}"
    assert office.posts == [("", None), (visitor.id, None)]


def test_killed_while_the_account_is_still_loading(office: Office) -> None:
    """The next process may meet the loading account itself: it pauses, and stays with the saved vid."""
    office.simulator.make_cold(ACCOUNT, times=3)
    with office.killed("die in the pause"):
        pass
    assert office.run()[:-1] == [{"paused": pause} for pause in PAUSES[:2]]
    (visitor,) = office.simulator.visitors(ACCOUNT)
    assert office.posts == [("", None), *[(visitor.id, None)] * 3]


def test_killed_while_it_held_the_lease(office: Office) -> None:
    """A process that dies with the lease and without an answer blocks the next one for the time of the lease only."""
    with office.killed("die in the request") as said:
        assert said == {"sending": "POST"}
    store = SQLiteStore(office.database)
    try:
        assert not store.acquire(f"{ACCOUNT}:{KEY}", "too early", lease=1)
    finally:
        store.close()
    assert office.run(later=16)[-1]["available"]
    assert len(office.simulator.visitors(ACCOUNT)) == 1


def test_processes_that_start_together(office: Office) -> None:
    """Processes that want the same new visit at the same time make one visitor, even of a loading account."""
    office.simulator.make_cold(ACCOUNT)
    said = [finished(process)[-1] for process in [office.start() for _ in range(3)]]
    assert all(each["available"] and each["saved"] for each in said)
    assert len(office.simulator.visitors(ACCOUNT)) == 1
    assert [visitor for visitor, _ in office.posts].count("") == 1
