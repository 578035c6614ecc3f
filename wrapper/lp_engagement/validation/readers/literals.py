"""The literals of JavaScript as JSON, with the location of every value; expressions are unknown values."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from lp_engagement.validation.source_map import KnownLayout, Span

if TYPE_CHECKING:
    from tree_sitter import Node

    from lp_engagement.validation.documents import Known
    from lp_engagement.validation.problem import Path

_DEEPEST = 60
_WRAPPERS = {"parenthesized_expression", "as_expression", "satisfies_expression", "non_null_expression"}
_TEXTS = re.compile(
    r"\.(?:toFixed|toPrecision|toString|toUpperCase|toLowerCase|trim|toISOString)\([^()]*\)\Z|\AString\("
)
_NUMBERS = re.compile(r"\A(?:Number|parseInt|parseFloat|Math\.\w+)\(")
_CONSTANTS: dict[str, Any] = {"true": True, "false": False, "null": None}


class Offsets:
    """Converts offsets in bytes to offsets in characters."""

    def __init__(self, text: str, source: bytes) -> None:
        is_ascii = len(text) == len(source)
        self._starts = None if is_ascii else list(accumulate((len(each.encode()) for each in text), initial=0))

    def span(self, node: Node) -> Span:
        """Locate a node."""
        return Span(self._at(node.start_byte), self._at(node.end_byte))

    def _at(self, offset: int) -> int:
        return offset if self._starts is None else bisect_right(self._starts, offset) - 1


def text_of(node: Node) -> str:
    """Return the source of a node."""
    return (node.text or b"").decode(errors="replace")


def bare(node: Node) -> Node:
    """Return an expression without parentheses and type assertions."""
    while node.type in _WRAPPERS and node.named_children:
        node = node.named_children[0]
    return node


class Literals:
    """Converts a literal to JSON, and records the location of every value and what is unknown."""

    def __init__(self, text: str, offsets: Offsets) -> None:
        self.layout: KnownLayout = KnownLayout(text)
        self.unknown: dict[Path, Known] = {}
        self._offsets = offsets

    def value(self, node: Node, path: Path) -> Any:
        """Convert a literal. The value of an expression is one of its type if that is certain, else `None`."""
        node = bare(node)
        span = self._offsets.span(node)
        if node.type in {"object", "array"} and len(path) < _DEEPEST:
            self.layout.values[path] = Span(span.start, span.start + 1)
            return self._object(node, path) if node.type == "object" else self._array(node, path)
        self.layout.values[path] = span
        self.layout.all_scalars.append(span)
        known, value = _scalar(node)
        if known is not None:
            self.unknown[path] = known
        return value

    def _object(self, node: Node, path: Path) -> dict[str, Any]:
        members: dict[str, Any] = {}
        for child in node.named_children:
            if child.type == "comment":
                continue
            key = child if child.type == "shorthand_property_identifier" else _key(child)
            if key is None:
                # A spread or a computed key can stand for any key.
                self.unknown[path] = "members"
                continue
            name = text_of(key).strip("\"'")
            place = (*path, name)
            value = child.child_by_field_name("value")
            if value is not None and bare(value).type == "undefined":
                continue
            self.layout.keys[place] = self._offsets.span(key)
            members[name] = self.value(child if value is None else value, place)
        return members

    def _array(self, node: Node, path: Path) -> list[Any]:
        entries = [child for child in node.named_children if child.type != "comment"]
        return [self.value(child, (*path, index)) for index, child in enumerate(entries)]


def _key(member: Node) -> Node | None:
    key = member.child_by_field_name("key") or member.child_by_field_name("name")
    return key if key is not None and key.type in {"property_identifier", "string", "number"} else None


def _scalar(node: Node) -> tuple[Known | None, Any]:  # noqa: PLR0911 - a table in disguise
    """Convert a scalar, with what is known of it if not everything is."""
    text = text_of(node)
    if node.type == "string":
        return ("type" if "\\" in text else None), text[1:-1]
    if node.type == "template_string":
        return ("type" if "${" in text or "\\" in text else None), text[1:-1]
    if node.type in _CONSTANTS:
        return None, _CONSTANTS[node.type]
    if node.type == "unary_expression":
        return _unary(node, text)
    if node.type == "number":
        return _number(text)
    if node.type == "call_expression":
        if _TEXTS.search(text):
            return "type", "a string"
        if _NUMBERS.search(text):
            return "type", 0
    return "nothing", None


def _unary(node: Node, text: str) -> tuple[Known | None, Any]:
    argument = node.child_by_field_name("argument")
    if text[0] == "-" and argument is not None and argument.type == "number":
        known, value = _number(text_of(argument))
        return known, value if value is None else -value
    if text[0] in "+-~":
        return "type", 0
    return ("type", True) if text[0] == "!" else ("nothing", None)


def _number(text: str) -> tuple[Known | None, Any]:
    for read in (int, float):
        try:
            return None, read(text)
        except ValueError:
            continue
    return "type", 0
