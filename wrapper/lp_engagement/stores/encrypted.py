"""Stores that encrypt visits before they save them.

A stored record has a single field of content, which is encrypted. The version and the time stay readable, because the
store compares and purges by them. The key and the version of the visit are also part of the ciphertext, so a visit
that was moved to another key is rejected, and so is an older one that was put back.
"""

from __future__ import annotations

import hmac
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lp_engagement._common.muted import Muted, MutedText
from lp_engagement._core.record import VisitRecord
from lp_engagement.errors import ConfigurationError, StoreError

from .reading import damaged_visit, read, skip

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence

    from lp_engagement._core.record import AsyncVisitStore, VisitStore

__all__ = ["AsyncEncryptedStore", "EncryptedStore"]

_FIELD = "encrypted"
_STORE = "behind the encryption"


class _Cipher:
    def __init__(self, key: str | bytes | Sequence[str | bytes], key_secret: str | bytes | None) -> None:
        try:
            from cryptography.fernet import Fernet, InvalidToken, MultiFernet
        except ImportError:
            raise ConfigurationError(
                "encrypted visits need cryptography, which is not installed."
                " Install the extra `encryption` of lp-engagement."
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
        """Return the key of the visit in the inner store."""
        if self._key_secret is None:
            return key
        return hmac.digest(self._key_secret, key.encode("utf-8", "surrogatepass"), "sha256").hex()

    def lock(self, key: str, record: VisitRecord) -> VisitRecord:
        # The version that the store will count: an older content put back later does not fit its version.
        content = Muted(json.dumps([key, record.version + 1, record.to_json()]).encode())
        return VisitRecord(
            engagement={_FIELD: self._fernet.encrypt(content.value).decode()},
            updated_at=record.updated_at,
            version=record.version,
        )

    def unlock(self, name: str, record: VisitRecord) -> tuple[MutedText, VisitRecord] | StoreError:
        """Decrypt a stored record into its key and record, or return an error."""
        token = Muted((record.engagement or {}).get(_FIELD))
        if not isinstance(token.value, str):
            return StoreError(
                "The visit store has a visit that is not encrypted. Purge it, or use a file or a prefix of its own."
            )
        content: Any = None
        try:
            content = Muted(json.loads(self._fernet.decrypt(token.value.encode("ascii", "replace"))))
        except self._invalid:
            return StoreError("A visit cannot be decrypted: its encryption key is not among the given ones.")
        except ValueError:
            pass  # of a program that shares the key and writes something else
        match content and content.value:
            case [str(key), int(version), str(text)]:
                key, text = MutedText(key), MutedText(text)
            case _:
                return damaged_visit(_STORE, name, "its encrypted content is not a visit")
        if version != record.version:
            return StoreError(
                "A visit was stored under the version of another: somebody has put back an older one."
                " Call forget() for this visit."
            )
        if self.name(key) != name:
            return StoreError("A visit was stored under the key of another. Call forget() for this visit.")
        found = read(_STORE, key, text)
        return found if isinstance(found, StoreError) else (key, replace(found, version=record.version))

    def read(self, key: str, record: VisitRecord | None) -> VisitRecord | None:
        if record is None:
            return None
        found = self.unlock(self.name(key), record)
        if isinstance(found, StoreError):
            raise found
        return found[1]


class EncryptedStore:
    """Encrypts visits before another store saves them. Requires the extra `encryption`.

    The ids, the page, the engagement and its expiry are encrypted (Fernet: AES-128-CBC with HMAC-SHA256). The version,
    the time of the last response and the leases stay readable. So does the visit key, unless you pass `key_secret`.
    Unencrypted visits are rejected, so start with an empty store.

    Args:
        store: the inner store; closed together with this one.
        key: a key from `cryptography.fernet.Fernet.generate_key()`, or a list of keys. The first one encrypts, and
            all of them decrypt. To rotate the key, put the new one first, and drop the old one when its visits have
            expired.
        key_secret: stores an HMAC-SHA256 of each visit key instead of the key. It must never change.

    Raises:
        ConfigurationError: the extra is not installed, or an encryption key is invalid.
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

    def __repr__(self) -> str:
        return f"<EncryptedStore, {type(self._store).__name__}>"

    def load(self, key: str) -> VisitRecord | None:
        """Return the record of `key`, or `None`."""
        key = MutedText(key)
        return self._cipher.read(key, self._store.load(self._cipher.name(key)))

    def save(self, key: str, record: VisitRecord) -> VisitRecord | None:
        """Save `record` if its version is still the stored one; `None` if it is not."""
        key = MutedText(key)
        stored = self._store.save(self._cipher.name(key), self._cipher.lock(key, record))
        return None if stored is None else replace(record, version=stored.version)

    def delete(self, key: str) -> None:
        """Delete the record of `key`, if any."""
        key = MutedText(key)
        self._store.delete(self._cipher.name(key))

    def acquire(self, key: str, token: str, *, lease: float) -> bool:
        """Try to acquire the lease of `key` for `lease` seconds."""
        key = MutedText(key)
        return self._store.acquire(self._cipher.name(key), token, lease=lease)

    def release(self, key: str, token: str) -> None:
        """Release the lease of `key`, if `token` still holds it."""
        key = MutedText(key)
        self._store.release(self._cipher.name(key), token)

    def items(self, *, damaged: Callable[[str, StoreError], object] | None = None) -> Iterator[tuple[str, VisitRecord]]:
        """Yield all keys, decrypted, with their records."""
        for name, record in self._store.items(damaged=damaged):
            found = self._cipher.unlock(MutedText(name), record)
            if isinstance(found, StoreError):
                skip(damaged, name, found)
            else:
                yield str(found[0]), found[1]

    def purge(self, *, before: float, damaged: Callable[[str, StoreError], object] | None = None) -> int:
        """Delete the records whose `updated_at` is less than `before`; return how many. Needs no encryption key."""
        return self._store.purge(before=before, damaged=damaged)

    def close(self) -> None:
        """Close the inner store. May be called again."""
        self._store.close()


class AsyncEncryptedStore:
    """`EncryptedStore` around an `AsyncVisitStore`: same arguments, same content.

    Args:
        store: the inner store; closed together with this one.
        key: a key from `cryptography.fernet.Fernet.generate_key()`, or a list of keys. The first one encrypts, and
            all of them decrypt. To rotate the key, put the new one first, and drop the old one when its visits have
            expired.
        key_secret: stores an HMAC-SHA256 of each visit key instead of the key. It must never change.

    Raises:
        ConfigurationError: the extra is not installed, or an encryption key is invalid.
    """

    def __init__(
        self,
        store: AsyncVisitStore,
        key: str | bytes | Sequence[str | bytes],
        *,
        key_secret: str | bytes | None = None,
    ) -> None:
        self._store = store
        self._cipher = _Cipher(key, key_secret)

    def __repr__(self) -> str:
        return f"<AsyncEncryptedStore, {type(self._store).__name__}>"

    async def load(self, key: str) -> VisitRecord | None:
        """Return the record of `key`, or `None`."""
        key = MutedText(key)
        return self._cipher.read(key, await self._store.load(self._cipher.name(key)))

    async def save(self, key: str, record: VisitRecord) -> VisitRecord | None:
        """Save `record` if its version is still the stored one; `None` if it is not."""
        key = MutedText(key)
        stored = await self._store.save(self._cipher.name(key), self._cipher.lock(key, record))
        return None if stored is None else replace(record, version=stored.version)

    async def delete(self, key: str) -> None:
        """Delete the record of `key`, if any."""
        key = MutedText(key)
        await self._store.delete(self._cipher.name(key))

    async def acquire(self, key: str, token: str, *, lease: float) -> bool:
        """Try to acquire the lease of `key` for `lease` seconds."""
        key = MutedText(key)
        return await self._store.acquire(self._cipher.name(key), token, lease=lease)

    async def release(self, key: str, token: str) -> None:
        """Release the lease of `key`, if `token` still holds it."""
        key = MutedText(key)
        await self._store.release(self._cipher.name(key), token)

    async def items(
        self, *, damaged: Callable[[str, StoreError], object] | None = None
    ) -> AsyncIterator[tuple[str, VisitRecord]]:
        """Yield all keys, decrypted, with their records."""
        async for name, record in self._store.items(damaged=damaged):
            found = self._cipher.unlock(MutedText(name), record)
            if isinstance(found, StoreError):
                skip(damaged, name, found)
            else:
                yield str(found[0]), found[1]

    async def purge(self, *, before: float, damaged: Callable[[str, StoreError], object] | None = None) -> int:
        """Delete the records whose `updated_at` is less than `before`; return how many. Needs no encryption key."""
        return await self._store.purge(before=before, damaged=damaged)

    async def aclose(self) -> None:
        """Close the inner store. May be called again."""
        await self._store.aclose()
