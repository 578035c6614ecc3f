"""The base of all reports."""

from __future__ import annotations

import json
import tempfile
from typing import IO, TYPE_CHECKING, Any, ClassVar, TextIO

from lp_engagement._common.printable import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lp_engagement.validation.checker import Finding, Tally
    from lp_engagement.validation.fixes import TextChange

_IN_MEMORY = 256 * 1024
_LONGEST_NAME = 4096


class Report:
    """Writes findings as they arrive.

    Args:
        out: the stream to write to.
        color: use terminal colours.
        quiet: write nothing but problems.
        strict: warnings count as failures.
        width: the columns of the terminal, if the report is for one.
        show_values: show values.
    """

    has_fixes: ClassVar[bool] = False
    """Whether the format shows fixes."""

    def __init__(
        self,
        out: TextIO,
        *,
        color: bool = False,
        quiet: bool = False,
        strict: bool = False,
        width: int | None = None,
        show_values: bool = False,
    ) -> None:
        self.out = out
        self.color = color
        self.quiet = quiet
        self.strict = strict
        self.width = width
        self.show_values = show_values

    def add(self, finding: Finding) -> None:
        """Add a finding. Findings arrive in the order of files and lines."""
        raise NotImplementedError

    def file_done(self, name: str, tally: Tally) -> None:
        """Finish a file."""

    def close(self, files: int, tally: Tally) -> None:
        """Finish the report, with the totals of all files."""
        raise NotImplementedError

    def abandon(self) -> None:
        """Discard the report, because the check was interrupted."""

    def edits_of(self, finding: Finding) -> Sequence[TextChange]:
        """Return the edits that `--fix` would make; none if they would show the value of a personal field."""
        fix = finding.fix
        return fix.edits if fix and fix.is_safe and (fix.is_public or self.show_values) else ()

    def is_failure(self, finding: Finding) -> bool:
        """Whether a finding makes the check fail."""
        return self.strict or finding.problem.level == "error"


class Spool:
    """Text that is written later than it is known; a long one is kept on disk."""

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
        """Discard all parts."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def pour(self, out: TextIO) -> None:
        """Write all parts to `out`, and discard them."""
        if self._file is not None:
            with self._file as file:
                file.seek(0)
                while piece := file.read(65536):
                    out.write(piece)
            self._file = None


class ListReport(Report):
    """A report with an array of JSON objects. They are written at the end, so that no partial report is left."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.entries: Spool = Spool()

    def put(self, entry: dict[str, Any]) -> None:
        """Append an object."""
        self.entries.add(f"{',' if self.entries.parts else ''}\n  {compact(entry)}")

    def write(self, before: str, after: str) -> None:
        """Write the array, between what is before and after its objects."""
        some = self.entries.parts > 0
        self.out.write(f"{before}[")
        self.entries.pour(self.out)
        self.out.write(("\n ]" if some else "]") + after)

    def abandon(self) -> None:
        """Discard the objects."""
        self.entries.close()


def shown_name(name: str) -> str:
    """Make a file name safe to print: it can contain anything, even bytes that are not text."""
    return printable(name, _LONGEST_NAME)


def compact(value: Any) -> str:
    """Write a value as JSON in ASCII, on one line."""
    return json.dumps(value, separators=(", ", ": "))
