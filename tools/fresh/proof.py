"""Run on a machine that should be fresh: print what is installed there, as JSON.

It runs under the Python of that machine, with nothing but the standard library. On stdin: what should not be there.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from importlib import metadata
from pathlib import Path


def main() -> None:
    """Print what is installed."""
    asked = json.load(sys.stdin)
    told = {
        "python": list(sys.version_info[:3]),
        "absent": [name for name in asked["needed"] if not shutil.which(name)],
        "programs": [name for name in asked["programs"] if shutil.which(name)],
        "paths": [path for path in asked["paths"] if Path(path).exists()],
        "packages": sorted({each.name for each in metadata.distributions()}),
        "variables": sorted(set(os.environ) - set(asked["variables"])),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
