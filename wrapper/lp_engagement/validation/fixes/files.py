"""Fixing files: each piece until nothing is left to fix, and the file as a whole or not at all."""

from __future__ import annotations

import os
import stat
import tempfile
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from errno import EACCES
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from lp_engagement.validation.checker import Checker
from lp_engagement.validation.pieces import InputError, pieces_of

from .apply import MOST_PASSES, apply

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from lp_engagement.validation.checker import Finding, Options
    from lp_engagement.validation.pieces import Piece
    from lp_engagement.validation.readers.formats import Format

# ruff: noqa: PTH105, PTH108, PTH120, PTH123 - names are text, as they were given

_AT_ONCE = 1024 * 1024


class Change(NamedTuple):
    """The fixes of a piece.

    Attributes:
        first_line: the line of the file on which the piece starts, from 1.
        old: the bytes of the piece.
        new: the fixed bytes.
        fixed: the problems that were fixed, in the order of their fixes.
    """

    first_line: int
    old: bytes
    new: bytes
    fixed: list[Finding]


@dataclass(slots=True)
class Fixed:
    """The counts of a run.

    Attributes:
        rules: the number of fixed problems by rule.
        files: the number of changed files.
        unsafe: the number of problems that only an unsafe fix removes, and that remain.
    """

    rules: Counter[str] = field(default_factory=Counter)
    files: int = 0
    unsafe: int = 0


class Fixer:
    """Fixes files with the same options.

    Args:
        options: the options of the check.
        admits: whether a problem counts.
        unsafe: apply fixes that are guesses too.
        input_format: the format of the files, if it is given.
    """

    def __init__(
        self,
        options: Options,
        admits: Callable[[Finding], bool],
        *,
        unsafe: bool = False,
        input_format: Format | None = None,
    ) -> None:
        self._checker = Checker(options)
        self._admits = admits
        self._unsafe = unsafe
        self._format: Format | None = input_format
        self.done: Fixed = Fixed()

    def changes(self, name: str) -> Iterator[Change]:
        """Yield the changes of a file, which is left as it is.

        Raises:
            OSError: it cannot be read.
            InputError: it is too large, or no regular file.
        """
        changed = False
        for _, change in self._fixed(name):
            if change.fixed:
                changed = True
                yield change
        self.done.files += changed

    def fix(self, name: str) -> None:
        """Fix a file in place, all or nothing; its mode is kept, and a link still leads to it.

        Raises:
            OSError: it cannot be read or written.
            InputError: it is too large, or no regular file.
        """
        parts = self._fixed(name)
        first = next((part for part in parts if part[1].fixed), None)
        if first is None:
            return
        self.done.files += 1
        with _rewriting(os.path.realpath(name)) as (original, out):
            _copy(original, out, first[0].start)
            out.write(first[1].new)
            for _, change in parts:
                out.write(change.new)

    def _fixed(self, name: str) -> Iterator[tuple[Piece, Change]]:
        line = 1
        for piece in pieces_of(name, self._format, splits={"har"}):
            if piece.format == "har":
                # Its payloads are inside strings, which have no fixes.
                return
            if piece.data is not None:
                raise InputError(f"{name} is not a regular file, so it cannot be fixed")
            with open(piece.name, "rb") as file:
                file.seek(piece.start)
                old = file.read(piece.size)
            new, fixed = self._fix_piece(piece, old)
            yield piece, Change(line, old, new, fixed)
            line += old.count(b"\n")

    def _fix_piece(self, piece: Piece, data: bytes) -> tuple[bytes, list[Finding]]:
        fixed: list[Finding] = []
        for _ in range(MOST_PASSES):
            every = self._checker.file(piece.name, data, piece.format)
            found = [finding for finding in every if finding.fix and self._admits(finding)]
            possible = [finding for finding in found if finding.fix and (self._unsafe or finding.fix.is_safe)]
            data, made = apply(data, possible, piece.format)
            fixed += made
            if not made:
                self.done.unsafe += len(found)
                break
        self.done.rules.update(finding.problem.rule for finding in fixed)
        return data, fixed


@contextmanager
def _rewriting(target: str) -> Generator[tuple[BinaryIO, BinaryIO]]:
    """Open a file, and a new one that replaces it if all goes well."""
    with open(target, "rb") as original:
        if not os.access(target, os.W_OK):
            raise PermissionError(EACCES, os.strerror(EACCES), target)
        number, unfinished = tempfile.mkstemp(dir=os.path.dirname(target), prefix=".fixed-")
        try:
            with open(number, "wb") as out:
                yield original, out
                os.fchmod(number, stat.S_IMODE(os.fstat(original.fileno()).st_mode))
            os.replace(unfinished, target)
        except BaseException:
            with suppress(OSError):
                os.unlink(unfinished)
            raise


def _copy(source: BinaryIO, target: BinaryIO, size: int) -> None:
    while size:
        data = source.read(min(size, _AT_ONCE))
        target.write(data)
        size -= len(data)
