"""Stores in Redis or Valkey, shared by any number of machines.

A visit and its lease are two strings in the same hash slot. They expire by the server's clock, so the clocks of the
machines do not matter. Redis 6 is enough.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import threading
from contextlib import suppress
from importlib import import_module
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from urllib.parse import quote, unquote_to_bytes

from lp_engagement._common.muted import Muted, MutedText
from lp_engagement._common.per_process import PerProcess
from lp_engagement._core.record import VisitRecord
from lp_engagement.errors import ConfigurationError, EngagementError, StoreError
from lp_engagement_client.facts import VISIT_LIFETIME_SECONDS

from .reading import damaged_visit, read, skip, sound
from .urls import redis_url, split_redis_options

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    import anyio
    import redis
    import redis.asyncio

    _Found = Muted["_Value"]

__all__ = ["AsyncRedisStore", "RedisStore"]

T = TypeVar("T")

_PREFIX = "lp-engagement"
_STORE = "in Redis"
_TIMEOUT = 2.0
_CHUNK = 500
# A busy minute queues for a connection. A server that hangs is noticed by `_TIMEOUT`, so this may be long.
_CONNECTIONS, _PATIENCE = 100, 30.0
_UNLIMITED = 2**31
_OPTIONS = "client_name, db, health_check_interval, max_connections, password, protocol, socket_timeout, username"
_NO_CONNECTION = "there is no connection to the server. Check that it runs, and the URL in store or LP_VISIT_STORE"
_TLS_OPTIONS = "ssl_ca_certs, ssl_certfile, ssl_check_hostname, ssl_keyfile"
# All of printable ASCII but what has a meaning in the name of a key: { and } enclose the hash tag, % is for the rest.
_PLAIN = "".join(map(chr, range(0x21, 0x7F))).translate({ord(each): None for each in "%{}"})
_VALUE = re.compile(rb"(\d{1,16}):[^:]{0,64}:(.*)", re.DOTALL)


class _Value(NamedTuple):
    name: bytes | str
    value: Any
    is_foreign: bool


class _Script(NamedTuple):
    text: str
    digest: str


def _script(text: str) -> _Script:
    return _Script(text, hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest())


# A client may send a script twice if the connection breaks before the answer: each has the same effect then as once.
_SAVE = _script("""
local current = redis.call('GET', KEYS[1])
if current == ARGV[2] then return 1 end
if (current and string.match(current, '^%d+') or '0') ~= ARGV[1] then return 0 end
if ARGV[3] == '' then redis.call('SET', KEYS[1], ARGV[2]) else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
return 1
""")
_DELETE_IF = _script("""
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
""")
_ACQUIRE = _script("""
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
""")


class _Names:
    """The names and formats on the server, for both stores."""

    def __init__(self, prefix: str, lifetime: float | None) -> None:
        if not prefix or set(prefix) - set(_PLAIN):
            raise ConfigurationError("the prefix of a Redis store must be printable ASCII without blanks, %, { and }")
        self._prefix = prefix
        self._milliseconds = "" if lifetime is None else _milliseconds(lifetime)
        # A key that ends with the tag is a visit; a lease goes on.
        self.pattern = re.sub(r"([*?\[\]\\])", r"\\\1", prefix) + ":{*}"

    def __str__(self) -> str:
        lifetime = "no lifetime" if self._milliseconds == "" else f"lifetime {int(self._milliseconds) / 1000:g} s"
        return f"prefix {self._prefix!r}, {lifetime}"

    def visit(self, key: str) -> MutedText:
        # An empty tag would be none at all.
        return MutedText(f"{self._prefix}:{{{quote(key.encode('utf-8', 'surrogatepass'), safe=_PLAIN) or '%'}}}")

    def lease(self, key: str) -> MutedText:
        return MutedText(f"{self.visit(key)}:lease")

    def key(self, name: bytes | str) -> MutedText:
        text = name if isinstance(name, str) else name.decode("ascii", "backslashreplace")
        tag = text[len(self._prefix) + 2 : -1]
        raw = b"" if tag == "%" else unquote_to_bytes(tag)
        try:
            return MutedText(raw.decode("utf-8", "surrogatepass"))
        except UnicodeDecodeError:  # a name that no store has made
            return MutedText(raw.decode("utf-8", "backslashreplace"))

    def saving(self, key: str, record: VisitRecord) -> tuple[VisitRecord, Muted[list[Any]]]:
        """Return the record to store, and the keys and arguments of the script that stores it."""
        stored = record.counted()
        nonce = base64.b64encode(os.urandom(6)).decode()
        value = MutedText(f"{stored.version}:{nonce}:{stored.to_json()}")
        return stored, Muted([self.visit(key), record.version, value, self._milliseconds])

    def read(self, key: str, value: bytes | str) -> VisitRecord | StoreError:
        found = _VALUE.fullmatch(value.encode("utf-8", "surrogateescape") if isinstance(value, str) else value)
        return read(_STORE, key, found[2]) if found else damaged_visit(_STORE, key, "it was not written by a store")

    def item(self, found: _Found) -> tuple[MutedText, VisitRecord | StoreError]:
        key = self.key(found.value.name)
        if found.value.is_foreign:
            return key, damaged_visit(_STORE, key, "it is not a string, and only DEL removes it")
        return key, self.read(key, found.value.value)


def _get_all(client: Any, names: Muted[list[Any]]) -> Any:
    """Ask for all values at once; to be awaited if the client is asynchronous."""
    pipeline = client.pipeline(transaction=False)
    for name in names.value:
        pipeline.get(name)
    return pipeline.execute(raise_on_error=False)


def _found(names: list[Any], values: list[Any]) -> list[_Found]:
    """Pair names with their values; a value of another type is foreign, any other error is raised."""
    for value in values:
        if isinstance(value, Exception) and "WRONGTYPE" not in str(value):
            raise value
    pairs = zip(names, values, strict=True)
    return [Muted(_Value(name, value, isinstance(value, Exception))) for name, value in pairs if value is not None]


def _token(token: str) -> bytes:
    return token.encode("utf-8", "surrogatepass")


def _milliseconds(seconds: float) -> str:
    return str(max(1, round(seconds * 1000)))


class _Translated:
    """Turns errors of the client into ours. Theirs may quote commands, and so keys, and addresses.

    A class and not a generator: what a traceback shows of this frame is known.
    """

    def __enter__(self) -> None:
        """Enter the block in which the client is used."""

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        """Raise a `StoreError` instead of the client's error, which is neither its cause nor its context."""
        if error is None:
            return
        import redis.exceptions as known

        if isinstance(error, known.RedisError):
            cause = _cause(error)
        elif isinstance(error, OSError):
            cause = error.strerror or _NO_CONNECTION
        elif isinstance(error, ValueError | LookupError | EOFError) and not isinstance(error, EngagementError):
            # The client's parser gives up in these ways on a reply that is none, such as a line without an end.
            cause = "what answers at this address is no Redis server"
        else:
            return
        del error
        ours = StoreError(f"The visit store in Redis cannot be used: {cause}.")
        try:
            raise ours from None
        finally:
            # The client's frames hold the command, and who prints a context prints those.
            ours.__context__ = None


