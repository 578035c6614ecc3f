"""The problems that validation reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lp_engagement._common.printable import printable

Level = Literal["error", "warning"]
Path = tuple[str | int, ...]
_LONGEST_POINTER = 300


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem of a payload. It names fields and types, never a value.

    Attributes:
        rule: the rule's stable id, e.g. `LPE102`.
        name: the rule's name, e.g. `unknown-key`.
        level: `error`: the payload is wrong, or data would be lost; `warning`: LivePerson's own sources disagree.
        pointer: the JSON Pointer (RFC 6901) of the value; a missing field has its own pointer.
        message: what is wrong.
        hint: how to fix it.
        source: the evidence in the spec.
    """

    rule: str
    name: str
    level: Level
    pointer: str
    message: str
    hint: str
    source: str

    def __str__(self) -> str:
        """Format the pointer, message, hint and rule as one line."""
        return f"{shown_pointer(self) or '(the whole payload)'}: {self.message}. {self.hint} [{self.rule}]"


def shown_pointer(problem: Problem) -> str:
    """Make the pointer safe to print: keys come from outside, and may be long."""
    return printable(problem.pointer, _LONGEST_POINTER)
