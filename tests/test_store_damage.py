"""Stored data is not trusted: records of other types, changed ids, older ciphertext, read-only media."""

from __future__ import annotations

import json
import logging
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import FrozenInstanceError, replace
from typing import TYPE_CHECKING, Any

import pytest

from lp_engagement.errors import StoreError
from lp_engagement.stores import EncryptedStore, MemoryStore, SQLiteStore, VisitRecord
from lp_engagement.stores import memory as memory_module

if TYPE_CHECKING:
    from pathlib import Path

KEY = "customer-4711"
RECORD = VisitRecord("visitor-1", "session-1", "page-1", {"engagementId": 1}, 2000.5, 1000.25)
DEEP = "[" * 100_000 + "]" * 100_000


@pytest.mark.parametrize(
    "field, values",
    [
        ("visitor_id", ["..", ".", 5, True, ["x"], {}, "", " ", "\n", "\u202e", "v" * 257, "null", "{{}}", "\ud800"]),
        ("session_id", ["..", 5, "v" * 257]),
        ("page_id", ["..", 5, "v" * 257]),
        ("engagement", [[], "x", 5, True]),
        ("engagement_expires_at", ["x", True, -1, 10**400, 1e300, []]),
        ("updated_at", ["x", None, True, -0.1, 10**400, {}]),
        ("version", ["x", None, True, -1, 1.0, 2**53 + 1, 10**400]),
    ],
)
def test_field_of_a_stored_record_is_checked(field: str, values: list[Any]) -> None:
    """A field that no store can have written is refused by name, without its value, and so is writing it."""
    for value in values:
        with pytest.raises(ValueError, match=r"^its ") as caught:
            VisitRecord.from_json(json.dumps({field: value}))
        assert caught.value.__context__ is None
        if value is not None:
            with pytest.raises(StoreError, match="the visit cannot be stored: its "):
                replace(RECORD, **{field: value}).to_json()


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity"])
def test_number_that_json_has_not_got_is_refused(text: str) -> None:
    """NaN and Infinity, which Python's parser accepts, are not times."""
    with pytest.raises(ValueError, match="times are not seconds"):
        VisitRecord.from_json(f'{{"updated_at": {text}}}')


@pytest.mark.parametrize(
    "text", [DEEP, f'{{"engagement": {{"a": {DEEP}}}}}', '{"engagement": ' + '{"a":' * 101 + "1" + "}" * 102]
)
def test_deep_record_is_refused(text: str) -> None:
    """A record that is nested too deeply is a ValueError, whether the parser gives up or not."""
    with pytest.raises(ValueError, match=r"nested deeper than 100 levels|must be a JSON object"):
        VisitRecord.from_json(text)


def test_wide_record_is_taken() -> None:
    """Many brackets are no depth."""
    record = VisitRecord(engagement={"list": [{"a": []} for _ in range(200)]})
    assert VisitRecord.from_json(record.to_json()) == record


@pytest.mark.parametrize("engagement", [{"a": object()}, {"a": {1, 2}}])
def test_engagement_that_is_not_json_is_refused(engagement: Any) -> None:
    """A value that cannot be written as JSON raises StoreError, not TypeError."""
    with pytest.raises(StoreError, match="its engagement is not JSON"):
        VisitRecord(engagement=engagement).to_json()


def test_endless_engagement_is_refused() -> None:
    """A dict that contains itself is a StoreError and not a ValueError."""
    engagement: dict[str, Any] = {}
    engagement["again"] = engagement
    with pytest.raises(StoreError, match="its engagement is not JSON"):
        VisitRecord(engagement=engagement).to_json()


def test_record_is_frozen() -> None:
    """A record that is handed from one caller to another cannot be changed."""
    with pytest.raises(FrozenInstanceError):
        RECORD.visitor_id = "other"  # type: ignore[misc]


