"""The visit stores: one contract for all of them, then what is special about the file."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lp_engagement.errors import ConfigurationError, StoreError
from lp_engagement.stores import MemoryStore, SQLiteStore, VisitRecord, VisitStore, open_store
from lp_engagement.stores import sqlite as sqlite_module

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KEY = "customer-4711"
RECORD = VisitRecord("visitor-1", "session-1", "page-1", {"engagementId": 1, "name": "☎"}, 2000.5, 1000.25)


class Clock:
    """A clock that a test moves by hand."""

    now = 1_000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Stand in for the time of day."""
    return Clock()


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[VisitStore]:
    """Open each kind of store in turn."""
    made: VisitStore
    made = MemoryStore(clock=clock) if request.param == "memory" else SQLiteStore(tmp_path / "visits.db", clock=clock)
    yield made
    made.close()


@pytest.fixture
def sqlite(tmp_path: Path, clock: Clock) -> Iterator[SQLiteStore]:
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


def increment(store: VisitStore, times: int) -> None:
    """Count up in one record, by compare-and-set."""
    for _ in range(times):
        while True:
            record = store.load(KEY) or VisitRecord()
            if store.save(KEY, VisitRecord(updated_at=record.updated_at + 1, version=record.version)):
                break


# ----------------------------------------------------------------------------------------------- the record


def test_record_survives_json() -> None:
    """What `to_json` writes, `from_json` reads back unchanged."""
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


# --------------------------------------------------------------------------------------------- the contract


def test_unknown_key_has_no_record(store: VisitStore) -> None:
    """A key that was never saved loads as `None`."""
    assert store.load(KEY) is None


def test_save_counts_versions(store: VisitStore) -> None:
    """Each save returns the stored record, its version one higher, and `load` returns the same."""
    first = store.save(KEY, RECORD)
    assert first is not None
    assert first.version == 1
    assert store.load(KEY) == first
    second = store.save(KEY, first)
    assert second is not None
    assert second.version == 2
    assert store.load(KEY) == second


@pytest.mark.parametrize("stale", [0, 1, 3])
def test_save_refuses_stale_record(store: VisitStore, stale: int) -> None:
    """A record of another version than the stored one changes nothing and is answered with `None`."""
    increment(store, 2)
    known = store.load(KEY)
    assert store.save(KEY, VisitRecord("intruder", version=stale)) is None
    assert store.load(KEY) == known


def test_save_refuses_record_deleted_meanwhile(store: VisitStore) -> None:
    """Who saves a record that was deleted meanwhile does not bring it back."""
    record = store.save(KEY, RECORD)
    store.delete(KEY)
    assert record is not None
    assert store.save(KEY, record) is None
    assert store.load(KEY) is None


def test_delete_forgets_only_its_key(store: VisitStore) -> None:
    """`delete` forgets one record, leaves the others, and may be repeated."""
    store.save(KEY, RECORD)
    other = store.save("other", RECORD)
    store.delete(KEY)
    store.delete(KEY)
    assert store.load(KEY) is None
    assert store.load("other") == other


def test_stored_record_is_independent(store: VisitStore) -> None:
    """Changing a dict after saving or loading does not reach the store."""
    engagement: dict[str, Any] = {"names": ["a"]}
    store.save(KEY, VisitRecord(engagement=engagement))
    engagement["names"].append("b")
    loaded = store.load(KEY)
    assert loaded is not None
    assert loaded.engagement is not None
    loaded.engagement["names"].append("c")
    assert store.load(KEY) == VisitRecord(engagement={"names": ["a"]}, version=1)


def test_keys_are_arbitrary_text(store: VisitStore) -> None:
    """Keys are compared character by character, whatever characters they have."""
    keys = [
        "",
        " ",
        "a",
        "A",
        "a\0b",
        "a\0c",
        "é",
        "e\u0301",
        "🦊",
        "\ud800",
        "\udfff",
        "x" * 10_000,
        "'; DROP TABLE visits",
    ]
    for key in keys:
        assert store.save(key, VisitRecord(visitor_id=key))
        assert store.acquire(key, key, lease=1)
    assert [record and record.visitor_id for record in map(store.load, keys)] == keys


def test_lease_is_exclusive_and_reentrant(store: VisitStore) -> None:
    """While one token holds a key no other gets it; the holder may ask again; a released key is free."""
    assert store.acquire(KEY, "one", lease=10)
    assert not store.acquire(KEY, "two", lease=10)
    assert store.acquire(KEY, "one", lease=10)
    assert store.acquire("other", "two", lease=10)
    store.release(KEY, "one")
    assert store.acquire(KEY, "two", lease=10)


