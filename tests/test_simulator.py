"""The simulator: answers as the vendor's pages say, keeps state, and shows nobody's ids."""

from __future__ import annotations

import ast
import http.client
import json
import re
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import jsonschema_rs
import pytest

from lp_engagement import simulator as package
from lp_engagement.errors import TransportError
from lp_engagement.simulator import Campaign, ConnectionCut, Fault, SimulatedResponse, Simulator
from lp_engagement.simulator.__main__ import main
from lp_engagement.transports import HttpRequest
from lp_engagement_client import api, facts
from tests.clocks import SetClock
from tests.helpers import SID

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lp_engagement.transports import AsyncTransport, Transport

ACCOUNT = "12345678"
SCHEMAS = Path(facts.__file__).parent / "schemas"
VERSION = api.find("createSession").parameters["version"].const
EXAMPLES = json.loads((SCHEMAS / "examples.json").read_bytes())
HEADERS = {"Content-Type": "application/json", "Accept": "application/json", "Host": "sim.example"}
CREATE = EXAMPLES["requests"]["create-session"]
CART = {"type": "cart", "total": 11.7, "numItems": 1}
VISITOR_ID = re.compile(r"[\w-]{22}", re.ASCII)


class Caller:
    """Speaks to a simulator as a client would, by hand."""

    def __init__(self, simulator: Simulator, account: str = ACCOUNT) -> None:
        self.simulator = simulator
        self.account = account

    def target(self, operation: str, *, version: str | None = VERSION, sid: str = "", **parts: str) -> str:
        """Path and query of an operation; `parts` go into the path as they are."""
        path = api.find(operation).path.format(accountId=self.account, **parts)
        name = api.find(operation).parameters["version"].key
        query = ([] if version is None else [f"{name}={version}"]) + ([f"{SID}={quote(sid, safe='')}"] if sid else [])
        return f"{path}?{'&'.join(query)}"

    def send(self, operation: str, body: Any = None, **target: Any) -> SimulatedResponse:
        """Call an operation."""
        content = b"" if body is None else json.dumps(body).encode()
        method = api.find(operation).method
        return self.simulator.handle(method, self.target(operation, **target), HEADERS, content)

    def post(
        self, visitor: str = "", sid: str = "", body: Mapping[str, Any] = CREATE, **target: Any
    ) -> SimulatedResponse:
        """Ask for an engagement, with a visitor id or without."""
        if not visitor:
            return self.send("createSession", body, sid=sid, **target)
        return self.send("resumeSession", body, visitorId=quote(visitor, safe=""), sid=sid, **target)

    def put(self, ids: Mapping[str, str], **changes: Any) -> SimulatedResponse:
        """Update the session of an answer; `changes` replace ids, or extend the body."""
        ids = {**ids, **{name: changes.pop(name) for name in ("visitorId", "sessionId", "pageId") if name in changes}}
        return self.send(
            "updateSession",
            {"pageId": ids["pageId"], **changes.pop("body", {})},
            visitorId=quote(ids["visitorId"], safe=""),
            sid=ids["sessionId"],
            **changes,
        )


def error_of(response: SimulatedResponse) -> tuple[int, int, str]:
    """Status, code and message of a flat error."""
    entity = response.json()
    assert entity.keys() == {"time", "message", "internalCode"}
    return response.status, entity["internalCode"], entity["message"]


@pytest.fixture
def clock() -> SetClock:
    """A clock in the test's hand."""
    return SetClock(1_700_000_000.25)


@pytest.fixture
def simulator(clock: SetClock) -> Simulator:
    """A simulator whose ids are the same in each run."""
    return Simulator(seed=7, clock=clock)


@pytest.fixture
def caller(simulator: Simulator) -> Caller:
    """A caller of that simulator."""
    return Caller(simulator)


# ----------------------------------------------------------------------------------------------------------- visits


def test_first_post_opens_a_visit(caller: Caller) -> None:
    """A POST without ids makes one visitor with one session and answers the documented fields."""
    response = caller.post()
    answer = response.json()
    assert response.status == 200
    assert response.headers["content-type"] == "application/json"
    assert answer.keys() == EXAMPLES["answers"]["available"].keys()
    (visitor,) = caller.simulator.visitors(ACCOUNT)
    assert (visitor.id, list(visitor.sessions)) == (answer["visitorId"], [answer["sessionId"]])


def test_ids_look_like_the_captured_ones(caller: Caller) -> None:
    """Visitor and session ids have 22 base64url characters, page ids are strings of digits."""
    answer = caller.post().json()
    assert VISITOR_ID.fullmatch(answer["visitorId"])
    assert VISITOR_ID.fullmatch(answer["sessionId"])
    assert re.fullmatch(r"[0-9]{10}", answer["pageId"])


def test_each_post_without_ids_makes_a_visitor(caller: Caller) -> None:
    """Calling without ids again makes another visitor, as the vendor warns."""
    caller.post()
    caller.post()
    assert len(caller.simulator.visitors(ACCOUNT)) == 2


def test_session_goes_on(caller: Caller) -> None:
    """A POST with both ids stays in the session, and its page id replaces the one before."""
    first = caller.post().json()
    second = caller.post(first["visitorId"], first["sessionId"]).json()
    assert [second[name] for name in ("visitorId", "sessionId")] == [first[name] for name in ("visitorId", "sessionId")]
    assert caller.put(second).status == 200
    assert error_of(caller.put(first)) == (400, 5, "pageId")


