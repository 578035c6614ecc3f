"""Visits in Redis or Valkey, shared by any number of machines.

Each visit is one string, each lease another, both of the same hash slot. They end by the server's own clock, so that
the clocks of the machines do not matter. Nothing newer than Redis 6 is used.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
from contextlib import contextmanager
from importlib import import_module
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, unquote_to_bytes

from lp_engagement.errors import ConfigurationError, StoreError
from lp_engagement_client.facts import VISIT_LIFETIME_SECONDS

from .base import VisitRecord

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Generator, Iterator

    import redis
    import redis.asyncio

__all__ = ["AsyncRedisStore", "RedisStore"]

_PREFIX = "lp-engagement"
_TIMEOUT = 2.0
_CHUNK = 500
# All of printable ASCII but what has a meaning in the name of a key: { and } enclose the hash tag, % is for the rest.
_PLAIN = "".join(map(chr, range(0x21, 0x7F))).translate({ord(each): None for each in "%{}"})
_VALUE = re.compile(rb"(\d+):[^:]*:(.*)", re.DOTALL)


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
    """What things are called and how they look on the server; the same for both stores."""

    def __init__(self, prefix: str, lifetime: float | None) -> None:
        if not prefix or set(prefix) - set(_PLAIN):
            raise ConfigurationError("the prefix of a Redis store must be printable ASCII without blanks, %, { and }")
        self._prefix = prefix
        self._milliseconds = "" if lifetime is None else _milliseconds(lifetime)
        # A key that ends with the tag is a visit; a lease goes on.
        self.pattern = re.sub(r"([*?\[\]\\])", r"\\\1", prefix) + ":{*}"

    def visit(self, key: str) -> str:
        # An empty tag would be none at all.
        return f"{self._prefix}:{{{quote(key.encode('utf-8', 'surrogatepass'), safe=_PLAIN) or '%'}}}"

    def lease(self, key: str) -> str:
        return f"{self.visit(key)}:lease"

    def key(self, name: bytes | str) -> str:
        text = name if isinstance(name, str) else name.decode("ascii")
        tag = text[len(self._prefix) + 2 : -1]
        return "" if tag == "%" else unquote_to_bytes(tag).decode("utf-8", "surrogatepass")

    def saving(self, record: VisitRecord) -> tuple[VisitRecord, list[Any]]:
        """What is stored, and the arguments of the script that stores it."""
        stored = record.counted()
        nonce = base64.b64encode(os.urandom(6)).decode()
        return stored, [record.version, f"{stored.version}:{nonce}:{stored.to_json()}", self._milliseconds]

    def record(self, value: bytes | str) -> VisitRecord:
        found = _VALUE.fullmatch(value.encode() if isinstance(value, str) else value)
        try:
            if found:
                return VisitRecord.from_json(found[2].decode())
        except (ValueError, TypeError):
            pass
        raise StoreError("The visit store in Redis has a damaged record.")


def _token(token: str) -> bytes:
    return token.encode("utf-8", "surrogatepass")


def _milliseconds(seconds: float) -> str:
    return str(max(1, round(seconds * 1000)))


@contextmanager
def _translated() -> Generator[None]:
    """Turn errors of the client into ours. Theirs may quote commands, and so keys, and addresses."""
    import redis.exceptions as known

    try:
        yield
    except known.RedisError as error:
        raise StoreError(f"The visit store in Redis cannot be used: {_cause(error)}.") from None
    except OSError as error:
        raise StoreError(f"The visit store in Redis cannot be used: {error.strerror or 'no connection'}.") from None


def _cause(error: Exception) -> str:
    import redis.exceptions as known

    causes = {
        known.AuthenticationError: "the server refused the user or the password",
        known.AuthenticationWrongNumberOfArgsError: "the server refused the user or the password",
        known.NoPermissionError: "this user may not do that on the server",
        known.BusyLoadingError: "the server is still loading its data",
        known.ReadOnlyError: "the server is a replica that cannot be written",
        known.OutOfMemoryError: "the server has no memory left",
        known.ClusterDownError: "the cluster is down",
        known.TimeoutError: "the server does not answer in time",
        known.ConnectionError: "there is no connection to the server",
    }
    for kind, cause in causes.items():
        if isinstance(error, kind):
            return cause
    # Answers of the server begin with a code, and only that has no values.
    code = re.match(r"[A-Z]{3,}(?= )", str(error))
    return f"the server answered {code[0]}" if code else type(error).__name__


def _import(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        raise ConfigurationError("visits in Redis need an extra: pip install 'lp-engagement[redis]'") from None


def _connected(kind: Any, retry: Any, url: str) -> Any:
    """Make a client. One more try hides a connection that was lost; a server that hangs is not asked again."""
    from redis.backoff import NoBackoff
    from redis.exceptions import ConnectionError as Lost

    try:
        return kind.from_url(
            url, socket_timeout=_TIMEOUT, socket_connect_timeout=_TIMEOUT, retry=retry(NoBackoff(), 1, (Lost,))
        )
    except (ValueError, TypeError):
        # Without the error, which may quote the password.
        raise ConfigurationError(
            "This Redis URL cannot be read. Write redis://host:port/0, rediss://... for TLS, or unix:///path?db=0."
        ) from None


class RedisStore:
    """Keeps visits in Redis (6 or later) or Valkey. Nothing is opened before the first use.

    Needs the extra `redis`. What `save` has returned is as durable as the server is configured to be.

    Args:
        url_or_client: `redis://[user:password@]host[:port][/db]`, `rediss://` for TLS, `unix://path`; options of
            redis-py may follow, e.g. `?socket_timeout=1` (2 seconds otherwise). Or a client of redis-py, also one for
            a cluster or with sentinels, which stays open when the store is closed.
        prefix: how the names of all keys begin.
        lifetime: seconds after which a visit that was not saved again is forgotten; `None` for never.

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
        if isinstance(url_or_client, str):
            self._redis = _connected(library.Redis, library.retry.Retry, url_or_client)
        self._closed = False

    def load(self, key: str) -> VisitRecord | None:
        """Return the record of `key`, or `None`."""
        with self._client() as client:
            value = client.get(self._names.visit(key))
        return None if value is None else self._names.record(value)

    def save(self, key: str, record: VisitRecord) -> VisitRecord | None:
        """Save `record` if its version is still the stored one; `None` if it is not."""
        stored, arguments = self._names.saving(record)
        return stored if self._call(_SAVE, self._names.visit(key), *arguments) else None

    def delete(self, key: str) -> None:
        """Forget the record of `key`, if any."""
        with self._client() as client:
            client.delete(self._names.visit(key))

    def acquire(self, key: str, token: str, *, lease: float) -> bool:
        """Try to become the one who works on `key`, for `lease` seconds of the server's clock."""
        return bool(self._call(_ACQUIRE, self._names.lease(key), _token(token), _milliseconds(lease)))

    def release(self, key: str, token: str) -> None:
        """Let others work on `key`, if `token` still holds it."""
        self._call(_DELETE_IF, self._names.lease(key), _token(token))

    def items(self) -> Iterator[tuple[str, VisitRecord]]:
        """Give all keys and their records, by SCAN."""
        for name, value in self._values():
            yield self._names.key(name), self._names.record(value)

    def purge(self, *, before: float) -> int:
        """Delete the records whose `updated_at` is less than `before`; return how many."""
        return sum(
            self._call(_DELETE_IF, name, value)
            for name, value in self._values()
            if self._names.record(value).updated_at < before
        )

    def close(self) -> None:
        """Close the connections, if they were made here. May be called again."""
        if self._owns_client and not self._closed:
            self._redis.close()
        self._closed = True

    @contextmanager
    def _client(self) -> Generator[Any]:
        if self._closed:
            raise RuntimeError("The visit store is closed. Make a new one.")
        with _translated():
            yield self._redis

    def _call(self, script: _Script, name: Any, *arguments: Any) -> int:
        from redis.exceptions import NoScriptError

        with self._client() as client:
            try:
                return int(client.evalsha(script.digest, 1, name, *arguments))
            except NoScriptError:  # the server was restarted, or never knew it
                return int(client.eval(script.text, 1, name, *arguments))

    def _values(self) -> Iterator[tuple[Any, Any]]:
        with self._client() as client:
            names = client.scan_iter(match=self._names.pattern, count=_CHUNK)
            while chunk := list(islice(names, _CHUNK)):
                pipeline = client.pipeline(transaction=False)
                for name in chunk:
                    pipeline.get(name)
                yield from (each for each in zip(chunk, pipeline.execute(), strict=True) if each[1] is not None)


