"""Edits of a file: what a fix consists of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class TextChange:
    """A change inside one line. Its text has names of the spec and punctuation only, never a value of the file.

    Attributes:
        down: the line, counted from the line of the problem.
        column: in characters, from 1.
        end_column: the column after the last character to replace; equal to `column` to insert.
        text: the replacement, without line breaks.
        in_bytes: both columns in bytes of UTF-8, if they are known.
    """

    down: int
    column: int
    end_column: int
    text: str
    in_bytes: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Fix:
    """The fix of a problem.

    Attributes:
        title: what it does, in words that can be shown.
        is_safe: nothing else can have been meant; otherwise, it is the likeliest guess.
        edits: the changes, in order.
        is_public: they show no value of a personal field.
        joined: all of them as one change, with the text between them, if they are in one line and values are shown.
    """

    title: str
    is_safe: bool
    edits: tuple[TextChange, ...]
    is_public: bool = True
    joined: TextChange | None = None
