"""Reporters of errors that print local variables: the library's frames show no value, key or id, whatever fails."""

from __future__ import annotations

import json
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import lp_engagement
import lp_engagement_client
from lp_engagement import NEVER, EngagementError, errors
from lp_engagement.stores import MemoryStore, VisitRecord
from lp_engagement.transports import HttpResponse
from tests.both import ACCOUNT, KINDS, Maker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lp_engagement import HttpRequest

KEY = "canary-key@mail.example"
NAME, TOPIC, PLACE = "Canary First", "Canary Topic", "Canary Section"
VISITOR, SESSION, PAGE = "canaryVisitor_1234567", "canarySession_1234567", "4743822558"
CANARIES = {KEY, NAME, TOPIC, PLACE, VISITOR, SESSION, PAGE}
IDS = {"visitorId": VISITOR, "sessionId": SESSION, "pageId": PAGE}
SDES = [{"type": "personal", "personal": {"firstname": NAME}}, {"type": "lead", "lead": {"topic": TOPIC}}]
HOMES = tuple(str(Path(str(package.__file__)).parent) for package in (lp_engagement, lp_engagement_client))


@pytest.fixture(params=KINDS)
def maker(request: pytest.FixtureRequest) -> Iterator[Maker]:
    """Makes sync clients once, and async ones once."""
    with Maker(request.param) as maker:
        yield maker


def shown(error: BaseException) -> str:
    """Everything that a reporter with local variables could print of the library's frames, those of all causes too."""
    texts: list[str] = []
    seen: set[int] = set()
    links: list[BaseException | None] = [error]
    while links:
        link = links.pop()
        if link is None or id(link) in seen:
            continue
        seen.add(id(link))
        links += [link.__cause__, link.__context__]
        report = traceback.TracebackException.from_exception(link, capture_locals=True)
        texts.append(str(link))
        texts += [repr(frame.locals) for frame in report.stack if frame.filename.startswith(HOMES)]
    assert len(texts) > len(seen), "no frame of the library was looked at"
    return "\n".join(texts)


def leaks(error: BaseException) -> set[str]:
    """The values that are shown."""
    text = shown(error)
    return {each for each in CANARIES if each in text}


def refusing(status: int, body: Any = None) -> Callable[[HttpRequest], HttpResponse]:
    """A server that answers so."""
    content = json.dumps({"time": 1, "message": f"{VISITOR} {NAME}", "internalCode": 5} if body is None else body)
    return lambda _: HttpResponse(status, {}, content.encode())


def failing(error: Exception) -> Callable[[HttpRequest], HttpResponse]:
    """A transport that fails so."""

    def answer(_: HttpRequest) -> HttpResponse:
        raise error

    return answer


class Broken(MemoryStore):
    """A store that cannot be read."""

    def load(self, key: str) -> VisitRecord | None:
        """Fail."""
        raise errors.StoreError("it is broken")


CASES: dict[str, tuple[type[EngagementError], Callable[[HttpRequest], HttpResponse], dict[str, Any]]] = {
    "400": (errors.BadRequestError, refusing(400), {}),
    "401": (errors.UnauthorizedError, refusing(401), {}),
    "404": (errors.NotFoundError, refusing(404), {}),
    "418": (errors.APIStatusError, refusing(418), {}),
    "429": (errors.RateLimitedError, refusing(429), {}),
    "500": (errors.ServerError, refusing(500), {}),
    "503": (errors.ServiceUnavailableError, refusing(503), {}),
    "loading": (
        errors.AccountLoadingError,
        refusing(500, {"time": 1, "message": f"vid: {VISITOR}", "internalCode": 20}),
        {},
    ),
    "connect": (errors.ConnectError, failing(errors.ConnectError("no")), {}),
    "timeout": (errors.TransportTimeout, failing(errors.TransportTimeout("no", maybe_sent=True)), {"retry": NEVER}),
    "broken": (errors.TransportError, failing(errors.TransportError("no", maybe_sent=True)), {"retry": NEVER}),
    "deadline": (errors.DeadlineExceeded, refusing(503), {"deadline": 2.0}),
    "list": (errors.UnexpectedResponseError, refusing(200, [VISITOR, NAME]), {}),
    "incomplete": (errors.UnexpectedResponseError, refusing(200, {**IDS, "status": "Available"}), {}),
    "no session": (errors.UnexpectedResponseError, refusing(200, {"visitorId": VISITOR, "pageId": PAGE}), {}),
    "redirect": (errors.UnexpectedResponseError, refusing(302), {}),
    "store": (errors.StoreError, refusing(200), {"store": Broken()}),
    "domain": (errors.DomainLookupError, refusing(200, {"baseURI": "no host"}), {"domain": None}),
}


