"""A store in one SQLite file, shared by any number of threads and processes of one machine.

A saved visit survives the death of the process (WAL with `synchronous=NORMAL`). A power failure may undo the last
changes, but never damages the file.
"""

from __future__ import annotations

import errno
import json
import math
import os
import random
import sqlite3
import threading
import time
import weakref
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from lp_engagement._common.clock import SystemClock
from lp_engagement._common.muted import Muted, MutedText
from lp_engagement._common.per_process import PerProcess
from lp_engagement._common.printable import printable
from lp_engagement._core.record import VisitRecord
from lp_engagement.errors import ConfigurationError, StoreError
from lp_engagement_client.facts import VISIT_LIFETIME_SECONDS

from .reading import damaged_visit, read, skip, sound
from .sqlite_file import ANYTHING, BUSY, clean, named, opened, opened_for_reading, transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lp_engagement._common.clock import Clock


__all__ = ["SQLiteStore"]

T = TypeVar("T")

_BUSY_SECONDS, _CLEAN_SECONDS = 5.0, 0.5
_FIRST_PAUSE, _LONGEST_PAUSE = 0.0001, 0.002
_CHUNK = 256
_SWEEP_EVERY, _SWEEP_CHUNK = 256, 1024
_SHORTEST_REMNANT = 4
_MOST_REMNANTS = 256
_SETTLE_EVERY = 1.0
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
# A time that is no number was not written by a store, and would never be old.
_OLD = "(updated_at < :before OR typeof(updated_at) <> 'real' OR typeof(ends) <> 'real')"
_PURGE_COUNT = f"SELECT count(*) FROM visits WHERE key > :after AND key <= :end AND {_OLD} AND ends > :now"  # noqa: S608 - a constant
_PURGE = f"DELETE FROM visits WHERE key > :after AND key <= :end AND ({_OLD} OR ends <= :now)"  # noqa: S608 - a constant
_SWEEP = "DELETE FROM visits WHERE key > :after AND key <= :end AND ends <= :now"
# Where the sweep goes on is a key as well, and must not outlive its visit.
_KEEP_PLACE = "UPDATE sweeps SET after = coalesce((SELECT max(key) FROM visits WHERE key <= after), -1)"
_FIRST = -1  # less than every key: SQLite sorts numbers before bytes
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_NOT_WRITABLE = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}
_WRONG_PLACE = {
    *(
        errno.EACCES,
        errno.EPERM,
        errno.EROFS,
        errno.ENOENT,
        errno.ENOTDIR,
        errno.EISDIR,
        errno.ENAMETOOLONG,
        errno.ELOOP,
    )
}
_WAYS_OUT = (
    " Use a file that can be written, such as sqlite:////tmp/visits.db; or redis://host:port/0; or memory://, which"
    " remembers nothing after the process. Pass it as store, or set LP_VISIT_STORE."
)


