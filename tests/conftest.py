"""Fixtures of all tests: hypothesis profiles, an isolated environment, and the tests that pin LivePerson's page."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

# Chosen by LP_TEST_PROFILE. In CI the examples are the same in each run: a red run is red again when it is repeated.
settings.register_profile("default", deadline=None, max_examples=50, derandomize="CI" in os.environ)
settings.register_profile(
    "deep", deadline=None, max_examples=10_000, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile(os.environ.get("LP_TEST_PROFILE") or "default")

# A shell that starts the tests in the background has them ignore interrupts, and so would each process that they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the caller reaches a test, and no test reaches the visits of the user who runs it."""
    for name in [each for each in os.environ if each.startswith("LP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def anyio_backend() -> str:
    """Run async tests on asyncio, which is what the HTTP library is used with."""
    return "asyncio"


# ------------------------------------------------------------------------------------------------ LivePerson's page
# An edit of the spec may contradict the page, and then the tests that pin it fail on purpose, each with its line.


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that lists these tests."""
    parser.addoption(
        "--pins", action="store_true", help="list the tests that pin LivePerson's page, each with its line"
    )


def _pinned(item: pytest.Item) -> str | None:
    mark = item.get_closest_marker("pins_page")
    return None if mark is None else str(mark.args[0])


def pytest_collection_finish(session: pytest.Session) -> None:
    """List the tests."""
    if session.config.getoption("--pins"):
        names = {item.nodeid.partition("[")[0]: line for item in session.items if (line := _pinned(item)) is not None}
        sys.stdout.write("".join(f"\n{name}: {line}" for name, line in names.items()))
        session.items.clear()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note the line in the report, which also reaches the process that prints it."""
    report = yield
    line = _pinned(item)
    if line is not None:
        report.user_properties.append(("pins_page", line))
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the lines that failed tests pin."""
    reports = terminalreporter.getreports("failed")
    lines = {line for report in reports for name, line in getattr(report, "user_properties", ()) if name == "pins_page"}
    if lines:
        terminalreporter.section("the spec contradicts LivePerson's page")
        for line in sorted(lines):
            terminalreporter.line(f"  {line}")
        terminalreporter.line("Correct the spec. If the page has changed, correct the failed tests that pin it.")
