"""Run all benchmarks, print one table, and write it to docs/performance.md: `python -m benchmarks`.

With `--quick`, or with names of benchmarks such as `calls`, the page is not written.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib
import os
import platform
import re
import sys
from importlib.metadata import version
from pathlib import Path

from .table import Row, markdown

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "performance.md"
PEERS = ROOT / "requirements" / "bench.in"
BEGIN, END = "<!-- measured: make bench -->\n", "<!-- end -->\n"


def names() -> list[str]:
    """Return the names of the benchmarks: `calls` is `bench_calls.py`."""
    return sorted(path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py"))


def machine() -> str:
    """Describe the machine and the versions of Python and of all peers."""
    try:
        found = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    except OSError:
        found = None
    load = f", load average {os.getloadavg()[1]:.1f}" if hasattr(os, "getloadavg") else ""
    peers = re.findall(r"(?m)^([\w-]+)==", PEERS.read_text(encoding="utf-8"))
    versions = ", ".join(f"{name} {version(name)}" for name in ("lp-engagement", *peers))
    return (
        f"Measured on {dt.datetime.now(dt.UTC):%d %B %Y}: {found[1] if found else platform.machine()}, "
        f"{os.cpu_count()} CPUs{load}, {platform.system()}, {platform.python_implementation()} "
        f"{platform.python_version()}; {versions}.\n"
    )


def main() -> int:
    """Run as a command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds and less data: only a rough impression")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(names())}; all by default")
    options = parser.parse_args()
    if unknown := set(options.names) - set(names()):
        parser.error(f"unknown benchmark: {', '.join(sorted(unknown))}")
    rows: list[Row] = []
    for name in options.names or names():
        print(f"{name} ...", file=sys.stderr)
        benchmark = importlib.import_module(f"benchmarks.bench_{name}")
        if hasattr(benchmark, "rows"):
            rows += benchmark.rows(options.quick)
    table = markdown(rows)
    print(table)
    if not options.quick and not options.names:
        before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}\n{machine()}\n{table}\n{END}{rest.split(END)[1]}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
