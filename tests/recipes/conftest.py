"""Fixtures of the recipes: a simulator behind a socket, which the environment names, and a Redis."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.recipes.sandbox import need_sandbox
from tests.redis_server import RedisServer, free_port, need_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lp_engagement.simulator import Simulator, VirtualClock


@pytest.fixture
def simulator(engagement_simulator: Simulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Simulator]:
    """A simulator that an app calls over HTTP, because its environment says so."""
    with engagement_simulator.serve() as server:
        monkeypatch.setenv("LP_ACCOUNT_ID", "12345678")
        monkeypatch.setenv("LP_BASE_URL", server.url)
        monkeypatch.setenv("LP_VISIT_STORE", f"sqlite:///{tmp_path / 'visits.db'}")
        yield engagement_simulator


@pytest.fixture(autouse=True)
def _no_pauses(no_real_sleep: VirtualClock) -> None:
    """No recipe waits between attempts."""


@pytest.fixture
def api_url(engagement_simulator: Simulator) -> Iterator[str]:
    """The simulator's address, for a process in a sandbox."""
    need_sandbox()
    with engagement_simulator.serve() as server:
        yield server.url


@pytest.fixture
def redis_url() -> Iterator[str]:
    """A Redis that all sandboxes can use."""
    need_server()
    with RedisServer(port=free_port()) as server:
        yield server.url
