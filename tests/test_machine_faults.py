"""Failures of the machine under a command: full disks, closed streams, odd files. Exit code 2, one sentence."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lp_engagement.stores import SQLiteStore
from lp_engagement.validation import pieces
from lp_engagement.validation import run as run_module
from lp_engagement.validation.checker import Checker, Options
from lp_engagement.validation.reports.sarif import MOST_RESULTS, SarifReport
from tests.validating import BAD, FORMATS, GOOD, problems, validate

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the devices of Linux")

COMMANDS = {
    "validate": ["validate", "good.json"],
    "sarif": ["validate", "--format", "sarif", "good.json"],
    "spec": ["spec"],
    "explain": ["explain"],
    "explain-one": ["explain", "LPE102"],
    "engage": ["engage", "--account", "1", "--key", "k", "--store", "memory://", "--dry-run"],
    "help": ["--help"],
    "help-of-one": ["validate", "--help"],
    "version": ["--version"],
    "visits": ["visits", "purge", "--older-than", "1", "--store", "sqlite:///visits.db"],
}
each_command = pytest.mark.parametrize("name", COMMANDS)


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("good.json").write_text(GOOD, encoding="utf-8")
    Path("bad.json").write_text(BAD, encoding="utf-8")


def shell(line: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run a line of shell, in which `"$@"` is the command."""
    words = ["sh", "-c", line, "sh", sys.executable, "-m", "lp_engagement", *arguments]
    return subprocess.run(words, capture_output=True, check=False, timeout=120)


def is_one_sentence(done: subprocess.CompletedProcess[bytes]) -> bool:
    """Whether a command ended with 2 and said why, and neither blamed itself nor showed a traceback."""
    text = done.stderr.decode()
    blamed = "please report" in text or "Traceback" in text or "Exception ignored" in text
    return done.returncode == 2 and not blamed and len(text.strip().splitlines()) == 1


@each_command
def test_full_disk(name: str) -> None:
    """Output that cannot be written is a matter of the machine, whatever the command."""
    with closing(SQLiteStore("visits.db")) as store:
        store.load("nobody")  # makes the file
    done = shell('"$@" > /dev/full', *COMMANDS[name])
    assert is_one_sentence(done), done
    assert b"No space left on device" in done.stderr


@each_command
def test_closed_output(name: str) -> None:
    """Without a standard output nothing is begun."""
    done = shell('"$@" >&-', *COMMANDS[name])
    assert is_one_sentence(done), done
    assert b"standard output is closed" in done.stderr
    assert not Path("visits.db").exists()


@pytest.mark.parametrize(
    "arguments", [["validate", "-"], ["engage", "--account", "1", "--key", "k", "--store", "memory://", "--sdes", "-"]]
)
def test_closed_input(arguments: list[str]) -> None:
    """Without a standard input there is nothing to read."""
    done = shell('"$@" <&-', *arguments)
    assert done.returncode == 2, done
    assert b"standard input is closed" in done.stderr
    assert b"please report" not in done.stderr


def die(_: object) -> None:
    """End this process, a worker, as the system does."""
    os.kill(os.getpid(), signal.SIGKILL)


