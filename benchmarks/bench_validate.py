"""How fast validation is, beside jsonschema, fastjsonschema, check-jsonschema and ruamel.yaml.

    python -m benchmarks.bench_validate [--quick]

Everything is measured in CPU time, in one run, on the same payloads: those of the corpus that are fine. The schema that
the others get is the one that an OpenAPI document leads to by itself, with `oneOf` for the attribute types.
"""

from __future__ import annotations

import argparse
import copy
import itertools
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
from ruamel.yaml import YAML

from benchmarks.table import Row, markdown
from lp_engagement.validation import check, conforms
from lp_engagement.validation.checker import Checker, Options
from lp_engagement.validation.schemas import load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

ROOT = Path(__file__).resolve().parent.parent
PAYLOADS = ROOT / "tests" / "data" / "payloads"
SCRIPTS = Path(sysconfig.get_path("scripts"))
KIND = "create-session"
WRONG_EVERY = 50


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


def microseconds(*calls: Callable[[], object], rounds: int) -> list[float]:
    """The CPU time of calls, in rounds that alternate; the best of each, in microseconds."""
    numbers = [_enough(call) for call in calls]
    times = [
        [_spent(call, number) / number for call, number in zip(calls, numbers, strict=True)] for _ in range(rounds)
    ]
    return [min(column) * 1e6 for column in zip(*times, strict=True)]


def _enough(call: Callable[[], object]) -> int:
    number = 1
    while _spent(call, number) < 0.02:
        number *= 4
    return number


def _spent(call: Callable[[], object], number: int) -> float:
    started = time.process_time()
    for _ in range(number):
        call()
    return time.process_time() - started


def bodies(rounds: int) -> Iterator[Row]:
    """One body at a time: the verdict, and all problems of a bad one."""
    schema = with_one_of(load(f"{KIND}.accepting"))
    reference = jsonschema.Draft202012Validator(schema)
    fast = fastjsonschema.compile({**schema, "$schema": "http://json-schema.org/draft-07/schema"})
    pool = attributes()
    for count in (1, 10, 100):
        good = body(pool, count)
        bad = spoiled(good)
        verdict, slow, other, problems, errors = microseconds(
            partial(conforms, good, KIND),
            partial(reference.is_valid, good),
            partial(fast, good),
            partial(check, bad, KIND),
            partial(_all_errors, reference, bad),
            rounds=rounds,
        )
        peers = f"jsonschema {slow:.0f} us, fastjsonschema {other:.0f}"
        ratio = verdict / slow
        yield Row(
            f"verdict, {count} SDEs", "", peers, f"{verdict:.1f} us", ratio, "1/100 of jsonschema", ratio <= 1 / 100
        )
        ratio = problems / errors
        yield Row(
            f"all problems of a bad body, {count} SDEs",
            f"verdict {verdict:.1f} us",
            f"jsonschema {errors:.0f} us",
            f"{problems:.0f} us",
            ratio,
            "1/20 of jsonschema",
            ratio <= 1 / 20,
        )


def _all_errors(validator: jsonschema.Draft202012Validator, payload: Any) -> list[Any]:
    return list(validator.iter_errors(payload))


class Run(NamedTuple):
    """The cost of a command: CPU seconds, seconds, and its largest process in MB."""

    cpu: float
    seconds: float
    megabytes: float


# A process counts the memory of the one that it was forked from as its own: so a small one starts the command.
LAUNCHER = """
import resource, subprocess, sys, time
started = time.perf_counter()
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(code, used.ru_utime + used.ru_stime, time.perf_counter() - started, used.ru_maxrss / 1024)
"""


def run(*command: str) -> Run:
    """Run a command; exit code 1 means that it found something, as it should."""
    line = [sys.executable, "-I", "-S", "-c", LAUNCHER, *command]
    told = subprocess.run(line, capture_output=True, text=True, check=True).stdout.split()  # noqa: S603 - our own
    if told[0] not in {"0", "1"}:
        raise SystemExit(f"{command[0]} ended with {told[0]}")
    return Run(*map(float, told[1:]))


def validate(*arguments: str | Path) -> Run:
    """Run our command."""
    return run(str(SCRIPTS / "lp-engagement"), "validate", "--quiet", "--format", "json", *map(str, arguments))


def others(schema: Path, file: Path) -> Run:
    """Run the peer's command."""
    return run(str(SCRIPTS / "check-jsonschema"), "--verbose", "--schemafile", str(schema), str(file))


def lines_of(pool: list[dict[str, Any]], count: int) -> Iterator[str]:
    """Payloads, of which every fiftieth is wrong."""
    for number in range(count):
        whole = body(pool, 3, start=number)
        yield json.dumps(spoiled(whole) if number % WRONG_EVERY == 0 else whole)


def write(path: Path, pieces: Iterable[str], *, begin: str = "", between: str = "\n", end: str = "\n") -> Path:
    """Write a large file piece by piece."""
    with path.open("w", encoding="utf-8") as file:
        file.write(begin)
        for number, piece in enumerate(pieces):
            file.write(f"{between if number else ''}{piece}")
        file.write(end)
    return path