@pytest.mark.parametrize("sid", ["", "unknown"])
def test_unknown_session_is_replaced(caller: Caller, sid: str) -> None:
    """A POST with a missing or unknown session id opens a new session of the same visitor."""
    first = caller.post().json()
    second = caller.post(first["visitorId"], sid).json()
    assert second["visitorId"] == first["visitorId"]
    assert second["sessionId"] not in {first["sessionId"], sid}
    assert len(caller.simulator.visitors(ACCOUNT)[0].sessions) == 2


def test_session_of_another_visitor_is_unknown(caller: Caller) -> None:
    """A session id is only good together with its own visitor id."""
    first, second = caller.post().json(), caller.post().json()
    assert caller.post(first["visitorId"], second["sessionId"]).json()["sessionId"] != second["sessionId"]
    assert error_of(caller.put(first, sessionId=second["sessionId"]))[:2] == (404, 39)


def test_session_ends_after_its_lifetime(caller: Caller, clock: SetClock) -> None:
    """Until the lifetime of a visit is over the session goes on, then a POST opens a new one and a PUT is refused."""
    first = caller.post().json()
    clock.now += facts.VISIT_LIFETIME_SECONDS - 1
    again = caller.post(first["visitorId"], first["sessionId"]).json()
    assert again["sessionId"] == first["sessionId"]
    clock.now += 1
    assert error_of(caller.put(again)) == (404, 39, "invalid sessionId")
    assert caller.post(first["visitorId"], first["sessionId"]).json()["sessionId"] != first["sessionId"]
    assert len(caller.simulator.visitors(ACCOUNT)) == 1


def test_unknown_visitor_id_becomes_a_visitor(caller: Caller) -> None:
    """A POST with a visitor id that nobody has seen takes it over, whatever characters it has."""
    strange = "_a/b c%?-ä"
    answer = caller.post(strange).json()
    assert answer["visitorId"] == strange
    assert [visitor.id for visitor in caller.simulator.visitors(ACCOUNT)] == [strange]


def test_accounts_are_apart(simulator: Simulator) -> None:
    """Accounts are independent of each other, and their ids are case-sensitive."""
    ids = Caller(simulator, "ta3hWd4IgG").post().json()
    assert error_of(Caller(simulator, "ta3hwd4igg").put(ids))[:2] == (404, 37)
    assert len(simulator.visitors("ta3hWd4IgG")) == 1
    assert simulator.visitors("ta3hwd4igg") == []


def test_seed_makes_ids_repeatable() -> None:
    """The same seed gives the same ids, no seed gives random ones."""
    answers = [Caller(Simulator(seed=seed)).post().body for seed in (1, 1, None, None)]
    assert answers[0] == answers[1]
    assert len(set(answers)) == 3


def test_times_of_a_visit(caller: Caller, clock: SetClock) -> None:
    """Visitor and session remember when they began and when they were last seen."""
    ids = caller.post().json()
    begun = clock.now
    clock.now += 5
    caller.put(ids)
    (visitor,) = caller.simulator.visitors(ACCOUNT)
    (session,) = visitor.sessions.values()
    for each in (visitor, session):
        assert (each.created_at, each.last_seen_at) == (begun, begun + 5)


# --------------------------------------------------------------------------------------------------------- updates


def test_update_is_answered_with_nothing(caller: Caller) -> None:
    """A PUT is answered with 200 and an empty body."""
    response = caller.put(caller.post().json())
    assert (response.status, response.body) == (200, b"")


def test_session_keeps_what_it_received(caller: Caller) -> None:
    """Attributes and impressions of all calls are kept in order, and the latest of each type; sections are replaced."""
    ids = caller.post(body=CREATE | {"engagementAttributes": [CART]}).json()
    update = EXAMPLES["requests"]["update-session"]
    newer = CART | {"total": 12}
    more = {
        "engagementAttributes": [newer, *update["engagementAttributes"]],
        "impAttributes": update["impAttributes"],
    }
    assert caller.put(ids, body=more).status == 200
    caller.post(ids["visitorId"], ids["sessionId"], {"appType": "EXTERNAL", "consumerSections": ["Sales"]})
    session = caller.simulator.visitors(ACCOUNT)[0].sessions[ids["sessionId"]]
    assert session.attributes == [CART, newer, *update["engagementAttributes"]]
    assert session.latest == {"cart": newer, "personal": update["engagementAttributes"][0]}
    assert session.impressions == update["impAttributes"]
    assert session.sections == ["Sales"]


@pytest.mark.parametrize(
    "changes, refusal",
    [
        ({"visitorId": "nobody"}, (404, 37, "invalid visitorId")),
        ({"sessionId": "nothing"}, (404, 39, "invalid sessionId")),
        ({"sessionId": ""}, (400, 5, SID)),
        ({"pageId": "1"}, (400, 5, "pageId")),
    ],
)
def test_update_with_wrong_ids_is_refused(
    caller: Caller, changes: dict[str, str], refusal: tuple[int, int, str]
) -> None:
    """A PUT with a wrong or missing id is answered with the code of that id, and nothing is recorded."""
    ids = caller.post(body={"appType": "MSDK"}).json()
    assert error_of(caller.put(ids, **changes, body={"engagementAttributes": [CART]})) == refusal
    assert caller.simulator.visitors(ACCOUNT)[0].sessions[ids["sessionId"]].attributes == []


