"""pytest plugin: your tests against a simulated App Engagement API, without an account and without waiting.

pytest loads it from the installed package. You can override its fixtures:

- `engagement_simulator`: a separate simulator for each test;
- `engagement_client`: a client of it, with its visits in memory;
- `no_real_sleep`: clients that your code creates do not wait between attempts;
- `no_dropped_attributes`: a test fails if the API would silently drop a part of what it sent.

PYTEST_DONT_REWRITE: there are no assertions here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from lp_engagement import EngagementClient
    from lp_engagement.simulator import Simulator, VirtualClock

__all__ = [
    "engagement_account",
    "engagement_client",
    "engagement_simulator",
    "no_dropped_attributes",
    "no_real_sleep",
]


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


@pytest.fixture
def no_dropped_attributes(engagement_simulator: Simulator) -> Simulator:
    """Make the test fail if a request had unknown keys or types, which the API silently drops; return the simulator.

    The failure lists them with their rules. To use it in each test of a folder, write an autouse fixture that takes it.
    """
    return engagement_simulator


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Look at what was dropped as soon as the test has ended: a failed teardown would count as an error instead."""
    result = yield
    simulator = getattr(item, "funcargs", {}).get("no_dropped_attributes")
    problems = [] if simulator is None else _dropped(simulator)
    if problems:
        pytest.fail("The API would silently drop:\n" + "\n".join(problems), pytrace=False)
    return result


def _dropped(simulator: Simulator) -> list[str]:
    """Write what was dropped in the words of the validator, which name the fix."""
    from lp_engagement.validation import check
    from lp_engagement_client import facts

    problems = []
    for number, entry in enumerate(simulator.journal, 1):
        places = {part.pointer.removesuffix("/type") for part in entry.dropped}
        kind = facts.OPERATIONS[entry.operation].body if places and entry.operation else None
        if kind is not None:
            found = [each for each in check(entry.body, kind) if each.pointer.removesuffix("/type") in places]
            problems += [f"request {number}, {entry.operation} {problem}" for problem in found]
    return problems
