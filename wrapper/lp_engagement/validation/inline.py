"""Comments that allow problems: `# lp-engagement: ignore LPE102` in YAML, with `//` or `/*` in scripts and JSONC."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .source_map import KnownLayout

if TYPE_CHECKING:
    from .documents import Document
    from .problem import Problem
    from .source_map import Span

_COMMENT = re.compile(
    r"(?:^|(?<=[ \t]))(?:#|//|/\*)[ \t]*lp-engagement:[ \t]*ignore[ \t]+([\w-]++(?:[ \t]*,[ \t]*[\w-]++)*+)",
    re.MULTILINE,
)
_MARKS = ("#", "//", "/*")
_SEPARATOR = re.compile(r"[ \t]*,[ \t]*")


class Comments:
    """The problems that comments of a document allow.

    A comment after something counts for its own line. A comment on a line of its own counts for the next line.
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        # By line, so that a long line with many problems is searched once.
        self._known: dict[Span, frozenset[str]] = {}

    def allow(self, problem: Problem, span: Span) -> bool:
        """Whether a comment allows a problem at a place, by the id or the name of its rule."""
        if not isinstance(self._document.layout, KnownLayout) and not self._document.comments:
            return False
        rules = self._rules(self._document.lines.around(span.start))
        return problem.rule in rules or problem.name in rules

    def _rules(self, line: Span) -> frozenset[str]:
        if line not in self._known:
            above = self._document.lines.around(line.start - 1) if line.start else None
            ones = self._in(line)
            if above is not None and self._document.text[above.start : above.end].lstrip().startswith(_MARKS):
                ones |= self._in(above)
            self._known[line] = ones
        return self._known[line]

    def _in(self, line: Span) -> frozenset[str]:
        layout = self._document.layout
        return frozenset(
            rule
            for found in _COMMENT.finditer(self._document.comments or self._document.text, line.start, line.end)
            if not (isinstance(layout, KnownLayout) and layout.is_inside(found.start()))
            for rule in _SEPARATOR.split(found[1])
        )
