"""Options of one call and of a derived client: what they change, what they leave, and what they refuse."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from lp_engagement import NEVER, CallEvent, HttpResponse, RetryPolicy
from lp_engagement.errors import ConfigurationError, DeadlineExceeded, PayloadError, ServiceUnavailableError
from lp_engagement.simulator import Fault, Simulator
from lp_engagement_client.facts import DOMAIN_SERVICE
from tests.both import ACCOUNT, KINDS, Maker
from tests.helpers import PAUSES
from tests.test_locals import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lp_engagement import HttpRequest

SECRET = "canary-gateway-key"


@pytest.fixture(params=KINDS)
def maker(request: pytest.FixtureRequest) -> Iterator[Maker]:
    """Makes sync clients once, and async ones once."""
    with Maker(request.param) as maker:
        yield maker


def unavailable(times: int) -> Simulator:
    """A simulator that answers so many requests with 503."""
    simulator = Simulator()
    simulator.script(ACCOUNT, [Fault(503, times=times)])
    return simulator


def test_retry_of_one_call(maker: Maker) -> None:
    """A call has the retries that it names, a number or a policy, and the next call has the client's again."""
    simulator = unavailable(20)
    visit = maker.client(simulator=simulator, retry=NEVER).visit()
    for retry, tries in ((1, 2), (RetryPolicy(pauses=(1, 2)), 3), (None, 1), (0, 1)):
        with pytest.raises(ServiceUnavailableError) as caught:
            visit.get_engagement(retry=retry)
        assert len(caught.value.attempts) == tries


def test_deadline_of_one_call(maker: Maker) -> None:
    """A call ends at the deadline that it names, and `None` lifts the client's."""
    simulator = unavailable(2)
    visit = maker.client(simulator=simulator, deadline=3).visit()
    with pytest.raises(DeadlineExceeded):
        visit.get_engagement(deadline=2)
    assert visit.get_engagement(deadline=None).available
    assert maker.clock.slept == PAUSES[:1]


def test_another_version_of_the_api(maker: Maker) -> None:
    """A later version is sent with each request of a visit; the Domain API has a version of its own."""
    urls: list[str] = []

    def answer(request: HttpRequest) -> HttpResponse:
        urls.append(request.url)
        host = {"service": DOMAIN_SERVICE, "baseURI": "lp.example.com"}
        ids = {"visitorId": "v", "sessionId": "s", "pageId": "p", "status": "NotAvailable"}
        return HttpResponse(200, {}, json.dumps(host | ids).encode())

    client = maker.client(answer=answer, base_url=None, api_version="1.1")
    for each in (client, client.with_options(api_version="2.0-beta"), client):
        visit = each.visit()
        visit.get_engagement()
        visit.update()
        visit.call("updateSession", {})
    queries = [parse_qs(urlsplit(url).query) for url in urls]
    assert "v" not in queries.pop(0)
    assert [query["v"] for query in queries] == [["1.1"]] * 3 + [["2.0-beta"]] * 3 + [["1.1"]] * 3


