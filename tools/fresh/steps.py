"""The commands of a page, in the order in which a reader types them."""

from __future__ import annotations

import json
import subprocess
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from tools import pages

if TYPE_CHECKING:
    from collections.abc import Iterator

SHELLS = {"sh", "bash", "shell"}


class Step(NamedTuple):
    """A command of a page.

    Attributes:
        page: the name of the page.
        line: the line on which it begins.
        command: the command as it is printed.
        shown: the JSON that the page shows right below it, or None.
    """

    page: str
    line: int
    command: str
    shown: Any | None = None

    @property
    def place(self) -> str:
        """Where it stands."""
        return f"{self.page}:{self.line}"


def steps(name: str, text: str) -> Iterator[Step]:
    """The commands of all shell blocks of a page."""
    lines = text.splitlines()
    blocks = pages.read(text).blocks
    for block, below in pairwise((*blocks, None)):
        if block is None or block.language not in SHELLS:
            continue
        found = [Step(name, block.line + offset, command) for offset, command in commands(block.text)]
        # A block of JSON with nothing but blank lines before it is what the last command prints.
        follows = below and below.language == "json" and not any(map(str.strip, lines[block.end : below.line - 1]))
        if found and below and follows:
            found[-1] = found[-1]._replace(shown=json.loads(below.text))
        yield from found


def commands(text: str) -> Iterator[tuple[int, str]]:
    """The commands of a block, each with the number of its first line; a command may take several lines."""
    begun: list[str] = []
    start = 0
    for number, line in enumerate(text.splitlines(), start=1):
        if not begun:
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            start = number
        begun.append(line)
        if _whole(begun):
            yield start, "\n".join(begun)
            begun = []
    if begun:
        # The shell says best what is wrong with it.
        yield start, "\n".join(begun)


def _whole(lines: list[str]) -> bool:
    """Whether a shell would run these lines rather than wait for more."""
    if lines[-1].endswith("\\"):
        return False
    done = subprocess.run(["/bin/sh", "-n", "-c", "\n".join(lines)], capture_output=True, check=False, timeout=60)
    return done.returncode == 0


def differences(shown: Any, told: Any, at: str = "") -> Iterator[str]:
    """Where JSON that was printed is of another shape than the JSON that a page shows: keys and kinds, not values."""
    if isinstance(shown, dict) and isinstance(told, dict):
        yield from (f"{at}/{key} is shown, but not printed" for key in shown if key not in told)
        yield from (f"{at}/{key} is printed, but not shown" for key in told if key not in shown)
        for key in shown.keys() & told.keys():
            yield from differences(shown[key], told[key], f"{at}/{key}")
    elif isinstance(shown, list) and isinstance(told, list):
        if bool(shown) != bool(told):
            yield f"{at or '/'} is shown with {len(shown)} entries, and printed with {len(told)}"
        for number, (one, other) in enumerate(zip(shown, told, strict=False)):
            yield from differences(one, other, f"{at}/{number}")
    elif _kind(shown) != _kind(told):
        yield f"{at or '/'} is shown as {_kind(shown)}, and printed as {_kind(told)}"


def _kind(value: Any) -> str:
    kinds = {dict: "object", list: "array", str: "string", bool: "boolean", int: "number", float: "number"}
    return kinds.get(type(value), "null")
