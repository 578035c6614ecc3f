"""Fixtures of all tests: hypothesis profiles, and an isolated environment."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
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
