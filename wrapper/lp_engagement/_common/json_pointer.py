"""JSON Pointers (RFC 6901)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def json_pointer(path: Iterable[str | int]) -> str:
    """Write a path of keys and indexes as a JSON Pointer; the whole document is the empty string."""
    return "".join("/" + str(token).replace("~", "~0").replace("/", "~1") for token in path)