@pytest.mark.parametrize("known", [False, True], ids=["first", "known"])
@pytest.mark.parametrize("case", CASES)
def test_frames_of_a_call(maker: Maker, case: str, *, known: bool) -> None:
    """Each error of a call leaves frames whose local variables show no attribute, key or id."""
    expected, answer, options = CASES[case]
    store = MemoryStore()
    if known:
        store.save(f"{ACCOUNT}:{KEY}", VisitRecord(VISITOR, SESSION, PAGE))
    arguments: dict[str, Any] = {"store": store, **options}
    visit = maker.client(answer=answer, **arguments).visit(KEY)
    with pytest.raises(expected) as caught:
        visit.get_engagement(sdes=SDES, sections=[PLACE], app_details={"appVersion": NAME})
    assert type(caught.value) is expected
    assert leaks(caught.value) == set()


@pytest.mark.parametrize("code", [12, 37, 5])
@pytest.mark.parametrize("what", ["update", "call"])
def test_frames_of_an_update(maker: Maker, what: str, code: int) -> None:
    """The same holds for updates and for calls by the name of the operation."""
    store = MemoryStore()
    store.save(f"{ACCOUNT}:{KEY}", VisitRecord(VISITOR, SESSION, PAGE))
    body = {"time": 1, "message": VISITOR, "internalCode": code}
    visit = maker.client(answer=refusing(404, body), store=store).visit(KEY)
    steps: dict[str, Callable[[], object]] = {
        "update": lambda: visit.update(sdes=SDES),
        "call": lambda: visit.call("updateSession", {"engagementAttributes": SDES}),
    }
    with pytest.raises(errors.NotFoundError) as caught:
        steps[what]()
    assert isinstance(caught.value, errors.SessionGoneError) == (code != 5)
    assert leaks(caught.value) == set()


def test_frames_of_a_visit_that_has_not_begun(maker: Maker) -> None:
    """An update without a session shows nothing of what it was to report."""
    with pytest.raises(errors.VisitNotStartedError) as caught:
        maker.client(answer=refusing(200)).visit(KEY).update(sdes=SDES)
    assert leaks(caught.value) == set()


def _holding_itself() -> dict[str, Any]:
    sde: dict[str, Any] = {"type": "lead", "lead": {"topic": TOPIC}}
    sde["lead"]["more"] = sde
    return sde


@pytest.mark.parametrize(
    "sdes",
    [
        [{"type": "personal", "personal": {"firstname": NAME, "age": NAME}}],
        [{"type": "cart", "total": TOPIC}, *SDES],
        [_holding_itself()],
        [{"type": "lead", "lead": {"topic": f"{TOPIC}\ud800"}}],
    ],
    ids=["wrong", "missing", "endless", "surrogate"],
)
def test_frames_of_a_bad_payload(maker: Maker, sdes: Any) -> None:
    """A payload that is refused is shown neither by the error nor by the frames that it passed."""
    with pytest.raises(errors.PayloadError) as caught:
        maker.client(answer=refusing(200)).visit(KEY).get_engagement(sdes=sdes, sections=[PLACE])
    assert leaks(caught.value) == set()


@pytest.mark.parametrize("parameters", [{"other": NAME}, {"section": NAME}])
def test_frames_of_a_wrong_parameter(maker: Maker, parameters: dict[str, str]) -> None:
    """A parameter that an operation does not take is named without its value."""
    with pytest.raises(errors.ConfigurationError) as caught:
        maker.client(answer=refusing(200)).visit(KEY).call("updateSession", {"sdes": NAME}, **parameters)
    assert leaks(caught.value) == set()


def test_frames_of_an_impression_without_an_engagement(maker: Maker) -> None:
    """An engagement that is not there can be reported about by nobody, and its ids are not shown."""
    engagement = maker.client(answer=refusing(200, {**IDS, "status": "NotAvailable"})).visit(KEY).get_engagement()
    with pytest.raises(errors.UnexpectedResponseError) as caught:
        engagement.displayed()
    assert leaks(caught.value) == set()


@pytest.mark.parametrize("what", ["ids", "forget"])
def test_frames_of_a_broken_store(maker: Maker, what: str) -> None:
    """A store that fails shows no key, whatever it was asked."""

    class Worse(Broken):
        def delete(self, key: str) -> None:
            raise errors.StoreError("it is broken")

    visit = maker.client(answer=refusing(200), store=Worse()).visit(KEY)
    with pytest.raises(errors.StoreError) as caught:
        visit.forget() if what == "forget" else visit.ids()
    assert leaks(caught.value) == set()


def test_the_test_would_see_it() -> None:
    """A value in a local variable of a frame of the library is found."""
    from lp_engagement._core.build_request import build

    with pytest.raises(Exception, match="'nothing'") as caught:
        build("nothing", VISITOR, {}, None, {"X-Name": NAME})
    assert leaks(caught.value) == {VISITOR, NAME}
