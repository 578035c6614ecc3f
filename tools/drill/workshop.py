"""Copies of the repository, each with one edit in its spec and `make generate` run in it."""

from __future__ import annotations

import filecmp
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ruamel.yaml import YAML

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .edits import Document

ROOT = Path(__file__).resolve().parent.parent.parent
SPEC = Path("openapi", "app-engagement.yaml")
FOLDERS = ("docs", "generated_client", "generator", "openapi", "tests/typing", "tools/drill", "wrapper")
FILES = ("Makefile", "README.md", "pyproject.toml", "requirements/dev.txt")
SECONDS = 120
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "*_cache", ".hypothesis")


class Told(NamedTuple):
    """What a probe found.

    Attributes:
        consumer: who was asked.
        edit: the edit that it was asked about.
        knows: whether it knows.
        words: what was seen.
    """

    consumer: str
    edit: str
    knows: bool
    words: str


class Workshop:
    """A copy of the repository.

    Args:
        root: where to put it; must not exist.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        for folder in FOLDERS:
            shutil.copytree(ROOT / folder, root / folder, ignore=_LEFT_OUT)
        for file in FILES:
            (root / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / file, root / file)

    def edit(self, changes: Iterable[Callable[[Document], None]]) -> None:
        """Change the spec, and nothing else."""
        yaml = YAML()
        yaml.width = 10_000
        yaml.preserve_quotes = True
        # Written by hand, it has anchors whose first use stands in one operation and the second in another.
        document: Any = yaml.load(self.root / SPEC)
        for change in changes:
            change(document)
        yaml.dump(document, self.root / SPEC)

    def generate(self) -> None:
        """Run `make generate`.

        Raises:
            SystemExit: it failed.
        """
        venv = Path(sys.prefix)
        command = ["make", "--no-print-directory", "generate", f"VENV={venv}", "-o", f"{venv}/.deps-stamp"]
        done = self._run(command)
        if done.returncode:
            raise SystemExit(f"`make generate` failed after the edit:\n{done.stdout}{done.stderr}")

    def changed(self) -> list[str]:
        """The files that are not as in the repository."""
        names = {
            path.relative_to(root).as_posix()
            for root in (ROOT, self.root)
            for folder in FOLDERS
            for path in (root / folder).rglob("*")
            if path.is_file() and not any(part.endswith(("_cache", "__pycache__")) for part in path.parts)
        } | set(FILES)
        ours, theirs = self.root, ROOT
        return sorted(
            name
            for name in names
            if not (ours / name).is_file()
            or not (theirs / name).is_file()
            or not filecmp.cmp(ours / name, theirs / name, shallow=False)
        )

    def ask(self, *edits: str) -> list[Told]:
        """Ask every consumer in the copy, in a process of its own, whether it knows these edits."""
        done = self._run([sys.executable, "-m", "tools.drill.probes", *edits])
        if done.returncode:
            raise SystemExit(f"the consumers could not be asked:\n{done.stdout}{done.stderr}")
        return [Told(**each) for each in json.loads(done.stdout)]

    def type_check(self) -> str | None:
        """Let mypy read the code, by hand and generated; what it says if it fails."""
        done = self._run([sys.executable, "-m", "mypy", "wrapper", "generated_client", "generator"])
        return done.stdout if done.returncode else None

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        roots = (self.root / "wrapper", self.root / "generated_client", self.root)
        return subprocess.run(
            command,
            cwd=self.root,
            # The copy's packages come before those that are installed.
            env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, roots)), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )
