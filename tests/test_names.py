"""One name, one thing: no class of the package or of the tools shares its name with another."""

from __future__ import annotations

import ast
from collections import defaultdict
from typing import TYPE_CHECKING

from tools.repository import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SHARED: dict[str, str] = {}
"""Names that two classes may share, and why."""


def classes_by_name(*folders: Path) -> dict[str, list[str]]:
    """Find the modules that define each class, nested classes included."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for folder in folders:
        for path in sorted(folder.rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ClassDef):
                    found[node.name].append(str(path.relative_to(folder)))
    return found


def repeated(*folders: Path) -> dict[str, list[str]]:
    """Keep the names that several classes have."""
    return {name: places for name, places in classes_by_name(*folders).items() if len(places) > 1}


def test_no_class_name_is_defined_twice() -> None:
    """No two classes of the package and the tools share a name, so a name in a traceback or a search means one."""
    found = repeated(ROOT / "wrapper/lp_engagement", ROOT / "tools")
    assert {name: places for name, places in found.items() if name not in SHARED} == {}


def test_a_repeated_class_name_is_found(tmp_path: Path) -> None:
    """Two classes of one name are found in any folders, even if one is nested in a function."""
    for name, text in {"a/one.py": "class Fault: ...", "b/c/two.py": "def f():\n    class Fault: ..."}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert repeated(tmp_path / "a", tmp_path / "b") == {"Fault": ["one.py", "c/two.py"]}
