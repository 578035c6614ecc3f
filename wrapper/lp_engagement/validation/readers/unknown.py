"""Values that are known only at run time: nothing is guessed about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lp_engagement.validation.documents import Document
    from lp_engagement.validation.problem import Path, Problem

_OF_THE_CONTENT = {"enum", "enum-case", "unknown-type", "constraint"}
"""Rules that a string of unknown content may break or not."""


def is_certain(document: Document, path: Path, problem: Problem) -> bool:
    """Whether a problem is one whatever the unknown values of a document are."""
    for length in range(len(path) + 1):
        known = document.unknown.get(path[:length])
        if known == "members":
            if problem.name == "missing-mandatory" and length == len(path) - 1:
                return False
        elif known is not None:
            by_key = problem.name == "unknown-key" and length == len(path)
            return by_key or (known == "type" and problem.name not in _OF_THE_CONTENT)
    return True
