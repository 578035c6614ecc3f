"""A value for each process: shared by its threads, never by a forked child."""

from __future__ import annotations

import ast
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import lp_engagement
from lp_engagement._common.per_process import PerProcess

forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork, which this system has not")


def exit_code_of(child_works: bool, child: int) -> int:  # noqa: FBT001 - the outcome, for a process to end with
    """End the child with its outcome; return it to the parent."""
    if child == 0:
        os._exit(0 if child_works else 1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_nothing_is_made_before_it_is_needed() -> None:
    """The value is made by the first call of `own`, and the same one is returned from then on, even a falsy one."""
    made: list[list[int]] = []

    def make() -> list[int]:
        made.append([])
        return made[-1]

    values = PerProcess(make)
    assert made == []
    assert values.own() is values.own()
    assert len(made) == 1


def test_threads_get_the_same_value() -> None:
    """Threads that all ask before the first value is made get one value, though each has called `make`."""
    together = threading.Barrier(8)

    def make() -> object:
        together.wait(10)
        return object()

    values = PerProcess(make)
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: values.own(), range(8)))) == 1


@forks
def test_child_gets_a_value_of_its_own() -> None:
    """A forked child makes its own value and leaves the parent's untouched, and so does its own child."""
    values: PerProcess[list[str]] = PerProcess(list)
    values.own().append("parent")
    child = os.fork()
    works = False
    if child == 0:
        works = values.own() == []
        values.own().append("child")
        grandchild = os.fork()
        works = exit_code_of(grandchild == 0 and values.own() == [], grandchild) == 0 and works
    assert exit_code_of(works, child) == 0
    assert values.own() == ["parent"]


@forks
def test_lock_of_a_lost_thread_blocks_no_child() -> None:
    """A lock that is held during the fork, by a thread that the child does not have, is free in the child."""
    locks = PerProcess(threading.Lock)
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with locks.own():
            held.set()
            done.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(10)
    child = os.fork()
    code = exit_code_of(child == 0 and locks.own().acquire(blocking=False), child)
    done.set()
    thread.join()
    assert code == 0


def test_nobody_else_keeps_values_by_process() -> None:
    """No other module looks something up by the process id: what belongs to one process is held in one way."""
    package = Path(lp_engagement.__file__).parent
    found = set()
    for path in package.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        calls = [node.attr for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Attribute)]
        if "setdefault" in calls and "getpid" in calls:
            found.add(path.name)
    assert found == {"per_process.py"}
