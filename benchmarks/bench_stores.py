"""The cost of the visit stores, compared with their bare engines: `python benchmarks/bench_stores.py`.

A pair is what a call does to a visit: read it, write it changed, and notice if somebody else was quicker. The raw
engines do that with as little as possible: sqlite3 by BEGIN IMMEDIATE, redis-py by WATCH and MULTI. Once with text that
was ready before, and once with JSON that is read and written, as a store of records cannot do without: the goals are
about the latter. Rounds of all alternate. Of one process the quickest tenth of a second counts, of many the best round:
what else goes on on the machine is not what is measured.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import sqlite3
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from lp_engagement import EngagementClient
from lp_engagement.simulator import Simulator
from lp_engagement.stores import MemoryStore, RedisStore, SQLiteStore, VisitRecord

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.table import Row, markdown
from tests.redis_server import RedisServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from lp_engagement.stores import VisitStore

FORK = multiprocessing.get_context("fork")
KEYS = 64
ACCOUNT = "12345678"
_SLICE = 0.1


def typical_record() -> VisitRecord:
    """The stored visit after a call that returned an engagement."""
    store = MemoryStore()
    with EngagementClient(
        ACCOUNT, base_url="http://127.0.0.1", store=store, transport=Simulator().transport()
    ) as client:
        client.visit("customer").get_engagement()
    [(_, record)] = store.items()
    return replace(record, version=0)


RECORD = typical_record()


class Pair(Protocol):
    """One reading and writing of a key; says how often somebody else was quicker."""

    def __call__(self, key: str) -> int:
        """Do it."""
        ...


def of_store(store: VisitStore) -> Pair:
    """Do it with a store."""

    def pair(key: str) -> int:
        refused = 0
        while store.save(key, store.load(key) or RECORD) is None:
            refused += 1
        return refused

    return pair


def raw_sqlite(path: Path, *, parse: bool) -> Pair:
    """Do it with sqlite3 alone; the file is set up as the store does it."""
    database = sqlite3.connect(path, isolation_level=None, timeout=30)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = NORMAL")
    database.execute("PRAGMA secure_delete = ON")
    database.execute("CREATE TABLE IF NOT EXISTS t (key TEXT PRIMARY KEY, version INT, value TEXT) WITHOUT ROWID")
    text = RECORD.to_json()

    def pair(key: str) -> int:
        database.execute("BEGIN IMMEDIATE")
        found = database.execute("SELECT version, value FROM t WHERE key = ?", [key]).fetchone()
        version, value = found or (0, text)
        written = json.dumps(json.loads(value)) if parse else text
        database.execute("REPLACE INTO t VALUES (?, ?, ?)", [key, version + 1, written])
        database.execute("COMMIT")
        return 0

    return pair


def raw_redis(url: str, *, parse: bool) -> Pair:
    """Do it with redis-py alone."""
    import redis

    client: Any = redis.Redis.from_url(url)
    text = RECORD.to_json()

    def pair(key: str) -> int:
        refused = 0
        with client.pipeline() as pipeline:
            while True:
                try:
                    pipeline.watch(key)
                    value = pipeline.get(key)
                    written = json.dumps(json.loads(value or text)) if parse else text
                    pipeline.multi()
                    pipeline.set(key, written, px=21_600_000)
                    pipeline.execute()
                except redis.WatchError:
                    refused += 1
                else:
                    return refused

    return pair


@dataclass(frozen=True)
class Result:
    """The measurements; times in seconds."""

    rate: float
    times: list[float]
    refused: int

    @property
    def p99(self) -> float:
        """The 99th percentile."""
        return self.times[int(len(self.times) * 0.99)]


def measured(pair: Pair, seconds: float, chance: random.Random) -> tuple[list[float], int]:
    """Do pairs for so many seconds, and give the time of each."""
    times, refused = [], 0
    until = time.perf_counter() + seconds
    keys = [f"{ACCOUNT}:customer-{number}" for number in range(KEYS)]
    while (begun := time.perf_counter()) < until:
        refused += pair(chance.choice(keys))
        times.append(time.perf_counter() - begun)
    return times, refused


def alone(make: Callable[[], Pair], seconds: float) -> Result:
    """Measure in one process: the rate is that of the quickest tenth of a second."""
    pair = make()
    measured(pair, seconds / 10, random.Random(1))  # noqa: S311 - not for secrets
    times, refused = measured(pair, seconds, random.Random(2))  # noqa: S311 - not for secrets
    count = max(1, int(len(times) * _SLICE / seconds))
    quickest = min(sum(times[at : at + count]) / len(times[at : at + count]) for at in range(0, len(times), count))
    return Result(1 / quickest, sorted(times), refused)


def together(make: Callable[[], Pair], seconds: float, processes: int) -> Result:
    """Measure in several processes that read and write the same keys."""
    barrier, queue = FORK.Barrier(processes), FORK.Queue()

    def work(seed: int) -> None:
        pair = make()
        pair("warm")
        barrier.wait()
        queue.put(measured(pair, seconds, random.Random(seed)))  # noqa: S311 - not for secrets

    workers = [FORK.Process(target=work, args=(seed,)) for seed in range(processes)]
    for worker in workers:
        worker.start()
    found = [queue.get() for _ in workers]
    for worker in workers:
        worker.join()
    times = sorted(each for times, _ in found for each in times)
    return Result(len(times) / seconds, times, sum(refused for _, refused in found))


def best(results: Sequence[Result]) -> Result:
    """The round that was disturbed least."""
    return max(results, key=lambda each: each.rate)


def speeds(seconds: float, rounds: int, processes: int) -> bool:
    """Print the table of speeds; say whether the goals are met."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lp-bench-")))
        server = stack.enter_context(RedisServer())
        memory = MemoryStore()
        makers: dict[str, Callable[[], Pair]] = {
            "sqlite3, BEGIN IMMEDIATE": lambda: raw_sqlite(folder / "raw.db", parse=False),
            "sqlite3, with JSON": lambda: raw_sqlite(folder / "json.db", parse=True),
            "SQLiteStore": lambda: of_store(SQLiteStore(folder / "store.db")),
            "redis-py, WATCH": lambda: raw_redis(server.url, parse=False),
            "redis-py, with JSON": lambda: raw_redis(server.url, parse=True),
            "RedisStore": lambda: of_store(RedisStore(server.url)),
            "MemoryStore": lambda: of_store(memory),
        }
        singles: dict[str, list[Result]] = {name: [] for name in makers}
        crowds: dict[str, list[Result]] = {name: [] for name in makers if name != "MemoryStore"}
        for _ in range(rounds):
            for name, make in makers.items():
                singles[name].append(alone(make, seconds))
        for _ in range(rounds):
            for name, results in crowds.items():
                results.append(together(makers[name], seconds, processes))
    one = {name: best(results) for name, results in singles.items()}
    many = {name: best(results) for name, results in crowds.items()}
    longest = {name: max(each.times[-1] for each in results) for name, results in crowds.items()}
    print(
        f"record of {len(RECORD.to_json())} bytes, {KEYS} keys, {rounds} rounds of {seconds} s, {os.cpu_count()} CPUs"
    )
    print(f"{'':25} | {'1 process':^17} | {f'{processes} processes, same keys':^38}")
    print(f"{'':25} | {'pairs/s':>8} {'p99 ms':>8} | {'pairs/s':>8} {'p99 ms':>8} {'longest ms':>11} {'refused':>8}")
    for name, result in one.items():
        line = f"{name:25} | {result.rate:8.0f} {result.p99 * 1000:8.3f} |"
        if name in many:
            line += f" {many[name].rate:8.0f} {many[name].p99 * 1000:8.2f} {longest[name] * 1000:11.1f}"
            line += f" {many[name].refused:8}"
        print(line)
    goals = {f"longest pair with SQLiteStore, {processes} processes, ms": (longest["SQLiteStore"] * 1000, 250.0)}
    for store, engine, limit in (("SQLiteStore", "sqlite3", 1.5), ("RedisStore", "redis-py", 1.2)):
        bare = f"{engine}, {'BEGIN IMMEDIATE' if engine == 'sqlite3' else 'WATCH'}"
        for name, found in {"1 process": one, f"{processes} processes": many}.items():
            goals[f"cost of {store} / {engine} with JSON, {name}"] = (
                found[f"{engine}, with JSON"].rate / found[store].rate,
                limit,
            )
            print(f"cost of {store} / {engine} without JSON, {name}: {found[bare].rate / found[store].rate:.2f}")
    for goal, (value, limit) in goals.items():
        print(f"{'met    ' if value <= limit else 'NOT MET'} {goal}: {value:.2f} (goal {limit:g})")
    return all(value <= limit for value, limit in goals.values())


