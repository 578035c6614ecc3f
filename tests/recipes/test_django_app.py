"""The Django recipe, through Django's test client, with its database of sessions and users."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.helpers import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.contrib.auth.models import User
    from django.test import Client

    from lp_engagement.simulator import Simulator


@pytest.fixture(scope="module")
def site() -> Iterator[Any]:
    """The site, set up once: a process can configure Django only once."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SECRET_KEY", "made up")
        environment.setenv("DATABASE", ":memory:")
        from examples.recipes import django_app
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    yield django_app
    connection.close()


@pytest.fixture
def browser(site: Any, simulator: Simulator) -> Iterator[Client]:
    """A browser of somebody new, who has an account on the site."""
    from django.contrib.auth.models import User
    from django.test import Client

    User.objects.all().delete()
    User.objects.create_user("sarah")
    yield Client(enforce_csrf_checks=True)
    site.engagements().close()
    site.engagements.cache_clear()


def sarah() -> User:
    """The customer."""
    from django.contrib.auth.models import User

    return User.objects.get(username="sarah")


def post(browser: Client, path: str) -> int:
    """Post as the page does."""
    return browser.post(path, {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value}).status_code


def test_an_anonymous_browser_stays_one_visitor(browser: Client, simulator: Simulator) -> None:
    """A new browser has no session yet, and is found again; while its offer is valid, nothing is sent."""
    for _ in range(3):
        assert b"<button>" in browser.get("/").content
    assert [entry.operation for entry in simulator.journal] == ["createSession"]


def test_the_visit_survives_the_login(browser: Client, simulator: Simulator) -> None:
    """login() replaces the session's key, the visitor stays the same, and the customer's id is reported once."""
    browser.get("/")
    before = browser.session.session_key
    browser.force_login(sarah())
    assert browser.session.session_key != before
    for _ in range(2):
        browser.get("/")
    (visitor,) = simulator.visitors(ACCOUNT)
    create, resume = simulator.journal
    assert create.sdes == []
    assert resume.path.endswith(visitor.id)
    (customer,) = resume.sdes
    assert customer["info"] == {"customerId": browser.session["_auth_user_id"]}


def test_the_next_user_of_the_browser_is_another_visitor(browser: Client, simulator: Simulator) -> None:
    """logout() empties the session, so whoever uses the browser next has a visit of their own."""
    browser.force_login(sarah())
    browser.get("/")
    browser.logout()
    browser.get("/")
    assert len(simulator.visitors(ACCOUNT)) == 2


def test_a_display_is_counted_per_offer(browser: Client, simulator: Simulator) -> None:
    """The page reports an offer that it shows for the first time, also if the login made a call in between."""
    assert b"/chat/displayed" in browser.get("/").content
    assert post(browser, "/chat/displayed") == 204
    browser.force_login(sarah())
    assert b"/chat/displayed" not in browser.get("/").content
    assert post(browser, "/chat/accepted") == 204
    counts = simulator.funnel(ACCOUNT)
    assert (counts["offered"], counts["impDisplay"], counts["impAccept"]) == (2, 1, 1)


def test_other_sites_cannot_report(browser: Client, simulator: Simulator) -> None:
    """A post without the token of the page is refused."""
    browser.get("/")
    assert browser.post("/chat/accepted").status_code == 403
    assert simulator.journal.of("updateSession") == []


def test_the_site_works_without_a_chat(browser: Client, simulator: Simulator) -> None:
    """In an outage the page has no button, and the login is reported with the first page after it."""
    browser.force_login(sarah())
    simulator.script(None, "503 until cleared")
    page = browser.get("/")
    assert (page.status_code, b"<button>" in page.content) == (200, False)
    simulator.clear_faults()
    assert b"<button>" in browser.get("/").content
    assert simulator.journal.last().sdes[0]["type"] == "ctmrinfo"
