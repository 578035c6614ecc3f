"""The visit stores: one contract for all of them, then what is special about the file."""

from __future__ import annotations

import dataclasses
import os
import re
import signal
import sqlite3
import subprocess
import sys
import textwrap
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lp_engagement.errors import ConfigurationError, StoreError
from lp_engagement.stores import (
    AsyncEncryptedStore,
    EncryptedStore,
    MemoryStore,
    SQLiteStore,
    VisitRecord,
    VisitStore,
    open_async_store,
    open_store,
)
from lp_engagement.stores import sqlite as sqlite_module
from lp_engagement.stores import sqlite_file as file_module
from tests.clocks import SetClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KEY = "customer-4711"
RECORD = VisitRecord("visitor-1", "session-1", "page-1", {"engagementId": 1, "name": "☎"}, 2000.5, 1000.25)


@pytest.fixture
def clock() -> SetClock:
    """Replace the time of day."""
    return SetClock()


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path, clock: SetClock) -> Iterator[VisitStore]:
    """Open each kind of store in turn."""
    made: VisitStore
    made = MemoryStore(clock=clock) if request.param == "memory" else SQLiteStore(tmp_path / "visits.db", clock=clock)
    yield made
    made.close()


@pytest.fixture
def sqlite(tmp_path: Path, clock: SetClock) -> Iterator[SQLiteStore]:
    """Name a file in a folder that does not exist yet."""
    made = SQLiteStore(tmp_path / "state" / "visits.db", clock=clock)
    yield made
    made.close()


