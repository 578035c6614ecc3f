"""The scalars and expressions of JavaScript: what they are, or at least of which type, if that is certain."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .templates import has_template

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from lp_engagement.validation.documents import Known

    Scalar = tuple[Known | None, Any]

_WRAPPERS = {
    "parenthesized_expression",
    "as_expression",
    "satisfies_expression",
    "non_null_expression",
    "type_assertion",
}
_STRING: Scalar = ("type", "a string")
_NUMBER: Scalar = ("type", 0)
_BOOLEAN: Scalar = ("type", True)
_NOTHING: Scalar = ("nothing", None)

_CONSTANTS: dict[str, Any] = {"true": True, "false": False, "null": None}
_BY_OPERATOR: dict[str, Scalar] = {
    **dict.fromkeys(("typeof",), _STRING),
    **dict.fromkeys(("-", "*", "/", "%", "**", "~"), _NUMBER),
    **dict.fromkeys(("!", "==", "===", "!=", "!==", "<", "<=", ">", ">=", "in", "instanceof"), _BOOLEAN),
}
_FUNCTIONS: dict[str, Scalar] = {
    **dict.fromkeys(("String", "encodeURIComponent"), _STRING),
    **dict.fromkeys(("Number", "parseInt", "parseFloat", "Date.now"), _NUMBER),
    **dict.fromkeys(("Boolean", "isNaN", "Array.isArray"), _BOOLEAN),
}
_METHODS = {"toFixed", "toPrecision", "toString", "toUpperCase", "toLowerCase", "trim", "toISOString"}
"""Methods that always return a string."""
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r\n|[^ux]))", re.DOTALL)
_CONTROL = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
_LINE_ENDS = {"\n", "\r", "\r\n", "\N{LINE SEPARATOR}", "\N{PARAGRAPH SEPARATOR}"}
_CHOICES: dict[str, tuple[str, ...]] = {
    "binary_expression": ("left", "right"),
    "ternary_expression": ("consequence", "alternative"),
}
_CHOOSING = {"||", "&&", "??", ""}
_LARGEST = 0x10FFFF


def text_of(node: Node) -> str:
    """Return the source of a node."""
    return (node.text or b"").decode(errors="replace")


def bare(node: Node) -> Node:
    """Return an expression without parentheses and type assertions."""
    while node.type in _WRAPPERS and node.named_children:
        # A cast in angle brackets has its type first.
        node = node.named_children[-1 if node.type == "type_assertion" else 0]
    return node


def choices(node: Node | None, *, truthy: bool = False) -> Iterator[Node]:
    """Yield the values that an expression can have, of `lpTag.sdes || [...]`, `known ? {...} : {...}` and the like.

    Args:
        node: the expression.
        truthy: leave out what it is if a condition does not hold, as in `known && {...}`.
    """
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if node is None:
            continue
        node = bare(node)
        operator = _operator(node)
        sides = _CHOICES.get(node.type, ()) if operator in _CHOOSING else ()
        if not sides:
            yield node
        if truthy and operator == "&&":
            sides = sides[1:]
        waiting += [node.child_by_field_name(side) for side in reversed(sides)]


def string(source: str) -> str | None:
    """Return the value of a string literal; `None` if it has an escape that cannot be read."""
    inner = source[1:-1]
    if "\\" not in inner:
        return inner
    if "\\" in _ESCAPE.sub("", inner):
        return None
    # Half pairs of escapes make one character.
    return _ESCAPE.sub(_unescaped, inner).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _unescaped(match: re.Match[str]) -> str:
    code = match[1] or match[2] or match[3]
    if code:
        return chr(min(int(code, 16), _LARGEST))
    return "" if match[4] in _LINE_ENDS else _CONTROL.get(match[4], match[4])


def scalar(node: Node) -> Scalar:
    """Convert a scalar or an expression: what is known of it, if not everything is, and a value of its type."""
    node = bare(node)
    if node.type in _CONSTANTS:
        return None, _CONSTANTS[node.type]
    read = _READERS.get(node.type)
    return read(node) if read else _NOTHING


def _of_string(node: Node) -> Scalar:
    value = string(text_of(node))
    return _STRING if value is None or has_template(value) else (None, value)


def _of_template(node: Node) -> Scalar:
    if any(child.type == "template_substitution" for child in node.named_children):
        return _STRING
    return _of_string(node)


def _of_number(node: Node) -> Scalar:
    text = text_of(node)
    for read in (int, float):
        try:
            return None, read(text)
        except ValueError:
            continue
    return _NOTHING if text.endswith("n") else _NUMBER


def _of_unary(node: Node) -> Scalar:
    operator, argument = _operator(node), node.child_by_field_name("argument")
    if operator in {"-", "+"} and argument is not None and argument.type == "number":
        known, value = _of_number(argument)
        return known, -value if operator == "-" and value is not None else value
    return _NUMBER if operator == "+" else _BY_OPERATOR.get(operator, _NOTHING)


def _of_binary(node: Node) -> Scalar:
    operator = _operator(node)
    if operator != "+":
        return _BY_OPERATOR.get(operator, _NOTHING)
    # A sum is a string as soon as one of its parts is. A long chain of them nests to the left.
    part: Node | None = node
    while part is not None:
        part = bare(part)
        if part.type != "binary_expression" or _operator(part) != "+":
            return _STRING if _is_string(part) else _NOTHING
        right = part.child_by_field_name("right")
        if right is not None and _is_string(bare(right)):
            return _STRING
        part = part.child_by_field_name("left")
    return _NOTHING


def _is_string(node: Node) -> bool:
    return node.type != "binary_expression" and isinstance(scalar(node)[1], str)


def _of_call(node: Node) -> Scalar:
    function = node.child_by_field_name("function")
    if function is None:
        return _NOTHING
    name = text_of(function)
    method = function.child_by_field_name("property") if function.type == "member_expression" else None
    if name.startswith("Math."):
        return _NUMBER
    if method is not None and text_of(method) in _METHODS and "?." not in name:
        return _STRING
    return _FUNCTIONS.get(name, _NOTHING)


def _operator(node: Node) -> str:
    operator = node.child_by_field_name("operator")
    return "" if operator is None else text_of(operator)


_READERS = {
    "string": _of_string,
    "template_string": _of_template,
    "number": _of_number,
    "unary_expression": _of_unary,
    "binary_expression": _of_binary,
    "call_expression": _of_call,
}
