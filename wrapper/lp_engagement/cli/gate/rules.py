"""Rules as people write them: by id or name, one or several."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from lp_engagement._common.printable import printable
from lp_engagement.validation import schemas

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST = 80


def rule_ids(texts: Iterable[str]) -> frozenset[str]:
    """Return the ids of rules that are named by id or name, separated by commas.

    Raises:
        ValueError: there is no such rule; the message is for people.
    """
    return frozenset(_id(word.strip()) for text in texts for word in text.split(",") if word.strip())


def _id(word: str) -> str:
    known: dict[str, str] = {name: rule["id"] for name, rule in schemas.load("rules").items()}
    if word.upper() in known.values():
        return word.upper()
    if word.lower() in known:
        return known[word.lower()]
    near = get_close_matches(word.lower(), known, 1) or get_close_matches(word.upper(), known.values(), 1)
    meant = f"Did you mean {near[0]}?" if near else "`lp-engagement explain` lists the rules."
    raise ValueError(f"{printable(word, _LONGEST)} is not a rule. {meant}")
