"""The runner of `make test-fresh`, on small pages with planted faults; the full run is not part of this."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tools.fresh import __main__ as command
from tools.fresh import debian, settings
from tools.fresh.machine import Plain
from tools.fresh.reader import Reader
from tools.fresh.repository import clone
from tools.fresh.steps import differences, steps
from tools.repository import ROOT, copies

if TYPE_CHECKING:
    from pathlib import Path

TREE = command.CACHE / debian.NAME
SERVER = """
import pathlib, signal, socket, sys
server = socket.create_server(("127.0.0.1", 0))
if "--silent" in sys.argv:
    sys.exit("no scenario")
print(f"serving on http://127.0.0.1:{server.getsockname()[1]}", flush=True)
if "--once" in sys.argv:
    server.accept()
    server.close()
    pathlib.Path("ended").touch()
else:
    signal.pause()
"""


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A test hands on nothing of the machine that it runs on, which may itself be a fresh one."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ["FRESH_MACHINE", *settings.variables(os.environ)]:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def machine(tmp_path: Path) -> Plain:
    """The machine that can be had anywhere, with a folder that stands for the repository."""
    machine = Plain(tmp_path / "machine")
    package = machine.home / "lp-engagement" / "lp_engagement"
    package.mkdir(parents=True)
    (package / "simulator.py").write_text(SERVER)
    return machine


@pytest.fixture
def reader(machine: Plain) -> Reader:
    """A reader at that machine."""
    return Reader(machine, machine.home / "lp-engagement", {"PYTEST_ARGS": "-k cart"})


def page(*commands: str, below: str = "") -> tuple[str, str]:
    """A page with one block of commands."""
    return "page.md", "\n".join(["# Page", "", "```sh", *commands, "```", "", below])


def read(*commands: str, below: str = "") -> list[tuple[int, str]]:
    """The commands that a page is found to have, each with its line."""
    return [(step.line, step.command) for step in steps(*page(*commands, below=below))]


# ------------------------------------------------------------------------------------------------ what a page says


def test_commands_take_as_many_lines_as_the_shell_needs() -> None:
    """A pipe, a backslash and an open quote go on in the next line; blank lines and comments are no commands."""
    assert read("make demo", "", "# then", "echo 1 |", "  cat", "a \\", "  b", "echo 'x", "y'") == [
        (4, "make demo"),
        (7, "echo 1 |\n  cat"),
        (9, "a \\\n  b"),
        (11, "echo 'x\ny'"),
    ]


def test_a_command_without_an_end_is_a_command() -> None:
    """A command that a shell would wait for is not skipped."""
    assert read("true", "echo 'x") == [(4, "true"), (5, "echo 'x")]


def test_json_is_shown_right_below() -> None:
    """Only JSON that follows with nothing between is what the last command prints."""
    shown = '```json\n{"a": 1}\n```'
    assert [step.shown for step in steps(*page("true", "false", below=shown))] == [None, {"a": 1}]
    assert [step.shown for step in steps(*page("true", below=f"Such a file:\n\n{shown}"))] == [None]


@pytest.mark.parametrize(
    "shown, told, found",
    [
        ({"a": 1, "b": [{"c": "x"}]}, {"a": 2.5, "b": [{"c": "y"}, {"c": "z"}]}, []),
        ({"a": 1}, {}, ["/a is shown, but not printed"]),
        ({"a": {}}, {"a": {"b": 1}}, ["/a/b is printed, but not shown"]),
        ({"a": True}, {"a": 1}, ["/a is shown as boolean, and printed as number"]),
        ({"a": [{"b": 1}]}, {"a": [{"b": None}]}, ["/a/0/b is shown as number, and printed as null"]),
        ([1], [], ["/ is shown with 1 entries, and printed with 0"]),
    ],
)
def test_shapes(shown: Any, told: Any, found: list[str]) -> None:
    """Keys and kinds are compared, values are not."""
    assert list(differences(shown, told)) == found


def test_what_make_check_has_done_is_not_done_again(reader: Reader, machine: Plain) -> None:
    """After `make check` a target that belongs to it is looked for, and no more; one that is not there is a fault."""
    makefile = machine.home / "lp-engagement" / "Makefile"
    makefile.write_text("check:\n\ttouch checked\nlint:\n\ttouch linted\n")
    told = {step.command: fault for step, fault in reader.read(steps(*page("make check", "make lint", "make types")))}
    assert [command for command, fault in told.items() if fault] == ["make types"]
    assert [(makefile.parent / name).exists() for name in ("checked", "linted")] == [True, False]


def test_the_readme_has_commands() -> None:
    """The commands of the README are found, and the JSON that a page shows below a command belongs to it."""
    found = list(steps("README.md", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert {"make demo", "make test", "make check"} <= {step.command for step in found}
    page = ROOT / "docs" / "command-line.md"
    found = list(steps(page.name, page.read_text(encoding="utf-8")))
    assert [step.command.split()[0] for step in found if step.shown] == ["echo"]


# ------------------------------------------------------------------------------------------- what comes of typing it


def test_a_page_that_is_right(reader: Reader, capsys: pytest.CaptureFixture[str]) -> None:
    """Commands that do what is said are listed with their lines, without those to leave out; there is no complaint."""
    commands = ("test -d /path/to/lp-engagement/lp_engagement", 'test "$PYTEST_ARGS" = "-k cart"', "echo '{\"a\": 2}'")
    right = page("false", *commands, below='```json\n{"a": 1}\n```')
    assert command.report(reader, [right], without=["false"]) == 0
    told = capsys.readouterr()
    assert [line.split("  ")[0] for line in told.out.splitlines()] == ["ok page.md:5", "ok page.md:6", "ok page.md:7"]
    assert told.err == ""


@pytest.mark.parametrize(
    "planted, complaint",
    [
        ("echo of no use; exit 3", "exit code 3\n   | of no use"),
        ("node --version", "it needs a program that a fresh machine has not\n   | "),
        ("echo 'x", "exit code 2\n   | "),
        ("echo '{\"b\": 1}'", "/a is shown, but not printed\n   | "),
        ("echo a", "the page shows JSON below it, and it prints none\n   | a"),
        ("python3 -m lp_engagement.simulator --silent", "it does not serve\n   | no scenario"),
    ],
)
def test_planted_fault(reader: Reader, capsys: pytest.CaptureFixture[str], planted: str, complaint: str) -> None:
    """A command that fails, lacks a program, or prints another thing than is shown is named with its line and why."""
    assert command.report(reader, [page("true", planted, below='```json\n{"a": 1}\n```')]) == 1
    told = capsys.readouterr()
    assert "ok page.md:4  true" in told.out
    assert "NO page.md:5  " in told.out
    assert complaint in told.err


def test_a_page_without_commands(reader: Reader, capsys: pytest.CaptureFixture[str]) -> None:
    """A page in which no command is found fails: it would prove nothing."""
    assert command.report(reader, [("page.md", "# Page\n\n```\nmake demo\n```\n")]) == 1
    assert capsys.readouterr().err == "there is no command in a shell block\n"


def test_a_command_that_does_not_end(machine: Plain) -> None:
    """A command that takes too long is killed and reported."""
    reader = Reader(machine, machine.home / "lp-engagement", seconds=0.1)
    ((_, fault),) = reader.read(steps(*page("sleep 60")))
    assert fault is not None
    assert "it took more than" in fault.why


def test_a_server_runs_until_the_page_ends(reader: Reader, machine: Plain) -> None:
    """A server does not hold the commands after it up, runs while they do, and is stopped after the last one."""
    serve = "echo $$ > server; exec python3 -m lp_engagement.simulator"
    found = [fault for _, fault in reader.read(steps(*page(serve, "kill -0 $(cat server)")))]
    assert found == [None, None]
    process = (machine.home / "lp-engagement" / "server").read_text().strip()
    assert subprocess.run(["/bin/sh", "-c", f"kill -0 {process}"], capture_output=True, check=False).returncode


def test_a_server_that_ends_by_itself(reader: Reader) -> None:
    """A server that is gone when the page ends is a fault, even if it has said that it serves."""
    commands = ("python3 -m lp_engagement.simulator --once", "until test -e ended; do :; done")
    found = [fault for _, fault in reader.read(steps(*page(*commands)))]
    assert [fault is None for fault in found] == [True, True, False]
    assert found[-1] is not None
    assert found[-1].step.line == 4


def test_the_fix_is_printed(machine: Plain, tmp_path: Path) -> None:
    """`make test-fresh` fails on a README with a failing command, and prints its fix last."""
    root = tmp_path / "copy"
    copies.copy(("Makefile", "tools/fresh", "tools/pages", "tools/repository"), root)
    (root / "README.md").write_text(page("echo of no use; false")[1])
    copies.commit(root)
    # There is no bubblewrap on that PATH, so that no Debian is made for it.
    done = copies.make(root, "test-fresh", changes={"PATH": machine.path})
    assert done.returncode
    assert "NO README.md:4  echo of no use; false" in done.stdout
    said = copies.complaints(done)
    assert said[0].startswith("WEAKER")
    assert "   | of no use" in said
    assert said[-1] == "fix: correct the reported page, or the program that its command runs"


# ----------------------------------------------------------------------------------------------- how fresh it is


def test_the_weaker_machine_is_fresh(reader: Reader, tmp_path: Path) -> None:
    """Of our tools none is on its PATH, of our packages none can be imported, and its environment has what we set."""
    assert list(reader.impurities(tmp_path)) == []


def test_impurities(reader: Reader, machine: Plain) -> None:
    """A tool of another kind, an installed package and a lacking program are each found."""
    (machine.programs / "node").symlink_to("/bin/sh")
    (machine.programs / "ruff").symlink_to("/bin/sh")
    (machine.programs / "make").unlink()
    (site,) = machine.programs.parent.glob("lib/python3*/site-packages")
    (site / "attrs-26.1.dist-info").mkdir()
    (site / "attrs-26.1.dist-info" / "METADATA").write_text("Name: attrs\nVersion: 26.1\n")
    assert list(reader.impurities(machine.home)) == [
        "there is no make",
        "node is on the PATH",
        "ruff is on the PATH",
        "the package attrs is installed",
    ]


@pytest.mark.skipif(not TREE.is_dir(), reason="`make test-fresh` makes the Debian, where bubblewrap is permitted")
def test_the_debian_is_fresh(tmp_path: Path) -> None:
    """A Debian of its own hides the files and processes of this machine; the user writes below the home folder only."""
    machine = debian.Debian(tmp_path / "machine", TREE)
    (machine.home / "lp-engagement").mkdir()
    reader = Reader(machine, machine.home / "lp-engagement")
    hidden = tmp_path / "hidden"
    hidden.touch()
    assert list(reader.impurities(hidden)) == []
    commands = (
        "touch here ~/here /tmp/here",
        "touch /usr/here",
        f"test -e {hidden}",
        "test $$ -lt 9",
    )
    assert [fault is None for _, fault in reader.read(steps(*page(*commands)))] == [True, False, False, True]
    assert (machine.home / "lp-engagement" / "here").exists()


def test_without_namespaces_the_weaker_machine(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where there is no bubblewrap the weaker machine takes its place, and says so."""
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert isinstance(command.machine(tmp_path / "machine", tmp_path, plain=False), Plain)
    assert capsys.readouterr().err.startswith("WEAKER: no Debian of its own, because there is no bwrap here")


