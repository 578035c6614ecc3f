"""Splitting a JSON array of any size into smaller arrays, each with the geometry of the whole."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

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
_LONGEST_WORD = 16
"""Characters before the end of a part in which a parser may give up only because the array goes on."""


class EntryTooLargeError(Exception):
    """An entry of the array is too large."""


def starts_array(data: bytes) -> bool:
    """Whether the first bytes of a JSON text are those of an array."""
    return data.removeprefix(BOM).lstrip(_BLANKS)[:1] == b"["


def split_array(read: Callable[[int], bytes], data: bytes, piece: int, largest: int) -> Iterator[tuple[bytes, bool]]:
    """Yield the parts of an array, and whether each is the last. A bracket stands for each comma between parts.

    Args:
        read: reads up to so many bytes; none at the end.
        data: the bytes that were read before.
        piece: the size of a part.
        largest: the maximum size of an entry.

    Raises:
        EntryTooLargeError: an entry is larger.
    """
    while True:
        more = read(piece)
        data += more
        cut = None
        while more and (cut := _last_comma(data)) is None:
            if _is_broken(data):
                yield data, True
                return
            if len(data) > largest:
                raise EntryTooLargeError
            wanted = 2 * len(data)
            while more and len(data) < wanted:
                more = read(wanted - len(data))
                data += more
        if cut is None:
            yield data, True
            return
        yield data[:cut] + b"]", False
        data = b"[" + data[cut + 1 :]


def _last_comma(data: bytes) -> int | None:
    """Find the last comma between two entries of an array that goes on."""
    array = data.removeprefix(BOM)
    skipped = len(data) - len(array)
    at = len(array)
    for _ in range(_GUESSES):
        at = _between_brackets(array, at)
        if at < 0:
            break
        if is_array(array[:at] + b"]"):
            return at + skipped
    if _is_broken(data):
        return None
    depth, found = 0, None
    for match in _TOKEN.finditer(array):
        depth += _STEP.get(match[0], 0)
        if depth == 1 and match[0] == b",":
            found = match.start() + skipped
    return found


def _between_brackets(data: bytes, at: int) -> int:
    """Find the last comma before an offset that is probably between two objects or arrays."""
    while (at := data.rfind(b",", 0, at)) >= 0:
        if data[max(at - _NEAR, 0) : at].rstrip(_BLANKS).endswith((b"}", b"]")):
            return at
    return -1


def _is_broken(data: bytes) -> bool:
    """Whether the text of an array is invalid however it goes on."""
    text = data.decode(errors="replace").removeprefix(BOM.decode())
    if "//" in text or "/*" in text:
        text = without_comments(text)
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return error.pos < len(text) - _LONGEST_WORD and not error.msg.startswith("Unterminated string")
    except (ValueError, RecursionError):
        return False
    return True
