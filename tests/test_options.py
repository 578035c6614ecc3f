"""Options of one call and of a derived client: what they change, what they leave, and what they refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from lp_engagement import NEVER, RetryPolicy
from lp_engagement.errors import ConfigurationError, DeadlineExceeded, ServiceUnavailableError
from lp_engagement.simulator import Fault, Simulator
from tests.both import ACCOUNT, KINDS, Maker
from tests.test_locals import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lp_engagement import CallEvent

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
    assert maker.clock.slept == [5]


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
    ):
        with pytest.raises(ConfigurationError, match=words) as caught:
            use()
        assert SECRET not in shown(caught.value)
    assert not simulator.journal


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
