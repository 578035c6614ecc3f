"""The conformance kit: all stores keep its promises, and stores that do not are found out."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from lp_engagement.errors import StoreError
from lp_engagement.stores import (
    AsyncEncryptedStore,
    AsyncRedisStore,
    AsyncVisitStore,
    EncryptedStore,
    MappingStore,
    MemoryStore,
    RedisStore,
    SQLiteStore,
    VisitRecord,
    VisitStore,
)
from lp_engagement.testing.stores import CHECKS, StoreConformance, StoreConformanceError, check_store
from tests.clocks import SetClock
from tests.redis_server import RedisServer, need_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

LIFETIME = 1000.0
FERNET_KEY = "ZmVybmV0LWtleS1vZi10aGlydHktdHdvLWJ5dGVzISE="


class OnFakeTime(StoreConformance):
    """Time passes as fast as a test wants."""

    lease = 100.0
    lifetime = LIFETIME

    def pass_time(self, seconds: float) -> None:
        """Move the clock."""
        self.clock.sleep(seconds)

    @pytest.fixture(autouse=True)
    def _time_and_folder(self, tmp_path: Path) -> None:
        self.clock = SetClock()
        self.path = tmp_path / "visits.db"


class TestMemoryStore(OnFakeTime):
    """The store in memory."""

    def make_store(self) -> VisitStore:
        """Make one."""
        return MemoryStore(lifetime=LIFETIME, clock=self.clock)


class TestMappingStore(OnFakeTime):
    """The store in a mapping of the application."""

    def make_store(self) -> VisitStore:
        """Make one."""
        self.session: dict[str, Any] = {"cart": 3}
        return MappingStore(self.session, lifetime=LIFETIME, clock=self.clock)

    def damage(self, key: str) -> None:
        """Write something else into the entry."""
        self.session[f"lp:{key}"] = {"b": "inf {", "d": ["nan {}"]}.get(key, 7)


class InFile(OnFakeTime):
    """Visits are in a file of the test's own folder."""

    def files(self) -> Iterable[Path]:
        """Name the file and its side files."""
        return self.path.parent.glob("visits.db*")


class TestSQLiteStore(InFile):
    """The store in a file."""

    def make_store(self) -> VisitStore:
        """Make one."""
        return SQLiteStore(self.path, lifetime=LIFETIME, clock=self.clock)

    def damage(self, key: str) -> None:
        """Write something else into the row."""
        with closing(sqlite3.connect(self.path)) as database, database:
            database.execute("UPDATE visits SET record = CAST(x'ff7b' AS TEXT) WHERE key = ?", [key.encode()])


class TestEncryptedStore(InFile):
    """Encryption around the store in a file, with hidden keys."""

    def make_store(self) -> VisitStore:
        """Make one."""
        pytest.importorskip("cryptography")
        inner = SQLiteStore(self.path, lifetime=LIFETIME, clock=self.clock)
        return EncryptedStore(inner, FERNET_KEY, key_secret="secret")


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    """Start one for all tests of this file."""
    need_server()
    with RedisServer() as started:
        yield started


class OnRedis(StoreConformance):
    """Time passes for the server as fast as a test wants."""

    lease = 100.0
    lifetime = LIFETIME
    server: RedisServer

    @pytest.fixture(autouse=True)
    def _empty(self, server: RedisServer) -> None:
        self.server = server
        with server.client() as client:
            client.flushall()

    def pass_time(self, seconds: float) -> None:
        """Let everything end sooner."""
        self.server.age(seconds)


class Damageable(OnRedis):
    """Visits can be found by their keys."""

    def damage(self, key: str) -> None:
        """Write something else into the string."""
        with self.server.client() as client:
            client.set(f"lp-engagement:{{{key}}}", b'1:nonce:{"visitor_id": ["visitor-1"]}')


class TestRedisStore(Damageable):
    """The store in Redis."""

    def make_store(self) -> VisitStore:
        """Make one."""
        return RedisStore(self.server.url, lifetime=LIFETIME)


class TestAsyncRedisStore(Damageable):
    """The store in Redis, with `await`."""

    def make_store(self) -> AsyncVisitStore:
        """Make one."""
        return AsyncRedisStore(self.server.url, lifetime=LIFETIME)


class TestAsyncEncryptedStore(Damageable):
    """Encryption around the store in Redis, with `await`."""

    def make_store(self) -> AsyncVisitStore:
        """Make one."""
        pytest.importorskip("cryptography")
        return AsyncEncryptedStore(AsyncRedisStore(self.server.url, lifetime=LIFETIME), FERNET_KEY)


# ------------------------------------------------------------------------------------------- three broken stores


