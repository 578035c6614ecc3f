"""Applying fixes to the bytes of a file, line by line: what no edit touches stays as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from lp_engagement.validation.documents import BOM

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lp_engagement.validation.checker import Finding

MOST_PASSES = 50
"""A fix can uncover another problem: first the type is corrected, then the fields of this type."""


class _Change(NamedTuple):
    """An edit at its place in a file: the line from 0, the columns from 0, and the number of its fix."""

    line: int
    start: int
    end: int
    text: str
    fix: int


def apply(data: bytes, findings: Iterable[Finding], file_format: str) -> tuple[bytes, list[Finding]]:
    """Apply the fixes of some problems.

    Args:
        data: the bytes that were checked.
        findings: the problems; all have a fix.
        file_format: the format of the file.

    Returns:
        The new bytes, and the problems whose fixes have been applied. Of fixes that overlap, one is.
    """
    findings = list(findings)
    lines = data.split(b"\n")
    # In YAML, columns do not count a byte order mark.
    shift = int(file_format == "yaml" and data.startswith(BOM))
    changes = sorted(
        _Change(line, edit.column - 1 + at, edit.end_column - 1 + at, edit.text, number)
        for number, finding in enumerate(findings)
        for edit in (finding.fix.edits if finding.fix else ())
        for line in [finding.line + edit.down - 1]
        for at in [shift if line == 0 else 0]
    )
    texts, dropped = _decoded(lines, changes)
    kept: dict[int, list[_Change]] = {}
    for change in changes:
        on_line = kept.setdefault(change.line, [])
        if change.fix not in dropped and on_line and _overlaps(on_line[-1], change):
            dropped.add(change.fix)
        if change.fix not in dropped:
            on_line.append(change)
    for line, on_line in kept.items():
        made = [change for change in on_line if change.fix not in dropped]
        if made:
            lines[line] = _changed(texts[line], made).encode()
    return b"\n".join(lines), [finding for number, finding in enumerate(findings) if number not in dropped]


def _overlaps(last: _Change, change: _Change) -> bool:
    return last.fix != change.fix and change.start <= max(last.end - 1, last.start)


def _changed(text: str, changes: list[_Change]) -> str:
    pieces: list[str] = []
    at = 0
    for change in changes:
        pieces += [text[at : change.start], change.text]
        at = change.end
    return "".join([*pieces, text[at:]])


def _decoded(lines: list[bytes], changes: list[_Change]) -> tuple[dict[int, str], set[int]]:
    """Decode the lines that change. Where a line is not UTF-8, columns are uncertain: its fixes are dropped."""
    texts: dict[int, str] = {}
    dropped: set[int] = set()
    for change in changes:
        if change.line not in texts and change.fix not in dropped:
            try:
                texts[change.line] = lines[change.line].decode()
            except UnicodeDecodeError:
                dropped.add(change.fix)
    return texts, dropped
