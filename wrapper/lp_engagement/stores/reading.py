"""Handling of stored values that cannot be read: they are named by a hash and skipped.

Functions return the error instead of raising it, so that the frame which raises holds neither the key nor the value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lp_engagement._common.logs import fingerprint, logger
from lp_engagement._core.record import VisitRecord
from lp_engagement.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["damaged_visit", "read", "skip", "sound"]


def damaged_visit(store: str, key: str, fault: str) -> StoreError:
    """Make the error for a value that cannot be read. `fault` must not quote the value."""
    return StoreError(
        f"The visit store {store} has a damaged visit (hash {fingerprint(key)}): {fault}. Call forget() for this visit."
    )


def read(store: str, key: str, text: object) -> VisitRecord | StoreError:
    """Parse a stored record; any value may be in its place."""
    try:
        return VisitRecord.from_json(text.decode("ascii") if isinstance(text, bytes) else str(text))
    except UnicodeDecodeError:
        fault = "a visit record must be ASCII"
    except ValueError as error:
        fault = str(error)
    return damaged_visit(store, key, fault)


def sound(found: VisitRecord | StoreError) -> VisitRecord:
    """Return the record, or raise the error in its place."""
    if isinstance(found, StoreError):
        raise found
    return found


def skip(damaged: Callable[[str, StoreError], object] | None, key: str, error: StoreError) -> None:
    """Report a skipped value to the caller's function, or else to the log."""
    if damaged is None:
        logger.warning("%s Skipped.", error)
    else:
        damaged(key, error)
