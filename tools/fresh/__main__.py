"""`make test-fresh`: run the shell blocks of the README on a machine that has only Python, make and git.

    python -m tools.fresh [--full] [--without COMMAND]...

The machine is a Debian of its own, made by mmdebstrap, between the walls of bubblewrap. Where these are not permitted,
it is this one with an empty environment and home folder, which is weaker. On it is a clone of the repository, with all
that was edited since the last commit.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tools import pages
from tools.repository import ROOT, files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SUITE = "bookworm"
PACKAGES = ("ca-certificates", "git", "make", "python3", "python3-venv")
TREE = ROOT / "build" / "fresh" / "-".join((SUITE, *PACKAGES))
# An ordinary user, in namespaces of its own; the network is this machine's.
WALLS = (
    *("bwrap", "--unshare-user", "--uid", "1000", "--gid", "1000", "--unshare-pid", "--unshare-ipc", "--unshare-uts"),
    *("--hostname", "fresh", "--die-with-parent"),
)
# What pip and npm need to reach their index from here: handed on as it is, neither read nor shown.
SETTINGS = re.compile(r"(?i)(NPM_CONFIG|PIP|SSL_CERT)_.*|.*_CA_(BUNDLE|CERTS)|(ALL|HTTPS?|NO)_PROXY")
PLACES = ("/etc/hosts", "/etc/pip.conf", "/etc/resolv.conf", "/etc/ssl/certs/ca-certificates.crt")
OF_THE_USER = (".config/pip/pip.conf", ".pip/pip.conf", ".npmrc")
# What a page writes for the folder of the repository.
PLACEHOLDER = "/path/to/lp-engagement"
# A reader installs the package into an environment of his own project.
INSTALLATION = "python3 -m venv ~/project && . ~/project/bin/activate\n{}\nlp-engagement --version"
SECONDS = 1800
LINES = 40


class UnavailableError(Exception):
    """A Debian of its own cannot be had here."""


def run(command: Sequence[str], *, merged: bool = False) -> subprocess.CompletedProcess[str]:
    """Run a command of this machine."""
    told = subprocess.STDOUT if merged else subprocess.PIPE
    return subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=told, text=True, check=False, timeout=SECONDS
    )


def debian(tree: Path = TREE) -> Path:
    """The files of the Debian; made if they are not there yet.

    Raises:
        UnavailableError: they cannot be made, or used.
    """
    for program in ("bwrap", "mmdebstrap"):
        if shutil.which(program) is None:
            raise UnavailableError(f"there is no {program} here")
    tried = run([*WALLS, "--ro-bind", "/", "/", "true"])
    if tried.returncode:
        raise UnavailableError(f"namespaces are not permitted here: {tried.stderr.strip()}")
    if not tree.is_dir():
        begun, archive = tree.with_suffix(".begun"), tree.with_suffix(".tar")
        shutil.rmtree(begun, ignore_errors=True)
        begun.mkdir(parents=True)
        for command in (
            ["mmdebstrap", "--quiet", "--variant=minbase", f"--include={','.join(PACKAGES)}", SUITE, str(archive)],
            # Devices are bubblewrap's; only root could make them.
            ["tar", "-x", "--no-same-owner", "-f", str(archive), "-C", str(begun), "--exclude=./dev/*"],
        ):
            done = run(command)
            if done.returncode:
                raise UnavailableError(f"{command[0]} failed: {done.stderr.strip()[-500:]}")
        archive.unlink()
        begun.rename(tree)
    return tree


def clone(root: Path, to: Path) -> None:
    """Clone a repository as it is in its folder: with what was edited, added and deleted since the last commit."""
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(root), str(to)], check=True)  # noqa: S607
    known = files(root) or []
    for name in known:
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(root / name, to / name, follow_symlinks=False)
    for name in set(files(to) or []).difference(known):
        (to / name).unlink()


def handed_on() -> dict[str, str]:
    """The variables of this machine that the other one receives."""
    return {name: value for name, value in os.environ.items() if SETTINGS.fullmatch(name)}


def places() -> Iterator[str]:
    """The files and folders that it receives: the system's settings, and what the variables name."""
    named = {part for value in handed_on().values() for part in value.replace(os.pathsep, " ").split()}
    # What begins with two slashes is the rest of a URL.
    yield from (each for each in sorted(named.union(PLACES)) if re.match("/[^/]", each) and Path(each).exists())


