"""`visit.call`: operations of the spec that have no method of their own, in a visit."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from pydantic import BaseModel

from lp_engagement import HttpResponse, sde
from lp_engagement._core import generated
from lp_engagement.errors import (
    BadRequestError,
    ConfigurationError,
    PayloadError,
    SessionGoneError,
    StoreError,
    VisitNotStartedError,
)
from lp_engagement.simulator import Fault, Simulator
from lp_engagement.stores import MemoryStore, VisitRecord
from lp_engagement_client import api, facts, models
from lp_engagement_client.models import EngagementAnswer
from lp_engagement_client.operation import Operation, Parameter
from tests.both import ACCOUNT, BASE_URL, KINDS, Maker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lp_engagement import CallEvent, HttpRequest
    from tests.both import FaceOfVisit

OPENED = {"status": "NotAvailable", "visitorId": "xyz", "sessionId": "abc", "pageId": "1"}
LEAD = {"type": "lead", "lead": {"topic": "mortgage"}}


@pytest.fixture(params=KINDS)
def maker(request: pytest.FixtureRequest) -> Iterator[Maker]:
    """Clients of both kinds."""
    with Maker(request.param) as maker:
        yield maker


@pytest.fixture
def simulator() -> Simulator:
    """A simulator."""
    return Simulator(seed=1)


@pytest.fixture
def visit(maker: Maker, simulator: Simulator) -> FaceOfVisit:
    """A visit that has a session."""
    visit = maker.client(simulator=simulator).visit()
    visit.get_engagement()
    return visit


def test_the_ids_go_where_the_operation_has_a_place_for_them(visit: FaceOfVisit, simulator: Simulator) -> None:
    """Path, query and body have the visit's ids, what the caller gave is there too, and an empty answer is None."""
    assert visit.call("updateSession", {"engagementAttributes": [LEAD]}) is None
    called = simulator.journal.last("updateSession")
    visit.update(sdes=[LEAD])
    by_method = simulator.journal.last("updateSession")
    assert (called.path, called.query, called.body) == (by_method.path, by_method.query, by_method.body)
    assert called.status == by_method.status == 200


@dataclass
class DataclassBody:
    """A body as a dataclass."""

    engagementAttributes: list[Any]  # noqa: N815 - as the API names it


@attrs.define
class AttrsBody:
    """A body as an attrs class."""

    engagementAttributes: list[Any]  # noqa: N815 - as the API names it


class PydanticBody(BaseModel):
    """A body as a pydantic model."""

    engagementAttributes: list[Any]  # noqa: N815 - as the API names it


@pytest.mark.parametrize("kind", [DataclassBody, AttrsBody, PydanticBody])
def test_a_body_can_be_an_object_of_the_application(visit: FaceOfVisit, simulator: Simulator, kind: Any) -> None:
    """A body is an instance of a class of one's own as well as a dict; the visit's ids are added to it."""
    visit.call("updateSession", kind(engagementAttributes=[LEAD]))
    entry = simulator.journal.last("updateSession")
    assert (entry.status, entry.body["engagementAttributes"]) == (200, [LEAD])


def test_an_answer_is_read_and_its_ids_are_kept(visit: FaceOfVisit, simulator: Simulator) -> None:
    """The answer comes as the class that reads it; an update after it has the new page id."""
    answer = visit.call("resumeSession", {"appType": "MSDK"})
    assert isinstance(answer, EngagementAnswer)
    ids = visit.ids()
    assert ids is not None
    assert (ids.session_id, ids.page_id) == (answer.session_id, answer.page_id)
    visit.update()
    assert simulator.journal.last().said("page_id") == answer.page_id


def test_failures_are_sent_again_as_the_spec_says(maker: Maker, visit: FaceOfVisit, simulator: Simulator) -> None:
    """A 503 is sent again after the operation's own pause."""
    simulator.script(ACCOUNT, [Fault(503)])
    started = maker.clock.time()
    visit.call("updateSession")
    assert maker.clock.time() - started == facts.OPERATIONS["updateSession"].retry.pauses[0]


def test_an_ended_session_is_told_and_forgotten(visit: FaceOfVisit, simulator: Simulator) -> None:
    """A session that has ended raises SessionGoneError, and the next engagement is the same visitor's."""
    before = visit.ids()
    simulator.clock.advance(facts.VISIT_LIFETIME_SECONDS)
    with pytest.raises(SessionGoneError):
        visit.call("updateSession", {"engagementAttributes": [LEAD]})
    visit.get_engagement()
    after = visit.ids()
    assert before is not None
    assert after is not None
    assert before.visitor_id == after.visitor_id
    assert before.session_id != after.session_id


