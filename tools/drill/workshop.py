"""Copies of the repository, each with one edit in its spec and `make generate` run in it."""

from __future__ import annotations

import filecmp
import json
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from ruamel.yaml import YAML

from tools.repository import ROOT, SPEC
from tools.repository.copies import copy, make, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from .edits import Document

FOLDERS = (
    *("docs", "generated_client", "generator", "openapi", "tests/typing", "tools/drill", "tools/repository"),
    "wrapper",
)
FILES = ("Makefile", "README.md", "pyproject.toml", "requirements/dev.txt")


class Told(NamedTuple):
    """The result of a probe.

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
        copy((*FOLDERS, *FILES), root)

    def edit(self, changes: Iterable[Callable[[Document], None]]) -> None:
        """Change the spec, and nothing else."""
        yaml = YAML()
        yaml.width = 10_000
        yaml.preserve_quotes = True
        # The spec has YAML anchors that are used across operations.
        document: Any = yaml.load(self.root / SPEC)
        for change in changes:
            change(document)
        yaml.dump(document, self.root / SPEC)

    def generate(self) -> None:
        """Run `make generate`.

        Raises:
            SystemExit: it failed.
        """
        done = make(self.root, "generate")
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
        done = run([sys.executable, "-m", "tools.drill.probes", *edits], self.root)
        if done.returncode:
            raise SystemExit(f"the consumers could not be asked:\n{done.stdout}{done.stderr}")
        return [Told(**each) for each in json.loads(done.stdout)]

    def type_check(self) -> str | None:
        """Let mypy read the code, by hand and generated; what it says if it fails."""
        done = run([sys.executable, "-m", "mypy", "wrapper", "generated_client", "generator"], self.root)
        return done.stdout if done.returncode else None
