"""What importing costs, and what it must not do."""

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
print(json.dumps({"modules": sorted(sys.modules), "events": events, "threads": threading.active_count()}))
"""
# Anything of these means that something was opened, sent or started. Reading modules is what an import is.
WATCH = """
import sys
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
    modules = run("import lp_engagement_client.answers, lp_engagement_client.facts, lp_engagement_client.models")
    assert heavy(modules) == []


@pytest.mark.parametrize(
    "module",
    [
        "flow",
        "visiting",
        "exchange",
        "effects",
        "classify",
        "requests",
        "retry",
        "errors",
        "payload",
        "engagement",
        "domain",
    ],
)
def test_flow_does_no_io(module: str) -> None:
    """No module of the sans-I/O core imports a transport, a driver, an event loop, a clock or a database."""
    source = (Path(lp_engagement.__file__).parent / f"{module}.py").read_text(encoding="utf-8")
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in [getattr(node, "module", None) or "", *(each.name for each in node.names)]
    }
    io = {"anyio", "asyncio", "client", "driver", "httpx", "socket", "sqlite", "sqlite3", "time", "transport"}
    assert imported & io == set()


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
