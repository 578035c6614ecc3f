"""The repository as a reader clones it."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def clone(root: Path, to: Path) -> None:
    """Clone a repository as it is in its folder: with what was edited, added and deleted since the last commit."""

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(root), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    git("clone", "--quiet", "--no-local", "--no-hardlinks", str(root), str(to))
    for name in git("ls-files", "--cached", "--others", "--exclude-standard", "-z").split("\0"):
        here, there = root / name, to / name
        if name and (here.is_file() or here.is_symlink()):
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(here, there, follow_symlinks=False)
    for name in git("ls-files", "--deleted", "-z").split("\0"):
        if name:
            (to / name).unlink(missing_ok=True)
