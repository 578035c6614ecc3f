"""`make lint-spec`: check the spec, and that it is valid OpenAPI 3.1.

python -m generator.check [FILE]
"""

from __future__ import annotations

import sys
from pathlib import Path

from generator import spec


def main() -> int:
    """Run as a command."""
    spec.load(Path(sys.argv[1]) if len(sys.argv) > 1 else spec.SPEC_PATH)
    print("The spec has no mistakes.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
