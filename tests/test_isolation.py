"""The action and the hook run no code from the folder whose files they check."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.validating import BAD

ROOT = Path(__file__).parent.parent
SCRIPT = "tools/action/validate.sh"
LOCK = "requirements/cli.txt"
# pip's words when the package index is out of reach.
OFFLINE = re.compile("No matching distribution|Could not find a version|NewConnectionError|timed out")
# Names that Python looks up, at its start or for the commands that the set-up and the check consist of.
PLANTED = (
    *("venv.py", "ensurepip/__init__.py", "pip/__init__.py", "pip/__main__.py", "sysconfig.py", "site.py"),
    *("sitecustomize.py", "usercustomize.py", "click/__init__.py", "json/__init__.py", "runpy.py"),
    *("lp_engagement/__init__.py", "lp_engagement/cli/__init__.py", "lp_engagement/cli/__main__.py"),
    *("lp_engagement_client/__init__.py",),
)

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A stranger's checkout: one bad payload, and modules that leave a mark beside it when they run."""
    folder = tmp_path / "checkout"
    for name in PLANTED:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        mark = tmp_path / "marks" / name.replace("/", ".")
        path.write_text(f"open({str(mark)!r}, 'w').close()\nraise SystemExit(0)\n", encoding="utf-8")
    (tmp_path / "marks").mkdir()
    (folder / "bad.json").write_text(BAD, encoding="utf-8")
    return folder


def marks(checkout: Path) -> list[str]:
    """The planted modules that ran."""
    return sorted(path.name for path in (checkout.parent / "marks").iterdir())


def act(folder: Path, home: Path = ROOT, **changes: str) -> subprocess.CompletedProcess[str]:
    """Run the action's script in a folder, as the runner does; the job has put the folder on Python's path."""
    given = {"HOME_OF_ACTION": str(home), "PYTHON": sys.executable, "FILES": "*.json", "KIND": "auto", "STRICT": ""}
    return subprocess.run(
        [shutil.which("bash") or "bash", str(home / SCRIPT)],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": f"{folder}:.", "TMPDIR": str(folder.parent)} | given | changes,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_the_planted_modules_would_run(checkout: Path) -> None:
    """Without isolation a Python in this checkout runs what was planted, so the other tests can fail."""
    for command in (["-m", "venv", "x"], ["-m", "pip"], ["-m", "lp_engagement.cli"], ["-c", "import click"]):
        subprocess.run([sys.executable, *command], cwd=checkout, check=False, capture_output=True, timeout=60)
    assert {"venv.py", "click.__init__.py", "lp_engagement.__init__.py"} <= set(marks(checkout))
    assert {"pip.__init__.py", "pip.__main__.py"} & set(marks(checkout))


def test_set_up_runs_nothing_of_the_checkout(checkout: Path, tmp_path: Path) -> None:
    """From the version check to the command, no module of the checkout runs; here with a lock that names nothing."""
    home = tmp_path / "action"
    for name in ("wrapper", "generated_client", "tools/action"):
        shutil.copytree(ROOT / name, home / name, ignore=shutil.ignore_patterns("__pycache__"))
    (home / LOCK).parent.mkdir()
    (home / LOCK).write_text("# nothing\n", encoding="utf-8")
    done = act(checkout, home)
    # Without click the command ends with a sentence of its own: it was found, and it was ours.
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert "needs the extra `cli`" in done.stderr
    assert marks(checkout) == []


def test_check_runs_nothing_of_the_checkout(checkout: Path) -> None:
    """With an environment that is ready, the file is checked and no module of the checkout runs."""
    done = act(checkout, VENV_OF_ACTION=sys.prefix)
    assert done.returncode == 1, done.stderr
    assert "::error file=bad.json,line=1,col=27" in done.stdout
    assert marks(checkout) == []


def test_whole_action(checkout: Path) -> None:
    """The action sets itself up from its own lock, hashes and all, and annotates the bad file."""
    done = act(checkout)
    if "CI" not in os.environ and OFFLINE.search(done.stdout + done.stderr):
        pytest.skip("the package index is out of reach")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "::error file=bad.json,line=1,col=27" in done.stdout
    assert marks(checkout) == []
    # Nothing was built, and nothing lies in the working folder that was not there before.
    assert {path.name for path in checkout.iterdir()} == {"bad.json", *(name.partition("/")[0] for name in PLANTED)}


def test_lock_has_the_versions_of_the_tests() -> None:
    """The action's lock names the command's libraries, each with hashes, in the versions that the tests run with."""
    locks = [(ROOT / "requirements" / name).read_text(encoding="utf-8") for name in ("cli.txt", "dev.txt")]
    mine, tested = [dict(re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE)) for text in locks]
    assert {"anyio", "click", "httpx", "jsonschema-rs", "platformdirs", "ruamel-yaml", "sniffio"} <= set(mine)
    assert mine.items() <= tested.items()
    entries = re.split(r"^(?=[\w.-]+==)", locks[0], flags=re.MULTILINE)[1:]
    assert len(entries) == len(mine)
    assert all("--hash=sha256:" in entry for entry in entries)


def python_of(folder: Path, version: str) -> Path:
    """A stand-in for a Python: it answers the action's question for its version, and cannot do anything else."""
    path = folder / "python-of-a-runner"
    path.write_text(f'#!/bin/sh\n[ "$1 $2" = "-I -c" ] || exit 99\necho "{version}"\n', encoding="utf-8")
    path.chmod(0o755)
    return path


def old_python() -> str | None:
    """A real Python that is too old, where the machine has one."""
    found = [shutil.which(f"python3.{minor}") for minor in range(6, 11)]
    found += [str(path) for path in Path.home().glob(".pyenv/versions/3.[6-9].*/bin/python3")]
    found += [str(path) for path in Path.home().glob(".pyenv/versions/3.10.*/bin/python3")]
    for path in filter(None, found):
        done = subprocess.run([path, "-c", ""], capture_output=True, check=False, timeout=60)
        if done.returncode == 0:
            return path
    return None


def test_old_python_is_refused_before_the_set_up(tmp_path: Path) -> None:
    """A Python below 3.11 is refused by its version, with the way out, before a venv or pip has started."""
    (tmp_path / "scratch").mkdir()
    done = act(tmp_path, PYTHON=str(python_of(tmp_path, "3.10 too old")), TMPDIR=str(tmp_path / "scratch"))
    assert (done.returncode, done.stderr) == (2, "")
    assert done.stdout == (
        "::error title=lp-engagement::lp-engagement needs Python 3.11 or newer, not 3.10. "
        "Add actions/setup-python before this step.\n"
    )
    assert list((tmp_path / "scratch").iterdir()) == []


def test_real_old_python_is_refused(tmp_path: Path) -> None:
    """The same with a real Python that is too old."""
    old = old_python()
    if old is None:
        pytest.skip("no Python below 3.11 is on this machine")
    done = act(tmp_path, PYTHON=old)
    assert done.returncode == 2
    assert re.match(
        r"::error title=lp-engagement::lp-engagement needs Python 3\.11 or newer, not 3\.\d+\.", done.stdout
    )


@pytest.mark.parametrize("python", ["no-such-python", "false", "", "$(touch hacked)"])
def test_no_python_is_said(python: str, tmp_path: Path) -> None:
    """An input that names no Python ends the step with a sentence; none of its characters is run by the shell."""
    done = act(tmp_path, PYTHON=python)
    assert (done.returncode, done.stderr) == (2, "")
    assert done.stdout.startswith("::error title=lp-engagement::The input «python» names no Python 3.11 or newer.")
    assert not (tmp_path / "hacked").exists()
