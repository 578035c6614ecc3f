"""`make test-wheel`: install the wheel into fresh environments with no repository around, and see it work.

    python -m tools.dist.trial --python PYTHON... [--present-only] [WHEEL]

For each Python: without extras and with all of them, once with the oldest dependencies that pyproject.toml allows and
once with the newest. With the first Python and the oldest, each extra on its own too. Each environment proves the facts
of suite.py. With all extras, each Python also runs the project's own tests, as far as these need nothing of the
repository: the first with the oldest dependencies, the others with the newest. A Python is a command on the PATH, a
path, or a version such as 3.12.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tools.repository import ROOT

from .build import build, dependencies

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SUITE = Path(__file__).with_name("suite.py")
BOUNDS = {"lowest": "lowest-direct", "newest": "highest"}
SECONDS = 300
LOCK = ROOT / "requirements" / "dev.txt"
# What the tests below need beyond the extras; as locked, since these are not what is on trial.
TOOLS = ("jsonschema", "opentelemetry-sdk", "pytest-xdist", "respx", "structlog")
# They import the two packages and each other, and read no file but those beside them.
TESTS = (
    *("cli", "client", "corpus", "errors", "flow", "imports", "privacy", "redis", "resume", "simulator"),
    *("store_conformance", "stores", "transport", "validation"),
)


class Trial(NamedTuple):
    """One environment.

    Attributes:
        python: the interpreter.
        bound: `lowest` or `newest`.
        extras: the extras to install.
    """

    python: str
    bound: str
    extras: tuple[str, ...]


def uv() -> list[str]:
    """The command of uv: that of this environment, or the one on the PATH.

    Raises:
        SystemExit: there is none.
    """
    done = subprocess.run([sys.executable, "-m", "uv", "--version"], capture_output=True, check=False, timeout=SECONDS)
    if done.returncode == 0:
        return [sys.executable, "-m", "uv"]
    found = shutil.which("uv")
    if found is None:
        raise SystemExit("this needs uv: `make lock` sets it up, or put it on the PATH")
    return [found]


def interpreter(name: str) -> str | None:
    """The path of a Python by its command, its path or its version."""
    for candidate in (name, f"python{name}"):
        path = shutil.which(candidate)
        if path is not None and _runs(path):
            return path
    asked = [[*uv(), "python", "find", "--no-python-downloads", "--no-project", name]]
    if shutil.which("pyenv"):
        # It keeps versions that it does not put on the PATH.
        asked.append(["pyenv", "whence", "--path", f"python{name}"])
    for command in asked:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
        if done.returncode == 0:
            return done.stdout.split()[-1]
    return None


def _runs(path: str) -> bool:
    # A shim may stand for a version that is not there.
    return bool(_version(path))


def _version(path: str) -> str:
    """Return the version that a Python reports; empty if it does not run."""
    done = subprocess.run([path, "--version"], capture_output=True, text=True, check=False, timeout=SECONDS)
    return done.stdout.strip() if done.returncode == 0 else ""


def trials(pythons: Sequence[str], extras: Sequence[str]) -> Iterator[Trial]:
    """The environments to try."""
    for number, python in enumerate(pythons):
        for bound in BOUNDS:
            yield Trial(python, bound, ())
            yield Trial(python, bound, tuple(extras))
            if number == 0 and bound == "lowest":
                yield from (Trial(python, bound, (extra,)) for extra in extras)


def attempt(trial: Trial, wheel: Path, folder: Path, *, tests: bool) -> tuple[str, list[str], int]:
    """Set up one environment, and run the suite in it, and the project's tests if so wanted.

    Returns:
        What was proved, the packages that were installed, and the bytes that they take.

    Raises:
        RuntimeError: it cannot be set up, or a fact does not hold.
    """
    needed, extras = dependencies(wheel)
    environment = folder / "environment"
    python = environment / "bin" / "python"
    where = f"{wheel}[{','.join(trial.extras)}]" if trial.extras else str(wheel)
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}

    def run(*command: str) -> str:
        done = subprocess.run(
            command, cwd=folder, env=clean, capture_output=True, text=True, check=False, timeout=SECONDS
        )
        if done.returncode:
            raise RuntimeError(f"{done.stdout}{done.stderr}".strip())
        return done.stdout

    run(*uv(), "venv", "--quiet", "--no-project", "--no-config", "--python", trial.python, str(environment))
    install = [*uv(), "pip", "install", "--quiet", "--no-config", "--system-certs", "--only-binary", ":all:"]
    install += ["--python", str(python)]
    run(
        *(*install, "--resolution", BOUNDS[trial.bound], where),
        # Named here, they are direct; the lowest-direct resolution leaves what only the wheel names at its newest.
        *needed,
        *(each for extra in trial.extras for each in extras[extra]),
    )
    run(*uv(), "pip", "check", "--quiet", "--python", str(python))
    shutil.copy(SUITE, folder / SUITE.name)
    told = json.loads(run(str(python), "-I", "-B", SUITE.name, *trial.extras).splitlines()[-1])
    packages = [f"{name} {version}" for name, version in told["packages"].items() if name != "lp-engagement"]
    (site,) = (environment / "lib").glob("python*/site-packages")
    size = sum(path.stat().st_size for path in site.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    proved = f"{told['facts']} facts hold"
    if tests:
        shutil.copytree(ROOT / "tests", folder / "tests", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", folder)
        run(
            *uv(), "pip", "install", "--quiet", "--no-config", "--system-certs", "--python", str(python), *locked(TOOLS)
        )
        files = [f"tests/test_{name}.py" for name in TESTS]
        ran = run(str(python), "-m", "pytest", "-q", "-n", "auto", "-p", "no:cacheprovider", *files)
        proved += f", {ran.splitlines()[-1]}"
    return proved, packages, size


def locked(names: Sequence[str]) -> list[str]:
    """The requirements by these names, as the lock has them."""
    lines = [line.split(" ")[0] for line in LOCK.read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if line.partition("==")[0] in names]


def main() -> int:
    """Run as a command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", nargs="?", type=Path, help="the wheel; built by default")
    parser.add_argument("--python", action="append", required=True, help="a command, a path or a version")
    parser.add_argument("--present-only", action="store_true", help="leave out the Pythons that are not here")
    arguments = parser.parse_args()
    found = {name: interpreter(name) for name in arguments.python}
    absent = [name for name, path in found.items() if path is None]
    if absent:
        print(f"there is no Python {', '.join(absent)} here; name others with --python", file=sys.stderr)
        if not arguments.present_only or len(absent) == len(found):
            return 2
    failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        wheel = (arguments.wheel or build(Path(scratch, "dist"))[-1]).resolve()
        _, extras = dependencies(wheel)
        pythons = [path for path in found.values() if path]
        for number, trial in enumerate(trials(pythons, list(extras))):
            folder = Path(scratch, str(number))
            folder.mkdir()
            title = f"{_version(trial.python)}, {trial.bound}, {'+'.join(trial.extras) or 'no extras'}"
            start = time.monotonic()
            try:
                # `make test` runs on the first Python with the locked versions, which are about the newest.
                bound = "lowest" if trial.python == pythons[0] else "newest"
                tests = trial.extras == tuple(extras) and trial.bound == bound
                proved, packages, size = attempt(trial, wheel, folder, tests=tests)
            except RuntimeError as error:
                failed += 1
                print(f"NO {title}:\n{error}")
            else:
                needs = f"{len(packages)} packages, {size / 2**20:.1f} MiB"
                print(f"ok {title}: {proved}; {needs} ({time.monotonic() - start:.1f} s)", flush=True)
                if not trial.extras or len(trial.extras) > 1:
                    print(f"     {', '.join(packages)}")
            shutil.rmtree(folder)
    print("passed" if not failed else f"{failed} FAILED")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
