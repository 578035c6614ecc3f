"""Copies of what is in the repository, in which something may be changed, and commands and `make` there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from . import PACKAGES, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

MODULES = ("tools/redocly/node_modules", "tools/peers/node_modules")
SECONDS = 300
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "*_cache", ".hypothesis", "node_modules")


def copy(names: Iterable[str], to: Path) -> None:
    """Copy files and folders of the repository, each to its place below another folder."""
    for name in names:
        source, target = ROOT / name, to / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=_LEFT_OUT)
        else:
            shutil.copy2(source, target)


def commit(folder: Path, tag: str | None = None) -> None:
    """Make a repository of a folder, with one commit, and a tag if there is to be one."""
    who = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    commands = [["init", "--initial-branch=main"], ["add", "--all"], [*who, "commit", "-m", "first"]]
    for arguments in [*commands, ["tag", tag]] if tag else commands:
        subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=True, timeout=SECONDS)  # noqa: S607


def run(command: list[str], folder: Path, changes: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command in a copy; it finds the packages of the copy before those that are installed.

    Args:
        command: what to run.
        folder: where.
        changes: environment variables that differ.
    """
    roots = [str(folder / home) for home in PACKAGES.values()]
    # The variables that make and pytest set for their own children do not apply to these, and there is no terminal.
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "PYTEST_"))
    }
    return subprocess.run(
        command,
        cwd=folder,
        env={**inherited, "NO_COLOR": "1", "PYTHONPATH": os.pathsep.join([*roots, str(folder)]), **(changes or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )


def make(folder: Path, *arguments: str, changes: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run `make` in a copy. Nothing is installed, whatever has changed: the environment is the one that this runs in.

    Args:
        folder: where.
        arguments: the target, and what belongs to it.
        changes: environment variables that differ.
    """
    venv = sys.prefix
    if " " in venv:
        # Which would be the end of the name for make.
        venv = ".venv"
        if not (folder / venv).exists():
            (folder / venv).symlink_to(sys.prefix)
    ready = (f"{venv}/.deps-stamp", *(f"{place}/.ready-stamp" for place in (venv, *MODULES)))
    stamps = [word for stamp in ready for word in ("-o", stamp)]
    return run(["make", "--no-print-directory", *arguments, f"VENV={venv}", *stamps], folder, changes)


def complaints(done: subprocess.CompletedProcess[str]) -> list[str]:
    """Return the stderr of a target of make, without make's own last lines."""
    return [line for line in done.stderr.splitlines() if not line.startswith("make: ")]
