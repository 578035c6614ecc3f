"""Nothing that identifies a consumer shows up in texts, reprs, tracebacks, events, logs, spans or metrics.

Each field of the spec that takes a string or a number has a value that occurs nowhere else, so a field that is added
to the spec is covered by itself.
"""

from __future__ import annotations

import json
import logging
import traceback
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import respx
from prometheus_client import CollectorRegistry, generate_latest

from lp_engagement import CallEvent, Engagement, HttpRequest, HttpResponse, VisitIds, sde
from lp_engagement._core.effects import Acquire, Delete, Load, Release, Save, Send
from lp_engagement._core.exchange import Call
from lp_engagement.errors import (
    APIStatusError,
    BadRequestError,
    DeadlineExceeded,
    EngagementError,
    PayloadError,
    ServerError,
    StoreError,
    UnexpectedResponseError,
)
from lp_engagement.prometheus import PrometheusHook
from lp_engagement.simulator import Simulator
from lp_engagement.stores import MemoryStore, VisitRecord
from lp_engagement.validation import check
from lp_engagement_client import facts, models
from tests.both import ACCOUNT, BASE_URL, KINDS, Maker
from tests.test_watching import Telemetry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SCHEMAS = Path(facts.__file__).parent / "schemas"
KEY = "KwqCustomer"
VISITOR, SESSION, PAGE = "KwqVisitor", "KwqSession", "KwqPage"


class Canaries:
    """Fills a schema with values that are found nowhere else.

    Attributes:
        texts: the values, as they would look in output.
        places: the fields that were filled, as `Schema.property`.
        definitions: the schemas of what is sent.
    """

    def __init__(self, schema: str) -> None:
        document = json.loads((SCHEMAS / f"{schema}.strict.json").read_bytes())
        self.definitions: dict[str, Any] = document["$defs"]
        self._numbers = count(6_100_007, 13)
        self.texts = {KEY, VISITOR, SESSION}
        self.places: set[str] = set()
        self.body = self._value("", document)

    def _value(self, key: str, node: dict[str, Any]) -> Any:
        if "$ref" in node:
            return self._named(node["$ref"].rsplit("/", 1)[-1])
        if "const" in node or "enum" in node:
            return node.get("const", node.get("enum", [None])[0])
        if "anyOf" in node and "type" not in node:
            return self._value(key, node["anyOf"][0])
        if node["type"] == "array":
            return self._list(key, node["items"])
        return self._leaf(key, node)

    def _leaf(self, key: str, node: dict[str, Any]) -> Any:
        number = next(self._numbers)
        value: Any = {
            # Letters only, and short: nothing that looks like an id and would be taken out for that.
            "string": "Kwq" + "".join(chr(ord("a") + int(digit)) for digit in str(number)),
            "integer": number,
            "number": number + 0.5,
            "boolean": True,
            "null": None,
        }[node["type"]]
        if "ipv4" in json.dumps(node):
            value = "203.0.113.77"
        if key in {"day", "month"}:
            # Too few values to tell where one comes from.
            return 11
        if not isinstance(value, bool | None):
            self.texts.add(str(value))
        return value

    def _list(self, key: str, items: dict[str, Any]) -> list[Any]:
        name = items.get("$ref", "").rsplit("/", 1)[-1]
        choices = self.definitions.get(name, {}).get("allOf", ())
        if choices:
            return [self._value(key, choice["then"]) for choice in choices]
        return [self._value(key, items)]

    def _named(self, name: str) -> Any:
        definition = self.definitions[name]
        if "properties" not in definition:
            return self._value("", definition)
        filled = {}
        for key, node in definition["properties"].items():
            filled[key] = self._value(key, node)
            self.places.add(f"{name}.{key}")
        return filled

    @property
    def sent(self) -> list[str]:
        """The values of the body."""
        return sorted(self.texts - {KEY, VISITOR, SESSION})

    def found_in(self, text: str) -> set[str]:
        """The values that a string shows."""
        return {each for each in self.texts if each in text}


