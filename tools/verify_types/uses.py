"""Check the documented examples as a user's editor does: with four type checkers, against the installed wheel.

Some rules of the checkers act on installed packages only, so the sources of this repository would not do.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from tools import pages
from tools.repository import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 300
BIN = Path(sys.executable).parent
WRONG = ROOT / "tests/data/wrong_uses.txt"
_PLACE = re.compile(r"wrong_uses\.py:(\d+)")


def write(folder: Path) -> None:
    """Write every Python block of README and docs, and the examples, into a folder."""
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        for block in pages.read(page.read_text(encoding="utf-8")).blocks:
            if block.language == "python":
                name = f"{page.stem.replace('-', '_')}_line_{block.line}.py"
                (folder / name).write_text(block.text, encoding="utf-8")
    for example in (ROOT / "examples").glob("*.py"):
        (folder / f"example_{example.name}").write_text(example.read_text(encoding="utf-8"), encoding="utf-8")


def commands(environment: Path, folder: Path) -> dict[str, list[str]]:
    """Return the command of each checker, to be run in `folder`."""
    python = str(environment / "bin" / "python")
    mypy = [sys.executable, "-m", "mypy", "--strict", "--enable-error-code=truthy-function", "--config-file="]
    found = {"mypy": [*mypy, "--hide-error-context", "--no-pretty", "--python-executable", python, "."]}
    for mode in ("standard", "strict"):
        settings = json.dumps({"typeCheckingMode": mode, "include": ["*.py"]})
        (folder / f"{mode}.json").write_text(settings, encoding="utf-8")
        found[f"pyright {mode}"] = [sys.executable, "-m", "pyright", "-p", f"{mode}.json", "--pythonpath", python]
    (folder / "pyrefly.toml").write_text('preset = "default"\n', encoding="utf-8")
    pyrefly = ["check", "--output-format", "min-text", "--python-interpreter-path", python, "*.py"]
    found["pyrefly"] = [str(BIN / "pyrefly"), *pyrefly]
    ty = ["check", "--error-on-warning", "--output-format", "concise", "--python", str(environment), "."]
    found["ty"] = [str(BIN / "ty"), *ty]
    return found


def complaints(environment: Path, folder: Path) -> dict[str, str]:
    """Run the checkers; return what each of them prints if it does not pass."""

    def run(command: list[str]) -> str:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=SECONDS)
        return done.stdout + done.stderr if done.returncode else ""

    found = commands(environment, folder)
    with ThreadPoolExecutor(2) as pool:
        return {name: text for name, text in zip(found, pool.map(run, found.values()), strict=True) if text}


def faults(environment: Path, folder: Path) -> Iterator[str]:
    """Check the right uses, of which none may be flagged, and the wrong ones, of which each must be."""
    right, wrong = folder / "right", folder / "wrong"
    right.mkdir()
    write(right)
    for checker, text in complaints(environment, right).items():
        yield f"{checker} flags documented code:\n{text}"
    wrong.mkdir()
    text = WRONG.read_text(encoding="utf-8")
    (wrong / "wrong_uses.py").write_text(text, encoding="utf-8")
    flagged = {
        name: {int(line) for line in _PLACE.findall(each)} for name, each in complaints(environment, wrong).items()
    }
    for number, line in enumerate(text.splitlines(), 1):
        _, marked, unseen = line.partition("# wrong")
        for checker in commands(environment, wrong):
            expected = bool(marked) and checker not in unseen.removeprefix(", unseen by ").split(", ")
            if expected != (number in flagged.get(checker, ())):
                yield f"{WRONG.name}:{number}: {checker} {'does not flag' if expected else 'flags'} {line.strip()}"
