"""The changelog: the entries that are not released, and the notes of a release."""

from __future__ import annotations

import re

from tools.repository import ROOT

NAME = "CHANGELOG.md"
FILE = ROOT / NAME
_HEADING = "## [{}]"


def section(version: str = "Unreleased") -> str:
    """Return the text below the heading of a version; empty if there is none."""
    heading = re.escape(_HEADING.format(version))
    found = re.search(rf"^{heading}.*?$(.*?)(?=^## |\Z)", FILE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return found[1].strip() if found else ""


def unreleased() -> list[str]:
    """Return the first lines of the entries that are not released."""
    return [line[2:].strip() for line in section().splitlines() if line.startswith(("- ", "* "))]


def breaking(entries: list[str]) -> list[str]:
    """Return the entries that announce a breaking change."""
    return [entry for entry in entries if entry.startswith("**Breaking:**")]


def release(version: str, date: str) -> None:
    """Put the entries that are not released under the heading of a version."""
    heading = _HEADING.format("Unreleased")
    text = FILE.read_text(encoding="utf-8")
    FILE.write_text(text.replace(heading, f"{heading}\n\n{_HEADING.format(version)} - {date}", 1), encoding="utf-8")
