"""The Celery recipe, with a real worker in a thread and a broker in memory."""

from __future__ import annotations

import queue
from typing import TYPE_CHECKING, Any

import pytest
from celery import signals
from celery.contrib.testing.worker import start_worker
from celery.worker import state

from lp_engagement import EngagementClient, sde
from tests.helpers import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lp_engagement.simulator import Simulator

PURCHASE = sde.purchase(total=11.7, order_id="A-1")


@pytest.fixture(scope="module")
def tasks() -> Iterator[Any]:
    """The module of the tasks, with a running worker, which tries again at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CELERY_BROKER_URL", "memory://")
        from examples.recipes import celery_tasks

        celery_tasks.app.conf.broker_transport_options = {"polling_interval": 0.01}
        celery_tasks.report_purchase.default_retry_delay = 0
        with start_worker(celery_tasks.app, pool="solo", perform_ping_check=False, shutdown_timeout=30):
            yield celery_tasks
            # An idle worker looks only every two seconds whether it should end, and then once more for a message.
            patch.setattr(state, "should_stop", 0)
            for _ in range(2):
                celery_tasks.app.send_task("wake up")


class Shop:
    """The web app's side of the queue.

    Args:
        tasks: the module of the tasks.
    """

    def __init__(self, tasks: Any) -> None:
        """Listen to the worker."""
        self._tasks = tasks
        self._done: queue.Queue[str] = queue.Queue()

    def buy(self, purchase: object = PURCHASE) -> None:
        """Report a purchase in the background."""
        self._tasks.report_purchase.delay("customer-4711", purchase)

    def note(self, state: str, **_: object) -> None:
        """Note the state of a task that the worker is done with."""
        self._done.put(state)

    def states(self, count: int) -> list[str]:
        """Wait until the worker has run `count` tasks; return the state after each."""
        return [self._done.get(timeout=30) for _ in range(count)]


@pytest.fixture
def shop(tasks: Any, simulator: Simulator) -> Iterator[Shop]:
    """A shop whose worker has a client of its own in each test."""
    shop = Shop(tasks)
    signals.task_postrun.connect(shop.note)
    yield shop
    signals.task_postrun.disconnect(shop.note)
    tasks.engagements().close()
    tasks.engagements.cache_clear()


def test_a_purchase_is_reported_in_the_visit_of_the_web_app(shop: Shop, simulator: Simulator) -> None:
    """The worker finds the visit by the customer's key, and the attribute arrives as it was built."""
    with EngagementClient() as client:  # in the web app
        client.visit("customer-4711").get_engagement()
    shop.buy()
    assert shop.states(1) == ["SUCCESS"]
    assert simulator.journal.last("resumeSession").sdes == [PURCHASE]
    assert len(simulator.visitors(ACCOUNT)) == 1


def test_a_quiet_account_costs_no_second_visitor(shop: Shop, simulator: Simulator) -> None:
    """The worker does not wait for a loading account: the task comes back, and goes on with the same visitor."""
    simulator.make_cold(ACCOUNT, times=2)
    shop.buy()
    assert shop.states(3) == ["RETRY", "RETRY", "SUCCESS"]
    assert simulator.clock.slept == []
    assert [entry.operation for entry in simulator.journal] == ["createSession", "resumeSession", "resumeSession"]
    assert len(simulator.visitors(ACCOUNT)) == 1


def test_an_outage_ends_the_task(shop: Shop, simulator: Simulator) -> None:
    """After five retries the task has failed."""
    simulator.script(ACCOUNT, "503 until cleared")
    shop.buy()
    assert shop.states(6) == ["RETRY"] * 5 + ["FAILURE"]


def test_a_bug_is_not_retried(shop: Shop, simulator: Simulator) -> None:
    """An invalid purchase fails at once, and nothing is sent."""
    shop.buy({"type": "purchase", "total": "11,70"})
    assert shop.states(1) == ["FAILURE"]
    assert simulator.journal == []
