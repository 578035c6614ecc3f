"""The lifecycle of one call, driven effect by effect: no socket, no clock, no event loop, no driver."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lp_engagement import NEVER, CallEvent, RetryPolicy
from lp_engagement._core.domain import KnownDomain
from lp_engagement._core.effects import Acquire, Delete, Load, Release, Reserve, Save, Send, Sleep, StoreEffect
from lp_engagement._core.operations import VisitOperations
from lp_engagement._core.settings import Settings
from lp_engagement.errors import (
    AccountLoadingError,
    BadRequestError,
    ConnectError,
    DeadlineExceeded,
    DomainLookupError,
    EngagementError,
    NotFoundError,
    PayloadError,
    RateLimitedError,
    ServiceUnavailableError,
    SessionGoneError,
    StoreError,
    TransportError,
    TransportTimeout,
    UnexpectedResponseError,
    VisitNotStartedError,
)
from lp_engagement.stores import MemoryStore, VisitRecord
from lp_engagement.transports import HttpRequest, HttpResponse
from tests.helpers import PAUSES, SID, FakeClock

if TYPE_CHECKING:
    from lp_engagement import Engagement
    from lp_engagement._core.effects import Effect, Flow

KEY = "12345678:customer-4711"
BASE_URL = "https://lp.example.com"
VISITORS = f"{BASE_URL}/api/account/12345678/app/engagement/visitors"
IDS = {"sessionId": "abc", "visitorId": "xyz", "pageId": "4743822558"}
KNOWN = VisitRecord("xyz", "abc", "4743822558")

Answer = HttpResponse | Exception | Callable[[], HttpResponse]


def http(status: int, body: Any = b"", **headers: str) -> HttpResponse:
    """An answer; a body that is not bytes is written as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return HttpResponse(status, {name.replace("_", "-"): value for name, value in headers.items()}, content)


def loading(visitor_id: str = "vid", status: int = 500, code: int = 20) -> HttpResponse:
    """A "Loading account" answer."""
    return http(status, {"time": 1, "message": f"Loading account: 12345678, vid: {visitor_id}", "internalCode": code})


def gone(code: int) -> HttpResponse:
    """A 404 with an internal code."""
    return http(404, {"time": 1, "message": "not valid", "internalCode": code})


def ok(**changes: Any) -> HttpResponse:
    """An answer without an engagement."""
    return http(200, {"status": "NotAvailable", **IDS, **changes})


BUSY = http(503)
# These tests are about the order of things; that the schedule is the spec's is said by test_page.py.
SCHEDULE = RetryPolicy(pauses=(5, 10, 15))
GRANTED, TAKEN = True, False
MOST_STEPS = 2_000


class Walk:
    """Drives flows by hand, and notes every effect in a word.

    Attributes:
        steps: the effects, e.g. `load`, `acquire 15`, `POST /xyz?v=1.0&sid=abc`, `save xyz abc`, `sleep 5`.
        sent: the requests and their time-outs.
        events: the events that the hooks received, but the first and the last of each call (see test_watching.py).
        reserved: for how long each request was ready to wait for its place.
        waits: for how long the next ones have to; `None` if in vain.
        store: where effects on the store go.
        rigged: results for the next store effects of a kind, instead of the store's; an exception is thrown.
        seconds: how long each request takes.
    """

    def __init__(self, *answers: Answer, record: VisitRecord | None = None, **changes: Any) -> None:
        self.clock = FakeClock()
        self.store = MemoryStore(clock=self.clock)
        if record is not None:
            self.store.save(KEY, record)
        self.answers = deque(answers)
        self.rigged: dict[type[Any], deque[Any]] = {}
        self.steps: list[str] = []
        self.sent: list[Send] = []
        self.reserved: list[float] = []
        self.waits: deque[float | None] = deque()
        self.events: list[CallEvent] = []
        self.seconds = 0.0
        self.interrupt: tuple[str, BaseException] | None = None
        self.known = KnownDomain()
        self.settings = replace(
            Settings(
                account_id="12345678",
                app_type="EXTERNAL",
                base_url=BASE_URL,
                retry=SCHEDULE,
                timeout=10.0,
                deadline=None,
                user_agent="test",
                hooks=(self._see,),
                clock=self.clock,
                new_token=lambda: "me",
            ),
            **changes,
        )

    def _see(self, event: CallEvent) -> None:
        if event.name not in {"call_started", "call_ended"}:
            self.events.append(event)

    @property
    def operations(self) -> VisitOperations:
        """The operations of the visit."""
        return VisitOperations(self.settings, self.known, KEY)

    def rig(self, kind: type[Any], *results: Any) -> None:
        """Give these results to the next effects of a kind."""
        self.rigged[kind] = deque(results)

    def ask(self, **arguments: Any) -> Engagement:
        """Drive `flow.get_engagement` to its end."""
        arguments = {"sdes": None, "sections": None, "app_details": None, **arguments}
        result: Engagement = self.run(self.operations.get_engagement(**arguments))
        return result

    def update(self, **arguments: Any) -> None:
        """Drive `flow.update` to its end."""
        self.run(self.operations.update(**{"sdes": None, "impressions": None, **arguments}))

    def run(self, generator: Flow[Any]) -> Any:
        """Drive a flow to its end and return its result."""
        try:
            effect = next(generator)
            while True:
                try:
                    result = self._perform(effect)
                except BaseException as error:  # noqa: BLE001 - what a driver does
                    effect = generator.throw(error)
                else:
                    effect = generator.send(result)
        except StopIteration as stop:
            return stop.value

    def _perform(self, effect: Effect[Any]) -> Any:
        if isinstance(effect, Reserve):
            # Not noted: it is part of each request.
            self.reserved.append(effect.patience)
            return self.waits.popleft() if self.waits else 0.0
        self.steps.append(word(effect))
        assert len(self.steps) < MOST_STEPS, "the flow does not come to an end"
        if self.interrupt is not None and self.steps[-1].startswith(self.interrupt[0]):
            interrupt, self.interrupt = self.interrupt[1], None
            raise interrupt
        if isinstance(effect, Send):
            self.sent.append(effect)
            self.clock.advance(min(self.seconds, effect.timeout))
            answer = self.answers.popleft()
            if isinstance(answer, Exception):
                raise answer
            return answer() if callable(answer) else answer
        if isinstance(effect, Sleep):
            return self.clock.sleep(effect.seconds)
        if self.rigged.get(type(effect)):
            result = self.rigged[type(effect)].popleft()
            if isinstance(result, BaseException):
                raise result
            return result
        assert isinstance(effect, StoreEffect)
        return effect.apply(self.store)

    @property
    def record(self) -> VisitRecord:
        """The contents of the store."""
        return self.store.load(KEY) or VisitRecord()

    @property
    def free(self) -> bool:
        """Whether nobody holds the lease."""
        return self.store.acquire(KEY, "somebody else", lease=1)

    @property
    def names(self) -> list[str]:
        """The names of the events."""
        return [event.name for event in self.events]


