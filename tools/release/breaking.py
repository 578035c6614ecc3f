"""`make check-breaking`: no change since the last release that breaks callers without an entry in the changelog.

    python -m tools.release.breaking

Compares the spec (`redocly diff`) and the public interface with the snapshot of the last release in released/. A
breaking change needs an entry that begins with `**Breaking:**` under [Unreleased] in CHANGELOG.md. Any other change of
the interface or the spec needs an entry of any kind.
"""

from __future__ import annotations

import sys

from ruamel.yaml import YAML

from tools.repository import ROOT, SPEC
from tools.spec_diff.api import compare
from tools.spec_diff.versions import listed, rated, said

from . import changelog, snapshot
from .interface import interface


def changes(released: snapshot.Snapshot) -> tuple[list[str], bool]:
    """Return the breaking changes since a release, and whether anything has changed at all.

    Raises:
        SystemExit: redocly is not installed.
    """
    rating = rated(snapshot.FOLDER / snapshot.SPEC_NAME, ROOT / SPEC)
    if rating is None:
        raise SystemExit("redocly is not installed: `make lint-spec` sets it up")
    now = interface()
    broken = [f"spec: {said(each)}" for each in rating if each["impact"] == "major"]
    broken += compare(released.interface, now)
    specs = [YAML(typ="safe", pure=False).load(text) for text in (released.spec, (ROOT / SPEC).read_text("utf-8"))]
    return list(dict.fromkeys(broken)), released.interface != now or specs[0] != specs[1]


def refusal(broken: list[str], *, changed: bool, version: str) -> str | None:
    """Return the reason why changes since a version cannot be released, if there is one."""
    entries = changelog.unreleased()
    if broken and not changelog.breaking(entries):
        return f"This breaks users of {version}, and {changelog.NAME} does not announce it:\n{listed(broken)}"
    if changed and not entries:
        return f"The interface or spec has changed since {version}, but {changelog.NAME} has no entry about it.\n"
    return None


def main() -> int:
    """Run as a command."""
    released = snapshot.read()
    if released is None:
        print(snapshot.NONE)
        return 0
    broken, changed = changes(released)
    refused = refusal(broken, changed=changed, version=released.version)
    passed = (
        f"Since {released.version} {'this breaks, as announced:' if broken else 'nothing breaks.'}\n{listed(broken)}"
    )
    print(refused or passed, end="")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
