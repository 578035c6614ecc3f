"""`python -m lp_engagement.simulator`: serve a simulator until SIGINT or SIGTERM.

The first line of the output is the URL.
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from typing import TYPE_CHECKING

from .engine import Simulator

if TYPE_CHECKING:
    from collections.abc import Sequence

_SECONDS = 0.5


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until a signal arrives; `arguments` are those of the command line by default."""
    parser = argparse.ArgumentParser(
        prog="python -m lp_engagement.simulator", description="Simulate the App Engagement API on 127.0.0.1."
    )
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0, the default, takes any free one")
    parser.add_argument(
        "--cold", type=int, default=0, metavar="N", help='how many POSTs each account answers with "Loading account"'
    )
    options = parser.parse_args(arguments)

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        with Simulator(cold=options.cold).serve(port=options.port) as server:
            sys.stdout.write(f"{server.url}\n")
            sys.stdout.flush()
            # Not one endless wait: on Windows no signal would end it.
            while not stop.wait(_SECONDS):
                pass
    except (OSError, OverflowError) as error:
        parser.exit(1, f"cannot listen on port {options.port}: {error}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