def word(effect: Effect[Any]) -> str:
    """An effect in a word."""
    match effect:
        case Send(request=HttpRequest(method=method, url=url)):
            return f"{method} {url.removeprefix(VISITORS).replace(f'{SID}=', 'sid=')}"
        case Sleep(seconds=seconds):
            return f"sleep {seconds:g}"
        case Acquire(lease=lease):
            return f"acquire {lease:g}"
        case Save(record=record):
            return f"save {record.visitor_id} {record.session_id}"
        case _:
            return type(effect).__name__.lower()


OPEN = ["load", "acquire 15", "load", "POST /?v=1.0"]

# ------------------------------------------------------------------------------------------------ the documented way


def test_first_call() -> None:
    """A first call looks again under the lease, sends once, saves the ids, and lets go of the lease."""
    walk = Walk(ok())
    engagement = walk.ask()
    assert walk.steps == [*OPEN, "save xyz abc", "release"]
    assert (engagement.visitor_id, engagement.new_session, engagement.saved) == ("xyz", False, True)
    assert walk.record == VisitRecord("xyz", "abc", "4743822558", updated_at=walk.clock.time(), version=1)
    assert walk.free


def test_any_iterable_of_attributes() -> None:
    """Attributes and impressions may come from any iterable; a string or an object is no array of them."""
    walk = Walk(ok(), http(200, b""))
    lead = {"type": "lead", "lead": {"topic": "mortgage"}}
    walk.ask(sdes=iter([lead]))
    walk.update(sdes={1: lead}.values(), impressions=iter([]))
    assert [json.loads(sent.request.content or b"")["engagementAttributes"] for sent in walk.sent] == [[lead], [lead]]
    for no_array in ("lead", lead, 5):
        with pytest.raises(PayloadError) as refused:
            walk.ask(sdes=no_array)
        assert [problem.name for problem in refused.value.problems] == ["not-array"]


def test_later_call() -> None:
    """A later call needs no lease, and sends both ids."""
    walk = Walk(ok(), record=KNOWN)
    walk.ask()
    assert walk.steps == ["load", "POST /xyz?v=1.0&sid=abc", "save xyz abc"]


def test_nothing_happens_before_the_first_effect() -> None:
    """A bad payload is refused before anything is loaded, taken or sent."""
    walk = Walk()
    with pytest.raises(PayloadError):
        walk.ask(sdes=[{"type": "cart"}])
    assert (walk.steps, walk.events) == ([], [])


def test_loading_with_visitor_id() -> None:
    """The vid of a loading account is saved before the pause, and the resend has it in its path and no session."""
    walk = Walk(loading("vid"), ok(visitorId="vid"))
    walk.ask()
    assert walk.steps == [
        *OPEN,
        "save vid None",
        "acquire 20",
        "sleep 5",
        "POST /vid?v=1.0",
        "save vid abc",
        "release",
    ]
    assert walk.sent[0].request.content == walk.sent[1].request.content


@pytest.mark.parametrize("visitor_id", ["", "..", "  "])
def test_loading_without_visitor_id(visitor_id: str) -> None:
    """An empty vid, or one that is no id, is not saved, and the same request is sent again."""
    walk = Walk(loading(visitor_id), ok())
    walk.ask()
    assert walk.steps == [*OPEN, "acquire 20", "sleep 5", "POST /?v=1.0", "save xyz abc", "release"]


def test_loading_names_another_visitor_id_each_time() -> None:
    """Each new vid replaces the one before."""
    walk = Walk(loading("one"), loading("two"), loading("two"), ok(visitorId="two"))
    walk.ask()
    assert [step for step in walk.steps if step.startswith(("POST", "save"))] == [
        "POST /?v=1.0",
        "save one None",
        "POST /one?v=1.0",
        "save two None",
        "POST /two?v=1.0",
        "save two None",
        "POST /two?v=1.0",
        "save two abc",
    ]


def test_loading_replaces_a_visitor_and_drops_what_belonged_to_it() -> None:
    """A known visitor that the server replaces takes session, page and engagement along."""
    walk = Walk(loading("vid"), record=replace(KNOWN, engagement={"contextId": "1"}, engagement_expires_at=1.0))
    with pytest.raises(IndexError):
        walk.ask()
    record = walk.record
    assert (record.visitor_id, record.session_id, record.page_id, record.engagement) == ("vid", None, None, None)
    assert walk.steps[-1] == "POST /vid?v=1.0"


def test_loading_as_a_success_status() -> None:
    """A 202 with code 38 is a loading account too."""
    walk = Walk(loading("vid", status=202, code=38), ok(visitorId="vid"))
    walk.ask()
    assert walk.steps[4:8] == ["save vid None", "acquire 20", "sleep 5", "POST /vid?v=1.0"]