class _Nothing(MemoryStore):
    """A store that does nothing: what is measured with it is the measuring."""

    def load(self, key: str) -> VisitRecord | None:  # noqa: ARG002 - as the store's
        """Return a record that is always there."""
        return RECORD

    def save(self, key: str, record: VisitRecord) -> VisitRecord | None:  # noqa: ARG002 - as the store's
        """Save nothing."""
        return record


def rows(quick: bool) -> Iterator[Row]:  # noqa: FBT001 - the same in all benchmarks
    """Measure what a store adds to a call, and how long a purge keeps a call waiting."""
    rounds, number, visits = (3, 50, 5000) if quick else (9, 500, 200_000)
    with tempfile.TemporaryDirectory(prefix="lp-bench-") as folder, RedisServer() as server, server.client() as client:
        stores: dict[str, VisitStore] = {
            "no-op": _Nothing(),
            "memory": MemoryStore(),
            "SQLite": SQLiteStore(Path(folder) / "visits.db"),
            "Redis": RedisStore(server.url),
        }
        pairs = {name: of_store(store) for name, store in stores.items()}
        pairs["sqlite3"] = raw_sqlite(Path(folder) / "raw.db", parse=True)
        pairs["redis-py"] = raw_redis(server.url, parse=True)
        costs: dict[str, list[float]] = {name: [] for name in pairs}
        for _ in range(rounds):
            for name, pair in pairs.items():
                costs[name].append(_cpu(pair, number))
        best_of = {name: min(found) * 1e6 for name, found in costs.items()}
        for name, peer, goal in (("memory", None, 8.0), ("SQLite", "sqlite3", 60.0), ("Redis", "redis-py", None)):
            ours = best_of[name] - best_of["no-op"]
            peers = f"{peer} with JSON {best_of[peer]:.0f} us" if peer else ""
            ratio = ours / best_of[peer] if peer else None
            wanted, met = (f"{goal:.0f} us", ours <= goal) if goal else ("", None)
            yield Row(f"{name} store, load and save", "", peers, f"{ours:.1f} us", ratio, wanted, met)
        client.config_resetstat()
        pairs["Redis"]("key")
        commands = sum(each["calls"] for name, each in client.info("commandstats").items() if "config" not in name)
        # The script of a save runs a GET and a SET on the server.
        yield Row("commands that Redis runs for a load and a save", "4", "", str(commands), None, "4", commands == 4)
        for name in ("memory", "SQLite"):
            wait = _longest_wait(stores[name], visits)
            title = f"longest wait during a purge of {visits}, {name}"
            yield Row(title, "", "", f"{wait:.1f} ms", None, "20 ms", wait <= 20)
            stores[name].close()
        stores["Redis"].close()


