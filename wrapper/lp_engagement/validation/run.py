"""Checking many files of any size: piece by piece, on one process or on several, in the order of the input."""

from __future__ import annotations

import os
import stat
import sys
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from .checker import Checker, Finding, Options, Tally
from .explain import text_problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future, ProcessPoolExecutor
    from typing import BinaryIO

    from .reports.base import Report

Format = Literal["json", "ndjson", "yaml"]

STDIN = "-"
FORMATS: dict[str, Format] = {
    ".json": "json",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".yaml": "yaml",
    ".yml": "yaml",
}
_PIECE = 1024 * 1024
"""Bytes of an NDJSON stream that are checked at a time; whole lines, so it may be more."""
_LONGEST_LINE = 128 * 1024 * 1024
_LARGEST = {"json": 128 * 1024 * 1024, "yaml": 16 * 1024 * 1024, "ndjson": None}
"""Bytes of a file that is read as a whole: JSON takes about ten times its size in memory, YAML far more."""
_AHEAD = 3
"""Pieces that are under way for each process."""


class InputError(Exception):
    """A file cannot be checked, whatever is in it; the message says which one and why."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a file, of whole lines; or a whole file.

    Attributes:
        name: the file's name, as reports show it.
        format: what it is written in.
        size: how many bytes it has.
        start: where in the file it begins.
        data: the bytes, if they cannot be read from the file.
        last: whether the file ends with it.
    """

    name: str
    format: Format
    size: int
    start: int = 0
    data: bytes | None = None
    last: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came out of a piece; lines and documents are counted from its beginning."""

    piece: Piece
    findings: list[Finding]
    tally: Tally
    lines: int


def run(
    names: Iterable[str],
    options: Options,
    report: Report,
    *,
    input_format: Format | None = None,
    jobs: int = 1,
    progress: Callable[[int], object] = lambda _: None,
) -> Tally:
    """Check files and report.

    Args:
        names: the files; `-` is standard input.
        options: how to check.
        report: is told everything, and closed.
        input_format: what the files are written in; by their names, or else by their beginning, if not given.
        jobs: how many processes to work on.
        progress: called with the number of bytes that were checked since the last time.

    Raises:
        OSError: a file cannot be read.
        InputError: a file is not of a kind, or of a size, that can be read.
    """
    pieces = (piece for name in names for piece in _pieces(name, input_format))
    try:
        return _report(_outcomes(pieces, options, jobs), report, progress)
    except BaseException:
        report.abandon()
        raise


def _report(outcomes: Iterator[Outcome], report: Report, progress: Callable[[int], object]) -> Tally:
    total, files = Tally(), 0
    file_tally, first_line = Tally(), 0
    for outcome in outcomes:
        piece = outcome.piece
        for finding in outcome.findings:
            report.add(
                replace(finding, line=finding.line + first_line, document=finding.document + file_tally.documents)
            )
        file_tally.add(outcome.tally)
        first_line += outcome.lines
        progress(piece.size)
        if piece.last:
            if not file_tally.documents:
                report.add(_nothing(piece.name))
                file_tally.warnings += 1
            report.file_done(piece.name, file_tally)
            total.add(file_tally)
            files += 1
            file_tally, first_line = Tally(), 0
    report.close(files, total)
    return total


def _nothing(name: str) -> Finding:
    problem = text_problem("nothing-to-check", "there is no payload in this file", "", level="warning")
    return Finding(name, 1, 1, 2, 1, problem, "", (0, 1))


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
        raise InputError(
            "a worker process ended before its work was done: it was killed, or there was not enough memory; "
            "use fewer --jobs"
        ) from None


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
    global _checker  # noqa: PLW0603 - what a worker process is given once
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
    if piece.format == "ndjson":
        lines = data.split(b"\n")
        findings = list(checker.lines(piece.name, lines))
        return Outcome(replace(piece, data=None), findings, checker.tally, len(lines) - 1)
    findings = list(checker.file(piece.name, data, yaml=piece.format == "yaml"))
    return Outcome(replace(piece, data=None), findings, checker.tally, 0)


def _pieces(name: str, given: Format | None) -> Iterator[Piece]:
    if name == STDIN:
        if sys.stdin is None:
            raise InputError("standard input is closed")
        yield from _of_stream(name, sys.stdin.buffer, given)
        return
    # A pipe would wait for somebody to open its other end, so it is refused before it is opened.
    if not stat.S_ISREG(os.stat(name).st_mode) and not _is_handed_over(name):  # noqa: PTH116 - see below
        raise InputError(f"{name} is no ordinary file; to check what a pipe or a device has, use: validate - < {name}")
    with open(name, "rb") as file:  # noqa: PTH123 - names are shown as they were given
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            yield from _of_stream(name, file, given)
            return
        size = os.fstat(file.fileno()).st_size
        file_format = given or FORMATS.get(os.path.splitext(name)[1].lower()) or _sniff(_head(name, file))  # noqa: PTH122
        if file_format != "ndjson":
            _hold_to_limit(name, file_format, size)
            yield Piece(name, file_format, size)
            return
        start = 0
        while True:
            file.seek(min(start + _PIECE, size))
            _line(name, file)
            end = file.tell()
            yield Piece(name, file_format, end - start, start, last=end >= size)
            if end >= size:
                return
            start = end


def _is_handed_over(name: str) -> bool:
    """Whether the name stands for something that is open already, such as a shell makes for `<(...)`."""
    return os.path.realpath(name).startswith(("/dev/fd/", "/proc/"))


def _hold_to_limit(name: str, file_format: Format, size: int) -> None:
    limit = _LARGEST[file_format]
    if limit is not None and size > limit:
        raise InputError(
            f"{name} is too large: a {'YAML' if file_format == 'yaml' else 'JSON'} file is read as a whole, up to "
            f"{limit >> 20} MiB; write one payload on each line of an .ndjson file, which may be of any size"
        )


def _of_stream(name: str, stream: BinaryIO, given: Format | None) -> Iterator[Piece]:
    data = _head(name, stream)
    file_format = given or _sniff(data)
    if file_format != "ndjson":
        data += stream.read((_LARGEST[file_format] or 0) + 1)
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
    """The beginning of a stream, however long its first two lines are."""
    return stream.read(_PIECE) + _line(name, stream) + _line(name, stream)


def _line(name: str, stream: BinaryIO) -> bytes:
    line = stream.readline(_LONGEST_LINE)
    if len(line) == _LONGEST_LINE:
        raise InputError(f"{name} has a line of more than {_LONGEST_LINE >> 20} MiB; write one payload on each line")
    return line


def _sniff(head: bytes) -> Format:
    """Tell NDJSON from JSON and YAML by the first lines."""
    lines = [line.strip() for line in head.split(b"\n") if line.strip()][:2]
    if not lines or lines[0][:1] not in {b"{", b"["}:
        return "yaml" if lines and lines[0][:1].isalpha() else "json"
    complete = lines[0].endswith((b"}", b"]"))
    return "ndjson" if complete and len(lines) > 1 and lines[1][:1] in {b"{", b"["} else "json"