CREATE = Canaries("create-session")
UPDATE = Canaries("update-session")
EVERYTHING = " ; ".join(sorted(CREATE.texts | UPDATE.texts))
ECHO = " ; ".join(CREATE.sent)
ARGUMENTS: dict[str, Any] = {
    "sdes": CREATE.body["engagementAttributes"],
    "sections": CREATE.body["consumerSections"],
    "app_details": CREATE.body["appDetails"],
}
SUCCESS = {"status": "NotAvailable", "visitorId": VISITOR, "sessionId": SESSION, "pageId": PAGE}


def leaks(*shown: object) -> set[str]:
    """The values that the texts and reprs of these objects, and of what they were raised from, show."""
    texts: list[str] = []
    for each in shown:
        texts += [str(each), repr(each), f"{each}"]
        if isinstance(each, BaseException):
            texts += traceback.format_exception(each)
            texts += [repr(link) for link in chain(each)]
            texts += [repr(value) for value in vars(each).values()]
    text = "\n".join(texts)
    return CREATE.found_in(text) | UPDATE.found_in(text)


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and all that it was raised from or during."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


class Watched:
    """A client that everything about is watched: what it logs, and what its hooks see, trace and count.

    Attributes:
        maker: what made it.
        events: what its hook has seen.
    """

    def __init__(self, maker: Maker, caplog: pytest.LogCaptureFixture) -> None:
        self.maker = maker
        self.events: list[CallEvent] = []
        self._telemetry, self._registry = Telemetry(), CollectorRegistry()
        self._hooks = [self.events.append, self._telemetry.hook, PrometheusHook(self._registry)]
        self._caplog = caplog

    def visit(self, **options: Any) -> Any:
        """Make a client and take the visit with the canary key."""
        return self.maker.client(hooks=self._hooks, **options).visit(KEY)

    def leaks(self, *shown: object) -> set[str]:
        """The values that these objects, the events and the logs show."""
        records = [self._caplog.text, *(record.getMessage() for record in self._caplog.records)]
        assert self._caplog.records
        fields = [vars(record) for record in self._caplog.records if record.name == "lp_engagement"]
        spans = [span.to_json() for span in self._telemetry.spans]
        assert len(spans) >= len([event for event in self.events if event.name == "call_ended"]) > 0
        metrics = [self._telemetry.metrics(), generate_latest(self._registry).decode()]
        return leaks(*shown, *self.events, *records, *fields, *spans, *metrics)


