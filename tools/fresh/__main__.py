"""`make test-fresh`: type the commands of a page on a machine that has only Python, make and git.

    python -m tools.fresh [--full] [--plain] [--without COMMAND] [PAGE...]

The machine is a Debian of its own where bubblewrap and mmdebstrap are there and namespaces are permitted; elsewhere, or
with `--plain`, it is this one with an empty environment and few programs on the PATH, which is weaker. On it is a clone
of the repository, with all that was edited since the last commit.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tools.repository import ROOT

from .debian import Debian, UnavailableError, tree
from .machine import Machine, Plain
from .reader import FailedStep, Reader
from .repository import clone
from .steps import steps

if TYPE_CHECKING:
    from collections.abc import Sequence

# This check is about the set-up: it collects all tests but runs few. The Makefile reads this from the environment, so
# the commands are those of the page.
FEW_TESTS = {"PYTEST_ARGS": "-k cart"}
LINES = 40
CACHE = ROOT / "build" / "fresh"


def machine(scratch: Path, cache: Path, *, plain: bool) -> Machine:
    """The freshest machine that can be had here."""
    if plain:
        return Plain(scratch)
    try:
        Debian.check()
        return Debian(scratch, tree(cache))
    except UnavailableError as error:
        print(f"WEAKER: no Debian of its own, because {error}", file=sys.stderr)
        return Plain(scratch)


def report(reader: Reader, pages: Sequence[tuple[str, str]], *, without: Sequence[str] = ()) -> int:
    """Let a reader type the commands of pages, and print what comes of it.

    Args:
        reader: the reader.
        pages: for each page its name and its text.
        without: commands to leave out.

    Returns:
        How many commands did not do what their page says.
    """
    faults: list[FailedStep] = []
    count = 0
    for name, text in pages:
        start = time.monotonic()
        for step, fault in reader.read(step for step in steps(name, text) if step.command not in without):
            count += 1
            seconds, start = time.monotonic() - start, time.monotonic()
            words = " ".join(step.command.replace("\\\n", " ").split())
            print(f"{'ok' if fault is None else 'NO'} {step.place}  {words} ({seconds:.1f} s)", flush=True)
            if fault:
                faults.append(fault)
                shown = "".join(f"   | {line}\n" for line in fault.output.splitlines()[-LINES:])
                print(f"   {fault.why}\n{shown}", end="", file=sys.stderr, flush=True)
    if not count:
        print("there is no command in a shell block", file=sys.stderr)
    return len(faults) if count else 1


def main() -> int:
    """Run as a command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", nargs="*", metavar="PAGE", default=["README.md"], help="README.md by default")
    parser.add_argument("--full", action="store_true", help="run all tests where a page says `make test`")
    parser.add_argument("--without", action="append", default=[], metavar="COMMAND", help="leave out a command")
    parser.add_argument("--plain", action="store_true", help="take the weaker machine")
    arguments = parser.parse_args()
    if "FRESH_MACHINE" in os.environ:
        print("this is the fresh machine already; its commands are being typed")
        return 0
    pages = [(name, (ROOT / name).read_text(encoding="utf-8")) for name in arguments.pages]
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="fresh-", ignore_cleanup_errors=True) as scratch:
        fresh = machine(Path(scratch, "machine"), CACHE, plain=arguments.plain)
        repository = fresh.home / "lp-engagement"
        clone(ROOT, repository)
        hidden = Path(scratch, "hidden")
        hidden.touch()
        reader = Reader(fresh, repository, {} if arguments.full else FEW_TESTS)
        impurities = list(reader.impurities(hidden))
        print(f"{fresh.title} ({time.monotonic() - start:.1f} s)")
        if impurities:
            print(f"it is not fresh (tools/fresh/machine.py makes it): {'; '.join(impurities)}", file=sys.stderr)
            return 1
        print("it has python3, make and git, and none of our other tools or packages", flush=True)
        faults = report(reader, pages, without=arguments.without)
    if faults:
        return 1
    left_out = f", but for {' and '.join(arguments.without)}" if arguments.without else ""
    print(f"every command of {', '.join(arguments.pages)}{left_out} does what is said, on {fresh.title}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
