"""Explaining why input is not JSON, without quoting it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from json import JSONDecodeError


class SyntaxProblem(NamedTuple):
    """A syntax error at an offset of the text, and its fix."""

    at: int
    message: str
    hint: str


# Errors inside a string, by the beginning of the parser's message.
_IN_QUOTES = {
    "Unterminated string": (
        "a string has no closing quote",
        "Close it with a double quote. Write a line break as \\n.",
    ),
    "Invalid control": (
        "a string has no closing quote on its line, or contains a control character",
        "Close it with a double quote. Write a line break as \\n, a tab as \\t.",
    ),
    "Invalid \\": ("a backslash starts an escape that JSON does not have", "Write \\\\ for a backslash."),
}
_WORD = re.compile(r"[^\W\d]|\$")
_WRITE_ONE = "Write a payload: an object in { }."
_ONE_EACH = "Remove it. Put several payloads in an array, or in an .ndjson file with one per line."
# What is where the parser gave up: the first pattern that matches explains it.
_AT = [
    (re.compile(r"//|/\*|#"), "there is a comment", "Remove it: JSON has no comments."),
    (
        re.compile(r"['`\u2018-\u201f\xab\xbb]"),
        "the wrong kind of quote is used",
        'Use straight double quotes: "…".',
    ),
    (
        re.compile(r"(?:True|False)\b"),
        "true or false has the wrong upper or lower case",
        "Write true or false.",
    ),
    (
        re.compile(r"(?:None|undefined|nil|NULL|Null)\b"),
        "JSON does not have this word for a missing value",
        "Omit the field when there is no value.",
    ),
    (re.compile(r"\+"), "there is a plus sign", "Remove it. If this is a phone number, put it in quotes."),
    (re.compile(r"\."), "a decimal point needs a digit on each side", "Write .5 as 0.5, and 5. as 5.0."),
    (re.compile(r"-"), "a minus sign is not followed by a number", "Omit the field when there is no number."),
    (
        _WORD,
        "a string has no quotes",
        "Put strings in double quotes. JSON has no variables, calls or calculations.",
    ),
]
_COMMA = re.compile(r",\s*(?=[}\]])")
_BLANKS = re.compile(r"[ \t\n\r]*")


def explain_syntax(text: str, error: JSONDecodeError) -> SyntaxProblem:
    """Explain what is wrong where the parser gave up."""
    for beginning, (message, hint) in _IN_QUOTES.items():
        if error.msg.startswith(beginning):
            return SyntaxProblem(error.pos, message, hint)
    end = len(text.rstrip())
    at = _BLANKS.match(text, error.pos).end()  # type: ignore[union-attr]  # no blank at all fits too
    if not end:
        return SyntaxProblem(0, "the text is only whitespace" if text else "the text is empty", _WRITE_ONE)
    if at >= end:
        return SyntaxProblem(end, "the text ends too early", "Add what is missing, at least a closing bracket.")
    # Some versions of the parser stop at the comma, some behind it.
    comma = text.rfind(",", 0, at + 1)
    if comma >= 0 and (trailing := _COMMA.match(text, comma)) and trailing.end() >= at:
        return SyntaxProblem(comma, "a comma follows the last entry", "Remove the comma.")
    return SyntaxProblem(at, *_by_place(text, at, error.msg))


def _by_place(text: str, at: int, expectation: str) -> tuple[str, str]:
    if expectation.startswith("Extra data"):
        return "there is text after the payload", _ONE_EACH
    if _WORD.match(text, at):
        if not text[:at].strip():
            return "there is text around the payload", "Keep only the object, from { to }."
        if expectation.startswith("Expecting property name"):
            return "a key has no quotes", 'Put keys in double quotes: "type": …'
    for pattern, message, hint in _AT:
        if pattern.match(text, at):
            return message, hint
    return _by_expectation(text, at, expectation)


def _by_expectation(text: str, at: int, expectation: str) -> tuple[str, str]:  # noqa: PLR0911 - a table in disguise
    before = text[:at].rstrip()[-1:]
    if text[at].isdigit() and text[at - 1 : at] == "0":
        return "a number starts with 0", "Remove the leading zeros. If this is a code, put it in quotes."
    if text[at] in "}]":
        if before == ":":
            return "a value is missing after the colon", "Write the value, or remove the key."
        return (
            "the closing bracket does not match the opening one",
            "Close { with } and [ with ].",
        )
    if expectation.startswith("Expecting ':'"):
        return "a colon is missing after the key", 'Write "key": value.'
    if expectation.startswith("Expecting property name"):
        return "a key in double quotes is missing", 'Write "key": value.'
    if expectation.startswith("Expecting ','") and (text[at] in '"{[' or text[at].isdigit()):
        return "a comma is missing before this", "Put a comma between entries."
    return "there is an unexpected character", "Remove it, or put the string in double quotes."
