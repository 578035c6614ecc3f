"""The formats of files, and how they are detected."""

from __future__ import annotations

import os
import re
from importlib.util import find_spec
from typing import Literal

Format = Literal["json", "jsonc", "ndjson", "yaml", "har", "postman", "jwt", "csv", "js", "ts", "html", "tags"]

FORMATS: dict[str, Format] = {
    ".json": "json",
    ".jsonc": "jsonc",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".yaml": "yaml",
    ".yml": "yaml",
    ".har": "har",
    ".jwt": "jwt",
    ".csv": "csv",
    ".tsv": "csv",
    ".js": "js",
    ".mjs": "js",
    ".cjs": "js",
    ".jsx": "js",
    ".ts": "ts",
    ".tsx": "ts",
    ".html": "html",
    ".htm": "html",
}
SOURCES = frozenset({"js", "ts", "html", "tags"})
"""Formats of programs and pages, most of which have no payload."""
IN_FOLDERS = tuple(ending for ending, named in FORMATS.items() if named not in {*SOURCES, "csv"})
"""Endings of the files that a folder stands for: tables need a column, and most programs and pages have no payload."""
GRAMMARS = ("tree_sitter", "tree_sitter_javascript", "tree_sitter_typescript", "tree_sitter_html")
"""The packages of the extra `js`."""
HEAD = 4096
"""Bytes that show whether JSON is recorded traffic."""

_BOM = b"\xef\xbb\xbf"
_EXPORTED: dict[Format, re.Pattern[bytes]] = {
    "har": re.compile(rb'\s*+\{\s*+"log"\s*+:\s*+\{'),
    "tags": re.compile(rb'\s*+\{\s*+"exportFormatVersion"\s*+:'),
    "postman": re.compile(rb"\s*+\{.*?schema\.(?:get)?postman\.com/", re.DOTALL),
}
"""How JSON that another program has exported starts."""
_JWT = re.compile(rb"\s*+(?:Bearer\s++)?eyJ[\w-]*+\.eyJ[\w-]*+\.")


def has_grammars() -> bool:
    """Whether the extra `js` is installed."""
    return all(find_spec(name) for name in GRAMMARS)


def by_name(name: str) -> Format | None:
    """Detect the format of a file from its extension."""
    return FORMATS.get(os.path.splitext(name)[1].lower())  # noqa: PTH122 - names are shown as they were given


def by_content(head: bytes, named: Format | None = None) -> Format:
    """Detect the format from the first lines; `named` is the format that the extension shows."""
    head = head.removeprefix(_BOM)
    if named in {None, "json"}:
        for exported, pattern in _EXPORTED.items():
            if pattern.match(head, 0, HEAD):
                return exported
    if named is not None:
        return named
    if _JWT.match(head):
        return "jwt"
    lines = [line.strip() for line in head.split(b"\n") if line.strip()][:2]
    if not lines or lines[0][:1] not in {b"{", b"["}:
        return "yaml" if lines and (lines[0][:1].isalpha() or lines[0][:1] in {b"-", b"#"}) else "json"
    complete = lines[0].endswith((b"}", b"]"))
    return "ndjson" if complete and len(lines) > 1 and lines[1][:1] in {b"{", b"["} else "json"
