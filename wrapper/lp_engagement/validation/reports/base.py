"""What every report has in common."""

from __future__ import annotations

import json
import tempfile
from typing import IO, TYPE_CHECKING, Any, TextIO

from lp_engagement._common.printable import printable

if TYPE_CHECKING:
    from lp_engagement.validation.checker import Finding, Tally

_IN_MEMORY = 256 * 1024
_LONGEST_NAME = 4096


class Report:
    """Tells findings while they are found.

    Args:
        out: where to.
        color: whether `out` shows colours.
        quiet: leave out what is not about a problem.
        strict: warnings count as failures.
    """

    def __init__(self, out: TextIO, *, color: bool = False, quiet: bool = False, strict: bool = False) -> None:
        self.out = out
        self.color = color
        self.quiet = quiet
        self.strict = strict

    def add(self, finding: Finding) -> None:
        """Take one finding, in the order of files and lines."""
        raise NotImplementedError

    def file_done(self, name: str, tally: Tally) -> None:
        """Note that a file has been read to its end."""

    def close(self, files: int, tally: Tally) -> None:
        """Finish, with the sums over all files."""
        raise NotImplementedError

    def abandon(self) -> None:
        """Let go of what is noted: the check has come to an end before its time, and there will be no report."""

    def is_failure(self, finding: Finding) -> bool:
        """Whether a finding makes the check fail."""
        return self.strict or finding.problem.level == "error"


class Spool:
    """Text that is needed after something that is known only later; on disk once it is long."""

    def __init__(self) -> None:
        self._file: IO[str] | None = None
        self.parts: int = 0

    def add(self, text: str) -> None:
        """Append a part."""
        if self._file is None:
            self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY, "w+", encoding="utf-8", newline="")  # noqa: SIM115
        self._file.write(text)
        self.parts += 1

    def close(self) -> None:
        """Forget all parts."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def pour(self, out: TextIO) -> None:
        """Write all parts to `out`, and forget them."""
        if self._file is not None:
            with self._file as file:
                file.seek(0)
                while piece := file.read(65536):
                    out.write(piece)
            self._file = None


def shown_name(name: str) -> str:
    """The name of a file as people may see it: a name can hold anything, bytes that are no text included."""
    return printable(name, _LONGEST_NAME)


def compact(value: Any) -> str:
    """The value as JSON in ASCII, on one line."""
    return json.dumps(value, separators=(", ", ": "))
