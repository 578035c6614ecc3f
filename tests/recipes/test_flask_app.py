"""The Flask recipe, through Flask's test client."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from examples.recipes import flask_app
from tests.helpers import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask.testing import FlaskClient

    from lp_engagement.simulator import Simulator

SCRIPT = "/chat/displayed"


@pytest.fixture
def browser(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], FlaskClient]]:
    """Open a new browser, with cookies of its own."""
    monkeypatch.setenv("SECRET_KEY", "made up")
    app = flask_app.create_app()
    yield app.test_client
    app.extensions["engagements"].close()


def test_a_browser_stays_one_visitor(browser: Callable[[], FlaskClient], simulator: Simulator) -> None:
    """The cookie of a browser identifies its visit: two pages are one visitor, another browser is another one."""
    sarah = browser()
    for total in ("11.7", "23.4"):
        assert "<button>" in sarah.get(f"/cart/{total}").text
    assert [each["total"] for entry in simulator.journal for each in entry.sdes] == [11.7, 23.4]
    assert len(simulator.visitors(ACCOUNT)) == 1
    browser().get("/cart/5.0")
    assert len(simulator.visitors(ACCOUNT)) == 2


def test_a_display_is_counted_per_offer(browser: Callable[[], FlaskClient], simulator: Simulator) -> None:
    """Each page makes a call, but only the first that shows an offer reports it, until the offer has expired."""
    sarah = browser()
    assert SCRIPT in sarah.get("/cart/11.7").text
    assert sarah.post("/chat/displayed").status_code == 204
    assert SCRIPT not in sarah.get("/cart/11.7").text
    assert sarah.post("/chat/accepted").status_code == 200
    counts = simulator.funnel(ACCOUNT)
    assert (counts["offered"], counts["impDisplay"], counts["impAccept"]) == (2, 1, 1)


def test_the_cookie_holds_no_id_of_the_visit(browser: Callable[[], FlaskClient], simulator: Simulator) -> None:
    """Whoever reads the signed cookie finds the app's own key only."""
    sarah = browser()
    sarah.get("/cart/11.7")
    with sarah.session_transaction() as session:
        assert list(session) == ["visit"]
        (visitor,) = simulator.visitors(ACCOUNT)
        assert visitor.id not in session["visit"]


@pytest.mark.parametrize("script", ["503 until cleared", "cut until cleared", "html 502 x9", "429 x9"])
def test_the_shop_works_without_a_chat(browser: Callable[[], FlaskClient], simulator: Simulator, script: str) -> None:
    """In an outage the page has no button; clicks on an older page do no harm."""
    sarah = browser()
    simulator.script(None, script)
    page = sarah.get("/cart/11.7")
    assert (page.status_code, "<button>" in page.text) == (200, False)
    assert sarah.post("/chat/displayed").status_code == 204
    assert sarah.post("/chat/accepted").status_code == 200
