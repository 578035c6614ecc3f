"""Ids that the server refuses, or that are none: no visit is stuck with them, and no two consumers share one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from lp_engagement._core.effects import Save
from lp_engagement.errors import (
    NotFoundError,
    SessionGoneError,
    StoreError,
    UnauthorizedError,
    UnexpectedResponseError,
    VisitNotStartedError,
)
from lp_engagement.stores import MemoryStore, VisitRecord
from lp_engagement.transports import HttpResponse
from tests.both import KINDS, Maker
from tests.helpers import SID
from tests.test_flow import KNOWN, OPEN, Walk, gone, http, loading, ok

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lp_engagement import HttpRequest

GATEWAY = [b"", b"<html><h1>404 Not Found</h1></html>", b"not found", b"null", b"[]", b'{"message": "no"}']


@pytest.fixture(params=KINDS)
def maker(request: pytest.FixtureRequest) -> Iterator[Maker]:
    """Makes sync clients once, and async ones once."""
    with Maker(request.param) as maker:
        yield maker


# ------------------------------------------------------------------------------------------------ a POST


@pytest.mark.parametrize("code", [12, 39])
def test_session_refused_by_a_post(code: int) -> None:
    """A session that a POST is refused for is dropped, and the request goes out once more without it."""
    walk = Walk(gone(code), ok(sessionId="new"), record=KNOWN)
    engagement = walk.ask()
    assert walk.steps == [
        "load",
        "POST /xyz?v=1.0&sid=abc",
        "save xyz None",
        "POST /xyz?v=1.0",
        "save xyz new",
    ]
    assert engagement.new_session
    assert walk.names.count("session_replaced") == 1


def test_visitor_refused_by_a_post() -> None:
    """A visitor that a POST is refused for is dropped, and a new one is opened in the same call, under the lease."""
    walk = Walk(gone(37), ok(visitorId="new", sessionId="new"), record=KNOWN)
    engagement = walk.ask()
    assert walk.steps == [
        "load",
        "POST /xyz?v=1.0&sid=abc",
        "save None None",
        "acquire 15",
        "load",
        "POST /?v=1.0",
        "save new new",
        "release",
    ]
    assert (engagement.visitor_id, engagement.new_session) == ("new", True)


@pytest.mark.parametrize("code", [12, 37, 39])
def test_post_is_repeated_once_only(code: int) -> None:
    """A server that refuses the request without the ids too is asked twice, and the error lists both attempts."""
    walk = Walk(gone(code), gone(code), record=KNOWN)
    with pytest.raises(NotFoundError) as caught:
        walk.ask()
    assert [attempt.number for attempt in caught.value.attempts] == [1, 2]
    assert len(walk.sent) == 2
    assert walk.free


def test_post_after_the_visitor_and_then_the_session_were_refused() -> None:
    """Whatever is refused one after the other, the call after it begins with ids that nobody has refused."""
    walk = Walk(gone(12), gone(37), ok(), record=KNOWN)
    with pytest.raises(NotFoundError):
        walk.ask()
    walk.ask()
    assert walk.steps[-1:] == ["release"]
    assert "POST /?v=1.0" in walk.steps


def test_post_is_repeated_with_what_somebody_else_has_got() -> None:
    """If somebody else has a new session already, that one is used instead of being dropped."""
    walk = Walk(record=KNOWN)

    def meanwhile() -> HttpResponse:
        record = walk.record
        walk.store.save("12345678:customer-4711", VisitRecord("xyz", "newer", "1", version=record.version))
        return gone(12)

    walk.answers.extend([meanwhile, ok(sessionId="newer")])
    assert walk.ask().session_id == "newer"
    assert "POST /xyz?v=1.0&sid=newer" in walk.steps


def test_post_is_repeated_although_the_store_fails() -> None:
    """A store that cannot save does not keep the call from going on without the refused session."""
    walk = Walk(gone(12), ok(), record=KNOWN)
    walk.rig(Save, StoreError("full"))
    assert walk.ask().visitor_id == "xyz"
    assert "POST /xyz?v=1.0" in walk.steps


def test_repeated_post_has_all_its_retries() -> None:
    """The request that goes out without the refused session is retried as often as any other."""
    busy = http(503)
    walk = Walk(gone(12), busy, busy, busy, ok(), record=KNOWN)
    walk.ask()
    assert walk.clock.slept == [5, 10, 15]


@pytest.mark.parametrize("body", GATEWAY)
@pytest.mark.parametrize("what", ["ask", "update"])
def test_not_found_of_a_gateway(body: bytes, what: str) -> None:
    """A 404 without a code of the API costs nothing: the ids stay, and the next call uses them."""
    walk = Walk(http(404, body), ok(), record=KNOWN)
    with pytest.raises(NotFoundError) as caught:
        getattr(walk, what)()
    assert type(caught.value) is NotFoundError
    assert walk.record.session_id == "abc"
    walk.ask()
    assert walk.steps[-2] == "POST /xyz?v=1.0&sid=abc"


# ------------------------------------------------------------------------------------------------ a PUT


def test_visitor_refused_by_a_put() -> None:
    """A visitor that an update is refused for is dropped with its session, and the next call opens a new one."""
    walk = Walk(gone(37), ok(visitorId="new", sessionId="new"), record=KNOWN)
    with pytest.raises(SessionGoneError, match="opens a new visit"):
        walk.update()
    assert (walk.record.visitor_id, walk.record.session_id) == (None, None)
    with pytest.raises(VisitNotStartedError):
        walk.update()
    engagement = walk.ask()
    assert (engagement.visitor_id, engagement.new_session) == ("new", True)


def test_call_of_another_operation_drops_the_session_too() -> None:
    """An operation that could do without the session lets go of a refused one as well."""
    walk = Walk(gone(12), record=KNOWN)
    steps = walk.operations.call("resumeSession", {"appType": "EXTERNAL"}, {})
    with pytest.raises(NotFoundError):
        walk.run(steps)
    assert (walk.record.visitor_id, walk.record.session_id) == ("xyz", None)


# ------------------------------------------------------------------------------------------------ a 401


@pytest.mark.parametrize("body", [b"", b'{"time": 1, "message": "no", "internalCode": 10}'])
@pytest.mark.parametrize("what", ["ask", "update"])
def test_unauthorized_ids(what: str, body: bytes) -> None:
    """A 401 for known ids says that they are dropped, and the next call opens a new visit."""
    walk = Walk(http(401, body), ok(visitorId="new", sessionId="new"), record=KNOWN)
    with pytest.raises(UnauthorizedError, match=r"dropped\. Call get_engagement\(\)"):
        getattr(walk, what)()
    assert len(walk.sent) == 1
    assert walk.ask().visitor_id == "new"
    assert walk.steps[-2] == "save new new"


def test_unauthorized_page_of_a_gateway() -> None:
    """A 401 with a page of HTML is no word of the API about the ids, which stay."""
    walk = Walk(http(401, b"<html>log in</html>"), record=KNOWN)
    with pytest.raises(UnauthorizedError):
        walk.ask()
    assert walk.record == KNOWN.counted()


def test_unauthorized_without_ids() -> None:
    """A 401 to a first call drops nothing and promises nothing."""
    walk = Walk(http(401))
    with pytest.raises(UnauthorizedError) as caught:
        walk.ask()
    assert caught.value.hint is None
    assert walk.steps == [*OPEN, "release"]


# ------------------------------------------------------------------------------------------------ both clients


@pytest.mark.parametrize("code", [12, 37, 39])
def test_no_visit_is_stuck(maker: Maker, code: int) -> None:
    """With a server that refuses the ids of a visit, update, then ask: the second call works."""
    dead: set[str] = set()

    def answer(request: HttpRequest) -> HttpResponse:
        path, _, query = request.url.partition("?")
        refused = path.rsplit("/", 1)[1] in dead or any(f"{SID}={each}&" in f"{query}&" for each in dead)
        if refused:
            return HttpResponse(404, {}, json.dumps({"time": 1, "message": "", "internalCode": code}).encode())
        content = {"status": "NotAvailable", "visitorId": f"v{len(dead)}", "sessionId": f"s{len(dead)}", "pageId": "1"}
        return HttpResponse(200, {}, json.dumps(content).encode())

    visit = maker.client(answer=answer).visit()
    visit.get_engagement()
    dead |= {"s0"} if code != 37 else {"s0", "v0"}
    with pytest.raises(SessionGoneError):
        visit.update()
    assert visit.get_engagement().session_id not in dead
    visit.update()


# ------------------------------------------------------------------------------------------------ what is no id


@pytest.mark.parametrize(
    "visitor_id", ["null", "NULL", "undefined", "None", "{{vid}}", "${vid}", "", "v" * 257, "ü", ".", ".."]
)
def test_loading_without_a_usable_visitor_id(visitor_id: str) -> None:
    """A server's placeholder for a missing id is no visitor id: two consumers would share it."""
    walk = Walk(loading(visitor_id), ok())
    walk.ask()
    assert [step for step in walk.steps if step.startswith("POST")] == ["POST /?v=1.0"] * 2


