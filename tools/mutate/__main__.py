"""Run a seeded sample of mutants against the tests, and print those that no test notices.

    python -m tools.mutate [--sample 60] [--seed 1] [--jobs 2]

Each mutant is tried in a copy of the wrapper; the working tree is not touched.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from coverage import CoverageData

from tools.repository import ROOT

from .equivalent import EQUIVALENT
from .mutants import Mutant, mutants, mutated

if TYPE_CHECKING:
    from collections.abc import Iterable

PACKAGE = ROOT / "wrapper/lp_engagement"
AT_LEAST = 0.9
# The quick tests of each part. The Redis store is left out because it needs a server.
PARTS = {
    "_core": (
        *("flow", "call", "resume", "domain", "errors", "arguments", "attempts", "scrub", "any_answer", "refused_ids"),
        *("options", "meta", "retry_policy", "objects_of_the_app", "exact_types", "store_damage", "client", "privacy"),
        *("places", "watching", "builders", "shared_references", "generated_in_use"),
    ),
    "stores": (
        *(
            "stores",
            "store_urls",
            "store_damage",
            "store_conformance",
            "store_deletion",
            "store_faults",
            "store_mapping",
        ),
        *("store_model", "resume"),
    ),
    "validation": (
        *("validation", "verdicts", "documents", "locate", "suggestions", "explain", "reports", "split", "fixes"),
        *("readers", "readers_corpus", "readers_containers", "gate", "validate_cli", "linear", "hostile_output", "lsp"),
        *("shared_references", "golden", "corpus", "machine_faults"),
    ),
}
LEFT_OUT = {"redis.py"}


Outcome = Literal["survived", "failed", "timeout", "refused"]


class MutantRun(NamedTuple):
    """A mutant, where it is from, and how it ended: a timeout is no test that failed, nor are types that do not fit."""

    part: str
    path: Path
    mutant: Mutant
    outcome: Outcome = "survived"

    def __str__(self) -> str:
        line = self.path.read_text(encoding="utf-8").splitlines()[self.mutant.line - 1].strip()
        return f"{self.path.relative_to(ROOT)}:{self.mutant.line}: {self.mutant.change}: {line}"

    @property
    def is_equivalent(self) -> bool:
        """Whether the list says that no test could notice it."""
        return any(text in str(self) for text in EQUIVALENT)


def sample(count: int, seed: int) -> list[MutantRun]:
    """Draw mutants, the same number from each part. Equivalent ones are not drawn."""
    chance = random.Random(seed)  # noqa: S311 - it has to be the same in each run
    drawn: list[MutantRun] = []
    for part in PARTS:
        paths = sorted(path for path in (PACKAGE / part).rglob("*.py") if path.name not in LEFT_OUT)
        found = [MutantRun(part, path, each) for path in paths for each in mutants(path.read_text(encoding="utf-8"))]
        chance.shuffle(found)
        useful = (trial for trial in found if not trial.is_equivalent)
        drawn += [trial for trial, _ in zip(useful, range(count // len(PARTS)), strict=False)]
    return drawn


def tested(tests: Iterable[str], copy: Path, seconds: float) -> Outcome:
    """Run tests with a copy of the wrapper, until one fails or the time is over."""
    command = [sys.executable, "-B", "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    try:
        done = subprocess.run(
            command, check=False, cwd=ROOT, env=environment(copy), timeout=seconds, capture_output=True
        )
    except subprocess.TimeoutExpired:
        return "timeout"
    return "failed" if done.returncode else "survived"


def tried(trial: MutantRun, covering: Covering) -> MutantRun:
    """Try a mutant in a copy of its own, with the tests that run its line."""
    tests = covering.of(trial)
    if not tests:
        return trial
    with tempfile.TemporaryDirectory(prefix="lp-mutate-") as folder:
        copy = copied(Path(folder))
        code = mutated(trial.path.read_text(encoding="utf-8"), trial.mutant)
        changed = copy / trial.path.relative_to(ROOT / "wrapper")
        changed.write_text(code, encoding="utf-8")
        outcome = tested(tests, copy, covering.seconds)
        return trial._replace(outcome="refused" if outcome == "survived" and refused(changed, copy) else outcome)


def refused(changed: Path, copy: Path) -> bool:
    """Whether the type checker refuses the changed module, as `make types` would."""
    command = [sys.executable, "-m", "mypy", f"--cache-dir={copy}/types", str(changed)]
    environment = {**os.environ, "MYPYPATH": str(copy)}
    return subprocess.run(command, check=False, cwd=ROOT, env=environment, capture_output=True).returncode == 1


def copied(folder: Path) -> Path:
    """Copy the wrapper; return what has to be on Python's path."""
    return Path(shutil.copytree(ROOT / "wrapper", folder / "wrapper", ignore=shutil.ignore_patterns("__pycache__")))