def test_lease_ends(store: VisitStore, clock: Clock) -> None:
    """A lease that has run out may be taken over, exactly at its end and not before."""
    store.acquire(KEY, "one", lease=10)
    clock.now += 9.9
    assert not store.acquire(KEY, "two", lease=10)
    clock.now = 1_010.0
    assert store.acquire(KEY, "two", lease=10)
    assert not store.acquire(KEY, "one", lease=10)


def test_lease_is_renewed(store: VisitStore, clock: Clock) -> None:
    """Asking again counts the lease from now."""
    store.acquire(KEY, "one", lease=10)
    clock.now += 9
    store.acquire(KEY, "one", lease=10)
    clock.now += 9
    assert not store.acquire(KEY, "two", lease=10)


def test_release_needs_the_token(store: VisitStore, clock: Clock) -> None:
    """Who does not hold the key, or holds it no longer, releases nothing."""
    store.release(KEY, "nobody")
    store.acquire(KEY, "one", lease=10)
    store.release(KEY, "two")
    assert not store.acquire(KEY, "two", lease=10)
    clock.now += 10
    store.acquire(KEY, "two", lease=10)
    store.release(KEY, "one")
    assert not store.acquire(KEY, "one", lease=10)


def test_delete_keeps_the_lease(store: VisitStore) -> None:
    """Deleting a record does not release the key."""
    store.save(KEY, RECORD)
    store.acquire(KEY, "one", lease=10)
    store.delete(KEY)
    assert not store.acquire(KEY, "two", lease=10)


def test_closed_store_says_so(store: VisitStore) -> None:
    """`close` may be repeated; afterwards every other method raises a clear error."""
    store.save(KEY, RECORD)
    store.close()
    store.close()
    uses: list[Callable[[], object]] = [
        lambda: store.load(KEY),
        lambda: store.save(KEY, RECORD),
        lambda: store.delete(KEY),
        lambda: store.acquire(KEY, "one", lease=1),
        lambda: store.release(KEY, "one"),
    ]
    for use in uses:
        with pytest.raises(RuntimeError, match="store is closed"):
            use()


def test_threads_lose_no_update(store: VisitStore) -> None:
    """Eight threads that compare and set the same record lose nothing."""
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(increment, [store] * 8, [5] * 8))
    record = store.load(KEY)
    assert record is not None
    assert (record.updated_at, record.version) == (40, 40)


OPERATIONS = st.tuples(
    st.sampled_from(["save", "delete", "acquire", "release", "wait"]), st.sampled_from("ab"), st.integers(0, 3)
)


@settings(max_examples=25, deadline=None, database=None)
@given(operations=st.lists(OPERATIONS, max_size=12))
def test_stores_agree(tmp_path_factory: pytest.TempPathFactory, operations: list[tuple[str, str, int]]) -> None:
    """Whatever is done with them, the store in memory and the one in a file give the same answers."""
    clock = Clock()
    memory, file = MemoryStore(clock=clock), SQLiteStore(tmp_path_factory.mktemp("agree") / "v.db", clock=clock)
    for name, key, number in operations:
        if name == "wait":
            clock.now += number
        uses: dict[str, Callable[[VisitStore], object]] = {
            "save": lambda store: store.save(key, VisitRecord(str(number), version=number)),  # noqa: B023
            "delete": lambda store: store.delete(key),  # noqa: B023
            "acquire": lambda store: store.acquire(key, str(number), lease=2),  # noqa: B023
            "release": lambda store: store.release(key, str(number)),  # noqa: B023
            "wait": lambda store: [store.load("a"), store.load("b")],
        }
        assert uses[name](memory) == uses[name](file)
    file.close()


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


def test_open_store_explains_redis() -> None:
    """A redis URL is refused with the news that redis comes later."""
    with pytest.raises(ConfigurationError, match="redis extra in a later version"):
        open_store("redis://:hunter2@host/0")


def test_sqlite3_is_imported_late() -> None:
    """Importing the stores does not import sqlite3."""
    script = "import sys, lp_engagement.stores as s; assert 'sqlite3' not in sys.modules; assert s.SQLiteStore"
    subprocess.run([sys.executable, "-c", script], check=True, timeout=20)


def test_stores_has_no_other_attributes() -> None:
    """A name that the package has not got is an ordinary AttributeError."""
    import lp_engagement.stores

    with pytest.raises(AttributeError, match="RedisStore"):
        _ = lp_engagement.stores.RedisStore


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