LOADING = {"time": 1, "message": "Loading account: 1, vid: ", "internalCode": 20}


@pytest.mark.parametrize(
    "body",
    [
        {**LOADING, "vid": "named"},
        {**LOADING, "visitorId": "named"},
        {**LOADING, "message": "Loading account: 1, VID: named"},
        {**LOADING, "message": "Loading account: 1, Vid:named."[:-1]},
        {"error": {**LOADING, "vid": "named"}},
        {"error": {**LOADING}, "vid": "named"},
        {"error": {**LOADING, "message": "vid: named"}},
        {"error": "Loading account: 1, vid: named"},
        {**LOADING, "message": "vid: other", "vid": "named"},
        b"Loading account: 12345678, vid: named",
        {**LOADING, "vid": None, "visitorId": "null", "message": "vid: named"},
    ],
)
def test_wherever_the_visitor_id_is(body: Any) -> None:
    """The visitor id of a loading account is read from a member, a message, a nested error and a body of text."""
    walk = Walk(http(500, body), ok(visitorId="named"))
    walk.ask()
    assert "POST /named?v=1.0" in walk.steps


@pytest.mark.parametrize(
    "body", [b"<html>vid: page</html>", {"message": "david: page"}, {"other": "vid: page"}, b"\xff"]
)
def test_where_no_visitor_id_is(body: Any) -> None:
    """A page of a proxy and words that only look alike name no visitor."""
    walk = Walk(http(500, body), ok())
    walk.ask()
    assert "POST /page?v=1.0" not in walk.steps