def start(script: str, *arguments: object) -> subprocess.Popen[str]:
    """Run `script` in a new interpreter that has `store`, open on the file named first."""
    head = "import os, signal, sys\nfrom lp_engagement.stores import *\nstore = SQLiteStore(sys.argv[1])\n"
    command = [sys.executable, "-c", head + textwrap.dedent(script), *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def run(script: str, *arguments: object, code: int = 0) -> str:
    """Run `script` to its end, which must be exit code `code`, and return what it printed."""
    process = start(script, *arguments)
    out, err = process.communicate(timeout=20)
    assert process.returncode == code, err
    return out


# ----------------------------------------------------------------------------------------------- the record


def test_record_survives_json() -> None:
    """`from_json` reads the output of `to_json` unchanged."""
    assert VisitRecord.from_json(RECORD.to_json()) == RECORD


def test_record_ignores_unknown_keys() -> None:
    """A record that a later version wrote, with keys we do not know, can be read."""
    assert VisitRecord.from_json('{"visitor_id": "v", "mood": "good"}') == VisitRecord(visitor_id="v")


@pytest.mark.parametrize("text", ["", "{", "[]", '"visitor-1"', '{"visitor_id": "visitor-1"'])
def test_record_refuses_other_text_without_quoting_it(text: str) -> None:
    """Text that is no JSON object is refused, and the error carries none of it, not even as context."""
    with pytest.raises(ValueError, match="JSON object") as caught:
        VisitRecord.from_json(text)
    assert caught.value.__context__ is None
    assert "visitor-1" not in str(caught.value)


def test_record_repr_shows_no_values() -> None:
    """The repr of a record names what is known and shows no id."""
    assert repr(RECORD) == "<VisitRecord version 0, with visitor_id, session_id, page_id, engagement>"
    assert repr(VisitRecord(version=3)) == "<VisitRecord version 3, with nothing>"


# ------------------------------------------------------------------------------------------------------- time
# What all stores have to do is in test_store_conformance.py. This is how exactly these two go by their clocks.


def test_lease_ends_exactly(store: VisitStore, clock: SetClock) -> None:
    """A lease that has run out may be taken over, exactly at its end and not before."""
    store.acquire(KEY, "one", lease=10)
    clock.now += 9.9
    assert not store.acquire(KEY, "two", lease=10)
    clock.now = 1_010.0
    assert store.acquire(KEY, "two", lease=10)
    assert not store.acquire(KEY, "one", lease=10)


def test_visit_ends_exactly(store: VisitStore, clock: SetClock) -> None:
    """A visit is there until six hours after it was saved last, and not at that moment."""
    saved = store.save(KEY, RECORD)
    clock.now = 1_000.0 + 6 * 3600 - 1
    assert store.load(KEY) == saved
    clock.now += 1
    assert store.load(KEY) is None
    assert list(store.items()) == []


@pytest.mark.parametrize("kind", [MemoryStore, SQLiteStore])
def test_lifetime_can_be_endless(kind: Any, clock: SetClock, tmp_path: Path) -> None:
    """With `lifetime=None` a visit never ends."""
    store = kind(*[tmp_path / "v.db"] * (kind is SQLiteStore), lifetime=None, clock=clock)
    saved = store.save(KEY, RECORD)
    clock.now = 1e15
    assert store.load(KEY) == saved
    store.close()


@pytest.mark.parametrize("kind", [MemoryStore, SQLiteStore])
@pytest.mark.parametrize("jump", [-1e6, -20, 1e6])
def test_clock_that_is_set_moves_no_lease(kind: Any, jump: float, clock: SetClock, tmp_path: Path) -> None:
    """Leases go by a clock that is never set: setting the other one neither ends nor prolongs them."""
    clock.ticks = 1_000.0
    store = kind(*[tmp_path / "v.db"] * (kind is SQLiteStore), clock=clock)
    store.acquire(KEY, "one", lease=10)
    clock.now += jump
    clock.ticks = 1_009.0
    assert not store.acquire(KEY, "two", lease=10)
    clock.ticks = 1_010.0
    assert store.acquire(KEY, "two", lease=10)
    store.close()


def test_lease_of_before_a_reboot_holds_nobody(sqlite: SQLiteStore, clock: SetClock) -> None:
    """After a restart of the machine, its monotonic clock restarts too, and older leases count as expired."""
    clock.now = 1_000_000.0
    sqlite.acquire(KEY, "dead", lease=10)
    clock.now = 20.0
    assert sqlite.acquire(KEY, "alive", lease=10)
    assert not sqlite.acquire(KEY, "dead", lease=10)


def test_clock_set_back_ends_no_visit(store: VisitStore, clock: SetClock) -> None:
    """Visits live on if the clock is set back, those saved before and those saved after."""
    before = store.save("before", RECORD)
    clock.now -= 500
    after = store.save("after", RECORD)
    assert (store.load("before"), store.load("after")) == (before, after)
    clock.now += 6 * 3600
    assert (store.load("before"), store.load("after")) == (before, None)


def test_ended_visits_leave_the_memory(clock: SetClock) -> None:
    """Expired visits are dropped when the store is used again."""
    store = MemoryStore(clock=clock)
    for number in range(100):
        store.save(str(number), RECORD)
    clock.now += 6 * 3600
    store.load("something else")
    assert len(store._records) == 0


def test_ended_visits_leave_the_file(
    sqlite: SQLiteStore, clock: SetClock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Saving clears some of what has ended, be it visits or leases; after a round through the file nothing is left."""
    sqlite.acquire("lease of a dead process", "dead", lease=1)
    for number in range(600):
        sqlite.save(f"{number:03}", RECORD)
    monkeypatch.setattr(sqlite_module, "_SWEEP_EVERY", 1)
    monkeypatch.setattr(sqlite_module, "_SWEEP_CHUNK", 256)
    clock.now += 3 * 3600
    young = sqlite.save("300", VisitRecord("young", version=1))
    clock.now += 3 * 3600
    for number in range(4):
        sqlite.save(f"new {number}", RECORD)
    database = sqlite3.connect(sqlite.path)
    keys = [key.decode() for (key,) in database.execute("SELECT key FROM visits ORDER BY key")]
    assert keys == ["300", "new 0", "new 1", "new 2", "new 3"]
    assert database.execute("SELECT count(*) FROM leases").fetchall() == [(0,)]
    database.close()
    assert sqlite.load("300") == young


def test_purge_takes_many_steps(sqlite: SQLiteStore) -> None:
    """Purging and listing more than fits into one step goes through all of it."""
    for number in range(600):
        sqlite.save(f"{number:03}", VisitRecord(updated_at=number))
    assert [key for key, _ in sqlite.items()] == [f"{number:03}" for number in range(600)]
    assert sqlite.purge(before=550) == 550
    assert [key for key, _ in sqlite.items()] == [f"{number:03}" for number in range(550, 600)]


# --------------------------------------------------------------------------------------------------- the URL


def test_open_store_knows_its_schemes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each documented URL opens its store: three slashes are relative, four are absolute, none is the default file."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert isinstance(open_store("memory://"), MemoryStore)
    for url, path in {
        "sqlite:///some/visits.db": Path.cwd() / "some" / "visits.db",
        f"sqlite:///{tmp_path}/visits.db": tmp_path / "visits.db",
        "sqlite:////var/lib/visits.db": Path("/var/lib/visits.db"),
    }.items():
        store = open_store(url)
        assert isinstance(store, SQLiteStore)
        assert store.path == path
    default = open_store("sqlite://")
    assert isinstance(default, SQLiteStore)
    assert default.path.parts[-2:] == ("lp-engagement", "visits.db")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "url", ["", "visits.db", "memory", "memory://x", "sqlite:///", "sqlite://host/x.db", "mongodb://u:hunter2@host/1"]
)
def test_open_store_refuses_other_urls(url: str) -> None:
    """A URL of no known store is refused with the allowed ones, and a password in it is not repeated."""
    with pytest.raises(ConfigurationError, match=r"memory://.*sqlite:///") as caught:
        open_store(url)
    assert "hunter2" not in str(caught.value)


def test_open_store_explains_missing_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without redis-py a redis URL is refused with the name of the extra, and no command that could install another."""
    for name in ("redis", "redis.asyncio"):
        monkeypatch.setitem(sys.modules, name, None)
    for url in ("redis://:hunter2@host/0", "rediss://host", "unix:///run/redis.sock"):
        for make in (open_store, open_async_store):
            with pytest.raises(ConfigurationError, match="Install the extra `redis` of lp-engagement"):
                make(url)


def test_async_store_of_a_url_without_redis_is_the_ordinary_one() -> None:
    """A store without async methods is the same for the async client."""
    assert isinstance(open_async_store("memory://"), MemoryStore)
    with pytest.raises(ConfigurationError, match="unknown scheme"):
        open_async_store("mongodb://host")


def test_sqlite3_is_imported_late() -> None:
    """Importing the stores imports neither sqlite3, nor redis, nor cryptography."""
    script = (
        "import sys, lp_engagement.stores as s; assert not {'sqlite3', 'redis', 'cryptography'} & set(sys.modules);"
        "assert s.SQLiteStore and s.RedisStore and s.EncryptedStore; assert 'redis' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=20)


def test_stores_has_no_other_attributes() -> None:
    """A name that the package has not got is an ordinary AttributeError."""
    import lp_engagement.stores

    with pytest.raises(AttributeError, match="PostgresStore"):
        _ = lp_engagement.stores.PostgresStore


# -------------------------------------------------------------------------------------------------- the file


def test_constructor_does_no_io(sqlite: SQLiteStore) -> None:
    """Making a store makes no file and no folder; closing an unused one does not either."""
    sqlite.close()
    assert not sqlite.path.parent.exists()


@pytest.mark.skipif(os.name != "posix", reason="modes are a POSIX matter")
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777])
def test_files_are_private(tmp_path: Path, umask: int) -> None:
    """The file, its side files and its new folders are for the owner only, whatever the umask."""
    before = os.umask(umask)
    try:
        store = SQLiteStore(tmp_path / "a" / "b" / "visits.db")
        store.save(KEY, RECORD)
        modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "a").rglob("*")}
        assert modes == {"b": 0o700, "visits.db": 0o600, "visits.db-wal": 0o600, "visits.db-shm": 0o600}
        assert (tmp_path / "a").stat().st_mode & 0o777 == 0o700
        store.close()
    finally:
        os.umask(before)


