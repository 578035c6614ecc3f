"""Requests of the caller's own: sent as calls are, beside the visits."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from lp_engagement import CallEvent, HttpResponse, RetryPolicy
from lp_engagement.errors import (
    BadRequestError,
    ConfigurationError,
    ConnectError,
    DeadlineExceeded,
    PayloadError,
    ServerError,
    TransportError,
    UnexpectedResponseError,
)
from lp_engagement.simulator import Simulator
from lp_engagement_client.facts import DOMAIN_SERVICE, OPERATIONS
from tests.both import ACCOUNT, KINDS, Maker
from tests.test_locals import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lp_engagement import HttpRequest

SECRET = "canary-of-a-visitor"
PATH = f"/api/account/{ACCOUNT}/app/engagement/visitors/{SECRET}/later"


@pytest.fixture(params=KINDS)
def maker(request: pytest.FixtureRequest) -> Iterator[Maker]:
    """Makes sync clients once, and async ones once."""
    with Maker(request.param) as maker:
        yield maker


class Server:
    """Gives its answers in turn, the last one for ever, and keeps the requests."""

    def __init__(self, *answers: HttpResponse | Exception) -> None:
        self.answers = list(answers)
        self.requests: list[HttpRequest] = []

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


GOOD = HttpResponse(200, {"x-request-id": "r1"}, b'{"later": [1, null]}')
BAD = HttpResponse(503, {}, f'{{"error": "no {SECRET}"}}'.encode())


def test_request_as_it_is_described(maker: Maker) -> None:
    """Method, path, query, body and headers arrive as they were given, beside ours; so does the answer."""
    server = Server(GOOD)
    client = maker.client(answer=server, headers={"X-Gateway": "a"})
    body = {"half": "\u00e4", "many": (1, 2.0)}
    answer = client.request("PATCH", PATH, query={"a b": "&=/\u00e4"}, json=body, headers={"X-Own": "b"})
    (request,) = server.requests
    url = urlsplit(request.url)
    headers = {name.lower(): value for name, value in request.headers.items()}
    assert (request.method, url.path, parse_qs(url.query)) == ("PATCH", PATH, {"a b": ["&=/\u00e4"]})
    assert url.query == "a%20b=%26%3D%2F%C3%A4"
    assert json.loads(request.content or b"") == {"half": "\u00e4", "many": [1, 2]}
    assert (headers["x-gateway"], headers["x-own"], headers["content-type"]) == ("a", "b", "application/json")
    assert headers["user-agent"].startswith("lp-engagement/")
    assert (answer.status, answer.headers, answer.json()) == (200, GOOD.headers, {"later": [1, None]})
    assert SECRET not in repr(answer) + repr(request)


def test_real_exchange_beside_a_visit(maker: Maker) -> None:
    """The host is looked up once for both, and no visit is read or changed."""
    simulator = Simulator()
    client = maker.client(simulator=simulator, base_url=None)
    client.visit().get_engagement()
    ids = client.visit().ids()
    path = f"/api/account/{ACCOUNT}/app/engagement/visitors/"
    version = {"v": "1.0"}
    answer = client.request("POST", path, query=version, json={"appType": "EXTERNAL"})
    assert answer.json()["visitorId"] not in {None, ids and ids.visitor_id}
    assert client.visit().ids() == ids
    assert [entry.operation for entry in simulator.journal] == ["getDomain", "createSession", "createSession"]


def test_retries_of_an_answer(maker: Maker) -> None:
    """A 5xx is retried with the pauses of an update, whatever the method; then it is the same error as in a visit."""
    server, pauses = Server(BAD, BAD, GOOD), OPERATIONS["updateSession"].retry.pauses
    client = maker.client(answer=server)
    assert client.request("POST", PATH, json=1).status == 200
    assert maker.clock.slept == list(pauses[:2])
    with pytest.raises(ServerError) as caught:
        maker.client(answer=Server(BAD)).request("GET", PATH, retry=1)
    assert (len(caught.value.attempts), caught.value.operation) == (2, "request")
    assert SECRET not in shown(caught.value) + str(caught.value)


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
def test_lost_answers(maker: Maker, method: str) -> None:
    """A request that the server may have acted on is sent again if that cannot matter, or the policy says so."""
    lost = TransportError("lost", maybe_sent=True)
    server = Server(lost, GOOD)
    client = maker.client(answer=server)
    if method in {"GET", "HEAD"}:
        client.request(method, PATH)
    else:
        with pytest.raises(TransportError):
            client.request(method, PATH)
        assert len(server.requests) == 1
        server.answers.insert(0, lost)
        client.request(method, PATH, retry=RetryPolicy(unanswered=True))
        del server.requests[0]
    assert len(server.requests) == 2


def test_host_that_is_gone_is_looked_up_again(maker: Maker) -> None:
    """A connection that is refused costs the remembered host, as it does in a visit."""
    host = HttpResponse(200, {}, json.dumps({"service": DOMAIN_SERVICE, "baseURI": "lp.example.com"}).encode())
    server = Server(host, ConnectError("refused"), host, GOOD)
    client = maker.client(answer=server, base_url=None, retry=0)
    with pytest.raises(ConnectError):
        client.request("GET", PATH)
    assert client.request("GET", PATH).status == 200
    assert [SECRET in request.url for request in server.requests] == [False, True, False, True]


def test_time_limits(maker: Maker) -> None:
    """The deadline holds for all attempts together."""
    with pytest.raises(DeadlineExceeded):
        maker.client(answer=Server(BAD)).request("GET", PATH, deadline=2)
    assert maker.clock.slept == []


def test_steps_are_watched(maker: Maker, caplog: pytest.LogCaptureFixture) -> None:
    """Hooks and log lines name it `request`, and show neither its path nor its body."""
    caplog.set_level(logging.DEBUG, logger="lp_engagement")
    events: list[CallEvent] = []
    maker.client(answer=Server(GOOD), hooks=[events.append]).request("PUT", PATH, json={"id": SECRET})
    assert [event.name for event in events] == ["call_started", "sent", "answered", "call_ended"]
    assert {event.operation for event in events} == {"request"}
    assert (events[1].method, events[-1].outcome) == ("PUT", "success")
    assert SECRET not in repr(events) + caplog.text
    assert len(caplog.records) == 4


@pytest.mark.parametrize(
    "method, path, query, words",
    [
        ("get", PATH, None, "method must be one of GET, HEAD"),
        ("GET\r\nX: y", PATH, None, "method must be one of GET, HEAD"),
        ("GET", "api/x", None, "path must begin with a slash"),
        ("GET", f"https://evil.example/{SECRET}", None, "path must begin with a slash"),
        ("GET", f"@evil.example/{SECRET}", None, "path must begin with a slash"),
        ("GET", f"{PATH}?v=1.0", None, "after a question mark as query"),
        ("GET", f"{PATH}#x", None, "percent-encoded"),
        ("GET", f"{PATH} HTTP/1.1\r\nHost: evil.example", None, "percent-encoded"),
        ("GET", f"{PATH}/%zz", None, "percent-encoded"),
        ("GET", f"{PATH}\u00e4", None, "percent-encoded"),
        ("GET", PATH + "x" * 5000, None, "at most 4096"),
        ("GET", f"{PATH}/../../x", None, "no segment of dots"),
        ("GET", f"{PATH}/%2E./x", None, "no segment of dots"),
        ("GET", f"{PATH}/.", None, "no segment of dots"),
        ("GET", None, None, "path must begin with a slash"),
        ("GET", PATH, f"sid={SECRET}", "query must be a dict of strings, not str"),
        ("GET", PATH, {"sid": 1, "x": SECRET}, "query must have strings only"),
        ("GET", PATH, {"sid": f"\ud800{SECRET}"}, "query must have strings only"),
    ],
)
def test_arguments_that_are_refused(maker: Maker, method: Any, path: Any, query: Any, words: str) -> None:
    """An argument that is not usable is refused before anything is sent, and is shown nowhere."""
    server = Server(GOOD)
    with pytest.raises(ConfigurationError, match=words) as caught:
        maker.client(answer=server).request(method, path, query=query)
    assert SECRET not in shown(caught.value)
    assert server.requests == []


def test_bodies_that_are_refused(maker: Maker) -> None:
    """Values that JSON cannot carry are named by their places; nothing is sent."""
    server = Server(GOOD)
    for body, pointer in (({"a": [float("nan"), SECRET]}, "/a/0"), ({"a": {1: SECRET}}, "/a")):
        with pytest.raises(PayloadError) as caught:
            maker.client(answer=server).request("POST", PATH, json=body)
        assert caught.value.problems[0].pointer.startswith(pointer)
        assert SECRET not in shown(caught.value)
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(PayloadError, match="nest"):
        maker.client(answer=server).request("POST", PATH, json=endless)
    assert server.requests == []


def test_refusals_are_the_errors_of_this_api(maker: Maker) -> None:
    """A 4xx is final; a redirection is nothing that this API has; a body that is no JSON is said to be none."""
    with pytest.raises(BadRequestError):
        maker.client(answer=Server(HttpResponse(400, {}, b"{}"))).request("GET", PATH)
    with pytest.raises(UnexpectedResponseError):
        maker.client(answer=Server(HttpResponse(302, {"location": SECRET}, b""))).request("GET", PATH)
    answer = maker.client(answer=Server(HttpResponse(204, {}, b""))).request("DELETE", PATH)
    assert (answer.status, answer.content) == (204, b"")
    with pytest.raises(UnexpectedResponseError, match="is not JSON") as caught:
        HttpResponse(200, {}, f"<{SECRET}".encode()).json()
    assert SECRET not in shown(caught.value)
