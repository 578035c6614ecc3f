"""The published packages: the short form of `make dist` and `make test-wheel`."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from readme_renderer import markdown

from lp_engagement import __version__
from tools import pages
from tools.dist import build, metadata, suite, trial
from tools.repository import ROOT, copies


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
    folders = {"generated_client", "openapi", "tools", "wrapper"}
    files = {"CHANGELOG.md", "LICENSE", "PKG-INFO", "README.md", "pyproject.toml", ".gitignore"}
    assert folders <= tops <= folders | files
    assert [name for name in build.names(sdist) if "/tools/" in name and name.endswith(".py")] == [
        f"lp_engagement-{__version__}/tools/dist/metadata.py"
    ]
    assert build.missing(wheel) == []
    assert {name.split("/")[0].split("-")[0] for name in build.names(wheel)} == {
        "lp_engagement",
        "lp_engagement_client",
    }
    assert all(each.stat().st_size < 10**6 for each in archives)


def test_few_dependencies(archives: list[Path]) -> None:
    """The library needs five packages; those of an extra are not among them, and each extra has a fact of its own."""
    needed, extras = build.dependencies(archives[-1])
    assert len(needed) == 5
    assert set(extras) == set(suite.EXTRAS)
    assert all(callable(vars(suite)[extra]) for extra in extras)
    names = {each.split(">")[0].split("<")[0] for each in needed}
    assert not any(each.split(">")[0] in names for more in extras.values() for each in more)


@pytest.mark.parametrize("home", ["", "https://example.com/lp-engagement"])
def test_readme_on_an_index_page(home: str) -> None:
    """An index page can render the README, and each of its links leads to the version's file, or is no link."""
    text = metadata.readme((ROOT / "README.md").read_text(encoding="utf-8"), home, "0.1.0")
    rendered = markdown.render(text)
    assert rendered
    links = {link.target for link in pages.read_markup(rendered).links}
    assert {link for link in links if not link.startswith(("https://", "#"))} == set()
    assert (f"{home}/blob/v0.1.0/docs/errors.md" in links) == bool(home)
    assert (f"{home}/raw/v0.1.0/docs/images/site-index.png" in links) == bool(home)