def test_on_the_fresh_machine_there_is_no_other(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`make check` on the fresh machine does not begin again."""
    monkeypatch.setenv("FRESH_MACHINE", "1")
    monkeypatch.setattr(sys, "argv", ["fresh"])
    assert command.main() == 0
    assert capsys.readouterr().out == "this is the fresh machine already; its commands are being typed\n"


# ---------------------------------------------------------------------------------------------- what is handed on


def test_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Settings of pip and npm, certificates and proxies are handed on, with the files they name; nothing else is."""
    certificates = tmp_path / "certificates.pem"
    certificates.touch()
    (tmp_path / ".config" / "pip").mkdir(parents=True)
    (tmp_path / ".config" / "pip" / "pip.conf").write_text("[global]\n")
    (tmp_path / ".netrc").touch()
    environment = {
        "PIP_CERT": str(certificates),
        "PIP_INDEX_URL": f"https:/{certificates}",
        "https_proxy": "http://127.0.0.1:3128",
        "VIRTUAL_ENV": str(tmp_path),
        "PYTHONPATH": str(tmp_path),
    }
    handed_on = settings.variables(environment)
    assert list(handed_on) == ["PIP_CERT", "PIP_INDEX_URL", "https_proxy"]
    below = [place for place in settings.places(handed_on.values()) if tmp_path in place.parents]
    assert below == [certificates]
    settings.copy_to(tmp_path / "home")
    assert [path.name for path in (tmp_path / "home").rglob("*") if path.is_file()] == ["pip.conf"]


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
    clone(root, tmp_path / "clone")
    found = {path.relative_to(tmp_path / "clone"): path for path in (tmp_path / "clone").rglob("*") if path.is_file()}
    texts = {str(name): path.read_text() for name, path in found.items() if name.parts[0] != ".git"}
    assert texts == {".gitignore": "ignored\n", "kept": "kept", "edited": "anew", "folder/added": "added"}


def test_a_machine_without_python(reader: Reader, machine: Plain) -> None:
    """A machine whose Python cannot be asked is no fresh machine."""
    (machine.programs / "python3").unlink()
    (machine.programs / "python3").symlink_to("/bin/false")
    with pytest.raises(RuntimeError, match="python3 does not run"):
        list(reader.impurities(machine.home))
