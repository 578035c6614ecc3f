"""Many processes, few keys, one store: `python -m tests.torture.run --store redis --kills 200`.

Without `--kills` the processes only get in each other's way. With it they are killed at random moments and replaced.
Ends with code 0 if every promise was kept; prints what was counted either way.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lp_engagement._core import visit_call
from lp_engagement.stores import open_store
from tests.redis_server import RedisServer

from .server import serve
from .worker import ACCOUNT, COUNTERS, Task, work

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from multiprocessing.context import ForkProcess

FORK = multiprocessing.get_context("fork")
SLACK_SECONDS = 10.0
"""What a busy machine may add to a limit."""


@dataclass
class Counts:
    """The counts of a run, and its failures."""

    facts: dict[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def expect(self, fact: object, fault: str) -> None:
        """Note a fault, unless the fact is one."""
        if not fact:
            self.faults.append(fault)


@dataclass
class Told:
    """The records of all processes.

    Attributes:
        visitors: for each key, the visitors returned to callers, and how often.
        saves: for each key, the number of calls that reported the visit as saved.
        unsaved: the number of calls that reported it as not saved.
        counted: for each key how often somebody has counted up.
        pending: for each process that did not come to its end the key that it was asking for.
        counting: for each such process the key that it was counting for.
        failures: what calls have raised, and how often.
        slowest: seconds of the call that took longest.
        slowest_count: seconds of the compare-and-set (all its tries) that took longest.
        calls: how many calls there were.
        retried: how many saves were refused and done again.
    """

    visitors: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    saves: Counter[str] = field(default_factory=Counter)
    unsaved: int = 0
    counted: Counter[str] = field(default_factory=Counter)
    pending: dict[str, str] = field(default_factory=dict)
    counting: dict[str, str] = field(default_factory=dict)
    failures: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    slowest_count: float = 0.0
    calls: int = 0
    retried: int = 0

    def read(self, path: Path) -> None:
        """Read the notes of one process."""
        name = path.name.removesuffix(".notes")
        for line in path.read_text().splitlines():
            note = json.loads(line)
            if "begins" in note:
                self.pending[name] = note["begins"]
            elif "counts" in note:
                self.counting[name] = note["counts"]
            elif "ends" in note:
                self._asked(name, note["ends"], note)
            else:
                self._counted(name, note["counted"], note)

    def _asked(self, name: str, key: str, note: dict[str, Any]) -> None:
        del self.pending[name]
        self.calls += 1
        self.slowest = max(self.slowest, note["seconds"])
        self._note_failure(note)
        if note["visitor"]:
            self.visitors[key][note["visitor"]] += 1
            self.saves[key] += note["saved"]
            self.unsaved += not note["saved"]

    def _counted(self, name: str, key: str, note: dict[str, Any]) -> None:
        del self.counting[name]
        self.slowest_count = max(self.slowest_count, note["seconds"])
        self._note_failure(note)
        self.counted[key] += not note["failure"]
        self.retried += note["tries"] - 1

    def _note_failure(self, note: dict[str, Any]) -> None:
        if note["failure"]:
            self.failures[note["failure"]] += 1


class Run:
    """One run: its processes, its folder, its simulator."""

    def __init__(self, task: Task, channel: Any, seed: int) -> None:
        """Note what is to be done."""
        self.task = task
        self.channel = channel
        self.chance = random.Random(seed)  # noqa: S311 - not for secrets
        self.stop = FORK.Event()
        self.generation = FORK.Value("i", 0)
        self.started = 0
        self.killed: list[str] = []

    def start(self, barrier: Any = None) -> ForkProcess:
        """Start one more process."""
        self.started += 1
        process = FORK.Process(
            target=work,
            args=(
                *(self.task, f"worker-{self.started}", self.chance.randrange(2**32)),
                *(barrier, self.stop, self.generation),
            ),
            name=f"worker-{self.started}",
        )
        process.start()
        return process

    def contend(self, processes: int, until: float, counts: Counts) -> None:
        """Let all work to their end."""
        barrier = FORK.Barrier(processes)
        workers = [self.start(barrier) for _ in range(processes)]
        for worker in workers:
            worker.join(max(0.0, until - time.monotonic()))
            counts.expect(worker.exitcode == 0, f"{worker.name} did not end well: {worker.exitcode}")
        for worker in workers:
            worker.kill()

    def kill(self, processes: int, kills: int, until: float, counts: Counts) -> None:
        """Kill one after another at random moments, replace them, and let the last ones come to their end."""
        workers = [self.start() for _ in range(processes)]
        while len(self.killed) < kills and time.monotonic() < until:
            time.sleep(self.chance.uniform(0.01, 0.25))
            victim = workers.pop(self.chance.randrange(processes))
            assert victim.pid is not None
            os.kill(victim.pid, signal.SIGKILL)
            victim.join()
            self.killed.append(victim.name)
            if len(self.killed) % processes == 0:
                self.generation.value += 1
            workers.append(self.start())
        counts.expect(len(self.killed) == kills, f"only {len(self.killed)} of {kills} were killed in time")
        self.stop.set()
        for worker in workers:
            worker.join(30)
            counts.expect(worker.exitcode == 0, f"{worker.name} did not end well: {worker.exitcode}")
            worker.kill()

    def told(self) -> Told:
        """Read all notes."""
        told = Told()
        for path in sorted(self.task.folder.glob("*.notes")):
            told.read(path)
        return told

    def seen(self) -> dict[str, Any]:
        """Ask the simulator."""
        self.channel.send("seen")
        seen: dict[str, Any] = self.channel.recv()
        return seen

    def revisit(self, keys: Sequence[str]) -> None:
        """Ask once more for each of these keys, in a process that has seen nothing of all this."""
        asker = FORK.Process(target=_revisit, args=(self.task, keys), name="afterwards")
        asker.start()
        asker.join()
        if asker.exitcode != 0:
            raise RuntimeError("the process that looks after the others did not end well")


def _revisit(task: Task, keys: Sequence[str]) -> None:
    from lp_engagement import EngagementClient

    from .worker import Notes, ask

    visit_call.LEASE_MARGIN_SECONDS = task.margin
    notes = Notes(task.folder / "afterwards.notes")
    with EngagementClient(
        ACCOUNT, base_url=task.server, store=task.store, deadline=task.deadline, application_id="afterwards"
    ) as client:
        for key in keys:
            ask(client, notes, key)


def judge(run: Run, counts: Counts) -> None:
    """Compare the records of the processes with the store and the simulator's journal."""
    before = run.told()
    touched = sorted(set(before.visitors) | set(before.pending.values()))
    run.revisit(touched)
    told, seen = run.told(), run.seen()
    store = open_store(run.task.store)
    stored = dict(store.items())
    store.close()
    visits = {key.removeprefix(f"{ACCOUNT}:"): record for key, record in stored.items() if not key.startswith(COUNTERS)}
    owned = {record.visitor_id for record in visits.values()}

    # Each visitor that no key has must be one whose answer died with the process that had asked for it.
    spare = [visitor for visitor in seen["visitors"] if visitor not in owned]
    lost_answers = [each for each in spare if _lost(run, told, seen["made"].get(each))]
    interrupted = Counter(told.pending.values())
    counting = Counter(told.counting.values())

    # Nothing that was acknowledged may be missing; what was not may be there, once for each process that died.
    versions_off = {
        key: (told.saves[key], record.version)
        for key, record in visits.items()
        if not told.saves[key] <= record.version <= told.saves[key] + interrupted[key]
    }
    counters_off = {}
    for key, done in told.counted.items():
        record = stored.get(COUNTERS + key)
        value = 0 if record is None else record.updated_at
        if not done <= value <= done + counting[key] or record is None or value != record.version:
            counters_off[key] = (done, value)
    missing = [key for key, found in told.visitors.items() if key not in visits or visits[key].visitor_id not in found]
    doubled = [key for key, found in told.visitors.items() if len(found) != 1]
    limit = run.task.timeout + run.task.margin + SLACK_SECONDS

    counts.facts |= {
        "keys": len(touched),
        "visitors": len(seen["visitors"]),
        "calls": told.calls,
        "requests": seen["requests"],
        "counted up": sum(told.counted.values()),
        "refused and done again": told.retried,
        "lost updates": len(counters_off) + len(versions_off),
        "not saved": told.unsaved,
        "failures": dict(told.failures),
        "slowest call, s": round(told.slowest, 3),
        "slowest compare-and-set, s": round(told.slowest_count, 3),
    }
    if run.killed:
        counts.facts |= {
            "killed": len(run.killed),
            "killed in a call": sum(name in run.killed for name in told.pending),
            "visitors whose answer died with the process": len(lost_answers),
            "lease, s": run.task.timeout + run.task.margin,
        }
    counts.expect(not told.failures, f"calls failed: {dict(told.failures)}")
    counts.expect(not told.unsaved, f"{told.unsaved} visits were not saved")
    counts.expect(not missing, f"acknowledged visits are missing or others: {missing[:5]}")
    counts.expect(not doubled, f"callers with one key were told different visitors: {doubled[:5]}")
    counts.expect(not versions_off, f"updates of visits were lost (told, stored): {versions_off}")
    counts.expect(not counters_off, f"updates were lost (told, stored): {counters_off}")
    counts.expect(len(spare) == len(lost_answers), f"{len(spare) - len(lost_answers)} visitors are one too many")
    counts.expect(len(seen["visitors"]) == len(touched) + len(lost_answers), "visitors and keys do not match")
    counts.expect(set(told.pending) | set(told.counting) <= set(run.killed), "a process that nobody killed did not end")
    counts.expect(not run.killed or told.slowest <= limit, f"a key was stuck for longer than {limit} s")
    counts.expect(told.slowest <= run.task.deadline + SLACK_SECONDS, "a call was longer than its deadline")