def test_timeout_of_one_call(maker: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    """The transport is given the time limit of the call, in each of the three methods."""
    client = maker.client(simulator=Simulator(), timeout=10)
    visit, transport, given = client.visit(), client.inner._transport, []
    send: Any = transport.send

    def noting(request: Any, *, timeout: float) -> Any:
        given.append(timeout)
        return send(request, timeout=timeout)

    monkeypatch.setattr(transport, "send", noting)
    visit.get_engagement(timeout=1)
    visit.update(timeout=2)
    visit.call("updateSession", {}, timeout=3)
    visit.get_engagement()
    assert given == [1, 2, 3, 10]


def test_headers_of_client_and_call_are_merged(maker: Maker) -> None:
    """A call's headers are sent beside the client's and win over them in any case of letters; ours stay."""
    simulator = Simulator()
    visit = maker.client(simulator=simulator).with_options(headers={"X-Gateway": "a", "X-Team": "b"}).visit()
    visit.get_engagement(headers={"x-gateway": "c", "Traceparent": "d"})
    visit.update()
    first, second = ({name.lower(): value for name, value in each.headers.items()} for each in simulator.journal)
    assert (first["x-gateway"], first["x-team"], first["traceparent"]) == ("c", "b", "d")
    assert second["x-gateway"] == "a"
    assert "traceparent" not in second
    assert first["content-type"] == "application/json"


def test_the_domain_api_does_not_get_the_headers(maker: Maker) -> None:
    """A header that a gateway needs goes to the account's server alone."""
    simulator = Simulator()
    maker.client(simulator=simulator, base_url=None).visit().get_engagement(headers={"X-Key": SECRET})
    assert [SECRET in entry.headers.values() for entry in simulator.journal if entry.operation != "getDomain"] == [True]
    assert not any(SECRET in entry.headers.values() for entry in simulator.journal if entry.operation == "getDomain")


@pytest.mark.parametrize(
    "options, words",
    [
        ({"headers": {"Content-Type": SECRET}}, "headers cannot set Content-Type"),
        ({"headers": {"host": SECRET}}, "headers cannot set host"),
        ({"headers": {"X-Key": SECRET + "\r\nHost: evil.example"}}, "headers has a value for X-Key"),
        ({"headers": {"X-Key": SECRET + "é"}}, "printable ASCII"),
        ({"headers": {"X-Key": SECRET * 400}}, "1 to 4096"),
        ({"headers": {"X Key": SECRET}}, "headers has an unusable name"),
        ({"headers": {"X-Key": SECRET, "x-key": SECRET}}, "headers names a header twice"),
        ({"headers": {f"X-{number}": SECRET for number in range(33)}}, "at most 32"),
        ({"headers": [("X-Key", SECRET)]}, "headers must be a dict of strings, not list"),
        ({"timeout": 0}, "timeout must be a positive number"),
        ({"deadline": -1}, "deadline must be a positive number"),
        ({"retry": "3"}, "retry must be a number of retries"),
        ({"validate": "loose"}, "validate must be one of strict, warn, off"),
        ({"validate": False}, "validate must be one of strict, warn, off"),
        ({"allow_unknown_keys": 1}, "allow_unknown_keys must be True or False, not int"),
    ],
)
def test_options_that_are_refused(maker: Maker, options: dict[str, Any], words: str) -> None:
    """An option that is not usable is refused before anything is sent; no frame shows a header or an attribute."""
    simulator = Simulator()
    client = maker.client(simulator=simulator)
    sdes = [{"type": "personal", "personal": {"firstname": SECRET}}]
    for use in (
        lambda: client.visit().get_engagement(sdes=sdes, **options),
        lambda: client.visit().update(sdes=sdes, **options),
        lambda: client.visit().call("updateSession", {"engagementAttributes": sdes}, **options),
        lambda: client.with_options(**options),
        lambda: maker.client(simulator=simulator, **options),
    ):
        with pytest.raises(ConfigurationError, match=words) as caught:
            use()
        assert SECRET not in shown(caught.value)
    assert not simulator.journal


@pytest.mark.parametrize(
    "version, words",
    [
        (1.0, 'must be a string such as "1.0", not float'),
        ("", "up to 32 letters"),
        ("1.0&sid=x", "up to 32 letters"),
        ("1.0\n", "up to 32 letters"),
        ("1" * 33, "up to 32 letters"),
    ],
)
def test_versions_that_are_refused(maker: Maker, version: Any, words: str) -> None:
    """Text that is no version is never part of a URL."""
    with pytest.raises(ConfigurationError, match=words):
        maker.client().with_options(api_version=version)
    with pytest.raises(ConfigurationError, match=words):
        maker.client(api_version=version)


def test_a_failed_call_shows_no_header(maker: Maker) -> None:
    """The headers of a call are in no local variable of a frame when the server refuses it."""
    visit = maker.client(simulator=unavailable(1)).visit()
    with pytest.raises(ServiceUnavailableError) as caught:
        visit.get_engagement(headers={"X-Key": SECRET}, retry=0)
    assert SECRET not in shown(caught.value)


def test_a_derived_client_shares_and_changes_nothing(maker: Maker) -> None:
    """A derived client shares visits, host and connections; its parent keeps its settings, hooks and connections."""
    simulator = Simulator()
    mine: list[CallEvent] = []
    theirs: list[CallEvent] = []
    parent = maker.client(simulator=simulator, base_url=None, hooks=[theirs.append], deadline=9)
    before = parent.inner._settings
    parent.visit().get_engagement()
    seen = len(theirs)
    derived = parent.with_options(app_type="MSDK", hooks=[mine.append], deadline=None)
    assert derived.visit().ids() == parent.visit().ids()
    derived.visit().get_engagement()
    assert [entry.operation for entry in simulator.journal] == ["getDomain", "createSession", "resumeSession"]
    assert (len(theirs), bool(mine)) == (seen, True)
    assert parent.inner._settings is before
    assert (derived.inner._settings.app_type, derived.inner._settings.deadline) == ("MSDK", None)


def test_closing_a_derived_client_closes_nothing(maker: Maker) -> None:
    """The parent owns its store and connections, so it works on after a derived client was closed."""
    parent = maker.client()
    derived = parent.with_options(timeout=1).with_options(deadline=5)
    derived.close()
    assert parent.visit().ids() is None
    parent.close()
    with pytest.raises(RuntimeError, match="closed"):
        derived.visit().ids()


# ------------------------------------------------------------------------------------------------ validation

MISSPELT = {"type": "cart", "totl": 11.7}
NOT_JSON = {"type": "cart", "total": float("nan")}


class Recorder:
    """Answers with an offer and keeps the bodies that it was sent."""

    def __init__(self) -> None:
        self.bodies: list[Any] = []

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        self.bodies.append(json.loads(request.content or b"null"))
        answer = {"visitorId": "v", "sessionId": "s", "pageId": "p", "status": "NotAvailable"}
        return HttpResponse(200, {}, json.dumps(answer).encode())


def test_warnings_instead_of_errors(maker: Maker, caplog: pytest.LogCaptureFixture) -> None:
    """With `warn` an invalid body is sent as it is; a warning and an event name its faults, but no value."""
    caplog.set_level(logging.WARNING, logger="lp_engagement")
    server, events = Recorder(), list[CallEvent]()
    visit = maker.client(answer=server, hooks=[events.append], validate="warn").visit()
    given = {"type": "personal", "personal": {"firstname": SECRET, "gender": SECRET}}
    visit.get_engagement(sdes=[given])
    visit.update(sdes=[given])
    visit.call("updateSession", {"engagementAttributes": [given]})
    assert [body["engagementAttributes"] for body in server.bodies] == [[given]] * 3
    found = [event for event in events if event.name == "invalid_payload"]
    assert [(event.operation, [problem.name for problem in event.problems]) for event in found] == [
        ("create-session", ["enum"]),
        ("update-session", ["enum"]),
        ("update-session", ["enum"]),
    ]
    lines = [record for record in caplog.records if record.__dict__.get("step") == "invalid_payload"]
    assert [(record.levelname, record.__dict__["problems"]) for record in lines] == [("WARNING", 1)] * 3
    assert "/engagementAttributes/0/personal/gender" in lines[0].getMessage()
    assert SECRET not in caplog.text + repr(found)


def test_log_lines_name_ten_problems(maker: Maker, caplog: pytest.LogCaptureFixture) -> None:
    """A body with a hundred faults makes no line without end."""
    caplog.set_level(logging.WARNING, logger="lp_engagement")
    given = [{"type": "cart", "total": "x"}] * 100
    maker.client(answer=Recorder(), validate="warn").visit().get_engagement(sdes=given)
    assert caplog.text.count("/engagementAttributes/") == 10


def test_no_validation(maker: Maker, caplog: pytest.LogCaptureFixture) -> None:
    """With `off` an invalid body is sent in silence."""
    caplog.set_level(logging.WARNING, logger="lp_engagement")
    server, events = Recorder(), list[CallEvent]()
    maker.client(answer=server, hooks=[events.append]).visit().get_engagement(sdes=[MISSPELT], validate="off")
    assert server.bodies[0]["engagementAttributes"] == [MISSPELT]
    assert "invalid_payload" not in [event.name for event in events]
    assert not caplog.records


@pytest.mark.parametrize("mode", ["warn", "off"])
@pytest.mark.parametrize("value", [NOT_JSON, {"type": "cart", "total": object()}, {1: 2}])
def test_what_json_cannot_carry(maker: Maker, mode: str, value: Any) -> None:
    """NaN and objects are errors in every mode, and then nothing is sent and nothing is a mere warning."""
    server, events = Recorder(), list[CallEvent]()
    visit = maker.client(answer=server, hooks=[events.append]).visit()
    with pytest.raises(PayloadError):
        visit.get_engagement(sdes=[MISSPELT, value], validate=mode)
    assert not server.bodies
    assert "invalid_payload" not in [event.name for event in events]


def test_an_endless_body_is_an_error_in_every_mode(maker: Maker) -> None:
    """A body that contains itself cannot be written at all."""
    endless: dict[str, Any] = {"type": "cart"}
    endless["cart"] = endless
    for mode in ("strict", "warn", "off"):
        with pytest.raises(PayloadError):
            maker.client(answer=Recorder(), validate=mode).visit().get_engagement(sdes=[endless])


def test_unknown_keys(maker: Maker) -> None:
    """`allow_unknown_keys` lets keys through, and nothing else; per client, derived client and call."""
    server = Recorder()
    client = maker.client(answer=server)
    new = {"type": "cart", "total": 11.7, "numItems": 1, "later": 1}
    for visit, options in (
        (client.visit(), {"allow_unknown_keys": True}),
        (client.with_options(allow_unknown_keys=True).visit(), {}),
        (maker.client(answer=server, allow_unknown_keys=True).visit(), {}),
    ):
        visit.get_engagement(sdes=[new], **options)
        with pytest.raises(PayloadError) as caught:
            visit.get_engagement(sdes=[{**new, "total": "11.7"}], **options)
        assert [problem.name for problem in caught.value.problems] == ["string-number"]
    assert [body["engagementAttributes"] for body in server.bodies] == [[new]] * 3
    with pytest.raises(PayloadError):
        client.visit().get_engagement(sdes=[new])


def test_headers_of_a_client(maker: Maker) -> None:
    """A client sends its headers with each request; a call adds and replaces some, whatever their spelling."""
    seen: list[dict[str, str]] = []
    server = Recorder()

    def answer(request: HttpRequest) -> HttpResponse:
        seen.append({name.lower(): value for name, value in request.headers.items() if name.lower().startswith("x-")})
        return server(request)

    visit = maker.client(answer=answer, headers={"X-Gateway": "a", "X-Team": "b"}).visit()
    visit.get_engagement()
    visit.update(headers={"x-gateway": "c"})
    assert seen == [{"x-gateway": "a", "x-team": "b"}, {"x-gateway": "c", "x-team": "b"}]
