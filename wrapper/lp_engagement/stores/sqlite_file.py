"""The file of an `SQLiteStore`: its mode, opening, migration, and the overwriting of deleted visits."""

from __future__ import annotations

import os
import sqlite3
import stat
import struct
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from lp_engagement._common.printable import printable
from lp_engagement._core.record import VisitRecord
from lp_engagement.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from pathlib import Path

__all__ = ["ANYTHING", "BUSY", "clean", "named", "opened", "opened_for_reading", "transaction"]

ANYTHING = b""
"""Stands for whatever may have been deleted."""

BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL}

_APPLICATION_ID, _SCHEMA_VERSION = 0x4C50_4547, 2  # "LPEG" marks the file as ours
_LONGEST_PATH = 4096
_SMALLEST_DATABASE = 512
# Looking through this much takes a third of a second on a busy machine, rebuilding it a second; others wait meanwhile.
_LARGEST_REBUILD = 32 * 2**20
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
# The kinds of a page that has rows, and the bytes of its header.
_HEADER = {2: 12, 5: 12, 10: 8, 13: 8}


def named(path: Path) -> str:
    """Return the file's full path, for messages."""
    return printable(str(path), _LONGEST_PATH)


@contextmanager
def transaction(database: sqlite3.Connection) -> Generator[None]:
    """Run the block as one transaction."""
    # IMMEDIATE waits for its turn at the start. A deferred one would fail when it begins to write too late.
    try:
        database.execute("BEGIN IMMEDIATE")
        yield
        database.execute("COMMIT")
    finally:
        if database.in_transaction:
            database.execute("ROLLBACK")


# ------------------------------------------------------------------------------------------------------ opening


def opened(path: Path, mode: int, ends: float) -> sqlite3.Connection:
    """Open the file; create or migrate it if necessary. `ends` is the expiry of visits stored without one."""
    _make_private(path, mode)
    database = _configured(sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False))
    try:
        version = _version(database, path)  # refuses what is not ours before anything is changed
        _narrow(path, mode)
        database.execute("PRAGMA secure_delete = ON").fetchall()  # deleted rows are overwritten
        if version != _SCHEMA_VERSION:
            database.create_function("updated_at_of", 1, _updated_at_of)
            with transaction(database):
                while (version := _version(database, path)) != _SCHEMA_VERSION:  # another process may have been quicker
                    for statement in _MIGRATIONS[version]:
                        database.execute(statement, {"ends": ends})
        if database.execute("PRAGMA journal_mode").fetchall() != [("wal",)]:
            database.execute("PRAGMA journal_mode = WAL").fetchall()  # kept in the file
        database.execute("PRAGMA synchronous = NORMAL")
    except BaseException:
        database.close()
        raise
    return database


def opened_for_reading(path: Path, mode: int) -> sqlite3.Connection | None:
    """Open a file that cannot be written, as on a read-only file system, or return `None`."""
    if not path.is_file():
        return None
    _narrow(path, mode)
    ways = ["mode=ro"]
    log = path.with_name(f"{path.name}-wal")
    # SQLite reads no write-ahead log without its index, which it cannot make here. Where there is no log nobody writes.
    if not log.exists() or log.stat().st_size == 0:
        ways.append("immutable=1")
    for way in ways:
        database = sqlite3.connect(
            f"{path.as_uri()}?{way}", uri=True, timeout=0, isolation_level=None, check_same_thread=False
        )
        with suppress(sqlite3.Error):
            if _version(_configured(database), path) == _SCHEMA_VERSION:
                return database
        database.close()
    return None


def _configured(database: sqlite3.Connection) -> sqlite3.Connection:
    # A damaged text must not block the rows beside it.
    database.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
    return database


def _make_private(path: Path, mode: int) -> None:
    """Make the file and its folders for their owner only, whatever the umask. SQLite's side files follow the file."""
    for folder in reversed([folder for folder in path.parents if not folder.exists()]):
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
    _refuse_trap(path)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        path.chmod(mode)
    if path.is_file() and 0 < path.stat().st_size < _SMALLEST_DATABASE:
        # SQLite would overwrite it.
        raise StoreError(f"The visit store {named(path)} is not a database. Nothing was changed.")


