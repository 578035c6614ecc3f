"""Retry policies: pauses that are longer at random, and decisions of the application's own."""

from __future__ import annotations

import logging
import math
import random
from typing import TYPE_CHECKING, Any

import pytest

from lp_engagement import FailedAttempt, RetryPolicy
from lp_engagement.errors import (
    BadRequestError,
    ConfigurationError,
    DeadlineExceeded,
    NotFoundError,
    ServiceUnavailableError,
)
from lp_engagement.simulator import Fault, Simulator
from lp_engagement.stores import MemoryStore
from lp_engagement_client.facts import OPERATIONS
from tests.both import ACCOUNT, KINDS, Maker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PAUSES = tuple(OPERATIONS["createSession"].retry.pauses)


@pytest.fixture(params=KINDS)
def maker(request: pytest.FixtureRequest) -> Iterator[Maker]:
    """Makes sync clients once, and async ones once."""
    with Maker(request.param) as maker:
        yield maker


def failing(*faults: Fault) -> Simulator:
    """A simulator that answers with these faults first."""
    simulator = Simulator()
    simulator.script(ACCOUNT, list(faults))
    return simulator


def test_jitter_makes_pauses_longer(maker: Maker) -> None:
    """Each pause is the documented one and up to `jitter` more; two calls that fail alike do not pause alike."""
    random.seed(4711)
    simulator = Simulator()
    client = maker.client(simulator=simulator, retry=RetryPolicy(jitter=2))
    for key in ("customer-1", "customer-2"):
        simulator.script(ACCOUNT, [Fault(503, times=3)])
        client.visit(key).get_engagement()
    first, second = maker.clock.slept[:3], maker.clock.slept[3:]
    assert first != second
    for slept in (first, second):
        assert all(0 <= pause - least <= 2 for pause, least in zip(slept, PAUSES, strict=True))


def test_no_jitter_unless_asked_for(maker: Maker) -> None:
    """Without it the pauses are exactly the documented ones."""
    maker.client(simulator=failing(Fault(503, times=3))).visit().get_engagement()
    assert maker.clock.slept == list(PAUSES)


def test_decision_of_the_application(maker: Maker) -> None:
    """It sees each failure with the policy's own pause, can retry what the policy would not, and can change pauses."""
    seen: list[FailedAttempt] = []

    def decide(failed: FailedAttempt) -> float | None:
        seen.append(failed)
        return 0.5 if failed.error.status == 404 else failed.pause

    simulator = failing(Fault(404), Fault(503))
    maker.client(simulator=simulator, retry=RetryPolicy(decide=decide)).visit().get_engagement()
    assert maker.clock.slept == [0.5, PAUSES[1]]
    assert [(type(each.error), each.operation, each.number, each.idempotent, each.pause) for each in seen] == [
        (NotFoundError, "createSession", 1, False, None),
        (ServiceUnavailableError, "createSession", 2, False, PAUSES[1]),
    ]


def test_no_retry_by_decision(maker: Maker) -> None:
    """`None` ends the call with the error of that attempt."""
    client = maker.client(simulator=failing(Fault(503)), retry=RetryPolicy(decide=lambda _: None))
    with pytest.raises(ServiceUnavailableError) as caught:
        client.visit().get_engagement()
    assert len(caught.value.attempts) == 1


def test_decision_comes_after_the_id_is_saved(maker: Maker) -> None:
    """A process that dies in the decision leaves no second visitor behind: the id of the answer was saved before."""
    store, saved = MemoryStore(), list[bool]()

    def decide(failed: FailedAttempt) -> float | None:
        record = store.load(f"{ACCOUNT}:customer-4711")
        saved.append(record is not None and record.visitor_id is not None)
        return failed.pause

    simulator = Simulator(cold=1)
    maker.client(simulator=simulator, store=store, retry=RetryPolicy(decide=decide)).visit().get_engagement()
    assert saved == [True]


@pytest.mark.parametrize("answer", [math.nan, -1, "5", True, math.inf])
def test_decision_that_is_none(maker: Maker, answer: Any, caplog: pytest.LogCaptureFixture) -> None:
    """A result that is no number of seconds is logged, and the policy goes on by itself."""
    client = maker.client(simulator=failing(Fault(503)), retry=RetryPolicy(decide=lambda _: answer))
    with caplog.at_level(logging.ERROR, "lp_engagement"):
        client.visit().get_engagement()
    assert maker.clock.slept == [PAUSES[0]]
    assert "decide() returned neither" in caplog.text


def test_decision_that_raises(maker: Maker, caplog: pytest.LogCaptureFixture) -> None:
    """The application's error is named in the log without its message, and the policy goes on by itself."""

    def decide(_: FailedAttempt) -> float | None:
        raise RuntimeError("canary")

    client = maker.client(simulator=failing(Fault(503)), retry=RetryPolicy(decide=decide))
    with caplog.at_level(logging.ERROR, "lp_engagement"):
        client.visit().get_engagement()
    assert maker.clock.slept == [PAUSES[0]]
    assert "RuntimeError" in caplog.text
    assert "canary" not in caplog.text


def test_decision_cannot_go_on_for_ever(maker: Maker) -> None:
    """A decision that always retries ends with the hundredth retry, or with the deadline."""
    policy = RetryPolicy(decide=lambda _: 1.0)
    simulator = failing(Fault(400, times=1000))
    with pytest.raises(BadRequestError) as caught:
        maker.client(simulator=simulator, retry=policy).visit().get_engagement()
    assert len(caught.value.attempts) == 101
    with pytest.raises(DeadlineExceeded):
        maker.client(simulator=simulator, retry=policy, deadline=3.5).visit().get_engagement()


@pytest.mark.parametrize(
    "make, words",
    [
        (lambda: RetryPolicy(jitter=-1), "jitter"),
        (lambda: RetryPolicy(jitter=True), "jitter"),
        (lambda: RetryPolicy(jitter=math.inf), "jitter"),
        (lambda: RetryPolicy(pauses=("5",)), "pauses"),  # type: ignore[arg-type]
        (lambda: RetryPolicy(decide=5), "decide"),  # type: ignore[arg-type]
    ],
)
def test_unusable_policy(make: Callable[[], RetryPolicy], words: str) -> None:
    """An unusable value is named when the policy is made."""
    with pytest.raises(ConfigurationError, match=words):
        make()
