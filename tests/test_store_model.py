"""Random sequences of calls, failures, expiry and restarts: the stores and a model of them never disagree.

The model is a few lines of plain dicts. Each store has two handles on one medium, as two processes have.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from lp_engagement.errors import StoreError
from lp_engagement.stores import MemoryStore, RedisStore, SQLiteStore, VisitRecord
from lp_engagement.stores import sqlite as sqlite_module
from tests.clocks import SetClock
from tests.redis_server import RedisServer, need_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lp_engagement.stores import VisitStore

KEYS = st.sampled_from(["a", "b", "", "{a}", "\ud800"])
TOKENS = st.sampled_from(["one", "two", "three"])
HANDLES = st.sampled_from([0, 1])
# In tens of seconds, so that the time that a test itself takes is nothing.
LIFETIME = 600
LEASES = st.sampled_from([10, 60, 300])
PAUSES = st.sampled_from([10, 50, 60, 300, 590, 600])


class Stores(RuleBasedStateMachine):
    """The operations on a store and its model."""

    server: ClassVar[RedisServer]

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__()
        self.clock = SetClock(1_000)
        self.visits: dict[str, tuple[VisitRecord, float]] = {}
        self.leases: dict[str, tuple[str, float]] = {}
        self.stale: list[VisitRecord] = [VisitRecord()]
        self.handles: list[VisitStore] = [self.opened(), self.opened()]

    def opened(self) -> VisitStore:
        """Open one more handle."""
        raise NotImplementedError

    def fail(self, handle: VisitStore) -> None:
        """Let something go wrong that a store has to survive without a loss."""

    def let_pass(self, seconds: int) -> None:
        """Let time pass for the store."""

    # ------------------------------------------------------------------------------------------------ the model

    def expected(self, key: str) -> VisitRecord | None:
        """The stored visits."""
        record, ends = self.visits.get(key, (None, 0))
        return record if ends > self.clock.now else None

    @rule(handle=HANDLES, key=KEYS)
    def load(self, handle: int, key: str) -> None:
        """Load a visit."""
        loaded = self.handles[handle].load(key)
        assert loaded == self.expected(key)
        if loaded is not None:
            self.stale.append(loaded)

    @rule(handle=HANDLES, key=KEYS, known=st.booleans(), page=st.text("ab-", min_size=1, max_size=3), data=st.data())
    def save(self, handle: int, key: str, *, known: bool, page: str, data: st.DataObject) -> None:
        """Save a visit as it was loaded last, or as it was loaded at some time, perhaps under another key."""
        current = self.expected(key) or VisitRecord()
        loaded = current if known else data.draw(st.sampled_from(self.stale))
        record = replace(loaded, page_id=page, updated_at=float(self.clock.now))
        saved = self.handles[handle].save(key, record)
        if record.version == current.version:
            assert saved is not None
            assert saved == replace(record, version=record.version + 1)
            self.visits[key] = (saved, self.clock.now + LIFETIME)
        else:
            assert saved is None

    @rule(handle=HANDLES, key=KEYS)
    def delete(self, handle: int, key: str) -> None:
        """Forget a visit."""
        self.handles[handle].delete(key)
        self.visits.pop(key, None)

    @rule(handle=HANDLES, key=KEYS, token=TOKENS, lease=LEASES)
    def acquire(self, handle: int, key: str, token: str, lease: int) -> None:
        """Ask for a key."""
        holder, ends = self.leases.get(key, ("", 0))
        free = holder == token or ends <= self.clock.now
        assert self.handles[handle].acquire(key, token, lease=lease) == free
        if free:
            self.leases[key] = (token, self.clock.now + lease)

    @rule(handle=HANDLES, key=KEYS, token=TOKENS)
    def release(self, handle: int, key: str, token: str) -> None:
        """Give a key back."""
        self.handles[handle].release(key, token)
        if self.leases.get(key, ("", 0))[0] == token:
            del self.leases[key]

    @rule(handle=HANDLES, ago=PAUSES)
    def purge(self, handle: int, ago: int) -> None:
        """Delete what is old."""
        old = [key for key in self.visits if (found := self.expected(key)) and found.updated_at < self.clock.now - ago]
        assert self.handles[handle].purge(before=self.clock.now - ago) == len(old)
        for key in old:
            del self.visits[key]

    @rule(seconds=PAUSES)
    def wait(self, seconds: int) -> None:
        """Let time pass."""
        self.clock.now += seconds
        self.let_pass(seconds)

    @rule(handle=HANDLES)
    def restart(self, handle: int) -> None:
        """Close a handle and open another."""
        self.handles[handle].close()
        self.handles[handle] = self.opened()

    @rule(handle=HANDLES)
    def survive(self, handle: int) -> None:
        """Let something go wrong."""
        self.fail(self.handles[handle])

    @invariant()
    def agree(self) -> None:
        """Both handles give all visits of the model and no others."""
        expected = {key: record for key in self.visits if (record := self.expected(key))}
        assert [dict(handle.items()) for handle in self.handles] == [expected, expected]

    def teardown(self) -> None:
        """Close everything."""
        for handle in self.handles:
            handle.close()


class Memory(Stores):
    """The store in memory, which ends with its only handle."""

    def opened(self) -> VisitStore:
        """Open the one that is there."""
        return self.handles[0] if hasattr(self, "handles") else MemoryStore(lifetime=LIFETIME, clock=self.clock)

    def __init__(self) -> None:
        """Have one handle twice."""
        super().__init__()
        self.handles[1] = self.handles[0]

    @precondition(lambda self: False)
    @rule(handle=HANDLES)
    def restart(self, handle: int) -> None:
        """Never."""


class SQLite(Stores):
    """The store in a file."""

    def __init__(self) -> None:
        """Make a folder."""
        self.folder = Path(tempfile.mkdtemp(prefix="lp-model-"))
        super().__init__()

    def opened(self) -> VisitStore:
        """Open the file."""
        return SQLiteStore(self.folder / "visits.db", lifetime=LIFETIME, clock=self.clock)

    def fail(self, handle: VisitStore) -> None:
        """Die half-way through a change, as a process does."""
        assert isinstance(handle, SQLiteStore)

        def half(database: Any) -> None:
            database.execute("BEGIN IMMEDIATE")
            database.execute("DELETE FROM visits")
            database.execute("DELETE FROM leases")
            connection = handle._connections.own()
            connection.close()  # which is what the system does with a dead process's files
            raise OSError(5, "dead")

        with pytest.raises(StoreError, match="dead"):
            handle._run(half)

    def teardown(self) -> None:
        """Remove the folder."""
        super().teardown()
        shutil.rmtree(self.folder)


class Redis(Stores):
    """The store in Redis."""

    def __init__(self) -> None:
        """Empty the server."""
        with self.server.client() as client:
            client.flushall()
        super().__init__()

    def opened(self) -> VisitStore:
        """Connect."""
        return RedisStore(self.server.url, lifetime=LIFETIME)

    def fail(self, handle: VisitStore) -> None:
        """Cut all connections, and let the server forget the scripts."""
        with self.server.client() as client:
            client.script_flush()
            client.client_kill_filter(skipme=True)

    def let_pass(self, seconds: int) -> None:
        """Let time pass for the server."""
        self.server.age(seconds)


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    """Start a server for all examples."""
    need_server()
    with RedisServer() as started:
        yield started


EXAMPLES = settings(max_examples=settings().max_examples, stateful_step_count=30, database=None)


def test_memory_agrees_with_the_model() -> None:
    """Whatever is done with it, the store in memory does what the model says."""
    run_state_machine_as_test(Memory, settings=EXAMPLES)


@pytest.mark.parametrize("sweep", [1, 10**9])
def test_sqlite_agrees_with_the_model(sweep: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same for the file, whether it is swept with each save or never, through restarts and deaths half-way."""
    monkeypatch.setattr(sqlite_module, "_SWEEP_EVERY", sweep)
    run_state_machine_as_test(SQLite, settings=EXAMPLES)


def test_redis_agrees_with_the_model(server: RedisServer) -> None:
    """The same for Redis, through lost connections and forgotten scripts."""
    Redis.server = server
    run_state_machine_as_test(Redis, settings=EXAMPLES)
