"""Texts of the spec that could become markup or code in a page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from generator.source import Fault, Way

from .grammar import KINDS, Either, Map

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .walk import Part

# Modules and pages escape what they can. Markdown keeps HTML and links of any scheme; templates read braces.
_HARMFUL = (
    (
        re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]"),
        "a control character",
        "Remove it.",
    ),
    (re.compile(r"<[A-Za-z/!?]"), "an HTML tag", "Put it in back-ticks, or write it in words."),
    (re.compile(r"\]\(\s*(?!https?://|#)\S"), "a link that is no web address", "Write one that begins with https://."),
    (re.compile(r"\{\{|\{%|\{#"), "a template's braces", "Put it in back-ticks, or write it in words."),
    (re.compile(r'"""'), "three quotes", "Write one."),
)

_SHAPES = ("text", ["text"], Map("text"), Either(Map("text"), ["text"]))


def texts(parts: list[Part]) -> Iterator[Fault]:
    """Yield texts that a reader's browser or Python could take for something else."""
    for part in parts:
        keys = KINDS[part.kind]
        for key, value in part.value.items():
            shape = keys.get(key, keys.get(f"{key}!"))
            if shape in _SHAPES:
                yield from _within(value, (*part.way, key))


def _within(value: Any, way: Way) -> Iterator[Fault]:
    if isinstance(value, str):
        prose = re.sub(r"`[^`\n]*`", "", value)
        for pattern, what, write in _HARMFUL:
            if pattern.search(value if what == "a control character" else prose):
                yield Fault(way, f"`{way[-1]}` contains {what}, which could become code in a page. {write}")
    elif isinstance(value, list | dict):
        for key, item in enumerate(value) if isinstance(value, list) else value.items():
            yield from _within(item, (*way, key))