class SQLiteStore:
    """Stores visits in a file that only its owner can read. Nothing is opened before the first use.

    The threads of a process share one connection, because SQLite allows only one writer at a time anyway.

    Args:
        path: the file; created with its folders if missing. `None` for `visits.db` in the user's state folder. `~` is
            the home folder. A symbolic link is rejected.
        lifetime: seconds after its last save at which a visit expires; `None` for never. An
            expired visit is never returned; later saves delete it from the file, some at a time.
        mode: the file mode, as in `chmod`. A file with a wider mode is narrowed to this one.
        clock: visits expire by its `time()`, leases by its `monotonic()`, which must be the same in all processes of
            the machine; the system's if not given.

    Raises:
        ConfigurationError: the path cannot be one.
    """

    def __init__(
        self,
        path: str | Path | None = None,
        *,
        lifetime: float | None = VISIT_LIFETIME_SECONDS,
        mode: int = 0o600,
        clock: Clock | None = None,
    ) -> None:
        if path is None:
            from platformdirs import user_state_path

            path = user_state_path("lp-engagement", appauthor=False) / "visits.db"
        self.path: Path = _absolute(path)
        self._name = str(self.path)
        self._lifetime = math.inf if lifetime is None else lifetime
        self._mode = mode
        self._clock = clock or SystemClock()
        self._closed = False
        self._opened_before = False
        self._connections = _connections()

    def __repr__(self) -> str:
        return f"<SQLiteStore {self._name!r}, lifetime {self._lifetime:g} s>"

    def load(self, key: str) -> VisitRecord | None:
        """Return the record of `key`, or `None`. Works with a read-only file too."""
        key = MutedText(key)
        rows = self._run(
            lambda database: Muted(database.execute(_LOAD, (_bytes(key), self._clock.time())).fetchall()), reads=True
        )
        return sound(read(named(self.path), key, rows.value[0][0])) if rows.value else None

    def save(self, key: str, record: VisitRecord) -> VisitRecord | None:
        """Save `record` if its version is still the stored one; `None` if it is not."""
        key = MutedText(key)
        stored = record.counted()
        text = MutedText(stored.to_json())

        def change(database: sqlite3.Connection) -> bool:
            now = self._clock.time()  # not before: another process may have been waited for
            done = database.execute(
                _UPDATE if record.version else _INSERT,
                {
                    "key": _bytes(key),
                    "record": str(text),
                    "version": record.version,
                    "updated_at": record.updated_at,
                    "now": now,
                    "ends": now + self._lifetime,
                },
            )
            return done.rowcount > 0

        saved = self._run(change)
        if random.random() * _SWEEP_EVERY < 1:  # noqa: S311 - nobody gains by guessing it
            with suppress(StoreError):  # what the caller wanted is done
                self._run(lambda database: _sweep_chunk(database, self._clock.time(), self._clock.monotonic()))
                self._clean([])
        return stored if saved else None

    def delete(self, key: str) -> None:
        """Delete the record of `key`, if any, and overwrite it.

        If another process blocks the overwriting for half a second, a later call or the next open does it.
        """
        key = MutedText(key)

        def change(database: sqlite3.Connection) -> list[bytes]:
            with transaction(database):
                rows = database.execute("SELECT record FROM visits WHERE key = ?", [_bytes(key)]).fetchall()
                database.execute("DELETE FROM visits WHERE key = ?", [_bytes(key)])
                database.execute(_KEEP_PLACE)
                # The lease of a dead process has the key, too.
                database.execute(
                    "DELETE FROM leases WHERE key = ? AND ends <= ?", [_bytes(key), self._clock.monotonic()]
                )
            return _texts_of(key, rows)

        self._clean(self._run(change))

    def acquire(self, key: str, token: str, *, lease: float) -> bool:
        """Try to acquire the lease of `key` for `lease` seconds."""
        key = MutedText(key)

        def change(database: sqlite3.Connection) -> bool:
            # The time is read when nobody else can write any more: read before, another lease could have begun
            # meanwhile, and would look like one from before a reboot, which may be taken over.
            with transaction(database):
                now = self._clock.monotonic()
                values = Muted({"key": _bytes(key), "token": _bytes(token), "now": now, "ends": now + lease})
                return database.execute(_ACQUIRE, values.value).rowcount > 0

        return self._run(change)

    def release(self, key: str, token: str) -> None:
        """Release the lease of `key`, if `token` still holds it."""
        key = MutedText(key)
        self._run(
            lambda database: database.execute(
                "DELETE FROM leases WHERE key = ? AND token = ?", [_bytes(key), _bytes(token)]
            )
        )

    def items(self, *, damaged: Callable[[str, StoreError], object] | None = None) -> Iterator[tuple[str, VisitRecord]]:
        """Yield all keys and their records, in the order of the keys. Works with a read-only file too."""
        after: Muted[Any] = Muted(_FIRST)
        while True:
            rows = self._run(partial(_next_items, after=after, now=self._clock.time()), reads=True)
            for row in map(Muted, rows.value):
                key, record = self._item(row)
                if isinstance(record, VisitRecord):
                    yield str(key), record
                else:
                    skip(damaged, str(key), record)
            if not rows.value:
                return
            after = Muted(rows.value[-1][0])

    def purge(self, *, before: float, damaged: Callable[[str, StoreError], object] | None = None) -> int:  # noqa: ARG002 - all have a time
        """Delete the records whose `updated_at` is less than `before`, readable or not; return how many.

        Rebuilds a file of up to 32 MB, so that no deleted data is left in it.
        """
        deleted = 0
        after: Muted[Any] | None = Muted(_FIRST)
        while after is not None:
            # Not all at once: others want to write meanwhile.
            work = partial(_purge_chunk, after=after, before=before, now=self._clock.time())
            after, count = self._run(work)
            deleted += count
        self._clean([ANYTHING])
        return deleted

    def close(self) -> None:
        """Close the file. May be called again."""
        connection = self._connections.own()
        with connection.lock:
            self._closed = True
            connection.close()

    def _item(self, row: Muted[tuple[Any, Any]]) -> tuple[MutedText, VisitRecord | StoreError]:
        key, text = row.value[0], Muted(row.value[1])
        try:
            key = MutedText(key.decode("utf-8", "surrogatepass"))
        except (UnicodeDecodeError, AttributeError):  # written by somebody else
            key = MutedText(key.decode("utf-8", "backslashreplace") if isinstance(key, bytes) else key)
            return key, damaged_visit(named(self.path), key, "its key is not UTF-8")
        return key, read(named(self.path), key, text.value)

    # ------------------------------------------------------------------------------------------- the connection

    def _run(self, work: Callable[[sqlite3.Connection], T], *, reads: bool = False, patience: float | None = None) -> T:
        """Run `work`, which is atomic, as soon as no other process blocks it."""
        connection = self._connections.own()
        pause, until = _FIRST_PAUSE, math.inf
        while True:
            try:
                with connection.lock:
                    if self._closed:
                        raise RuntimeError("The visit store is closed. Make a new one.")
                    return work(self._database(connection))
            except (sqlite3.Error, OSError) as error:
                now = time.monotonic()
                until = min(until, now + (_BUSY_SECONDS if patience is None else patience))
                is_over = not _is_busy(error) or now >= until
                failure, is_place = self._failure(error)
            # Raised out here: the error that it replaces has frames with the key.
            if is_over:
                return self._read_only(work, failure) if reads and is_place else _raise(failure)
            # SQLite's own way of waiting has pauses that grow to 100 ms, which is how a process starves.
            time.sleep(random.uniform(pause / 2, pause))  # noqa: S311, TID251 - a store may block, shortly
            pause = min(pause * 1.5, _LONGEST_PAUSE)

    def _failure(self, error: sqlite3.Error | OSError) -> tuple[StoreError, bool]:
        """Translate `error`, and return whether the file's place is the cause."""
        if isinstance(error, OSError):
            cause, is_place, advice = error.strerror or type(error).__name__, error.errno in _WRONG_PLACE, ""
        else:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            is_place = code in _NOT_WRITABLE
            # SQLite says no more than that it cannot be opened.
            cause = "it is a folder" if is_place and self.path.is_dir() else printable(str(error), 200)
            advice = " Move the file away to start with an empty one." if code in _DAMAGED else ""
        advice = _WAYS_OUT if is_place else advice
        return StoreError(f"The visit store {named(self.path)} cannot be used: {cause}.{advice}"), is_place

    def _read_only(self, work: Callable[[sqlite3.Connection], T], failure: StoreError) -> T:
        """Do `work` on a file that cannot be written, or raise `failure`. Open it each time: it may become writable."""
        with suppress(sqlite3.Error, OSError):
            database = opened_for_reading(self.path, self._mode)
            if database is not None:
                try:
                    return work(database)
                finally:
                    database.close()
        raise failure

    def _clean(self, deleted: list[bytes]) -> None:
        """Overwrite deleted data now, or later if another process blocks it."""
        connection = self._connections.own()
        with connection.lock:
            connection.owe(deleted)
        with suppress(StoreError):
            self._run(connection.settle, patience=_CLEAN_SECONDS)

    def _database(self, connection: _Connection) -> sqlite3.Connection:
        if connection.database is not None and connection.file != _file(self._name):
            # Deleted or replaced by somebody: what would be saved there is lost.
            connection.close()
        if connection.database is None:
            if self._opened_before and not self.path.parent.exists():
                raise StoreError(f"The visit store {named(self.path)} cannot be used: its folder is gone.")
            if _has_log(self._name):  # left by a process that was killed, perhaps with deleted visits in it
                connection.owe([])
                connection.settle_at = 0.0
            connection.database = opened(self.path, self._mode, self._clock.time() + self._lifetime)
            connection.file = _file(self._name)
            self._opened_before = True
        if connection.owed is not None and time.monotonic() >= connection.settle_at:
            connection.settle_at = time.monotonic() + _SETTLE_EVERY
            with suppress(sqlite3.Error):
                connection.settle(connection.database)
        return connection.database


