"""Identifying a problem across runs: by file, rule and place, as a hash, which shows no value and no key.

Lines and indexes of arrays do not count, so a problem stays the same when its line or entry moves.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .checker import Finding
    from .problem import Problem

_INDEX = re.compile(r"/[0-9]+(?=/|$)")
_DIGITS = 16


def digest(*parts: str) -> str:
    """Hash some strings."""
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


def place(path: str, problem: Problem) -> str:
    """Hash the place of a problem in a file."""
    return digest(path, _INDEX.sub("/-", problem.pointer), problem.rule)


def relative(name: str) -> str:
    """Return the name of a file relative to the current folder, with slashes."""
    try:
        return os.path.relpath(name).replace(os.sep, "/")
    except ValueError:  # on another drive
        return name.replace(os.sep, "/")


class Fingerprints:
    """Fingerprints of the problems of a run. Problems of one rule at one place are numbered."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def of(self, finding: Finding) -> str:
        """Return the fingerprint of the next problem."""
        found = place(relative(finding.file), finding.problem)
        self._seen[found] += 1
        return f"{found}:{self._seen[found]}"