def test_three_failures_then_success() -> None:
    """5xx are sent again after 5, 10 and 15 seconds, each time under a renewed lease."""
    walk = Walk(BUSY, BUSY, BUSY, ok())
    walk.ask()
    assert walk.steps == [
        *OPEN,
        *("acquire 20", "sleep 5", "POST /?v=1.0"),
        *("acquire 25", "sleep 10", "POST /?v=1.0"),
        *("acquire 30", "sleep 15", "POST /?v=1.0"),
        "save xyz abc",
        "release",
    ]


def test_four_failures() -> None:
    """After the third retry the error is raised with all four tries, and the lease is free."""
    walk = Walk(BUSY, BUSY, BUSY, BUSY)
    with pytest.raises(ServiceUnavailableError) as caught:
        walk.ask()
    assert walk.clock.slept == [5, 10, 15]
    assert [(each.number, each.status, each.error, each.pause) for each in caught.value.attempts] == [
        (1, 503, "ServiceUnavailableError", 5),
        (2, 503, "ServiceUnavailableError", 10),
        (3, 503, "ServiceUnavailableError", 15),
        (4, 503, "ServiceUnavailableError", None),
    ]
    assert "after 4 attempts" in str(caught.value)
    assert walk.steps[-1] == "release"
    assert walk.free


def test_four_times_loading_leaves_the_visitor_for_the_next_call() -> None:
    """A call that gives up has saved the vid, and the next call uses it."""
    walk = Walk(*[loading("vid")] * 4, ok(visitorId="vid"))
    with pytest.raises(AccountLoadingError):
        walk.ask()
    walk.steps.clear()
    walk.ask()
    assert walk.steps == ["load", "POST /vid?v=1.0", "save vid abc"]


@pytest.mark.parametrize("status", [400, 401, 404, 422])
def test_client_errors_are_final(status: int) -> None:
    """A 4xx ends the call at once."""
    walk = Walk(http(status))
    with pytest.raises(EngagementError) as caught:
        walk.ask()
    assert (len(walk.sent), walk.clock.slept, len(caught.value.attempts)) == (1, [], 1)
    assert walk.free


def test_client_errors_are_final_whatever_their_code() -> None:
    """A 4xx that says "Loading account" is a 4xx."""
    walk = Walk(loading("vid", status=400), ok())
    with pytest.raises(EngagementError):
        walk.ask()
    assert len(walk.sent) == 1


@pytest.mark.parametrize("status", [101, 301, 302, 307, 600])
def test_statuses_that_the_api_does_not_use(status: int) -> None:
    """They are errors of their own, not retried and not followed."""
    walk = Walk(http(status, location="https://elsewhere.example.com/"))
    with pytest.raises(UnexpectedResponseError) as caught:
        walk.ask()
    assert (len(walk.sent), caught.value.status) == (1, status)


# --------------------------------------------------------------------------------------------------- other policies


def test_rate_limit_is_final_by_default() -> None:
    """A 429 is a 4xx: it is not sent again, whatever the server says about later."""
    walk = Walk(http(429, retry_after="1"))
    with pytest.raises(RateLimitedError) as caught:
        walk.ask()
    assert (len(walk.sent), caught.value.retry_after) == (1, 1)


@pytest.mark.parametrize(
    "header, pause",
    [("7", 7), *((each, PAUSES[0]) for each in ("0", "", "Wed, 21 Oct 2026 07:28:00 GMT", "-1"))],
)
def test_rate_limit_opted_in(header: str, pause: float) -> None:
    """Where the policy says so, a 429 is sent again after what `Retry-After` asks for, or after the usual pause."""
    walk = Walk(http(429, retry_after=header), ok(), retry=RetryPolicy(rate_limited=True))
    walk.ask()
    assert walk.clock.slept == [pause]


def test_rate_limit_waits_at_least_a_second() -> None:
    """A policy with shorter pauses still waits a second after a 429."""
    walk = Walk(http(429), ok(), retry=RetryPolicy(pauses=(0.1,), rate_limited=True))
    walk.ask()
    assert walk.clock.slept == [1]


@pytest.mark.parametrize("header, pause", [("20", 20), ("1", 5)])
def test_server_error_with_retry_after(header: str, pause: float) -> None:
    """The pause after a 503 is as long as its Retry-After, but not shorter than usual."""
    walk = Walk(http(503, retry_after=header), ok())
    walk.ask()
    assert walk.clock.slept == [pause]


def test_never() -> None:
    """NEVER makes one request and keeps the vid all the same."""
    walk = Walk(loading("vid"), retry=NEVER)
    with pytest.raises(AccountLoadingError):
        walk.ask()
    assert (len(walk.sent), walk.clock.slept, walk.record.visitor_id) == (1, [], "vid")


# ------------------------------------------------------------------------------------------------ lost connections

LOST = TransportTimeout("no answer", maybe_sent=True)
REFUSED = ConnectError("refused")


@pytest.mark.parametrize("failure", [REFUSED, TransportTimeout("in the queue", maybe_sent=False)])
def test_never_established_connection(failure: Exception) -> None:
    """A request that the server cannot have seen is retried on the usual schedule, a first call too."""
    walk = Walk(failure, failure, failure, ok())
    walk.ask()
    assert walk.clock.slept == [5, 10, 15]


def test_never_established_connection_gives_up() -> None:
    """After the third retry the error is raised with all four tries."""
    walk = Walk(*[ConnectError("refused") for _ in range(4)])
    with pytest.raises(ConnectError) as caught:
        walk.ask()
    assert [each.error for each in caught.value.attempts] == ["ConnectError"] * 4


