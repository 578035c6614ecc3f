"""Visits in one SQLite file, shared by any number of threads and processes of one machine.

What `save` has returned survives the death of the process (WAL with `synchronous=NORMAL`). A power failure may undo the
last changes, but never damages the file.
"""

from __future__ import annotations

import math
import os
import random
import sqlite3
import threading
import time
import weakref
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from lp_engagement.errors import StoreError
from lp_engagement_client.facts import VISIT_LIFETIME_SECONDS

from .base import VisitRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

__all__ = ["SQLiteStore"]

T = TypeVar("T")

_APPLICATION_ID, _SCHEMA_VERSION = 0x4C50_4547, 2  # "LPEG" marks the file as ours
_BUSY_SECONDS = 5.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.0001, 0.002
_SMALLEST_DATABASE = 512
_CHUNK = 256
_SWEEP_EVERY, _SWEEP_CHUNK = 256, 1024
# Keys are bytes: SQLite text cannot hold every string that Python has (lone surrogates).
_LEASES = """CREATE TABLE leases
(key BLOB PRIMARY KEY, token BLOB NOT NULL, begins REAL NOT NULL, ends REAL NOT NULL) WITHOUT ROWID"""
_SWEEPS = "CREATE TABLE sweeps (id INTEGER PRIMARY KEY CHECK (id = 0), after BLOB)"
_SCHEMA = (
    """CREATE TABLE visits (key BLOB PRIMARY KEY, version INTEGER NOT NULL, record TEXT NOT NULL,
    updated_at REAL NOT NULL DEFAULT 0, ends REAL NOT NULL DEFAULT 0) WITHOUT ROWID""",
    _LEASES,
    _SWEEPS,
    f"PRAGMA application_id = {_APPLICATION_ID}",
    f"PRAGMA user_version = {_SCHEMA_VERSION}",
)
_MIGRATIONS = {
    0: _SCHEMA,
    # Visits knew no end, leases ended by the time of day.
    1: (
        "ALTER TABLE visits ADD COLUMN updated_at REAL NOT NULL DEFAULT 0",
        "ALTER TABLE visits ADD COLUMN ends REAL NOT NULL DEFAULT 0",
        "UPDATE visits SET updated_at = updated_at_of(record), ends = :ends",
        "DROP TABLE leases",
        _LEASES,
        _SWEEPS,
        "PRAGMA user_version = 2",
    ),
}
# One statement, so that all three are of the same moment.
_IDENTITY = """SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema)
FROM pragma_application_id, pragma_user_version"""
# Each change is one statement, which takes the lock of the writers at its beginning, as BEGIN IMMEDIATE would.
_LOAD = "SELECT record FROM visits WHERE key = ? AND ends > ?"
_INSERT = """INSERT INTO visits VALUES (:key, 1, :record, :updated_at, :ends)
ON CONFLICT DO UPDATE SET version = 1, record = excluded.record, updated_at = excluded.updated_at, ends = excluded.ends
WHERE visits.ends <= :now"""
_UPDATE = """UPDATE visits SET version = version + 1, record = :record, updated_at = :updated_at, ends = :ends
WHERE key = :key AND version = :version AND ends > :now"""
_ACQUIRE = """INSERT INTO leases VALUES (:key, :token, :now, :ends)
ON CONFLICT DO UPDATE SET token = excluded.token, begins = excluded.begins, ends = excluded.ends
WHERE token = excluded.token OR leases.ends <= :now OR leases.begins > :now"""
_CHUNK_END = "SELECT max(key), count(*) FROM (SELECT key FROM visits WHERE key > ? ORDER BY key LIMIT ?)"
_PURGE_COUNT = "SELECT count(*) FROM visits WHERE key > :after AND key <= :end AND updated_at < :before AND ends > :now"
_PURGE = "DELETE FROM visits WHERE key > :after AND key <= :end AND (updated_at < :before OR ends <= :now)"
_SWEEP = "DELETE FROM visits WHERE key > :after AND key <= :end AND ends <= :now"
_FIRST = -1  # less than every key: SQLite sorts numbers before bytes
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


