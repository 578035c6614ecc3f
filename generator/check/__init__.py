"""Checks the spec before anything is made of it: each mistake is one line, with its place and what to write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .bodies import closed, described, open_
from .examples import examples
from .operations import errors, links, operations, parameters, unused
from .personal import personal
from .schemas import impressions, needed, schemas
from .texts import texts
from .vocabulary import evidence, unused_words, words
from .walk import walk

if TYPE_CHECKING:
    from generator.source import Fault, Source, Way

__all__ = ["faults"]

RULES = (
    words,
    texts,
    evidence,
    described,
    closed,
    open_,
    personal,
    parameters,
    operations,
    links,
    schemas,
    errors,
    impressions,
    examples,
)
# What is missing or in excess is often the consequence of a mistake elsewhere.
RULES_OF_THE_WHOLE = (needed, unused, unused_words)


def faults(source: Source) -> list[Fault]:
    """Return all mistakes of a spec."""
    parts, found = walk(source.document)
    found += source.faults
    ways = {part.way for part in parts}
    for rule in RULES:
        # The first rule that finds fault with an object has the cause; others would report what follows from it.
        judged = {_object(fault, ways) for fault in found}
        try:
            for fault in rule(parts):
                if _object(fault, ways) not in judged:
                    found.append(fault)
        except (KeyError, TypeError, AttributeError, ValueError, StopIteration, IndexError):
            # A rule may stumble over what the grammar or a rule before it has reported already.
            if not found:
                raise
    return found or [fault for rule in RULES_OF_THE_WHOLE for fault in rule(parts)]


def _object(fault: Fault, ways: set[Way]) -> Way:
    """Return the way to the object that a fault is about."""
    way = fault.way
    while way and way not in ways:
        way = way[:-1]
    return way