def test_hopeless_connection() -> None:
    """A failure that a retry cannot fix, such as a bad certificate, is raised at once."""
    walk = Walk(ConnectError("certificate", retryable=False))
    with pytest.raises(ConnectError):
        walk.ask()
    assert len(walk.sent) == 1


def test_unanswered_first_call() -> None:
    """A first call that may have arrived is not sent again: it could make a second visitor."""
    walk = Walk(LOST)
    with pytest.raises(TransportTimeout) as caught:
        walk.ask()
    assert (len(walk.sent), len(caught.value.attempts), caught.value.maybe_sent) == (1, 1, True)
    assert walk.free


def test_unanswered_call_with_ids() -> None:
    """A call with a visitor id is sent again: it makes no other visitor."""
    walk = Walk(LOST, LOST, ok(), record=KNOWN)
    walk.ask()
    assert walk.clock.slept == [5, 10]


def test_unanswered_retry_with_the_new_visitor_id() -> None:
    """As soon as a loading account has named a visitor id, a lost answer does no harm any more."""
    walk = Walk(loading("vid"), LOST, ok(visitorId="vid"))
    walk.ask()
    assert [step for step in walk.steps if step.startswith("POST")] == ["POST /?v=1.0", *["POST /vid?v=1.0"] * 2]


def test_unanswered_first_call_opted_in() -> None:
    """A policy can take the risk."""
    walk = Walk(LOST, ok(), retry=RetryPolicy(unanswered=True))
    walk.ask()
    assert walk.clock.slept == PAUSES[:1]


def test_unreadable_answer() -> None:
    """A call whose answer came but cannot be read is not retried."""
    walk = Walk(UnexpectedResponseError("too large", status=200), record=KNOWN)
    with pytest.raises(UnexpectedResponseError) as caught:
        walk.ask()
    assert (len(walk.sent), len(caught.value.attempts)) == (1, 1)


def test_unreadable_server_error() -> None:
    """A 5xx whose body cannot be read is a 5xx, and the attempts have its status."""
    walk = Walk(*[UnexpectedResponseError("too large", status=502) for _ in range(4)])
    with pytest.raises(UnexpectedResponseError) as caught:
        walk.ask()
    assert walk.clock.slept == [5, 10, 15]
    assert [each.status for each in caught.value.attempts] == [502] * 4


# --------------------------------------------------------------------------------------------------------- deadline


def test_deadline_a_pause_that_cannot_fit_is_not_begun() -> None:
    """The call ends before a pause that would outlast it, not in it or after it."""
    walk = Walk(BUSY, BUSY, deadline=12.0)
    with pytest.raises(DeadlineExceeded) as caught:
        walk.ask()
    assert walk.clock.slept == [5]
    assert len(caught.value.attempts) == 2
    assert isinstance(caught.value.__cause__, ServiceUnavailableError)
    assert walk.free


def test_deadline_a_pause_that_was_not_begun_is_not_listed() -> None:
    """`attempts` has the pauses that were made: none after the last try."""
    walk = Walk(BUSY, BUSY, deadline=12.0)
    with pytest.raises(DeadlineExceeded) as caught:
        walk.ask()
    assert [each.pause for each in caught.value.attempts] == [5, None]


def test_deadline_of_a_server_that_was_never_reached() -> None:
    """If no connection was ever established, the error says that the server has seen nothing."""
    walk = Walk(ConnectError("refused"), deadline=3.0)
    with pytest.raises(DeadlineExceeded) as caught:
        walk.ask()
    assert not caught.value.maybe_sent


def test_deadline_cuts_the_time_of_a_try() -> None:
    """The time-out of an attempt is the usual one, or the rest of the deadline if that is less."""
    walk = Walk(BUSY, ok(), deadline=12.0)
    walk.ask()
    assert [each.timeout for each in walk.sent] == [10, 7]


def test_deadline_counts_the_tries_too() -> None:
    """The time that requests take leaves less for pauses."""
    walk = Walk(BUSY, BUSY, deadline=12.0)
    walk.seconds = 8
    with pytest.raises(DeadlineExceeded):
        walk.ask()
    assert (walk.clock.slept, len(walk.sent)) == ([], 1)


def test_deadline_keeps_the_visitor_id() -> None:
    """A call that has no time left for its retry has saved the vid."""
    walk = Walk(loading("vid"), deadline=1.0)
    with pytest.raises(DeadlineExceeded):
        walk.ask()
    assert walk.record.visitor_id == "vid"


# ------------------------------------------------------------------------------------------------- single flight


def test_waiter_takes_over_when_the_other_gives_up() -> None:
    """A caller that finds the lease taken looks again in short steps, and opens the visit once the lease is free."""
    walk = Walk(ok())
    walk.rig(Acquire, TAKEN, TAKEN)
    walk.ask()
    wait = ["acquire 15", "load", "sleep 0.05"]
    assert walk.steps == ["load", *wait, *wait, "acquire 15", "load", "POST /?v=1.0", "save xyz abc", "release"]


def test_waiter_sees_the_visitor_id() -> None:
    """A waiting caller continues as soon as the other has a visitor id, with that id, and without the lease."""
    walk = Walk(ok())
    walk.rig(Acquire, TAKEN, TAKEN)
    stored = VisitRecord("xyz", version=1)
    walk.rig(Load, None, None, stored, stored)
    walk.rig(Save, replace(stored, version=2))
    walk.ask()
    assert walk.steps == [
        "load",
        *("acquire 15", "load", "sleep 0.05"),
        *("acquire 15", "load"),
        "load",
        "POST /xyz?v=1.0",
        "save xyz abc",
    ]


def test_opener_looks_again() -> None:
    """A caller that acquires the lease after another has finished uses its visitor, and releases the lease."""
    walk = Walk(ok(), record=KNOWN)
    walk.rig(Load, None)
    walk.ask()
    assert walk.steps == ["load", "acquire 15", "load", "POST /xyz?v=1.0&sid=abc", "save xyz abc", "release"]


