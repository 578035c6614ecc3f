"""The changes of a file as a unified diff, with values hidden."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lp_engagement._common.printable import printable
from lp_engagement.validation.redaction import is_public, replacement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .files import Change

_AROUND = 3
# A string or a word, with the colon that makes it a key.
_WORD = re.compile(r"""("(?:[^"\\]|\\.)*+"?|'(?:[^'\\]|\\.)*+'?|[^\s{}\[\](),:;"']++)(\s*+:)?""")


def diff(name: str, changes: Iterator[Change], *, show_values: bool) -> Iterator[str]:
    """Yield the lines of a diff. A fix never adds or removes lines, so lines are compared in pairs."""
    head = [f"--- {printable(name, len(name))}", f"+++ {printable(name, len(name))}"]
    for change in changes:
        for finding in change.fixed:
            problem, fix = finding.problem, finding.fix
            line = finding.line + change.first_line - 1
            yield f"{printable(name, len(name))}:{line}: {problem.rule} {fix.title if fix else ''}"
        yield from head
        old, new = (_lines(data) for data in (change.old, change.new))
        for start, end in _hunks([number for number, line in enumerate(old) if line != new[number]], len(old)):
            at = change.first_line + start
            yield f"@@ -{at},{end - start} +{at},{end - start} @@"
            yield from _hunk(old[start:end], new[start:end], show_values=show_values)


def _lines(data: bytes) -> list[str]:
    return data.decode(errors="replace").removesuffix("\n").split("\n")


def _hunks(changed: list[int], most: int) -> Iterator[tuple[int, int]]:
    """Yield the ranges of lines to show: those that changed, with some around them."""
    start = end = 0
    for number in changed:
        if not end or number - _AROUND > end:
            if end:
                yield start, end
            start = max(number - _AROUND, 0)
        end = min(number + _AROUND + 1, most)
    if end:
        yield start, end


def _hunk(old: list[str], new: list[str], *, show_values: bool) -> Iterator[str]:
    added: list[str] = []
    for before, after in zip(old, new, strict=True):
        if before == after:
            yield from added
            added = []
            yield f" {_shown(before, show_values=show_values)}"
        else:
            yield f"-{_shown(before, show_values=show_values)}"
            added.append(f"+{_shown(after, show_values=show_values)}")
    yield from added


def _shown(line: str, *, show_values: bool) -> str:
    shown = line if show_values else _WORD.sub(_hidden, line)
    return "\t".join(printable(part, len(part)) for part in shown.removesuffix("\r").split("\t"))


def _hidden(match: re.Match[str]) -> str:
    word, colon = match[1], match[2] or ""
    if (colon and is_public(word.strip("'"))) or not re.search(r"\w", word):
        return match[0]
    return replacement(word) + colon
