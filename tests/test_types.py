"""The types that users see: `make types` sees what is planted here."""

from __future__ import annotations

import ast
import os
import pkgutil
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import lp_engagement
from lp_engagement import errors, sde, simulator, stores, testing, transports, validation
from lp_engagement.testing import stores as kit
from lp_engagement.testing import strategies
from tools.repository import PACKAGES, ROOT
from tools.spec_diff import api
from tools.verify_types import __main__ as verify_types
from tools.verify_types import uses

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

USES = ROOT / "tests/typing/api.py"
CHECKERS = {
    "mypy": ["-m", "mypy"],
    "pyright": ["-m", "pyright", "--pythonpath", sys.executable],
}
PUBLIC = (lp_engagement, errors, kit, sde, simulator, stores, strategies, transports, validation)
JSON_VALUES = {
    "lp_engagement.AsyncEngagementClient.request: json: Any = None",
    "lp_engagement.EngagementClient.request: json: Any = None",
    "lp_engagement.HttpResponse.json: -> Any",
    "lp_engagement.transports.HttpResponse.json: -> Any",
    "lp_engagement.simulator.Entry.__init__: body: Any = None",
    "lp_engagement.simulator.Entry.__init__: kept: Any = None",
    "lp_engagement.simulator.Entry.body: Any",
    "lp_engagement.simulator.Entry.kept: Any",
    "lp_engagement.simulator.Entry.kept_items: -> list[Any]",
    "lp_engagement.simulator.Entry.said: -> Any",
    "lp_engagement.simulator.SimulatedResponse.json: -> Any",
    "lp_engagement.testing.strategies.Broken.payload: Any",
    "lp_engagement.testing.strategies.valid: -> SearchStrategy[Any]",
    "lp_engagement.validation.conforms: payload: Any",
    "lp_engagement_client.operation.Operation.build: body: Any = None",
    "lp_engagement_client.types.plain: -> Any",
    "lp_engagement_client.values.each_as: -> Callable[[Any], Any]",
    "lp_engagement_client.values.each_as: read: Callable[[Any], Any]",
    "lp_engagement_client.values.object_as: -> Callable[[Any], Any]",
    "lp_engagement_client.values.read_json: -> Any",
    "lp_engagement_client.values.tagged_as: -> Callable[[Any], Any]",
}
"""The public parameters, results and attributes that are JSON of any type."""
OTHER_ANY = {
    # ASGI servers type their messages like this.
    "lp_engagement.simulator.SimulatorApp.__call__: receive: Callable[[], Awaitable[MutableMapping[str, Any]]]",
    "lp_engagement.simulator.SimulatorApp.__call__: scope: MutableMapping[str, Any]",
    "lp_engagement.simulator.SimulatorApp.__call__: send: Callable[[MutableMapping[str, Any]], Awaitable[None]]",
    # What else a session holds is the application's.
    "lp_engagement.stores.MappingStore.__init__: mapping: MutableMapping[str, Any]",
    # Which answer it has depends on the name.
    "lp_engagement_client.api.find: -> Operation[Any]",
}
_JSON_OBJECT = re.compile(r"\b(?:Mapping|dict)\[str, Any\]")


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
    # Builders are generated, one like the other: a new one needs no use written by hand.
    needed = {"raw", "cart", "product"} if module is sde else set(module.__all__)
    assert needed - used == set()


# ------------------------------------------------------------------------------------------ uses of the packages


def use_of(folder: Path, text: str) -> list[str]:
    """Check a file with one checker, against the packages of the running environment."""
    return list(uses.faults(Path(sys.prefix), folder, [uses.Use("page.md", 10, text, uses.marks(text))], ["ty"]))


def test_a_wrong_line_of_a_page_is_reported(tmp_path: Path) -> None:
    """An error in documented code is reported with the page, its line and the checker's message."""
    (fault,) = use_of(tmp_path / "uses", 'from lp_engagement import sde\n\nsde.cart(total=1, num_item="1")\n')
    assert fault.startswith('page.md:13: ty flags sde.cart(total=1, num_item="1")\n    ')
    assert "num_item" in fault.splitlines()[1]


def test_a_mark_that_is_not_true_is_reported(tmp_path: Path) -> None:
    """A marked line that is not flagged is reported, and so is a flagged line whose mark names the checker."""
    wrong = "from lp_engagement import sde\n\nsde.lead()  # wrong\nsde.loyalty()  # wrong, unseen by mypy, ty\n"
    unflagged, flagged = use_of(tmp_path / "uses", wrong)
    assert unflagged == "page.md:13: ty does not flag sde.lead()  # wrong"
    assert flagged.startswith("page.md:14: ty flags sde.loyalty()")


def test_true_marks_pass(tmp_path: Path) -> None:
    """Marks of both kinds pass if the checker flags their lines, or if they say that it does not."""
    lines = [
        "from lp_engagement import sde",
        "sde.lead()",
        "sde.loyalty()  # type: ignore[attr-defined]  # noqa: X",
        "sde.lead(a=1)  # wrong, unseen by pyrefly",
        "sde.lead()  # wrong, unseen by ty",
    ]
    assert use_of(tmp_path / "uses", "\n".join(lines)) == []


# --------------------------------------------------------------------------------------------- what is public


def open_types(package: str, folder: Path) -> Iterator[str]:
    """The public signatures with an `Any` that is not the value of a JSON object."""
    for name, parts in api.signatures(api.load(package, folder)).items():
        for part in parts:
            if re.search(r"\bAny\b", _JSON_OBJECT.sub("", part)):
                yield f"{name}: {part}"


def test_any_is_json() -> None:
    """In public signatures, `Any` is a JSON value, apart from a few listed ones."""
    found = {each for package, home in PACKAGES.items() for each in open_types(package, ROOT / home)}
    assert found == JSON_VALUES | OTHER_ANY


def test_an_open_type_is_seen(tmp_path: Path) -> None:
    """A public parameter, result or attribute of type `Any` is reported; a JSON object and private names are not."""
    (tmp_path / "lp_engagement").mkdir()
    (tmp_path / "lp_engagement/__init__.py").write_text(
        "from typing import Any\n__all__ = ['Seen', 'seen']\n"
        "def seen(a: Any, b: dict[str, Any]) -> list[Any]: ...\n"
        "def _hidden(a: Any) -> None: ...\n"
        "class Seen:\n    value: Any\n    _value: Any\n",
        encoding="utf-8",
    )
    assert set(open_types("lp_engagement", tmp_path)) == {
        "lp_engagement.seen: a: Any",
        "lp_engagement.seen: -> list[Any]",
        "lp_engagement.Seen.value: Any",
    }


def test_the_page_lists_the_public_modules() -> None:
    """docs/versions.md lists every module whose name has no underscore, and says which of them offer names."""
    page = (ROOT / "docs/versions.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`lp_engagement.*?) \| (.*?) \|$", page, re.MULTILINE)
    listed = {name: offer for names, offer in rows for name in re.findall(r"`([\w.]+)`", names)}
    offering = {name for name, offer in listed.items() if not offer.startswith("nothing: ")}
    assert offering == api.PUBLIC - {"lp_engagement_client.sde"}
    packages = (lp_engagement, testing)
    modules = {
        f"{package.__name__}.{each.name}"
        for package in packages
        for each in pkgutil.iter_modules(package.__path__)
        if not each.name.startswith("_")
    }
    assert set(listed) == {"lp_engagement"} | modules
