"""An older version of the repository, and what the generator of today makes of its spec."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from tools.repository import ROOT, SPEC
from tools.repository.redocly import PROGRAM, redocly

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

RULES = "tools/spec_diff/redocly.yaml"
SECONDS = 120


def generate(text: str, folder: Path) -> Path:
    """Run today's generator on a spec, and return the folder of the generated package.

    Raises:
        SystemExit: it cannot be generated from.
    """
    tree = folder / "tree"
    shutil.copytree(ROOT / "generator", tree / "generator", ignore=shutil.ignore_patterns("__pycache__"))
    (tree / SPEC).parent.mkdir(parents=True)
    (tree / SPEC).write_text(text, encoding="utf-8")
    made = folder / "made"
    made.mkdir()
    program = (
        "import sys, pathlib; from generator import regenerate, spec;"
        "regenerate.build(pathlib.Path(sys.argv[1]), spec.load(checked=False))"
    )
    done = _run([sys.executable, "-c", program, str(made)], tree, tree)
    if done.returncode:
        raise SystemExit(f"a client cannot be made of the spec {folder.name} the edit:\n{done.stdout}{done.stderr}")
    return made


def ask(made: Path, module: str, *arguments: str) -> Any:
    """Run a module with a generated client in the place of the repository's; the JSON that it prints."""
    done = _run([sys.executable, "-m", module, *arguments], ROOT, made, ROOT / "wrapper", ROOT)
    if done.returncode:
        raise SystemExit(f"{module} failed:\n{done.stdout}{done.stderr}")
    return json.loads(done.stdout)


def _run(command: list[str], folder: Path, *roots: Path) -> subprocess.CompletedProcess[str]:
    """Run a command that finds packages in some folders first."""
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, roots))},
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )


def rated(base: Path, revision: Path) -> list[dict[str, Any]] | None:
    """The changes of the API as `redocly diff` rates them; `None` if it is not installed."""
    if not PROGRAM.is_file():
        return None
    options = ("--config", str(ROOT / RULES), "--format", "json", "--fail-on", "none")
    done = redocly("diff", str(base.resolve()), str(revision.resolve()), *options)
    try:
        changes: list[dict[str, Any]] = json.loads(done.stdout)["changes"]
    except (ValueError, KeyError):
        raise SystemExit(f"redocly diff failed:\n{done.stdout}{done.stderr}") from None
    return changes


def said(change: dict[str, Any]) -> str:
    """The words of redocly about a change, or else what was changed, and where."""
    pointer = change.get("revision", change.get("base", {})).get("pointer", change["path"])
    keys = [key.replace("~1", "/").replace("~0", "~") for key in pointer.removeprefix("#/").split("/")]
    verdicts = "; ".join(each.get("message", "") for each in change.get("verdicts", ()))
    return f"{verdicts or change['kind']} ({' '.join(keys)})"


def listed(lines: Iterable[str]) -> str:
    """Lines of a report."""
    return "".join(f"  {line}\n" for line in lines)