@pytest.fixture(params=KINDS)
def watched(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[Watched]:
    """Watches a sync client once, and an async one once; all loggers speak."""
    caplog.set_level(logging.DEBUG)
    with Maker(request.param) as maker:
        yield Watched(maker, caplog)


@pytest.fixture
def route() -> Iterator[respx.Route]:
    """Takes every request."""
    with respx.mock as router:
        yield router.route()


# ------------------------------------------------------------------------------------------------- the test's own


def test_every_personal_field_has_a_canary() -> None:
    """Each field that the spec marks as personal data and that is sent is watched below; so are an answer's ids."""
    missed = facts.PERSONAL_DATA - CREATE.places - UPDATE.places
    assert missed >= {"EngagementAnswer.sessionId", "EngagementAnswer.visitorId", "ErrorEntity.message"}
    assert {place.partition(".")[0] for place in missed}.isdisjoint(CREATE.definitions | UPDATE.definitions)
    assert len(CREATE.texts) > 40
    assert check(CREATE.body, "create-session") == []
    assert check(UPDATE.body, "update-session") == []


def test_canaries_are_found() -> None:
    """The tests below would find a value that is shown."""
    assert leaks(EVERYTHING) == CREATE.texts | UPDATE.texts
    assert leaks(ValueError(VISITOR)) == {VISITOR}


# ----------------------------------------------------------------------------------------------------- real calls


def test_success(watched: Watched) -> None:
    """Two calls and an update over a real socket, all loggers of all libraries at DEBUG: nothing shows."""
    simulator = Simulator()
    with simulator.serve() as server:
        visit = watched.visit(base_url=server.url)
        engagement = visit.get_engagement(**ARGUMENTS)
        CREATE.texts |= {engagement.visitor_id, engagement.session_id}
        try:
            visit.get_engagement(**ARGUMENTS)
            visit.update(
                sdes=UPDATE.body["engagementAttributes"],
                impressions=[engagement.displayed(), *UPDATE.body["impAttributes"]],
            )
            assert [entry.status for entry in simulator.journal] == [200] * 3
            assert watched.leaks(engagement, visit, visit.inner, visit.ids()) == set()
        finally:
            CREATE.texts -= {engagement.visitor_id, engagement.session_id}


def refusals() -> list[httpx.Response]:
    """Answers of a server that throws everything back."""
    echo = json.dumps(CREATE.body)
    words = [*CREATE.sent, VISITOR, SESSION]
    return [
        httpx.Response(400, json={"time": 1, "message": ECHO, "internalCode": 5}),
        *(httpx.Response(400, json={"message": f"{word} is not valid", "internalCode": 5}) for word in words),
        httpx.Response(400, json={"message": echo, "internalCode": 5}),
        httpx.Response(
            404, json={"error": {"message": f"null for uri: /v/{VISITOR}?sid={SESSION}", "internalCode": "28"}}
        ),
        httpx.Response(401, content=ECHO.encode()),
        httpx.Response(404, html=f"<p>{ECHO}</p>"),
        httpx.Response(429, json={ECHO: ECHO}),
    ]


def test_server_that_echoes(watched: Watched, route: respx.Route) -> None:
    """An error whose message quotes a sent value is shown without the quotation."""
    visit = watched.visit()
    route.side_effect = [httpx.Response(200, json=SUCCESS)]
    visit.get_engagement(**ARGUMENTS)
    errors = []
    for answer in refusals():
        route.side_effect = [answer]
        with pytest.raises(APIStatusError) as caught:
            visit.get_engagement(**ARGUMENTS)
        errors.append(caught.value)
    assert errors
    assert watched.leaks(*errors) == set()


def test_server_that_echoes_an_update(watched: Watched, route: respx.Route) -> None:
    """The same holds for updates."""
    visit = watched.visit()
    route.side_effect = [httpx.Response(200, json=SUCCESS)]
    visit.get_engagement()
    errors = []
    for word in [*(each for each in UPDATE.sent if each != UPDATE.body["pageId"]), VISITOR, SESSION]:
        route.side_effect = [httpx.Response(400, json={"message": f"bad {word}", "internalCode": 5})]
        with pytest.raises(BadRequestError) as caught:
            visit.update(sdes=UPDATE.body["engagementAttributes"], impressions=UPDATE.body["impAttributes"])
        errors.append(caught.value)
    assert watched.leaks(*errors) == set()


def test_loading_account(watched: Watched, route: respx.Route) -> None:
    """The new visitor id of a loading account is in the path, and nowhere to be seen."""
    body = {"time": 1, "message": f"Loading account: {ACCOUNT}, vid: {VISITOR}", "internalCode": 20}
    route.side_effect = [httpx.Response(500, json=body)] * 4
    with pytest.raises(ServerError) as caught:
        watched.visit().get_engagement(**ARGUMENTS)
    assert VISITOR in str(route.calls.last.request.url)
    assert watched.leaks(caught.value, *caught.value.attempts) == set()


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(302, headers={"Location": f"https://evil.example.com/{VISITOR}?{KEY}"}),
        httpx.Response(200, content=EVERYTHING.encode()),
        httpx.Response(200, json=[EVERYTHING]),
        httpx.Response(200, json={"status": EVERYTHING, "visitorId": VISITOR, "sessionId": SESSION}),
        httpx.Response(200, json={"status": "Available", "engagementDetails": {}, **SUCCESS, EVERYTHING: EVERYTHING}),
        httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(EVERYTHING.encode())),
        httpx.Response(200, headers={"Content-Encoding": VISITOR}, stream=httpx.ByteStream(EVERYTHING.encode())),
    ],
    ids=["redirect", "text", "list", "incomplete", "no-details", "damaged", "encoding"],
)
def test_unexpected_answer(watched: Watched, route: respx.Route, answer: httpx.Response) -> None:
    """An answer that cannot be used is described by its status, not by what it holds."""
    route.side_effect = [answer]
    visit = watched.visit()
    try:
        visit.get_engagement(**ARGUMENTS)
    except UnexpectedResponseError as error:
        assert watched.leaks(error) == set()  # noqa: PT017 - one of the answers is usable after all
    assert watched.leaks(visit.inner) == set()