# --------------------------------------------------------------------------------------------------- cold accounts


def test_cold_account_gives_the_id_that_its_retry_uses(caller: Caller) -> None:
    """The visitor id of "Loading account" becomes the visitor's id, so that a retry with it makes one visitor only."""
    caller.simulator.make_cold(ACCOUNT, times=2)
    visitor_id = ""
    for _ in range(2):
        response = caller.post(visitor_id)
        status, code, message = error_of(response)
        assert (status, code) == (500, EXAMPLES["answers"]["loading"]["internalCode"])
        found = re.search(facts.LOADING_VISITOR_ID_PATTERN, message)
        assert found
        assert visitor_id in {"", found[1]}
        visitor_id = found[1]
        assert message == f"Loading account: {ACCOUNT}, vid: {visitor_id}"
        assert caller.simulator.visitors(ACCOUNT) == []
    assert caller.post(visitor_id).json()["visitorId"] == visitor_id
    assert len(caller.simulator.visitors(ACCOUNT)) == 1


def test_cold_account_may_name_no_ids(caller: Caller) -> None:
    """Without ids the message is the one that the vendor's page prints."""
    caller.simulator.make_cold(ACCOUNT, visitor_id=False)
    assert error_of(caller.post())[2] == EXAMPLES["answers"]["loadingWithoutIds"]["message"]
    assert caller.post().status == 200


def test_loading_message_is_the_captured_one(caller: Caller) -> None:
    """The message with ids has the form of the captured one, word for word."""
    captured = EXAMPLES["answers"]["loading"]["message"]
    account, visitor_id = re.findall(r": (\w+)", captured)
    caller = Caller(caller.simulator, account)
    caller.simulator.make_cold(account)
    assert error_of(caller.post(visitor_id))[2] == captured


def test_every_account_can_begin_cold() -> None:
    """`Simulator(cold=1)` lets each account be loaded by its own first POST; a PUT loads nothing."""
    simulator = Simulator(cold=1)
    for account in ("one", "two"):
        caller = Caller(simulator, account)
        unknown = {"visitorId": "v", "sessionId": "s", "pageId": "1"}
        assert [caller.put(unknown).status, caller.post().status, caller.post().status] == [404, 500, 200]


def test_invalid_call_loads_nothing(caller: Caller) -> None:
    """A POST that is refused does not count among those that a cold account answers."""
    caller.simulator.make_cold(ACCOUNT)
    statuses = [caller.post(body={}).status, caller.post().status, caller.post().status]
    assert statuses == [400, 500, 200]


# -------------------------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize("version", [None, "", "1", "1.00", "2.0"])
@pytest.mark.parametrize("operation", facts.OPERATIONS)
def test_only_the_one_version_is_supported(caller: Caller, operation: str, version: str | None) -> None:
    """Each operation refuses a version that is missing or not the documented text, with the documented words."""
    response = caller.send(operation, {}, version=version, visitorId="v", service=facts.DOMAIN_SERVICE)
    illegal = EXAMPLES["answers"]["illegalVersion"]
    assert error_of(response) == (400, illegal["internalCode"], illegal["message"])


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/api/account/{account}/app/engagement/visitors",
        "/api/account/{account}/app/engagement/visitor/abc",
        "/api/account/{account}/app/engagement/visitors/abc/",
        "//api/account/{account}/app/engagement/visitors/",
        "/api/account//app/engagement/visitors/",
        "/api/account/{account}/service/msdkgw/baseURI",
    ],
)
def test_unknown_route(caller: Caller, path: str) -> None:
    """An unknown path is answered with the gateway's nested error, with ISO time and a string code."""
    path = path.format(account=ACCOUNT)
    response = caller.simulator.handle("POST", f"{path}?v=1.0", HEADERS, b"{}")
    assert response.status == 404
    assert response.json() == {
        "error": {
            "time": "2023-11-14T22:13:20.250+00:00",
            "message": f"null for uri: {path}",
            "internalCode": "28",
        }
    }


@pytest.mark.parametrize(
    "method, operation, allowed",
    [
        ("GET", "createSession", "POST"),
        ("PUT", "createSession", "POST"),
        ("DELETE", "resumeSession", "POST, PUT"),
        ("POST", "getDomain", "GET"),
    ],
)
def test_wrong_method(caller: Caller, method: str, operation: str, allowed: str) -> None:
    """A known path with another method is answered with 405, a nested error, and the methods that it has."""
    target = caller.target(operation, visitorId="v", service=facts.DOMAIN_SERVICE)
    response = caller.simulator.handle(method, target, HEADERS, b"")
    assert (response.status, response.headers["allow"]) == (405, allowed)
    assert response.json()["error"].keys() == {"time", "message", "internalCode"}


@pytest.mark.parametrize("account", ["a-b", "a%2Fb", "x" * 21, "ab%0A"])
def test_impossible_account(simulator: Simulator, account: str) -> None:
    """An account id that the spec's pattern rules out is not valid."""
    assert error_of(Caller(simulator, account).post()) == (404, 6, "invalid accountId")


