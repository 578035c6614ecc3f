"""Writes docs/faults.md, the list of all faults: `python -m tests.faults.page`."""

from __future__ import annotations

import sys
from importlib import import_module
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from .cases import CASES
from .registry import FAULTS
from .run import FLAVOURS

if TYPE_CHECKING:
    from .case import Case

__all__ = ["PAGE", "page"]

PAGE = Path(__file__).parents[2] / "docs" / "faults.md"
HEAD = """<!-- Written by `python -m tests.faults.page`; do not edit. -->
# Faults

The fault suite runs the sync and the async client against {count} faults: servers that send every kind of broken
bytes, TLS, proxies, stores, processes, forks, cancellation, bursts and clocks. `make test-faults` runs all; `make test`
runs a short form.

Each call must end within its deadline, with the right answer or the error in the table. After each case, the suite
checks that:

- the stored ids are the right ones, and no other consumer's;
- the server received no request twice, unless it is idempotent;
- another consumer's call on the same client returns its own answer;
- the error shows no id and no value of an attribute, and can be pickled;
- no descriptor, thread, task or `ResourceWarning` is left.

Each row has a fault, the result of the last call, and the number of requests that the server receives. If there are two
results, the timing of the bytes decides. `maybe_sent` and `not sent` are the value of `error.maybe_sent`.

To test another transport, add a pair of factories to `tests/faults/transports.py`. `tests/faults/broken.py` has three
transports that are broken on purpose; the suite must fail with each of them.

`make fuzz SECONDS=600` feeds damaged answers and payloads to the code that reads them. It prints the number of each
input that raises anything but an `EngagementError`. `make fuzz AGAIN=answers:4711:123` repeats that input.
"""


def page() -> str:
    """Write the page."""
    for name in ("test_event_loop", "test_processes", "test_bulk"):
        import_module(f"tests.faults.{name}")
    # Sorted, as the modules may have been imported in any order before.
    functions = {(each.group, each.name): each.expect for each in sorted(FAULTS)}
    count = len(CASES) + len(functions)
    lines = [HEAD.format(count=count)]
    rows = [(case.group, _cell(case.name), _expected(case)) for case in CASES]
    rows += [(group, _cell(name), expect) for (group, name), expect in functions.items()]
    order = list(dict.fromkeys(group for group, _, _ in rows))
    rows.sort(key=lambda row: order.index(row[0]))
    for group, members in groupby(rows, key=lambda row: row[0]):
        lines += [f"## {group[0].upper()}{group[1:]}\n", "| Fault | Result |", "|---|---|"]
        lines += [f"| {name} | {expect} |" for _, name, expect in members]
        lines.append("")
    return "\n".join(lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("{{", "{ {").replace("@", "`@`")


def _expected(case: Case) -> str:
    only = "" if len(case.flavours) == len(FLAVOURS) else f" ({', '.join(sorted(case.flavours))})"
    return f"{case.expect}{only}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE} is written\n")
