"""What validation reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lp_engagement._common.printable import printable

Level = Literal["error", "warning"]
Path = tuple[str | int, ...]
_LONGEST_POINTER = 300


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a payload. Names fields and kinds of values, never a value.

    Attributes:
        rule: the rule's stable id, e.g. `LPE102`.
        name: the rule's name in words, e.g. `unknown-key`.
        level: `error`: it is wrong, or data would be lost; `warning`: LivePerson's own sources disagree about it.
        pointer: where, as a JSON Pointer (RFC 6901) into the payload; a missing field is named by its own pointer.
        message: what is wrong, in plain words.
        hint: what to write instead.
        source: where the spec says so.
    """

    rule: str
    name: str
    level: Level
    pointer: str
    message: str
    hint: str
    source: str

    def __str__(self) -> str:
        """Place, message, hint and rule in one line."""
        return f"{shown_pointer(self) or '(the whole payload)'}: {self.message}. {self.hint} [{self.rule}]"


def shown_pointer(problem: Problem) -> str:
    """The pointer of a problem as people may see it: keys come from outside, and may be long."""
    return printable(problem.pointer, _LONGEST_POINTER)