@pytest.mark.parametrize(
    "body, field",
    [
        ({}, "appType"),
        ([], "body"),
        ({"appType": "IVR"}, "appType"),
        ({"appType": "MSDK", "appDetails": {"ipAddress": "localhost"}}, "ipAddress"),
        ({"appType": "MSDK", "consumerSections": ["a", 1]}, "consumerSections"),
        ({"appType": "MSDK", "engagementAttributes": [CART, {"type": 1}]}, "type"),
        ({"appType": "MSDK", "engagementAttributes": [CART, {"typ": "secret"}]}, "type"),
        ({"appType": "MSDK", "secret": 1, "engagementAttributes": [{"type": "cart", "totla": 1}]}, "total"),
        ({"appType": "MSDK", "engagementAttributes": [{"type": "cart", "total": 1}]}, "numItems"),
        ({"appType": "MSDK", "engagementAttributes": [{"type": "personal", "personal": {"age": "secret"}}]}, "age"),
    ],
)
def test_body_must_fit_its_schema(caller: Caller, body: Any, field: str) -> None:
    """A body that the accepting schema refuses is answered with the name of the field, and never with a value."""
    response = caller.post(body=body)
    assert error_of(response) == (400, 5, field)
    assert b"secret" not in response.body
    assert caller.simulator.visitors(ACCOUNT) == []


def test_tolerated_spellings_are_accepted(caller: Caller) -> None:
    """Deprecated forms, such as a channel in a string, are accepted."""
    body = {"appType": "MSDK", "engagementAttributes": [{"type": "mrktInfo", "info": {"channel": "1"}}]}
    assert caller.post(body=body).status == 200


def test_update_body_must_fit_its_schema(caller: Caller) -> None:
    """A PUT is validated against its own schema."""
    response = caller.put(caller.post().json(), body={"engagementAttributes": [{"type": "cart", "total": "1"}]})
    assert error_of(response)[:2] == (400, 5)


DROPPED: list[tuple[dict[str, Any], list[Any], list[str]]] = [
    ({"secret": 1, "vid": "x"}, [], ["/secret LPE102", "/vid LPE102"]),
    ({"engagementAttributes": [{"type": "new"}, CART, {"type": "new"}]}, [CART], ["/0 LPE103", "/2 LPE103"]),
    ({"engagementAttributes": [{**CART, "a/b": {"c": 1}}]}, [CART], ["/0/a~1b LPE102"]),
    ({"engagementAttributes": [{"type": "impDisplay", "campaign": 1}, CART]}, [CART], ["/0 LPE103"]),
    (
        {"engagementAttributes": [{"type": "new"}, {"type": "personal", "personal": {"contacts": [{"emial": "x"}]}}]},
        [{"type": "personal", "personal": {"contacts": [{}]}}],
        ["/0 LPE103", "/1/personal/contacts/0/emial LPE102"],
    ),
]


@pytest.mark.parametrize("body, kept, parts", DROPPED)
def test_unknown_parts_are_dropped(caller: Caller, body: dict[str, Any], kept: list[Any], parts: list[str]) -> None:
    """Unknown keys, and attributes of an unknown type, are dropped with a 200, and the journal lists them."""
    response = caller.post(body={"appType": "MSDK", **body})
    assert response.status == 200
    (session,) = caller.simulator.visitors(ACCOUNT)[0].sessions.values()
    assert session.attributes == kept
    journal = caller.simulator.journal
    places = [part if part.startswith(("/secret", "/vid")) else f"/engagementAttributes{part}" for part in parts]
    assert sorted(f"{part.pointer} {part.rule}" for part in journal.dropped) == places
    assert list(journal.last().dropped) == journal.dropped
    assert journal.last().body == {"appType": "MSDK", **body}


@pytest.mark.parametrize("body, kept, parts", DROPPED)
def test_strict_simulator_refuses_unknown_parts(
    clock: SetClock, body: dict[str, Any], kept: list[Any], parts: list[str]
) -> None:
    """`strict=True` refuses the same bodies and stores nothing; keys that are unknown stay out of the answer."""
    caller = Caller(Simulator(strict=True, clock=clock))
    response = caller.post(body={"appType": "MSDK", **body})
    assert error_of(response)[:2] == (400, 5)
    assert b"secret" not in response.body
    assert caller.simulator.visitors(ACCOUNT) == []
    assert caller.simulator.journal.dropped == []
    assert Caller(Simulator.from_scenario({"strict": True})).post(body={"appType": "MSDK", **body}).status == 400


def test_impressions_of_an_unknown_type_are_dropped(caller: Caller) -> None:
    """A PUT drops an unknown impression and an unknown key of another one, and counts the rest."""
    known = EXAMPLES["requests"]["update-session"]["impAttributes"][0]
    ids = caller.post().json()
    assert caller.put(ids, body={"impAttributes": [{"type": "impNew"}, known | {"more": 1}]}).status == 200
    (session,) = caller.simulator.visitors(ACCOUNT)[0].sessions.values()
    assert session.impressions == [known]
    assert caller.simulator.funnel(ACCOUNT)[known["type"]] == 1
    assert len(caller.simulator.journal.last().impressions) == 2
    assert {part.rule for part in caller.simulator.journal.dropped} == {"LPE102", "LPE103"}


def test_dropped_parts_are_on_the_page(caller: Caller) -> None:
    """The data of the page and the journal call list what was dropped."""
    caller.post(body={"appType": "MSDK", "engagementAttributes": [{"type": "new"}]})
    assert caller.simulator.state()["requests"][0]["dropped"] == ["/engagementAttributes/0: Unknown type [LPE103]"]
    (request,) = caller.simulator.handle("GET", "/_sim/journal", {}, b"").json()["requests"]
    assert request["dropped"] == [{"pointer": "/engagementAttributes/0", "rule": "LPE103", "title": "Unknown type"}]


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b'{"a": NaN}', b"[" * 100_000, b'"\\ud800"', b"1e400"])
def test_body_must_be_json(caller: Caller, content: bytes) -> None:
    """A body that is not a JSON object is rejected, however broken it is."""
    response = caller.simulator.handle("POST", caller.target("createSession"), HEADERS, content)
    assert error_of(response) == (400, 5, "body")


