"""`python -m lp_engagement.simulator`: serve a simulator until SIGINT or SIGTERM.

The first line of the output is the URL.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from .run import run

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until a signal arrives; `arguments` are those of the command line by default."""
    parser = argparse.ArgumentParser(
        prog="python -m lp_engagement.simulator", description="Simulate the App Engagement API on 127.0.0.1."
    )
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0, the default, takes any free one")
    parser.add_argument("--scenario", metavar="FILE", help="campaigns, cold accounts and faults, as YAML or JSON")
    parser.add_argument("--cold", type=int, metavar="N", help='POSTs that each account answers with "Loading account"')
    options = parser.parse_args(arguments)
    problem = run(port=options.port, scenario=options.scenario, cold=options.cold)
    if problem is not None:
        parser.exit(1, f"{problem}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
