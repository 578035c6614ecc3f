"""A server's words without what they may quote, safe for an exception message or a log line.

A server may put anything into an error: what was sent, ids of anybody, a page of HTML. Whatever the length of its text,
the cost stays linear in it and in what was sent; no pattern sees more than a few hundred characters.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from lp_engagement._common.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHOWN: Final = 200
_SEEN: Final = 400
"""Characters of a message that are looked at: more than are shown, because hiding ids makes the message shorter."""
_SHORTEST_SECRET: Final = 3
"""Shorter values (`5`, `US`) occur by chance, and hiding them would make every message unreadable."""
_HIDDEN: Final = "…"
# Paths and query values, e-mail addresses, and whatever looks like an id.
_OPAQUE: Final = re.compile(
    r"/\S+|(?<==)[^&\s]+|[^\s@]+@[^\s@]+|(?<=vid:)\s*\S+|(?=[A-Za-z_\-]*[0-9])[A-Za-z0-9_\-]{8,}|(?=[a-z_\-]*[A-Z0-9])[A-Za-z0-9_\-]{20,}"
)
_ENCODED: Final = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_ISO_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?", re.ASCII)


def scrub(message: str | None, sent: Iterable[str] = ()) -> str | None:
    """Take out of a server's message whatever looks private, and make the rest printable.

    Args:
        message: the server's words.
        sent: the values and ids of the request; hidden in any case of letters, percent-encoded or not.
    """
    if not message:
        return None
    secrets = {_folded(secret) for secret in sent if len(secret) >= _SHORTEST_SECRET}
    secrets |= {secret.replace(" ", "+") for secret in secrets if " " in secret}
    # The server may have decoded what was sent.
    secrets |= {
        plain for secret in secrets if "%" in secret and len(plain := _folded(unquote(secret))) >= _SHORTEST_SECRET
    }
    # An echo that begins in the part that is kept must be found whole; percent-encoded, it is three times as long.
    text = _without(message[: _SEEN + 3 * max(map(len, secrets), default=0)], secrets)
    if len(message) > _SEEN:
        # Not in the middle of a word: half an id would no longer look like one.
        text = re.sub(r"[^\s…]*\Z", _HIDDEN, text)
    return printable(_OPAQUE.sub(_HIDDEN, text), _SHOWN)


def scrub_time(time: int | str | None, sent: Iterable[str] = ()) -> int | str | None:
    """Return a server's time as it is if it is one, else treat it like a message."""
    if isinstance(time, str) and not _ISO_TIME.fullmatch(time):
        return scrub(time, sent)
    return time


def _without(text: str, secrets: set[str]) -> str:
    """Return the beginning of `text` with each secret hidden; it is searched as it is, and once percent-decoded."""
    as_it_is = _folded(text), [(index, index + 1) for index in range(len(text))]
    hidden = bytearray(len(text))
    for readable, origins in (as_it_is, _decoded(text)) if "%" in text else (as_it_is,):
        for secret in secrets:
            # Only where it would be seen: the cost is that of all secrets together, not of their product with the text.
            seen = _SEEN + len(secret)
            found = readable.find(secret, 0, seen)
            while found >= 0:
                end = found + len(secret)
                first, last = origins[found][0], origins[end - 1][1]
                hidden[first:last] = b"\x01" * (last - first)
                found = readable.find(secret, end, seen)
    runs = re.finditer(rb"\x00+|\x01+", hidden[:_SEEN])
    return "".join(_HIDDEN if hidden[run.start()] else text[slice(*run.span())] for run in runs)


def _decoded(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Percent-decode and fold `text`; beside it, for each character, the span of `text` that it stands for."""
    characters: list[str] = []
    origins: list[tuple[int, int]] = []
    position = 0
    for encoded in _ENCODED.finditer(text):
        characters += text[position : encoded.start()]
        origins += ((index, index + 1) for index in range(position, encoded.start()))
        plain = unquote(encoded[0])
        characters += plain
        origins += [encoded.span()] * len(plain)
        position = encoded.end()
    characters += text[position:]
    origins += ((index, index + 1) for index in range(position, len(text)))
    return _folded("".join(characters)), origins


def _folded(text: str) -> str:
    """Lower the case without changing the length."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(character.lower()[0] for character in text)
