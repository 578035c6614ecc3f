"""What is published: the short form of `make dist` and `make test-wheel`."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from tools.dist import build, suite, trial

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The sdist and the wheel."""
    return build.build(tmp_path_factory.mktemp("dist"))


def test_same_bytes(archives: list[Path], tmp_path: Path) -> None:
    """A second build, in another time zone, locale and umask, gives the same bytes."""
    again = build.build(tmp_path, changes=build.OTHERWISE, umask=build.OTHER_UMASK)
    assert [each.read_bytes() for each in again] == [each.read_bytes() for each in archives]


def test_time_of_the_source(monkeypatch: pytest.MonkeyPatch, archives: list[Path], tmp_path: Path) -> None:
    """`SOURCE_DATE_EPOCH` decides the time of the files in the archives, and so the bytes."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    _, wheel = build.build(tmp_path)
    with zipfile.ZipFile(wheel) as opened:
        assert {each.date_time[:3] for each in opened.infolist()} == {(2001, 9, 9)}
    assert wheel.read_bytes() != archives[-1].read_bytes()


def test_what_is_in_them(archives: list[Path]) -> None:
    """The sdist holds what the wheel is made of and the spec, the wheel only the two packages; both are small."""
    sdist, wheel = archives
    tops = {name.split("/")[1] for name in build.names(sdist)}
    folders = {"generated_client", "openapi", "wrapper"}
    files = {"CHANGELOG.md", "LICENSE", "PKG-INFO", "README.md", "pyproject.toml", ".gitignore"}
    assert folders <= tops <= folders | files
    assert build.missing(wheel) == []
    assert {name.split("/")[0].split("-")[0] for name in build.names(wheel)} == {
        "lp_engagement",
        "lp_engagement_client",
    }
    assert all(each.stat().st_size < 10**6 for each in archives)


def test_few_dependencies(archives: list[Path]) -> None:
    """The library needs five packages; what an extra brings is not among them, and each extra has a fact of its own."""
    needed, extras = build.dependencies(archives[-1])
    assert len(needed) == 5
    assert set(extras) == set(suite.EXTRAS)
    assert all(callable(vars(suite)[extra]) for extra in extras)
    names = {each.split(">")[0].split("<")[0] for each in needed}
    assert not any(each.split(">")[0] in names for more in extras.values() for each in more)


def test_a_wheel_without_schemas_is_seen(archives: list[Path], tmp_path: Path) -> None:
    """A wheel that lacks the schemas is called out by name."""
    robbed = tmp_path / "robbed.whl"
    with zipfile.ZipFile(archives[-1]) as opened, zipfile.ZipFile(robbed, "w") as other:
        for name in opened.namelist():
            if not name.endswith("sde.strict.json"):
                other.writestr(name, opened.read(name))
    assert build.missing(robbed) == ["schemas/sde.strict.json"]


def test_the_suite_holds_for_the_wheel(archives: list[Path], tmp_path: Path) -> None:
    """Unpacked, with no repository around, the wheel does its work: visits, HTTP, validation, command, strategies."""
    site = tmp_path / "site"
    with zipfile.ZipFile(archives[-1]) as opened:
        opened.extractall(site)
    # This environment has the dependencies; the suite's own claim about where the packages lie is for a real one.
    program = (
        "import runpy, sys; sys.path.insert(0, sys.argv.pop(1)); sys.prefix = sys.path[0]; suite = sys.argv.pop(1)\n"
        "runpy.run_path(suite, run_name='__main__')"
    )
    folder = site / "lp_engagement"
    done = subprocess.run(
        [sys.executable, "-c", program, str(site), str(trial.SUITE), "cli", "encryption", "redis", "testing"],
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTHON")},
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert folder.is_dir()
    assert (done.returncode, done.stderr) == (0, "")
    assert '"facts": 9' in done.stdout


def test_every_environment_is_tried() -> None:
    """For each Python both bounds are tried, without extras and with all; each extra alone with the first Python."""
    tried = list(trial.trials(["one", "two"], ["a", "b"]))
    assert {(each.python, each.bound, each.extras) for each in tried} == {
        *(
            (python, bound, extras)
            for python in ("one", "two")
            for bound in trial.BOUNDS
            for extras in ((), ("a", "b"))
        ),
        *(("one", bound, (extra,)) for bound in trial.BOUNDS for extra in ("a", "b")),
    }