@pytest.mark.parametrize(
    "content_type, status",
    [
        (None, 400),
        ("text/plain", 400),
        ("application/json", 200),
        ("Application/JSON; charset=utf-8", 200),
    ],
)
def test_body_must_be_declared_as_json(caller: Caller, content_type: str | None, status: int) -> None:
    """A POST without the content type of JSON is refused; case and parameters of the header do not matter."""
    headers = {} if content_type is None else {"CONTENT-TYPE": content_type}
    content = json.dumps(CREATE).encode()
    assert caller.simulator.handle("POST", caller.target("createSession"), headers, content).status == status


def test_flat_errors_have_the_time_in_milliseconds(caller: Caller, clock: SetClock) -> None:
    """The time of a flat error is the clock's, in epoch milliseconds."""
    assert caller.post(body={}).json()["time"] == int(clock.now * 1000)


# ------------------------------------------------------------------------------------------------------ engagements


def test_default_engagement_is_the_documented_one(caller: Caller) -> None:
    """Without further ado there is an engagement, and it is the one of the vendor's page."""
    assert caller.post().json()["engagementDetails"] == EXAMPLES["answers"]["available"]["engagementDetails"]


def test_no_campaign_means_not_available() -> None:
    """Without a campaign that fits, the status is NotAvailable and engagementDetails are absent."""
    never = Campaign(condition=lambda _attributes, _sections: False)
    for campaigns in ([], [never]):
        answer = Caller(Simulator(campaigns=campaigns)).post().json()
        assert answer.keys() == EXAMPLES["answers"]["notAvailable"].keys()
        assert answer["status"] == EXAMPLES["answers"]["notAvailable"]["status"]


def test_first_campaign_that_fits_is_offered() -> None:
    """Conditions see all attributes and the sections of the session; details differ from the example as asked."""

    def bought(attributes: Sequence[Mapping[str, Any]], sections: Sequence[str]) -> bool:
        return "Sales" in sections and any(each["type"] == "cart" for each in attributes)

    simulator = Simulator(campaigns=[Campaign(bought, {"campaignId": 1, "connectorId": None})])
    caller = Caller(simulator)
    first = caller.post(body={"appType": "MSDK", "engagementAttributes": [CART]}).json()
    body = {"appType": "MSDK", "consumerSections": ["Sales"]}
    second = caller.post(first["visitorId"], first["sessionId"], body).json()
    assert [first["status"], second["status"]] == ["NotAvailable", "Available"]
    documented = EXAMPLES["answers"]["available"]["engagementDetails"]
    assert second["engagementDetails"] == {
        **{name: value for name, value in documented.items() if name != "connectorId"},
        "campaignId": 1,
    }


# ------------------------------------------------------------------------------------------------------- Domain API


def test_domain_is_the_simulators_own_host(caller: Caller) -> None:
    """The Domain API names the host that the request was sent to, or the one given to the simulator."""
    response = caller.send("getDomain", service=facts.DOMAIN_SERVICE)
    assert response.status == 200
    assert response.json() == {"service": facts.DOMAIN_SERVICE, "account": ACCOUNT, "baseURI": "sim.example"}
    other = Caller(Simulator(host="other.example:8443")).send("getDomain", service=facts.DOMAIN_SERVICE)
    assert other.json()["baseURI"] == "other.example:8443"


@pytest.mark.parametrize("service", ["smt", "Msdkgw"])
def test_unknown_service(caller: Caller, service: str) -> None:
    """A service other than ours, or in another case, is refused with one of the documented statuses."""
    assert error_of(caller.send("getDomain", service=service)) == (400, 5, "service")


def test_hosts_of_all_services(caller: Caller) -> None:
    """The look-up without a service lists the one that the simulator has."""
    response = caller.send("listDomains")
    assert response.status == 200
    assert response.json() == {
        "baseURIs": [{"service": facts.DOMAIN_SERVICE, "account": ACCOUNT, "baseURI": "sim.example"}]
    }
    assert caller.simulator.journal[-1].operation == "listDomains"


@pytest.mark.parametrize(
    "operation, parameters", [("getDomain", {"service": facts.DOMAIN_SERVICE}), ("listDomains", {})]
)
def test_domain_needs_a_host(caller: Caller, operation: str, parameters: dict[str, str]) -> None:
    """A look-up without a Host header cannot be answered."""
    target = caller.target(operation, **parameters)
    assert error_of(caller.simulator.handle("GET", target, {}, b"")) == (400, 5, "Host")


# ------------------------------------------------------------------------------------------------- faults, journal


def test_faults_come_before_normal_answers(caller: Caller) -> None:
    """Scripted answers are given as they stand and in order, have no effect, and are over after `times`."""
    page = b"<html>503</html>"
    caller.simulator.script(ACCOUNT, [Fault(503, page, {"Retry-After": "7"}, times=2), Fault(429)])
    first = caller.post()
    assert (first.status, first.headers, first.body) == (503, {"retry-after": "7"}, page)
    assert [caller.post().status for _ in range(3)] == [503, 429, 200]
    assert len(caller.simulator.visitors(ACCOUNT)) == 1
    assert Caller(caller.simulator, "other").post().status == 200


