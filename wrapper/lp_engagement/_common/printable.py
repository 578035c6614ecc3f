"""Make text from outside safe to print: keys, file names, ids and a server's words.

A control, format or bidirectional character can clear a terminal, hide a word or forge a line of a log. Everything that
reaches a terminal, a log line, a report or an exception text and was not written by us passes through here.
"""

from __future__ import annotations

LONGEST = 60
"""Characters of a key or a name that a message shows, unless the caller asks for more."""


def printable(text: str, longest: int = LONGEST) -> str:
    """Escape `text` so that it stays on one line, and cut it.

    Args:
        text: anything; whatever `str.isprintable` refuses is written as a Python escape.
        longest: the number of characters to keep. The string is truncated first, so the cost is bounded.
    """
    cut = text if len(text) <= longest else f"{text[:longest]}…"
    if cut.isprintable():
        return cut
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode() for character in cut
    )