def _cpu(pair: Pair, number: int) -> float:
    pair("key")
    started = time.process_time()
    for _ in range(number):
        pair("key")
    return (time.process_time() - started) / number


def _longest_wait(store: VisitStore, visits: int) -> float:
    """The longest time in ms for which loads wait while a purge runs; half of the visits are old."""
    for index in range(visits):
        store.save(_key(index), replace(RECORD, updated_at=float(index)))
    worker = threading.Thread(target=store.purge, kwargs={"before": visits / 2})
    worker.start()
    longest = 0.0
    while worker.is_alive():
        started = time.perf_counter()
        store.load("key")
        longest = max(longest, time.perf_counter() - started)
    worker.join()
    return longest * 1000


def sizes(visits: int) -> None:
    """Print what visits take, and what a call does to the store."""
    bare = replace(RECORD, engagement=None, engagement_expires_at=None)
    print(f"{visits} visits each, keys of {len(_key(0))} characters")
    print(f"{'':28} {'JSON bytes':>10} {'SQLite bytes':>13} {'Redis bytes':>12} {'1 M in Redis':>13} {'100 M':>9}")
    for name, record in {"with an engagement": RECORD, "without": bare}.items():
        with tempfile.TemporaryDirectory(prefix="lp-bench-") as folder:
            file = SQLiteStore(Path(folder) / "visits.db")
            for number in range(visits):
                file.save(_key(number), record)
            file.close()
            in_file = file.path.stat().st_size / visits
        with RedisServer() as server, server.client() as client:
            store = RedisStore(server.url)
            store.load("nothing")
            before = client.info("memory")["used_memory"]
            for number in range(visits):
                store.save(_key(number), record)
            in_redis = (client.info("memory")["used_memory"] - before) / visits
            store.close()
        text = len(record.to_json())
        print(
            f"{name:28} {text:10} {in_file:13.0f} {in_redis:12.0f} {in_redis / 1000:10.2f} GB {in_redis / 10:6.0f} GB"
        )

    with RedisServer() as server, server.client() as client:
        simulator = Simulator()
        with EngagementClient(
            ACCOUNT, base_url="http://127.0.0.1", store=server.url, transport=simulator.transport()
        ) as asker:
            for name in ("scripts are loaded", "new visit", "known visit"):
                client.config_resetstat()
                asker.visit("one" if name == "scripts are loaded" else "two").get_engagement()
                found = client.info("commandstats")
                calls = {key.removeprefix("cmdstat_"): found[key]["calls"] for key in found if "config" not in key}
                if name != "scripts are loaded":
                    print(f"commands of a call, {name}: {calls}")


def _key(number: int) -> str:
    return f"{ACCOUNT}:customer-{number:06}"


def main() -> int:
    """Run the requested benchmarks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--sizes", type=int, default=0, metavar="N", help="measure what N visits take instead")
    parser.add_argument("--quick", action="store_true", help="print the short table, with little data")
    options = parser.parse_args()
    if options.quick:
        print(markdown(rows(quick=True)), end="")
        return 0
    if options.sizes:
        sizes(options.sizes)
        return 0
    return 0 if speeds(options.seconds, options.rounds, options.processes) else 1


if __name__ == "__main__":
    sys.exit(main())
