"""Serving a simulator in a process of its own."""

from __future__ import annotations

import gc
import signal
import sys
import threading
from typing import Any

from .engine import Simulator
from .script import ScenarioError

__all__ = ["run"]

_SECONDS = 0.5
_JOURNAL = 1_000
"""How many requests a simulator keeps that runs for days."""


def run(*, port: int = 0, scenario: str | None = None, cold: int | None = None) -> str | None:
    """Serve until SIGINT or SIGTERM; the first line of the output is the URL.

    Args:
        port: the port; 0 takes any free one.
        scenario: the path of a scenario file.
        cold: how many POSTs each account answers with "Loading account"; wins over the scenario.

    Returns:
        Why it cannot be done; `None` if it was.
    """
    options: dict[str, Any] = {} if cold is None else {"cold": cold}
    try:
        simulator = Simulator.from_scenario(scenario or {}, **{"journal_limit": _JOURNAL, **options})
    except ScenarioError as error:
        return f"the scenario cannot be used: {error}"
    except (OSError, UnicodeDecodeError) as error:
        return f"the scenario cannot be read: {getattr(error, 'strerror', None) or error}"
    # What is kept here is kept for good; looking through it again and again for garbage costs time.
    gc.freeze()
    gc.set_threshold(100_000, 50, 1_000)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        with simulator.serve(port=port) as server:
            sys.stdout.write(f"{server.url}\n")
            sys.stdout.flush()
            # Not one endless wait: on Windows no signal would end it.
            while not stop.wait(_SECONDS):
                pass
    except (OSError, OverflowError) as error:
        return f"cannot listen on port {port}: {error}"
    return None
