"""Reading exported visits into a store. Every line may have been written by anybody."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO

from lp_engagement._common.muted import Muted, MutedText
from lp_engagement._core.checks import account_id, visit_key
from lp_engagement._core.record import VisitRecord
from lp_engagement.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lp_engagement.stores import VisitStore

__all__ = ["HashedIdsError", "Imported", "import_lines"]

LONGEST_LINE = 4 * 1024 * 1024
"""Bytes. The largest response has 1 MiB, and JSON in ASCII needs up to three times as many."""

_FIELDS = {
    "visitorId": "visitor_id",
    "sessionId": "session_id",
    "pageId": "page_id",
    "engagement": "engagement",
    "engagementExpiresAt": "engagement_expires_at",
    "updatedAt": "updated_at",
}
_MEMBERS = ("key", *_FIELDS)
# `fingerprint` writes eight such digits. Ids of the server have 22 characters or more.
_HASH = re.compile(r"[0-9a-f]{8}")
_LONGEST_TIME = 40


class HashedIdsError(Exception):
    """The export has hashes in place of ids."""


@dataclass(slots=True)
class Imported:
    """The numbers of imported, unchanged and skipped lines."""

    imported: int = 0
    unchanged: int = 0
    skipped: int = 0

    def __str__(self) -> str:
        text = f"{self.imported} visit{'' if self.imported == 1 else 's'} imported"
        if self.unchanged:
            text += f", {self.unchanged} unchanged because the store has newer ones"
        if self.skipped:
            text += f", {self.skipped} line{'' if self.skipped == 1 else 's'} skipped"
        return f"{text}."


def import_lines(
    source: BinaryIO, store: VisitStore, counts: Imported, *, overwrite: bool, report: Callable[[str], object]
) -> None:
    """Save each visit of an export, unless the store has one that is as new.

    Args:
        source: NDJSON, as `visits export --show-ids` writes it.
        store: where to save the visits.
        counts: counts the lines while they are read.
        overwrite: whether to replace newer visits.
        report: called with a sentence for each line that is skipped.

    Raises:
        HashedIdsError: a line has hashes in place of ids.
        StoreError: the store cannot be used, or has a damaged visit in the place of an imported one.
    """
    for number, line in _numbered(source):
        found = "it is longer than 4 MiB" if line is None else _read(line)
        if isinstance(found, str):
            counts.skipped += 1
            report(f"Skipped line {number}: {found}.")
            continue
        key, record = found.value
        if _is_hashed(record):
            raise HashedIdsError(f"line {number} has hashes in place of ids. Export the visits again, with --show-ids.")
        if _save(store, key, record, overwrite=overwrite):
            counts.imported += 1
        else:
            counts.unchanged += 1


def _numbered(source: BinaryIO) -> Iterator[tuple[int, Muted[bytes] | None]]:
    """Yield the lines that are not blank, with their numbers; `None` in place of one that is too long."""
    number = 0
    while line := source.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
            while (rest := source.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                pass
            yield number, None
        elif line.strip():
            yield number, Muted(line)


def _read(line: Muted[bytes]) -> Muted[tuple[MutedText, VisitRecord]] | str:
    """Return the key and the record of a line, or the fault of the line, which quotes nothing of it."""
    try:
        data = Muted(json.loads(line.value))
        # Infinity would be written again, and is not JSON.
        json.dumps(data.value, allow_nan=False)
    except (ValueError, RecursionError):
        data = Muted(None)
    if not isinstance(data.value, dict):
        return "it is not a JSON object"
    if data.value.keys() != set(_MEMBERS):
        return f"it must have exactly the members {', '.join(_MEMBERS)}, as `visits export` writes them"
    key = _key(Muted(data.value["key"]))
    if key is None:
        return "its key must be an account id, a colon and your key"
    moments = Muted([_seconds(data.value[name]) for name in ("updatedAt", "engagementExpiresAt")])
    if None in moments.value[: 1 if data.value["engagementExpiresAt"] is None else 2]:
        return "its times must be like 2026-11-23T15:13:55+00:00"
    record = Muted({**data.value, "updatedAt": moments.value[0], "engagementExpiresAt": moments.value[1]})
    text = MutedText(json.dumps({field: record.value[name] for name, field in _FIELDS.items()}))
    try:
        return Muted((key, VisitRecord.from_json(text)))
    except ValueError as error:
        fault = str(error)
    for name, field in _FIELDS.items():
        fault = fault.replace(field, name)
    return fault


def _key(given: Muted[Any]) -> MutedText | None:
    if not isinstance(given.value, str):
        return None
    account, _, key = map(MutedText, given.value.partition(":"))
    try:
        return visit_key(account_id(account), Muted(key))
    except ConfigurationError:
        return None


def _seconds(time: object) -> float | None:
    """Return a time as seconds since the epoch; `None` if it is not one, or lacks its zone."""
    if not isinstance(time, str) or len(time) > _LONGEST_TIME:
        return None
    try:
        found = datetime.fromisoformat(time)
    except ValueError:
        return None
    return found.timestamp() if found.tzinfo is not None and found.timestamp() >= 0 else None


def _is_hashed(record: VisitRecord) -> bool:
    ids = [each for each in (record.visitor_id, record.session_id) if each is not None]
    return bool(ids) and all(map(_HASH.fullmatch, ids))


def _save(store: VisitStore, key: str, record: VisitRecord, *, overwrite: bool) -> bool:
    """Save a record unless the store has one that is as new; return whether it was saved."""
    while True:
        known = store.load(key)
        if known is not None and known.updated_at >= record.updated_at and not overwrite:
            return False
        if store.save(key, record.stamped(record.updated_at, 0 if known is None else known.version)) is not None:
            return True
        # Another process has saved meanwhile: compare with that.