def test_urls_come_from_one_setting(tmp_path: Path) -> None:
    """The wheel has the URLs and links of the project's home, and none as long as the setting is empty."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    copies.copy(("LICENSE", "README.md", "tools/dist/metadata.py"), tmp_path)
    (tmp_path / "wrapper/lp_engagement/_common").mkdir(parents=True)
    (tmp_path / "wrapper/lp_engagement/_common/version.py").write_text('__version__ = "0.1.0"\n')
    found = {}
    for home in ("", "https://example.com/lp/"):
        (tmp_path / "pyproject.toml").write_text(re.sub(r'(?m)^home = ".*"$', f'home = "{home}"', text))
        done = copies.run([sys.executable, "-m", "hatchling", "metadata"], tmp_path)
        found[home] = json.loads(done.stdout)
    assert found[""].get("urls", {}) == {}
    urls = found["https://example.com/lp/"]["urls"]
    assert urls["Source"] == "https://example.com/lp"
    assert "](https://example.com/lp/blob/v0.1.0/docs/errors.md)" in found["https://example.com/lp/"]["readme"]["text"]


def robbed(wheel: Path, folder: Path, *lost: str) -> Path:
    """A wheel that has lost some of its files."""
    with zipfile.ZipFile(wheel) as opened, zipfile.ZipFile(folder / "robbed.whl", "w") as other:
        for name in opened.namelist():
            if name not in lost:
                other.writestr(name, opened.read(name))
    return folder / "robbed.whl"


def test_a_wheel_that_lacks_a_file_is_seen(archives: list[Path], tmp_path: Path) -> None:
    """Whatever the packages hold, a module, a page or a schema, is called out by name if the wheel lacks it."""
    lost = ["lp_engagement/simulator/page/page.css", "lp_engagement/stores/redis.py", "lp_engagement/py.typed"]
    schema = "lp_engagement_client/schemas/sde.strict.json"
    homes = [*(f"wrapper/{name}" for name in lost), f"generated_client/{schema}"]
    assert sorted(build.missing(robbed(archives[-1], tmp_path, *lost, schema))) == sorted(homes)


def suite_of(wheel: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the suite on an unpacked wheel, with no repository around."""
    site = folder / "site"
    with zipfile.ZipFile(wheel) as opened:
        opened.extractall(site)
    # This environment has the dependencies; the suite's own claim about where the packages lie is for a real one.
    program = (
        "import runpy, sys; sys.path.insert(0, sys.argv.pop(1)); sys.prefix = sys.path[0]; facts = sys.argv.pop(1)\n"
        "runpy.run_path(facts, run_name='__main__')"
    )
    assert (site / "lp_engagement").is_dir()
    return subprocess.run(
        [sys.executable, "-c", program, str(site), str(trial.SUITE), *suite.EXTRAS],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTHON")},
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_the_suite_holds_for_the_wheel(archives: list[Path], tmp_path: Path) -> None:
    """Unpacked, with no repository around, the wheel does its work: visits, HTTP, validation, command, strategies."""
    done = suite_of(archives[-1], tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert f'"facts": {5 + len(suite.EXTRAS)}' in done.stdout


@pytest.mark.parametrize("lost", ["lp_engagement/stores/sqlite.py", "lp_engagement_client/schemas/sde.strict.json"])
def test_the_suite_sees_what_is_lost(archives: list[Path], tmp_path: Path, lost: str) -> None:
    """The suite fails on a wheel that lacks a module or a schema, and names it."""
    done = suite_of(robbed(archives[-1], tmp_path, lost), tmp_path)
    assert done.returncode == 1
    assert Path(lost).stem in done.stderr


def test_an_environment_that_fails(
    archives: list[Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One environment in which something does not hold fails all, and is named with what it said."""

    def attempt(tried: trial.Trial, *_: object, tests: bool) -> tuple[str, list[str], int]:
        if tried.bound == "lowest" and tests:
            raise RuntimeError("1 failed, 5 passed")
        return "9 facts hold", [], 0

    monkeypatch.setattr(trial, "attempt", attempt)
    monkeypatch.setattr(sys, "argv", ["trial", "--python", sys.executable, str(archives[-1])])
    assert trial.main() == 1
    told = capsys.readouterr().out
    assert [line for line in told.splitlines() if line.startswith("NO ")] == [
        f"NO Python {platform.python_version()}, lowest, {'+'.join(suite.EXTRAS)}:"
    ]
    assert "1 failed, 5 passed" in told
    assert told.endswith("1 FAILED\n")


def test_pythons_that_are_not_there(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A Python that is not on the machine is an error that names it, and with --present-only it is left out."""
    monkeypatch.setattr(trial, "interpreter", {"3.11": sys.executable, "3.99": None}.__getitem__)
    tried: list[str] = []

    def trials(pythons: list[str], _: list[str]) -> list[trial.Trial]:
        tried.extend(pythons)
        return []

    monkeypatch.setattr(trial, "trials", trials)
    monkeypatch.setattr(sys, "argv", ["trial", "--python", "3.11", "--python", "3.99", "--present-only"])
    assert trial.main() == 0
    assert "there is no Python 3.99 here" in capsys.readouterr().err
    assert tried == [sys.executable]
    for absent in (["--python", "3.11", "--python", "3.99"], ["--python", "3.99", "--present-only"]):
        monkeypatch.setattr(sys, "argv", ["trial", *absent])
        assert trial.main() == 2


def test_tools_are_as_locked() -> None:
    """The test tools of the wheel that are no extras have the versions of the lock."""
    assert sorted(line.partition("==")[0] for line in trial.locked(trial.TOOLS)) == sorted(trial.TOOLS)


def test_every_environment_is_tried() -> None:
    """For each Python both bounds are tried, without extras and with all; each extra alone once."""
    tried = list(trial.trials(["one", "two"], ["a", "b"]))
    assert {(each.python, each.bound, each.extras) for each in tried} == {
        *(
            (python, bound, extras)
            for python in ("one", "two")
            for bound in trial.BOUNDS
            for extras in ((), ("a", "b"))
        ),
        *(("one", "lowest", (extra,)) for extra in ("a", "b")),
    }
