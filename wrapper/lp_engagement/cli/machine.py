"""Failures of the machine under a command: a full disk, a closed output, a missing folder."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from io import UnsupportedOperation

from .failures import one_line

_STANDARD = {1, 2}


def missing_output() -> str | None:
    """Report that stdout is closed, if it is.

    Otherwise the next opened file, e.g. the visit store, would have the descriptor of stdout.
    """
    if sys.stdout is None:  # it is when the process was started with it closed
        return "Error: standard output is closed. Send it to a file, or to /dev/null if nobody reads it."
    return None


def flush_output() -> None:
    """Flush the output now, while a failure can still be reported.

    Raises:
        OSError: it cannot be written.
    """
    with suppress(ValueError):  # somebody has closed it
        sys.stdout.flush()


def give_up_output() -> None:
    """Discard buffered output, because flushing it at exit would print a traceback."""
    with suppress(OSError, ValueError, UnsupportedOperation):
        number = sys.stdout.fileno()
        if number in _STANDARD:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, number)
            os.close(nowhere)


def in_words(error: OSError) -> str:
    """Describe an error of the system in one sentence."""
    reason = error.strerror or type(error).__name__
    name = "" if error.filename is None else f"{one_line(os.fsdecode(error.filename))}: "
    return f"Error: {name}{one_line(reason)}."