def test_faults_can_be_meant_for_one_operation(caller: Caller) -> None:
    """A fault for one operation leaves the others alone, and one for any operation leaves the look-up alone."""
    caller.simulator.script(ACCOUNT, [Fault(500), Fault(502, operation="getDomain"), Fault(503)])
    domain = [caller.send("getDomain", service=facts.DOMAIN_SERVICE).status for _ in range(2)]
    assert (domain, [caller.post().status for _ in range(3)]) == ([502, 200], [500, 503, 200])


def test_cut_connection(caller: Caller) -> None:
    """A dropped request raises in process, has no effect, and is in the journal without an answer."""
    caller.simulator.script(ACCOUNT, [Fault.drop()])
    with pytest.raises(ConnectionCut):
        caller.post()
    assert caller.simulator.journal.last().answer is None
    assert caller.simulator.journal.last().status is None
    assert caller.post().status == 200


def test_journal_has_it_all(caller: Caller) -> None:
    """The journal keeps each request as it was understood, with its answer, and finds them by operation."""
    ids = caller.post().json()
    response = caller.post("a/b", "s")
    caller.put(ids)
    caller.simulator.handle("GET", "/nowhere", {}, b"")
    journal = caller.simulator.journal
    assert [entry.operation for entry in journal] == ["createSession", "resumeSession", "updateSession", None]
    (entry,) = journal.of("resumeSession")
    assert (entry.method, entry.body, entry.status, entry.answer) == ("POST", CREATE, 200, response)
    assert entry.path == f"/api/account/{ACCOUNT}/app/engagement/visitors/a%2Fb"
    assert entry.query == {"v": "1.0", SID: "s"}
    assert entry.parameters == {"accountId": ACCOUNT, "visitorId": "a/b"}
    assert entry.headers["accept"] == "application/json"
    assert (journal.last().path, journal.last().status) == ("/nowhere", 404)


def test_repr_shows_no_ids_and_no_values() -> None:
    """No repr of what the simulator hands out holds an id or a value that was sent."""
    simulator = Simulator(campaigns=[Campaign(details={"campaignId": "hidden"})])
    caller = Caller(simulator)
    body = {"appType": "MSDK", "engagementAttributes": [{"type": "personal", "personal": {"firstname": "hidden"}}]}
    simulator.script(ACCOUNT, [Fault(400, b"hidden", {"hidden": "hidden"})])
    caller.post("hidden", body=body)
    ids = caller.post("hidden", body=body).json()
    caller.put(ids)
    (visitor,) = simulator.visitors(ACCOUNT)
    shown = repr(
        [
            simulator,
            simulator.journal,
            simulator.journal.last().answer,
            simulator.campaigns,
            Fault(400, b"hidden"),
            visitor,
            *visitor.sessions.values(),
            simulator.transport(),
            simulator.serve(),
        ]
    )
    for secret in ("hidden", ids["sessionId"], ids["pageId"], ACCOUNT):
        assert secret not in shown


def test_threads_do_not_disturb_each_other() -> None:
    """Many threads at once get one visitor each, and nothing is lost."""
    simulator = Simulator()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: Caller(simulator).post().json(), range(200)))
        statuses = set(pool.map(lambda ids: Caller(simulator).put(ids).status, answers))
    assert statuses == {200}
    assert len({answer["visitorId"] for answer in answers}) == len(simulator.visitors(ACCOUNT)) == 200
    assert len(simulator.journal) == 400


# ------------------------------------------------------------------------------------------- schemas and separation


@pytest.mark.parametrize("operation", facts.OPERATIONS)
def test_every_operation_of_the_spec_is_served(caller: Caller, operation: str) -> None:
    """Each operation of the spec is answered with its documented success to what is documented of the request."""
    ids = caller.post().json()
    body = EXAMPLES["requests"].get(facts.OPERATIONS[operation].body)
    if body is not None and "pageId" in body:
        body = body | {"pageId": ids["pageId"]}
    parts = {"visitorId": ids["visitorId"], "service": facts.DOMAIN_SERVICE}
    sid = "" if operation == "getDomain" else ids["sessionId"]
    assert caller.send(operation, body, sid=sid, **parts).status == facts.OPERATIONS[operation].success


def test_documented_requests_are_accepted(caller: Caller) -> None:
    """Both documented requests are answered with 200."""
    ids = caller.post().json()
    assert caller.put(ids, body=EXAMPLES["requests"]["update-session"] | {"pageId": ids["pageId"]}).status == 200


