"""The runner of `make test-fresh`, on small pages with planted faults; the full run is not part of this."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from tools.fresh import __main__ as fresh
from tools.repository import ROOT, copies

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A test hands on nothing of the machine that it runs on, which may itself be a fresh one."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ["FRESH_MACHINE", *fresh.handed_on()]:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home folder with a folder that stands for the repository."""
    (tmp_path / "reader" / "lp-engagement").mkdir(parents=True)
    return tmp_path / "reader"


def page(*blocks: str) -> str:
    """A page with these shell blocks."""
    return "\n".join(f"# Page\n\n```sh\n{block}\n```\n" for block in blocks)


def test_the_readme_has_commands() -> None:
    """Each shell block of the README is found; an installation goes into a project of the reader's own."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found = dict(fresh.scripts(text, without=["make check"]))
    assert len(found) == text.count("```sh\n")
    commands = "\n".join(found.values()).splitlines()
    assert {"make demo", "make test"} <= set(commands)
    assert "make check" not in commands
    (installed,) = (script for script in found.values() if "pip install" in script)
    assert installed.startswith("python3 -m venv ~/project")


@pytest.mark.parametrize("planted", ["echo of no use; false", "no-such-program", "echo 'x", "false\ntrue"])
def test_planted_fault(home: Path, capsys: pytest.CaptureFixture[str], planted: str) -> None:
    """A block in which a command fails is named with its line, and what it printed is shown."""
    assert fresh.report(fresh.machine(home, None), page("echo right", planted)) == 1
    told = capsys.readouterr()
    assert [line.split(" (")[0] for line in told.out.splitlines()] == ["ok README.md:3", "NO README.md:9"]
    assert ("   | of no use" in told.err) == ("of no use" in planted)
    assert "   exit code " in told.err


def test_a_page_without_commands(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A page in which no command is found fails: it would prove nothing."""
    assert fresh.report(fresh.machine(home, None), "# Page\n\n```\nmake demo\n```\n") == 1
    assert capsys.readouterr().err == "there is no shell block\n"


def test_the_fix_is_printed(tmp_path: Path) -> None:
    """`make test-fresh` fails on a README with a failing command, and prints its fix last."""
    root = tmp_path / "copy"
    copies.copy(("Makefile", "tools/fresh", "tools/pages", "tools/repository"), root)
    (root / "README.md").write_text(page("echo of no use; false"))
    copies.commit(root)
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("env", "git", "make", "printf", "sh"):
        (programs / name).symlink_to(str(shutil.which(name)))
    # There is no bubblewrap on that PATH, so that no Debian is made for it.
    done = copies.make(root, "test-fresh", changes={"PATH": str(programs)})
    assert done.returncode
    assert "NO README.md:3" in done.stdout
    said = copies.complaints(done)
    assert said[0].startswith("WEAKER: no Debian of its own, because there is no bwrap here")
    assert "   | of no use" in said
    assert said[-1] == "fix: correct the reported page, or the program that its command runs"


def test_the_weaker_machine_is_emptied(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has the home folder and the variables that it is given, and no others."""
    monkeypatch.setenv("VIRTUAL_ENV", "/somewhere")
    monkeypatch.setenv("PIP_TIMEOUT", "7")
    done = fresh.run([*fresh.machine(home, None), "env"])
    told = dict(line.split("=", 1) for line in done.stdout.splitlines())
    assert set(told) <= {"FRESH_MACHINE", "HOME", "LANG", "LC_CTYPE", "PATH", "PIP_TIMEOUT", "PWD"}
    assert (told["HOME"], told["PIP_TIMEOUT"]) == (str(home), "7")


@pytest.mark.skipif(not fresh.TREE.is_dir(), reason="`make test-fresh` makes the Debian, where bubblewrap is permitted")
def test_the_debian_is_fresh(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It hides files, processes and programs of this machine; the user writes to the home folder and /tmp only."""
    (tmp_path / "hidden").touch()
    right = (
        "python3 -c 'import sys; assert sys.version_info >= (3, 11)'",
        "touch here ~/here /tmp/here",
        "test $$ -lt 9",
        "make --version; git --version; python3 -c 'import venv, ensurepip'",
    )
    absent = (
        "chromium",
        "curl",
        "docker",
        "gcc",
        "go",
        "java",
        "node",
        "npm",
        "pip",
        "pip3",
        "redis-server",
        "ruff",
        "uv",
    )
    wrong = ("touch /usr/here", f"test -e {tmp_path}/hidden", *(f"command -v {name}" for name in absent))
    assert fresh.report(fresh.machine(home, fresh.debian()), page(*right, *wrong)) == len(wrong), capsys.readouterr()
    assert [line[:2] for line in capsys.readouterr().out.splitlines()] == [*["ok"] * len(right), *["NO"] * len(wrong)]
    assert (home / "lp-engagement" / "here").exists()


def test_on_the_fresh_machine_there_is_no_other(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`make check` on the fresh machine does not begin again."""
    monkeypatch.setenv("FRESH_MACHINE", "1")
    monkeypatch.setattr(sys, "argv", ["fresh"])
    assert fresh.main() == 0
    assert capsys.readouterr().out == "this is the fresh machine already; its commands are being run\n"


def test_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Settings of pip and npm, certificates and proxies are handed on, with the files they name; nothing else is."""
    certificates = tmp_path / "certificates.pem"
    certificates.touch()
    monkeypatch.setenv("PIP_CERT", str(certificates))
    monkeypatch.setenv("PIP_INDEX_URL", f"https:/{certificates}")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:3128")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert set(fresh.handed_on()) == {"PIP_CERT", "PIP_INDEX_URL", "https_proxy"}
    assert [place for place in fresh.places() if place.startswith(str(tmp_path))] == [str(certificates)]


def test_clone(tmp_path: Path) -> None:
    """The clone has the uncommitted edits, additions and deletions, but not the ignored files."""
    root = tmp_path / "repository"
    root.mkdir()
    for name in ("kept", "edited", "deleted"):
        (root / name).write_text(name)
    (root / ".gitignore").write_text("ignored\n")
    copies.commit(root)
    (root / "edited").write_text("anew")
    (root / "deleted").unlink()
    (root / "folder").mkdir()
    for name in ("added", "ignored"):
        (root / "folder" / name).write_text(name)
    fresh.clone(root, tmp_path / "clone")
    found = {path.relative_to(tmp_path / "clone"): path for path in (tmp_path / "clone").rglob("*") if path.is_file()}
    texts = {str(name): path.read_text() for name, path in found.items() if name.parts[0] != ".git"}
    assert texts == {".gitignore": "ignored\n", "kept": "kept", "edited": "anew", "folder/added": "added"}
