"""Kill processes around `visit.forget()`: `python -m tests.torture.forget --kills 200`.

Each process opens visits and forgets some of them, and is killed with kill -9 at a random moment. After the next open
no byte of a visit whose `forget()` had returned may be in any file of the store. In every other round another process
has the file open, too. Ends with code 0 if nothing was found.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from lp_engagement import EngagementClient
from lp_engagement.simulator import Simulator
from lp_engagement.stores import SQLiteStore

if TYPE_CHECKING:
    from collections.abc import Sequence

ACCOUNT = "12345678"


@dataclass
class Counts:
    """The actions of a run, and its findings."""

    kills: int = 0
    forgotten: int = 0
    logs: int = 0
    found: int = 0


def run(kills: int, seed: int, folder: Path) -> Counts:
    """Kill so many processes, one after the other, on one file."""
    chance = random.Random(seed)  # noqa: S311 - chance, no secret
    counts, path = Counts(), folder / "visits.db"
    gone: list[str] = []
    for number in range(kills):
        told, tell = os.pipe()
        child = _forked(lambda tell=tell, number=number: _work(path, tell, seed + number))
        os.close(tell)
        with os.fdopen(told, "rb") as reports:
            lines = [reports.readline()]  # it has begun
            time.sleep(chance.uniform(0, 0.06))
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            lines += reports.read().splitlines()
        counts.kills += 1
        gone += [text for line in lines if line.endswith((b"]", b"]\n")) for text in json.loads(line)]
        counts.logs += _size(path, "-wal") > 0
        witness = _Witness(path) if number % 2 else None
        store = SQLiteStore(path)
        store.load("whatever")
        content = b"".join(file.read_bytes() for file in folder.iterdir())
        counts.found += sum(text.encode() in content for text in gone)
        store.close()
        if witness:
            witness.end()
    counts.forgotten = len(gone) // 3
    return counts


def _work(path: Path, tell: int, seed: int) -> NoReturn:
    """Open visits and forget some, and report each one that is forgotten."""
    chance = random.Random(seed)  # noqa: S311 - chance, no secret
    names: list[tuple[str, str, str]] = []
    simulator = Simulator(seed=None)
    with EngagementClient(
        ACCOUNT, transport=simulator.transport(), store=SQLiteStore(path), base_url="https://a.b"
    ) as client:
        while True:
            name = f"customer-{seed}-{len(names)}-{chance.randrange(10**6):06}"
            engagement = client.visit(name).get_engagement()
            names.append((name, engagement.visitor_id, engagement.session_id))
            if chance.random() < 0.5:
                known = names[chance.randrange(len(names))]
                client.visit(known[0]).forget()
                os.write(tell, json.dumps(known).encode() + b"\n")
                # It may not come back under this name, nor with these ids.
                names = [each for each in names if each is not known]


class _Witness:
    """A process that has the file open, from before the next one opens it."""

    def __init__(self, path: Path) -> None:
        ready, begin = os.pipe()
        wait, self._go = os.pipe()

        def hold() -> NoReturn:
            os.close(self._go)
            SQLiteStore(path).load("whatever")
            os.write(begin, b"x")
            os.read(wait, 1)
            os._exit(0)

        self._process = _forked(hold)
        os.close(begin)
        os.close(wait)
        os.read(ready, 1)
        os.close(ready)

    def end(self) -> None:
        """Let it go."""
        os.close(self._go)
        os.waitpid(self._process, 0)


def _forked(work: object) -> int:
    process = os.fork()
    if process == 0:
        try:
            work()  # type: ignore[operator]
        finally:
            os._exit(1)
    return process


def _size(path: Path, suffix: str) -> int:
    side = path.with_name(path.name + suffix)
    return side.stat().st_size if side.exists() else 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Do one run and print its counts."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture.forget", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="lp-forget-") as folder:
        counts = run(options.kills, options.seed, Path(folder))
    sys.stdout.write(
        f"seed {options.seed}\n"
        f"killed while a log was left          {counts.logs} of {counts.kills}\n"
        f"visits whose forget() had returned   {counts.forgotten}\n"
        f"keys and ids found after the open    {counts.found}\n"
    )
    return 1 if counts.found or not counts.forgotten else 0


if __name__ == "__main__":
    sys.exit(main())
