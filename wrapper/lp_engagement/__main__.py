"""`python -m lp_engagement` is `lp-engagement`, for where the folder with the scripts is not on the PATH."""

import sys

from .cli import main

if __name__ == "__main__":
    sys.exit(main())
