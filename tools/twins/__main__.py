"""Copy the docstrings of the sync classes to their async twins; with `--check`, name those that differ.

    python -m tools.twins [--check]

The method of the sync class is the source. Of the docstring of a class, the part from `Args:` on is copied: what comes
before says what is special about the twin.
"""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING

from tools.repository import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PACKAGE = ROOT / "wrapper/lp_engagement"
TWINS = (
    ("client.py", "EngagementClient", "AsyncEngagementClient"),
    ("visit.py", "Visit", "AsyncVisit"),
    ("_core/record.py", "VisitStore", "AsyncVisitStore"),
    ("_core/transport.py", "Transport", "AsyncTransport"),
    ("stores/encrypted.py", "EncryptedStore", "AsyncEncryptedStore"),
    ("stores/redis.py", "RedisStore", "AsyncRedisStore"),
)
CALLED = {"close": "aclose", "__enter__": "__aenter__", "__exit__": "__aexit__"}
WORDS = (("instead of `time.sleep`", "instead of `anyio.sleep`"), ("store.close()", "await store.aclose()"))
ARGUMENTS = "    Args:\n"


def agreed(text: str, one: str, other: str) -> str:
    """Return the source of a module in which the async class `other` has the docstrings of the sync class `one`."""
    lines = text.splitlines(keepends=True)
    classes = {node.name: node for node in ast.parse(text).body if isinstance(node, ast.ClassDef)}
    # From the end, so that earlier line numbers stay valid.
    for place, new in sorted(_changes(lines, classes[one], classes[other]), key=lambda change: -change[0].start):
        lines[place] = [new]
    return "".join(lines)


def _changes(lines: list[str], one: ast.ClassDef, other: ast.ClassDef) -> Iterator[tuple[slice, str]]:
    theirs = {node.name: node for node in other.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    for node in one.body:
        twin = theirs.get(CALLED.get(node.name, node.name)) if isinstance(node, ast.FunctionDef) else None
        if twin is not None and isinstance(node, ast.FunctionDef) and (source := _place(node)) is not None:
            place = _place(twin)
            # A method without a docstring: insert one before its first statement.
            first = twin.body[0].lineno - 1
            yield place or slice(first, first), _worded("".join(lines[source]))
    source, place = _place(one), _place(other)
    if source is not None and place is not None:
        head, _, arguments = "".join(lines[source]).partition(ARGUMENTS)
        if arguments:
            head, _, _ = "".join(lines[place]).partition(ARGUMENTS)
            # A docstring of one line ends where it begins.
            head = head.removesuffix('"""\n').rstrip()
            yield place, _worded(f"{head}\n\n{ARGUMENTS}{arguments}")


def _place(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> slice | None:
    """The lines of a docstring."""
    first = node.body[0]
    if not isinstance(first, ast.Expr) or ast.get_docstring(node) is None:
        return None
    return slice(first.lineno - 1, first.end_lineno)


def _worded(docstring: str) -> str:
    for blocking, awaited in WORDS:
        if awaited not in docstring:
            docstring = docstring.replace(blocking, awaited)
    return docstring


def main(arguments: list[str]) -> int:
    """Run as a command."""
    differing = []
    for name, one, other in TWINS:
        path: Path = PACKAGE / name
        text = path.read_text(encoding="utf-8")
        wanted = agreed(text, one, other)
        if wanted != text:
            differing.append(f"{path.relative_to(ROOT)}: docstrings of {other} differ from those of {one}")
            if "--check" not in arguments:
                path.write_text(wanted, encoding="utf-8")
    if "--check" in arguments:
        print("".join(f"{line}\n" for line in differing), end="", file=sys.stderr)
        return 1 if differing else 0
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
