"""`make clients`: make clients in other languages from the spec, compile them, and let each make a visit.

    python -m tools.clients [LANGUAGE...]

Any other generator that openapi-generator has can be named too; what it makes is left to be looked at. A compiler that
the machine lacks is named, and its language stops there; with REQUIRE=1, or CI=true, that is an error.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from lp_engagement.simulator import Simulator
from tools.repository import ROOT

from .languages import BUILD, LANGUAGES, SOURCES, Command, Java, Language, environment
from .visit import SCRIPT, differences

VIEW = ROOT / "openapi" / "plain-3.1.json"
SECONDS = 300


class ClientError(Exception):
    """A language does not work; the message says how."""


def generate(name: str, java: Java) -> Path:
    """Make a client, beside the program that uses it if there is one; the folder of both.

    Args:
        name: a folder in `tools/clients`, or a generator.
        java: what makes it.

    Raises:
        ClientError: there is no such generator, or it cannot take the spec.
    """
    folder = BUILD / name
    config = SOURCES / name / "config.yaml"
    chosen = ("--config", str(config)) if config.is_file() else ("--generator-name", name)
    shutil.rmtree(folder, ignore_errors=True)
    if config.is_file():
        shutil.copytree(config.parent, folder)
    command = (java.runtime, "-jar", java.jar, "generate", "--input-spec", str(VIEW), *chosen)
    _run((*command, "--output", str(folder / "client")), ROOT)
    return folder


def lacking(language: Language, *, required: bool) -> str | None:
    """The sentence about the compiler that the machine lacks; `None` if it is there.

    Raises:
        ClientError: it is required.
    """
    if language.compiler is None or shutil.which(language.compiler):
        return None
    if required:
        raise ClientError(f"there is no {language.compiler} here: apt-get install {language.package}")
    return f"not compiled: no {language.compiler} here (Debian has it in {language.package})"


def converse(language: Language, command: Command) -> str:
    """Run the program against a simulator of its own; what they said.

    Raises:
        ClientError: something else than what was meant.
    """
    simulator = Simulator(script=SCRIPT)
    with simulator.serve() as server:
        told = _run((*command, server.url), ROOT).stdout
    try:
        understood = json.loads(told)
    except ValueError:
        raise ClientError(f"it printed no JSON:\n{told}") from None
    different = differences(simulator.journal, understood, language.error)
    if different:
        raise ClientError("\n  ".join(["it did not say what was meant:", *different]))
    said = ", ".join(f"{entry.operation} {entry.status}" for entry in simulator.journal)
    return f"spoke: {said} as {language.error}"


def attempt(language: Language, java: Java, *, required: bool) -> str:
    """Take a language as far as it goes here; how far that is.

    Raises:
        ClientError: a step does not work.
    """
    folder = generate(language.name, java)
    files = sum(1 for _ in (folder / "client").rglob(f"*{language.suffix}"))
    done = f"{language.name}: generated {files} files, "
    without = lacking(language, required=required)
    if without:
        return done + without
    warnings = sum(_run(each, folder).stderr.count(": warning: ") for each in language.compiling(folder, java))
    compiled = f"compiled with {warnings} warnings, " if warnings else "compiled, "
    return done + compiled + converse(language, language.running(folder, java))


def _run(command: Command, folder: Path) -> subprocess.CompletedProcess[str]:
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise ClientError(f"{command[0]} took longer than {SECONDS} s") from None
    if done.returncode:
        raise ClientError(f"{' '.join(command[:4])} … failed:\n{done.stdout}{done.stderr}")
    return done


def main() -> int:
    """Run as a command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--venv", type=Path, default=ROOT / ".venv-clients", help="where openapi-generator is")
    languages = {each.name: each for each in LANGUAGES}
    parser.add_argument("names", nargs="*", metavar="LANGUAGE", help=f"by default {', '.join(languages)}")
    arguments = parser.parse_args()
    for name in arguments.names:
        if not re.fullmatch(r"[a-z0-9-]+", name):
            parser.error(f"not the name of a generator: {name}")
    required = os.environ.get("REQUIRE", "") not in {"", "0"} or os.environ.get("CI") == "true"
    java = Java.of(arguments.venv)
    BUILD.mkdir(parents=True, exist_ok=True)
    failed = 0
    for name in arguments.names or languages:
        try:
            if name in languages:
                print(attempt(languages[name], java, required=required), flush=True)
            else:
                print(f"{name}: generated into {generate(name, java).relative_to(ROOT)}", flush=True)
        except ClientError as failure:
            failed += 1
            print(f"{name}: {failure}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
