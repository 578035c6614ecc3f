"""`python -m lp_engagement.cli` is `lp-engagement`."""

import sys

from . import main

if __name__ == "__main__":
    sys.exit(main())
