"""`make check-links`: find links that lead nowhere, in all Markdown pages of the repository.

    python -m tools.links [--root FOLDER]

Files, anchors and images must exist. URLs of others must be https, well-formed, and on a host that hosts.txt names.
With `ONLINE=1`, Sphinx requests each of them too.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tools.repository import ROOT, files

from .check import Repository, hosts

# No file of the repository: `make docs` puts it beside the pages.
RENDERED = "docs/app-engagement-api.html"


def main() -> int:
    """Run as a command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, default=ROOT, help="the repository; this one by default")
    arguments = parser.parse_args()
    names = files(arguments.root)
    if names is None:
        print("git cannot list the files of the repository", file=sys.stderr)
        return 1
    repository = Repository(arguments.root, [*names, RENDERED], hosts())
    faults = list(repository.faults())
    for fault in sorted(faults):
        print(fault, file=sys.stderr)
    if not faults:
        print(f"{len(repository.links)} links of {len({page for page, _ in repository.links})} pages lead somewhere")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