def test_waiter_outlives_a_dead_holder() -> None:
    """A holder who has died blocks others no longer than its lease."""
    walk = Walk(ok())
    assert walk.store.acquire(KEY, "dead", lease=15)
    walk.ask()
    assert sum(walk.clock.slept) == pytest.approx(15, abs=0.1)


def test_waiter_has_a_deadline() -> None:
    """A caller that waits in vain stops at the deadline, and has sent nothing."""
    walk = Walk(deadline=1.0)
    assert walk.store.acquire(KEY, "busy", lease=60)
    with pytest.raises(DeadlineExceeded) as caught:
        walk.ask()
    assert (walk.sent, caught.value.maybe_sent) == ([], False)
    assert 0.9 < sum(walk.clock.slept) <= 1.0
    assert not walk.free


def test_lease_lasts_through_the_slowest_call() -> None:
    """While a visit is being opened, no other caller acquires the lease, even if each attempt takes all its time."""
    held: list[bool] = []

    def look(answer: HttpResponse) -> Callable[[], HttpResponse]:
        def note() -> HttpResponse:
            held.append(not walk.free)
            return answer

        return note

    walk = Walk(look(BUSY), look(BUSY), look(BUSY), look(ok()))
    walk.seconds = 10
    walk.ask()
    assert held == [True] * 4


def test_lease_lasts_through_the_look_up_of_the_domain() -> None:
    """The look-up's own retries do not cost the lease: nobody else may open the visit meanwhile."""
    held: list[bool] = []

    def look() -> HttpResponse:
        held.append(not walk.free)
        return ok()

    domain = http(200, {"service": "msdkgw", "account": "12345678", "baseURI": "lp.example.com"})
    walk = Walk(BUSY, BUSY, BUSY, domain, look, base_url=None)
    walk.ask()
    assert walk.clock.slept == [5, 10, 15]
    assert held == [True]


# ----------------------------------------------------------------------------------------------- stores that fail


def test_save_fails() -> None:
    """A store that cannot be written does not cost the answer, which says so, as does an event."""
    walk = Walk(ok())
    walk.rig(Save, StoreError("disk full"))
    engagement = walk.ask()
    assert (engagement.visitor_id, engagement.saved) == ("xyz", False)
    assert walk.names == ["sent", "answered", "store_failed", "visit_not_saved"]
    assert walk.events[-1].error == "StoreError"
    assert walk.steps[-1] == "release"


def test_save_fails_while_loading() -> None:
    """Even if the vid cannot be saved, the resend has it."""
    walk = Walk(loading("vid"), ok(visitorId="vid"))
    walk.rig(Save, StoreError("disk full"), StoreError("disk full"))
    assert not walk.ask().saved
    assert [step for step in walk.steps if step.startswith("POST")] == ["POST /?v=1.0", "POST /vid?v=1.0"]


def test_save_fails_once_only() -> None:
    """`saved` is true if the last save worked, since it has all the ids."""
    walk = Walk(loading("vid"), ok(visitorId="vid"))
    walk.rig(Save, StoreError("locked"))
    engagement = walk.ask()
    assert walk.record.session_id == "abc"
    assert engagement.saved


def test_load_fails() -> None:
    """A store that cannot be read ends the call before anything is sent: guessing would make a second visitor."""
    walk = Walk()
    walk.rig(Load, StoreError("damaged"))
    with pytest.raises(StoreError):
        walk.ask()
    assert walk.sent == []


def test_release_fails() -> None:
    """A lease that cannot be released costs no answer."""
    walk = Walk(ok())
    walk.rig(Release, StoreError("locked"))
    assert walk.ask().visitor_id == "xyz"


def test_release_fails_after_an_error() -> None:
    """A lease that cannot be released hides no error."""
    walk = Walk(http(404))
    walk.rig(Release, StoreError("locked"))
    with pytest.raises(NotFoundError):
        walk.ask()


def test_lease_cannot_be_renewed() -> None:
    """A lease that cannot be renewed costs no answer either: the call that holds it goes on."""
    walk = Walk(BUSY, ok())
    walk.rig(Acquire, GRANTED, StoreError("locked"))
    assert walk.ask().visitor_id == "xyz"


def test_lease_cannot_be_renewed_at_the_end() -> None:
    """A lease that cannot be renewed hides no error of the server."""
    walk = Walk(http(404))
    walk.rig(Acquire, GRANTED, StoreError("locked"))
    with pytest.raises(NotFoundError):
        walk.ask()


def test_somebody_saved_in_between() -> None:
    """The server's latest answer wins over what somebody else saved since, and nothing is saved unseen."""

    def meanwhile() -> HttpResponse:
        walk.store.save(KEY, replace(KNOWN, session_id="older", version=1))
        return ok(sessionId="newer")

    walk = Walk(meanwhile, record=KNOWN)
    engagement = walk.ask()
    assert walk.steps[2:] == ["save xyz newer", "load", "save xyz newer"]
    assert (walk.record.session_id, walk.record.version, engagement.saved) == ("newer", 3, True)


def test_somebody_forgot_in_between() -> None:
    """A visit that was forgotten during the call comes back with the answer."""

    def meanwhile() -> HttpResponse:
        walk.store.delete(KEY)
        return ok()

    walk = Walk(meanwhile, record=KNOWN)
    walk.ask()
    assert (walk.record.visitor_id, walk.record.version) == ("xyz", 1)


DETAILS = {"contextId": "1"}


def saves(walk: Walk, answer: HttpResponse, **changes: Any) -> Callable[[], HttpResponse]:
    """An answer during which somebody else saves a change of the visit."""

    def meanwhile() -> HttpResponse:
        assert walk.store.save(KEY, replace(walk.record, **changes)) is not None
        return answer

    return meanwhile


