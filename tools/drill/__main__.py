"""`make drill`: edit a copy of the spec, run `make generate`, and check that every consumer has the edits.

    python -m tools.drill [EDIT...]

Without a name, it makes all edits. The same checks run without the edits, where each of them must fail. The exit code
is 0 only if every consumer has every edit that concerns it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from tools.repository import SPEC

from .edits import CONSUMERS, EDITS
from .workshop import Told, Workshop

GENERATED = ("generated_client/", "docs/", "openapi/plain-")


class Drilled(NamedTuple):
    """The outcome of some edits.

    Attributes:
        told: the results of the probes.
        changed: the files that differ from the repository's.
        types: the report of the type checker; `None` if it found nothing.
    """

    told: list[Told]
    changed: list[str]
    types: str | None


def drill(names: list[str], folder: Path) -> Drilled:
    """Make edits in a copy, and ask about them."""
    workshop = Workshop(folder / "edited")
    workshop.edit([EDITS[name].change for name in names])
    workshop.generate()
    return Drilled(workshop.ask(*names), workshop.changed(), workshop.type_check())


def control(names: list[str], folder: Path) -> list[Told]:
    """The answers of the repository as it is that should have been no."""
    return [each for each in Workshop(folder / "unedited").ask(*names) if each.knows]


def report(names: list[str], drilled: Drilled, without: list[Told]) -> bool:
    """Print the outcome; whether every consumer knows them and nothing else was touched."""
    by_hand = [file for file in drilled.changed if not file.startswith(GENERATED)]
    print(f"edited {', '.join(by_hand)}; `make generate` made {len(drilled.changed) - len(by_hand)} files of it")
    known = [_report_edit(name, drilled.told) for name in names]
    print(f"\nwithout the edits: {f'{len(without)} questions prove nothing' if without else 'every answer is no'}")
    for each in without:
        print(f"  NO {each.edit}, {each.consumer}: {each.words}")
    print(f"types: {'in order' if drilled.types is None else drilled.types}")
    return all(known) and by_hand == [SPEC] and not without and drilled.types is None


def _report_edit(name: str, told: list[Told]) -> bool:
    edit = EDITS[name]
    print(f"\n{name}: {edit.title}")
    answers = {each.consumer: each for each in told if each.edit == name}
    fine = True
    for consumer in CONSUMERS:
        if consumer in edit.not_concerned:
            print(f"  -  {consumer:<13} not concerned: {edit.not_concerned[consumer]}")
            continue
        answer = answers.get(consumer, Told(consumer, name, knows=False, words="nobody asked"))
        fine = fine and answer.knows
        print(f"  {'ok' if answer.knows else 'NO'} {consumer:<13} {answer.words}")
    return fine


def main() -> int:
    """Run as a command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("edits", nargs="*", metavar="EDIT", help=f"one of {', '.join(EDITS)}")
    names = parser.parse_args().edits or list(EDITS)
    unknown = [name for name in names if name not in EDITS]
    if unknown:
        parser.error(f"there is no edit {', '.join(unknown)}; use {', '.join(EDITS)}")
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as workers:
        # The work is done by other processes.
        without = workers.submit(control, names, Path(folder))
        fine = report(names, drill(names, Path(folder)), without.result())
    print(f"\n{len(names)} edits, {time.monotonic() - start:.0f} s: {'passed' if fine else 'FAILED: see NO above'}")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