class SQLiteStore:
    """Keeps visits in a file that only its owner can read. Nothing is opened before the first use.

    A process has one connection, which its threads take in turns; writers would wait for one another anyway.

    Args:
        path: the file; made with its folders if missing. `None` for `visits.db` in the user's state folder.
        lifetime: seconds after which a visit that was not saved again is forgotten; `None` for never. What has
            ended is never given again; its place in the file is cleared by and by, as other visits are saved.
        mode: what others may do with the file, as in `chmod`. A file that allows more is narrowed to this.
        clock: tells the time in seconds since the epoch; visits end by it.
        monotonic: tells the time by a clock that is never set, the same in all processes; leases end by it.
            `clock` if only that is given.
    """

    def __init__(
        self,
        path: str | Path | None = None,
        *,
        lifetime: float | None = VISIT_LIFETIME_SECONDS,
        mode: int = 0o600,
        clock: Callable[[], float] | None = None,
        monotonic: Callable[[], float] | None = None,
    ) -> None:
        if path is None:
            from platformdirs import user_state_path

            path = user_state_path("lp-engagement", appauthor=False) / "visits.db"
        self.path: Path = Path(path).absolute()
        self._name = str(self.path)
        self._lifetime = math.inf if lifetime is None else lifetime
        self._mode = mode
        self._clock = clock or time.time
        self._monotonic = monotonic or clock or time.monotonic
        self._closed = False
        self._opened_before = False
        self._connections = _Connections()

    def load(self, key: str) -> VisitRecord | None:
        """Return the record of `key`, or `None`."""
        rows = self._run(lambda database: database.execute(_LOAD, (_bytes(key), self._clock())).fetchall())
        return self._read(rows[0][0]) if rows else None

    def save(self, key: str, record: VisitRecord) -> VisitRecord | None:
        """Save `record` if its version is still the stored one; `None` if it is not."""
        stored = record.counted()
        values: dict[str, Any] = {
            "key": _bytes(key),
            "record": stored.to_json(),
            "version": record.version,
            "updated_at": record.updated_at,
        }

        def change(database: sqlite3.Connection) -> bool:
            now = self._clock()  # not before: another process may have been waited for
            values["now"], values["ends"] = now, now + self._lifetime
            return database.execute(_UPDATE if record.version else _INSERT, values).rowcount > 0

        saved = self._run(change)
        if random.random() * _SWEEP_EVERY < 1:  # noqa: S311 - nobody gains by guessing it
            with suppress(StoreError):  # what the caller wanted is done
                self._run(lambda database: _sweep_chunk(database, self._clock(), self._monotonic()))
        return stored if saved else None

    def delete(self, key: str) -> None:
        """Forget the record of `key`, if any."""
        self._run(lambda database: database.execute("DELETE FROM visits WHERE key = ?", [_bytes(key)]))

    def acquire(self, key: str, token: str, *, lease: float) -> bool:
        """Try to become the one who works on `key`, for `lease` seconds."""

        def change(database: sqlite3.Connection) -> bool:
            with database:
                # The time is read when nobody else can write any more: read before, another lease could have begun
                # meanwhile, and would look like one from before a reboot, which may be taken over.
                database.execute("BEGIN IMMEDIATE")
                now = self._monotonic()
                values = {"key": _bytes(key), "token": _bytes(token), "now": now, "ends": now + lease}
                return database.execute(_ACQUIRE, values).rowcount > 0

        return self._run(change)

    def release(self, key: str, token: str) -> None:
        """Let others work on `key`, if `token` still holds it."""
        values = [_bytes(key), _bytes(token)]
        self._run(lambda database: database.execute("DELETE FROM leases WHERE key = ? AND token = ?", values))

    def items(self) -> Iterator[tuple[str, VisitRecord]]:
        """Give all keys and their records, in the order of the keys."""
        after: Any = _FIRST
        while rows := self._run(partial(_next_items, after=after, now=self._clock())):
            for key, text in rows:
                yield key.decode("utf-8", "surrogatepass"), self._read(text)
            after = rows[-1][0]

    def purge(self, *, before: float) -> int:
        """Delete the records whose `updated_at` is less than `before`; return how many."""
        deleted = 0
        after: Any = _FIRST
        while after is not None:
            # Not all at once: others want to write meanwhile.
            work = partial(_purge_chunk, after=after, before=before, now=self._clock())
            after, count = self._run(work)
            deleted += count
        return deleted

    def close(self) -> None:
        """Close the file. May be called again."""
        connection = self._connections.own()
        with connection.lock:
            self._closed = True
            connection.close()

    def _read(self, text: str) -> VisitRecord:
        try:
            return VisitRecord.from_json(text)
        except (ValueError, TypeError):
            raise StoreError(f"The visit store {self.path.name} has a damaged record.") from None

    # ------------------------------------------------------------------------------------------- the connection

    def _run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do `work`, which does all or nothing, as soon as no other process is in the way."""
        connection = self._connections.own()
        pause, until = _FIRST_PAUSE, math.inf
        while True:
            try:
                with connection.lock:
                    if self._closed:
                        raise RuntimeError("The visit store is closed. Make a new one.")
                    return work(self._database(connection))
            except sqlite3.Error as error:
                now = time.monotonic()
                until = min(until, now + _BUSY_SECONDS)
                code = getattr(error, "sqlite_errorcode", 0) & 0xFF
                if code not in _BUSY or now >= until:
                    advice = " Move the file away to begin anew." if code in _DAMAGED else ""
                    raise StoreError(f"The visit store {self.path.name} cannot be used: {error}.{advice}") from None
            except OSError as error:
                raise StoreError(f"The visit store {self.path.name} cannot be used: {error.strerror}.") from None
            # SQLite's own way of waiting has pauses that grow to 100 ms, which is how a process starves.
            time.sleep(random.uniform(pause / 2, pause))  # noqa: S311, TID251 - a store may block, shortly
            pause = min(pause * 1.5, _LONGEST_PAUSE)

    def _database(self, connection: _Connection) -> sqlite3.Connection:
        if connection.database is not None and connection.file != _file(self._name):
            # Deleted or replaced by somebody: what would be saved there is lost.
            connection.close()
        if connection.database is None:
            if self._opened_before and not self.path.parent.exists():
                raise StoreError(f"The visit store {self.path.name} cannot be used: its folder is gone.")
            connection.database = _opened(self.path, self._mode, self._clock() + self._lifetime)
            connection.file = _file(self._name)
            self._opened_before = True
        return connection.database


class _Connection:
    """What one process holds: a connection, while it is open, and the lock of those who use it."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.database: sqlite3.Connection | None = None
        self.file: tuple[int, int] | None = None

    def close(self) -> None:
        if self.database is not None:
            self.database.close()
        self.database = None