def many_payloads(lines: int, folder: Path) -> Iterator[Row]:
    """The same payloads as lines and as an array, beside check-jsonschema; both commands from their start."""
    pool = attributes()
    sample = max(lines // 25, 100)
    large = write(folder / "large.ndjson", lines_of(pool, lines))
    array = write(folder / "large.json", lines_of(pool, lines), begin="[", between=",\n", end="]\n")
    theirs = write(folder / "sample.json", lines_of(pool, sample), begin="[", between=",\n", end="]\n")
    whole = with_one_of(load(f"{KIND}.accepting"))
    schema = folder / "array-schema.json"
    listed = {key: value for key, value in whole.items() if key != "$ref"}
    schema.write_text(json.dumps({**listed, "type": "array", "items": {"$ref": whole["$ref"]}}))
    peer = others(schema, theirs)
    each = peer.cpu / sample
    peers = f"check-jsonschema {each * 1e6:.0f} us, {peer.megabytes:.0f} MB for {sample}"
    one, two, arrays = validate("--kind", KIND, large), validate("--kind", KIND, "--jobs", "2", large), validate(array)
    ours = one.cpu / lines
    yield Row(
        f"NDJSON, {lines} lines, 2 % bad, one line",
        "",
        peers,
        f"{ours * 1e6:.1f} us, {one.megabytes:.0f} MB",
        ours / each,
        "1/150 of check-jsonschema, 40 MB",
        ours <= each / 150 and one.megabytes < 40,
    )
    yield Row(
        "the same with --jobs 2",
        "",
        f"--jobs 1 {one.seconds:.2f} s",
        f"{two.seconds:.2f} s",
        two.seconds / one.seconds,
        "",
        None,
    )
    yield Row(
        f"JSON array of the same, {array.stat().st_size >> 20} MB",
        "",
        f"NDJSON {one.cpu:.2f} s",
        f"{arrays.cpu:.2f} s, {arrays.megabytes:.0f} MB",
        arrays.cpu / one.cpu,
        "twice NDJSON, 60 MB",
        arrays.cpu <= 2 * one.cpu and arrays.megabytes < 60,
    )


def one_small_file(rounds: int, folder: Path) -> Iterator[Row]:
    """One payload, from the start of the process."""
    one, schema = folder / "one.json", folder / "one-schema.json"
    one.write_text(json.dumps(body(attributes(), 1)))
    schema.write_text(json.dumps(with_one_of(load(f"{KIND}.accepting"))))
    pairs = [(validate("--kind", KIND, one).cpu, others(schema, one).cpu) for _ in range(rounds)]
    ours, theirs = (min(column) for column in zip(*pairs, strict=True))
    ratio = ours / theirs
    yield Row(
        "one small file, from the start of the process",
        "",
        f"check-jsonschema {theirs * 1e3:.0f} ms",
        f"{ours * 1e3:.0f} ms",
        ratio,
        "half of check-jsonschema",
        ratio <= 1 / 2,
    )


def yaml_documents(count: int, rounds: int) -> Iterator[Row]:
    """A YAML file, beside the time in which ruamel.yaml alone reads it."""
    cart = "  total: {0}.5\n  numItems: 1\n  products:\n  - product: {{name: a, price: {0}}}\n    quantity: 2\n"
    text = "".join(f"- type: cart\n{cart.format(number)}" for number in range(count))
    checker = Checker(Options(excerpts=False))
    ours, theirs = microseconds(
        lambda: list(checker.file("x", text.encode(), "yaml")),
        lambda: YAML(typ="safe", pure=True).compose(text),
        rounds=rounds,
    )
    ratio = ours / theirs
    yield Row(
        f"YAML, {count} payloads, one payload",
        "",
        f"ruamel.yaml, reading alone {theirs / count:.0f} us",
        f"{ours / count:.0f} us",
        ratio,
        "1/10 of ruamel.yaml",
        ratio <= 1 / 10,
    )


def volumes(share: float, folder: Path) -> Iterator[Row]:
    """Many files, and large ones; `share` of their full size."""
    pool = attributes()
    files = folder / "files"
    files.mkdir()
    many = int(20_000 * share)
    for number in range(many):
        (files / f"{number}.json").write_text(json.dumps(pool[number % len(pool)]))
    yield _volume(f"{many} files in a folder", files)
    payloads = list(lines_of(pool, 10_000))
    lines = write(folder / "volume.ndjson", _repeated(payloads, int(1e9 * share)))
    yield _volume(f"NDJSON, {lines.stat().st_size / 1e6:.0f} MB", lines)
    lines.unlink()
    entries = _repeated([_entry(payload) for payload in payloads], int(200e6 * share))
    har = write(folder / "volume.har", entries, begin='{"log": {"entries": [', between=",", end="]}}")
    yield _volume(f"HAR, {har.stat().st_size / 1e6:.0f} MB", har)


def _repeated(texts: list[str], size: int) -> Iterator[str]:
    """Repeat ASCII texts until they have some size."""
    for text in itertools.cycle(texts):
        yield text
        size -= len(text)
        if size <= 0:
            return


def _entry(payload: str) -> str:
    url = "https://lp.example.com/api/account/1/app/engagement/visitors/1?v=1.0"
    request = {"method": "POST", "url": url, "postData": {"text": payload}}
    return json.dumps({"request": request, "response": {"content": {"text": "x" * 400}}})


def _volume(name: str, path: Path) -> Row:
    taken = validate(path)
    ours = f"{taken.cpu:.1f} s CPU, {taken.seconds:.1f} s, {taken.megabytes:.0f} MB"
    return Row(name, "", "", ours, None, "60 MB", taken.megabytes < 60)


def rows(quick: bool) -> Iterator[Row]:  # noqa: FBT001 - the same in all benchmarks
    """Measure everything; `quick` with little data."""
    rounds, share = (2, 0.005) if quick else (7, 1.0)
    yield from bodies(rounds)
    with tempfile.TemporaryDirectory(prefix="lp-bench-") as name:
        folder = Path(name)
        yield from many_payloads(int(100_000 * share), folder)
        yield from one_small_file(rounds, folder)
        yield from yaml_documents(50 if quick else 500, rounds)
        yield from volumes(share, folder)


def main() -> int:
    """Run as a command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="measure little data")
    print(markdown(rows(parser.parse_args().quick)), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
