"""Reading engagement attributes from the literals of JavaScript and TypeScript, alone or in HTML."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from lp_engagement.validation.documents import Document
from lp_engagement.validation.kinds import attribute

from .literals import Literals, Offsets, bare, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node, Parser

_LIST = "lpTag.sdes"
"""The list in which LivePerson's web tag takes engagement attributes."""
_TAG, _, _MEMBER = _LIST.partition(".")
_FIELD = "engagementAttributes"
_METHODS = {"push", "send"}
_GLOBAL = ("window.", "self.", "globalThis.", "top.", "parent.")


def read_script(data: bytes, grammar: str) -> Iterator[Document]:
    """Read the attributes in a script; `grammar` is `html` or one of the languages."""
    text = data.decode(errors="replace")
    source = text.encode()
    file = Document(text)
    offsets = Offsets(text, source)
    if grammar != "html":
        yield from _attributes(file, source, offsets, grammar)
        return
    for node in _walk(_parser("html").parse(source).root_node):
        if node.type == "raw_text" and node.parent is not None and node.parent.type == "script_element":
            # Blank before the script, so that all offsets are those of the file.
            script = b" " * node.start_byte + source[node.start_byte : node.end_byte]
            yield from _attributes(file, script, offsets, "js")


@cache
def _parser(grammar: str) -> Parser:
    from tree_sitter import Language, Parser

    if grammar == "html":
        import tree_sitter_html

        return Parser(Language(tree_sitter_html.language()))
    if grammar == "ts":
        import tree_sitter_typescript

        return Parser(Language(tree_sitter_typescript.language_typescript()))
    if grammar == "tsx":
        import tree_sitter_typescript

        return Parser(Language(tree_sitter_typescript.language_tsx()))
    import tree_sitter_javascript

    return Parser(Language(tree_sitter_javascript.language()))


def _attributes(file: Document, source: bytes, offsets: Offsets, grammar: str) -> Iterator[Document]:
    for node in _walk(_parsed(source, grammar)):
        for value in _values(node):
            if value.type not in {"object", "array"}:
                continue
            literals = Literals(file.text, offsets)
            document = Document(file.text, value=literals.value(value, ()), layout=literals.layout, kind=attribute())
            document.unknown = literals.unknown
            document.share_lines(file)
            yield document


def _parsed(source: bytes, grammar: str) -> Node:
    root = _parser(grammar).parse(source).root_node
    # Either dialect of TypeScript has syntax that the other one lacks: casts in angle brackets, and elements.
    return _parser("tsx").parse(source).root_node if grammar == "ts" and root.has_error else root


def _walk(root: Node) -> Iterator[Node]:
    """Yield all nodes, in the order of the text."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += reversed(node.named_children)


def _values(node: Node) -> Iterator[Node]:
    """Yield the expressions that a node passes on as engagement attributes."""
    if node.type == "call_expression":
        target, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        name, _, method = _name(target).rpartition(".")
        if method in _METHODS and name == _LIST and arguments is not None:
            yield from map(bare, arguments.named_children)
    elif node.type == "assignment_expression":
        if _name(node.child_by_field_name("left")) == _LIST:
            yield from _alternatives(node.child_by_field_name("right"))
    elif node.type == "pair":
        key, value = node.child_by_field_name("key"), node.child_by_field_name("value")
        if key is not None and value is not None and _is_list(node, text_of(key).strip("\"'")):
            yield from _alternatives(value)


def _is_list(pair: Node, key: str) -> bool:
    if key == _FIELD:
        return True
    around = pair.parent.parent if pair.parent is not None else None
    assigned = around is not None and around.type == "assignment_expression"
    return key == _MEMBER and assigned and _name(around.child_by_field_name("left")) == _TAG  # type: ignore[union-attr]


def _alternatives(node: Node | None) -> Iterator[Node]:
    """Yield the operands of `lpTag.sdes || [...]` and the like, or the expression itself."""
    if node is None:
        return
    node = bare(node)
    if node.type == "binary_expression":
        for side in ("left", "right"):
            yield from _alternatives(node.child_by_field_name(side))
    else:
        yield node


def _name(node: Node | None) -> str:
    """Return the dotted name of an expression, without the global object; empty if it has none."""
    parts: list[str] = []
    while node is not None:
        node = bare(node)
        if node.type == "member_expression":
            inner = node.child_by_field_name("property")
            parts.append(text_of(inner) if inner is not None else "")
        elif node.type == "subscript_expression":
            index = node.child_by_field_name("index")
            parts.append(text_of(index).strip("\"'") if index is not None and index.type == "string" else "?")
        else:
            parts.append(text_of(node) if node.type == "identifier" else "?")
            break
        node = node.child_by_field_name("object")
    name = ".".join(reversed(parts))
    return next((name.removeprefix(prefix) for prefix in _GLOBAL if name.startswith(prefix)), name)