class _Connections:
    """The connections of a store, one for each process."""

    def __init__(self) -> None:
        self._by_process: dict[int, _Connection] = {}
        with _forking:
            _in_use.add(self)

    def own(self) -> _Connection:
        # `setdefault` is atomic, so no lock is needed to find the lock. A connection that a fork has brought along
        # all the same (from C code that runs no hooks) stays untouched: SQLite's locks do not survive a fork.
        process = os.getpid()
        return self._by_process.get(process) or self._by_process.setdefault(process, _Connection())


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _file(path: str) -> tuple[int, int] | None:
    """Tell one file of this name from another."""
    try:
        found = os.stat(path)  # noqa: PTH116 - done for each call, and quicker
    except OSError:
        return None
    return found.st_dev, found.st_ino


@contextmanager
def _transaction(database: sqlite3.Connection) -> Generator[None]:
    # IMMEDIATE waits for its turn at the start. A deferred one would fail when it begins to write too late.
    try:
        database.execute("BEGIN IMMEDIATE")
        yield
        database.execute("COMMIT")
    finally:
        if database.in_transaction:
            database.execute("ROLLBACK")


def _next_items(database: sqlite3.Connection, *, after: Any, now: float) -> list[tuple[bytes, str]]:
    statement = "SELECT key, record FROM visits WHERE key > ? AND ends > ? ORDER BY key LIMIT ?"
    return database.execute(statement, [after, now, _CHUNK]).fetchall()


def _purge_chunk(database: sqlite3.Connection, *, after: Any, before: float, now: float) -> tuple[Any, int]:
    """Delete the old records among the next ones; return the last key looked at, if there may be more, and how many."""
    with _transaction(database):
        end, looked_at = database.execute(_CHUNK_END, [after, _CHUNK]).fetchone()
        count = 0
        if end is not None:
            chunk = {"after": after, "end": end, "before": before, "now": now}
            count = database.execute(_PURGE_COUNT, chunk).fetchone()[0]
            database.execute(_PURGE, chunk)
    return end if looked_at == _CHUNK else None, count


