"""Reading engagement attributes from the literals of JavaScript and TypeScript."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from lp_engagement.validation.documents import Document
from lp_engagement.validation.kinds import attribute

from .expressions import bare, choices, text_of
from .literals import Literals, Offsets
from .templates import without_templates

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node, Parser

_LIST = "lpTag.sdes"
"""The list in which LivePerson's web tag takes engagement attributes."""
_TAG, _, _MEMBER = _LIST.partition(".")
_FIELD = "engagementAttributes"
MARKS = (_TAG, _FIELD)
"""A string without any of these words has no attributes."""
_METHODS = {"push", "send"}
_GLOBAL = ("window.", "self.", "globalThis.", "top.", "parent.")


def read_script(file: Document, grammar: str, *, script: str | None = None) -> Iterator[Document]:
    """Read the attributes in a script.

    Args:
        file: the text.
        grammar: the language of the script.
        script: a string of the same length to read in its place.
    """
    text = file.text if script is None else script
    if not any(mark in text for mark in MARKS):
        return
    root, text = _parsed(text, grammar)
    offsets = Offsets(text, text.encode())
    for node in walk(root):
        for value in _values(node):
            # Of a literal that cannot be parsed, nothing is certain.
            if value.type not in {"object", "array"} or value.has_error:
                continue
            literals = Literals(file.text, offsets)
            document = Document(
                file.text, file.first_line, literals.layout, literals.value(value, ()), kind=attribute()
            )
            document.unknown, document.origin = literals.unknown, file.origin
            document.share_lines(file)
            yield document


@cache
def parser(grammar: str) -> Parser:
    """Return the parser of a language."""
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


def _parsed(text: str, grammar: str) -> tuple[Node, str]:
    """Parse a script, and return the text that was parsed: one of the same length."""
    root = parser(grammar).parse(text.encode()).root_node
    if root.has_error and grammar == "ts":
        # Either dialect of TypeScript has syntax that the other one lacks: casts in angle brackets, and elements.
        root = parser("tsx").parse(text.encode()).root_node
    if root.has_error and (plain := without_templates(text)) != text:
        return parser(grammar).parse(plain.encode()).root_node, plain
    return root, text


def walk(root: Node) -> Iterator[Node]:
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
        if arguments is not None and _takes_attributes(target):
            for argument in arguments.named_children:
                yield from choices(argument)
    elif node.type == "assignment_expression":
        name = _name(node.child_by_field_name("left"))
        if name == _LIST or name.endswith(f".{_FIELD}"):
            yield from choices(node.child_by_field_name("right"))
    elif node.type == "pair":
        key, value = node.child_by_field_name("key"), node.child_by_field_name("value")
        if key is not None and value is not None and _is_list(node, text_of(key).strip("\"'")):
            yield from choices(value)


def _takes_attributes(target: Node | None) -> bool:
    name, _, method = _name(target).rpartition(".")
    if method not in _METHODS or target is None:
        return False
    if name == _LIST:
        return True
    # `(lpTag.sdes = lpTag.sdes || []).push(...)`
    owner = bare(target).child_by_field_name("object")
    inner = bare(owner) if owner is not None else None
    if inner is None or inner.type not in {"assignment_expression", "binary_expression"}:
        return False
    return _name(inner.child_by_field_name("left")) == _LIST


def _is_list(pair: Node, key: str) -> bool:
    if key == _FIELD:
        return True
    around = pair.parent.parent if pair.parent is not None else None
    assigned = around is not None and around.type == "assignment_expression"
    return key == _MEMBER and assigned and _name(around.child_by_field_name("left")) == _TAG  # type: ignore[union-attr]


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
