"""Checking many files of any size: in pieces, in one or more processes, in the order of the input."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .checker import Checker, Finding, Options, Tally
from .documents import BOM
from .explain import text_problem
from .kinds import LISTED
from .pieces import STDIN, InputError, pieces_of
from .readers.formats import SOURCES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future, ProcessPoolExecutor
    from typing import TypeVar

    from .fixes import TextChange
    from .pieces import Piece
    from .readers.formats import Format
    from .reports.base import Report

    Placed = TypeVar("Placed", Finding, TextChange)

_AHEAD = 3
"""Pieces in progress per process."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a piece; lines and documents are counted from its start.

    Attributes:
        piece: the piece.
        findings: its problems.
        tally: its counts.
        lines: the number of its line feeds.
        columns: the number of characters after the last one, if the next piece goes on there.
        in_bytes: the number of bytes there.
    """

    piece: Piece
    findings: list[Finding]
    tally: Tally
    lines: int = 0
    columns: int = 0
    in_bytes: int = 0


def run(
    names: Iterable[str],
    options: Options,
    report: Report,
    *,
    input_format: Format | None = None,
    stdin_name: str | None = None,
    jobs: int = 1,
    progress: Callable[[int], object] = lambda _: None,
) -> Tally:
    """Check files and write a report.

    Args:
        names: the files; `-` is standard input.
        options: the options of the check.
        report: receives all findings, and is closed.
        input_format: the format of the files; by default, detected from their names or their first lines.
        stdin_name: the name of standard input in reports; its ending can show the format.
        jobs: the number of processes.
        progress: called with the number of bytes that were checked since the previous call.

    Raises:
        OSError: a file cannot be read.
        InputError: a file is too large, or not a regular file.
    """
    splits: set[Format] = {"har", "json"} if options.kind in LISTED and not options.pointers else {"har"}
    pieces = (piece for name in names for piece in pieces_of(name, input_format, stdin_name or STDIN, splits))
    try:
        return _report(_outcomes(pieces, options, jobs), report, progress)
    except BaseException:
        report.abandon()
        raise


def _report(outcomes: Iterator[Outcome], report: Report, progress: Callable[[int], object]) -> Tally:
    total, files = Tally(), 0
    file_tally, before = Tally(), _Before()
    for outcome in outcomes:
        piece = outcome.piece
        for finding in outcome.findings:
            report.add(before.move(finding, file_tally.documents, piece))
        file_tally.add(outcome.tally)
        before.add(outcome)
        progress(piece.size)
        if piece.last:
            if not file_tally.documents and piece.format not in SOURCES:
                report.add(_nothing(piece.name))
                file_tally.warnings += 1
            report.file_done(piece.name, file_tally)
            total.add(file_tally)
            files += 1
            file_tally, before = Tally(), _Before()
    report.close(files, total)
    return total


@dataclass(slots=True)
class _Before:
    """How far into a file the pieces before one reach: in lines, and in columns of the last line."""

    lines: int = 0
    columns: int = 0
    in_bytes: int = 0

    def add(self, outcome: Outcome) -> None:
        self.columns = outcome.columns + (0 if outcome.lines else self.columns)
        self.in_bytes = outcome.in_bytes + (0 if outcome.lines else self.in_bytes)
        self.lines += outcome.lines

    def move(self, finding: Finding, documents: int, piece: Piece) -> Finding:
        """Convert a location in a piece to the one in the file."""
        columns, in_bytes = self.columns - piece.before, self.in_bytes - piece.before
        if columns:
            finding = _shifted(finding, columns, in_bytes)
        problem = finding.problem
        if piece.in_array and piece.format == "json" and documents and problem.pointer:
            index, slash, rest = problem.pointer[1:].partition("/")
            problem = replace(problem, pointer=f"/{int(index) + documents}{slash}{rest}")
        return replace(
            finding,
            line=finding.line + self.lines,
            document=finding.document + documents,
            problem=problem,
        )


def _shifted(finding: Finding, columns: int, in_bytes: int) -> Finding:
    """Move what is on the first line."""
    if finding.fix is not None:
        edits = tuple(
            _moved(edit, columns, in_bytes) if finding.line + edit.down == 1 else edit for edit in finding.fix.edits
        )
        joined = finding.fix.joined
        if joined is not None and finding.line + joined.down == 1:
            joined = _moved(joined, columns, in_bytes)
        finding = replace(finding, fix=replace(finding.fix, edits=edits, joined=joined))
    return _moved(finding, columns, in_bytes) if finding.line == 1 else finding


def _moved(place: Placed, columns: int, in_bytes: int) -> Placed:
    start, end = place.column + columns, place.end_column + columns
    known = place.in_bytes and (place.in_bytes[0] + in_bytes, place.in_bytes[1] + in_bytes)
    return replace(place, column=start, end_column=end, in_bytes=known)


def _nothing(name: str) -> Finding:
    problem = text_problem("nothing-to-check", "the file contains no payload", "", level="warning")
    return Finding(name, 1, 1, 2, 1, problem, "", (0, 1), in_bytes=(1, 2))


def _outcomes(pieces: Iterator[Piece], options: Options, jobs: int) -> Iterator[Outcome]:
    if jobs == 1:
        checker = Checker(options)
        yield from (_check(piece, checker) for piece in pieces)
        return
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    try:
        yield from _side_by_side(pieces, jobs, ProcessPoolExecutor(jobs, initializer=_start, initargs=(options,)))
    except BrokenProcessPool:
        raise InputError("a worker process was killed, perhaps because memory ran out; use fewer --jobs") from None


def _side_by_side(pieces: Iterator[Piece], jobs: int, executor: ProcessPoolExecutor) -> Iterator[Outcome]:
    with executor as pool:
        under_way: deque[Future[Outcome]] = deque()
        for piece in pieces:
            under_way.append(pool.submit(_check_here, piece))
            if len(under_way) >= _AHEAD * jobs:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()


_checker: Checker | None = None


def _start(options: Options) -> None:
    global _checker  # noqa: PLW0603 - set once in each worker process
    _checker = Checker(options)


def _check_here(piece: Piece) -> Outcome:
    assert _checker is not None  # noqa: S101 - set by the initializer
    return _check(piece, _checker)


def _check(piece: Piece, checker: Checker) -> Outcome:
    checker.tally = Tally()
    data = piece.data
    if data is None:
        with open(piece.name, "rb") as file:  # noqa: PTH123 - names are shown as they were given
            file.seek(piece.start)
            data = file.read(piece.size)
    in_json = piece.in_array and piece.format == "json"
    findings = list(checker.array(piece.name, data) if in_json else checker.file(piece.name, data, piece.format))
    lines, columns, in_bytes = data.count(b"\n"), 0, 0
    if piece.in_array:
        start = data.rfind(b"\n") + 1 if lines else piece.before
        # A byte order mark is no column.
        last_line = data[start : len(data) - piece.after].removeprefix(BOM)
        columns, in_bytes = len(last_line.decode(errors="replace")), len(last_line)
    return Outcome(replace(piece, data=None), findings, checker.tally, lines, columns, in_bytes)
