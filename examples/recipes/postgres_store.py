"""Keep visits in PostgreSQL, beside what else the app has there.

Needs `psycopg[pool]`. Pass `PostgresStore("postgresql://…")` as `store=`.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, LiteralString

import psycopg
from psycopg_pool import ConnectionPool

from lp_engagement.errors import StoreError
from lp_engagement.stores import VisitRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

SCHEMA = """
CREATE TABLE IF NOT EXISTS lp_visits (
    key bytea PRIMARY KEY, version integer NOT NULL, record text NOT NULL,
    updated_at double precision NOT NULL, ends timestamptz NOT NULL);
CREATE TABLE IF NOT EXISTS lp_leases (
    key bytea PRIMARY KEY, token bytea NOT NULL, ends timestamptz NOT NULL)
"""
# The server's clock decides, so that the clocks of the app's machines do not matter.
LOAD = "SELECT record FROM lp_visits WHERE key = %(key)s AND ends > clock_timestamp()"
ALL = "SELECT key, record FROM lp_visits WHERE ends > clock_timestamp()"
INSERT = """
INSERT INTO lp_visits VALUES (%(key)s, 1, %(record)s, %(updated_at)s,
    clock_timestamp() + %(lifetime)s * interval '1 second')
ON CONFLICT (key) DO UPDATE SET version = 1, record = excluded.record,
    updated_at = excluded.updated_at, ends = excluded.ends
WHERE lp_visits.ends <= clock_timestamp()
"""
UPDATE = """
UPDATE lp_visits
SET version = version + 1, record = %(record)s, updated_at = %(updated_at)s,
    ends = clock_timestamp() + %(lifetime)s * interval '1 second'
WHERE key = %(key)s AND version = %(version)s AND ends > clock_timestamp()
"""
DELETE = "DELETE FROM lp_visits WHERE key = %(key)s"
ACQUIRE = """
INSERT INTO lp_leases VALUES (%(key)s, %(token)s,
    clock_timestamp() + %(lease)s * interval '1 second')
ON CONFLICT (key) DO UPDATE SET token = excluded.token, ends = excluded.ends
WHERE lp_leases.token = excluded.token OR lp_leases.ends <= clock_timestamp()
"""
RELEASE = "DELETE FROM lp_leases WHERE key = %(key)s AND token = %(token)s"
PURGE = """
DELETE FROM lp_visits WHERE updated_at < %(before)s RETURNING ends > clock_timestamp()
"""

logger = logging.getLogger(__name__)


class PostgresStore:
    """A visit store with two tables, which it creates. Threads and processes share it.

    Args:
        url: the database.
        lifetime: seconds after its last save at which a visit expires.
        patience: seconds to wait for a connection.
    """

    def __init__(
        self, url: str, *, lifetime: float = 86_400, patience: float = 5
    ) -> None:
        self._lifetime, self._patience, self._closed = lifetime, patience, False
        # Opened at the first use, so that a web server can fork before.
        self._pool = ConnectionPool(url, min_size=0, max_size=10, open=False)
        self._ready = False

    def load(self, key: str) -> VisitRecord | None:
        """Return the record of `key`, or `None`."""
        found = self._run(LOAD, key=_bytes(key)).fetchone()
        return None if found is None else _read(found[0])

    def save(self, key: str, record: VisitRecord) -> VisitRecord | None:
        """Save `record` if its version is still the stored one; `None` if it is not."""
        stored = record.counted()
        done = self._run(
            UPDATE if record.version else INSERT,
            key=_bytes(key),
            record=stored.to_json(),
            version=record.version,
            updated_at=record.updated_at,
            lifetime=self._lifetime,
        )
        return stored if done.rowcount else None

    def delete(self, key: str) -> None:
        """Delete the record of `key`, if any."""
        self._run(DELETE, key=_bytes(key))

    def acquire(self, key: str, token: str, *, lease: float) -> bool:
        """Try to acquire the lease of `key` for `lease` seconds."""
        values = {"key": _bytes(key), "token": _bytes(token), "lease": lease}
        return self._run(ACQUIRE, **values).rowcount > 0

    def release(self, key: str, token: str) -> None:
        """Release the lease of `key`, if `token` still holds it."""
        self._run(RELEASE, key=_bytes(key), token=_bytes(token))

    def items(
        self, *, damaged: Callable[[str, StoreError], object] | None = None
    ) -> Iterator[tuple[str, VisitRecord]]:
        """Yield all keys and their records."""
        for stored, text in self._run(ALL).fetchall():
            key = stored.decode("utf-8", "surrogatepass")
            try:
                yield key, _read(text)
            except StoreError as error:
                if damaged is None:
                    logger.warning("a visit cannot be read and is skipped")
                else:
                    damaged(key, error)

    def purge(
        self,
        *,
        before: float,
        damaged: Callable[[str, StoreError], object] | None = None,
    ) -> int:
        """Delete the records that were saved before a time; return how many."""
        del damaged  # the time has a column of its own, so any record can be deleted
        deleted = self._run(PURGE, before=before).fetchall()
        return sum(was_alive for (was_alive,) in deleted)

    def close(self) -> None:
        """Close the connections. May be called again."""
        self._closed = True
        self._pool.close()

    def _run(self, query: LiteralString, **values: Any) -> psycopg.Cursor[Any]:
        if self._closed:
            raise RuntimeError("The visit store is closed. Make a new one.")
        try:
            with self._connection() as connection:
                return connection.execute(query, values)
        except psycopg.Error as error:
            name = type(error).__name__
        # Raised out here, because the error of the library may hold keys.
        raise StoreError(f"the visit store cannot be used: PostgreSQL reports {name}")

    @contextmanager
    def _connection(self) -> Generator[psycopg.Connection[Any]]:
        if not self._ready:
            self._pool.open()
            # Two processes that create a table at the same time can collide.
            collision = suppress(psycopg.errors.UniqueViolation)
            with collision, self._pool.connection(self._patience) as connection:
                connection.execute(SCHEMA)
            self._ready = True
        with self._pool.connection(self._patience) as connection:
            yield connection


def _bytes(text: str) -> bytes:
    # PostgreSQL's text has no NUL, and some collations take different keys for one.
    return text.encode("utf-8", "surrogatepass")


def _read(text: str) -> VisitRecord:
    try:
        return VisitRecord.from_json(text)
    except ValueError:
        pass
    raise StoreError("the stored visit cannot be read")
