"""Reading valid JSON, fast. Whatever may be invalid is left to `documents`."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from .documents import DEEPEST_TEXT, HALF_PAIR, is_deep

if TYPE_CHECKING:
    from collections.abc import Callable

# All digits become one, so that a number that may be infinite as a float is found by three plain searches.
_FOLDED = bytes.maketrans(b"123456789E", b"000000000e")
_LONG, _LARGE, _SIGNED = b"0" * 19, b"0e000", b"0e+000"


class _Parser(NamedTuple):
    """Functions of a parser that is several times as fast as the standard library's."""

    decode: Callable[[bytes], Any]
    encode: Callable[[Any], bytes]
    split: Callable[[bytes], list[Any]]


@cache
def _parser() -> _Parser:
    import msgspec

    return _Parser(
        msgspec.json.Decoder().decode, msgspec.json.Encoder().encode, msgspec.json.Decoder(list[msgspec.Raw]).decode
    )


def quick_json(data: bytes) -> Any:
    """Parse a valid JSON text, fast.

    Raises:
        ValueError: the text may be invalid: `read_json` decides.
    """
    value = _parsed(data)
    if _is_deep(data):
        raise ValueError
    return value


class Entries(NamedTuple):
    """The values of an array, and where each starts in its text."""

    values: list[Any]
    starts: list[int]


def quick_entries(data: bytes) -> Entries:
    """Parse a valid JSON array, fast; its starts are offsets in bytes.

    Raises:
        ValueError: the text may be invalid, or is no array: `read_json` decides.
    """
    starts: list[int] = []
    at = data.index(b"[") + 1
    for entry in _split(data):
        at = data.index(entry, at)
        starts.append(at)
        at += len(entry)
    return Entries(_parsed(data), starts)


def quick_lines(lines: list[bytes]) -> list[Any]:
    """Parse lines without blanks around, each of which is a valid JSON text; all at once, which is faster.

    Raises:
        ValueError: a line may be invalid.
    """
    data = b"[%b]" % b",".join(lines)
    # Otherwise, a line could have two values, or begin what another one ends.
    if _split(data) != lines:
        raise ValueError
    values: list[Any] = _parsed(data)
    return values


def _split(data: bytes) -> list[bytes]:
    """Return the texts of the entries of an array, each of which is checked for its depth."""
    entries = list(map(bytes, _parser().split(data)))
    if any(map(_is_deep, entries)):
        raise ValueError
    return entries


def is_array(data: bytes) -> bool:
    """Whether JSON is an array, by its syntax alone."""
    try:
        _parser().split(data)
    except (ValueError, RecursionError):
        return False
    return True


def _parsed(data: bytes) -> Any:
    folded = data.translate(_FOLDED)
    if _LONG in folded or _LARGE in folded or _SIGNED in folded:
        raise ValueError
    try:
        if b"\\u" in data:
            if HALF_PAIR.search(data):
                raise ValueError
            return _parse_strictly(data.decode())
        value = _parser().decode(data)
    except RecursionError:
        raise ValueError from None
    # The last of two equal keys wins, so the colon of the first is missing. An escape could stand for a colon.
    if _parser().encode(value).count(b":") != data.count(b":"):
        raise ValueError
    return value


def _is_deep(data: bytes) -> bool:
    return data.count(b"[") + data.count(b"{") > DEEPEST_TEXT and is_deep(data.decode())


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError
    return members


def _refuse(_: str) -> Any:
    raise ValueError


_parse_strictly = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_refuse).decode