@pytest.mark.parametrize("value", ["v" * 70_000, "null", "..", " ", "\u202e", "\x1b[2J", "{{id}}"])
@pytest.mark.parametrize("field", ["visitorId", "sessionId", "pageId"])
def test_answer_with_what_is_no_id(maker: Maker, field: str, value: str) -> None:
    """An id that cannot be one is not stored: the visit works again as soon as the server does."""
    values: dict[str, Any] = {"status": "NotAvailable", "visitorId": "v", "sessionId": "s", "pageId": "1"}
    answers = [{**values, field: value}, values]
    client = maker.client(answer=lambda _: HttpResponse(200, {}, json.dumps(answers.pop(0)).encode()))
    with pytest.raises(UnexpectedResponseError, match=field):
        client.visit().get_engagement()
    assert client.visit().get_engagement().visitor_id == "v"


@pytest.mark.parametrize("value", ["..", ".", "v" * 300, "null", "", 5, ["x"], True])
@pytest.mark.parametrize("role", ["visitor_id", "session_id", "page_id"])
def test_store_with_what_is_no_id(maker: Maker, role: str, value: Any) -> None:
    """An id in a stored record is checked like one of an answer before it goes into a path."""
    ids: dict[str, Any] = {"visitor_id": "xyz", "session_id": "abc", "page_id": "1", role: value}

    class Careless(MemoryStore):
        """A store of somebody's own, which checks nothing."""

        def load(self, key: str) -> VisitRecord | None:
            return super().load(key) or VisitRecord(**ids)

    urls: list[str] = []

    def answer(request: HttpRequest) -> HttpResponse:
        urls.append(request.url.partition("/visitors/")[2])
        content = {"status": "NotAvailable", "visitorId": "xyz", "sessionId": "new", "pageId": "1"}
        return HttpResponse(200, {}, json.dumps(content).encode())

    visit = maker.client(answer=answer, store=Careless()).visit()
    visit.get_engagement()
    expected = {"visitor_id": "?v=1.0", "session_id": "xyz?v=1.0", "page_id": f"xyz?v=1.0&{SID}=abc"}
    assert sorted(urls[0].partition("?")[2].split("&")) == sorted(expected[role].partition("?")[2].split("&"))
    assert urls[0].partition("?")[0] == expected[role].partition("?")[0]


# ------------------------------------------------------------------------------------------------ new sessions


def test_new_session_after_another_visitor() -> None:
    """A session that is opened because the visitor changed in the course of the call is a new one."""
    walk = Walk(loading("vid"), ok(visitorId="vid", sessionId="new"), record=KNOWN)
    assert walk.ask().new_session


def test_new_session_after_one_that_ended() -> None:
    """The session that follows one that an update was refused for is a new one."""
    walk = Walk(gone(12), ok(sessionId="new"), ok(sessionId="new"), record=KNOWN)
    with pytest.raises(SessionGoneError):
        walk.update()
    assert walk.ask().new_session
    assert not walk.ask().new_session


def test_another_visitor_with_the_same_session() -> None:
    """An answer that names another visitor drops page and engagement, even if it repeats the session."""
    walk = Walk(http(200, {"visitorId": "other", "sessionId": "abc"}), record=KNOWN)
    with pytest.raises(UnexpectedResponseError, match="pageId"):
        walk.ask()
    assert (walk.record.visitor_id, walk.record.session_id, walk.record.page_id) == ("other", "abc", None)
