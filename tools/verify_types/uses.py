"""Check examples and marked uses as a user's editor does: with four type checkers, against the installed wheel.

Some rules of the checkers act on installed packages only, so the sources of this repository would not do.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tools import pages
from tools.repository import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

SECONDS = 300
BIN = Path(sys.executable).parent
STANDARD, STRICT = "pyright standard", "pyright strict"
_MARK = re.compile(r"# (?:wrong|type: ignore\[[^]]*\])(?:(?:,|  #) unseen by (\w+(?: \w+)?(?:, \w+(?: \w+)?)*))?")
_PLACE = re.compile(r"(?:\b(standard|strict)/)?\b(\w+\.py):(\d+)")


class Use(NamedTuple):
    """A piece of Python that uses the packages.

    Attributes:
        path: the file of the repository that contains it.
        first: how many lines of the file precede it.
        text: the code.
        unseen: the wrong lines, by their numbers in the code, each with the checkers that do not flag it.
    """

    path: str
    first: int
    text: str
    unseen: dict[int, list[str]]


def documented() -> Iterator[Use]:
    """Find every Python block of README and docs, and the examples. None of their lines is wrong."""
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        for block in pages.read(page.read_text(encoding="utf-8")).blocks:
            if block.language == "python":
                yield Use(str(page.relative_to(ROOT)), block.line, block.text, {})
    for example in sorted((ROOT / "examples").glob("*.py")):
        yield Use(str(example.relative_to(ROOT)), 0, example.read_text(encoding="utf-8"), {})


def marked(path: Path) -> Use:
    """Read a file whose wrong lines are marked.

    A mark is `# wrong`, or the `# type: ignore[...]` by which the file passes mypy. Each checker must flag the line,
    apart from those that the mark names: `# wrong, unseen by pyrefly`.
    """
    text = path.read_text(encoding="utf-8")
    return Use(str(path.relative_to(ROOT)), 0, text, marks(text))


def marks(text: str) -> dict[int, list[str]]:
    """Find the marked lines of the code, by number, each with the checkers that its mark names."""
    found = {number: _MARK.search(line) for number, line in enumerate(text.splitlines(), 1)}
    return {number: (mark[1] or "").split(", ") for number, mark in found.items() if mark}


def everything() -> list[Use]:
    """Find all uses in this repository."""
    files = [ROOT / "tests/data/wrong_uses.txt", *sorted((ROOT / "tests/typing").glob("*.py"))]
    return [*documented(), *map(marked, files)]


# ------------------------------------------------------------------------------------------------- the checkers


def _mypy(environment: Path, _: Path) -> list[str]:
    options = ["--strict", "--enable-error-code=truthy-function", "--config-file=", "--no-incremental"]
    shown = ["--hide-error-context", "--no-pretty", "--no-error-summary"]
    return [sys.executable, "-m", "mypy", *options, *shown, "--python-executable", _python(environment), "standard"]


def _pyright(environment: Path, folder: Path) -> list[str]:
    # Both modes in one run: reading what the code imports takes most of the time.
    settings = {"typeCheckingMode": "standard", "include": ["standard", "strict"], "strict": ["strict"]}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    return [sys.executable, "-m", "pyright", "-p", ".", "--pythonpath", _python(environment)]


def _pyrefly(environment: Path, folder: Path) -> list[str]:
    (folder / "pyrefly.toml").write_text('preset = "default"\n', encoding="utf-8")
    shown = ["--output-format", "min-text"]
    return [str(BIN / "pyrefly"), "check", *shown, "--python-interpreter-path", _python(environment), "standard/*.py"]


def _ty(environment: Path, _: Path) -> list[str]:
    shown = ["--error-on-warning", "--output-format", "concise"]
    return [str(BIN / "ty"), "check", *shown, "--python", str(environment), "standard"]


def _python(environment: Path) -> str:
    return str(environment / "bin" / "python")


CHECKERS: dict[str, Callable[[Path, Path], list[str]]] = {
    "mypy": _mypy,
    "pyright": _pyright,
    "pyrefly": _pyrefly,
    "ty": _ty,
}
"""The functions that make the command of each checker, to be run in a folder that `write` has filled."""


def faults(
    environment: Path, folder: Path, uses: Iterable[Use], checkers: Iterable[str] = tuple(CHECKERS)
) -> Iterator[str]:
    """Compare the lines that the checkers flag with those that are marked.

    Args:
        environment: the virtual environment in which the packages are installed.
        folder: an empty folder for the code.
        uses: the code.
        checkers: the names of the checkers to run.
    """
    named = _write(folder, uses)

    def run(checker: str) -> tuple[str, int, str]:
        command = CHECKERS[checker](environment, folder)
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=SECONDS)
        return checker, done.returncode, done.stdout + done.stderr

    with ThreadPoolExecutor(2) as pool:
        for checker, code, output in pool.map(run, checkers):
            flagged = _flagged(checker, output)
            if code and not any(flagged.values()):
                yield f"{checker} ended with {code}:\n{output}"
            for mode, places in flagged.items():
                yield from _differences(mode, places, named)


def _write(folder: Path, uses: Iterable[Use]) -> dict[str, Use]:
    named = {f"use_{number}.py": use for number, use in enumerate(uses)}
    for mode in ("standard", "strict"):
        (folder / mode).mkdir(parents=True)
        for name, use in named.items():
            # A checker obeys `type: ignore`, so the marks are left out.
            lines = [_MARK.split(line)[0].rstrip() for line in use.text.splitlines()]
            (folder / mode / name).write_text("\n".join([*lines, ""]), encoding="utf-8")
    return named


def _flagged(checker: str, output: str) -> dict[str, dict[tuple[str, int], str]]:
    """Read the places that a checker flags, each with its message. Of pyright, by mode."""
    found: dict[str, dict[tuple[str, int], str]] = {
        mode: {} for mode in ((STANDARD, STRICT) if checker == "pyright" else (checker,))
    }
    for line in output.splitlines():
        place = _PLACE.search(line)
        if place and ": note: " not in line:
            mode = f"pyright {place[1]}" if checker == "pyright" else checker
            found[mode].setdefault((place[2], int(place[3])), line[place.end() :])
    return found


def _differences(checker: str, flagged: dict[tuple[str, int], str], named: dict[str, Use]) -> Iterator[str]:
    for name, use in named.items():
        for number, line in enumerate(use.text.splitlines(), 1):
            place = f"{use.path}:{use.first + number}"
            expected = number in use.unseen and checker not in use.unseen[number]
            if expected and (name, number) not in flagged:
                yield f"{place}: {checker} does not flag {line.strip()}"
            elif not expected and (name, number) in flagged:
                yield f"{place}: {checker} flags {line.strip()}\n    {flagged[name, number]}"
