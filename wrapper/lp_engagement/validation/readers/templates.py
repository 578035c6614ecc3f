"""Texts with variables: bodies as Postman writes them (`{{name}}`), and scripts that a program fills in."""

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

NAME = "\N{LATIN LETTER DENTAL CLICK}"
"""A name of such letters stands for a variable of a script. No script has one of its own."""
_PRINTED = re.compile(r"\{\{[^{}]*+\}\}|<%[=-][^%]*+%>|<\?=[^?]*+\?>|<\?php\s++echo[^?]*+\?>")
_LOGIC = re.compile(r"\{%[^%]*+%\}|<%[^%]*+%>|<\?[^?]*+\?>")
_INSIDE = re.compile(r"[^\n]")


def without_templates(text: str) -> str:
    """Put a name of the same length in place of each variable of a script, and blanks in place of other commands."""
    text = _PRINTED.sub(lambda match: NAME * len(match[0]), text)
    return _LOGIC.sub(lambda match: _INSIDE.sub(" ", match[0]), text)


def has_template(text: str) -> bool:
    """Whether a string of a script has a variable in it."""
    return NAME in text or _PRINTED.search(text) is not None or _LOGIC.search(text) is not None


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
