"""Regenerate `generated_client/` and the derived pages, or check that the committed files match the spec.

python -m generator.regenerate           write
python -m generator.regenerate --check   compare; exit 1 and name the differences if there are any
"""

from __future__ import annotations

import argparse
import filecmp
import shutil
import subprocess
import sys
import tempfile
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from . import derive, nodes, project, spec
from .pages import pages

PACKAGE = spec.ROOT / "generated_client" / "lp_engagement_client"
COMMAND = "make generate"
HEADER = f"# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `{COMMAND}`.\n"
RUFF = (
    ("check", "--isolated", "--fix-only", "--quiet", "--select=I,F401,UP037", "--target-version=py311"),
    ("format", "--isolated", "--quiet", "--line-length=120", "--target-version=py311"),
)


def build(folder: Path, document: nodes.Json | None = None) -> Path:
    """Generate the package into `folder`, from the spec unless a document is given, and return its path."""
    document = document or spec.load()
    package = folder / PACKAGE.name
    with redirect_stdout(StringIO()):
        # It prints the path of a temporary folder.
        project.write(document, folder, package)
    derive.write(document, package)
    for command in RUFF:
        # Use the ruff of this environment, not one on the PATH: the output depends on the version.
        subprocess.run([sys.executable, "-m", "ruff", *command, str(package)], check=True)  # noqa: S603
    shutil.rmtree(package / ".ruff_cache", ignore_errors=True)
    shutil.copyfile(spec.SPEC_PATH, package / "openapi.yaml")  # the simulator serves it
    for path in sorted(package.rglob("*.py")):
        path.write_text(HEADER + path.read_text(encoding="utf-8"), encoding="utf-8")
    return package


def differences(made: Path, committed: Path) -> list[str]:
    """Return the paths, inside the package, of files that differ, are missing, or are superfluous."""
    names = {
        str(path.relative_to(root))
        for root in (made, committed)
        for path in root.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    return sorted(
        name
        for name in names
        if not (made / name).is_file()
        or not (committed / name).is_file()
        or not filecmp.cmp(made / name, committed / name, shallow=False)
    )


def main() -> int:
    """Run as a command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with what is committed, write nothing")
    parser.add_argument("--traceback", action="store_true", help="show where in the generator it failed")
    arguments = parser.parse_args()
    try:
        return _run(check_only=arguments.check)
    except Exception as error:
        if arguments.traceback:
            raise
        message = (
            f"The generator cannot use the spec, although the check found no mistake: {type(error).__name__}: {error}\n"
            "Undo your last edit of the spec, or run `python -m generator.regenerate --traceback`."
        )
        raise SystemExit(message) from None


def _run(*, check_only: bool) -> int:
    with tempfile.TemporaryDirectory() as folder:
        document = spec.load()
        made = build(Path(folder), document)
        derived = pages(document)
        changed = [f"generated_client/{PACKAGE.name}/{name}" for name in differences(made, PACKAGE)]
        # Beside the package there are only the caches of tools.
        beside = {path.name for path in PACKAGE.parent.glob("[!.]*")} - {PACKAGE.name, "__pycache__"}
        changed += [f"generated_client/{name}" for name in sorted(beside)]
        changed += [name for name, text in derived.items() if _read(spec.ROOT / name) != text]
        if check_only:
            if changed:
                listing = "\n".join(f"  {name}" for name in changed)
                print(f"This is not what the spec gives:\n{listing}\nRun `{COMMAND}` and commit the result.")
                return 1
            print("Everything derived is what the spec gives.")
            return 0
        shutil.rmtree(PACKAGE.parent, ignore_errors=True)
        shutil.copytree(made, PACKAGE)
        for name, text in derived.items():
            (spec.ROOT / name).write_text(text, encoding="utf-8")
        print(f"{len(changed)} files changed." if changed else "Nothing changed.")
        return 0


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


if __name__ == "__main__":
    sys.exit(main())
