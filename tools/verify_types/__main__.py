"""`make types`, its last part: check that everything public in the wheel has a known type, and check code that uses it.

    python -m tools.verify_types

The wheel is unpacked into an environment of its own, because pyright looks for `py.typed` only where packages are
really installed. That environment sees the dependencies of the running one. What they and the standard library leave
open in their own types is not counted.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tempfile
import venv
import zipfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from tools.dist.build import build
from tools.repository import PACKAGES
from tools.verify_types import uses

SECONDS = 300


class Verdict(NamedTuple):
    """Return pyright's report about a package.

    Attributes:
        known: how many public symbols have a known type.
        total: how many there are.
        faults: the faults, one line each.
    """

    known: int
    total: int
    faults: list[str]

    @property
    def complete(self) -> bool:
        """Whether something was checked and has no faults."""
        return 0 < self.known == self.total and not self.faults


def make_environment(folder: Path) -> Path:
    """Make an environment that sees the dependencies of the running one; return where packages belong in it."""
    venv.create(folder, symlinks=True)
    site = Path(sysconfig.get_path("purelib", "venv", {"base": str(folder)}))
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return site


def verify(environment: Path, package: str) -> Verdict:
    """Ask pyright about a package that is installed in an environment.

    Raises:
        SystemExit: pyright gave no answer.
    """
    command = [sys.executable, "-m", "pyright", "--verifytypes", package, "--ignoreexternal", "--outputjson"]
    # It takes the first Python of the PATH; no argument changes that here.
    path = os.pathsep.join([str(environment / "bin"), os.environ.get("PATH", os.defpath)])
    done = subprocess.run(
        command,
        cwd=environment,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    try:
        report = json.loads(done.stdout)
    except ValueError:
        raise SystemExit(f"pyright gave no answer about {package}:\n{done.stdout}{done.stderr}") from None
    types = report["typeCompleteness"]
    counts = types["exportedSymbolCounts"]
    faults = [each["message"] for each in report["generalDiagnostics"]]
    for symbol in types["symbols"]:
        if symbol["isExported"] and not symbol["isTypeKnown"]:
            faults += [_line(symbol["name"], each) for each in symbol["diagnostics"] if each["severity"] == "error"]
    return Verdict(counts["withKnownType"], sum(counts.values()), faults)


def _line(symbol: str, reason: dict[str, Any]) -> str:
    message = f"{symbol}: {' '.join(reason['message'].split())}"
    if "range" not in reason:
        return message
    return f"{_source(reason['file'])}:{reason['range']['start']['line'] + 1}: {message}"


def _source(file: str) -> str:
    """The file of the repository that an installed one was made from."""
    _, _, inside = file.partition("/site-packages/")
    home = PACKAGES.get(inside.partition("/")[0])
    return f"{home}/{inside}" if home else file


def main() -> int:
    """Run as a command."""
    complete = True
    with tempfile.TemporaryDirectory() as name:
        environment = Path(name).resolve() / "environment"
        site = make_environment(environment)
        _, wheel = build(Path(name) / "dist")
        with zipfile.ZipFile(wheel) as opened:
            opened.extractall(site)
        with ThreadPoolExecutor(2) as pool:
            verdicts = list(pool.map(partial(verify, environment), PACKAGES))
        for package, verdict in zip(PACKAGES, verdicts, strict=True):
            for fault in verdict.faults:
                print(fault)
            share = 100 * verdict.known / verdict.total if verdict.total else 0
            print(f"{package}: {verdict.known} of {verdict.total} public symbols have a known type, {share:.4g} %")
            complete = complete and verdict.complete
        wrong = list(uses.faults(environment, Path(name) / "uses", uses.everything()))
    if wrong:
        print("\n".join(wrong), "correct the named line, its mark, or the type that it uses", sep="\n", file=sys.stderr)
        return 1
    if not complete:
        print(
            "write the types of the symbols named above; in generated_client that is a template's job", file=sys.stderr
        )
    return 0 if complete else 1


if __name__ == "__main__":
    sys.exit(main())