def test_somebody_asked_during_an_update() -> None:
    """An update names no ids: the page and the engagement that somebody else has got meanwhile stay."""
    walk = Walk(record=KNOWN)
    walk.answers.append(saves(walk, http(200), page_id="newer", engagement=DETAILS))
    walk.update()
    assert (walk.record.page_id, walk.record.engagement) == ("newer", DETAILS)
    assert walk.record.updated_at == walk.clock.time()


def test_somebody_forgot_during_an_update() -> None:
    """A visit that was forgotten during an update stays forgotten."""

    def meanwhile() -> HttpResponse:
        walk.store.delete(KEY)
        return http(200)

    walk = Walk(meanwhile, record=KNOWN)
    walk.update()
    assert walk.store.load(KEY) is None


def test_somebody_has_a_new_session_already() -> None:
    """An update whose session has ended does not drop the one that somebody else has got meanwhile."""
    walk = Walk(record=KNOWN)
    walk.answers.append(saves(walk, gone(12), session_id="newer", page_id="newer"))
    with pytest.raises(SessionGoneError):
        walk.update()
    assert (walk.record.session_id, walk.record.page_id) == ("newer", "newer")


def test_somebody_else_was_told_earlier() -> None:
    """A session that has ended is dropped although somebody else has saved it meanwhile."""
    walk = Walk(record=KNOWN)
    walk.answers.append(saves(walk, gone(12), page_id="newer"))
    with pytest.raises(SessionGoneError):
        walk.update()
    assert (walk.record.visitor_id, walk.record.session_id, walk.record.page_id) == ("xyz", None, None)


@pytest.mark.parametrize("session_id, kept", [("abc", "mine"), ("newer", "theirs")])
def test_an_answer_without_a_session(session_id: str, kept: str) -> None:
    """A page that an answer names without its session is kept only if the session is still the same."""
    walk = Walk(record=KNOWN)
    answer = http(200, {"status": "NotAvailable", "pageId": "mine"})
    walk.answers.append(saves(walk, answer, session_id=session_id, page_id="theirs"))
    with pytest.raises(UnexpectedResponseError):
        walk.ask()
    assert (walk.record.session_id, walk.record.page_id) == (session_id, kept)


# -------------------------------------------------------------------------------------------------------- answers


def test_page_of_another_session() -> None:
    """A new session without a page does not keep the page of the one before."""
    walk = Walk(http(200, {"status": "NotAvailable", "sessionId": "new"}), record=KNOWN)
    with pytest.raises(UnexpectedResponseError):
        walk.ask()
    assert (walk.record.visitor_id, walk.record.session_id, walk.record.page_id) == ("xyz", "new", None)


@pytest.mark.parametrize("field", ["visitorId", "sessionId", "pageId"])
def test_id_that_cannot_be_written(field: str) -> None:
    """Half of a surrogate pair, which JSON can name, is no id: nothing could be sent with it."""
    walk = Walk(ok(**{field: "a\ud800"}))
    with pytest.raises(UnexpectedResponseError, match=field):
        walk.ask()


def test_replaced_session() -> None:
    """A session that the server replaced is saved, reported to the hooks, and marked in the answer."""
    walk = Walk(ok(sessionId="new"), record=KNOWN)
    assert walk.ask().new_session
    assert walk.names == ["sent", "answered", "visit_saved", "session_replaced"]
    assert walk.record.session_id == "new"


def test_replaced_visitor() -> None:
    """A visitor that the server replaced is saved too."""
    walk = Walk(ok(visitorId="other", sessionId="new"), record=KNOWN)
    assert walk.ask().new_session
    assert (walk.record.visitor_id, walk.record.session_id) == ("other", "new")


def test_engagement_is_kept_and_dropped() -> None:
    """An engagement and its end are saved, and go when the server has none any more."""
    details = {
        "campaignId": 1,
        "engagementId": 2,
        "contextId": "3",
        "windowId": "4",
        "language": "en",
        "engagementRevision": 5,
        "validForSeconds": 900,
    }
    walk = Walk(ok(status="Available", engagementDetails=details), ok())
    walk.ask()
    assert walk.record.engagement == {**details, "campaignId": "1", "engagementId": "2"}
    assert walk.record.engagement_expires_at == walk.clock.time() + 900
    walk.ask()
    later = walk.record
    assert later.engagement is None
    assert later.engagement_expires_at is None


@pytest.mark.parametrize("body", [b"", b"  ", b"<html>", b"[]", b"null", b'"text"', b"[" * 100_000, b"\xff"])
def test_success_that_is_no_object(body: bytes) -> None:
    """A 200 whose body cannot be understood is an error with its status, and the lease is free."""
    walk = Walk(http(200, body))
    with pytest.raises(UnexpectedResponseError) as caught:
        walk.ask()
    assert caught.value.status == 200
    assert walk.free


def test_unexpected_success_lists_the_tries() -> None:
    """An answer without its required fields is an error that lists the tries as well."""
    walk = Walk(BUSY, http(200, {"status": "NotAvailable"}))
    with pytest.raises(UnexpectedResponseError) as caught:
        walk.ask()
    assert len(caught.value.attempts) == 2


# ---------------------------------------------------------------------------------------------------- interruptions


@pytest.mark.parametrize("step", ["POST", "save", "acquire 20", "sleep"])
@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(), RuntimeError("a bug elsewhere")])
def test_interrupted(step: str, error: BaseException) -> None:
    """Whatever interrupts a call that holds the lease, the lease is released and the interruption goes on."""
    walk = Walk(loading("vid"), ok())
    walk.interrupt = (step, error)
    with pytest.raises(type(error)):
        walk.ask()
    assert walk.steps[-1] == "release"
    assert walk.free