def test_existing_modes_are_respected(tmp_path: Path) -> None:
    """An existing folder and an existing file keep the modes that somebody gave them."""
    path = tmp_path / "visits.db"
    path.touch()
    tmp_path.chmod(0o750)
    path.chmod(0o660)
    store = SQLiteStore(path)
    store.save(KEY, RECORD)
    store.close()
    assert [entry.stat().st_mode & 0o777 for entry in (tmp_path, path)] == [0o750, 0o660]


def test_file_is_marked_as_ours(sqlite: SQLiteStore) -> None:
    """The file carries our application id, its schema version and the write-ahead log."""
    sqlite.save(KEY, RECORD)
    sqlite.close()
    database = sqlite3.connect(sqlite.path)
    pragmas = ("application_id", "user_version", "journal_mode")
    assert [database.execute(f"PRAGMA {name}").fetchone()[0] for name in pragmas] == [0x4C504547, 1, "wal"]
    database.close()


def test_record_survives_reopening(sqlite: SQLiteStore) -> None:
    """Another store on the same file finds what the first has saved."""
    saved = sqlite.save(KEY, RECORD)
    sqlite.close()
    again = SQLiteStore(str(sqlite.path))
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
            database_with(f"PRAGMA application_id = {0x4C504547}", "PRAGMA user_version = 2"),
            "another version of this library",
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


def test_unusable_path_is_a_store_error(tmp_path: Path) -> None:
    """A path that is a folder, or lies below a file, is a StoreError that names the store and the cause."""
    (tmp_path / "file").touch()
    for path in (tmp_path, tmp_path / "file" / "visits.db"):
        store = SQLiteStore(path)
        with pytest.raises(StoreError, match=f"visit store {path.name} cannot be used: .*(unable|Not a dir)"):
            store.load(KEY)
        store.close()


def test_damaged_record_is_a_store_error(sqlite: SQLiteStore) -> None:
    """A row that is no record is reported as such, without its content."""
    sqlite.save(KEY, RECORD)
    with sqlite3.connect(sqlite.path) as database:
        database.execute("UPDATE visits SET record = 'visitor-1'")
    database.close()
    with pytest.raises(StoreError, match=r"visits\.db has a damaged record") as caught:
        sqlite.load(KEY)
    assert "visitor-1" not in str(caught.value)


def test_lock_that_never_frees_is_a_store_error(sqlite: SQLiteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer that waits in vain for another gets a StoreError without values, and can write once that is done."""
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


def test_deleted_record_leaves_no_trace(sqlite: SQLiteStore) -> None:
    """After deleting and closing, the ids are nowhere in the files."""
    sqlite.save(KEY, RECORD)
    sqlite.delete(KEY)
    sqlite.close()
    content = b"".join(path.read_bytes() for path in sqlite.path.parent.iterdir())
    assert b"visitor-1" not in content
    assert KEY.encode() not in content


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
def test_saved_visit_survives_a_killed_process(sqlite: SQLiteStore) -> None:
    """What `save` has returned is there after kill -9, and the dead process's lease ends by the clock."""
    script = """
    import time
    store = SQLiteStore(sys.argv[1], clock=lambda: 1000.0)
    store.acquire("customer-4711", "dead", lease=10)
    store.save("customer-4711", VisitRecord("visitor-1"))
    os.kill(os.getpid(), signal.SIGKILL)
    """
    run(script, sqlite.path, code=-signal.SIGKILL)
    assert sqlite.load(KEY) == VisitRecord("visitor-1", version=1)
    assert not sqlite.acquire(KEY, "alive", lease=10)
    sqlite._clock = lambda: 1010.0
    assert sqlite.acquire(KEY, "alive", lease=10)


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is a POSIX matter")
def test_killed_writer_blocks_nobody(sqlite: SQLiteStore) -> None:
    """A process killed in the middle of a write leaves neither half a change nor a lock."""
    script = """
    store.save("customer-4711", VisitRecord("visitor-1"))
    with store._transaction() as database:
        database.execute("DELETE FROM visits")
        os.kill(os.getpid(), signal.SIGKILL)
    """
    run(script, sqlite.path, code=-signal.SIGKILL)
    record = sqlite.load(KEY)
    assert record == VisitRecord("visitor-1", version=1)
    assert sqlite.save(KEY, record)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_fork_is_safe(sqlite: SQLiteStore) -> None:
    """A child goes on with a connection of its own: none is carried over, and what both save afterwards is kept."""
    script = """
    store.save("before", VisitRecord("before"))
    parent = store._connection()
    ready, go = os.pipe()
    child = os.fork()
    assert parent.database is None, "the connection was carried into the fork"
    if child == 0:
        os.read(ready, 1)
        assert store._connection() is not parent
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
