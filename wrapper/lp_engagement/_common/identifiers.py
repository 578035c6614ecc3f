"""The syntax of visitor, session and page ids, for responses and stored visits."""

from __future__ import annotations

import re

LONGEST_ID = 256
"""Real ids have up to 63 characters. Longer than this, and a URL could outgrow what servers accept."""

# The length is checked first, so the pattern never sees a long string.
# Nearly all ids. None of the words below is so long.
_usual = re.compile(r"[A-Za-z0-9_-]{10,64}").fullmatch
_UNFILLED = re.compile(r"\{\{|\}\}|\$\{|%7[Bb]%7[Bb]")
_NOTHING = frozenset({"null", "undefined", "none", "nan", "nil"})


def usable_id(value: object) -> str | None:
    """Return `value` if it can be an id, else `None`.

    The vendor documents no form, so any printable string of a sane length passes and is percent-encoded when sent.
    Refused are control and format characters, blanks alone, dots alone, which would climb out of the URL, and what
    servers print in place of an id they do not have (`null`, an unfilled template), which two consumers would share.
    """
    if isinstance(value, str) and _usual(value):
        return value
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_ID:
        return None
    if not value.isprintable() or not value.strip(". "):
        return None
    if value.casefold() in _NOTHING or _UNFILLED.search(value):
        return None
    return value
