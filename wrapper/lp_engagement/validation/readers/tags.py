"""Reading engagement attributes from code in strings of JSON: exports of tag managers, and settings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from lp_engagement.validation.documents import read_json

from .jsonc import read_with_comments
from .page import read_page, unescaped
from .places import nested, string_at
from .script import MARKS, read_script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lp_engagement.validation.documents import Document
    from lp_engagement.validation.problem import Path

_DEEPEST = 10
"""Strings in strings that are read."""
_ELEMENT = re.compile(r"<script\b|\A\s*+<", re.IGNORECASE)
_ESCAPED_ELEMENT = re.compile(r"&lt;script\b|\A\s*+&lt;", re.IGNORECASE)


def read_tags(data: bytes) -> Iterator[Document]:
    """Read the attributes in all scripts and pages that are strings of a JSON file."""
    file = read_with_comments(data)
    if file.readable:
        yield from scripts_in(file)
    else:
        yield file


def scripts_in(file: Document, depth: int = 0) -> Iterator[Document]:
    """Read the attributes in all scripts and pages that are strings of a document."""
    for path, text in _strings(file.value, ()):
        yield from _of_text(string_at(file, path, text), depth)


def _of_text(code: Document, depth: int) -> Iterator[Document]:
    text = code.text
    if text.lstrip()[:1] in {"{", "["} and depth < _DEEPEST:
        inner = read_json(text.encode(errors="replace"))
        if inner.readable:
            inner.origin = code.origin
            yield from scripts_in(inner, depth + 1)
            return
    if _ELEMENT.search(text):
        yield from read_page(code)
    elif _ESCAPED_ELEMENT.search(text) and depth < _DEEPEST:
        plain, offsets = unescaped(text)
        yield from _of_text(nested(code, plain, offsets), depth + 1)
    else:
        yield from read_script(code, "js")


def _strings(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Yield the strings of a document that can have attributes, in its order."""
    waiting: list[tuple[Path, Any]] = [(path, value)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, str):
            if any(mark in value for mark in MARKS):
                yield path, value
        elif isinstance(value, dict):
            waiting += reversed([((*path, key), each) for key, each in value.items()])
        elif isinstance(value, list):
            waiting += reversed([((*path, index), each) for index, each in enumerate(value)])
