"""The host of an account: looked up, kept, looked up again when it fails, and never a machine of this network."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import respx

from lp_engagement import NEVER, CallEvent, HttpRequest
from lp_engagement.errors import (
    ConnectError,
    DeadlineExceeded,
    DomainLookupError,
    NotFoundError,
    ServiceUnavailableError,
)
from lp_engagement.simulator import Fault, Simulator
from lp_engagement.transports import HttpResponse
from tests.both import ACCOUNT, KINDS, Maker
from tests.helpers import PAUSES

if TYPE_CHECKING:
    from collections.abc import Iterator

DOMAIN_API = "https://api.liveperson.net/api/account/12345678/service/msdkgw/baseURI.json?version=1.0"
IDS = {"sessionId": "abc", "visitorId": "xyz", "pageId": "1"}
DAY = 86_400


@pytest.fixture(params=KINDS)
def maker(request: pytest.FixtureRequest) -> Iterator[Maker]:
    """Makes sync clients once, and async ones once."""
    with Maker(request.param) as maker:
        yield maker


@pytest.mark.parametrize(
    "body",
    [
        {"service": "msdkgw", "account": ACCOUNT, "baseURI": "va.example.com"},
        {"baseURI": "https://va.example.com"},
        {"baseURI": "https://va.example.com/"},
        {"baseURI": "VA.example.com/"},
        {"baseURI": "HTTPS://va.example.com"},
        {"service": "Msdkgw", "baseURI": "va.example.com"},
        {
            "baseURIs": [
                {"service": "smt", "account": ACCOUNT, "baseURI": "other.example.com"},
                {"service": "msdkgw", "account": ACCOUNT, "baseURI": "va.example.com"},
            ]
        },
    ],
    ids=["documented", "scheme", "slash", "capitals", "scheme in capitals", "service in capitals", "list"],
)
def test_is_looked_up(maker: Maker, body: dict[str, Any]) -> None:
    """The host comes from the Domain API, in whatever shape it is given, and the answer is kept."""
    with respx.mock as router:
        lookup = router.get(DOMAIN_API).respond(200, json=body)
        posts = router.post(url__startswith="https://va.example.com/api/account/12345678/").respond(
            200, json={"status": "NotAvailable", **IDS}
        )
        client = maker.client(base_url=None)
        client.visit("one").get_engagement()
        client.visit("two").get_engagement()
    assert (lookup.call_count, posts.call_count) == (1, 2)
    request = lookup.calls.last.request
    assert (request.headers["accept"], request.content) == ("application/json", b"")


def test_is_looked_up_again_after_a_day(maker: Maker) -> None:
    """Hosts change: after a day the Domain API is asked again."""
    simulator = Simulator()
    client = maker.client(simulator=simulator, base_url=None)
    for seconds in (0, 86_399, 1):
        maker.clock.advance(seconds)
        client.visit().get_engagement()
    assert len(simulator.journal.of("getDomain")) == 2


def test_look_up_is_retried(maker: Maker) -> None:
    """A 5xx of the Domain API is tried again on the usual schedule."""
    simulator = Simulator()
    simulator.script(ACCOUNT, [Fault(503, operation="getDomain", times=3)])
    maker.client(simulator=simulator, base_url=None).visit().get_engagement()
    assert maker.clock.slept == PAUSES


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"service": "msdkgw"},
        {"baseURI": None},
        {"baseURI": ""},
        {"baseURI": "va.example.com/path"},
        {"baseURI": "user@va.example.com"},
        {"baseURI": "va.example.com:8080"},
        {"baseURI": "http://"},
        {"baseURI": "va。example.com"},
        {"service": "smt", "baseURI": "va.example.com"},
        {"baseURI": "10.0.0.1"},
        {"baseURI": "169.254.169.254"},
        {"baseURI": "https://[::1]"},
        {"baseURI": "localhost"},
        {"baseURI": "api.localhost"},
        {"baseURI": "intranet"},
        {"baseURI": "2130706433"},
        {"baseURI": "0x7f.1"},
        {"baseURI": "127.1"},
        {"baseURI": "https://" * 2**17},
        {"baseURI": " " * 2**20},
        {"baseURIs": []},
        {"baseURIs": [{"service": "smt", "baseURI": "va.example.com"}]},
        {"baseURIs": "va.example.com"},
    ],
)
def test_look_up_names_no_host(maker: Maker, body: dict[str, Any]) -> None:
    """An answer without a usable host is a clear error, and is not kept."""
    client = maker.client(base_url=None, answer=lambda _: HttpResponse(200, {}, json.dumps(body).encode()))
    for _ in range(2):
        with pytest.raises(DomainLookupError) as caught:
            client.visit().get_engagement()
        assert caught.value.status == 200
        assert "va" not in str(caught.value).split()
    assert len(client.inner._transport.requests) == 2  # type: ignore[union-attr]


# -------------------------------------------------------------------------------------------- hosts that go, stale ones


class Network:
    """Hosts and a Domain API that names one of them; each can be down.

    Attributes:
        host: what the Domain API names; an exception for what asking it ends with.
        down: hosts that cannot be reached.
        asked: the hosts of the requests, in order.
    """

    def __init__(self) -> None:
        """Start with one host, everything being up."""
        self.host: str | Exception | HttpResponse = "one.example.com"
        self.down: set[str] = set()
        self.missing: set[str] = set()
        self.asked: list[str] = []

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        host = request.url.split("/")[2]
        self.asked.append(host)
        if host.startswith("api."):
            if isinstance(self.host, Exception):
                raise self.host
            if isinstance(self.host, HttpResponse):
                return self.host
            return HttpResponse(200, {}, json.dumps({"service": "msdkgw", "baseURI": self.host}).encode())
        if host in self.down:
            raise ConnectError(f"{host} could not be reached.")
        if host in self.missing:
            body = {"error": {"message": "null for uri", "internalCode": "28"}}
            return HttpResponse(404, {}, json.dumps(body).encode())
        return HttpResponse(200, {}, json.dumps({"status": "NotAvailable", **IDS}).encode())


DOWN = (ConnectError("down"), HttpResponse(503, {}, b""), HttpResponse(429, {}, b""), HttpResponse(200, {}, b"<html>"))


@pytest.mark.parametrize("trouble", DOWN, ids=["unreachable", "503", "429", "HTML"])
def test_stale_host_is_used_while_the_domain_api_is_down(maker: Maker, trouble: Any) -> None:
    """A host that has expired serves on, without a pause and with an event, and is looked up again a minute later."""
    network = Network()
    events: list[CallEvent] = []
    client = maker.client(base_url=None, answer=network, hooks=[events.append])
    client.visit().get_engagement()
    maker.clock.advance(DAY)
    network.host = trouble
    client.visit().get_engagement()
    client.visit().get_engagement()
    assert [host.split(".")[0] for host in network.asked] == ["api", "one", "api", "one", "one"]
    assert [event.name for event in events].count("stale_domain") == 1
    assert maker.clock.slept == []
    maker.clock.advance(60)
    network.host = "two.example.com"
    client.visit().get_engagement()
    assert network.asked[-2:] == ["api.liveperson.net", "two.example.com"]


def test_account_that_is_gone_is_no_stale_host(maker: Maker) -> None:
    """A Domain API that answers and does not know the account is believed."""
    network = Network()
    client = maker.client(base_url=None, answer=network)
    client.visit().get_engagement()
    maker.clock.advance(DAY)
    network.host = HttpResponse(404, {}, b"")
    with pytest.raises(NotFoundError):
        client.visit().get_engagement()


def test_no_host_at_all_is_an_error(maker: Maker) -> None:
    """Without an older host, the trouble of the look-up is the trouble of the call."""
    network = Network()
    network.host = HttpResponse(503, {}, b"")
    with pytest.raises(ServiceUnavailableError):
        maker.client(base_url=None, answer=network).visit().get_engagement()
    assert maker.clock.slept == PAUSES


def test_stale_look_up_keeps_the_deadline(maker: Maker) -> None:
    """Asking for a host again uses up the deadline of the call like everything else."""
    network, slowness = Network(), [0]

    def slow(request: HttpRequest) -> HttpResponse:
        maker.clock.advance(slowness[0])
        return network(request)

    client = maker.client(base_url=None, answer=slow, deadline=1)
    client.visit().get_engagement()
    maker.clock.advance(DAY)
    slowness[0] = 2
    with pytest.raises(DeadlineExceeded):
        client.visit().get_engagement()


def test_host_that_cannot_be_reached_is_looked_up_again(maker: Maker) -> None:
    """A host that failed is not used for a day: the next call looks the account's host up."""
    network = Network()
    client = maker.client(base_url=None, answer=network, retry=NEVER)
    client.visit().get_engagement()
    network.host, network.down = "two.example.com", {"one.example.com"}
    with pytest.raises(ConnectError):
        client.visit().get_engagement()
    client.visit().get_engagement()
    assert network.asked[-2:] == ["api.liveperson.net", "two.example.com"]


