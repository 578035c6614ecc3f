"""A call that was answered reports how it went, and an engagement has forms to hand on."""

from __future__ import annotations

import copy
import json
import pickle
from typing import TYPE_CHECKING

import pytest

from lp_engagement import HttpResponse, errors
from lp_engagement.simulator import Fault, Simulator
from tests.both import ACCOUNT, KINDS, Maker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lp_engagement import HttpRequest

DETAILS = {"campaignId": "1", "engagementId": "2", "contextId": "3", "engagementRevision": 4, "validForSeconds": 60}
ANSWER = {
    "status": "Available",
    "visitorId": "canary-visitor",
    "sessionId": "canary-session",
    "pageId": "canary-page",
    "engagementDetails": {**DETAILS, "later": "field"},
    "news": 1,
}
SAFE = {
    "Date": "Wed, 25 Nov 2026 12:00:00 GMT",
    "X-Request-Id": "r-1\x1b[2J" + "a" * 100,
    "Via": "1.1 gateway" + "x" * 5000,
}


@pytest.fixture(params=KINDS)
def maker(request: pytest.FixtureRequest) -> Iterator[Maker]:
    """Makes sync clients once, and async ones once."""
    with Maker(request.param) as maker:
        yield maker


def answer(_: HttpRequest) -> HttpResponse:
    """An offer, with headers of all kinds."""
    return HttpResponse(200, {**SAFE, "Set-Cookie": "canary"}, json.dumps(ANSWER).encode())


def test_a_success_says_how_it_went(maker: Maker) -> None:
    """Attempts, time and status of a call that was answered after a retry are in `meta`; no call, no meta."""
    simulator = Simulator()
    simulator.script(ACCOUNT, [Fault(503)])
    visit = maker.client(simulator=simulator).visit("customer-4711")
    meta = visit.get_engagement(sections=["Support"]).meta
    assert meta is not None
    assert [(each.number, each.status, each.error, each.pause) for each in meta.attempts] == [
        (1, 503, "ServiceUnavailableError", 5),
        (2, 200, None, None),
    ]
    assert (meta.status, meta.seconds >= 5) == (200, True)
    assert visit.get_engagement(reuse=True).meta is None


def test_an_error_says_how_it_went(maker: Maker) -> None:
    """A call that fails has the same: of the last attempt the status, the safe headers and the request id."""

    def refused(_: HttpRequest) -> HttpResponse:
        return HttpResponse(503, {"X-Request-Id": "r-4711", "Set-Cookie": "canary"}, b"")

    with pytest.raises(errors.ServiceUnavailableError) as caught:
        maker.client(answer=refused).visit().get_engagement(retry=1)
    for error in (caught.value, pickle.loads(pickle.dumps(caught.value))):  # noqa: S301 - our own bytes
        assert error.meta is not None
        assert (error.meta.status, error.meta.attempts) == (503, error.attempts)
        assert (error.meta.request_id, error.meta.headers) == ("r-4711", {"x-request-id": "r-4711"})
        assert error.meta.seconds >= 5


def test_an_error_without_an_answer(maker: Maker) -> None:
    """Status and headers are those of the last attempt only: none if it had no answer, and none if nothing was sent."""
    answers = [HttpResponse(503, {"X-Request-Id": "r-4711"}, b"")]

    def lost(_: HttpRequest) -> HttpResponse:
        if answers:
            return answers.pop()
        raise errors.ConnectError("refused")

    visit = maker.client(answer=lost).visit()
    with pytest.raises(errors.ConnectError) as caught:
        visit.get_engagement(retry=1)
    assert caught.value.meta is not None
    assert (caught.value.meta.status, caught.value.meta.request_id, len(caught.value.meta.attempts)) == (None, None, 2)
    with pytest.raises(errors.VisitNotStartedError) as unsent:
        visit.update(sdes=[])
    assert unsent.value.meta is not None
    assert (unsent.value.meta.status, unsent.value.meta.attempts) == (None, ())


def test_headers_and_body_of_the_answer(maker: Maker) -> None:
    """The safe headers are there, cut and printable; the body is as received; no repr shows any of it."""
    engagement = maker.client(answer=answer).visit("customer-4711").get_engagement()
    assert engagement.meta is not None
    headers = engagement.meta.headers
    assert (headers["date"], headers["x-request-id"]) == (SAFE["Date"], "r-1\\x1b[2J" + "a" * 100)
    assert len(headers["via"]) <= 201
    assert headers.keys() == {"date", "x-request-id", "via"}
    assert json.loads(engagement.raw) == ANSWER
    assert "canary" not in repr(engagement)


def test_a_copy_is_equal(maker: Maker) -> None:
    """An engagement with all that was received can be pickled and copied."""
    engagement = maker.client(answer=answer).visit("customer-4711").get_engagement()
    for again in (pickle.loads(pickle.dumps(engagement)), copy.deepcopy(engagement)):  # noqa: S301 - our own bytes
        assert (again, again.meta, again.raw) == (engagement, engagement.meta, engagement.raw)


def test_json_of_an_engagement(maker: Maker) -> None:
    """Both forms are JSON; that for a browser has the documented details and no id of the visit."""
    engagement = maker.client(answer=answer).visit("customer-4711").get_engagement()
    whole, public = (json.loads(json.dumps(form)) for form in (engagement.to_dict(), engagement.for_browser()))
    assert (whole["visitor_id"], whole["extra"]) == ("canary-visitor", {"news": 1})
    assert public == {
        "status": "Available",
        "available": True,
        "details": DETAILS,
        "expires_at": engagement.expires_at and engagement.expires_at.isoformat(),
    }
    assert "canary" not in json.dumps(public)


@pytest.mark.parametrize(
    "kind, retryable",
    [
        (errors.RateLimitedError, True),
        (errors.ServiceUnavailableError, True),
        (errors.AccountLoadingError, True),
        (errors.BadRequestError, False),
        (errors.NotFoundError, False),
    ],
)
def test_retryable_statuses(kind: type[errors.APIStatusError], *, retryable: bool) -> None:
    """A 429 or 5xx may succeed later, another 4xx will not."""
    assert kind(status=400, operation="createSession").retryable is retryable
