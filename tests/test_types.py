"""The types that users see: `make types` sees what is planted here."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import lp_engagement
from lp_engagement import errors, sde, simulator, stores, transports, validation
from lp_engagement.testing import stores as kit
from lp_engagement.testing import strategies
from tools.repository import PACKAGES, ROOT
from tools.verify_types import __main__ as verify_types

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

USES = ROOT / "tests/typing/api.py"
CHECKERS = {
    "mypy": ["-m", "mypy"],
    "pyright": ["-m", "pyright", "--pythonpath", sys.executable],
}
PUBLIC = (lp_engagement, errors, kit, sde, simulator, stores, strategies, transports, validation)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the packages, in which one function has no types."""
    folder = tmp_path_factory.mktemp("environment")
    site = verify_types.make_environment(folder)
    for package, home in PACKAGES.items():
        shutil.copytree(ROOT / home / package, site / package)
    with (site / "lp_engagement/retry.py").open("a", encoding="utf-8") as module:
        module.write("\n\ndef untyped(value):\n    return value\n")
    return folder


def test_a_function_without_types_is_seen(environment: Path) -> None:
    """One public function without types is one symbol less than all, and is named with its place in the repository."""
    verdict = verify_types.verify(environment, "lp_engagement")
    assert (verdict.total - verdict.known, verdict.complete) == (1, False)
    line = len((ROOT / "wrapper/lp_engagement/retry.py").read_text(encoding="utf-8").splitlines()) + 3
    assert [fault.partition(": Type annotation")[0] for fault in verdict.faults if "value" in fault] == [
        f"wrapper/lp_engagement/retry.py:{line}: lp_engagement.retry.untyped"
    ]


def test_a_package_without_its_marker_is_seen(environment: Path) -> None:
    """A package that has lost its `py.typed` is not complete, although nothing of it is wrong."""
    (environment / "unmarked").mkdir()
    shutil.copy(ROOT / "wrapper/lp_engagement/retry.py", environment / "unmarked/__init__.py")
    verdict = verify_types.verify(environment, "unmarked")
    assert (verdict.known, verdict.complete, verdict.faults) == (0, False, ["No py.typed file found"])


@pytest.mark.parametrize("checker", CHECKERS)
def test_a_wrong_use_is_seen(checker: str, tmp_path: Path) -> None:
    """Both checkers read the uses of the API, refuse a wrong one, and complain of an ignore that is not needed."""
    uses = USES.read_text(encoding="utf-8")
    copy = tmp_path / "api.py"
    planted = (
        "\n\ndef planted(visit: Visit) -> None:\n"
        '    visit.get_engagement(section=["Support"])\n'
        "    visit.update()  # type: ignore[call-arg]\n"
    )
    copy.write_text(uses + planted, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, *CHECKERS[checker], str(copy)],
        cwd=ROOT,
        env={**os.environ, "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    first = len(uses.splitlines()) + 4
    assert {int(line) for line in re.findall(r"api\.py:(\d+):.* error: ", done.stdout)} == {first, first + 1}
    assert done.returncode == 1


@pytest.mark.parametrize("module", [pytest.param(each, id=each.__name__) for each in PUBLIC])
def test_the_uses_know_the_whole_api(module: ModuleType) -> None:
    """Whatever a public module offers is used in the file that the type checkers read."""
    tree = ast.parse(USES.read_text(encoding="utf-8"))
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    used |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert set(module.__all__) - used == set()
