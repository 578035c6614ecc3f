"""A lock for imports that are made when they are first needed, so that none is under way in the moment of a fork.

A child inherits the import locks of threads that it does not have, and would wait for them for ever.
"""

from __future__ import annotations

import os
import threading

importing = threading.RLock()
"""Held while a module is imported in the course of a call, and by whoever forks."""

if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=importing.acquire, after_in_parent=importing.release, after_in_child=importing.release)