def test_killed_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that is killed while it checks, as by a machine without memory, is no mistake of ours."""
    monkeypatch.setattr(run_module, "_check_here", die)
    done = validate("--jobs", "2", "good.json")
    assert done.exit_code == 2
    assert "a worker process was killed" in done.stderr
    assert done.stdout == ""


def test_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Running out of memory for the input is reported in one sentence."""

    def refuse(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("lp_engagement.validation.checker.read", refuse)
    done = validate("good.json")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "not enough memory" in done.stderr


def test_deleted_folder(tmp_path: Path) -> None:
    """A deleted working folder is reported as such."""
    (tmp_path / "gone").mkdir()
    done = shell('cd gone && rmdir ../gone && "$@"', "validate", "good.json")
    assert is_one_sentence(done) or b"matches no file" in done.stderr, done
    assert done.returncode == 2


# ------------------------------------------------------------------------------------------------------- odd files


@pytest.mark.parametrize("name", ["pipe", "/dev/zero", "/dev/null", "/dev/full"])
def test_files_that_are_no_files(name: str) -> None:
    """A pipe that waits, and a device without end, are refused before they are opened."""
    os.mkfifo("pipe")
    done = shell('"$@"', "validate", name)
    assert done.returncode == 2
    assert f"{name} is not a regular file".encode() in done.stderr


@pytest.mark.parametrize("name", ["huge.json", "huge.yaml", "huge.ndjson"])
def test_huge_files(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sparse file of ten gigabytes ends in a sentence; what is read of it is bounded."""
    monkeypatch.setattr(pieces, "_LONGEST_LINE", 2 * 1024 * 1024)
    with Path(name).open("wb") as file:
        file.truncate(10 * 1024**3)
    done = validate(name)
    assert done.exit_code == 2
    assert f"{name} " in done.stderr
    assert "MiB" in done.stderr
    assert ".ndjson" in done.stderr or "on each line" in done.stderr


def test_standard_input_without_end() -> None:
    """A stream that never ends its first line is read up to a limit."""
    program = (
        "import sys\nfrom lp_engagement.validation import pieces\npieces._LONGEST_LINE = 1 << 21\n"
        "from lp_engagement.cli import main\nmain(['validate', '-'])\n"
    )
    with Path("/dev/zero").open("rb") as zeros:
        done = subprocess.run(
            [sys.executable, "-c", program], stdin=zeros, capture_output=True, check=False, timeout=120
        )
    assert done.returncode == 2
    assert b"has a line of more than 2 MiB" in done.stderr


def test_links_that_lead_back() -> None:
    """A pattern visits each folder once, though links lead back to it by more ways than could be counted."""
    Path("sub").mkdir()
    Path("sub/a.json").write_text(BAD, encoding="utf-8")
    for name in ("sub/one", "sub/two", "sub/three"):
        Path(name).symlink_to(".", target_is_directory=True)
    Path("sub/itself").symlink_to("itself")
    assert [each["file"] for each in problems("sub/**/*.json")] == ["sub/a.json"]


def test_links_to_folders_are_followed() -> None:
    """A folder that is reached by a link alone is searched."""
    Path("elsewhere/deep").mkdir(parents=True)
    Path("elsewhere/deep/a.json").write_text(BAD, encoding="utf-8")
    Path("sub").mkdir()
    Path("sub/link").symlink_to("../elsewhere", target_is_directory=True)
    assert [each["file"] for each in problems("sub/**/*.json")] == ["sub/link/deep/a.json"]
    assert [each["file"] for each in problems("**/deep/**/*.json")] == ["elsewhere/deep/a.json"]


def test_standard_input_twice() -> None:
    """Standard input can be read once."""
    done = validate("-", "-", given=GOOD)
    assert done.exit_code == 2
    assert "can be read only once" in done.stderr


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    "name, text", [("a.ndjson", ""), ("b.ndjson", "\n \n"), ("c.yaml", ""), ("d.yaml", "# none\n")]
)
def test_file_with_nothing_in_it(name: str, text: str, form: str) -> None:
    """A file without a payload is a warning, so that --strict fails and nobody takes it for checked."""
    Path(name).write_text(text, encoding="utf-8")
    assert validate("--format", form, name).exit_code == 0
    done = validate("--format", form, "--strict", name)
    assert done.exit_code == 1
    assert "the file contains no payload" in done.stdout
    (found,) = problems(name)
    assert (found["rule"], found["level"], found["line"]) == ("LPE406", "warning", 1)


# ------------------------------------------------------------------------------------------------ whole or not at all


@pytest.mark.parametrize("form", ["json", "sarif", "junit"])
def test_machine_formats_are_whole_or_not_there(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A check that ends in the middle has written nothing that a machine would take for a report."""
    read = Checker.file

    def fail(self: Any, name: str, *arguments: Any, **options: Any) -> Iterator[Any]:
        yield from read(self, name, *arguments, **options)
        if name == "good.json":
            raise LookupError

    monkeypatch.setattr(Checker, "file", fail)
    done = validate("--format", form, "bad.json", "good.json")
    assert (done.exit_code, done.stdout) == (3, "")


def test_sarif_is_cut_at_what_code_scanning_takes(tmp_path: Path) -> None:
    """GitHub refuses a file of more results; the rest is left out, and a notification says how much."""
    file = tmp_path / "many.ndjson"
    file.write_text((BAD + "\n") * (MOST_RESULTS + 7), encoding="utf-8")
    out = tmp_path / "out.sarif"
    with out.open("w", encoding="utf-8") as stream:
        tally = run_module.run([str(file)], Options(), SarifReport(stream))
    assert tally.errors == MOST_RESULTS + 7
    (made,) = json.loads(out.read_bytes())["runs"]
    assert len(made["results"]) == MOST_RESULTS
    (notice,) = made["invocations"][0]["toolExecutionNotifications"]
    assert notice["message"]["text"].startswith("7 more results were left out")