@pytest.mark.skipif(os.name != "posix", reason="modes are a POSIX matter")
@pytest.mark.parametrize("allowed, found, kept", [(0o600, 0o664, 0o600), (0o660, 0o666, 0o660), (0o660, 0o600, 0o600)])
def test_wider_mode_is_narrowed(tmp_path: Path, allowed: int, found: int, kept: int) -> None:
    """A file that others may use, as after a copy, is narrowed to what is allowed; its folder is left as it is."""
    path = tmp_path / "visits.db"
    first = SQLiteStore(path)
    first.save(KEY, RECORD)
    tmp_path.chmod(0o750)
    for each in tmp_path.iterdir():
        each.chmod(found)
    store = SQLiteStore(path, mode=allowed)
    assert store.load(KEY)
    assert {entry.name: entry.stat().st_mode & 0o777 for entry in tmp_path.iterdir()} == dict.fromkeys(
        ("visits.db", "visits.db-shm", "visits.db-wal"), kept
    )
    assert tmp_path.stat().st_mode & 0o777 == 0o750
    store.close()
    first.close()


@pytest.mark.skipif(os.name != "posix", reason="modes are a POSIX matter")
def test_mode_that_cannot_be_narrowed_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the mode of an open file cannot be changed it is not used, unless the caller allows that mode."""
    path = tmp_path / "visits.db"
    path.touch(0o666)
    path.chmod(0o644)
    monkeypatch.setattr(Path, "chmod", lambda self, mode: None)  # as on a medium without modes
    store = SQLiteStore(path)
    with pytest.raises(StoreError, match=r"open to others \(mode 0644\).*chmod 600.*mode=0o644"):
        store.save(KEY, RECORD)
    store.close()
    assert path.read_bytes() == b""
    open_store = SQLiteStore(path, mode=0o644)
    assert open_store.save(KEY, RECORD)
    open_store.close()


def test_file_is_marked_as_ours(sqlite: SQLiteStore) -> None:
    """The file carries our application id, its schema version and the write-ahead log."""
    sqlite.save(KEY, RECORD)
    sqlite.close()
    database = sqlite3.connect(sqlite.path)
    pragmas = ("application_id", "user_version", "journal_mode")
    assert [database.execute(f"PRAGMA {name}").fetchone()[0] for name in pragmas] == [0x4C504547, 2, "wal"]
    database.close()


def test_record_survives_reopening(sqlite: SQLiteStore) -> None:
    """Another store on the same file finds what the first has saved."""
    saved = sqlite.save(KEY, RECORD)
    sqlite.close()
    again = SQLiteStore(str(sqlite.path), clock=sqlite._clock)
    assert again.load(KEY) == saved
    again.close()


def database_with(*statements: str) -> Callable[[Path], object]:
    """Give a function that makes a database by these statements."""

    def make(path: Path) -> None:
        database = sqlite3.connect(path)
        for statement in statements:
            database.execute(statement)
        database.commit()
        database.close()

    return make


@pytest.mark.parametrize(
    "make, text",
    [
        pytest.param(lambda path: path.write_text("x"), "not a database", id="one letter"),
        pytest.param(lambda path: path.write_text("x" * 511), "not a database", id="almost a page"),
        pytest.param(lambda path: path.write_text("x" * 512), "not a database", id="a page"),
        pytest.param(lambda path: path.write_text("dear diary\n" * 99), "not a database", id="text"),
        pytest.param(database_with("CREATE TABLE t (x)"), "another program", id="unmarked database"),
        pytest.param(database_with("PRAGMA application_id = 7"), "another program", id="other application"),
        pytest.param(database_with("PRAGMA user_version = 1"), "another program", id="other version counter"),
        pytest.param(
            database_with(f"PRAGMA application_id = {0x4C504547}", "PRAGMA user_version = 3"),
            r"a newer version of this library \(schema 3, this one knows 2\)",
            id="newer schema",
        ),
    ],
)
def test_foreign_file_is_left_alone(tmp_path: Path, make: Callable[[Path], object], text: str) -> None:
    """A file that is not ours, or not of our schema, is refused, and no byte of it is changed."""
    path = tmp_path / "visits.db"
    make(path)
    before = path.read_bytes()
    store = SQLiteStore(path)
    for _ in range(2):
        with pytest.raises(StoreError, match=text):
            store.save(KEY, RECORD)
    store.close()
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["visits.db"]


VERSION_1 = (
    "CREATE TABLE visits (key BLOB PRIMARY KEY, version INTEGER NOT NULL, record TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE leases (key BLOB PRIMARY KEY, token BLOB NOT NULL, ends REAL NOT NULL) WITHOUT ROWID",
    "PRAGMA application_id = 1280329031",
    "PRAGMA user_version = 1",
    """INSERT INTO visits VALUES
    (CAST('old' AS BLOB), 3, '{"visitor_id":"v","session_id":null,"updated_at":500.5,"version":3}')""",
    "INSERT INTO visits VALUES (CAST('damaged' AS BLOB), 1, 'x')",
    "INSERT INTO leases VALUES (CAST('old' AS BLOB), CAST('one' AS BLOB), 1e12)",
    "PRAGMA journal_mode = WAL",
)


def test_file_of_schema_1_is_taken_along(tmp_path: Path, clock: SetClock) -> None:
    """A file of the first schema retains its visits, which expire a lifetime from now, and loses its leases."""
    path = tmp_path / "visits.db"
    database_with(*VERSION_1)(path)
    path.chmod(0o600)
    store = SQLiteStore(path, clock=clock)
    old = store.load("old")
    assert old == VisitRecord("v", updated_at=500.5, version=3)
    assert old is not None
    assert store.acquire("old", "two", lease=1)
    saved = store.save("old", old)
    assert saved is not None
    assert saved.version == 4
    assert store.purge(before=500) == 1  # the damaged one
    assert store.purge(before=500.6) == 1
    store.close()
    database = sqlite3.connect(path)
    assert database.execute("PRAGMA user_version").fetchall() == [(2,)]
    made = database.execute("SELECT name, sql FROM sqlite_schema").fetchall()
    fresh = sqlite3.connect(":memory:")
    for statement in file_module._SCHEMA:
        fresh.execute(statement)
    columns = "SELECT t.name, c.name, c.type, c.pk FROM sqlite_schema t, pragma_table_info(t.name) c ORDER BY 1, c.cid"
    assert database.execute(columns).fetchall() == fresh.execute(columns).fetchall()
    assert len(made) == 3
    database.close()
    fresh.close()


def test_migrated_visit_ends_a_lifetime_later(tmp_path: Path, clock: SetClock) -> None:
    """A visit of a file of the first schema is there for one more lifetime."""
    path = tmp_path / "visits.db"
    database_with(*VERSION_1)(path)
    store = SQLiteStore(path, clock=clock)
    assert store.load("old")
    clock.now += 6 * 3600 - 1
    assert store.load("old")
    clock.now += 1
    assert store.load("old") is None
    store.close()


def test_failed_migration_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A migration is done as a whole or not at all."""
    path = tmp_path / "visits.db"
    database_with(*VERSION_1)(path)
    path.chmod(0o600)
    before = path.read_bytes()
    monkeypatch.setitem(file_module._MIGRATIONS, 1, (*file_module._MIGRATIONS[1][:-1], "SELECT no_such_thing"))
    store = SQLiteStore(path)
    with pytest.raises(StoreError, match="no such column"):
        store.load("old")
    store.close()
    assert path.read_bytes() == before


