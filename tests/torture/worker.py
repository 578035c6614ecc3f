"""One process of a torture run: makes calls as fast as it can, and records each result before the next.

Each line is written with one system call, so that what a process has acknowledged survives its death by kill -9.
"""

from __future__ import annotations

import json
import os
import random
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from lp_engagement import EngagementClient
from lp_engagement._core import visit_call
from lp_engagement.errors import EngagementError
from lp_engagement.stores import VisitRecord, open_store

if TYPE_CHECKING:
    from multiprocessing.sharedctypes import Synchronized
    from multiprocessing.synchronize import Barrier, Event
    from pathlib import Path

    from lp_engagement.stores import VisitStore

ACCOUNT = "12345678"
COUNTERS = "counter:"
_COUNT_ONE_IN = 4
_COUNTERS = 2
"""So few that they get in each other's way."""


@dataclass(frozen=True)
class Task:
    """The settings of a worker.

    Attributes:
        store: the URL of the visits.
        server: the URL of the simulator.
        folder: where it writes down what happens.
        keys: how many keys all workers share.
        calls: the number of calls; `None` to run until stopped.
        deadline: seconds that a call may take.
        timeout: seconds that a try may take.
        margin: seconds that a lease is longer than a try.
    """

    store: str
    server: str
    folder: Path
    keys: int
    calls: int | None
    deadline: float
    timeout: float
    margin: float


class Notes:
    """The records of one process."""

    def __init__(self, path: Path) -> None:
        """Begin a file."""
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(self, **fact: Any) -> None:
        """Write one line, which is there as soon as this returns."""
        os.write(self._file, (json.dumps(fact) + "\n").encode())


def work(task: Task, name: str, seed: int, start: Barrier | None, stop: Event, generation: Synchronized[int]) -> None:
    """Be one worker, from its first call to its last or to its death."""
    visit_call.LEASE_MARGIN_SECONDS = task.margin
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    notes = Notes(task.folder / f"{name}.notes")
    store = open_store(task.store)
    client = EngagementClient(
        ACCOUNT,
        base_url=task.server,
        store=store,
        deadline=task.deadline,
        timeout=task.timeout,
        application_id=name,
    )
    if start is not None:
        start.wait(timeout=60)
    number = 0
    while not stop.is_set() and (task.calls is None or number < task.calls):
        # First all at once for each new key, in one order; then wherever chance leads.
        index = number if start is not None and number < task.keys else chance.randrange(task.keys)
        key = f"{generation.value}-{index}"
        if (start is None or number >= task.keys) and chance.randrange(_COUNT_ONE_IN) == 0:
            count(store, notes, f"{generation.value}-{index % _COUNTERS}")
        else:
            ask(client, notes, key)
        number += 1
    client.close()
    store.close()


def ask(client: EngagementClient, notes: Notes, key: str) -> None:
    """Ask for an engagement."""
    notes.write(begins=key)
    started = time.monotonic()
    visitor, saved, failure = None, False, None
    try:
        # The section tells the simulator's journal which key a request was for.
        engagement = client.visit(key).get_engagement(sections=[key])
        visitor, saved = engagement.visitor_id, engagement.saved
    except EngagementError as error:
        failure = f"{type(error).__name__}: {error}"
    notes.write(ends=key, visitor=visitor, saved=saved, failure=failure, seconds=time.monotonic() - started)


def count(store: VisitStore, notes: Notes, key: str) -> None:
    """Count up in a record by compare-and-set, with nothing else in between."""
    notes.write(counts=key)
    started, tries = time.monotonic(), 0
    failure = None
    try:
        while True:
            tries += 1
            record = store.load(COUNTERS + key) or VisitRecord()
            if store.save(COUNTERS + key, replace(record, updated_at=record.updated_at + 1)):
                break
    except EngagementError as error:
        failure = f"{type(error).__name__}: {error}"
    notes.write(counted=key, tries=tries, failure=failure, seconds=time.monotonic() - started)