def test_simulator_shares_no_code_path_with_the_client() -> None:
    """The simulator imports errors, plain HTTP data and four helpers of the client, and what the spec says."""
    allowed = {"lp_engagement_client"} | {
        f"lp_engagement.{name}"
        for name in (
            "_common.clock",
            "_common.json_pointer",
            "_common.printable",
            "_common.version",
            "_core",
            "_core.checks",
            "_core.generated",
            "errors",
            "transports",
        )
    }
    imported = set()
    for module in Path(package.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert node.level < 2, module.name
                if not node.level:
                    imported.add(node.module)
            elif isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
    assert {name for name in imported if name and name.startswith("lp_engagement")} == allowed


def test_schemas_are_compiled_when_they_are_needed() -> None:
    """Importing the simulator reads no schema and loads neither the server nor an HTTP library."""
    program = (
        "import sys, jsonschema_rs\n"
        "jsonschema_rs.validator_for = None\n"
        "import lp_engagement.simulator\n"
        "lp_engagement.simulator.Simulator()\n"
        "print([name for name in ('httpx', 'http.server', 'socketserver') if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_errors_fit_the_validators_names() -> None:
    """The validator still reports which mandatory property is missing; the answers depend on this."""
    schema = json.loads((SCHEMAS / "create-session.accepting.json").read_bytes())
    error = next(jsonschema_rs.validator_for(schema).iter_errors({}))
    assert isinstance(error.kind, jsonschema_rs.ValidationErrorKind.Required)


# ------------------------------------------------------------------------------------------------------- in process


def request(caller: Caller, visitor_id: str = "a%2Fb") -> HttpRequest:
    """A POST as the flow would hand it to a transport."""
    target = caller.target("resumeSession", visitorId=visitor_id)
    headers = {name: value for name, value in HEADERS.items() if name != "Host"}
    return HttpRequest("POST", f"https://lo.v.liveperson.net:8443{target}", headers, json.dumps(CREATE).encode())


def test_transport_serves_in_process(caller: Caller) -> None:
    """The transport hands the raw target and the host over, and gives the answer back."""
    transport: Transport = caller.simulator.transport()
    response = transport.send(request(caller), timeout=1)
    assert (response.status, json.loads(response.content)["visitorId"]) == (200, "a/b")
    assert response.headers["content-type"] == "application/json"
    entry = caller.simulator.journal.last()
    assert entry.path.endswith("/a%2Fb")
    assert entry.headers["host"] == "lo.v.liveperson.net:8443"


def test_transport_cuts_the_connection(caller: Caller) -> None:
    """A dropped request is a transport error that leaves open whether the server saw it."""
    caller.simulator.script(ACCOUNT, [Fault.drop()])
    with pytest.raises(TransportError) as caught:
        caller.simulator.transport().send(request(caller), timeout=1)
    assert caught.value.maybe_sent
    assert ACCOUNT not in str(caught.value)


def test_closed_transport_sends_nothing(caller: Caller) -> None:
    """After `close()`, which may be called again, nothing is sent any more; the simulator goes on."""
    transport = caller.simulator.transport()
    transport.close()
    transport.close()
    with pytest.raises(RuntimeError, match="closed"):
        transport.send(request(caller), timeout=1)
    assert caller.simulator.journal == []
    assert caller.simulator.transport().send(request(caller), timeout=1).status == 200


@pytest.fixture
def anyio_backend() -> str:
    """Run async tests on asyncio."""
    return "asyncio"


@pytest.mark.anyio
async def test_async_transport(caller: Caller) -> None:
    """The async transport answers, cuts and closes as the other one does."""
    transport: AsyncTransport = caller.simulator.async_transport()
    assert (await transport.send(request(caller), timeout=1)).status == 200
    caller.simulator.script(ACCOUNT, [Fault.drop()])
    with pytest.raises(TransportError):
        await transport.send(request(caller), timeout=1)
    await transport.aclose()
    with pytest.raises(RuntimeError, match="closed"):
        await transport.send(request(caller), timeout=1)


# ----------------------------------------------------------------------------------------------------------- server


def connect(url: str) -> http.client.HTTPConnection:
    """A connection to a server of ours."""
    netloc = urlsplit(url).netloc
    return http.client.HTTPConnection(netloc, timeout=5)


def exchange(
    connection: http.client.HTTPConnection, method: str, target: str, body: bytes | None = None
) -> tuple[http.client.HTTPResponse, bytes]:
    """Send one request and read its answer."""
    headers = {"Content-Type": "application/json"} if body else {}
    connection.request(method, target, body, headers)
    response = connection.getresponse()
    return response, response.read()


def test_server_keeps_connections_and_raw_targets(caller: Caller) -> None:
    """Several requests share one connection, and the target arrives as it was sent, double slashes included."""
    with caller.simulator.serve() as server:
        connection = connect(server.url)
        target = caller.target("resumeSession", visitorId="a%2Fb%20%7E")
        response, content = exchange(connection, "POST", target, json.dumps(CREATE).encode())
        kept = connection.sock
        assert response.status == 200
        assert int(response.headers["content-length"]) == len(content)
        ids = json.loads(content)
        assert ids["visitorId"] == "a/b ~"
        target = caller.target("updateSession", visitorId="a%2Fb%20%7e", sid=ids["sessionId"])
        response, content = exchange(connection, "PUT", target, json.dumps({"pageId": ids["pageId"]}).encode())
        assert response.status == 200
        assert content == b""
        response, content = exchange(connection, "DELETE", "//x?y")
        assert json.loads(content)["error"]["message"] == "null for uri: //x"
        assert exchange(connection, "HEAD", "/x")[1] == b""
        assert exchange(connection, "GET", "/x")[0].status == 404
        assert connection.sock is kept
        connection.close()
    assert [entry.path.rpartition("/")[2] for entry in caller.simulator.journal[:2]] == ["a%2Fb%20%7E", "a%2Fb%20%7e"]


def test_server_names_itself(caller: Caller) -> None:
    """Through the server the Domain API names the server's own host and port."""
    with caller.simulator.serve() as server:
        connection = connect(server.url)
        _, content = exchange(connection, "GET", caller.target("getDomain", service=facts.DOMAIN_SERVICE))
        connection.close()
        assert f"http://{json.loads(content)['baseURI']}" == server.url


def test_server_cuts_the_connection(caller: Caller) -> None:
    """A dropped request ends the connection without a byte of an answer."""
    caller.simulator.script(ACCOUNT, [Fault.drop()])
    with caller.simulator.serve() as server:
        connection = connect(server.url)
        with pytest.raises(http.client.RemoteDisconnected):
            exchange(connection, "POST", caller.target("createSession"), json.dumps(CREATE).encode())
        connection.close()


def test_server_answers_many_at_once(caller: Caller) -> None:
    """Requests on several connections are answered at the same time, each with its own visitor."""
    content = json.dumps(CREATE).encode()
    with caller.simulator.serve() as server:
        together = threading.Barrier(8, timeout=5)

        def post(_: int) -> str:
            connection = connect(server.url)
            connection.connect()
            together.wait()
            answer = exchange(connection, "POST", caller.target("createSession"), content)[1]
            connection.close()
            return str(json.loads(answer)["visitorId"])

        with ThreadPoolExecutor(8) as pool:
            assert len(set(pool.map(post, range(8)))) == 8


@pytest.mark.parametrize(
    "header, status",
    [
        ("Transfer-Encoding: chunked", 411),
        ("Content-Length: -1", 411),
        (f"Content-Length: {10**9}", 413),
        (f"Content-Length: {'9' * 5000}", 413),
    ],
)
def test_server_refuses_bodies_it_cannot_read(simulator: Simulator, header: str, status: int) -> None:
    """A body of unknown or excessive length is refused and the connection closed, before the simulator sees it."""
    with simulator.serve() as server, socket.create_connection(("127.0.0.1", urlsplit(server.url).port or 0)) as raw:
        raw.settimeout(5)
        raw.sendall(f"POST / HTTP/1.1\r\nHost: x\r\n{header}\r\n\r\n".encode())
        with raw.makefile("rb") as answer:
            assert answer.read().startswith(f"HTTP/1.1 {status} ".encode())
    assert simulator.journal == []


def test_server_asks_for_the_body(simulator: Simulator) -> None:
    """A client that waits for "100 Continue" receives it at once."""
    with simulator.serve() as server, socket.create_connection(("127.0.0.1", urlsplit(server.url).port or 0)) as raw:
        raw.settimeout(5)
        host = urlsplit(server.url).netloc
        raw.sendall(f"POST / HTTP/1.1\r\nHost: {host}\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n".encode())
        assert raw.recv(100).startswith(b"HTTP/1.1 100 ")
        raw.sendall(b"{}")
        assert raw.recv(100).startswith(b"HTTP/1.1 404 ")


def test_server_ends_cleanly(caller: Caller, capfd: pytest.CaptureFixture[str]) -> None:
    """Leaving `with` ends idle connections and threads and frees the port; rude clients leave nothing in the output."""
    server = caller.simulator.serve()
    with server:
        url = server.url
        connection = connect(url)
        exchange(connection, "GET", "/")
        assert "simulator" in {thread.name for thread in threading.enumerate()}
        with socket.create_connection(("127.0.0.1", urlsplit(url).port or 0)) as rude:
            rude.sendall(f"POST / HTTP/1.1\r\nHost: {urlsplit(url).netloc}\r\nContent-Length: 10\r\n\r\n".encode())
    assert "simulator" not in {thread.name for thread in threading.enumerate()}
    connection.close()
    with pytest.raises(ConnectionRefusedError):
        connect(url).connect()
    with pytest.raises(RuntimeError, match="not running"):
        _ = server.url
    with caller.simulator.serve(port=urlsplit(url).port or 0) as again:
        assert again.url == url
    assert capfd.readouterr() == ("", "")


def test_server_is_entered_once(simulator: Simulator) -> None:
    """A server that listens cannot be started a second time, and goes on; one that has stopped can."""
    server = simulator.serve()
    for _ in range(2):
        with server:
            with pytest.raises(RuntimeError, match="already"):
                server.__enter__()
            assert server.url.startswith("http://127.0.0.1:")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals of this kind")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_module_serves_until_a_signal(number: signal.Signals) -> None:
    """`python -m lp_engagement.simulator` prints its URL first, serves, and ends with 0 on either signal."""
    command = [sys.executable, "-m", "lp_engagement.simulator", "--port", "0", "--cold", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        connection = connect(url)
        target = Caller(Simulator()).target("createSession")
        statuses = [exchange(connection, "POST", target, json.dumps(CREATE).encode())[0].status for _ in range(2)]
        connection.close()
        process.send_signal(number)
        rest = process.communicate(timeout=10)
    assert statuses == [500, 200]
    assert (process.returncode, *rest) == (0, "", "")


@pytest.mark.parametrize("port", [-1, 70_000, None])
def test_module_says_why_it_cannot_listen(port: int | None, capsys: pytest.CaptureFixture[str]) -> None:
    """A port that is taken or impossible ends the program with a message, without a traceback."""
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    try:
        with Simulator().serve() as other, pytest.raises(SystemExit) as caught:
            main(["--port", str(urlsplit(other.url).port if port is None else port)])
    finally:
        for number, handler in zip((signal.SIGINT, signal.SIGTERM), handlers, strict=True):
            signal.signal(number, handler)
    assert caught.value.code == 1
    assert "cannot listen on port" in capsys.readouterr().err
