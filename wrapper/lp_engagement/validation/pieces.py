"""Cutting files of any size into pieces that can be checked by themselves."""

from __future__ import annotations

import os
import stat
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .readers.formats import HEAD, SOURCES, by_content, by_name, has_grammars
from .readers.har_parts import entries_in, has_one_list
from .split import EntryTooLargeError, array_in, split

if TYPE_CHECKING:
    from collections.abc import Container, Iterator
    from typing import BinaryIO

    from .readers.formats import Format
    from .split import Array

STDIN = "-"
_PIECE = 256 * 1024
"""Bytes of a stream or an array that are checked at a time, rounded up to whole lines or entries."""
_LONGEST_LINE = 128 * 1024 * 1024
_LARGEST = 128 * 1024 * 1024
"""Maximum bytes of a file that is read as a whole: JSON needs about ten times its size in memory."""
_LARGEST_YAML = 16 * 1024 * 1024


class InputError(Exception):
    """A file cannot be checked; the message names the file and the reason."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a file that consists of whole lines or of entries of an array, or a whole file.

    Attributes:
        name: the name of the file, as reports show it.
        format: the format of the file.
        size: its size in bytes.
        start: its offset in the file.
        data: its bytes, if they cannot be read from the file.
        last: whether it ends the file.
        in_array: whether it consists of entries of an array, with what makes them a file of the format.
        before: the number of bytes that were added before the entries.
        after: the number of bytes that were added after them.
    """

    name: str
    format: Format
    size: int
    start: int = 0
    data: bytes | None = None
    last: bool = True
    in_array: bool = False
    before: int = 0
    after: int = 0


def pieces_of(
    name: str, given: Format | None, stdin_name: str = STDIN, splits: Container[Format] = ()
) -> Iterator[Piece]:
    """Cut a file into pieces.

    Args:
        name: the file; `-` is standard input.
        given: its format; by default, detected from its name or its first lines.
        stdin_name: the name of standard input in reports; its ending can show the format.
        splits: the formats that are cut between the entries of an array.

    Raises:
        OSError: the file cannot be read.
        InputError: it is too large, or not a regular file.
    """
    if name == STDIN:
        if sys.stdin is None:
            raise InputError("standard input is closed")
        yield from _of_stream(stdin_name, sys.stdin.buffer, given or by_name(stdin_name), splits)
        return
    # Opening a pipe waits for its other end, so it is rejected first.
    if not stat.S_ISREG(os.stat(name).st_mode) and not _is_handed_over(name):  # noqa: PTH116 - see below
        raise InputError(f"{name} is not a regular file; to check a pipe or a device, use: validate - < {name}")
    with open(name, "rb") as file:  # noqa: PTH123 - names are shown as they were given
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            yield from _of_stream(name, file, given, splits)
            return
        size = os.fstat(file.fileno()).st_size
        file_format = given or _detect(name, file)
        file.seek(0)
        if file_format == "ndjson":
            yield from _of_lines(name, file, size)
        elif size > _PIECE and file_format in splits and (array := _array(file, file_format)):
            yield from _of_array(name, file_format, file, b"", array)
        else:
            need_grammars(file_format)
            _hold_to_limit(name, file_format, size)
            yield Piece(name, file_format, size)


def _array(file: BinaryIO, file_format: Format) -> Array | None:
    """Find the array that a long file can be cut in."""
    head = file.read(_PIECE)
    array = entries_in(head) if file_format == "har" else array_in(head)
    file.seek(0)
    if array is not None and file_format == "har" and not has_one_list(file.read):
        array = None
    file.seek(0)
    return array


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


def _of_array(name: str, file_format: Format, stream: BinaryIO, head: bytes, array: Array) -> Iterator[Piece]:
    try:
        for data, before, after, last in split(stream.read, head, array, piece=_PIECE, largest=_LARGEST):
            size = len(data) - before - after
            yield Piece(name, file_format, size, 0, data, last, in_array=True, before=before, after=after)
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
    if size <= limit:
        return
    if file_format == "har":
        raise InputError(
            f"{name} is too large: a HAR file of more than {limit >> 20} MiB must be passed by its name, start with "
            '"log", and have one list of "entries"'
        )
    kind = file_format.upper() if file_format in {"csv", "yaml"} else "JSON"
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


def _of_stream(name: str, stream: BinaryIO, given: Format | None, splits: Container[Format]) -> Iterator[Piece]:
    data = _head(name, stream)
    file_format = given or by_content(data)
    # Whether a HAR file can be cut is known at its end only.
    if file_format == "json" and "json" in splits and len(data) > _PIECE and (array := array_in(data)):
        yield from _of_array(name, file_format, stream, data, array)
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