def _lost(run: Run, told: Told, made: tuple[str, str] | None) -> bool:
    """Whether a visitor was made for a process that was killed before it could say so, and for that very key."""
    return made is not None and made[0] in run.killed and told.pending.get(made[0]) == made[1]


@contextmanager
def medium(kind: str, folder: Path) -> Generator[str]:
    """Give the URL of an empty store; `kind` may be one itself."""
    if kind == "redis":
        with RedisServer() as server:
            yield server.url
    elif kind == "sqlite":
        yield f"sqlite:///{folder}/visits.db"
    else:
        yield kind


def _load_all() -> None:
    """Import here what the processes will need, so that they have it at once when they are forked."""
    from importlib import import_module

    from lp_engagement import EngagementClient
    from lp_engagement.simulator import Simulator

    import_module("httpx")
    with EngagementClient(
        ACCOUNT, base_url="http://127.0.0.1", store="memory://", transport=Simulator().transport()
    ) as client:
        client.visit("nobody").get_engagement()


def main(arguments: Sequence[str] | None = None) -> int:
    """Do one run."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture.run", description=__doc__)
    parser.add_argument("--store", default="sqlite", help="sqlite, redis, or the URL of an empty store")
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--keys", type=int, default=64)
    parser.add_argument("--calls", type=int, default=8000, help="of all processes together, if none is killed")
    parser.add_argument("--kills", type=int, default=0, help="how many processes are killed at random moments")
    parser.add_argument("--seconds", type=float, default=240, help="after which the run has failed")
    parser.add_argument("--deadline", type=float, default=20, help="seconds that a call may take")
    parser.add_argument("--timeout", type=float, default=5, help="seconds that a try may take")
    parser.add_argument("--margin", type=float, default=visit_call.LEASE_MARGIN_SECONDS, help="of a lease, in seconds")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    options = parser.parse_args(arguments)

    _load_all()
    counts = Counts()
    started = time.monotonic()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lp-torture-")))
        url = stack.enter_context(medium(options.store, folder))
        here, there = FORK.Pipe()
        server = FORK.Process(target=serve, args=(there,), name="simulator", daemon=True)
        server.start()
        there.close()
        stack.callback(server.kill)
        task = Task(
            url,
            here.recv(),
            folder,
            options.keys,
            None if options.kills else options.calls // options.processes,
            *(options.deadline, options.timeout, options.margin),
        )
        run = Run(task, here, options.seed)
        until = started + options.seconds
        if options.kills:
            run.kill(options.processes, options.kills, until, counts)
        else:
            run.contend(options.processes, until, counts)
        counts.facts |= {"store": url.partition(":")[0], "processes": options.processes, "seed": options.seed}
        counts.facts["seconds"] = round(time.monotonic() - started, 1)
        judge(run, counts)
    for name, value in counts.facts.items():
        sys.stdout.write(f"{name:45} {value}\n")
    for fault in counts.faults:
        sys.stdout.write(f"BROKEN: {fault}\n")
    return 1 if counts.faults else 0


if __name__ == "__main__":
    sys.exit(main())