@pytest.mark.parametrize(
    "raised", [httpx.ConnectError, httpx.ReadTimeout, httpx.ReadError, httpx.RemoteProtocolError, httpx.DecodingError]
)
def test_lost_connection(watched: Watched, route: respx.Route, raised: type[httpx.HTTPError]) -> None:
    """The HTTP library's own errors, which hold the request, do not come along."""
    visit = watched.visit()
    route.side_effect = [httpx.Response(200, json=SUCCESS)]
    visit.get_engagement()
    route.side_effect = [raised("text of the library")] * 4
    with pytest.raises(EngagementError) as caught:
        visit.get_engagement(**ARGUMENTS)
    assert watched.leaks(caught.value) == set()
    assert not any(isinstance(link, httpx.HTTPError) for link in chain(caught.value))


def test_deadline(watched: Watched, route: respx.Route) -> None:
    """The error that a deadline ends a call with shows no more than the failure it comes from."""
    route.side_effect = [httpx.Response(503, json={"message": ECHO})]
    with pytest.raises(DeadlineExceeded) as caught:
        watched.visit(deadline=1).get_engagement(**ARGUMENTS)
    assert watched.leaks(caught.value) == set()


def test_store_that_fails(watched: Watched, route: respx.Route) -> None:
    """A store that breaks down is reported without what was to be stored."""

    class Broken(MemoryStore):
        def save(self, key: str, record: VisitRecord) -> VisitRecord | None:
            super().save(key, record)
            raise StoreError("disk full")

    route.side_effect = [httpx.Response(200, json=SUCCESS)]
    engagement = watched.visit(store=Broken()).get_engagement(**ARGUMENTS)
    assert not engagement.saved
    assert watched.leaks(engagement) == set()


# -------------------------------------------------------------------------------------------------- bad payloads


def broken(value: Any) -> Iterator[Any]:
    """Copies of a JSON value, each with one leaf that is wrong in another way."""
    if isinstance(value, dict):
        for key, each in value.items():
            for other in broken(each):
                yield {**value, key: other}
        yield {**value, "unknownKey": EVERYTHING}
    elif isinstance(value, list):
        for index, each in enumerate(value):
            for other in broken(each):
                yield [*value[:index], other, *value[index + 1 :]]
        yield EVERYTHING
    else:
        yield [value]
        yield {"value": value}
        yield 6_100_007 if isinstance(value, str) else EVERYTHING


@pytest.mark.parametrize(
    "sample, kind, engine",
    [
        (CREATE, "create-session", "jsonschema-rs"),
        (CREATE, "create-session", "jsonschema"),
        (UPDATE, "update-session", "jsonschema-rs"),
    ],
    ids=["create-fast", "create-reference", "update-fast"],
)
def test_problems(sample: Canaries, kind: str, engine: Any) -> None:
    """Whatever is wrong with whichever field, the problem names the place and never the value."""
    # The reference is slow, and must only be seen to be no different.
    bodies = list(broken(sample.body))[:: 5 if engine == "jsonschema" else 1]
    assert len(bodies) > 40
    for body in bodies:
        problems = check(body, kind, engine=engine)
        assert problems
        assert leaks(*problems, PayloadError(problems)) == set()


def test_bad_payload_of_a_call(watched: Watched) -> None:
    """The error of a call with a bad payload shows no value, and nothing of it is logged."""
    visit = watched.visit()
    logging.getLogger("test").debug("so that there is a log")
    for attributes in ([{**each, "unknownKey": EVERYTHING} for each in ARGUMENTS["sdes"]], EVERYTHING, [EVERYTHING]):
        with pytest.raises(PayloadError) as caught:
            visit.get_engagement(**{**ARGUMENTS, "sdes": attributes})
        assert watched.leaks(caught.value, *caught.value.problems) == set()


