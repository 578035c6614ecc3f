"""`visit.call`: operations of the spec that have no method of their own, in a visit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from lp_engagement.errors import ConfigurationError, PayloadError, SessionGoneError, VisitNotStartedError
from lp_engagement.simulator import Fault, Simulator
from lp_engagement_client import facts
from lp_engagement_client.answers import EngagementAnswer
from tests.both import ACCOUNT, KINDS, Maker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lp_engagement import HttpRequest, HttpResponse
    from tests.both import FaceOfVisit

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


def test_an_answer_is_read_and_its_ids_are_kept(visit: FaceOfVisit, simulator: Simulator) -> None:
    """The answer comes as the class that reads it; an update after it has the new page id."""
    answer = visit.call("resumeSession", {"appType": "MSDK"})
    assert isinstance(answer, EngagementAnswer)
    assert visit.ids is not None
    assert (visit.ids.session_id, visit.ids.page_id) == (answer.session_id, answer.page_id)
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
    before = visit.ids
    simulator.clock.advance(facts.VISIT_LIFETIME_SECONDS)
    with pytest.raises(SessionGoneError):
        visit.call("updateSession", {"engagementAttributes": [LEAD]})
    visit.get_engagement()
    after = visit.ids
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
        ("updateSession", None, {"limit": "3"}, "the parameters of updateSession are: none"),
        ("updateSession", None, {"session_id": "mine"}, "the parameters of updateSession are: none"),
    ],
)
def test_what_cannot_be_called_is_said(
    maker: Maker, operation: str, body: Any, parameters: dict[str, str], says: str
) -> None:
    """An operation that is not about a visitor, and a parameter that it does not have, are refused."""
    visit = maker.client(answer=unreachable).visit()
    with pytest.raises(ConfigurationError, match=says):
        visit.call(operation, body, **parameters)


@pytest.mark.parametrize("parameters", [{}, {"section": "."}])
def test_parameters_of_an_operation(monkeypatch: pytest.MonkeyPatch, maker: Maker, parameters: dict[str, str]) -> None:
    """A parameter that is needed must be there, one of the path must not climb out of it, a body must be foreseen."""
    section = facts.Parameter("section", "path", required=True, argument="section", const=None)
    known = facts.OPERATIONS["updateSession"]
    monkeypatch.setitem(
        facts.OPERATIONS, "readSection", known._replace(parameters={**known.parameters, "section": section}, body=None)
    )
    visit = maker.client(answer=unreachable).visit()
    with pytest.raises(ConfigurationError, match="section"):
        visit.call("readSection", **parameters)
    with pytest.raises(ConfigurationError, match="takes no body"):
        visit.call("readSection", {}, section="news")


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


def unreachable(_: HttpRequest) -> HttpResponse:
    """Nothing may be sent."""
    pytest.fail("a request was sent")
