"""The package works where its metadata is gone: slim layers, zip files, and programs that PyInstaller froze."""

from __future__ import annotations

import json
import os
import runpy
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

import lp_engagement
from lp_engagement import _pyinstaller
from tests.validating import BAD, GOOD
from tools.dist import build
from tools.repository import PACKAGES as HOMES

ROOT = Path(__file__).parent.parent
# What a user would freeze: the command, and here beside it the facts that `make test-wheel` proves of a wheel.
PROGRAM = """
import importlib.metadata
import sys

import lp_engagement
import suite
from lp_engagement.cli import main

if sys.argv[1:] == ["facts"]:
    try:
        # Not by a literal, or PyInstaller would take the metadata along.
        importlib.metadata.version(lp_engagement.__name__)
    except importlib.metadata.PackageNotFoundError:
        pass
    else:
        raise AssertionError("the metadata is there")
    for fact in (suite.a_visit, suite.an_async_visit, suite.over_http, suite.validation, suite.encryption, suite.redis):
        fact()
    print("they hold")
else:
    main()
"""
FORMATS = ("text", "json", "github", "sarif", "junit", "gitlab", "rdjson")
# Not of the app: they come with the environment of the tests, and PyInstaller follows every optional import.
FOREIGN = (
    *("IPython", "_pytest", "babel", "docutils", "hypothesis", "jsonschema", "lxml", "markdown_it", "pygments"),
    *("pytest", "requests", "rich", "setuptools", "simplejson", "sphinx", "trio", "uvloop"),
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, as it is published."""
    return build.build(tmp_path_factory.mktemp("dist"))[-1]


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all libraries of this environment but ours."""
    folder = tmp_path_factory.mktemp("others")
    for path in Path(sysconfig.get_path("purelib")).iterdir():
        if not path.name.startswith(("lp_engagement", "_lp_engagement")) and path.suffix != ".pth":
            (folder / path.name).symlink_to(path)
    return folder


def unpack(wheel: Path, target: Path) -> Path:
    """Unpack what a wheel holds, without its metadata."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target, [name for name in archive.namelist() if name.partition("/")[0] in HOMES])
    return target


def pack(wheel: Path, target: Path) -> Path:
    """Put what a wheel holds, without its metadata, into a zip file that Python can import from."""
    shutil.make_archive(str(target), "zip", unpack(wheel, target))
    shutil.rmtree(target)
    return target.with_suffix(".zip")


class App:
    """A program that runs the command or proves the facts.

    Args:
        folder: where it runs.
        command: its command line.
        path: what Python finds modules in.
    """

    def __init__(self, folder: Path, command: list[str], path: list[Path]) -> None:
        self._folder, self._command = folder, command
        self._environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        self._environment |= {"PYTHONPATH": os.pathsep.join(map(str, path)), "PYTHONDONTWRITEBYTECODE": "1"}
        (folder / "good.json").write_text(GOOD, encoding="utf-8")
        (folder / "bad.json").write_text(BAD, encoding="utf-8")

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run it."""
        return subprocess.run(
            [*self._command, *arguments],
            cwd=self._folder,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


def write_program(folder: Path) -> Path:
    """Write the program and its facts."""
    shutil.copy(ROOT / "tools" / "dist" / "suite.py", folder)
    (folder / "program.py").write_text(PROGRAM, encoding="utf-8")
    return folder / "program.py"


@pytest.fixture(scope="module", params=["folder", "zip"])
def slim(request: pytest.FixtureRequest, wheel: Path, others: Path, tmp_path_factory: pytest.TempPathFactory) -> App:
    """The two packages in a folder, as slim layers have them, and in a zip file; no metadata either way."""
    folder = tmp_path_factory.mktemp("slim")
    place = (unpack if request.param == "folder" else pack)(wheel, folder / "site")
    return App(folder, [sys.executable, "-S", str(write_program(folder))], [place, others])


@pytest.fixture(scope="module")
def frozen(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> App:
    """A program that PyInstaller made with its defaults, of the published wheel."""
    pytest.importorskip("PyInstaller")
    if sys.platform.startswith("linux") and shutil.which("objcopy") is None:
        pytest.skip("PyInstaller needs objcopy (Debian package binutils)")
    folder = tmp_path_factory.mktemp("frozen")
    site = folder / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)  # with its metadata, which names the hooks
    options = [
        "--noconfirm",
        "--log-level",
        "ERROR",
        *(word for name in FOREIGN for word in ("--exclude-module", name)),
    ]
    done = subprocess.run(
        [sys.executable, "-m", "PyInstaller", *options, str(write_program(folder))],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(site), "PYINSTALLER_CONFIG_DIR": str(folder / "cache")},
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    made = folder / "dist" / "program"
    shutil.rmtree(site)
    return App(folder, [str(made / "program")], [])


def holds(app: App) -> None:
    """Prove the facts of an app, then its version and all formats."""
    done = app.run("facts")
    assert (done.returncode, done.stdout) == (0, "they hold\n"), done.stderr
    done = app.run("--version")
    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        f"lp-engagement, version {lp_engagement.__version__}\n",
        "",
    )
    for each in FORMATS:
        done = app.run("validate", "--format", each, "good.json", "bad.json")
        assert (done.returncode, done.stderr) == (1, ""), each
        assert "LPE202" in done.stdout, each
    sarif = json.loads(app.run("validate", "--format", "sarif", "bad.json").stdout)
    assert sarif["runs"][0]["tool"]["driver"]["version"] == lp_engagement.__version__
    done = app.run("validate", "--jobs", "2", "good.json")
    assert done.returncode == 0, done.stderr
    done = app.run("explain", "LPE202")
    assert (done.returncode, done.stderr) == (0, "")
    dry = app.run("engage", "--dry-run", "--account", "12345678", "--key", "k", "--store", "memory://")
    assert dry.returncode == 0, dry.stderr
    assert f"lp-engagement/{lp_engagement.__version__}" in json.loads(dry.stdout)["headers"]["User-Agent"]


def test_without_metadata(slim: App) -> None:
    """Visits, HTTP, validation in all formats and the command work without metadata, from a folder and from a zip."""
    holds(slim)


def test_frozen(frozen: App) -> None:
    """The same in a program that PyInstaller froze with its defaults: the hooks of the wheel do the rest."""
    holds(frozen)


def test_hook_names_every_module() -> None:
    """The hooks name all modules and data files of both packages, and no module for tests: hypothesis would follow."""
    pytest.importorskip("PyInstaller")
    (folder,) = _pyinstaller.get_hook_dirs()
    named: set[str] = set()
    for package, home in HOMES.items():
        hook = runpy.run_path(str(Path(folder, f"hook-{package}.py")))
        named |= set(hook["hiddenimports"])
        schemas_and_pages = {Path(source).name for source, _ in hook["datas"]}
        there = {
            path.name for path in (ROOT / home / package).rglob("*.*") if path.suffix in {".json", ".css", ".html"}
        }
        assert there
        assert there <= schemas_and_pages
    modules = {
        path.relative_to(ROOT / home).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")
        for package, home in HOMES.items()
        for path in (ROOT / home / package).rglob("*.py")
        if not {"testing", "_pyinstaller"} & set(path.parts)
    }
    assert modules | {"redis", "redis.asyncio"} == named
