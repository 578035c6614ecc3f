"""Finding the entries of a HAR file, to read it in parts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lp_engagement.validation.documents import BOM
from lp_engagement.validation.quick import quick_json
from lp_engagement.validation.split import Array

if TYPE_CHECKING:
    from collections.abc import Callable

_OPENING, _CLOSING = b'{"log":{"entries":[', b"]}}"
_ENTRIES = re.compile(rb'"entries"[ \t\r\n]*+:[ \t\r\n]*+\[')
_AT_ONCE, _LONGEST_KEY = 1 << 20, 64


def _written(name: bytes) -> bytes:
    """Return a pattern for a word in a JSON string, whose letters can be escapes."""
    return b"".join(rb"(?:%c|\\u00(?i:%02x))" % (letter, letter) for letter in name)


# A string before a comma or a closing bracket is a value.
_KEYS = re.compile(rb'"(?:%b|(%b))"(?![ \t\r\n]*+[,}\]])' % (_written(b"log"), _written(b"entries")))


def entries_in(head: bytes) -> Array | None:
    """Find the entries of a HAR file, by its first bytes; `None` if they are not where they always are."""
    found = _ENTRIES.search(head)
    if found is None:
        return None
    try:
        value = quick_json(head[: found.end()].removeprefix(BOM) + _CLOSING)
    except ValueError:
        return None
    is_har = isinstance(value, dict) and isinstance(value.get("log"), dict) and value["log"].get("entries") == []
    return Array(found.end(), _OPENING, _CLOSING) if is_har else None


def has_one_list(read: Callable[[int], bytes]) -> bool:
    """Whether no other list of entries follows in a file: of equal keys, the last one counts."""
    found, data = [0, 0], b""
    while more := read(_AT_ONCE):
        data += more
        kept = len(data) - _LONGEST_KEY
        for match in _KEYS.finditer(data):
            found[bool(match[1])] += 1
            kept = max(kept, match.end())
        data = data[max(kept, 0) :]
    return found == [1, 1]
