"""Deleted is gone: what is left in the files of a store after a visit was deleted."""

from __future__ import annotations

import os
import sqlite3
import struct
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from lp_engagement.errors import StoreError
from lp_engagement.stores import SQLiteStore, VisitRecord
from lp_engagement.stores import sqlite as sqlite_module
from tests.helpers import FakeClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEY = "customer-4711"
RECORD = VisitRecord("visitor-1", "session-1", "page-1", updated_at=1000.0)
posix = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Name a file in a folder of its own."""
    return tmp_path / "state" / "visits.db"


@pytest.fixture
def store(path: Path) -> Iterator[SQLiteStore]:
    """Open a store on it."""
    made = SQLiteStore(path)
    yield made
    made.close()


def left(path: Path, *texts: str) -> set[str]:
    """Which texts can be found in the file or beside it."""
    content = b"".join(file.read_bytes() for file in path.parent.iterdir())
    return {text for text in texts if text.encode() in content}


def schema_cookie(path: Path) -> bytes:
    """The number in the header of the file that SQLite changes with each VACUUM."""
    return path.read_bytes()[40:44]


ALL = (KEY, "visitor-1", "session-1", "page-1")


@posix
def test_killed_around_forget(tmp_path: Path) -> None:
    """However a process is killed, nothing of a visit whose `forget()` had returned is there after the next open."""
    from tests.torture.forget import run

    counts = run(int(os.environ.get("LP_TEST_KILLS", "12")), 4711, tmp_path)
    assert counts.found == 0
    assert counts.forgotten > 0
    assert counts.logs > 0


@posix
def test_kills_find_a_store_that_cleans_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same run finds the leftovers of a store that deletes rows and leaves the log as it is."""
    from tests.torture.forget import run

    monkeypatch.setattr(sqlite_module, "clean", lambda database, deleted: None)
    assert run(8, 4711, tmp_path).found > 0


def test_reader_in_the_way_is_waited_for_later(path: Path, store: SQLiteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """If another process reads, `delete` returns all the same, and a later call does what is left to do."""
    monkeypatch.setattr(sqlite_module, "_CLEAN_SECONDS", 0.01)
    monkeypatch.setattr(sqlite_module, "_SETTLE_EVERY", 0.0)
    store.save(KEY, RECORD)
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM visits").fetchall()
        store.delete(KEY)
        assert store.load(KEY) is None
        assert left(path, *ALL) == set(ALL)
        reader.execute("COMMIT")
    store.load("another")
    assert left(path, *ALL) == set()


def test_closing_does_what_is_left_to_do(path: Path, store: SQLiteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A deletion that another process has delayed is completed by `close`, even if others have the file open."""
    monkeypatch.setattr(sqlite_module, "_CLEAN_SECONDS", 0.01)
    store.save(KEY, RECORD)
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM visits").fetchall()
        store.delete(KEY)
        reader.execute("COMMIT")
        store.close()
        assert left(path, *ALL) == set()


def test_purged_visit_is_gone(path: Path, store: SQLiteStore) -> None:
    """After `purge` nothing of an old visit is left while the file is open, and a young one is."""
    store.save(KEY, RECORD)
    store.save("young", VisitRecord("visitor-2", updated_at=2000.0))
    assert store.purge(before=1500) == 1
    assert left(path, *ALL) == set()
    assert left(path, "visitor-2")


def test_replaced_ids_are_gone_with_their_visit(path: Path, store: SQLiteStore) -> None:
    """Ids that a visit had before, and has no more, are gone from the log as well when it is deleted."""
    saved = store.save(KEY, RECORD)
    assert saved is not None
    store.save(KEY, VisitRecord("visitor-2", "session-2", version=1))
    store.delete(KEY)
    assert left(path, *ALL, "visitor-2", "session-2") == set()


def test_swept_visit_is_gone(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is left in the log of a visit that has ended and was swept up by a later save."""
    clock = FakeClock()
    store = SQLiteStore(path, lifetime=100, clock=clock)
    store.save(KEY, RECORD)
    clock.advance(200)
    monkeypatch.setattr(sqlite_module, "_SWEEP_EVERY", 1)
    store.save("another", VisitRecord("visitor-2"))
    assert left(path, *ALL) == set()
    store.close()


@pytest.mark.parametrize("way", ["delete", "purge"])
def test_place_of_the_sweep_is_no_trace(
    path: Path, store: SQLiteStore, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """Where the sweep goes on is noted as a key, and that key is gone with its visit."""
    monkeypatch.setattr(sqlite_module, "_SWEEP_EVERY", 1)
    monkeypatch.setattr(sqlite_module, "_SWEEP_CHUNK", 2)
    for key, updated_at in (("a", 2000.0), (KEY, 1000.0)):
        store.save(key, VisitRecord(f"of-{key}", updated_at=updated_at))
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT after FROM sweeps").fetchall() == [(KEY.encode(),)]
    if way == "delete":
        store.delete(KEY)
    else:
        store.purge(before=1500)
    assert left(path, KEY) == set()
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT after FROM sweeps").fetchall() == [(b"a",)]


def test_lease_of_a_dead_process_is_no_trace(path: Path) -> None:
    """A lease that has ended is deleted with the visit; one that still holds is not touched."""
    clock = FakeClock()
    store = SQLiteStore(path, clock=clock)
    store.acquire(KEY, "dead", lease=10)
    store.delete(KEY)
    assert left(path, KEY) == {KEY}
    clock.advance(20)
    store.delete(KEY)
    assert left(path, KEY) == set()
    store.close()


@pytest.mark.parametrize("text", ["session-1", "p-17"])
def test_copy_between_the_rows_is_gone(path: Path, store: SQLiteStore, text: str) -> None:
    """SQLite leaves copies of moved rows in unused parts of a page; those of a deleted visit are found and removed."""
    store.save(KEY, replace(RECORD, page_id="p-17"))
    kept = store.save("other", VisitRecord("visitor-2"))
    store.close()
    content = bytearray(path.read_bytes())
    size = struct.unpack_from(">H", content, 16)[0]
    [page] = [each for each in range(size, len(content), size) if KEY.encode() in content[each : each + size]]
    place = page + size // 2
    assert content[place : place + 100] == bytes(100)
    content[place : place + len(text)] = text.encode()
    path.write_bytes(content)
    again = SQLiteStore(path)
    before = schema_cookie(path)
    again.delete(KEY)
    assert left(path, *ALL, text) == set()
    assert schema_cookie(path) != before
    assert again.load("other") == kept
    again.close()


def test_row_with_the_same_text_costs_no_rebuild(path: Path, store: SQLiteStore) -> None:
    """A deleted text that another visit has too is no remnant, so the file is not rebuilt for it."""
    store.save(KEY, RECORD)
    store.save("other", RECORD)
    store.close()
    before = schema_cookie(path)
    with closing(SQLiteStore(path)) as again:
        again.delete(KEY)
    assert schema_cookie(path) == before
    assert left(path, KEY) == set()


def test_failed_deletion_holds_no_lock(path: Path, store: SQLiteStore) -> None:
    """A transaction that fails is rolled back, so that others can write at once."""
    store.save(KEY, RECORD)
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as database:
        database.execute("CREATE TRIGGER no BEFORE DELETE ON visits BEGIN SELECT RAISE(FAIL, 'no'); END")
        for work in (lambda: store.delete(KEY), lambda: store.purge(before=2000)):
            with pytest.raises(StoreError, match="cannot be used: no"):
                work()
            database.execute("BEGIN IMMEDIATE")
            database.execute("ROLLBACK")
