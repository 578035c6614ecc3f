"""Visits in one SQLite file, shared by any number of threads and processes of one machine.

What `save` has returned survives the death of the process (WAL with `synchronous=NORMAL`). A power failure may undo the
last changes, but never damages the file.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
import weakref
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from lp_engagement.errors import StoreError

from .base import VisitRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["SQLiteStore"]

_APPLICATION_ID, _SCHEMA_VERSION = 0x4C50_4547, 1  # "LPEG" marks the file as ours
_BUSY_SECONDS = 5.0
_SMALLEST_DATABASE = 512
# Keys are bytes: SQLite text cannot hold every string that Python has (lone surrogates).
_SCHEMA = (
    "CREATE TABLE visits (key BLOB PRIMARY KEY, version INTEGER NOT NULL, record TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE leases (key BLOB PRIMARY KEY, token BLOB NOT NULL, ends REAL NOT NULL) WITHOUT ROWID",
    f"PRAGMA application_id = {_APPLICATION_ID}",
    f"PRAGMA user_version = {_SCHEMA_VERSION}",
)
# One statement, so that all three are of the same moment.
_IDENTITY = """SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema)
FROM pragma_application_id, pragma_user_version"""
_INSERT = "INSERT INTO visits VALUES (:key, 1, :record) ON CONFLICT DO NOTHING"
_UPDATE = "UPDATE visits SET version = version + 1, record = :record WHERE key = :key AND version = :version"
_ACQUIRE = """INSERT INTO leases VALUES (?, ?, ?)
ON CONFLICT DO UPDATE SET ends = excluded.ends WHERE token = excluded.token"""


class SQLiteStore:
    """Keeps visits in a file that only its owner can read. Nothing is opened before the first use.

    A process has one connection, which its threads take in turns; writers would wait for one another anyway.

    Args:
        path: the file; made with its folders if missing. `None` for `visits.db` in the user's state folder.
        clock: tells the time in seconds since the epoch; leases end by it.
    """

    def __init__(self, path: str | Path | None = None, *, clock: Callable[[], float] = time.time) -> None:
        if path is None:
            from platformdirs import user_state_path

            path = user_state_path("lp-engagement", appauthor=False) / "visits.db"
        self.path = Path(path).absolute()
        self._clock = clock
        self._closed = False
        self._by_process: dict[int, _Connection] = {}
        with _forking:
            _stores.add(self)

    def load(self, key: str) -> VisitRecord | None:
        """Return the record of `key`, or `None`."""
        with self._connected() as database:
            row = database.execute("SELECT record FROM visits WHERE key = ?", [_bytes(key)]).fetchone()
        try:
            return VisitRecord.from_json(row[0]) if row else None
        except ValueError as error:
            raise StoreError(f"The visit store {self.path.name} has a damaged record: {error}.") from None

    def save(self, key: str, record: VisitRecord) -> VisitRecord | None:
        """Save `record` if its version is still the stored one; `None` if it is not."""
        stored = replace(record, version=record.version + 1)
        values = {"key": _bytes(key), "record": stored.to_json(), "version": record.version}
        with self._transaction() as database:
            return stored if database.execute(_UPDATE if record.version else _INSERT, values).rowcount else None

    def delete(self, key: str) -> None:
        """Forget the record of `key`, if any."""
        with self._transaction() as database:
            database.execute("DELETE FROM visits WHERE key = ?", [_bytes(key)])

    def acquire(self, key: str, token: str, *, lease: float) -> bool:
        """Try to become the one who works on `key`, for `lease` seconds."""
        with self._transaction() as database:
            now = self._clock()  # not before: the transaction may have had to wait for another process
            database.execute("DELETE FROM leases WHERE ends <= ?", [now])
            return database.execute(_ACQUIRE, [_bytes(key), _bytes(token), now + lease]).rowcount > 0

    def release(self, key: str, token: str) -> None:
        """Let others work on `key`, if `token` still holds it."""
        with self._transaction() as database:
            database.execute("DELETE FROM leases WHERE key = ? AND token = ?", [_bytes(key), _bytes(token)])

    def close(self) -> None:
        """Close the file. May be called again."""
        with self._connection().lock:
            self._closed = True
            self._connection().close()

    def _connection(self) -> _Connection:
        # `setdefault` is atomic, so no lock is needed to find the lock. A connection that a fork has brought along
        # all the same (from C code that runs no hooks) stays untouched: SQLite's locks do not survive a fork.
        return self._by_process.setdefault(os.getpid(), _Connection())

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        connection = self._connection()
        with connection.lock:
            if self._closed:
                raise RuntimeError("The visit store is closed. Make a new one.")
            try:
                if connection.database is None:
                    connection.database = _opened(self.path)
                yield connection.database
            except (sqlite3.Error, OSError) as error:
                cause = getattr(error, "strerror", None) or error
                raise StoreError(f"The visit store {self.path.name} cannot be used: {cause}.") from None

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        # IMMEDIATE waits for its turn at the start. A deferred one would fail when it begins to write too late.
        with self._connected() as database:
            try:
                database.execute("BEGIN IMMEDIATE")
                yield database
                database.execute("COMMIT")
            finally:
                if database.in_transaction:
                    database.execute("ROLLBACK")


class _Connection:
    """What one process holds: a connection, while it is open, and the lock of those who use it."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.database: sqlite3.Connection | None = None

    def close(self) -> None:
        if self.database is not None:
            self.database.close()
        self.database = None


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _opened(path: Path) -> sqlite3.Connection:
    _make_private(path)
    database = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        if not _is_ours(database, path):
            database.execute("BEGIN IMMEDIATE")
            for statement in () if _is_ours(database, path) else _SCHEMA:  # another process may have been quicker
                database.execute(statement)
            database.execute("COMMIT")
        with suppress(sqlite3.OperationalError):
            # Kept in the file. If another process sets it at this moment, SQLite says "locked" without waiting.
            database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        database.execute("PRAGMA secure_delete = ON")  # who is forgotten leaves no traces in free pages
    except BaseException:
        database.close()
        raise
    return database


def _make_private(path: Path) -> None:
    """Make the file and its folders for their owner only, whatever the umask. SQLite's side files follow the file."""
    for folder in reversed([folder for folder in path.parents if not folder.exists()]):
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        path.chmod(0o600)
    if path.is_file() and 0 < path.stat().st_size < _SMALLEST_DATABASE:
        raise StoreError(f"{path.name} is not a database. Nothing was changed.")  # SQLite would overwrite it


def _is_ours(database: sqlite3.Connection, path: Path) -> bool:
    """Tell our file (`True`) from an empty one (`False`), and refuse all others before anything is changed."""
    application, version, tables = database.execute(_IDENTITY).fetchone()
    if application == _APPLICATION_ID and version != _SCHEMA_VERSION:
        raise StoreError(f"{path.name} was written by another version of this library (schema {version}).")
    if application != _APPLICATION_ID and (application or version or tables):
        raise StoreError(f"{path.name} is a database of another program. Nothing was changed.")
    return bool(application)


_stores: weakref.WeakSet[SQLiteStore] = weakref.WeakSet()
_frozen: list[_Connection] = []
_forking = threading.RLock()


def _freeze() -> None:
    """Close all connections, so that none is carried into a child; they open again when needed."""
    _forking.acquire()
    for store in list(_stores):
        _frozen.append(store._connection())  # noqa: SLF001 - of the same module
        _frozen[-1].lock.acquire()
        _frozen[-1].close()


def _thaw() -> None:
    while _frozen:
        _frozen.pop().lock.release()
    _forking.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_freeze, after_in_parent=_thaw, after_in_child=_thaw)