def _cause(error: Exception) -> str:
    import redis.exceptions as known

    text = str(error)
    if text.startswith(("No connection available", "Too many connections")):
        return "all connections of your client are busy; raise its `max_connections`"
    causes = {
        known.AuthenticationError: "the server refused the user or the password",
        known.AuthenticationWrongNumberOfArgsError: "the server refused the user or the password",
        known.NoPermissionError: "this user may not do that on the server",
        known.BusyLoadingError: "the server is still loading its data",
        known.ReadOnlyError: "the server is a replica that cannot be written",
        known.OutOfMemoryError: "the server has no memory left",
        known.MasterDownError: "the server is a replica that has lost its master",
        known.ClusterDownError: "the cluster is down",
        known.AskError: "the server is a node of a cluster. Pass store=RedisStore(redis.RedisCluster(...))",
        known.InvalidResponse: "what answers at this address is no Redis server",
        known.TimeoutError: "the server does not answer in time",
        known.ConnectionError: _NO_CONNECTION,
    }
    for kind, cause in causes.items():
        if isinstance(error, kind):
            return cause
    if re.search(r"(?:DB index is out of range|invalid DB index)", text):
        return "the server has no database of this number"
    # Answers of the server begin with a code, and only that has no values.
    code = re.match(r"(?:Command # \d+ \([^)]*\) of pipeline caused error: )?([A-Z]{3,})(?= )", text[:1000])
    return f"the server answered {code[1]}" if code else f"the server refused the command ({type(error).__name__})"


