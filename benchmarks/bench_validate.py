"""How fast validation is, beside jsonschema, fastjsonschema and check-jsonschema.

    python -m benchmarks.bench_validate [--lines 100000]

Everything is measured in one run on the same payloads: those of the corpus that are fine. The schema that the others
get is the one that an OpenAPI document leads to by itself, with `oneOf` for the attribute types.
"""

from __future__ import annotations

import argparse
import copy
import gc
import json
import subprocess
import sys
import sysconfig
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import fastjsonschema
import jsonschema

from lp_engagement.validation import check, conforms
from lp_engagement.validation.schemas import load

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
PAYLOADS = ROOT / "tests" / "data" / "payloads"
SCRIPTS = Path(sysconfig.get_path("scripts"))
KIND = "create-session"
WRONG_EVERY = 50
SAMPLE_LINES = 4000


def attributes() -> list[dict[str, Any]]:
    """The attributes of the corpus that have no fault."""
    items = json.loads((PAYLOADS / "INDEX.json").read_text(encoding="utf-8"))["items"]
    return [
        json.loads((PAYLOADS / item["file"]).read_text(encoding="utf-8"))
        for item in items
        if item["kind"] == "sde" and item["expect"] == "ok"
    ]


def body(pool: list[dict[str, Any]], count: int, *, start: int = 0) -> dict[str, Any]:
    """A body with so many attributes."""
    chosen = [copy.deepcopy(pool[(start + number) % len(pool)]) for number in range(count)]
    return {"appType": "EXTERNAL", "consumerSections": ["Support"], "engagementAttributes": chosen}


def spoiled(whole: dict[str, Any]) -> dict[str, Any]:
    """The body with one misspelt key and one number as a string."""
    broken = copy.deepcopy(whole)
    broken["engagementAttributes"][0]["misspelt"] = "x"
    broken["engagementAttributes"].append({"type": "cart", "total": "11.70", "numItems": 1})
    return broken


