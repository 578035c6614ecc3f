"""`python -m lp_engagement.simulator`: serve a simulator until SIGINT or SIGTERM.

The first line of the output is the URL.
"""

from __future__ import annotations

import argparse
import gc
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any

from .faults import ScenarioError
from .simulator import Simulator

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main", "run"]

_SECONDS = 0.5
_JOURNAL = 1_000
"""How many requests to keep in a process that may run for days."""


def run(
    *, port: int = 0, scenario: str | None = None, cold: int | None = None, strict: bool | None = None
) -> str | None:
    """Serve until SIGINT or SIGTERM; the first line of the output is the URL.

    Args:
        port: the port; 0 takes any free one.
        scenario: the path of a scenario file.
        cold: how many POSTs each account answers with "Loading account"; wins over the scenario.
        strict: refuse what the API's server drops silently; wins over the scenario.

    Returns:
        The reason why the server cannot run; `None` if it ran.
    """
    chosen = {"cold": cold, "strict": strict}
    options: dict[str, Any] = {name: value for name, value in chosen.items() if value is not None}
    try:
        simulator = Simulator.from_scenario(scenario or {}, **{"journal_limit": _JOURNAL, **options})
    except ScenarioError as error:
        return f"the scenario cannot be used: {error}"
    except (OSError, UnicodeDecodeError) as error:
        return f"the scenario cannot be read: {getattr(error, 'strerror', None) or error}"
    # Most objects here live as long as the process, so searching them for garbage wastes time.
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


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until a signal arrives; `arguments` default to the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m lp_engagement.simulator", description="Simulate the App Engagement API on 127.0.0.1."
    )
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0, the default, takes any free one")
    parser.add_argument("--scenario", metavar="FILE", help="campaigns, cold accounts and faults, as YAML or JSON")
    parser.add_argument("--cold", type=int, metavar="N", help='POSTs that each account answers with "Loading account"')
    parser.add_argument("--strict", action="store_true", default=None, help="answer 400 to unknown keys and types")
    options = parser.parse_args(arguments)
    problem = run(**vars(options))
    if problem is not None:
        parser.exit(1, f"{problem}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
