"""pytest plugin: your tests against a simulated App Engagement API, without an account and without waiting.

pytest loads it from the installed package. You can override its fixtures:

- `engagement_simulator`: a separate simulator for each test;
- `engagement_client`: a client of it, with its visits in memory;
- `no_real_sleep`: clients that your code creates do not wait between attempts.

PYTEST_DONT_REWRITE: there are no assertions here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lp_engagement import EngagementClient
    from lp_engagement.simulator import Simulator, VirtualClock

__all__ = ["engagement_account", "engagement_client", "engagement_simulator", "no_real_sleep"]


@pytest.fixture
def engagement_account() -> str:
    """The account of `engagement_client`; override it if your code uses another one."""
    return "12345678"


@pytest.fixture
def engagement_simulator() -> Simulator:
    """A simulator with one campaign, which matches everybody, and the same ids in each run."""
    from lp_engagement.simulator import Simulator

    return Simulator(seed=0)


@pytest.fixture
def engagement_client(engagement_simulator: Simulator, engagement_account: str) -> Iterator[EngagementClient]:
    """A client of the simulator. It waits on the simulator's clock, so a test takes no time."""
    from lp_engagement import EngagementClient

    with EngagementClient(
        engagement_account,
        base_url="https://simulator.invalid",
        store="memory://",
        transport=engagement_simulator.transport(),
        clock=engagement_simulator.clock,
    ) as client:
        yield client


@pytest.fixture
def no_real_sleep(engagement_simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> VirtualClock:
    """Make the pauses of all clients take no time; return the simulator's clock, whose `slept` lists them.

    A client with its own `clock` keeps it.
    """
    from lp_engagement._common.clock import AsyncSystemClock, SystemClock

    clock = engagement_simulator.clock
    monkeypatch.setattr(SystemClock, "sleep", lambda _, seconds: clock.sleep(seconds))
    monkeypatch.setattr(AsyncSystemClock, "sleep", lambda _, seconds: clock.asleep(seconds))
    return clock
