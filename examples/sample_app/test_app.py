"""The support desk's tests. They need no account, no network and no waiting: the pytest plugin provides everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient

from .app import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lp_engagement import EngagementClient
    from lp_engagement.simulator import Simulator

ACCOUNT = "12345678"
CART = {"type": "cart", "total": 11.7, "numItems": 1}


@pytest.fixture
def desk(engagement_client: EngagementClient) -> Iterator[TestClient]:
    """Serve the application with a client of the simulator."""
    with TestClient(create_app(engagement_client)) as desk:
        yield desk


def test_new_visit(desk: TestClient, engagement_simulator: Simulator) -> None:
    """A customer's first request opens a visit with the attributes; an offer alone is not an impression."""
    answer = desk.post("/customers/sarah/chat", json=[CART])
    assert answer.json() == {"chat": True}
    assert engagement_simulator.journal.last("createSession").sdes == [CART]
    assert engagement_simulator.funnel(ACCOUNT)["impDisplay"] == 0


def test_offer_is_shown_and_accepted(desk: TestClient, engagement_simulator: Simulator) -> None:
    """The browser reports the shown offer and later the click; each counts as one impression."""
    desk.post("/customers/sarah/chat", json=[CART])
    assert desk.post("/customers/sarah/chat/displayed").status_code == 204
    assert engagement_simulator.journal.last("updateSession").impressions[0]["type"] == "impDisplay"
    assert desk.post("/customers/sarah/chat/accepted").status_code == 204
    funnel = engagement_simulator.funnel(ACCOUNT)
    assert (funnel["impDisplay"], funnel["impAccept"]) == (1, 1)


def test_click_after_the_offer_has_expired(desk: TestClient, engagement_simulator: Simulator) -> None:
    """A click on an expired offer is not reported."""
    desk.post("/customers/sarah/chat", json=[])
    engagement_simulator.clock.advance(3600)
    assert desk.post("/customers/sarah/chat/accepted").status_code == 204
    assert [entry.operation for entry in engagement_simulator.journal if entry.method == "PUT"] == []


def test_restored_visit(desk: TestClient, engagement_simulator: Simulator) -> None:
    """A customer who returns within six hours continues the session; after that, the same visitor has a new session."""
    for hours in (0, 1, 6):
        engagement_simulator.clock.advance(hours * 3600)
        desk.post("/customers/sarah/chat", json=[])
    (visitor,) = engagement_simulator.visitors(ACCOUNT)
    assert len(visitor.sessions) == 2


def test_quiet_account(desk: TestClient, engagement_simulator: Simulator) -> None:
    """A loading account costs one pause, in which nobody waits, and creates only one visitor."""
    engagement_simulator.make_cold(ACCOUNT)
    assert desk.post("/customers/sarah/chat", json=[]).json()["chat"]
    assert len(engagement_simulator.clock.slept) == 1
    assert len(engagement_simulator.visitors(ACCOUNT)) == 1


def test_account_that_stays_quiet(desk: TestClient, engagement_simulator: Simulator) -> None:
    """If loading takes longer than the documented pauses, the app responds with 503 and `Retry-After`."""
    engagement_simulator.script(ACCOUNT, "loading x4")
    answer = desk.post("/customers/sarah/chat", json=[])
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")


@pytest.mark.parametrize("script", ["503 until cleared", "html 502 x4", "cut until cleared", "wrong-types"])
def test_outage(desk: TestClient, engagement_simulator: Simulator, script: str) -> None:
    """When the API fails, the shop still works, without a chat."""
    engagement_simulator.script(ACCOUNT, script)
    answer = desk.post("/customers/sarah/chat", json=[])
    assert (answer.status_code, answer.json()["chat"]) == (200, False)


def test_bad_payload(desk: TestClient, engagement_simulator: Simulator) -> None:
    """An invalid attribute is rejected before anything is sent, with a message that is safe to show."""
    answer = desk.post("/customers/sarah/chat", json=[{"type": "cart", "total": "11,70", "numItems": 1}])
    assert answer.status_code == 422
    assert "11,70" not in answer.text
    assert engagement_simulator.journal == []
