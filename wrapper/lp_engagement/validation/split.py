"""Splitting a long JSON array into parts, each of which is a JSON text with the geometry of the whole."""

from __future__ import annotations

import json
import re
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

from .documents import BOM
from .quick import is_array
from .readers.jsonc import without_comments

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_BLANKS = b" \t\r\n"
_GUESSES, _NEAR = 8, 64
# What brackets and commas must not be looked for in, and those outside of it.
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"?|//[^\n]*+|/\*(?:[^*]|\*(?!/))*+(?:\*/)?|[\[\]{},]', re.DOTALL)
_STEP = {b"[": 1, b"{": 1, b"]": -1, b"}": -1}
_FIRST_KEY = re.compile(rb'[ \t\r\n]*+(\{[ \t\r\n]*+"[^"\\]{1,64}")')
_LONGEST_WORD = 16
"""Characters before the end of a part in which a parser may give up only because the array goes on."""


class EntryTooLargeError(Exception):
    """An entry of the array is too large."""


class Array(NamedTuple):
    """Where an array is in a JSON text.

    Attributes:
        start: the offset of its first entry, or of blanks before it.
        opening: what makes a JSON text of entries that are cut off, before them.
        closing: the same after them.
    """

    start: int
    opening: bytes = b"["
    closing: bytes = b"]"


class Part(NamedTuple):
    """A part of a JSON text with an array.

    Attributes:
        data: a JSON text with some of the entries.
        before: the bytes that it has more than the whole before the entries; a comma is left out for one of them.
        after: the same after the entries.
        last: whether it ends the whole.
    """

    data: bytes
    before: int
    after: int
    last: bool


def array_in(data: bytes) -> Array | None:
    """Find the array that a JSON text consists of, by its first bytes."""
    text = data.removeprefix(BOM).lstrip(_BLANKS)
    return Array(len(data) - len(text) + 1) if text.startswith(b"[") else None


def split(read: Callable[[int], bytes], data: bytes, array: Array, *, piece: int, largest: int) -> Iterator[Part]:
    """Yield the parts of a JSON text, which is cut between entries of an array.

    Args:
        read: reads up to so many bytes; none at the end.
        data: the bytes that were read before, at least those before the first entry.
        array: the array.
        piece: the size of a part.
        largest: the maximum size of an entry.

    Raises:
        EntryTooLargeError: an entry is larger.
    """
    start, before = array.start, 0
    while True:
        more = read(piece)
        data += more
        cut = None
        while more and (cut := _guessed(data, start)) is None and not _is_broken(data):
            cut = _last_comma(data, start)
            if cut is not None:
                break
            if len(data) > largest:
                raise EntryTooLargeError
            wanted = 2 * len(data)
            while more and len(data) < wanted:
                more = read(wanted - len(data))
                data += more
        if cut is None:
            yield Part(data, before, 0, last=True)
            return
        yield Part(data[:cut] + array.closing, before, len(array.closing), last=False)
        data = array.opening + data[cut + 1 :]
        start = len(array.opening)
        before = start - 1


def _last_comma(data: bytes, start: int) -> int | None:
    """Find the last comma between two entries of an array."""
    depth, found = 1, None
    for match in _TOKEN.finditer(data, start):
        depth += _STEP.get(match[0], 0)
        if not depth:
            break
        if depth == 1 and match[0] == b",":
            found = match.start()
    return found


def _guessed(data: bytes, start: int) -> int | None:
    """Find a late comma between two entries of an array, fast; `None` if that fails."""
    guesses = chain(islice(_before_first_keys(data, start), _GUESSES), islice(_between_brackets(data, start), _GUESSES))
    return next((at for at in guesses if is_array(b"[%b]" % data[start:at])), None)


def _before_first_keys(data: bytes, start: int) -> Iterator[int]:
    """Yield commas before objects whose first key is that of the first entry, from the last one."""
    first, at = _FIRST_KEY.match(data, start), len(data)
    while first and (at := data.rfind(first[1], start, at)) > start:
        comma = data.rfind(b",", max(at - _NEAR, start), at)
        if comma >= 0 and not data[comma + 1 : at].strip(_BLANKS):
            yield comma


def _between_brackets(data: bytes, start: int) -> Iterator[int]:
    """Yield commas that are probably between two objects or arrays, from the last one."""
    at = len(data)
    while (at := data.rfind(b",", start, at)) >= 0:
        if data[max(at - _NEAR, start) : at].rstrip(_BLANKS).endswith((b"}", b"]")):
            yield at


def _is_broken(data: bytes) -> bool:
    """Whether a JSON text is invalid however it goes on."""
    text = data.decode(errors="replace").removeprefix(BOM.decode())
    if "//" in text or "/*" in text:
        text = without_comments(text)
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return error.pos < len(text) - _LONGEST_WORD and not error.msg.startswith("Unterminated string")
    except (ValueError, RecursionError):
        return False
    # More may follow that must not.
    return False
