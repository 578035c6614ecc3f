"""The interface of a fresh machine, and one that works anywhere."""

from __future__ import annotations

import os
import shutil
import venv
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from . import settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# What the weaker machine has beside Python.
PROGRAMS = (
    *("awk", "basename", "bash", "cat", "chmod", "cmp", "comm", "cp", "cut", "date", "diff", "dirname", "du", "echo"),
    *("env", "expr", "false", "find", "git", "grep", "head", "hostname", "id", "install", "kill", "ln", "ls", "make"),
    *("md5sum", "mkdir", "mktemp", "mv", "nproc", "od", "paste", "printf", "pwd", "readlink", "realpath", "rm"),
    *("rmdir", "sed", "seq", "sh", "sha256sum", "sleep", "sort", "stat", "tail", "tar", "tee", "test", "timeout"),
    *("touch", "tr", "true", "uname", "uniq", "wc", "which", "xargs"),
)


class Machine(ABC):
    """A machine, and the home folder of its one user.

    Args:
        scratch: an empty folder for all that the user writes.

    Attributes:
        title: what it is.
        hides_files: whether files of this machine cannot be seen on it.
        path: where its programs are found.
    """

    title: ClassVar[str]
    hides_files: ClassVar[bool]
    path: str

    def __init__(self, scratch: Path) -> None:
        self.home = scratch / "home"
        self.temporary = scratch / "tmp"
        for folder in (self.home, self.temporary):
            folder.mkdir(parents=True)
        settings.copy_to(self.home)

    @abstractmethod
    def inside(self, path: Path) -> str:
        """Translate a path below the home folder to its path on the machine."""

    @abstractmethod
    def command(self, command: Sequence[str], folder: Path) -> list[str]:
        """Return the local command that runs a command in the folder on the machine."""

    @property
    def environment(self) -> dict[str, str]:
        """All variables that a command finds."""
        return {
            **settings.variables(os.environ),
            # By this `make check`, run on the machine, knows that it need not make another one.
            "FRESH_MACHINE": "1",
            "HOME": self.inside(self.home),
            "LANG": "C.UTF-8",
            "PATH": self.path,
            "TMPDIR": self.inside(self.temporary),
        }


class Plain(Machine):
    """The weaker machine: this one with an empty environment, and a PATH that has a few programs only.

    Args:
        scratch: an empty folder for all that the user writes.
    """

    title = "this machine with an empty environment, an empty home folder and few programs on the PATH"
    hides_files = False

    def __init__(self, scratch: Path) -> None:
        super().__init__(scratch)
        self.programs = scratch / "python" / "bin"
        self.path = str(self.programs)
        # A virtual environment's Python does not see what else is installed for its base.
        venv.create(self.programs.parent, symlinks=True)
        for program in self.programs.iterdir():
            if not program.name.startswith("python"):
                program.unlink()
        for name in PROGRAMS:
            found = shutil.which(name)
            if found:
                (self.programs / name).symlink_to(found)

    def inside(self, path: Path) -> str:  # noqa: D102
        return str(path)

    def command(self, command: Sequence[str], folder: Path) -> list[str]:  # noqa: ARG002, D102
        return list(command)
