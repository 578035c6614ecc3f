"""`make drill`: edit a copy of the spec, run `make generate`, and check that every consumer has the edit.

    python -m tools.drill [EDIT...]

Without a name, it makes all edits one by one, then all at once with a type check. The same checks run without the
edits, where each of them must fail. The exit code is 0 only if every consumer has every edit that concerns it.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools.repository import SPEC

from .edits import CONSUMERS, EDITS
from .workshop import Told, Workshop

GENERATED = ("generated_client/", "docs/")


def drill(name: str, folder: Path) -> tuple[list[Told], list[str]]:
    """Make one edit and ask about it.

    Returns:
        The result of each consumer, and the files that differ from the repository's.
    """
    workshop = Workshop(folder / name)
    workshop.edit([EDITS[name].change])
    workshop.generate()
    return workshop.ask(name), workshop.changed()


def report(name: str, told: list[Told], changed: list[str]) -> bool:
    """Print what came of an edit; whether every consumer knows it and nothing else was touched."""
    edit = EDITS[name]
    by_hand = [file for file in changed if not file.startswith(GENERATED)]
    print(f"\n{name}: {edit.title}")
    print(f"  edited {', '.join(by_hand)}; `make generate` made {len(changed) - len(by_hand)} files of it")
    answers = {each.consumer: each for each in told}
    fine = by_hand == [SPEC]
    for consumer in CONSUMERS:
        if consumer in edit.not_concerned:
            print(f"  -  {consumer:<13} not concerned: {edit.not_concerned[consumer]}")
            continue
        answer = answers.get(consumer, Told(consumer, name, knows=False, words="nobody asked"))
        fine = fine and answer.knows
        print(f"  {'ok' if answer.knows else 'NO'} {consumer:<13} {answer.words}")
    return fine


def control(names: list[str], folder: Path) -> list[Told]:
    """The answers of the repository as it is that should have been no."""
    return [each for each in Workshop(folder / "unedited").ask(*names) if each.knows]


def together(names: list[str], folder: Path) -> tuple[list[Told], str | None]:
    """Make all edits at once; the answers that should have been yes, and what the type checker says."""
    workshop = Workshop(folder / "together")
    workshop.edit([EDITS[name].change for name in names])
    workshop.generate()
    return [each for each in workshop.ask(*names) if not each.knows], workshop.type_check()


def main() -> int:
    """Run as a command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("edits", nargs="*", metavar="EDIT", help=f"one of {', '.join(EDITS)}")
    names = parser.parse_args().edits or list(EDITS)
    unknown = [name for name in names if name not in EDITS]
    if unknown:
        parser.error(f"there is no edit {', '.join(unknown)}; use {', '.join(EDITS)}")
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as workers:
        # The work is done by other processes.
        asked = workers.submit(control, names, Path(folder))
        drilled = workers.map(lambda name: drill(name, Path(folder)), names)
        outcome = {name: report(name, *each) for name, each in zip(names, drilled, strict=True)}
        without = asked.result()
        print(f"\nwithout the edits: {f'{len(without)} questions prove nothing' if without else 'every answer is no'}")
        for each in without:
            print(f"  NO {each.edit}, {each.consumer}: {each.words}")
        fine = all(outcome.values()) and not without
        if len(names) == len(EDITS):
            unaware, types = together(names, Path(folder))
            print(f"all edits together: {'every answer is yes' if not unaware else f'{len(unaware)} answers are no'}")
            for each in unaware:
                print(f"  NO {each.edit}, {each.consumer}: {each.words}")
            print(f"types of all edits together: {'in order' if types is None else types}")
            fine = fine and not unaware and types is None
    failed = ", ".join(name for name, good in outcome.items() if not good) or "see above"
    print(f"\n{len(names)} edits, {time.monotonic() - start:.0f} s: {'passed' if fine else f'FAILED: {failed}'}")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