class Overwriting(MemoryStore):
    """Looks at the version first and writes then, which is too late if somebody else did in between."""

    def save(self, key: str, record: VisitRecord) -> VisitRecord | None:
        """Save without holding anything in between."""
        known = self.load(key)
        time.sleep(0.001)  # what a slow medium does
        if (known.version if known else 0) != record.version:
            return None
        stored = replace(record, version=record.version + 1)
        super().delete(key)
        super().save(key, replace(record, version=0))
        self._records[key] = self._records[key]._replace(version=stored.version, record=stored.to_json())
        return stored


class Everlasting(MemoryStore):
    """Takes a lease for a lock: who dies with it holds it for ever, and who releases it need not be the holder."""

    def acquire(self, key: str, token: str, *, lease: float) -> bool:
        """Hold it without an end."""
        return super().acquire(key, token, lease=float("inf"))

    def release(self, key: str, token: str) -> None:
        """Let go of it, whoever has it."""
        self._leases.pop(key, None)


class Sharing:
    """Gives out the very objects that it keeps, takes ` a ` for `a`, and shows what it has never been given."""

    def __init__(self) -> None:
        """Have nothing."""
        self._inner = MemoryStore()
        self._records: dict[str, VisitRecord] = {}
        self.close = self._inner.close
        self.acquire, self.release = self._inner.acquire, self._inner.release

    def load(self, key: str) -> VisitRecord | None:
        """Return what was saved itself."""
        self._inner.load(key)
        return self._records.get(key.strip())

    def save(self, key: str, record: VisitRecord) -> VisitRecord | None:
        """Keep what was given itself."""
        known = self.load(key)
        if (known.version if known else 0) != record.version:
            return None
        self._records[key.strip()] = replace(record, version=record.version + 1)
        return self._records[key.strip()]

    def delete(self, key: str) -> None:
        """Forget one."""
        self._inner.delete(key)
        self._records.pop(key.strip(), None)

    def items(self) -> Iterator[tuple[str, VisitRecord]]:
        """Give all."""
        self._inner.load("")
        yield from self._records.items()

    def purge(self, *, before: float) -> int:
        """Delete what is old, counting wrongly."""
        self._inner.load("")
        self._records = {key: each for key, each in self._records.items() if each.updated_at >= before}
        return 1


def broken_promises(make_store: Callable[[SetClock], Any], *, lifetime: float | None = None) -> set[str]:
    """Return the promises that the kit reports as broken, on a clock of the test's own."""
    clock = SetClock()
    with pytest.raises(StoreConformanceError, match="breaks these promises") as caught:
        check_store(lambda: make_store(clock), pass_time=clock.sleep, lease=100, lifetime=lifetime)
    return {line.strip().split(":")[0] for line in str(caught.value).splitlines()[1:]}


def test_kit_finds_a_store_that_overwrites() -> None:
    """A store whose compare-and-set is two steps fails the promises about rivals."""
    assert {"one_of_many_saves", "no_update_is_lost"} <= broken_promises(lambda clock: Overwriting(clock=clock))


def test_kit_finds_a_store_whose_leases_never_end() -> None:
    """A store that takes a lease for a lock fails the promises about its end and its holder."""
    found = broken_promises(lambda clock: Everlasting(clock=clock))
    assert found == {"leases_are_exclusive", "leases_end", "leases_are_renewed", "closed_stores_refuse"}


def test_kit_finds_a_store_that_shares_its_objects() -> None:
    """A store that keeps what it was given, trims keys and counts wrongly fails the promises about these."""
    found = broken_promises(lambda _: Sharing())
    assert {"stored_records_are_independent", "keys_are_arbitrary_text", "old_records_are_purged"} <= found


def test_kit_finds_a_store_that_forgets_nothing() -> None:
    """A store that has no lifetime fails if it is said to have one."""
    assert broken_promises(lambda clock: MemoryStore(clock=clock), lifetime=600) == {"visits_end"}


def test_kit_reports_a_store_that_raises() -> None:
    """An exception of the store is a broken promise like any other, reported with the rest."""

    class Raising(MemoryStore):
        def purge(self, *, before: float, damaged: Callable[[str, StoreError], object] | None = None) -> int:
            raise StoreError("no purging today")

    assert broken_promises(lambda clock: Raising(clock=clock)) == {"old_records_are_purged", "closed_stores_refuse"}


def test_kit_accepts_a_good_store_on_real_time() -> None:
    """Without any help a good store passes, while time passes for real: a second in all, for want of a clock."""
    check_store(lambda: MemoryStore(lifetime=0.4), lifetime=0.4)


def test_kit_has_a_test_method_for_each_promise() -> None:
    """Each promise is a documented test method, which pytest finds in a class that inherits the kit."""
    methods = {name for name in dir(StoreConformance) if name.startswith("test_")}
    assert methods == {f"test_{name}" for name in CHECKS}
    assert all(getattr(StoreConformance, name).__doc__ for name in methods)
    with pytest.raises(NotImplementedError):
        StoreConformance().make_store()
