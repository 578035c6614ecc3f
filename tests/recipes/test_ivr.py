"""The IVR recipe: what a caller waits for at most, by the simulator's clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from examples.recipes import ivr
from tests.helpers import ACCOUNT

if TYPE_CHECKING:
    from lp_engagement import EngagementClient
    from lp_engagement.simulator import Simulator

CALLER = "+1 202 555 0147"


@pytest.fixture
def line(engagement_client: EngagementClient) -> ivr.Line:
    """A phone line, opened."""
    line = ivr.Line(engagement_client, b"made up")
    line.open()
    return line


def test_offer_and_acceptance(line: ivr.Line, engagement_simulator: Simulator) -> None:
    """A caller with an offer hears the prompt, which is the display, and presses 1."""
    assert line.is_chat_offered(CALLER, "invoice")
    assert engagement_simulator.journal.last("createSession").sdes == [
        {"type": "service", "service": {"topic": "invoice"}}
    ]
    line.on_played(CALLER)
    line.on_pressed(CALLER)
    counts = engagement_simulator.funnel(ACCOUNT)
    assert (counts["impDisplay"], counts["impAccept"]) == (1, 1)


@pytest.mark.parametrize(
    "script, offered",
    [
        ("slow 1.5", True),
        ("slow 30", False),
        # The first pause alone is longer than the budget, so nobody waits for it.
        ("loading until cleared", False),
        ("503 until cleared", False),
        ("cut until cleared", False),
    ],
)
def test_a_caller_never_waits_longer(
    line: ivr.Line, engagement_simulator: Simulator, script: str, *, offered: bool
) -> None:
    """Whatever the API does, the caller hears the offer or is in the queue after two seconds."""
    engagement_simulator.script(ACCOUNT, script)
    assert line.is_chat_offered(CALLER, "invoice") is offered
    assert engagement_simulator.clock.ahead <= ivr.BUDGET


def test_reports_do_no_harm_without_an_offer(line: ivr.Line, engagement_simulator: Simulator) -> None:
    """A caller without an offer, or with one that has expired, is not reported."""
    line.on_played(CALLER)
    line.is_chat_offered(CALLER, "invoice")
    engagement_simulator.clock.advance(3600)
    line.on_pressed(CALLER)
    assert engagement_simulator.journal.of("updateSession") == []


def test_the_number_is_not_stored(
    line: ivr.Line, engagement_client: EngagementClient, engagement_simulator: Simulator
) -> None:
    """The key of the visit is not the number, and the same caller has the same key."""
    line.is_chat_offered(CALLER, "invoice")
    line.is_chat_offered(CALLER, "order")
    assert len(engagement_simulator.visitors(ACCOUNT)) == 1
    assert engagement_client.visit(CALLER).ids() is None
