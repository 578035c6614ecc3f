"""The `lp-engagement` command. Importing this loads nothing; each command loads what it needs when it runs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and end the process with its exit code.

    Args:
        arguments: what follows the command's name; that of the process by default.

    Returns:
        2 if the extra `cli` is not installed; otherwise this does not return.
    """
    from importlib.util import find_spec

    if find_spec("click") is None:
        # The name alone would be looked for on PyPI, where somebody else may have taken it.
        sys.stderr.write(
            "The lp-engagement command needs the extra `cli`. Install it from where the package came from, e.g. "
            "python3 -m pip install '/path/to/lp-engagement[cli]'.\n"
        )
        return 2
    from .group import group

    result: int = group.main(arguments, prog_name="lp-engagement")
    return result