def with_one_of(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with `oneOf` where ours asks for the type first."""
    result = copy.deepcopy(schema)
    for definition in result["$defs"].values():
        if "allOf" in definition:
            definition["oneOf"] = [choice["then"] for choice in definition.pop("allOf")]
            del definition["properties"]
    return result


def microseconds(call: Callable[[], object]) -> float:
    """The best of several runs, each long enough to be measured."""
    number = 1
    while (spent := _spent(call, number)) < 0.02:
        number *= 4
    return min(spent, *(_spent(call, number) for _ in range(4))) / number * 1e6


def _spent(call: Callable[[], object], number: int) -> float:
    gc.collect()
    started = time.perf_counter()
    for _ in range(number):
        call()
    return time.perf_counter() - started


def bodies() -> None:
    """One body at a time: the verdict, and all problems of a bad one."""
    schema = with_one_of(load(f"{KIND}.accepting"))
    reference = jsonschema.Draft202012Validator(schema)
    fast = fastjsonschema.compile({**schema, "$schema": "http://json-schema.org/draft-07/schema"})
    pool = attributes()
    print("Per body, in microseconds")
    print(f"{'attributes':>10} {'what':<16}{'ours':>9}{'jsonschema':>12}{'ratio':>8}{'fastjsonschema':>16}{'ratio':>8}")
    for count in (1, 10, 100):
        good = body(pool, count)
        bad = spoiled(good)
        verdict = microseconds(partial(conforms, good, KIND))
        full = microseconds(partial(check, good, KIND))
        slow = microseconds(partial(reference.is_valid, good))
        other = microseconds(partial(fast, good))
        _row(count, "verdict", verdict, slow, other)
        _row(count, "check, no problem", full, slow, other)
        problems = microseconds(partial(check, bad, KIND))
        errors = microseconds(partial(_all_errors, reference, bad))
        _row(count, "all problems", problems, errors, None)
    print("Goal: the verdict on one body at least 100 times faster than jsonschema.\n")


def _all_errors(validator: jsonschema.Draft202012Validator, payload: Any) -> list[Any]:
    return list(validator.iter_errors(payload))


def _row(count: int, what: str, ours: float, slow: float, other: float | None) -> None:
    print(f"{count:>10} {what:<16}{ours:>9.1f}{slow:>12.0f}{slow / ours:>7.0f}x", end="")
    print("" if other is None else f"{other:>16.0f}{other / ours:>7.0f}x")


class Run(NamedTuple):
    """The cost of a command: seconds, and its largest process in MB."""

    seconds: float
    megabytes: float


# A process counts the memory of the one that it was forked from as its own: so a small one starts the command.
LAUNCHER = """
import resource, subprocess, sys, time
started = time.perf_counter()
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
print(code, time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
"""


def run(*command: str) -> Run:
    """Run a command; exit code 1 means that it found something, as it should."""
    line = [sys.executable, "-I", "-S", "-c", LAUNCHER, *command]
    told = subprocess.run(line, capture_output=True, text=True, check=True).stdout.split()  # noqa: S603 - our own
    if told[0] not in {"0", "1"}:
        raise SystemExit(f"{command[0]} ended with {told[0]}")
    return Run(float(told[1]), float(told[2]))


def write_lines(path: Path, pool: list[dict[str, Any]], lines: int) -> int:
    """Write an NDJSON file in which every fiftieth payload is wrong; its size in bytes."""
    with path.open("w", encoding="utf-8") as file:
        for number in range(lines):
            whole = body(pool, 3, start=number)
            file.write(json.dumps(spoiled(whole) if number % WRONG_EVERY == 0 else whole) + "\n")
    return path.stat().st_size


def files(lines: int, folder: Path) -> None:
    """A large NDJSON file, and one small file from the start of the process."""
    ours, theirs = str(SCRIPTS / "lp-engagement"), str(SCRIPTS / "check-jsonschema")
    pool = attributes()
    large, small = folder / "large.ndjson", folder / "small.ndjson"
    size = write_lines(large, pool, lines)
    write_lines(small, pool, SAMPLE_LINES)
    array, schema, one, one_schema = (
        folder / name for name in ("array.json", "array-schema.json", "one.json", "one-schema.json")
    )
    array.write_text("[" + ",".join(small.read_text().splitlines()) + "]")
    whole = with_one_of(load(f"{KIND}.accepting"))
    one_schema.write_text(json.dumps(whole))
    listed = {key: value for key, value in whole.items() if key != "$ref"}
    schema.write_text(json.dumps({**listed, "type": "array", "items": {"$ref": whole["$ref"]}}))
    one.write_text(json.dumps(body(pool, 1)))

    print(f"NDJSON, {lines} lines, {size / 1e6:.0f} MB, {100 // WRONG_EVERY} % wrong; all problems listed")
    print(f"{'':<34}{'lines/s':>10}{'ratio':>8}{'peak MB':>10}")
    base = run(theirs, "--verbose", "--schemafile", str(schema), str(array))
    rate = SAMPLE_LINES / base.seconds
    print(f"{f'check-jsonschema (array of {SAMPLE_LINES})':<34}{rate:>10.0f}{1:>7}x{base.megabytes:>10.0f}")
    for jobs in (1, 2):
        taken = min(
            run(ours, "validate", "--kind", KIND, "--format", "json", "--jobs", str(jobs), str(large)) for _ in range(3)
        )
        speed = lines / taken.seconds
        print(f"{f'lp-engagement --jobs {jobs}':<34}{speed:>10.0f}{speed / rate:>7.0f}x{taken.megabytes:>10.0f}")
    little = run(ours, "validate", "--kind", KIND, "--format", "json", str(small))
    print(f"Peak memory with {SAMPLE_LINES} lines: {little.megabytes:.0f} MB.")
    print("Goals: 150 times check-jsonschema on one process, faster on two, memory flat and under 60 MB.\n")

    quick = min(run(ours, "validate", "--kind", KIND, str(one)).seconds for _ in range(5))
    slow = min(run(theirs, "--schemafile", str(one_schema), str(one)).seconds for _ in range(5))
    print(
        f"One small file, from the start of the process: {quick * 1000:.0f} ms; check-jsonschema {slow * 1000:.0f} ms"
    )
    print("Goal: under half.")


def main() -> int:
    """Run as a command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=100_000)
    arguments = parser.parse_args()
    bodies()
    with tempfile.TemporaryDirectory() as folder:
        files(arguments.lines, Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