class AsyncRedisStore:
    """`RedisStore` for the async client: same arguments, same keys, so both may work on the same visits.

    Belongs to one event loop, and to asyncio; under trio, give the async client a `RedisStore`.
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
        if isinstance(url_or_client, str):
            self._redis = _connected(library.Redis, library.retry.Retry, url_or_client)
        self._closed = False

    async def load(self, key: str) -> VisitRecord | None:
        """Do what `RedisStore.load` does."""
        with self._client() as client:
            value = await client.get(self._names.visit(key))
        return None if value is None else self._names.record(value)

    async def save(self, key: str, record: VisitRecord) -> VisitRecord | None:
        """Do what `RedisStore.save` does."""
        stored, arguments = self._names.saving(record)
        return stored if await self._call(_SAVE, self._names.visit(key), *arguments) else None

    async def delete(self, key: str) -> None:
        """Do what `RedisStore.delete` does."""
        with self._client() as client:
            await client.delete(self._names.visit(key))

    async def acquire(self, key: str, token: str, *, lease: float) -> bool:
        """Do what `RedisStore.acquire` does."""
        return bool(await self._call(_ACQUIRE, self._names.lease(key), _token(token), _milliseconds(lease)))

    async def release(self, key: str, token: str) -> None:
        """Do what `RedisStore.release` does."""
        await self._call(_DELETE_IF, self._names.lease(key), _token(token))

    async def items(self) -> AsyncIterator[tuple[str, VisitRecord]]:
        """Do what `RedisStore.items` does."""
        async for name, value in self._values():
            yield self._names.key(name), self._names.record(value)

    async def purge(self, *, before: float) -> int:
        """Do what `RedisStore.purge` does."""
        deleted = 0
        async for name, value in self._values():
            if self._names.record(value).updated_at < before:
                deleted += await self._call(_DELETE_IF, name, value)
        return deleted

    async def aclose(self) -> None:
        """Do what `RedisStore.close` does."""
        if self._owns_client and not self._closed:
            await self._redis.aclose()
        self._closed = True

    @contextmanager
    def _client(self) -> Generator[Any]:
        if self._closed:
            raise RuntimeError("The visit store is closed. Make a new one.")
        with _translated():
            yield self._redis

    async def _call(self, script: _Script, name: Any, *arguments: Any) -> int:
        from redis.exceptions import NoScriptError

        with self._client() as client:
            try:
                return int(await client.evalsha(script.digest, 1, name, *arguments))
            except NoScriptError:
                return int(await client.eval(script.text, 1, name, *arguments))

    async def _values(self) -> AsyncIterator[tuple[Any, Any]]:
        chunk: list[Any] = []
        with self._client() as client:
            async for name in client.scan_iter(match=self._names.pattern, count=_CHUNK):
                chunk.append(name)
                if len(chunk) == _CHUNK:
                    for found in await _get_all(client, chunk):
                        yield found
                    chunk.clear()
            for found in await _get_all(client, chunk):
                yield found


async def _get_all(client: Any, names: list[Any]) -> list[tuple[Any, Any]]:
    pipeline = client.pipeline(transaction=False)
    for name in names:
        pipeline.get(name)
    values = await pipeline.execute() if names else []
    return [each for each in zip(names, values, strict=True) if each[1] is not None]
