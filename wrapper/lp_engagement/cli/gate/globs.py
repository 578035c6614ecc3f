"""Patterns for files, as `.gitignore` writes them."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from lp_engagement.validation.pieces import STDIN

if TYPE_CHECKING:
    from collections.abc import Iterable


class Globs:
    """Patterns that are relative to a folder.

    Raises:
        ValueError: a pattern is invalid; the message names it.
    """

    def __init__(self, patterns: Iterable[str], folder: str) -> None:
        self._folder = os.path.abspath(folder)  # noqa: PTH100 - links stay as they are
        self._patterns = list(patterns)
        self._spec = None
        if self._patterns:  # pathspec need not be imported for nothing
            from pathspec import GitIgnoreSpec

            self._spec = GitIgnoreSpec.from_lines(self._patterns)

    def matches(self, name: str) -> bool:
        """Whether a file, named relative to the current folder, matches."""
        if self._spec is None or name == STDIN:
            return False
        return self._spec.match_file(relative(name, self._folder))


def relative(name: str, folder: str) -> str:
    """Return the name of a file relative to a folder, with slashes; absolute if it is on another drive."""
    path = os.path.abspath(name)  # noqa: PTH100 - see above
    with suppress(ValueError):
        path = os.path.relpath(path, folder)
    return path.replace(os.sep, "/")
