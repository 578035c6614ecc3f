"""`make check-breaking`: no change since the last release that breaks somebody without the changelog saying so.

    python -m tools.spec_diff.gate [--root FOLDER]

Compares the spec (`redocly diff`) and the Python API (griffe) with the last release tag. A breaking change needs a line
that begins with `**Breaking:**` under [Unreleased] in CHANGELOG.md. Any other change of the API or spec needs a line.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from pathlib import Path

from ruamel.yaml import YAML

from tools.repository import PACKAGES, ROOT, SPEC

from .api import breakages, load, signatures
from .versions import extract, last_release, listed, rated, said

CHANGELOG = "CHANGELOG.md"


def unreleased(text: str) -> list[str]:
    """The entries of the changelog that are not released yet."""
    section = re.search(r"^## \[Unreleased\].*?$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    lines = section[1].splitlines() if section else []
    return [line[2:].strip() for line in lines if line.startswith(("- ", "* "))]


def compare(root: Path, base: Path) -> tuple[list[str], bool]:
    """Return the breaking changes since the base, and whether anything changed at all."""
    changes = rated(base / SPEC, root / SPEC)
    if changes is None:
        raise SystemExit("redocly is not installed: `make lint-spec` sets it up")
    breaking = [f"spec: {said(each)}" for each in changes if each["impact"] == "major"]
    before, after = (YAML(typ="safe").load(folder / SPEC) for folder in (base, root))
    changed = before != after
    for package, folder in PACKAGES.items():
        old, new = load(package, base / folder), load(package, root / folder)
        breaking += [f"API: {each.path}: {each.what}" for each in breakages(old, new)]
        changed = changed or signatures(old) != signatures(new)
    return list(dict.fromkeys(breaking)), changed


def main() -> int:
    """Run as a command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, default=ROOT, help="the repository")
    root = parser.parse_args().root
    release = last_release(root)
    if release is None:
        print("There is no release yet (no tag such as v0.1.0), so nothing can have broken since.")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        extract(root, release, Path(folder))
        breaking, changed = compare(root, Path(folder))
    entries = unreleased((root / CHANGELOG).read_text(encoding="utf-8"))
    told = [entry for entry in entries if entry.startswith("**Breaking:**")]
    if breaking and not told:
        print(f"This breaks those who use {release}, and {CHANGELOG} does not say so:\n{listed(breaking)}", end="")
        return 1
    if changed and not entries:
        print(
            f"The API or the spec has changed since {release}, and {CHANGELOG} has no line about it under [Unreleased]."
        )
        return 1
    print(
        f"Since {release} this breaks, and the changelog says so:" if breaking else f"Since {release} nothing breaks."
    )
    print(listed(breaking), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
