"""This repository: where it is, what it holds, and what git says about it. Needs the standard library only."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SPEC = "openapi/app-engagement.yaml"
PACKAGES = {"lp_engagement": "wrapper", "lp_engagement_client": "generated_client"}
"""Each published package, and its folder."""
SECONDS = 60


def git(root: Path, *arguments: str) -> bytes | None:
    """Return the output of git; `None` if it fails."""
    try:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=False, timeout=SECONDS)  # noqa: S607
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


def files(root: Path, *folders: str) -> list[str] | None:
    """The files that belong to a repository, or to some of its folders: those that git knows, or would take.

    Returns:
        Paths from the root; `None` if git does not know.
    """
    said = git(root, "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", *folders)
    if said is None:
        return None
    return sorted({name for name in said.decode().split("\0") if name and (root / name).is_file()})