def test_skipped_visit_is_logged_by_its_hash(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Whoever does not ask for damaged visits finds a warning in the log, with neither the key nor the value."""
    store = SQLiteStore(tmp_path / "v.db")
    store.save(KEY, RECORD)
    with closing(sqlite3.connect(store.path)) as database, database:
        database.execute("UPDATE visits SET record = 'secret'")
    with caplog.at_level(logging.WARNING, "lp_engagement"):
        assert list(store.items()) == []
    [entry] = caplog.records
    assert "has a damaged visit (hash " in entry.getMessage()
    assert KEY not in entry.getMessage()
    assert "secret" not in entry.getMessage()
    store.close()


@pytest.mark.parametrize("column, value", [("record", b"\xff"), ("record", 7), ("key", b"\xff\xfe"), ("key", 7)])
def test_row_of_any_kind_is_skipped(tmp_path: Path, column: str, value: Any) -> None:
    """A row whose key or record is of another type, or not text, is skipped and reported like any damaged one."""
    store = SQLiteStore(tmp_path / "v.db")
    kept = store.save("kept", RECORD)
    store.save(KEY, RECORD)
    with closing(sqlite3.connect(store.path)) as database, database:
        database.execute(f"UPDATE visits SET {column} = ? WHERE key = ?", [value, KEY.encode()])  # noqa: S608 - a name
    skipped: list[str] = []
    assert dict(store.items(damaged=lambda key, _: skipped.append(key))) == {"kept": kept}
    assert len(skipped) == 1
    assert store.purge(before=2000) == 2
    store.close()


def test_visit_whose_time_is_none_is_purged(tmp_path: Path) -> None:
    """A row without a number for its time would never be old; purge deletes it."""
    store = SQLiteStore(tmp_path / "v.db")
    store.save(KEY, RECORD)
    with closing(sqlite3.connect(store.path)) as database, database:
        database.execute("UPDATE visits SET updated_at = 'x'")
    assert store.purge(before=1) == 1
    store.close()


# ------------------------------------------------------------------------------------------------- encryption


@pytest.fixture
def key() -> bytes:
    """Make an encryption key."""
    return bytes(pytest.importorskip("cryptography.fernet").Fernet.generate_key())


def test_older_visit_cannot_be_put_back(key: bytes) -> None:
    """A ciphertext that was saved under an older version is refused under a newer one."""
    inner = MemoryStore()
    store = EncryptedStore(inner, key)
    first = store.save(KEY, RECORD)
    assert first is not None
    old = inner.load(KEY)
    assert old is not None
    second = store.save(KEY, replace(first, visitor_id="visitor-2"))
    assert store.load(KEY) == second
    inner.save(KEY, replace(old, version=2))
    with pytest.raises(StoreError, match="under the version of another: somebody has put back an older one"):
        store.load(KEY)


@pytest.mark.parametrize("content", [b"x", b"[]", b"[1, 2, 3]", b'["a", 1]', b'["k", 1, "x"]', b"{}", b"\xff"])
def test_valid_token_of_something_else_is_refused(key: bytes, content: bytes) -> None:
    """Ciphertext of the right key that contains no visit raises StoreError."""
    from cryptography.fernet import Fernet

    inner = MemoryStore()
    inner.save("k", VisitRecord(engagement={"encrypted": Fernet(key).encrypt(content).decode()}))
    with pytest.raises(StoreError, match="damaged visit"):
        EncryptedStore(inner, key).load("k")


@pytest.mark.parametrize("token", ["é", "", "x", "\ud800", 5, None, ["a"]])
def test_token_that_is_none_is_refused(key: bytes, token: Any) -> None:
    """A value that is no token raises StoreError, not another library's error, and blocks no other visit."""
    inner = MemoryStore()
    store = EncryptedStore(inner, key)
    kept = store.save("kept", RECORD)
    inner.save(KEY, VisitRecord(engagement={"encrypted": token}))
    with pytest.raises(StoreError, match=r"cannot be decrypted|is not encrypted"):
        store.load(KEY)
    assert dict(store.items()) == {"kept": kept}


# ----------------------------------------------------------------------------------------------------- the rest


def test_purge_of_the_memory_lets_others_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Purging many visits takes the lock for some at a time, and others can load and save in between."""
    monkeypatch.setattr(memory_module, "_CHUNK", 10)
    store = MemoryStore()
    for number in range(100):
        store.save(str(number), RECORD)
    chunk, seen = store._purge_chunk, []

    def counted(keys: list[str], before: float) -> int:
        seen.append(len(keys))
        return chunk(keys, before)

    monkeypatch.setattr(store, "_purge_chunk", counted)
    assert store.purge(before=2000) == 100
    assert seen == [10] * 10
    assert list(store.items()) == []


READ_ONLY = """
import sys
from pathlib import Path
from lp_engagement import EngagementClient
from lp_engagement.errors import StoreError
from lp_engagement.simulator import Simulator
from lp_engagement.stores import SQLiteStore, VisitRecord
store = SQLiteStore(Path(sys.argv[1]) / "visits.db")
assert store.load("12345678:known").visitor_id == "visitor-1"
assert [key for key, _ in store.items()] == ["12345678:known"]
for work in (lambda: store.save("new", VisitRecord()), lambda: store.delete("12345678:known")):
    try:
        work()
    except StoreError as error:
        assert "or set LP_VISIT_STORE" in str(error), error
    else:
        raise AssertionError("a read-only file system was written")
simulator = Simulator()
with EngagementClient("12345678", transport=simulator.transport(), store=store, base_url="https://a.b") as client:
    try:
        client.visit("new").get_engagement()
    except StoreError:
        pass
    assert len(simulator.journal) == 0
"""


@pytest.mark.skipif(sys.platform != "linux", reason="mounts a file system as Linux does")
@pytest.mark.parametrize("left", [("",), ("", "-wal", "-shm")], ids=["closed", "killed"])
def test_read_only_file_system(tmp_path: Path, left: tuple[str, ...]) -> None:
    """On a read-only file system a known visit is read, also one that is in the log of a dead process only."""
    source, mounted = tmp_path / "source", tmp_path / "mounted"
    mounted.mkdir()
    store = SQLiteStore(source / "visits.db")
    store.save("12345678:known", VisitRecord("visitor-1"))
    if len(left) == 1:
        store.close()
    copy = tmp_path / "copy"
    copy.mkdir()
    for suffix in left:
        shutil.copy(source / f"visits.db{suffix}", copy)
    mount = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
    mount += ['mount -t tmpfs none "$0" && cp "$1"/* "$0" && mount -o remount,ro "$0" && shift && exec "$@"']
    mount += [str(mounted), str(copy)]
    try:
        subprocess.run([*mount, "true"], check=True, capture_output=True, timeout=10)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this machine lets nobody mount a file system; test_permission_lost is nearest to it")
    command = [*mount, sys.executable, "-c", READ_ONLY, str(mounted)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    store.close()