def machine(home: Path, tree: Path | None) -> list[str]:
    """Return the command that runs another one on the fresh machine, in the repository's folder."""
    for name in OF_THE_USER:
        if (source := Path.home() / name).is_file():
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, home / name)
    # By FRESH_MACHINE `make check`, run on the machine, knows that it need not make another one.
    variables = {**handed_on(), "FRESH_MACHINE": "1", "LANG": "C.UTF-8", "HOME": str(home)}
    if tree is None:
        python = Path(getattr(sys, "_base_executable", sys.executable)).parent
        variables["PATH"] = os.pathsep.join(map(str, (python, "/usr/bin", "/bin")))
        return [
            "env",
            "-i",
            "-C",
            str(home / "lp-engagement"),
            *(f"{name}={value}" for name, value in variables.items()),
        ]
    variables |= {"PATH": "/usr/bin:/bin", "HOME": "/home/reader"}
    for place in places():
        # What something is mounted on must be there.
        at = tree / place.lstrip("/")
        at.parent.mkdir(parents=True, exist_ok=True)
        at.touch() if Path(place).is_file() else at.mkdir(exist_ok=True)
    for place in ("home/reader", PLACEHOLDER.lstrip("/")):
        (tree / place).mkdir(parents=True, exist_ok=True)
    return [
        *(*WALLS, "--ro-bind", str(tree), "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"),  # noqa: S108
        *(word for place in places() for word in ("--ro-bind", place, place)),
        *("--bind", str(home), "/home/reader", "--clearenv"),
        *("--bind", str(home / "lp-engagement"), PLACEHOLDER, "--chdir", PLACEHOLDER),
        *(word for variable in variables.items() for word in ("--setenv", *variable)),
    ]


def scripts(text: str, without: Iterable[str] = ()) -> Iterator[tuple[int, str]]:
    """The shell blocks of a page, each with its line and without the commands to leave out."""
    for block in pages.read(text).blocks:
        if block.language == "sh":
            script = "\n".join(line for line in block.text.splitlines() if line not in without)
            yield block.line, INSTALLATION.format(script) if "pip install" in script else script


def report(command: Sequence[str], text: str, without: Iterable[str] = ()) -> int:
    """Run the blocks of a page on the machine, print what comes of each, and return how many failed."""
    failed = count = 0
    for line, script in scripts(text, without):
        count += 1
        start = time.monotonic()
        done = run([*command, "sh", "-exc", script], merged=True)
        print(f"{'NO' if done.returncode else 'ok'} README.md:{line} ({time.monotonic() - start:.1f} s)", flush=True)
        if done.returncode:
            failed += 1
            shown = "".join(f"   | {each}\n" for each in done.stdout.splitlines()[-LINES:])
            print(f"   exit code {done.returncode}\n{shown}", end="", file=sys.stderr, flush=True)
    if not count:
        print("there is no shell block", file=sys.stderr)
    return failed if count else 1


def main() -> int:
    """Run as a command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="run all tests where the page says `make test`")
    parser.add_argument("--without", action="append", default=[], metavar="COMMAND", help="leave out a command")
    arguments = parser.parse_args()
    if "FRESH_MACHINE" in os.environ:
        print("this is the fresh machine already; its commands are being run")
        return 0
    tree: Path | None = None
    try:
        tree = debian()
    except UnavailableError as error:
        print(f"WEAKER: no Debian of its own, because {error}", file=sys.stderr)
    # This check is about the set-up: it collects all tests but runs few.
    few = () if arguments.full else ("PYTEST_ARGS=-k cart",)
    with tempfile.TemporaryDirectory(prefix="fresh-", ignore_cleanup_errors=True) as home:
        clone(ROOT, Path(home, "lp-engagement"))
        text = Path(home, "lp-engagement", "README.md").read_text(encoding="utf-8")
        if tree is None:
            text = text.replace(PLACEHOLDER, str(Path(home, "lp-engagement")))
        failed = report([*machine(Path(home), tree), "env", *few], text, arguments.without)
    if not failed:
        title = "this machine, emptied" if tree is None else f"Debian {SUITE} with {', '.join(PACKAGES)}"
        print(f"every command of README.md{''.join(f' but {each}' for each in arguments.without)} works on {title}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
