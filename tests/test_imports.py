"""The cost of imports, and their limits."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import lp_engagement

HEAVY = [
    "click",
    "httpcore",
    "httpx",
    "hypothesis",
    "jsonschema",
    "jsonschema_rs",
    "lp_engagement.cli",
    "lp_engagement.simulator",
    "lp_engagement.testing",
    "redis",
    "rich",
    "sqlite3",
    "ssl",
]
REPORT = """
import json, sys, threading
print(json.dumps({"modules": sorted(set(sys.modules) - before), "events": events, "threads": threading.active_count()}))
"""
# Anything of these means that something was opened, sent or started. Reading modules is what an import is.
WATCH = """
import sys
before = set(sys.modules)  # such as what measures coverage
events = []
def watch(event, arguments):
    if event.startswith(("socket.", "subprocess.", "os.mkdir", "os.remove", "os.rename", "os.fork", "sqlite3.")):
        events.append(event)
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        events.append("writes a file")
sys.addaudithook(watch)
"""


def run(program: str) -> dict[str, Any]:
    """Run a program in a fresh process that writes no bytecode, and report what is loaded and what has happened."""
    done = subprocess.run(
        [sys.executable, "-B", "-W", "error", "-c", f"{WATCH}\n{program}\n{REPORT}"],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def heavy(report: dict[str, Any]) -> list[str]:
    """The modules that should not be loaded, and are."""
    return [name for name in HEAVY if name in report["modules"]]


def test_import_is_light() -> None:
    """Importing the package loads neither the HTTP library, nor a validator, nor a database, nor any extra."""
    report = run("import lp_engagement")
    assert "lp_engagement" in report["modules"]
    assert heavy(report) == []


def test_import_does_nothing() -> None:
    """Importing opens no socket, writes no file, starts no process and no thread."""
    report = run("import lp_engagement, lp_engagement.simulator, lp_engagement_client")
    assert report["events"] == []
    assert report["threads"] == 1


@pytest.mark.parametrize("client", ["EngagementClient", "AsyncEngagementClient"])
def test_constructor_is_light(client: str) -> None:
    """Making a client and a visit does no I/O either, and loads no HTTP library and no validator."""
    report = run(
        f"from lp_engagement import {client}\n{client}('12345678', base_url='https://lp.example.com').visit('key')"
    )
    assert report["events"] == []
    assert report["threads"] == 1
    assert set(heavy(report)) <= {"sqlite3", "ssl"}


def test_builders_are_light() -> None:
    """Attributes can be built without loading a validator or an HTTP library."""
    assert heavy(run("from lp_engagement import sde\nsde.cart(total=1, num_items=1)")) == []


def test_simulator_needs_no_client() -> None:
    """The simulator shares schemas with the client, never its code: it loads no HTTP library and no flow."""
    report = run("from lp_engagement.simulator import Simulator\nSimulator().transport()")
    assert "httpx" not in report["modules"]
    modules = run("import lp_engagement_client.api, lp_engagement_client.facts, lp_engagement_client.models")
    assert heavy(modules) == []


def imports_between(package: Path) -> dict[str, set[str]]:
    """The modules of a package, and which of the others each imports: at its top, in functions and for types."""
    modules = {
        ".".join((package.name, *path.relative_to(package).with_suffix("").parts)).removesuffix(".__init__"): path
        for path in package.rglob("*.py")
    }
    graph: dict[str, set[str]] = {}
    for name, path in modules.items():
        home = name if path.name == "__init__.py" else name.rpartition(".")[0]
        found = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                parts = home.split(".")[: len(home.split(".")) - node.level + 1] if node.level else []
                source = ".".join([*parts, *([node.module] if node.module else [])])
                named = {f"{source}.{alias.name}" for alias in node.names}
                found |= {other if other in modules else source for other in named}
        graph[name] = found & modules.keys() - {name}
    return graph


def circle(graph: dict[str, set[str]]) -> list[str]:
    """Modules that import each other, in a circle; none if there is none."""
    done: set[str] = set()

    def follow(name: str, path: list[str]) -> list[str]:
        if name in path:
            return [*path[path.index(name) :], name]
        if name in done:
            return []
        for other in sorted(graph[name]):
            if found := follow(other, [*path, name]):
                return found
        done.add(name)
        return []

    return next((found for name in sorted(graph) if (found := follow(name, []))), [])


def test_there_is_no_import_circle() -> None:
    """No modules of the package import each other in a circle, not even in functions or for types."""
    graph = imports_between(Path(lp_engagement.__file__).parent)
    assert len(graph) > 50
    assert graph["lp_engagement.simulator.control"] >= {"lp_engagement.simulator.overview"}
    assert circle(graph) == []


def test_a_circle_would_be_found(tmp_path: Path) -> None:
    """Two modules that import each other, one for types and one in a function, are a circle."""
    package = tmp_path / "house"
    package.mkdir()
    (package / "__init__.py").write_text("from .a import x")
    (package / "a.py").write_text("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .b import y\n")
    (package / "b.py").write_text("def y():\n    from . import a\n")
    assert circle(imports_between(package)) == ["house.a", "house.b", "house.a"]


def test_version_is_the_distributions() -> None:
    """`__version__` is what the installed distribution says."""
    run(
        "import lp_engagement, importlib.metadata\n"
        "assert lp_engagement.__version__ == importlib.metadata.version('lp-engagement')"
    )


def test_star_import() -> None:
    """`from lp_engagement import *` gives every public name, and nothing else."""
    program = (
        "before = set(globals())\nfrom lp_engagement import *\nimport lp_engagement\n"
        "assert set(globals()) - before - {'before', 'lp_engagement'} == set(lp_engagement.__all__)"
    )
    run(program)