def _sweep_chunk(database: sqlite3.Connection, now: float, monotonic: float) -> None:
    """Delete what has ended among the next records; where to go on is kept in the file, for all processes."""
    with _transaction(database):
        database.execute("DELETE FROM leases WHERE ends <= ?", [monotonic])
        after = next(iter(database.execute("SELECT after FROM sweeps").fetchall()), (_FIRST,))[0]
        end, looked_at = database.execute(_CHUNK_END, [after, _SWEEP_CHUNK]).fetchone()
        if end is not None:
            database.execute(_SWEEP, {"after": after, "end": end, "now": now})
        database.execute("REPLACE INTO sweeps VALUES (0, ?)", [end if looked_at == _SWEEP_CHUNK else _FIRST])


def _opened(path: Path, mode: int, ends: float) -> sqlite3.Connection:
    _make_private(path, mode)
    database = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        version = _version(database, path)  # refuses what is not ours before anything is changed
        _narrow(path, mode)
        if version != _SCHEMA_VERSION:
            database.create_function("updated_at_of", 1, _updated_at_of)
            with _transaction(database):
                while (version := _version(database, path)) != _SCHEMA_VERSION:  # another process may have been quicker
                    for statement in _MIGRATIONS[version]:
                        database.execute(statement, {"ends": ends})
        if database.execute("PRAGMA journal_mode").fetchall() != [("wal",)]:
            database.execute("PRAGMA journal_mode = WAL").fetchall()  # kept in the file
        database.execute("PRAGMA synchronous = NORMAL")
        database.execute("PRAGMA secure_delete = ON").fetchall()  # who is forgotten leaves no traces in free pages
    except BaseException:
        database.close()
        raise
    return database


def _make_private(path: Path, mode: int) -> None:
    """Make the file and its folders for their owner only, whatever the umask. SQLite's side files follow the file."""
    for folder in reversed([folder for folder in path.parents if not folder.exists()]):
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        path.chmod(mode)
    if path.is_file() and 0 < path.stat().st_size < _SMALLEST_DATABASE:
        raise StoreError(f"{path.name} is not a database. Nothing was changed.")  # SQLite would overwrite it


def _narrow(path: Path, mode: int) -> None:
    """Take away what others may do with a file that was made, copied or restored with a wider mode."""
    if os.name != "posix":
        return
    for each in (path, *(path.with_name(path.name + suffix) for suffix in ("-wal", "-shm"))):
        with suppress(FileNotFoundError):
            found = each.stat().st_mode & 0o777
            if found & ~mode:
                with suppress(PermissionError):
                    each.chmod(found & mode)
                if each.stat().st_mode & 0o777 & ~mode:
                    raise StoreError(
                        f"The visit store {path.name} is open to others (mode {found:04o}), and this cannot be changed."
                        f" Let its owner run chmod {mode:o}, or allow it with SQLiteStore(..., mode=0o{found:o})."
                    )


def _version(database: sqlite3.Connection, path: Path) -> int:
    """Return the schema of a file of ours, 0 if it is empty, and refuse all others."""
    [(application, version, tables)] = database.execute(_IDENTITY).fetchall()
    if application == _APPLICATION_ID and not 0 < version <= _SCHEMA_VERSION:
        raise StoreError(
            f"The visit store {path.name} was written by a newer version of this library (schema {version}, this one"
            f" knows {_SCHEMA_VERSION}). Nothing was changed."
        )
    if application != _APPLICATION_ID and (application or version or tables):
        raise StoreError(f"{path.name} is a database of another program. Nothing was changed.")
    return int(version)


def _updated_at_of(text: str) -> float:
    try:
        return float(VisitRecord.from_json(text).updated_at)
    except (ValueError, TypeError):
        return 0.0


_in_use: weakref.WeakSet[_Connections] = weakref.WeakSet()
_frozen: list[_Connection] = []
_forking = threading.RLock()


def _freeze() -> None:
    """Close all connections, so that none is carried into a child; they open again when needed."""
    _forking.acquire()
    for connections in list(_in_use):
        _frozen.append(connections.own())
        _frozen[-1].lock.acquire()
        _frozen[-1].close()


def _thaw() -> None:
    while _frozen:
        _frozen.pop().lock.release()
    _forking.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_freeze, after_in_parent=_thaw, after_in_child=_thaw)