def _import(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        raise ConfigurationError(
            "visits in Redis need redis-py, which is not installed. Install the extra `redis` of lp-engagement."
        ) from None


def _connected(kind: Any, retry: Any, url: MutedText) -> tuple[Any, int]:
    """Create a client without a connection limit, and return it with the limit from its URL.

    One retry hides a lost connection; a server that hangs is not called again. The limit is ours because the client's
    own pool raises where callers should wait, and loses the places of cancelled callers.
    """
    from redis.backoff import NoBackoff
    from redis.exceptions import ConnectionError as Lost
    from redis.exceptions import RedisError

    url = redis_url(url)
    with suppress(ValueError, TypeError, AttributeError, RedisError, OSError):
        client = kind.from_url(
            url,
            max_connections=_CONNECTIONS,
            socket_timeout=_TIMEOUT,
            socket_connect_timeout=_TIMEOUT,
            retry=retry(NoBackoff(), 1, (Lost,)),
        )
        pool = client.connection_pool
        # Options that nobody knows are found out by the connection only. It connects to nothing yet.
        pool.connection_class(**pool.connection_kwargs)
        limit, pool.max_connections = pool.max_connections, _UNLIMITED
        return client, limit
    # Out here, because the client's error may quote the password.
    known = f"{_OPTIONS}, {_TLS_OPTIONS}" if url.startswith("rediss:") else _OPTIONS
    raise ConfigurationError(
        "This Redis URL cannot be used: it has an option that redis-py does not know for this kind of connection, or a"
        " value that is none. Write redis://host:port/0, rediss://... for TLS, or unix:///path?db=0. The options are"
        f" lifetime, prefix, and those of redis-py, such as {known}."
    )


class _Places:
    """A limit on the connections in use at once; further callers wait for their turn."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        # A fork may inherit places that are held by threads the child does not have.
        self._free = PerProcess(lambda: threading.Semaphore(limit))

    def __enter__(self) -> None:
        if not self._free.own().acquire(timeout=_PATIENCE):
            raise _all_busy(self.limit)

    def __exit__(self, *_: object) -> None:
        self._free.own().release()


class _AsyncPlaces:
    """The same for tasks."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._semaphore: anyio.Semaphore | None = None

    async def __aenter__(self) -> None:
        import anyio

        if self._semaphore is None:
            self._semaphore = anyio.Semaphore(self.limit)
        with anyio.move_on_after(_PATIENCE):
            await self._semaphore.acquire()
            return
        raise _all_busy(self.limit)

    async def __aexit__(self, *_: object) -> None:
        if self._semaphore is not None:
            self._semaphore.release()


def _all_busy(limit: int) -> StoreError:
    return StoreError(
        f"The visit store in Redis cannot be used: all {limit} connections are busy; raise `max_connections`, as in"
        f" redis://host/0?max_connections={5 * limit}."
    )


class RedisStore:
    """Stores visits in Redis (6 or later) or Valkey. Nothing is opened before the first use.

    Requires the extra `redis`. A saved visit is as durable as the server is configured to be.

    Args:
        url_or_client: `redis://[user:password@]host[:port][/db]`, `rediss://` for TLS, `unix://path`; you
            can add options of redis-py, e.g. `?socket_timeout=1` (default: 2 seconds) or `?max_connections=500`
            (default: 100; further calls wait). `?lifetime=3600` and `?prefix=shop` override the arguments of these
            names. Alternatively a client of redis-py, for a single server, a cluster or sentinels; it stays open when
            the store is closed.
        prefix: the prefix of all key names.
        lifetime: seconds after its last save at which a visit expires; `None` for never.

    Raises:
        ConfigurationError: the extra is not installed, the URL cannot be read, or the prefix has forbidden characters.
    """

    def __init__(
        self,
        url_or_client: str | redis.Redis | redis.RedisCluster,
        *,
        prefix: str = _PREFIX,
        lifetime: float | None = VISIT_LIFETIME_SECONDS,
    ) -> None:
        library = _import("redis")
        self._names = _Names(prefix, lifetime)
        self._owns_client = isinstance(url_or_client, str)
        self._redis: Any = url_or_client
        limit = _UNLIMITED
        if isinstance(url_or_client, str):
            url_or_client = self._redis = MutedText(url_or_client)
            url_or_client, options = split_redis_options(url_or_client)
            self._names = _Names(prefix if options.prefix is None else options.prefix, options.lifetime or lifetime)
            self._redis, limit = _connected(library.Redis, library.retry.Retry, url_or_client)
        self._places = _Places(limit)
        self._closed = False

    def __repr__(self) -> str:
        return f"<RedisStore, {self._names}>"

    def load(self, key: str) -> VisitRecord | None:
        """Return the record of `key`, or `None`."""
        key = MutedText(key)
        value = self._do(lambda client: client.get(self._names.visit(key)))
        return None if value.value is None else sound(self._names.read(key, value.value))

    def save(self, key: str, record: VisitRecord) -> VisitRecord | None:
        """Save `record` if its version is still the stored one; `None` if it is not."""
        key = MutedText(key)
        stored, arguments = self._names.saving(key, record)
        return stored if self._call(_SAVE, arguments) else None

    def delete(self, key: str) -> None:
        """Delete the record of `key`, if any."""
        key = MutedText(key)
        self._do(lambda client: client.delete(self._names.visit(key)))

    def acquire(self, key: str, token: str, *, lease: float) -> bool:
        """Try to acquire the lease of `key` for `lease` seconds of the server's clock."""
        key = MutedText(key)
        return bool(self._call(_ACQUIRE, Muted([self._names.lease(key), _token(token), _milliseconds(lease)])))

    def release(self, key: str, token: str) -> None:
        """Release the lease of `key`, if `token` still holds it."""
        key = MutedText(key)
        self._call(_DELETE_IF, Muted([self._names.lease(key), _token(token)]))

    def items(self, *, damaged: Callable[[str, StoreError], object] | None = None) -> Iterator[tuple[str, VisitRecord]]:
        """Yield all keys and their records, by SCAN."""
        for found in self._values():
            key, record = self._names.item(found)
            if isinstance(record, VisitRecord):
                yield str(key), record
            else:
                skip(damaged, str(key), record)

    def purge(self, *, before: float, damaged: Callable[[str, StoreError], object] | None = None) -> int:
        """Delete the records whose `updated_at` is less than `before`; return how many.

        A string that is not a record is deleted too: it is of no use, and its age is unknown. A value of another type
        was not written by a store, and is not changed.
        """
        deleted = 0
        for found in self._values():
            key, record = self._names.item(found)
            if isinstance(record, VisitRecord) and record.updated_at >= before:
                continue
            if isinstance(record, StoreError) and found.value.is_foreign:
                skip(damaged, str(key), record)
            else:
                deleted += self._call(_DELETE_IF, Muted([found.value.name, found.value.value]))
        return deleted

    def close(self) -> None:
        """Close the connections that this store created. May be called again."""
        if self._owns_client and not self._closed:
            self._redis.close()
        self._closed = True

    def _do(self, work: Callable[[Any], T]) -> Muted[T]:
        """Run a command of the client as soon as a connection is free."""
        if self._closed:
            raise RuntimeError("The visit store is closed. Make a new one.")
        with self._places, _Translated():
            return Muted(work(self._redis))

    def _call(self, script: _Script, arguments: Muted[list[Any]]) -> int:
        from redis.exceptions import NoScriptError

        def work(client: Any) -> int:
            try:
                return int(client.evalsha(script.digest, 1, *arguments.value))
            except NoScriptError:  # the server was restarted, or never knew it
                return int(client.eval(script.text, 1, *arguments.value))

        return self._do(work).value

    def _values(self) -> Iterator[_Found]:
        names = self._do(lambda client: client.scan_iter(match=self._names.pattern, count=_CHUNK)).value
        while (chunk := self._do(lambda _: list(islice(names, _CHUNK)))).value:
            yield from self._do(lambda client: _found(chunk.value, _get_all(client, chunk))).value


class AsyncRedisStore:
    """`RedisStore` for the async client: same arguments, same keys, so both can share visits.

    Belongs to one asyncio event loop. Under trio, pass a `RedisStore` to the async client.

    Args:
        url_or_client: `redis://[user:password@]host[:port][/db]`, `rediss://` for TLS, `unix://path`; you
            can add options of redis-py, e.g. `?socket_timeout=1` (default: 2 seconds) or `?max_connections=500`
            (default: 100; further calls wait). `?lifetime=3600` and `?prefix=shop` override the arguments of these
            names. Alternatively a client of redis-py, for a single server, a cluster or sentinels; it stays open when
            the store is closed.
        prefix: the prefix of all key names.
        lifetime: seconds after its last save at which a visit expires; `None` for never.

    Raises:
        ConfigurationError: the extra is not installed, the URL cannot be read, or the prefix has forbidden characters.
    """

    def __init__(
        self,
        url_or_client: str | redis.asyncio.Redis | redis.asyncio.RedisCluster,
        *,
        prefix: str = _PREFIX,
        lifetime: float | None = VISIT_LIFETIME_SECONDS,
    ) -> None:
        library = _import("redis.asyncio")
        self._names = _Names(prefix, lifetime)
        self._owns_client = isinstance(url_or_client, str)
        self._redis: Any = url_or_client
        limit = _UNLIMITED
        if isinstance(url_or_client, str):
            url_or_client = self._redis = MutedText(url_or_client)
            url_or_client, options = split_redis_options(url_or_client)
            self._names = _Names(prefix if options.prefix is None else options.prefix, options.lifetime or lifetime)
            self._redis, limit = _connected(library.Redis, library.retry.Retry, url_or_client)
        self._places = _AsyncPlaces(limit)
        self._closed = False

    def __repr__(self) -> str:
        return f"<AsyncRedisStore, {self._names}>"

    async def load(self, key: str) -> VisitRecord | None:
        """Return the record of `key`, or `None`."""
        key = MutedText(key)
        value = await self._do(lambda client: client.get(self._names.visit(key)))
        return None if value.value is None else sound(self._names.read(key, value.value))

    async def save(self, key: str, record: VisitRecord) -> VisitRecord | None:
        """Save `record` if its version is still the stored one; `None` if it is not."""
        key = MutedText(key)
        stored, arguments = self._names.saving(key, record)
        return stored if await self._call(_SAVE, arguments) else None

    async def delete(self, key: str) -> None:
        """Delete the record of `key`, if any."""
        key = MutedText(key)
        await self._do(lambda client: client.delete(self._names.visit(key)))

    async def acquire(self, key: str, token: str, *, lease: float) -> bool:
        """Try to acquire the lease of `key` for `lease` seconds of the server's clock."""
        key = MutedText(key)
        return bool(await self._call(_ACQUIRE, Muted([self._names.lease(key), _token(token), _milliseconds(lease)])))

    async def release(self, key: str, token: str) -> None:
        """Release the lease of `key`, if `token` still holds it."""
        key = MutedText(key)
        await self._call(_DELETE_IF, Muted([self._names.lease(key), _token(token)]))

    async def items(
        self, *, damaged: Callable[[str, StoreError], object] | None = None
    ) -> AsyncIterator[tuple[str, VisitRecord]]:
        """Yield all keys and their records, by SCAN."""
        async for found in self._values():
            key, record = self._names.item(found)
            if isinstance(record, VisitRecord):
                yield str(key), record
            else:
                skip(damaged, str(key), record)

    async def purge(self, *, before: float, damaged: Callable[[str, StoreError], object] | None = None) -> int:
        """Delete the records whose `updated_at` is less than `before`; return how many.

        A string that is not a record is deleted too: it is of no use, and its age is unknown. A value of another type
        was not written by a store, and is not changed.
        """
        deleted = 0
        async for found in self._values():
            key, record = self._names.item(found)
            if isinstance(record, VisitRecord) and record.updated_at >= before:
                continue
            if isinstance(record, StoreError) and found.value.is_foreign:
                skip(damaged, str(key), record)
            else:
                deleted += await self._call(_DELETE_IF, Muted([found.value.name, found.value.value]))
        return deleted

    async def aclose(self) -> None:
        """Close the connections that this store created. May be called again."""
        if self._owns_client and not self._closed:
            await self._redis.aclose()
        self._closed = True

    async def _do(self, work: Callable[[Any], Awaitable[T]]) -> Muted[T]:
        """Run a command of the client as soon as a connection is free."""
        if self._closed:
            raise RuntimeError("The visit store is closed. Make a new one.")
        async with self._places:
            with _Translated():
                return Muted(await work(self._redis))

    async def _call(self, script: _Script, arguments: Muted[list[Any]]) -> int:
        from redis.exceptions import NoScriptError

        async def work(client: Any) -> int:
            try:
                return int(await client.evalsha(script.digest, 1, *arguments.value))
            except NoScriptError:
                return int(await client.eval(script.text, 1, *arguments.value))

        return (await self._do(work)).value

    async def _values(self) -> AsyncIterator[_Found]:
        names = self._redis.scan_iter(match=self._names.pattern, count=_CHUNK)

        async def next_names(_: Any) -> list[Any]:
            chunk: list[Any] = []
            while len(chunk) < _CHUNK:
                try:
                    chunk.append(await anext(names))
                except StopAsyncIteration:
                    break
            return chunk

        async def values(client: Any) -> list[_Found]:
            return _found(chunk.value, await _get_all(client, chunk))

        while (chunk := await self._do(next_names)).value:
            for each in (await self._do(values)).value:
                yield each
