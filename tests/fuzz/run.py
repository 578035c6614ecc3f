"""Feeds damaged answers and payloads, on all cores: `python -m tests.fuzz.run --seconds 600`.

Ends with code 0 if nothing but our own errors was raised. What fails is printed with its number, and
`python -m tests.fuzz.run --again answers:4711:123` makes the same input once more.
"""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import os
import sys
import time
import traceback
from random import Random
from typing import NamedTuple

from .targets import TARGETS

MOST_FAILURES = 20
"""After so many of them there is no sense in going on."""


SHARES = {"answers": 0.4, "payloads": 0.6}
"""The shares of the time, by what an input costs."""


class Result(NamedTuple):
    """The results of a process."""

    target: str
    inputs: int
    calls: int
    failures: list[str]


def made(target: str, seed: int, number: int) -> Random:
    """Make the decisions of one input."""
    return Random(f"{target}:{seed}:{number}")  # noqa: S311 - not a secret


def work(target: str, seed: int, first: int, step: int, until: float, most: int) -> Result:
    """Feed one target until the time is over, or until it has got so many inputs."""
    fed, inputs, calls, failures, number = TARGETS[target](), 0, 0, list[str](), first
    before = logging.root.manager.disable
    logging.disable()
    try:
        while inputs < most and time.monotonic() < until and len(failures) < MOST_FAILURES:
            try:
                inputs += fed.feed(made(target, seed, number))
            except Exception:  # noqa: BLE001 - this is what is looked for
                inputs += 1
                last = traceback.format_exc(limit=-3)
                failures.append(f"{target}:{seed}:{number}\n{last}")
            calls += 1
            number += step
    finally:
        logging.disable(before)
        fed.stop()
    return Result(target, inputs, calls, failures)


def _shared(task: tuple[str, int, int, int, float, int]) -> Result:
    return work(*task)


def main() -> int:
    """Feed all targets, and print what was counted."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.run", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="for how long")
    parser.add_argument("--most", type=int, default=10**9, help="how many inputs each process may make of a kind")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="where to begin; the time if not given")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--again", metavar="KIND:SEED:NUMBER", help="make one input once more")
    given = parser.parse_args()
    if given.again:
        target, seed, number = given.again.split(":")
        fed = TARGETS[target]()
        fed.feed(made(target, int(seed), int(number)))
        fed.stop()
        print(f"{given.again}: nothing but our own errors")  # noqa: T201
        return 0
    # Each process feeds both, one after another, so that all cores are busy whatever there are.
    begun = time.monotonic()
    totals = {name: Result(name, 0, 0, []) for name in TARGETS}
    with multiprocessing.get_context("spawn").Pool(given.jobs) as pool:
        for name in TARGETS:
            until = time.monotonic() + given.seconds * SHARES[name]
            tasks = [(name, given.seed, job, given.jobs, until, given.most) for job in range(given.jobs)]
            for each in pool.imap_unordered(_shared, tasks):
                total = totals[name]
                totals[name] = Result(
                    name, total.inputs + each.inputs, total.calls + each.calls, total.failures + each.failures
                )
    for total in totals.values():
        print(  # noqa: T201
            f"{total.target}: {total.inputs} inputs in {total.calls} calls, {len(total.failures)} untyped exceptions"
        )
        for failure in total.failures[:MOST_FAILURES]:
            print(failure, file=sys.stderr)  # noqa: T201
    print(f"seed {given.seed}, {time.monotonic() - begun:.0f} s, {given.jobs} processes")  # noqa: T201
    return 1 if any(total.failures for total in totals.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