def test_host_without_the_route_is_looked_up_again(maker: Maker) -> None:
    """So is one that says, with 404 and code 28, that it does not serve this API."""
    network = Network()
    client = maker.client(base_url=None, answer=network)
    client.visit().get_engagement()
    network.host, network.missing = "two.example.com", {"one.example.com"}
    with pytest.raises(NotFoundError):
        client.visit().get_engagement()
    client.visit().get_engagement()
    assert network.asked[-2:] == ["api.liveperson.net", "two.example.com"]


def test_domain_of_the_client_makes_no_visit(maker: Maker) -> None:
    """`domain()` names the host in plain values, shares the look-up with the visits, and makes no visit."""
    simulator = Simulator(host="va.example.com")
    client = maker.client(simulator=simulator, base_url=None)
    found = client.domain()
    assert json.loads(json.dumps(found.to_dict())) == {
        "host": "va.example.com",
        "base_url": "https://va.example.com",
        "looked_up": True,
    }
    assert [entry.operation for entry in simulator.journal] == ["getDomain"]
    client.visit().get_engagement()
    assert client.domain() == found
    assert [entry.operation for entry in simulator.journal] == ["getDomain", "createSession"]


def test_domain_of_a_client_that_was_given_it(maker: Maker) -> None:
    """A client that was given the host names it without asking anybody."""
    simulator = Simulator()
    found = maker.client(simulator=simulator, base_url="http://[::1]:8321").domain()
    assert (found.host, found.base_url, found.looked_up) == ("::1", "http://[::1]:8321", False)
    assert len(simulator.journal) == 0


def test_domain_that_is_not_known_is_a_typed_error(maker: Maker) -> None:
    """Without a host in the answer, `domain()` raises what a call of a visit would."""
    client = maker.client(base_url=None, answer=lambda _: HttpResponse(200, {}, b"{}"))
    with pytest.raises(DomainLookupError):
        client.domain()
