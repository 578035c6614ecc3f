"""The visit store: whether it opens, and can be written and read."""

from __future__ import annotations

import os
import threading
import time
import uuid
from concurrent.futures import Future
from typing import TYPE_CHECKING

from lp_engagement._common.muted import MutedText
from lp_engagement.errors import ConfigurationError, StoreError
from lp_engagement.stores import MemoryStore, open_store

if TYPE_CHECKING:
    from lp_engagement.stores import VisitStore

    from .diagnosis import Diagnosis

_LEASE_SECONDS = 5.0
_LEAST_SECONDS = 1.0
"""The store is on this machine or near it: it is checked even if the network has used up the time."""
_MEMORY = "The store is in memory: visits are lost at the end of each process, and no other process knows them."
_FIX = "Pass --store or set LP_VISIT_STORE to a store that this user can write, e.g. sqlite:////tmp/visits.db."


def examine(diagnosis: Diagnosis, url: str | None, ends_at: float) -> None:
    """Write, read and delete a lease, which is no visit: no list of visits shows it, and it expires by itself."""
    given = MutedText(url or os.environ.get("LP_VISIT_STORE") or "sqlite://")
    del url
    try:
        store = open_store(given)
    except ConfigurationError as error:
        diagnosis.add("store", "fail", str(error), _FIX)
        return
    if isinstance(store, MemoryStore):
        diagnosis.add("store", "warn", _MEMORY, "For more than a test, use sqlite:///FILE or redis://host:port/0.")
        return
    seconds = max(ends_at - time.monotonic(), _LEAST_SECONDS)
    try:
        _in_time(store, seconds)
    except (StoreError, ConfigurationError) as error:
        diagnosis.add("store", "fail", f"The store cannot be used: {error}", _FIX)
    except TimeoutError:
        diagnosis.add("store", "fail", f"The store did not answer within {seconds:.3g} s.", _FIX)
    else:
        diagnosis.add("store", "ok", f"The {type(store).__name__} opens, and can be written and read.")


def _in_time(store: VisitStore, seconds: float) -> None:
    """Probe the store in a thread that nobody waits for, because a store may hang."""
    done: Future[None] = Future()

    def probe() -> None:
        try:
            _probe(store)
        except BaseException as error:  # noqa: BLE001 - raised where the result is awaited
            done.set_exception(error)
        else:
            done.set_result(None)

    threading.Thread(target=probe, name="lp-engagement-doctor", daemon=True).start()
    done.result(seconds)


def _probe(store: VisitStore) -> None:
    key, token = f"doctor:{uuid.uuid4().hex}", uuid.uuid4().hex
    try:
        store.acquire(key, token, lease=_LEASE_SECONDS)
        try:
            store.load(key)
        finally:
            store.release(key, token)
    finally:
        store.close()
