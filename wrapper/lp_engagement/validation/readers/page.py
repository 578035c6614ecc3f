"""Reading engagement attributes from the scripts of an HTML page."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from .expressions import text_of
from .literals import Offsets
from .places import nested
from .script import MARKS, parser, read_script, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from lp_engagement.validation.documents import Document

_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_SCRIPTS = re.compile(r"(?:text/|application/)?(?:x-)?(?:javascript|ecmascript|jsx|babel)|module|", re.IGNORECASE)
_TYPESCRIPT = re.compile(r"(?:text/|application/)?(?:x-)?(?:typescript|ts|tsx)", re.IGNORECASE)
_DATA = re.compile(r"[\w./+-]*\bjson", re.IGNORECASE)


def read_page(file: Document) -> Iterator[Document]:
    """Read the attributes in the scripts and the event handlers of a page."""
    if not any(mark in file.text for mark in MARKS):
        return
    source = file.text.encode()
    offsets = Offsets(file.text, source)
    for node in walk(parser("html").parse(source).root_node):
        if node.type == "raw_text" and node.parent is not None and node.parent.type == "script_element":
            yield from _of_element(file, offsets.span(node), node.parent)
        elif node.type == "attribute":
            yield from _of_handler(file, offsets, node)


def _of_element(file: Document, span: tuple[int, int], element: Node) -> Iterator[Document]:
    start, end = span
    kind = _attribute(element.named_children[0], "type").strip()
    script = file.text[start:end]
    # Blank before the script, so that all offsets are those of the page.
    if _SCRIPTS.fullmatch(kind) or _TYPESCRIPT.fullmatch(kind):
        grammar = "ts" if _TYPESCRIPT.fullmatch(kind) or _attribute(element.named_children[0], "lang") == "ts" else "js"
        yield from read_script(file, grammar, script=" " * start + script)
    elif _DATA.fullmatch(kind):
        # An object at the start of a script would be a block.
        yield from read_script(file, "js", script=" " * (start - 1) + "(" + script)


def _of_handler(file: Document, offsets: Offsets, node: Node) -> Iterator[Document]:
    """Read a handler such as `onclick="…"`."""
    name, value = node.named_children[0], node.named_children[-1]
    inner = value.named_children[0] if value.type == "quoted_attribute_value" and value.named_children else value
    if text_of(name)[:2].lower() != "on" or inner.type != "attribute_value":
        return
    span = offsets.span(inner)
    raw = file.text[span.start : span.end]
    script, places = unescaped(raw)
    yield from read_script(nested(file, script, [span.start + at for at in places]), "js")


def _attribute(tag: Node, name: str) -> str:
    for node in tag.named_children:
        if node.type == "attribute" and text_of(node.named_children[0]).lower() == name:
            return text_of(node.named_children[-1]).strip("\"'") if len(node.named_children) > 1 else ""
    return ""


def unescaped(text: str) -> tuple[str, list[int]]:
    """Replace the entities of HTML, with the offset of each character, and of the end, in the text."""
    pieces: list[str] = []
    offsets: list[int] = []
    at = 0
    for match in _ENTITY.finditer(text):
        value = unescape(match[0])
        pieces += [text[at : match.start()], value]
        offsets += [*range(at, match.start()), *([match.start()] * len(value))]
        at = match.end()
    return "".join([*pieces, text[at:]]), [*offsets, *range(at, len(text) + 1)]
