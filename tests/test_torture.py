"""The short form of the torture runs, `make test-torture` being the long one: real processes, real media."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.redis_server import need_server

ROOT = Path(__file__).parents[1]


def torture(*arguments: object) -> tuple[int, dict[str, str], str]:
    """Do a run; return its exit code, what it has counted, and all that it said."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.torture.run", "--seconds", "60", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    facts = {line[:45].strip(): line[45:].strip() for line in done.stdout.splitlines()}
    return done.returncode, facts, done.stdout + done.stderr


@pytest.fixture(params=["sqlite", "redis"])
def store(request: pytest.FixtureRequest) -> str:
    """Torture each store that processes can share."""
    if request.param == "redis":
        need_server()
    return str(request.param)


def test_processes_make_one_visitor_for_each_key(store: str) -> None:
    """Eight processes that ask at once for the same new keys make one visitor for each, and lose no update."""
    code, facts, said = torture("--store", store, "--keys", 32, "--calls", 1200)
    assert code == 0, said
    assert facts["visitors"] == "32"
    assert facts["lost updates"] == "0"
    assert facts["failures"] == "{}"


def test_killed_processes_lose_nothing(store: str) -> None:
    """Processes that are killed at any moment lose no acknowledged visit and block no key beyond their lease."""
    # A process of a busy machine may stand still for seconds, and must not lose its lease by that.
    code, facts, said = torture("--store", store, "--keys", 32, "--kills", 10, "--timeout", 4, "--margin", 2)
    assert code == 0, said
    assert facts["killed"] == "10"


def test_torture_finds_a_store_that_is_not_shared() -> None:
    """A store that each process has for itself makes a visitor in each, and the run says so."""
    code, facts, said = torture("--store", "memory://", "--processes", 2, "--keys", 4, "--calls", 20)
    assert code == 1
    assert int(facts["visitors"]) > 4
    assert "BROKEN: callers with one key were told different visitors" in said