class _Connection:
    """The connection of one process, while it is open, and the lock for its threads."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.database: sqlite3.Connection | None = None
        self.file: tuple[int, int] | None = None
        # What was deleted and may be in the file still; `None` for nothing.
        self.owed: Muted[list[bytes]] | None = None
        self.settle_at = 0.0

    def owe(self, deleted: list[bytes]) -> None:
        known = self.owed.value + deleted if self.owed else deleted
        self.owed = Muted(known if len(known) <= _MOST_REMNANTS else [ANYTHING])
        self.settle_at = math.inf  # whoever owes it settles it

    def settle(self, database: sqlite3.Connection) -> None:
        """Finish the cleaning that was postponed."""
        self.settle_at = time.monotonic() + _SETTLE_EVERY
        if self.owed is not None:
            clean(database, self.owed.value)
            self.owed = None

    def close(self) -> None:
        if self.database is not None:
            if self.owed is not None:
                with suppress(sqlite3.Error):
                    self.settle(self.database)
            self.database.close()
        self.database = None


def _connections() -> PerProcess[_Connection]:
    """Make the connections of a store, which are closed before a fork.

    One that a fork has brought along all the same (from C code that runs no hooks) stays untouched: SQLite's locks do
    not survive a fork.
    """
    made = PerProcess(_Connection)
    with _forking:
        _in_use.add(made)
    return made


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _has_log(path: str) -> bool:
    with suppress(OSError):
        return os.stat(f"{path}-wal").st_size > 0  # noqa: PTH116 - as below
    return False


def _file(path: str) -> tuple[int, int] | None:
    """Identify the file, to notice another one of the same name."""
    try:
        found = os.stat(path)  # noqa: PTH116 - done for each call, and quicker
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _absolute(path: str | Path) -> Path:
    name = os.fspath(path)
    if not name.isprintable() or name in {"", ":memory:"}:
        raise ConfigurationError(
            "the path of an SQLite store must be the name of a file, without control characters."
            " For visits in memory use memory://."
        )
    try:
        return Path(path).expanduser().absolute()
    except (OSError, RuntimeError):
        fault = (
            "names a home folder that is unknown" if name.startswith("~") else "is relative to a folder that is gone"
        )
    raise ConfigurationError(f"the path of an SQLite store {fault}. Write an absolute path.")


def _is_busy(error: Exception) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in BUSY


def _raise(error: StoreError) -> Any:
    raise error


def _texts_of(key: str, rows: list[tuple[Any]]) -> list[bytes]:
    """Return the strings of deleted rows, as the file stores them, to search the file for."""
    texts = [_bytes(key)]
    for (text,) in rows:
        record = read("", key, text)
        if isinstance(record, VisitRecord):
            ids = (record.visitor_id, record.session_id, record.page_id)
            texts += [json.dumps(each)[1:-1].encode() for each in ids if each is not None]
    # Shorter ones are no ids, and are found everywhere.
    return [each for each in texts if len(each) >= _SHORTEST_REMNANT]


def _next_items(database: sqlite3.Connection, *, after: Muted[Any], now: float) -> Muted[list[tuple[Any, Any]]]:
    statement = "SELECT key, record FROM visits WHERE key > ? AND ends > ? ORDER BY key LIMIT ?"
    return Muted(database.execute(statement, [after.value, now, _CHUNK]).fetchall())


def _purge_chunk(
    database: sqlite3.Connection, *, after: Muted[Any], before: float, now: float
) -> tuple[Muted[Any] | None, int]:
    """Delete the old records among the next ones; return the last key looked at, if there may be more, and how many."""
    with transaction(database):
        end, looked_at = database.execute(_CHUNK_END, [after.value, _CHUNK]).fetchone()
        count = 0
        if end is not None:
            chunk = {"after": after.value, "end": end, "before": before, "now": now}
            count = database.execute(_PURGE_COUNT, chunk).fetchone()[0]
            database.execute(_PURGE, chunk)
            database.execute(_KEEP_PLACE)
    return Muted(end) if looked_at == _CHUNK else None, count


def _sweep_chunk(database: sqlite3.Connection, now: float, monotonic: float) -> None:
    """Delete the expired ones of the next records. The file stores where to continue, for all processes."""
    with transaction(database):
        database.execute("DELETE FROM leases WHERE ends <= ?", [monotonic])
        after = next(iter(database.execute("SELECT after FROM sweeps").fetchall()), (_FIRST,))[0]
        end, looked_at = database.execute(_CHUNK_END, [after, _SWEEP_CHUNK]).fetchone()
        if end is not None:
            database.execute(_SWEEP, {"after": after, "end": end, "now": now})
        database.execute("REPLACE INTO sweeps VALUES (0, ?)", [end if looked_at == _SWEEP_CHUNK else _FIRST])
        database.execute(_KEEP_PLACE)


_in_use: weakref.WeakSet[PerProcess[_Connection]] = weakref.WeakSet()
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
