"""A sandbox like a container's: its own processes, a read-only file system but for /tmp, no home, no environment."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).parents[2]
RECIPES = ROOT / "examples/recipes"
TMP = "/tmp"  # noqa: S108 - a container's
# Everything can be read, only /tmp can be written, and it is empty at the start and gone at the end.
_BWRAP = (
    *("bwrap", "--unshare-pid", "--die-with-parent", "--clearenv"),
    *("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", TMP),
    # A repository in /tmp would be hidden.
    *("--ro-bind", str(ROOT), str(ROOT)),
)


def need_sandbox() -> None:
    """Skip the calling test where there is no sandbox; in CI, where there has to be the program, fail."""
    if shutil.which("bwrap") is None:
        missing = "bwrap is not installed (Debian: apt-get install bubblewrap)"
        if os.environ.get("CI"):
            pytest.fail(missing, pytrace=False)
        pytest.skip(missing)
    done = subprocess.run([*_BWRAP, "true"], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"bwrap cannot create namespaces here: {done.stderr.strip()}")


def sandboxed(command: Sequence[str], environment: Mapping[str, str]) -> list[str]:
    """Return the command that runs `command` in the sandbox, in the recipes' folder and with this environment only."""
    variables = [part for name, value in environment.items() for part in ("--setenv", name, value)]
    return [*_BWRAP, *variables, "--chdir", str(RECIPES), *command]
