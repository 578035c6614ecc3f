"""Reporters of local variables (Sentry, rich, cgitb) find nothing of a visit when a store fails."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from traceback import TracebackException
from typing import TYPE_CHECKING, Any

import anyio
import pytest

from lp_engagement._common.muted import MutedText
from lp_engagement.errors import ConfigurationError, StoreError
from lp_engagement.stores import (
    AsyncEncryptedStore,
    AsyncRedisStore,
    EncryptedStore,
    RedisStore,
    SQLiteStore,
    VisitRecord,
    open_async_store,
    open_store,
)
from lp_engagement.testing.stores import _Awaitable
from tests.redis_server import RedisServer, need_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FERNET_KEY = "ZmVybmV0LWtleS1vZi10aGlydHktdHdvLWJ5dGVzISE="
KEY = "canary-key"
RECORD = VisitRecord("canary-visitor", "canary-session", "canary-page", {"name": "canary-engagement"})


def reported(failure: BaseException) -> str:
    """The output of a reporter that follows causes and contexts, without the frames of this file."""
    texts = []
    error: BaseException | None = failure
    while error is not None:
        seen = TracebackException.from_exception(error, capture_locals=True)
        seen.stack[:] = [frame for frame in seen.stack if frame.filename != __file__]
        seen.__cause__ = seen.__context__ = None
        texts += ["".join(seen.format()), repr(error)]
        error = error.__cause__ or error.__context__
    return "\n".join(texts)


async def use_all(store: Any) -> int:
    """Use each method of a store that fails, and check what it raises. Return how many raised."""
    # As the clients hand them in; a record is mute by itself.
    key, record = MutedText(KEY), RECORD

    async def items() -> None:
        async for _ in store.items():
            pass

    uses: list[Callable[[], Any]] = [
        lambda: store.load(key),
        lambda: store.save(key, record),
        lambda: store.save(key, VisitRecord("canary\nvisitor")),
        lambda: store.delete(key),
        lambda: store.acquire(key, MutedText("canary-token"), lease=1),
        lambda: store.release(key, MutedText("canary-token")),
        items,
        lambda: store.purge(before=1),
    ]
    raised = []
    for use in uses:
        try:
            await use()
        except StoreError as error:
            raised.append(reported(error))
    assert [text for text in raised if "canary" in text] == []
    return len(raised)


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    """Start a server."""
    need_server()
    with RedisServer() as started:
        yield started


def broken_file(path: Path) -> None:
    """Put rows into a file that no store can read, and have each change fail."""
    store = SQLiteStore(path)
    store.save(KEY, RECORD)
    store.close()
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("""UPDATE visits SET record = '{"visitor_id": "canary visitor"}'""")
        for table, change in (("visits", "INSERT"), ("visits", "DELETE"), ("leases", "INSERT"), ("leases", "DELETE")):
            name = f"no_{table}_{change}"
            database.execute(f"CREATE TRIGGER {name} BEFORE {change} ON {table} BEGIN SELECT RAISE(FAIL, 'no'); END")


def test_sqlite_shows_no_visit(tmp_path: Path) -> None:
    """A file that refuses and holds damaged records gives errors without key, id or token in any frame."""
    broken_file(tmp_path / "v.db")
    store = SQLiteStore(tmp_path / "v.db")
    assert anyio.run(use_all, _Awaitable(store)) >= 5
    store.close()


def test_sqlite_that_cannot_be_opened_shows_no_visit(tmp_path: Path) -> None:
    """A path that is no file gives errors of the same kind, from every method."""
    store = SQLiteStore(tmp_path)
    assert anyio.run(use_all, _Awaitable(store)) == 8


def test_encrypted_shows_no_visit(tmp_path: Path) -> None:
    """A visit that cannot be decrypted, or is damaged, gives errors without the content."""
    pytest.importorskip("cryptography")
    broken_file(tmp_path / "v.db")
    store = EncryptedStore(SQLiteStore(tmp_path / "v.db"), FERNET_KEY, key_secret="canary-secret")
    assert anyio.run(use_all, _Awaitable(store)) >= 4
    store.close()


def damage(client: Any) -> None:
    """Put something into the place of the visit."""
    client.flushall()
    client.set(f"lp-engagement:{{{KEY}}}", rb'1:n:{"visitor_id":"canary\u0000visitor"}')


@pytest.mark.parametrize("fault", ["gone", "damaged", "refused"])
@pytest.mark.parametrize("encrypted", [False, True])
def test_redis_shows_no_visit(server: RedisServer, fault: str, *, encrypted: bool) -> None:
    """A server that is gone, refuses scripts or holds damaged strings gives errors without key, id or token."""
    url = "unix:///nowhere/redis.sock" if fault == "gone" else server.url
    with server.client() as client:
        damage(client)
        if fault == "refused":
            client.acl_setuser("default", enabled=True, nopass=True, commands=["-@all", "+acl", "+ping"], keys=["*"])

    async def use_async() -> int:
        with server.client() as client:
            if fault == "damaged":
                damage(client)
        store: Any = AsyncRedisStore(url)
        store = AsyncEncryptedStore(store, FERNET_KEY) if encrypted else store
        try:
            return await use_all(store)
        finally:
            await store.aclose()

    store: Any = RedisStore(url)
    store = EncryptedStore(store, FERNET_KEY) if encrypted else store
    try:
        least = 2 if fault == "damaged" else 7
        assert anyio.run(use_all, _Awaitable(store)) >= least
        assert anyio.run(use_async) >= least
    finally:
        store.close()
        with server.client() as client:
            client.acl_setuser("default", enabled=True, nopass=True, commands=["+@all"], keys=["*"])


@pytest.mark.parametrize("make", [open_store, open_async_store, RedisStore, AsyncRedisStore])
@pytest.mark.parametrize(
    "url",
    [
        "redis://u:canary@host/0?foo=1",
        "redis://u:canary@host/0?lifetime=canary",
        "redis://u:canary@host/0?password=canary&lifetime=1&lifetime=2",
        "redis://u:canary@host/0?password=canary&prefix=shop%20",
        "redis://u:canary#x@host/0",
        "redis://u:canary/x@host/0",
        "redis://u:canary@host:port/0",
        "redis://u:canary@host/abc",
        "redis://u:canary@host/0?max_connections=many",
        "redis://u:canary@host/0 ",
    ],
)
def test_password_is_in_no_frame(make: Callable[[str], object], url: str) -> None:
    """A URL that is refused leaves its password in no frame of the library, and in no text."""
    with pytest.raises(ConfigurationError) as caught:
        make(url)
    assert "canary" not in reported(caught.value)
