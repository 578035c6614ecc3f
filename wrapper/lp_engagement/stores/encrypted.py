"""Visits that only those can read who have the key.

What is stored is a record with one content, the encrypted one; its version and its time stay readable, because the
store compares and purges by them. The encrypted content holds the key of the visit too, so nobody can pass one visit
off as another's by moving it.
"""

from __future__ import annotations

import hmac
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from lp_engagement.errors import ConfigurationError, StoreError

from .base import VisitRecord

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

    from .base import AsyncVisitStore, VisitStore

__all__ = ["AsyncEncryptedStore", "EncryptedStore"]

_FIELD = "encrypted"


class _Cipher:
    def __init__(self, key: str | bytes | Sequence[str | bytes], key_secret: str | bytes | None) -> None:
        try:
            from cryptography.fernet import Fernet, InvalidToken, MultiFernet
        except ImportError:
            raise ConfigurationError(
                "encrypted visits need an extra: pip install 'lp-engagement[encryption]'"
            ) from None
        keys = [key] if isinstance(key, str | bytes) else list(key)
        try:
            self._fernet = MultiFernet([Fernet(each) for each in keys])
        except (ValueError, TypeError):
            raise ConfigurationError(
                "a key must be what cryptography.fernet.Fernet.generate_key() makes, or a list of such keys"
            ) from None
        self._invalid = InvalidToken
        self._key_secret = key_secret.encode() if isinstance(key_secret, str) else key_secret
        if self._key_secret == b"":
            raise ConfigurationError("the secret that hides keys must not be empty")

    def name(self, key: str) -> str:
        """What the visit is called in the inner store."""
        if self._key_secret is None:
            return key
        return hmac.digest(self._key_secret, key.encode("utf-8", "surrogatepass"), "sha256").hex()

    def lock(self, key: str, record: VisitRecord) -> VisitRecord:
        content = json.dumps([key, record.to_json()]).encode()
        return VisitRecord(
            engagement={_FIELD: self._fernet.encrypt(content).decode()},
            updated_at=record.updated_at,
            version=record.version,
        )

    def unlock(self, record: VisitRecord) -> tuple[str, VisitRecord]:
        token = (record.engagement or {}).get(_FIELD)
        if not isinstance(token, str):
            raise StoreError("The visit store has a visit that is not encrypted. Purge it, or use a store of its own.")
        try:
            key, text = json.loads(self._fernet.decrypt(token))
        except self._invalid:
            raise StoreError("A visit cannot be decrypted: its encryption key is not among the given ones.") from None
        return key, replace(VisitRecord.from_json(text), version=record.version)

    def read(self, key: str, record: VisitRecord | None) -> VisitRecord | None:
        if record is None:
            return None
        found, content = self.unlock(record)
        if found != key:
            raise StoreError("A visit was stored under the key of another.")
        return content


class EncryptedStore:
    """Encrypts visits before another store gets them. Needs the extra `encryption`.

    The ids, the page, the engagement and its end are encrypted (Fernet: AES-128-CBC with HMAC-SHA256). The version, the
    time of the last answer, leases, and the key that the visit is found by stay readable, the latter unless
    `key_secret` is given. Visits that are not encrypted are refused, so give it a store of its own.

    Args:
        store: keeps the visits; closed together with this one.
        key: what `cryptography.fernet.Fernet.generate_key()` makes. Of several keys the first one encrypts and all
            of them decrypt, which is how keys are changed: put a new one first, drop the old one when the visits have
            ended.
        key_secret: if given, visits are found by an HMAC-SHA256 of their key. Must stay the same.

    Raises:
        ConfigurationError: the extra is not installed, or a key is none.
    """

    def __init__(
        self,
        store: VisitStore,
        key: str | bytes | Sequence[str | bytes],
        *,
        key_secret: str | bytes | None = None,
    ) -> None:
        self._store = store
        self._cipher = _Cipher(key, key_secret)

    def load(self, key: str) -> VisitRecord | None:
        """Return the record of `key`, or `None`."""
        return self._cipher.read(key, self._store.load(self._cipher.name(key)))

    def save(self, key: str, record: VisitRecord) -> VisitRecord | None:
        """Save `record` if its version is still the stored one; `None` if it is not."""
        stored = self._store.save(self._cipher.name(key), self._cipher.lock(key, record))
        return None if stored is None else replace(record, version=stored.version)

    def delete(self, key: str) -> None:
        """Forget the record of `key`, if any."""
        self._store.delete(self._cipher.name(key))

    def acquire(self, key: str, token: str, *, lease: float) -> bool:
        """Try to become the one who works on `key`, for `lease` seconds."""
        return self._store.acquire(self._cipher.name(key), token, lease=lease)

    def release(self, key: str, token: str) -> None:
        """Let others work on `key`, if `token` still holds it."""
        self._store.release(self._cipher.name(key), token)

    def items(self) -> Iterator[tuple[str, VisitRecord]]:
        """Give all keys, as they were before they were hidden, and their records."""
        for _, record in self._store.items():  # noqa: PERF102 - a store is no dict
            yield self._cipher.unlock(record)

    def purge(self, *, before: float) -> int:
        """Delete the records whose `updated_at` is less than `before`; return how many. Needs no key that fits."""
        return self._store.purge(before=before)

    def close(self) -> None:
        """Close the inner store. May be called again."""
        self._store.close()


class AsyncEncryptedStore:
    """`EncryptedStore` around an `AsyncVisitStore`: same arguments, same content."""

    def __init__(
        self,
        store: AsyncVisitStore,
        key: str | bytes | Sequence[str | bytes],
        *,
        key_secret: str | bytes | None = None,
    ) -> None:
        self._store = store
        self._cipher = _Cipher(key, key_secret)

    async def load(self, key: str) -> VisitRecord | None:
        """Do what `EncryptedStore.load` does."""
        return self._cipher.read(key, await self._store.load(self._cipher.name(key)))

    async def save(self, key: str, record: VisitRecord) -> VisitRecord | None:
        """Do what `EncryptedStore.save` does."""
        stored = await self._store.save(self._cipher.name(key), self._cipher.lock(key, record))
        return None if stored is None else replace(record, version=stored.version)

    async def delete(self, key: str) -> None:
        """Do what `EncryptedStore.delete` does."""
        await self._store.delete(self._cipher.name(key))

    async def acquire(self, key: str, token: str, *, lease: float) -> bool:
        """Do what `EncryptedStore.acquire` does."""
        return await self._store.acquire(self._cipher.name(key), token, lease=lease)

    async def release(self, key: str, token: str) -> None:
        """Do what `EncryptedStore.release` does."""
        await self._store.release(self._cipher.name(key), token)

    async def items(self) -> AsyncIterator[tuple[str, VisitRecord]]:
        """Do what `EncryptedStore.items` does."""
        async for _, record in self._store.items():  # noqa: PERF102 - a store is no dict
            yield self._cipher.unlock(record)

    async def purge(self, *, before: float) -> int:
        """Do what `EncryptedStore.purge` does."""
        return await self._store.purge(before=before)

    async def aclose(self) -> None:
        """Do what `EncryptedStore.close` does."""
        await self._store.aclose()
