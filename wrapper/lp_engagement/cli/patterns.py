"""Finding the files that match a pattern."""

from __future__ import annotations

import glob
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_ANY_DEPTH = "**"


def matching(pattern: str) -> list[str]:
    """List the regular files that match a pattern, sorted; `**` matches any number of folders.

    Links to folders are followed, but no folder is visited twice, so a link to a parent does not loop.
    """
    return sorted({name for name in _expand(pattern) if os.path.isfile(name)})  # noqa: PTH113 - names as they were passed


def _expand(pattern: str) -> Iterator[str]:
    before, deep, after = _divided(pattern)
    if not deep:
        yield from glob.glob(pattern)  # noqa: PTH207 - see above
        return
    for top in glob.glob(before) if before else [""]:  # noqa: PTH207
        for folder in _folders(top, set()):
            yield from _expand(os.path.join(glob.escape(folder), after or "*"))  # noqa: PTH118


def _divided(pattern: str) -> tuple[str, bool, str]:
    """Return the part before the first `**`, whether there is one, and the part after it."""
    parts = pattern.split("/")
    if _ANY_DEPTH not in parts:
        return pattern, False, ""
    at = parts.index(_ANY_DEPTH)
    return "/".join([*parts[:at], ""]) if at else "", True, "/".join(parts[at + 1 :])


def _folders(top: str, visited: set[tuple[int, int]]) -> Iterator[str]:
    """Yield a folder and the folders below it; like glob, skip hidden ones."""
    try:
        found = os.stat(top or ".")  # noqa: PTH116
        entries = sorted(os.scandir(top or "."), key=lambda entry: entry.name)
    except OSError:
        return
    if (found.st_dev, found.st_ino) in visited:
        return
    visited.add((found.st_dev, found.st_ino))
    yield top
    for entry in entries:
        if not entry.name.startswith(".") and os.path.isdir(entry.path):  # noqa: PTH112 - entry.is_dir() raises for a link to itself
            yield from _folders(os.path.join(top, entry.name), visited)  # noqa: PTH118
