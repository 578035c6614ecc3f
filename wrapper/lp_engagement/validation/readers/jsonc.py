"""Reading JSON with comments."""

from __future__ import annotations

import re

from lp_engagement.validation.documents import BOM, Document, read_json
from lp_engagement.validation.explain import text_problem
from lp_engagement.validation.source_map import Span

# Possessive, so that what is never closed is scanned once.
_STRING_OR_COMMENT = re.compile(r'"(?:[^"\\]|\\.)*+"?|//[^\n]*+|/\*(?:[^*]|\*(?!/))*+(?:\*/)?', re.DOTALL)
_STRING_OR_COMMA = re.compile(r'"(?:[^"\\]|\\.)*+"?|,(?=[ \t\r\n]*+[}\]])', re.DOTALL)
_INSIDE = re.compile(r"[^\n\r]")
_HINT = "Remove it before you send the payload."


def read_with_comments(data: bytes, *, first_line: int = 1) -> Document:
    """Read a JSON text; comments, which it must not have, are warnings."""
    document = read_json(data, first_line=first_line)
    if document.readable or (b"//" not in data and b"/*" not in data):
        return document
    comments: list[Span] = []
    found = _read(data, first_line, comments, commas=False)
    if found is None:
        return document
    document, _ = found
    start = comments[0].start
    message = "there is a comment, which JSON does not have, so a server refuses it"
    document.faults.append((text_problem("not-json", message, _HINT, level="warning"), Span(start, start + 2)))
    document.faults.sort(key=lambda fault: fault[1])
    return document


def read_jsonc(data: bytes) -> Document:
    """Read JSON with comments and trailing commas, as editors do."""
    comments: list[Span] = []
    found = _read(data, 1, comments, commas=True)
    if found is None:
        return read_json(data)
    document, text = found
    document.comments = _only(comments, text) if document.readable else ""
    return document


def _read(data: bytes, first_line: int, comments: list[Span], *, commas: bool) -> tuple[Document, str] | None:
    """Read JSON without its comments, and return it with its text; `None` if there is nothing to leave out."""
    body = data.removeprefix(BOM)
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    plain = without_comments(text, comments)
    if commas:
        plain = _STRING_OR_COMMA.sub(lambda match: " " if match[0] == "," else match[0], plain)
    if plain == text:
        return None
    document = read_json(data[: len(data) - len(body)] + plain.encode(), first_line=first_line)
    document.text = _with_marks(document.text, text, comments)
    return document, text


def without_comments(text: str, comments: list[Span] | None = None) -> str:
    """Put blanks in place of comments, and add their locations to a list."""

    def blank(match: re.Match[str]) -> str:
        if match[0][0] == '"':
            return match[0]
        if comments is not None:
            comments.append(Span(*match.span()))
        return _INSIDE.sub(" ", match[0])

    return _STRING_OR_COMMENT.sub(blank, text)


def _only(comments: list[Span], text: str) -> str:
    """Put blanks in place of all but comments."""
    pieces: list[str] = []
    at = 0
    for start, end in comments:
        pieces += [_INSIDE.sub(" ", text[at:start]), text[start:end]]
        at = end
    return "".join([*pieces, _INSIDE.sub(" ", text[at:])]) if comments else ""


def _with_marks(plain: str, text: str, comments: list[Span]) -> str:
    """Put the marks of comments back: excerpts show them, but not what a comment says."""
    pieces: list[str] = []
    at = 0
    for start, end in comments:
        body = plain[start:end]
        close = text[end - 2 : end] if end - start >= 4 and text.startswith("/*", start) else ""  # noqa: PLR2004
        inner = body[2 : len(body) - len(close)]
        pieces += [plain[at:start], text[start : start + 2], inner, close]
        at = end
    return "".join([*pieces, plain[at:]])