def _refuse_trap(path: Path) -> None:
    """Reject a file that another user may have put into a world-writable folder, such as a container volume."""
    if os.name != "posix":
        return
    with suppress(FileNotFoundError):
        found = path.lstat()
        if stat.S_ISLNK(found.st_mode):
            raise StoreError(
                f"The visit store {named(path)} is a symbolic link, which is not followed. Name the file itself."
            )
        if found.st_uid != os.geteuid() and path.parent.stat().st_mode & stat.S_IWOTH:
            raise StoreError(
                f"The visit store {named(path)} belongs to another user and is in a folder that everybody can write."
                " Use a folder of your own."
            )


def _narrow(path: Path, mode: int) -> None:
    """Narrow the mode of a file that was created, copied or restored with a wider one."""
    if os.name != "posix":
        return
    for file in (path, *(path.with_name(path.name + suffix) for suffix in ("-wal", "-shm"))):
        with suppress(FileNotFoundError):
            found = file.stat().st_mode & 0o777
            if found & ~mode:
                with suppress(OSError):
                    file.chmod(found & mode)
                if file.stat().st_mode & 0o777 & ~mode:
                    raise StoreError(
                        f"The visit store {named(path)} is open to others (mode {found:04o}), and this cannot be"
                        f" changed. Let its owner run chmod {mode:o}, or allow it with"
                        f" SQLiteStore(..., mode=0o{found:o})."
                    )


def _version(database: sqlite3.Connection, path: Path) -> int:
    """Return the schema version of the file, 0 if it is empty. Reject files of other programs."""
    [(application, version, tables)] = database.execute(_IDENTITY).fetchall()
    if application == _APPLICATION_ID and not 0 < version <= _SCHEMA_VERSION:
        raise StoreError(
            f"The visit store {named(path)} was written by a newer version of this library (schema {version}, this one"
            f" knows {_SCHEMA_VERSION}). Nothing was changed."
        )
    if application != _APPLICATION_ID and (application or version or tables):
        raise StoreError(
            f"The visit store {named(path)} is a database of another program. Nothing was changed. Use another path."
        )
    return int(version)


def _updated_at_of(text: str) -> float:
    try:
        return float(VisitRecord.from_json(text).updated_at)
    except (ValueError, TypeError):
        return 0.0


# ----------------------------------------------------------------------------------------------------- cleaning


def clean(database: sqlite3.Connection, deleted: Sequence[bytes]) -> None:
    """Remove the deleted strings from the file and its log.

    Raises:
        sqlite3.OperationalError: another process blocks this (SQLITE_BUSY), or the disk is full.
    """
    _empty_log(database)
    [(size,)] = database.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").fetchall()
    if deleted and size <= _LARGEST_REBUILD and _has_remnants(database, deleted):
        database.execute("PRAGMA temp_store = MEMORY")  # no copy in a temporary file
        database.execute("VACUUM")
        _empty_log(database)


def _empty_log(database: sqlite3.Connection) -> None:
    """Move the write-ahead log into the file and truncate it: old pages stay in it otherwise."""
    [(busy, _, _)] = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    if busy:
        error = sqlite3.OperationalError("the write-ahead log is in use")
        error.sqlite_errorcode = sqlite3.SQLITE_BUSY
        raise error


def _has_remnants(database: sqlite3.Connection, deleted: Sequence[bytes]) -> bool:
    """Search the file for deleted strings outside of rows.

    `secure_delete` overwrites a row that is deleted. When SQLite redistributes rows over pages, though, it leaves
    copies of those that it moves in the part of a page between the pointers and the rows.
    """
    if ANYTHING in deleted:
        return True
    content = database.serialize()
    # Nearly always none is found at all. A row that is left may have the same text.
    suspects = [text for text in deleted if text in content]
    return bool(suspects) and any(text in gap for gap in _gaps(content) for text in suspects)


def _gaps(content: bytes) -> Iterator[bytes]:
    """Yield the unused part of each page that has rows. See https://www.sqlite.org/fileformat2.html#b_tree_pages."""
    size = int.from_bytes(content[16:18], "big")
    size = 65536 if size == 1 else size
    for page in range(0, len(content), size):
        start = page or 100  # the header of the file comes first
        header = _HEADER.get(content[start])
        if header is not None:
            cells, rows = struct.unpack_from(">HH", content, start + 3)
            gap = content[start + header + 2 * cells : page + (rows or 65536)].strip(b"\0")
            if gap:
                yield gap
