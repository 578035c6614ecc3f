"""`python -m lp_engagement` is `lp-engagement`."""

import sys

from .cli import main

if __name__ == "__main__":
    sys.exit(main())