@pytest.mark.parametrize(
    "value",
    [f"{KEY}\ud800", f"{KEY}\udfff".encode("utf-8", "surrogatepass"), {KEY}, float("nan")],
    ids=["surrogate", "bytes", "set", "nan"],
)
def test_payload_that_cannot_be_written(watched: Watched, value: Any) -> None:
    """An error about a value that cannot be written as JSON does not contain the value."""
    logging.getLogger("test").debug("so that there is a log")
    for attribute in (
        {"type": "personal", "personal": {"firstname": value, "lastname": KEY}},
        sde.raw({"type": "new", "field": value, "other": KEY}),
    ):
        with pytest.raises(Exception) as caught:  # noqa: PT011 - which one is another test's
            watched.visit().get_engagement(sdes=[attribute])
        assert watched.leaks(caught.value) == set()


# ----------------------------------------------------------------------------------------------------------- reprs


def things() -> Iterable[object]:
    """One of every object that has ids or attributes and that an application or its log may show."""
    request = HttpRequest("POST", f"{BASE_URL}/{VISITOR}?sid={SESSION}", {"X": KEY}, EVERYTHING.encode())
    details = models.EngagementDetails(additional_properties={EVERYTHING: EVERYTHING})
    record = VisitRecord(VISITOR, SESSION, PAGE, engagement={EVERYTHING: EVERYTHING})
    personal = models.PersonalSde(personal=models.PersonalInfo(firstname=KEY, contacts=[models.Contact(email=KEY)]))
    yield request
    yield HttpResponse(200, {"x": EVERYTHING}, EVERYTHING.encode())
    yield record
    yield replace(record, version=1)
    yield from (Load(KEY), Save(KEY, record), Delete(KEY), Acquire(KEY, "token", 1), Release(KEY, "token"))
    yield Send(request, 1)
    yield personal
    yield models.CreateSessionRequest.from_dict(CREATE.body)
    yield sde.personal(firstname=KEY, contacts=[{"email": KEY}])
    yield sde.raw({"type": "new", "value": KEY})
    yield VisitIds(VISITOR, SESSION, PAGE)  # type: ignore[arg-type]  # a text is what it is
    yield Engagement("Available", VISITOR, SESSION, PAGE, details, extra={KEY: KEY})  # type: ignore[arg-type]  # see above
    yield models.EngagementAnswer(visitor_id=VISITOR, session_id=SESSION, additional_properties={KEY: KEY})
    yield models.ErrorEntity(message=EVERYTHING, time=EVERYTHING, additional_properties={KEY: KEY})


@pytest.mark.parametrize("thing", list(things()), ids=lambda each: type(each).__name__)
def test_repr(thing: object) -> None:
    """Its repr shows no id and no value."""
    assert CREATE.found_in(repr(thing)) == set()


def test_repr_of_the_client(watched: Watched) -> None:
    """Neither client nor visit shows the key, nor do the parts of a call that a debugger shows."""
    logging.getLogger("test").debug("so that there is a log")
    client = watched.maker.client()
    visit = client.visit(KEY)
    inner = client.inner
    with pytest.raises(EngagementError):
        watched.visit().update()  # a call to watch
    shown = (inner, visit.inner, inner._driver, inner._settings, inner._store, Call(inner._settings))
    assert watched.leaks(*shown) == set()


def test_visitor_in_events(watched: Watched, route: respx.Route) -> None:
    """The hash that stands for a visitor is the same within a process, and is not the id or a plain hash of it."""
    route.side_effect = [httpx.Response(200, json=SUCCESS)] * 2
    for _ in range(2):
        watched.visit().get_engagement()
    hashes = {event.visitor for event in watched.events} - {None}
    assert len(hashes) == 1
    assert all(len(each) == 8 for each in hashes if each is not None)
