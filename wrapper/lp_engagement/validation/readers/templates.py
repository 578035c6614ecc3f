"""Bodies with variables, as Postman writes them: `{{name}}`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lp_engagement.validation.documents import Known
    from lp_engagement.validation.problem import Path

_STRING_OR_VARIABLE = re.compile(r'"(?:[^"\\]|\\.)*+"|\{\{[^{}"]*+\}\}', re.DOTALL)
_VARIABLE = re.compile(r"\{\{[^{}]*+\}\}")
_MARK = "\ue000"
"""Stands for a variable outside of strings; a character that no payload means."""


def filled(text: str) -> str:
    """Put a string of the same length in place of each variable that is a whole value."""
    return _STRING_OR_VARIABLE.sub(_filled, text)


def _filled(match: re.Match[str]) -> str:
    word = match[0]
    return word if word[0] == '"' else f'"{_MARK * (len(word) - 2)}"'


def unknown(value: Any, path: Path = ()) -> Iterator[tuple[Path, Known]]:
    """Yield the values with variables, and what is known of them."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield from unknown(member, (*path, key))
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            yield from unknown(entry, (*path, index))
    elif isinstance(value, str):
        if value.startswith(_MARK):
            yield path, "nothing"
        elif _VARIABLE.search(value):
            yield path, "type"
