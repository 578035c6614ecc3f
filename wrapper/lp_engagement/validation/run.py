"""Checking many files of any size: in pieces, in one or more processes, in the order of the input."""

from __future__ import annotations

import os
import stat
import sys
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .checker import Checker, Finding, Options, Tally
from .explain import text_problem
from .kinds import LISTED
from .readers.formats import HEAD, SOURCES, by_content, by_name, has_grammars
from .split import EntryTooLargeError, split_array, starts_array

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future, ProcessPoolExecutor
    from typing import BinaryIO

    from .readers.formats import Format
    from .reports.base import Report

STDIN = "-"
_PIECE = 256 * 1024
"""Bytes of an NDJSON stream or a JSON array that are checked at a time, rounded up to whole lines or entries."""
_LONGEST_LINE = 128 * 1024 * 1024
_LARGEST = 128 * 1024 * 1024
"""Maximum bytes of a file that is read as a whole: JSON needs about ten times its size in memory."""
_LARGEST_YAML = 16 * 1024 * 1024
_AHEAD = 3
"""Pieces in progress per process."""


class InputError(Exception):
    """A file cannot be checked; the message names the file and the reason."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a file that consists of whole lines, or a whole file.

    Attributes:
        name: the name of the file, as reports show it.
        format: the format of the file.
        size: its size in bytes.
        start: its offset in the file.
        data: its bytes, if they cannot be read from the file.
        last: whether it ends the file.
        in_array: whether it is a part of an array, with brackets of its own.
    """

    name: str
    format: Format
    size: int
    start: int = 0
    data: bytes | None = None
    last: bool = True
    in_array: bool = False


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
    can_split = options.kind in LISTED and not options.pointers
    pieces = (piece for name in names for piece in pieces_of(name, input_format, stdin_name or STDIN, can_split))
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
            report.add(before.move(finding, file_tally.documents, in_array=piece.in_array))
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

    def move(self, finding: Finding, documents: int, *, in_array: bool) -> Finding:
        """Convert a location in a piece to the one in the file."""
        columns, in_bytes = (self.columns, self.in_bytes) if finding.line == 1 else (0, 0)
        problem = finding.problem
        if in_array and documents and problem.pointer:
            index, slash, rest = problem.pointer[1:].partition("/")
            problem = replace(problem, pointer=f"/{int(index) + documents}{slash}{rest}")
        return replace(
            finding,
            line=finding.line + self.lines,
            column=finding.column + columns,
            end_column=finding.end_column + columns,
            in_bytes=finding.in_bytes and (finding.in_bytes[0] + in_bytes, finding.in_bytes[1] + in_bytes),
            document=finding.document + documents,
            problem=problem,
        )


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
    if piece.in_array:
        findings = list(checker.array(piece.name, data))
        last_line = data[data.rfind(b"\n") + 1 : -1]
        columns = len(last_line.decode(errors="replace"))
        return Outcome(replace(piece, data=None), findings, checker.tally, data.count(b"\n"), columns, len(last_line))
    findings = list(checker.file(piece.name, data, piece.format))
    return Outcome(replace(piece, data=None), findings, checker.tally, data.count(b"\n"))


def pieces_of(
    name: str,
    given: Format | None,
    stdin_name: str = STDIN,
    can_split: bool = False,  # noqa: FBT001, FBT002 - our own
) -> Iterator[Piece]:
    """Split a file, perhaps in the middle of an array too; other arguments and errors are those of `run`."""
    if name == STDIN:
        if sys.stdin is None:
            raise InputError("standard input is closed")
        yield from _of_stream(stdin_name, sys.stdin.buffer, given or by_name(stdin_name), can_split)
        return
    # Opening a pipe waits for its other end, so it is rejected first.
    if not stat.S_ISREG(os.stat(name).st_mode) and not _is_handed_over(name):  # noqa: PTH116 - see below
        raise InputError(f"{name} is not a regular file; to check a pipe or a device, use: validate - < {name}")
    with open(name, "rb") as file:  # noqa: PTH123 - names are shown as they were given
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            yield from _of_stream(name, file, given, can_split)
            return
        size = os.fstat(file.fileno()).st_size
        file_format = given or _detect(name, file)
        file.seek(0)
        if file_format == "ndjson":
            yield from _of_lines(name, file, size)
        elif file_format == "json" and can_split and size > _PIECE and starts_array(head := file.read(_PIECE)):
            yield from _of_array(name, file, head)
        else:
            need_grammars(file_format)
            _hold_to_limit(name, file_format, size)
            yield Piece(name, file_format, size)


def _of_lines(name: str, file: BinaryIO, size: int) -> Iterator[Piece]:
    start = 0
    while True:
        file.seek(min(start + _PIECE, size))
        _line(name, file)
        end = file.tell()
        yield Piece(name, "ndjson", end - start, start, last=end >= size)
        if end >= size:
            return
        start = end


def _of_array(name: str, stream: BinaryIO, head: bytes) -> Iterator[Piece]:
    try:
        for part, last in split_array(stream.read, head, _PIECE, _LARGEST):
            yield Piece(name, "json", len(part) - (not last), data=part, last=last, in_array=True)
    except EntryTooLargeError:
        raise InputError(f"{name} has an entry of more than {_LARGEST >> 20} MiB") from None


def _detect(name: str, file: BinaryIO) -> Format:
    named = by_name(name)
    return by_content(file.read(HEAD) if named else _head(name, file), named)


def _is_handed_over(name: str) -> bool:
    """Whether the name is that of an open file, such as a shell passes for `<(...)`."""
    return os.path.realpath(name).startswith(("/dev/fd/", "/proc/"))


def _hold_to_limit(name: str, file_format: Format, size: int) -> None:
    limit = _largest(file_format)
    if size > limit:
        kind = file_format.upper() if file_format in {"csv", "har", "yaml"} else "JSON"
        raise InputError(
            f"{name} is too large: a {kind} file can have up to "
            f"{limit >> 20} MiB; an .ndjson file with one payload per line can have any size"
        )


def need_grammars(file_format: Format) -> None:
    """Check that files of a format can be read.

    Raises:
        InputError: the extra `js` is not installed.
    """
    if file_format in SOURCES and not has_grammars():
        raise InputError("to read scripts, pages and exports of tag managers, install the extra `js`")


def _largest(file_format: Format) -> int:
    return _LARGEST_YAML if file_format == "yaml" else _LARGEST


def _of_stream(name: str, stream: BinaryIO, given: Format | None, can_split: bool) -> Iterator[Piece]:  # noqa: FBT001 - our own
    data = _head(name, stream)
    file_format = given or by_content(data)
    if file_format == "json" and can_split and len(data) > _PIECE and starts_array(data):
        yield from _of_array(name, stream, data)
        return
    if file_format != "ndjson":
        need_grammars(file_format)
        data += stream.read(_largest(file_format) + 1)
        _hold_to_limit(name, file_format, len(data))
        yield Piece(name, file_format, len(data), data=data)
        return
    while True:
        data += _line(name, stream)
        following = stream.read(_PIECE)
        yield Piece(name, file_format, len(data), data=data, last=not following)
        if not following:
            return
        data = following


def _head(name: str, stream: BinaryIO) -> bytes:
    """Read the start of a stream, at least two lines."""
    return stream.read(_PIECE) + _line(name, stream) + _line(name, stream)


def _line(name: str, stream: BinaryIO) -> bytes:
    line = stream.readline(_LONGEST_LINE)
    if len(line) == _LONGEST_LINE:
        raise InputError(f"{name} has a line of more than {_LONGEST_LINE >> 20} MiB; write one payload per line")
    return line
