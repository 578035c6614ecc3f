"""Mutants of a module: the same code with one detail changed."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Mutant", "mutants", "mutated"]

_OPPOSITE: dict[type[ast.AST], Any] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
}
# What no test could notice: types, decorators, lists of names. Texts are compared by tests of their own.
_SKIPPED_FIELDS = {"annotation", "returns", "decorator_list", "type_ignores"}


class Mutant(NamedTuple):
    """A change of a module.

    Attributes:
        node: the number of the changed node in the module's tree.
        line: the number of its line.
        change: the change, in words.
    """

    node: int
    line: int
    change: str


def mutants(code: str) -> Iterator[Mutant]:
    """Yield each mutant of a module, in the order of its code."""
    for number, node in enumerate(_nodes(ast.parse(code))):
        for change in _changes(node):
            yield Mutant(number, getattr(node, "lineno", 0), change)


def mutated(code: str, mutant: Mutant) -> str:
    """Return the changed module."""
    tree = ast.parse(code)
    _apply(list(_nodes(tree))[mutant.node])
    return ast.unparse(ast.fix_missing_locations(tree))


def _nodes(node: ast.AST) -> Iterator[ast.AST]:
    """Walk through the code that runs, in order."""
    yield node
    for name, value in ast.iter_fields(node):
        if name not in _SKIPPED_FIELDS and not _is_for_types(node):
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from _nodes(child)


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def _changes(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Compare) and type(node.ops[0]) in _OPPOSITE:
        yield f"{type(node.ops[0]).__name__} to {_OPPOSITE[type(node.ops[0])].__name__}"
    elif isinstance(node, (ast.BoolOp, ast.BinOp)) and type(node.op) in _OPPOSITE:
        yield f"{type(node.op).__name__} to {_OPPOSITE[type(node.op)].__name__}"
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "no not"
    elif isinstance(node, ast.Constant) and isinstance(node.value, (bool, int, float)):
        yield f"{node.value!r} to {_other(node.value)!r}"
    elif isinstance(node, ast.Return) and node.value is not None and ast.unparse(node.value) != "None":
        yield "return None"
    elif isinstance(node, ast.Expr) and not isinstance(node.value, (ast.Constant, ast.Yield)):
        yield "no statement"


def _apply(node: Any) -> None:
    """Change a node in its place."""
    match node:
        case ast.Compare():
            node.ops[0] = _OPPOSITE[type(node.ops[0])]()
        case ast.BoolOp() | ast.BinOp():
            node.op = _OPPOSITE[type(node.op)]()
        case ast.UnaryOp():
            node.operand = ast.UnaryOp(ast.Not(), node.operand)
        case ast.Constant():
            node.value = _other(node.value)
        case _:  # a result or a statement
            node.value = ast.Constant(None)


def _other(value: Any) -> Any:
    return not value if isinstance(value, bool) else value + 1