def environment(copy: Path) -> dict[str, str]:
    """Return the environment in which the copy of the wrapper is imported."""
    return {**os.environ, "PYTHONPATH": str(copy)}


class Covering(NamedTuple):
    """Which tests run which lines, and the seconds that a mutant may take."""

    tests: dict[Path, dict[int, list[str]]]
    seconds: float

    def of(self, trial: MutantRun) -> list[str]:
        """Return the tests that run the line of a mutant; for a line that an import runs, those of the whole file."""
        lines = self.tests.get(trial.path, {})
        # Of a statement on several lines, coverage may know the first only.
        found = lines.get(max((line for line in lines if line <= trial.mutant.line), default=0), [])
        if found == [""]:
            found = [test for tests in lines.values() for test in tests]
        return sorted({*found} - {""})


def measured(part: str) -> Covering:
    """Run the tests of a part on the code as it is.

    Raises:
        SystemExit: the tests fail without any mutant.
    """
    with tempfile.TemporaryDirectory(prefix="lp-mutate-") as folder:
        copy = copied(Path(folder))
        data, config = Path(folder, "data"), Path(folder, "config")
        config.write_text(f"[run]\ndata_file = {data}\ninclude = {copy}/*\n", encoding="utf-8")
        pytest = ["-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "-p", "tools.mutate.contexts"]
        tests = [f"tests/test_{name}.py" for name in PARTS[part]]
        command = [sys.executable, "-B", "-m", "coverage", "run", f"--rcfile={config}", *pytest, *tests]
        started = time.monotonic()
        if subprocess.run(command, check=False, cwd=ROOT, env=environment(copy), capture_output=True).returncode:
            raise SystemExit(f"The tests of {part} fail without any mutant. Run them with pytest.")
        seconds = 60 + 2 * (time.monotonic() - started)
        found = CoverageData(str(data))
        found.read()
        lines = {
            ROOT / "wrapper" / Path(name).relative_to(copy): found.contexts_by_lineno(name)
            for name in found.measured_files()
        }
        return Covering(lines, seconds)


def main(arguments: list[str] | None = None) -> int:
    """Try the sample; return 1 if too many mutants were not noticed."""
    parser = argparse.ArgumentParser(prog="python -m tools.mutate", description=__doc__)
    parser.add_argument("--sample", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args(arguments)
    trials = sample(options.sample, options.seed)
    with ThreadPoolExecutor(options.jobs) as pool:
        covering = dict(zip(PARTS, pool.map(measured, PARTS), strict=True))
        return report(pool.map(lambda trial: tried(trial, covering[trial.part]), trials))


def report(done: Iterable[MutantRun]) -> int:
    """Print each survivor and timeout as it comes, then the counts and the score; return 1 if it is too low."""
    trials = []
    for trial in done:
        trials.append(trial)
        if trial.outcome in {"survived", "timeout"}:
            print(f"{trial.outcome}: {trial}", flush=True)
    counts = Counter(trial.outcome for trial in trials)
    score = 1 - counts["survived"] / len(trials)
    print(
        f"{len(trials)} mutants: {counts['failed']} noticed by a test, {counts['timeout']} by timeout,"
        f" {counts['refused']} by the type checker, {counts['survived']} survived."
        f" {len(EQUIVALENT)} known equivalents are not drawn."
    )
    print(f"Score: {score:.0%}; {AT_LEAST:.0%} needed.")
    return int(score < AT_LEAST)


if __name__ == "__main__":
    sys.exit(main())