@pytest.mark.parametrize(
    "operation, body, parameters, says",
    [
        ("makeCoffee", None, {}, "there are: resumeSession, updateSession"),
        ("createSession", {"appType": "MSDK"}, {}, "there are: resumeSession, updateSession"),
        ("getDomain", None, {"service": "msdkgw"}, "there are: resumeSession, updateSession"),
        ("updateSession", None, {"limit": "3"}, "updateSession takes no parameter limit .* there are: none"),
        ("updateSession", None, {"session_id": "mine"}, "updateSession takes no parameter session_id"),
    ],
)
def test_what_cannot_be_called_is_said(
    maker: Maker, operation: str, body: Any, parameters: dict[str, str], says: str
) -> None:
    """An operation that is not about a visitor, and a parameter that it does not have, are refused."""
    visit = maker.client(answer=unreachable).visit()
    with pytest.raises(ConfigurationError, match=says):
        visit.call(operation, body, **parameters)


@pytest.fixture
def _read_section(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An operation `readSection` with parameters of its own, and `reportSection`, which has the visitor in its body."""
    known = api.find("updateSession")
    of_visitor = {role: known.parameters[role] for role in ("account_id", "visitor_id")}
    added = {
        "readSection": Operation[None](
            name="readSection",
            method="GET",
            path="/api/account/{accountId}/visitors/{visitorId}/{section}",
            server=None,
            parameters={
                **of_visitor,
                "section": Parameter("section", "path", required=True),
                "limit": Parameter("limit", "query", required=False),
                "source": Parameter("X-Source", "header", required=False),
            },
            body=None,
            answer=None,
        ),
        "reportSection": Operation[None](
            name="reportSection",
            method="PUT",
            path="/sections",
            server=None,
            parameters={},
            body="required",
            answer=None,
        ),
    }
    ours = facts.OPERATIONS["updateSession"]
    monkeypatch.setitem(facts.OPERATIONS, "readSection", ours._replace(body=None, fields={}))
    monkeypatch.setitem(facts.OPERATIONS, "reportSection", ours._replace(fields={"visitor_id": "visitorId"}))
    find = api.find
    monkeypatch.setattr(api, "OPERATIONS", (*api.OPERATIONS, *added))
    monkeypatch.setattr(api, "find", lambda name: added.get(name) or find(name))
    generated.find.cache_clear()
    yield
    generated.find.cache_clear()


@pytest.mark.usefixtures("_read_section")
@pytest.mark.parametrize(
    "parameters, says",
    [
        ({}, "the parameter section of readSection is missing"),
        ({"section": None}, "section of readSection is missing"),
        ({"section": "."}, "section of readSection must not be empty or of dots alone"),
        ({"section": ""}, "section of readSection must not be empty"),
        ({"section": 3}, "section of readSection must be a string, not int"),
        ({"section": "a", "limit": 3}, "limit of readSection must be a string, not int"),
        ({"section": "a", "limit": True}, "limit of readSection must be a string, not bool"),
        ({"section": "a\ud800"}, "section of readSection holds half of a surrogate pair"),
        ({"section": "a", "limit": "\udfff"}, "limit of readSection holds half of a surrogate pair"),
        ({"section": "a", "source": "b\r\nX-Other: c"}, "source of readSection must be printable ASCII"),
        ({"section": "a", "source": "ü"}, "source of readSection must be printable ASCII"),
        ({"section": "a", "visitor_id": "mine"}, "takes no parameter visitor_id .* there are: section, limit, source"),
    ],
)
def test_parameters_that_cannot_be_sent(maker: Maker, parameters: dict[str, Any], says: str) -> None:
    """A parameter that is missing, unknown, no text, or unfit for its place is named before anything happens."""
    visit = maker.client(answer=unreachable, store=Unusable()).visit()
    with pytest.raises(ConfigurationError, match=says):
        visit.call("readSection", **parameters)


@pytest.mark.usefixtures("_read_section")
def test_body_that_is_not_foreseen(maker: Maker) -> None:
    """An operation without a body takes none."""
    with pytest.raises(ConfigurationError, match="readSection takes no body"):
        maker.client(answer=unreachable).visit().call("readSection", {}, section="news")


@pytest.mark.usefixtures("_read_section")
@pytest.mark.parametrize("section, segment", [("a/../b?c#d", "a%2F..%2Fb%3Fc%23d"), ("%2e%2e", "%252e%252e")])
def test_a_parameter_stays_in_its_place(maker: Maker, section: str, segment: str) -> None:
    """Characters with a meaning in URLs are quoted, in the path and in the query; None leaves a parameter out."""
    urls: list[str] = []

    def answer(request: HttpRequest) -> HttpResponse:
        urls.append(request.url)
        return HttpResponse(200, {}, json.dumps(OPENED).encode())

    visit = maker.client(answer=answer).visit()
    visit.get_engagement()
    visit.call("readSection", section=section, limit="1&sid=2")
    visit.call("readSection", section=section, limit=None)
    path = f"{BASE_URL}/api/account/{ACCOUNT}/visitors/xyz/{segment}"
    assert urls[1:] == [f"{path}?limit=1%26sid%3D2", path]


@pytest.mark.usefixtures("_read_section")
def test_a_parameter_is_not_shown(maker: Maker) -> None:
    """A parameter that the server quotes in its refusal is not in the error; neither is one that cannot be sent."""
    opened = iter([HttpResponse(200, {}, json.dumps(OPENED).encode())])
    refused = HttpResponse(400, {}, json.dumps({"message": "bad sarah, limit few", "internalCode": 5}).encode())
    visit = maker.client(answer=lambda _: next(opened, refused)).visit()
    visit.get_engagement()
    with pytest.raises(BadRequestError) as caught:
        visit.call("readSection", section="sarah", limit="few")
    assert caught.value.server_message == "bad …, limit …"
    with pytest.raises(ConfigurationError) as unfit:
        visit.call("readSection", section="sarah\ud800")
    assert "sarah" not in str(unfit.value)


@pytest.mark.usefixtures("_read_section")
def test_the_simulator_reads_headers(simulator: Simulator) -> None:
    """The value of a parameter is read from the part of the request that the parameter is in."""
    visitor = "/api/account/12345678/app/engagement/visitors/xyz"
    simulator.handle("PUT", f"{visitor}?v=1.0&limit=3", {"X-Source": "app"}, b"")
    entry = simulator.journal.last()
    entry.operation = "readSection"
    assert (entry.said("visitor_id"), entry.said("limit"), entry.said("source")) == ("xyz", "3", "app")


@pytest.mark.usefixtures("_read_section")
def test_the_visitor_may_stand_in_the_body(maker: Maker) -> None:
    """An operation that has a place for the visitor in its body only is one of a visit, too."""
    with pytest.raises(VisitNotStartedError):
        maker.client(answer=unreachable).visit().call("reportSection", {})


def test_a_replaced_session_is_told(maker: Maker, simulator: Simulator) -> None:
    """If the server replaces the session during `call`, there is an event, as with `get_engagement`."""
    events: list[CallEvent] = []
    visit = maker.client(simulator=simulator, hooks=[events.append]).visit()
    visit.get_engagement()
    simulator.clock.advance(facts.VISIT_LIFETIME_SECONDS)
    visit.call("resumeSession", {"appType": "EXTERNAL"})
    assert [(each.name, each.operation) for each in events][-2] == ("session_replaced", "resumeSession")


def test_bodies_of_all_kinds(visit: FaceOfVisit, simulator: Simulator) -> None:
    """A model, a dict and raw attributes arrive alike; an id in the body goes before the visit's."""
    visit.call("updateSession", {"engagementAttributes": [models.LeadSde.from_dict(LEAD), sde.lead(topic="a"), LEAD]})
    assert simulator.journal.last().sdes == [LEAD, sde.lead(topic="a"), LEAD]
    visit.call("updateSession", {"engagementAttributes": [sde.raw({"type": "brandNew"})]})
    assert simulator.journal.last().sdes == [{"type": "brandNew"}]
    assert [part.pointer for part in simulator.journal.dropped] == ["/engagementAttributes/0"]
    with pytest.raises(BadRequestError):
        visit.call("updateSession", models.UpdateSessionRequest(page_id="another"))
    assert simulator.journal.last().body == {"pageId": "another"}


def test_a_bad_body_is_not_sent(visit: FaceOfVisit, simulator: Simulator) -> None:
    """The body is checked as everywhere: each fault is named, and nothing is sent."""
    sent = len(simulator.journal)
    with pytest.raises(PayloadError) as refused:
        visit.call("updateSession", {"engagementAttributes": LEAD})
    assert [problem.name for problem in refused.value.problems] == ["not-array"]
    with pytest.raises(PayloadError):
        visit.call("updateSession", ["engagementAttributes"])
    assert len(simulator.journal) == sent


def test_there_must_be_a_visit(maker: Maker) -> None:
    """Without the ids that the operation needs it cannot be called."""
    with pytest.raises(VisitNotStartedError):
        maker.client(answer=unreachable).visit().call("updateSession", {})


class Unusable(MemoryStore):
    """A store that nobody may ask."""

    def load(self, key: str) -> VisitRecord | None:
        """Refuse."""
        raise StoreError("the store was asked")


def unreachable(_: HttpRequest) -> HttpResponse:
    """Nothing may be sent."""
    pytest.fail("a request was sent")
