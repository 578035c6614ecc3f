"""Saying in plain words what keeps a text from being JSON; never quotes the text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from json import JSONDecodeError


class SyntaxProblem(NamedTuple):
    """What is wrong at an offset of the text, and what to do about it."""

    at: int
    message: str
    hint: str


# What the parser says of the inside of a text in quotes, by the beginning of its words.
_IN_QUOTES = {
    "Unterminated string": (
        "a text in quotes has no end",
        "Close it with a double quote; a line break in it is written \\n.",
    ),
    "Invalid control": (
        "a text in quotes has no end in its line, or holds a control character",
        "Close it with a double quote; a line break in it is written \\n, a tab \\t.",
    ),
    "Invalid \\": ("a backslash begins no escape that JSON knows", "Write \\\\ for a backslash."),
}
_WORD = re.compile(r"[^\W\d]|\$")
_WRITE_ONE = "Write a payload: an object in {}."
_ONE_EACH = "Remove it; several payloads go into a list, or into an .ndjson file with one on each line."
# What stands where the parser gave up: the first that fits tells.
_AT = [
    (re.compile(r"//|/\*|#"), "there is a comment", "Remove it: JSON has no comments."),
    (
        re.compile(r"['`\u2018-\u201f\xab\xbb]"),
        "there is a quote that is not the double quote of JSON",
        'Write "double quotes", straight ones.',
    ),
    (
        re.compile(r"(?:True|False)\b"),
        "true and false are written in another case",
        "Write true or false, in lower case.",
    ),
    (
        re.compile(r"(?:None|undefined|nil|NULL|Null)\b"),
        "there is a word for no value that JSON does not have",
        "Leave the field out when there is no value.",
    ),
    (re.compile(r"\+"), "there is a plus sign", "Leave it out; in a phone number it is fine between quotes."),
    (re.compile(r"\."), "there is a decimal point without a digit on each side", "Write 0.5 for .5, and 5 for 5."),
    (re.compile(r"-"), "there is a dash that no number follows", "Leave the field out when there is no number."),
    (
        _WORD,
        "there is a text without quotes",
        "Put texts in double quotes; variables, calls and calculations have no place in JSON.",
    ),
]
_COMMA = re.compile(r",\s*(?=[}\]])")
_BLANKS = re.compile(r"[ \t\n\r]*")


def explain_syntax(text: str, error: JSONDecodeError) -> SyntaxProblem:
    """Say what is wrong where the parser gave up."""
    for beginning, (message, hint) in _IN_QUOTES.items():
        if error.msg.startswith(beginning):
            return SyntaxProblem(error.pos, message, hint)
    end = len(text.rstrip())
    at = _BLANKS.match(text, error.pos).end()  # type: ignore[union-attr]  # no blank at all fits too
    if not end:
        return SyntaxProblem(0, "the text is nothing but blanks" if text else "the text is empty", _WRITE_ONE)
    if at >= end:
        return SyntaxProblem(
            end, "the text ends before everything is closed", "Something is missing here, at least a bracket."
        )
    # Some versions of the parser stop at the comma, some behind it.
    comma = text.rfind(",", 0, at + 1)
    if comma >= 0 and (trailing := _COMMA.match(text, comma)) and trailing.end() >= at:
        return SyntaxProblem(comma, "a comma follows the last entry", "Remove the comma.")
    return SyntaxProblem(at, *_by_place(text, at, error.msg))


def _by_place(text: str, at: int, expectation: str) -> tuple[str, str]:
    if expectation.startswith("Extra data"):
        return "something follows the end of the payload", _ONE_EACH
    if _WORD.match(text, at):
        if not text[:at].strip():
            return "there is something around the payload", "Keep the object alone, from { to }."
        if expectation.startswith("Expecting property name"):
            return "a key has no quotes", 'Put every key in double quotes: "type": …'
    for pattern, message, hint in _AT:
        if pattern.match(text, at):
            return message, hint
    return _by_expectation(text, at, expectation)


def _by_expectation(text: str, at: int, expectation: str) -> tuple[str, str]:  # noqa: PLR0911 - a table in disguise
    before = text[:at].rstrip()[-1:]
    if text[at].isdigit() and text[at - 1 : at] == "0":
        return "a number begins with 0", "Leave the zeros out, or put it in quotes if it is no amount but a code."
    if text[at] in "}]":
        if before == ":":
            return "a value is missing after the colon", "Write the value, or remove the key."
        return "the wrong kind of bracket closes here", "Close { with } and [ with ]; or something is missing before."
    if expectation.startswith("Expecting ':'"):
        return "a colon is missing after the key", 'Write "key": value.'
    if expectation.startswith("Expecting property name"):
        return "a key in double quotes is missing", 'Write "key": value.'
    if expectation.startswith("Expecting ','") and (text[at] in '"{[' or text[at].isdigit()):
        return "a comma is missing before this", "Put a comma between two entries."
    return "there is a character that JSON does not have in this place", "Remove it, or put the text in double quotes."
