"""The snapshot of the last release: its spec and its public interface, committed in released/."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, NamedTuple

from tools.repository import ROOT, SPEC

from .interface import interface

if TYPE_CHECKING:
    from tools.spec_diff.api import Interface

FOLDER = ROOT / "released"
SPEC_NAME = "app-engagement.yaml"
INTERFACE_NAME = "interface.json"
NONE = "There is no release yet (no released/interface.json), so there is nothing to compare with."


class Snapshot(NamedTuple):
    """A release.

    Attributes:
        version: its version.
        spec: the text of its spec.
        interface: its public interface.
    """

    version: str
    spec: str
    interface: Interface


def read() -> Snapshot | None:
    """Read the snapshot; `None` before the first release."""
    if not (FOLDER / INTERFACE_NAME).is_file():
        return None
    saved = json.loads((FOLDER / INTERFACE_NAME).read_text(encoding="utf-8"))
    return Snapshot(saved["version"], (FOLDER / SPEC_NAME).read_text(encoding="utf-8"), saved["interface"])


def write(version: str) -> None:
    """Save the interface and the spec of this repository as those of a release."""
    FOLDER.mkdir(exist_ok=True)
    shutil.copyfile(ROOT / SPEC, FOLDER / SPEC_NAME)
    saved = {"version": version, "interface": interface()}
    (FOLDER / INTERFACE_NAME).write_text(json.dumps(saved, indent=1) + "\n", encoding="utf-8")