def test_processes_migrate_once(tmp_path: Path) -> None:
    """Processes that open an old file at the same moment all go on with the new schema."""
    path = tmp_path / "visits.db"
    database_with(*VERSION_1)(path)
    processes = [start("assert store.load('old').visitor_id == 'v'\nstore.close()", path) for _ in range(4)]
    assert [process.communicate(timeout=20)[1] for process in processes] == [""] * 4


def test_unusable_path_is_a_store_error(tmp_path: Path) -> None:
    """A path that is a folder, or lies below a file, is a StoreError that names the store and the cause."""
    (tmp_path / "file").touch()
    for path in (tmp_path, tmp_path / "file" / "visits.db"):
        store = SQLiteStore(path)
        with pytest.raises(StoreError, match=f"visit store {path} cannot be used: (it is a folder|Not a dir)"):
            store.load(KEY)
        store.close()


def test_damaged_record_is_a_store_error(sqlite: SQLiteStore) -> None:
    """A row that is no record is reported as such, without its content."""
    sqlite.save(KEY, RECORD)
    with sqlite3.connect(sqlite.path) as database:
        database.execute("UPDATE visits SET record = 'visitor-1'")
    database.close()
    with pytest.raises(
        StoreError, match=r"visits\.db has a damaged visit \(hash [0-9a-f]{8}\): a visit record must"
    ) as caught:
        sqlite.load(KEY)
    assert "visitor-1" not in str(caught.value)


