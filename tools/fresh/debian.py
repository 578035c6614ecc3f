"""A Debian of its own to be fresh on: its files by mmdebstrap, its walls by bubblewrap."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from . import settings
from .machine import Machine

if TYPE_CHECKING:
    from collections.abc import Sequence

SUITE = "bookworm"
PACKAGES = ("ca-certificates", "git", "make", "python3", "python3-venv")
# Of the folder with its files.
NAME = "-".join((SUITE, *PACKAGES))


class UnavailableError(Exception):
    """This machine cannot be had here."""


class Debian(Machine):
    """A Debian with a few packages and nothing of this machine but its network, made by mmdebstrap and bubblewrap.

    Args:
        scratch: an empty folder for all that the user writes.
        tree: the files of the Debian; the user cannot write them.
    """

    title = f"Debian {SUITE}, with {', '.join(PACKAGES)}"
    hides_files = True
    path = "/usr/local/bin:/usr/bin:/bin"
    _HOME = Path("/home/reader")
    # An ordinary user, in namespaces of its own; the network is this machine's.
    _ISOLATED = (
        *("--unshare-user", "--uid", "1000", "--gid", "1000", "--unshare-pid", "--unshare-ipc", "--unshare-uts"),
        *("--hostname", "fresh", "--die-with-parent"),
    )

    def __init__(self, scratch: Path, tree: Path) -> None:
        super().__init__(scratch)
        self._tree = tree.resolve()
        # Looked for here: the PATH of the machine is another one.
        self._bwrap = shutil.which("bwrap") or "bwrap"
        self._places = list(settings.places(settings.variables(os.environ).values()))
        for place in (self._HOME, *self._places):
            _make_room(tree / place.relative_to("/"), place)

    @classmethod
    def check(cls) -> None:
        """See whether bubblewrap is there, and allowed.

        Raises:
            UnavailableError: it is not.
        """
        if shutil.which("bwrap") is None:
            raise UnavailableError("there is no bwrap here (Debian package bubblewrap)")
        done = _run(["bwrap", *cls._ISOLATED, "--ro-bind", "/", "/", "true"])
        if done.returncode:
            raise UnavailableError(f"namespaces are not permitted here: {done.stderr.strip()}")

    def inside(self, path: Path) -> str:  # noqa: D102
        if path == self.temporary:
            return "/tmp"  # noqa: S108 - the machine's own
        return str(self._HOME / path.relative_to(self.home))

    def command(self, command: Sequence[str], folder: Path) -> list[str]:  # noqa: D102
        binds = [("--ro-bind", str(place), str(place)) for place in self._places]
        return [
            *(self._bwrap, *self._ISOLATED, "--ro-bind", str(self._tree), "/", "--proc", "/proc", "--dev", "/dev"),
            *("--bind", str(self.home), self.inside(self.home), "--bind", str(self.temporary), "/tmp"),  # noqa: S108
            *(word for bind in binds for word in bind),
            *("--chdir", self.inside(folder), "--", *command),
        ]


def tree(cache: Path) -> Path:
    """The files of the Debian; made if they are not there yet.

    Args:
        cache: the folder to keep them in.

    Raises:
        UnavailableError: they cannot be made.
    """
    made = cache / NAME
    if made.is_dir():
        return made
    if shutil.which("mmdebstrap") is None:
        raise UnavailableError("there is no mmdebstrap here (Debian package mmdebstrap)")
    cache.mkdir(parents=True, exist_ok=True)
    archive, begun = made.with_suffix(".tar"), made.with_suffix(".begun")
    shutil.rmtree(begun, ignore_errors=True)
    begun.mkdir()
    for command in (
        ["mmdebstrap", "--quiet", "--variant=minbase", f"--include={','.join(PACKAGES)}", SUITE, str(archive)],
        # Devices are bubblewrap's; only root could make them.
        ["tar", "-x", "--no-same-owner", "-f", str(archive), "-C", str(begun), "--exclude=./dev/*"],
    ):
        done = _run(command)
        if done.returncode:
            raise UnavailableError(f"{command[0]} failed: {done.stderr.strip()[-500:]}")
    archive.unlink()
    return begun.rename(made)


def _make_room(place: Path, like: Path) -> None:
    """Make what something can be mounted on."""
    if place.exists():
        return
    if like.is_file():
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    else:
        place.mkdir(parents=True)


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=900)
