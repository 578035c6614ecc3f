"""Build the site: python -m tools.docs [FOLDER]."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import spec_page
from .site import SOURCES, build


def main() -> int:
    """Run as a command."""
    parser = argparse.ArgumentParser(prog="python -m tools.docs", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("build/docs"))
    parser.add_argument("--sources", type=Path, default=SOURCES, help="other pages than those of docs/")
    arguments = parser.parse_args()
    try:
        faultless = build(arguments.folder, arguments.sources)
    except spec_page.SpecPageError as error:
        print(error, file=sys.stderr)
        faultless = False
    if faultless:
        print(f"The site is built: {arguments.folder}/index.html")
    return 0 if faultless else 1


if __name__ == "__main__":
    sys.exit(main())