def test_interrupted_while_it_gets_the_lease() -> None:
    """A lease that was granted at the very moment of the interruption does not stay behind."""

    class Interrupted(MemoryStore):
        def acquire(self, key: str, token: str, *, lease: float) -> bool:
            granted = super().acquire(key, token, lease=lease)
            if token == "me":
                raise KeyboardInterrupt
            return granted

    walk = Walk()
    walk.store = Interrupted(clock=walk.clock)
    with pytest.raises(KeyboardInterrupt):
        walk.ask()
    assert walk.free


# ----------------------------------------------------------------------------------------------------------- update


def test_update() -> None:
    """An update sends page id, impressions and attributes to the visitor's URL; the visit has lived on."""
    walk = Walk(http(200), record=KNOWN)
    imp = {"type": "impClose", "campaign": 1, "engId": 2, "revision": 3}
    walk.update(sdes=[{"type": "cart", "total": 1, "numItems": 0}], impressions=[imp])
    assert walk.steps == ["load", "PUT /xyz?v=1.0&sid=abc", "save xyz abc"]
    assert json.loads(walk.sent[0].request.content or b"") == {
        "pageId": "4743822558",
        "impAttributes": [imp],
        "engagementAttributes": [{"type": "cart", "total": 1, "numItems": 0}],
    }


@pytest.mark.parametrize("body", [b"", b" \n", b"{}", b"OK"])
def test_update_success(body: bytes) -> None:
    """A 200 is a success, whatever its body."""
    Walk(http(200, body), record=KNOWN).update()


@pytest.mark.parametrize("record", [None, VisitRecord("xyz"), VisitRecord("xyz", "abc")])
def test_update_of_a_visit_that_has_not_begun(record: VisitRecord | None) -> None:
    """Without all ids there is nothing to update, and nothing is sent."""
    walk = Walk(record=record)
    with pytest.raises(VisitNotStartedError, match="get_engagement"):
        walk.update()
    assert walk.sent == []


def test_update_is_retried() -> None:
    """A 5xx that answers an update is sent again on the schedule, with the same visitor whatever the message says."""
    walk = Walk(loading("other"), BUSY, BUSY, http(200), record=KNOWN)
    walk.update()
    assert walk.steps == [
        "load",
        "PUT /xyz?v=1.0&sid=abc",
        *("sleep 5", "PUT /xyz?v=1.0&sid=abc"),
        *("sleep 10", "PUT /xyz?v=1.0&sid=abc"),
        *("sleep 15", "PUT /xyz?v=1.0&sid=abc"),
        "save xyz abc",
    ]


def test_update_unanswered() -> None:
    """An update that may have arrived is not sent again: it could count twice."""
    walk = Walk(LOST, record=KNOWN)
    with pytest.raises(TransportTimeout):
        walk.update()
    assert len(walk.sent) == 1


def test_update_never_established_connection() -> None:
    """An update that cannot have arrived is sent again."""
    walk = Walk(REFUSED, http(200), record=KNOWN)
    walk.update()
    assert walk.clock.slept == [5]


def test_update_with_an_sde_among_the_impressions() -> None:
    """Attributes are no impressions: refused before anything is sent."""
    walk = Walk(record=KNOWN)
    with pytest.raises(PayloadError) as caught:
        walk.update(impressions=[{"type": "cart", "total": 1, "numItems": 1}])
    assert [each.pointer for each in caught.value.problems] == ["/impAttributes/0/type"]
    assert walk.sent == []


# ------------------------------------------------------------------------------------------------- ids and forget


def test_ids_and_forget() -> None:
    """`ids` reads and `forget` deletes; neither sends."""
    walk = Walk(record=replace(KNOWN, engagement={"campaignId": "1", "connectorId": "9"}))
    ids = walk.run(walk.operations.ids())
    assert (ids.visitor_id, ids.session_id, ids.page_id, ids.campaign_id, ids.connector_id) == (
        "xyz",
        "abc",
        "4743822558",
        "1",
        "9",
    )
    walk.run(walk.operations.forget())
    assert walk.run(walk.operations.ids()) is None
    assert walk.steps == ["load", "delete", "load"]
    assert word(Delete(KEY)) == "delete"


# ----------------------------------------------------------------------------------------------------- domain look-up


def test_domain_is_looked_up_and_kept() -> None:
    """Without a base URL the Domain API is asked once a day, and its host is used."""
    domain = http(200, {"service": "msdkgw", "account": "12345678", "baseURI": "lp.example.com"})
    walk = Walk(domain, ok(), ok(), domain, ok(), base_url=None)
    for later in (0, 86_000, 400):
        walk.clock.advance(later)
        walk.ask()
    requests = [each.request for each in walk.sent]
    assert [request.method for request in requests] == ["GET", "POST", "POST", "GET", "POST"]
    lookups = {request.url for request in requests if request.method == "GET"}
    assert lookups == {"https://api.liveperson.net/api/account/12345678/service/msdkgw/baseURI.json?version=1.0"}
    assert all(request.url.startswith(VISITORS) for request in requests if request.method == "POST")


def test_domain_look_up_fails() -> None:
    """A look-up that names no host ends the call, and the lease is free."""
    walk = Walk(http(200, {"service": "msdkgw"}), base_url=None)
    with pytest.raises(DomainLookupError):
        walk.ask()
    assert (len(walk.sent), walk.free) == (1, True)


def test_domain_look_up_is_refused() -> None:
    """A 4xx of the Domain API is final, and names the operation."""
    walk = Walk(http(400), base_url=None)
    with pytest.raises(BadRequestError) as caught:
        walk.ask()
    assert (caught.value.operation, len(walk.sent)) == ("getDomain", 1)


def test_domain_look_up_unanswered() -> None:
    """If an answer of the Domain API is lost, the look-up is retried: nothing can happen twice."""
    domain = http(200, {"baseURI": "lp.example.com"})
    walk = Walk(TransportTimeout("no answer", maybe_sent=True), domain, ok(), base_url=None)
    walk.ask()
    assert walk.clock.slept == [5]


