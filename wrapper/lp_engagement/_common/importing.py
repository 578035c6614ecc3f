"""Imports at first use that survive a fork.

A process that forks while another thread imports leaves its child with a module lock that nobody will release: the
child's own import of that module then hangs for ever. So whatever the package imports late is imported in here, and a
fork waits for it.
"""

from __future__ import annotations

import logging
import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

__all__ = ["importing"]

# Reentrant, since a fork may come from the thread that imports: a module that forks as it is imported.
_lock = threading.RLock()


@contextmanager
def importing() -> Generator[None]:
    """Hold off forks, and other late imports, until the block is done."""
    with _lock:
        yield


# Hooks run in the reverse order of their registration, and modules make loggers as they are imported: the lock of
# logging must be taken after ours, so logging has to be there, and registered, before.
_registered_earlier = logging

_LONGEST_WAIT = 30.0
"""Seconds that a fork waits. An import that takes longer waits for something that the fork holds."""


def _before() -> None:
    global _held  # noqa: PLW0603 - forks are one at a time
    _held = _lock.acquire(timeout=_LONGEST_WAIT)


def _after() -> None:
    if _held:
        _lock.release()


_held = False

if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before, after_in_parent=_after, after_in_child=_after)