def test_lock_that_never_frees_is_a_store_error(sqlite: SQLiteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer that waits in vain raises a StoreError without values, and can write once the other is done."""
    monkeypatch.setattr(sqlite_module, "_BUSY_SECONDS", 0.01)
    saved = sqlite.save(KEY, RECORD)
    assert saved is not None
    other = sqlite3.connect(sqlite.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="cannot be used: database is locked") as caught:
        sqlite.save(KEY, saved)
    assert KEY not in str(caught.value)
    assert sqlite.load(KEY) == saved
    other.close()
    assert sqlite.save(KEY, saved)


def test_failed_write_changes_nothing(sqlite: SQLiteStore) -> None:
    """A write that fails half-way is rolled back, and the store goes on working."""
    sqlite.save(KEY, RECORD)
    with sqlite3.connect(sqlite.path) as database:
        database.execute("CREATE TRIGGER no BEFORE DELETE ON visits BEGIN SELECT RAISE(FAIL, 'no'); END")
    with pytest.raises(StoreError, match="cannot be used: no"):
        sqlite.delete(KEY)
    database.execute("DROP TRIGGER no")
    database.close()
    assert sqlite.load(KEY)
    sqlite.delete(KEY)
    assert sqlite.load(KEY) is None


# --------------------------------------------------------------------------------------------- many processes

INCREMENT = """
for _ in range(50):
    while True:
        record = store.load("customer-4711") or VisitRecord()
        new = VisitRecord(updated_at=record.updated_at + 1, version=record.version)
        if store.save("customer-4711", new):
            break
store.close()
"""


def test_processes_lose_no_update(tmp_path: Path) -> None:
    """Four processes that make the file together and compare and set the same record lose nothing."""
    path = tmp_path / "new" / "visits.db"
    processes = [start(INCREMENT, path) for _ in range(4)]
    assert [process.communicate(timeout=20)[1] for process in processes] == [""] * 4
    store = SQLiteStore(path)
    record = store.load(KEY)
    store.close()
    assert record is not None
    assert (record.updated_at, record.version) == (200, 200)


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is a POSIX matter")
def test_saved_visit_survives_a_killed_process(sqlite: SQLiteStore, clock: SetClock) -> None:
    """Saved visits survive kill -9, and the dead process's lease expires by the clock."""
    script = """
    class Clock:
        time = monotonic = lambda self: 1000.0
    store = SQLiteStore(sys.argv[1], clock=Clock())
    store.acquire("customer-4711", "dead", lease=10)
    store.save("customer-4711", VisitRecord("visitor-1"))
    os.kill(os.getpid(), signal.SIGKILL)
    """
    run(script, sqlite.path, code=-signal.SIGKILL)
    assert sqlite.load(KEY) == VisitRecord("visitor-1", version=1)
    assert not sqlite.acquire(KEY, "alive", lease=10)
    clock.ticks = 1010.0
    assert sqlite.acquire(KEY, "alive", lease=10)


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is a POSIX matter")
def test_killed_writer_blocks_nobody(sqlite: SQLiteStore) -> None:
    """A process killed in the middle of a write leaves neither half a change nor a lock."""
    script = """
    store.save("customer-4711", VisitRecord("visitor-1"))
    def die_in_the_middle(database):
        database.execute("BEGIN IMMEDIATE")
        database.execute("DELETE FROM visits")
        os.kill(os.getpid(), signal.SIGKILL)
    store._run(die_in_the_middle)
    """
    run(script, sqlite.path, code=-signal.SIGKILL)
    record = sqlite.load(KEY)
    assert record is not None
    assert record == VisitRecord("visitor-1", version=1)
    assert sqlite.save(KEY, record)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_fork_is_safe(sqlite: SQLiteStore) -> None:
    """A child goes on with a connection of its own: none is carried over, and what both save afterwards is kept."""
    script = """
    store.save("before", VisitRecord("before"))
    parent = store._connections.own()
    ready, go = os.pipe()
    child = os.fork()
    assert parent.database is None, "the connection was carried into the fork"
    if child == 0:
        os.read(ready, 1)
        assert store._connections.own() is not parent
        assert store.load("before")
        os._exit(0 if store.save("child", VisitRecord("child")) else 1)
    store.save("parent", VisitRecord("parent"))
    store.close()
    os.write(go, b"x")
    assert os.waitpid(child, 0)[1] == 0
    """
    run(script, sqlite.path)
    assert [record and record.visitor_id for record in map(sqlite.load, ["before", "parent", "child"])] == [
        "before",
        "parent",
        "child",
    ]


# ------------------------------------------------------------------------------------------------- encryption


@pytest.fixture
def keys() -> list[bytes]:
    """Make two keys."""
    fernet = pytest.importorskip("cryptography.fernet")
    return [fernet.Fernet.generate_key() for _ in range(2)]


def test_encrypted_file_shows_nothing(sqlite: SQLiteStore, keys: list[bytes]) -> None:
    """No id and no engagement can be read in the file, and with a secret for the keys no key of a visit either."""
    store = EncryptedStore(sqlite, keys[0], key_secret="pepper")
    saved = store.save(KEY, RECORD)
    assert store.load(KEY) == saved
    assert list(store.items()) == [(KEY, saved)]
    content = b"".join(path.read_bytes() for path in sqlite.path.parent.iterdir())
    for text in ("visitor-1", "session-1", "page-1", "engagementId", KEY):
        assert text.encode() not in content
    [(hidden, outside)] = sqlite.items()
    assert re.fullmatch("[0-9a-f]{64}", hidden)
    assert (outside.version, outside.updated_at, outside.visitor_id) == (1, RECORD.updated_at, None)


def test_wrong_encryption_key_is_a_store_error(keys: list[bytes]) -> None:
    """With another key a visit cannot be read, which is said; it can still be forgotten and purged."""
    inner = MemoryStore()
    EncryptedStore(inner, keys[0]).save(KEY, RECORD)
    other = EncryptedStore(inner, keys[1])
    with pytest.raises(StoreError, match="its encryption key is not among the given ones") as caught:
        other.load(KEY)
    assert caught.value.__cause__ is None
    assert other.purge(before=1e12) == 1
    assert other.load(KEY) is None


def test_encryption_keys_can_be_changed(keys: list[bytes]) -> None:
    """Of several keys all decrypt and the first one encrypts, so an old one can be dropped in the end."""
    inner = MemoryStore()
    old, new = keys
    EncryptedStore(inner, old).save(KEY, RECORD)
    both = EncryptedStore(inner, [new, old])
    known = both.load(KEY)
    assert known is not None
    saved = both.save(KEY, known)
    assert EncryptedStore(inner, new.decode()).load(KEY) == saved


def test_encrypted_visits_cannot_be_exchanged(keys: list[bytes]) -> None:
    """A visit that somebody has moved to the key of another is refused."""
    inner = MemoryStore()
    store = EncryptedStore(inner, keys[0])
    store.save("a", RECORD)
    moved = inner.load("a")
    assert moved is not None
    inner.save("b", VisitRecord(engagement=moved.engagement))
    with pytest.raises(StoreError, match="under the key of another"):
        store.load("b")


def test_plain_visits_are_refused(keys: list[bytes]) -> None:
    """A visit that is not encrypted is refused, lest somebody puts in his own."""
    inner = MemoryStore()
    inner.save(KEY, RECORD)
    with pytest.raises(StoreError, match="not encrypted"):
        EncryptedStore(inner, keys[0]).load(KEY)


@pytest.mark.parametrize("kind", [EncryptedStore, AsyncEncryptedStore])
def test_encryption_is_checked_at_once(kind: Any, keys: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that is none, no key, an empty secret, or a missing extra is said when the store is made."""
    for bad in ("hunter2", [], ["hunter2"], [keys[0], b"x"], [None]):
        with pytest.raises(ConfigurationError, match="generate_key") as caught:
            kind(MemoryStore(), bad)
        assert "hunter2" not in str(caught.value)
    with pytest.raises(ConfigurationError, match="must not be empty"):
        kind(MemoryStore(), keys[0], key_secret="")
    monkeypatch.setitem(sys.modules, "cryptography.fernet", None)
    with pytest.raises(ConfigurationError, match="Install the extra `encryption` of lp-engagement"):
        kind(MemoryStore(), keys[0])


def test_sqlite_lease_begins_when_nobody_else_can_write(tmp_path: Path) -> None:
    """The time of a lease is read with the file locked: else one that has just begun could be taken over."""
    path = tmp_path / "visits.db"
    times = []

    class Checking(SetClock):
        def monotonic(self) -> float:
            other = sqlite3.connect(path, timeout=0, isolation_level=None)
            with closing(other), pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("BEGIN IMMEDIATE")
            times.append(1.0)
            return 1.0

    store = SQLiteStore(path, clock=Checking())
    assert store.acquire("key", "one", lease=5)
    assert not store.acquire("key", "two", lease=5)
    assert len(times) == 2
    store.close()


def test_stamp_changes_time_and_version_only() -> None:
    """A record with another time and version keeps all its other fields, whatever fields there are."""
    record = VisitRecord(**{name: f"a {name}" for name in VisitRecord.__dataclass_fields__})  # type: ignore[arg-type]
    assert record.stamped(7.0, 3) == dataclasses.replace(record, updated_at=7.0, version=3)
