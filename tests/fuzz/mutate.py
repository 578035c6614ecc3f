"""Makes damaged JSON from good JSON: first its values, then its text. The same numbers make the same damage."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from random import Random

__all__ = ["damaged", "text_of"]

STRANGE: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**63, 2**64, 10**308, 10**309, 10**400, 0.5, -0.0, 1e300, 1e-320,
    float("nan"), float("inf"), float("-inf"), "", " ", ".", "..", "/", "null", "undefined", "NaN", "{{visitorId}}",
    "\x00", "\r\n", "\x1b[31m", "\u202e", "\ud800", "\udfff", "\ufeff", "k\u00e4se", "x" * 257, "x" * 5000, "9" * 400,
    "vid:", "vid: x", "a@b.example", "-" * 300, "/" * 300, [], {}, [[]], [None], {"": None}, {"a": {"a": {}}},
    [1, 2, 3] * 50, {"__proto__": 1}, "2020-01-01", "0x10", "1e5", "\u0665",
)  # fmt: skip
TOKENS = (
    b"{", b"}", b"[", b"]", b":", b",", b'"', b"\\", b"null", b"NaN", b"-Infinity", b"1e999", b"-", b"0" * 9, b"\x00",
    b"\xff", b"\xef\xbb\xbf", b"\\ud800", b"\\u0000", b"//", b"'", b"[" * 600, b'{"a":' * 600, b"9" * 5000, b"\n",
)  # fmt: skip


def _places(value: Any, found: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """All members and elements, as their container and key."""
    if isinstance(value, dict):
        for key in value:
            found.append((value, key))
            _places(value[key], found)
    elif isinstance(value, list):
        for index in range(len(value)):
            found.append((value, index))
            _places(value[index], found)
    return found


def _strange(random: Random, words: tuple[str, ...]) -> Any:
    return random.choice(words) if words and random.random() < 0.2 else copy.deepcopy(random.choice(STRANGE))


def damaged(random: Random, good: str, words: tuple[str, ...] = ()) -> Any:
    """Change some values of a document.

    Args:
        random: decides.
        good: the JSON to begin with.
        words: keys and values that mean something here, and may stand anywhere.
    """
    value = json.loads(good)  # quicker than a deep copy
    for _ in range(random.choice((0, 1, 1, 1, 2, 3, 6))):
        places = _places(value, [])
        if not places:
            return _strange(random, words)
        container, key = random.choice(places)
        match random.randrange(6):
            case 0 | 1 | 2:
                container[key] = _strange(random, words)
            case 3:
                del container[key]
            case 4:
                other, place = random.choice(places)
                # A copy, or it could come to hold itself.
                if place in other if isinstance(other, dict) else place < len(other):
                    container[key] = copy.deepcopy(other[place])
            case _:
                if isinstance(container, dict):
                    container[str(_strange(random, words))[:80]] = _strange(random, words)
                else:
                    container.append(_strange(random, words))
    return value if random.random() < 0.97 else _strange(random, words)


def text_of(random: Random, value: Any) -> bytes:
    """Write JSON, and now and then damage the text."""
    text = json.dumps(value, ensure_ascii=random.random() < 0.8).encode("utf-8", "surrogatepass")
    for _ in range(random.choice((0, 0, 0, 0, 1, 1, 2, 5))):
        at = random.randrange(len(text) + 1)
        match random.randrange(4):
            case 0:
                text = text[:at]
            case 1:
                text = text[:at] + random.choice(TOKENS) + text[at:]
            case 2:
                text = text[:at] + bytes([random.randrange(256)]) + text[at + 1 :]
            case _:
                end = random.randrange(at, len(text) + 1)
                text = text[:end] + text[at:end] + text[end:]
    return text