# ----------------------------------------------------------------------------------------------------------- events


def test_events_of_a_call() -> None:
    """The hooks see each try, each failure, each pause and each save, in order, and the visitor as a hash only."""
    walk = Walk(loading("vid"), ok(visitorId="vid"))
    walk.ask()
    assert walk.names == ["sent", "failed", "visit_saved", "retry", "sent", "answered", "visit_saved"]
    sent, failed, saved, retry, again, answered, _ = walk.events
    assert (sent.attempt, sent.visitor, failed.status, failed.internal_code) == (1, None, 500, 20)
    assert (retry.pause, retry.error, again.attempt, answered.status) == (5, "AccountLoadingError", 2, 200)
    assert saved.visitor == again.visitor == answered.visitor
    assert saved.visitor not in {None, "vid"}


# ----------------------------------------------------------------------------------------------------- any sequence

visitor_ids = st.sampled_from(["v1", "v2", "_-v3"])
answers = st.one_of(
    st.sampled_from([500, 502, 503, 599]).map(http),
    visitor_ids.map(loading),
    st.just(loading("")),
    visitor_ids.map(lambda each: ok(visitorId=each)),
    st.sampled_from([http(200), http(202), http(204), http(302), http(400), http(404, b"<html>"), http(429)]),
    st.builds(ConnectError, st.just("refused")),
    st.builds(TransportTimeout, st.just("lost"), maybe_sent=st.sampled_from([True])),
    st.builds(TransportError, st.just("cut"), maybe_sent=st.booleans(), retryable=st.booleans()),
)
policies = st.builds(
    RetryPolicy,
    pauses=st.none() | st.lists(st.integers(0, 60), max_size=4).map(tuple),
    unanswered=st.booleans(),
)


@settings(deadline=None, max_examples=200)
@given(
    given_answers=st.lists(answers, min_size=5, max_size=5),
    policy=policies,
    record=st.sampled_from([None, VisitRecord("v0"), KNOWN]),
    deadline=st.none() | st.floats(0.1, 40),
    seconds=st.floats(0, 10),
)
def test_whatever_happens(
    given_answers: list[Answer],
    policy: RetryPolicy,
    record: VisitRecord | None,
    deadline: float | None,
    seconds: float,
) -> None:
    """Whatever is answered: no more tries than allowed, the pauses in order, and no visitor id is ever lost."""
    walk = Walk(*given_answers, record=record, retry=policy, deadline=deadline)
    walk.seconds = seconds
    pauses = PAUSES if policy.pauses is None else list(policy.pauses)
    try:
        walk.ask()
    except EngagementError as error:
        assert len(error.attempts) == len(walk.sent)  # noqa: PT017 - that it raises is not the point
    assert len(walk.sent) <= 1 + len(pauses)
    assert walk.clock.slept == pauses[: len(walk.clock.slept)]
    if deadline is not None:
        assert walk.clock.now <= deadline

    known = record.visitor_id if record is not None else None
    for step in (step for step in walk.steps if step.startswith(("POST", "save"))):
        if step.startswith("save"):
            known = step.split()[1]
        assert known is None or known in step
    assert walk.record.visitor_id == known
    assert walk.free


@pytest.mark.parametrize("code", [12, 39])
def test_update_of_a_session_that_is_gone(code: int) -> None:
    """A 404 to an update says that the session is gone, and leaves a record with which the visitor can go on."""
    walk = Walk(gone(code), ok(), record=KNOWN)
    with pytest.raises(SessionGoneError, match="updateSession") as caught:
        walk.update()
    assert caught.value.internal_code == code
    assert len(caught.value.attempts) == 1
    walk.ask()
    assert walk.steps[-2:] == ["POST /xyz?v=1.0", "save xyz abc"]


def test_update_on_a_route_that_is_not_there() -> None:
    """A 404 because of a wrong host says nothing about the session, which is kept."""
    walk = Walk(http(404, b'{"error": {"internalCode": "28"}}'), record=KNOWN)
    with pytest.raises(NotFoundError) as caught:
        walk.update()
    assert type(caught.value) is NotFoundError
    assert walk.steps == ["load", "PUT /xyz?v=1.0&sid=abc"]


def test_reuse() -> None:
    """An engagement that is still valid is returned without a call, unless there is something new to send."""
    details = {"campaignId": "1", "validForSeconds": 900}
    answer = ok(status="Available", engagementDetails=details)
    walk = Walk(answer, answer)
    asked = walk.ask()
    assert walk.ask(reuse=True) == asked
    assert len(walk.sent) == 1
    walk.ask(reuse=True, sections=["Support"])
    assert len(walk.sent) == 2


@pytest.mark.parametrize("jump", [-3600, 900, 1_000_000])
def test_reuse_of_what_is_no_longer_valid(jump: float) -> None:
    """An engagement ends after validForSeconds; a clock that is set back does not make it last longer."""
    walk = Walk(ok(status="Available", engagementDetails={"campaignId": "1", "validForSeconds": 900}), ok())
    walk.ask()
    walk.clock.advance(jump)
    assert not walk.ask(reuse=True).available


def test_store_that_never_saves() -> None:
    """A store that refuses every save for ever does not hold the caller for ever, nor cost the answer."""
    walk = Walk(ok(), record=KNOWN)
    walk.rig(Save, *[None] * 1000)
    assert not walk.ask().saved


def test_server_that_asks_to_wait_for_long() -> None:
    """A Retry-After of more than a minute is not waited for; the error has it."""
    walk = Walk(http(503, b"", retry_after="3600"))
    with pytest.raises(ServiceUnavailableError) as caught:
        walk.ask()
    assert (caught.value.retry_after, len(walk.sent)) == (3600, 1)
