"""Payloads and answers seen in the wild: each has the result in its INDEX.json, or in the table below.

A file that is put into one of the two folders is tested by itself, and the tests fail until somebody has said what is
expected of it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from lp_engagement.errors import (
    AccountLoadingError,
    APIStatusError,
    BadRequestError,
    DomainLookupError,
    EngagementError,
    NotFoundError,
    PayloadError,
    RateLimitedError,
    ServiceUnavailableError,
    SessionGoneError,
    UnauthorizedError,
)
from lp_engagement.simulator import Simulator
from lp_engagement.transports import HttpRequest, HttpResponse
from lp_engagement.validation import check, conforms, kinds
from tests.helpers import ACCOUNT, ENGINES, FLAVOURS, PAUSES, FakeClock, Flavour, same, talk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lp_engagement.engagement import Engagement
    from lp_engagement.validation.engines import EngineName

DATA = Path(__file__).parent / "data"
either_client = pytest.mark.parametrize("flavour", FLAVOURS)
either_engine = pytest.mark.parametrize("engine", ENGINES)

# ------------------------------------------------------------------------------------------------------- payloads

PAYLOADS = {item["file"]: item for item in json.loads((DATA / "payloads" / "INDEX.json").read_bytes())["items"]}
# What the index calls them, and what we do.
KINDS = {"sde": "sde", "imp": "impression", "post-body": "create-session", "put-body": "update-session"}


def payload(name: str) -> Any:
    """A fresh copy of a payload of the collection."""
    return json.loads((DATA / "payloads" / name).read_bytes())


def files(folder: str) -> list[str]:
    """The files of a folder of the collection."""
    return sorted(path.name for path in (DATA / folder).iterdir() if path.name != "INDEX.json")


def of_kind(*wanted: str) -> list[str]:
    """The payloads of some kinds."""
    return [name for name in files("payloads") if PAYLOADS.get(name, {}).get("kind") in wanted]


def test_index_lists_what_is_there() -> None:
    """The index names each payload of the folder, and no other, and knows our kinds and levels only."""
    assert sorted(PAYLOADS) == files("payloads")
    assert {item["kind"] for item in PAYLOADS.values()} == set(KINDS)
    assert set(KINDS.values()) == set(kinds())
    assert {item["expect"] for item in PAYLOADS.values()} == {"ok", "warn", "error"}


@pytest.mark.parametrize("name", files("payloads"))
@either_engine
def test_payload_comes_out_as_indexed(name: str, engine: EngineName) -> None:
    """check() finds exactly the errors and the warnings that the index lists, each at its place and by its rule."""
    item = PAYLOADS[name]
    found = {
        level: sorted(
            (problem.pointer, problem.name)
            for problem in check(payload(name), KINDS[item["kind"]], engine=engine)
            if problem.level == level
        )
        for level in ("error", "warning")
    }
    assert found == {
        "error": sorted((each["path"], each["code"]) for each in item["errors"]),
        "warning": sorted((each["path"], each["code"]) for each in item["warnings"]),
    }
    verdict = "error" if found["error"] else "warn" if found["warning"] else "ok"
    assert verdict == item["expect"]
    assert conforms(payload(name), KINDS[item["kind"]], engine=engine) == (verdict == "ok")


def calls(kind: str, value: Any) -> list[tuple[str, dict[str, Any]]]:
    """The calls that send a payload of a kind, the last one being it."""
    if kind == "sde":
        return [("get_engagement", {"sdes": [value]})]
    if kind == "imp":
        return [("get_engagement", {}), ("update", {"impressions": [value]})]
    if kind == "post-body":
        parts = {"app_details": "appDetails", "sections": "consumerSections", "sdes": "engagementAttributes"}
        return [("get_engagement", {name: value[key] for name, key in parts.items() if key in value})]
    parts = {"impressions": "impAttributes", "sdes": "engagementAttributes"}
    return [("get_engagement", {}), ("update", {name: value[key] for name, key in parts.items() if key in value})]


@pytest.mark.parametrize("name", [name for name in of_kind(*KINDS) if PAYLOADS[name]["expect"] != "error"])
@either_client
def test_client_sends_what_is_no_error(name: str, flavour: Flavour) -> None:
    """A payload without errors, with or without warnings, is sent unchanged."""
    kind, value = PAYLOADS[name]["kind"], payload(name)
    app_type = value["appType"] if kind == "post-body" else "EXTERNAL"
    simulator = Simulator()
    transports = (simulator.transport(), simulator.async_transport())
    talk(flavour, transports, *calls(kind, value), base_url="https://simulator.example", app_type=app_type)
    body = simulator.journal.last().body
    expected = {
        "sde": {"appType": "EXTERNAL", "engagementAttributes": [value]},
        "imp": {"pageId": body.get("pageId"), "impAttributes": [value]},
        "post-body": value,
        # The page id is the server's, not the collection's.
        "put-body": value | {"pageId": body.get("pageId")},
    }
    assert same(body, expected[kind])
    assert simulator.journal.last().status == 200


PREFIXES = {"sde": "/engagementAttributes/0", "imp": "/impAttributes/0", "post-body": "", "put-body": ""}
# The parts of a body that a caller hands in; the rest is the client's own making.
PARTS = {"appDetails", "consumerSections", "engagementAttributes", "impAttributes"}


def refusals(name: str) -> list[str]:
    """Where the client must refuse a payload, in the body that it makes."""
    item = PAYLOADS[name]
    places = [PREFIXES[item["kind"]] + each["path"] for each in item["errors"]]
    return sorted(place for place in places if place.split("/")[1] in PARTS)


@pytest.mark.parametrize("name", [name for name in of_kind(*KINDS) if refusals(name)])
@either_client
def test_client_refuses_errors(name: str, flavour: Flavour) -> None:
    """A payload with errors is refused at the places of the index, and nothing of it is sent."""
    made = calls(PAYLOADS[name]["kind"], payload(name))
    simulator = Simulator()
    transports = (simulator.transport(), simulator.async_transport())
    with pytest.raises(PayloadError) as caught:
        talk(flavour, transports, *made, base_url="https://simulator.example")
    assert sorted(problem.pointer for problem in caught.value.problems) == refusals(name)
    assert len(simulator.journal) == len(made) - 1


# -------------------------------------------------------------------------------------------------------- answers

FIRST = "/api/account/12345678/app/engagement/visitors/"
DOCUMENTED = {
    "campaignId": "3346848610",
    "engagementId": "3562981110",
    "contextId": "1",
    "windowId": "3346847910",
    "language": "en-US",
    "engagementRevision": 44,
    "validForSeconds": 900,
}
SKILL = {"skillId": "23", "skillName": "TestSkill"}
IDS = ("xyz", "abc", "4743822558")


@dataclass(frozen=True)
class Outcome:
    """The outcome that an answer must lead to.

    Attributes:
        method: the method of the visit that receives it; `domain` for answers of the Domain API.
        status: the HTTP status to serve it with, where the collection gives none.
        error: the error; `None` for success.
        attempts: how many requests are made before that.
        code: the error's internal code.
        hint: a part of the error's hint.
        message: how the server's words begin, as the error shows them.
        retried_as: the visitor id in the path of each retry.
        details: the engagement that is offered.
        ids: visitor, session and page.
        extra: what the answer holds beyond what is documented, in all and in its details.
        host: the host that is called then.
    """

    method: str = "get_engagement"
    status: int = 200
    error: type[EngagementError] | None = None
    attempts: int = 1
    code: int | None = None
    hint: str | None = None
    message: str | None = None
    retried_as: str | None = None
    details: Mapping[str, Any] | None = None
    ids: tuple[str, str, str] = IDS
    extra: tuple[Mapping[str, Any], Mapping[str, Any]] = field(default=({}, {}))
    host: str | None = None


OUTCOMES = {
    # An engagement, or none.
    "ae-post-200-available.json": Outcome(details=DOCUMENTED | SKILL | {"connectorId": "568046210"}),
    "ae-post-200-available-no-connector.json": Outcome(details=DOCUMENTED | SKILL),
    "ae-post-200-available-no-skill.json": Outcome(details=DOCUMENTED),
    "ae-post-200-available-numbers.json": Outcome(
        details=DOCUMENTED | SKILL | {"connectorId": "568046210"},
        ids=("ZjYWZlYzYzNDE5MTE1OWQ5", "stM0CzMWRye4MZgRBAL4UQ", "1674628973"),
    ),
    "ae-post-200-unknown-fields.json": Outcome(
        details=DOCUMENTED | SKILL | {"connectorId": "568046210"},
        extra=({"serverTime": 1700000000000}, {"newField": {"a": 1}}),
    ),
    "ae-post-200-not-available.json": Outcome(),
    "ae-post-200-not-available-null-details.json": Outcome(),
    # 4xx: never again.
    "ae-post-400-constructed.json": Outcome(
        error=BadRequestError, code=5, hint="missing or invalid", message="Validation error"
    ),
    "ae-post-401-constructed.json": Outcome(
        error=UnauthorizedError, code=10, hint="Not authorized", message="Unauthorized"
    ),
    "ae-post-404-constructed.json": Outcome(
        error=NotFoundError, code=37, hint="visitor id is not valid", message="Data not found"
    ),
    "ae-post-429.json": Outcome(error=RateLimitedError),
    # 5xx: three times more, with the visitor id of the answer if it has one.
    "ae-post-500-loading-account-issue94.json": Outcome(
        error=AccountLoadingError,
        attempts=4,
        code=20,
        hint="account is being loaded",
        message="Loading account: …, vid:…",
        retried_as="ZkMTY4N2I4YTQ0ZjMwMTg0",
    ),
    "ae-post-500-loading-account-empty-ids.json": Outcome(
        error=AccountLoadingError,
        attempts=4,
        code=20,
        hint="account is being loaded",
        message="Loading account: , vid: ",
    ),
    "ae-post-503-empty.json": Outcome(error=ServiceUnavailableError, attempts=4),
    "ae-post-503-html.json": Outcome(error=ServiceUnavailableError, attempts=4),
    # Updates.
    "ae-put-200-empty.json": Outcome("update"),
    "ae-put-400-illegal-version.json": Outcome(
        "update", error=BadRequestError, code=33, hint="version", message="Illegal Version"
    ),
    "ae-put-error-no-message.json": Outcome("update", error=BadRequestError, code=5, hint="missing or invalid"),
    "ae-put-404-invalid-session.json": Outcome(
        "update", error=SessionGoneError, code=39, hint="session id is not valid", message="invalid sessionId"
    ),
    # Answers of neighbouring services, which a wrong host or a gateway may give.
    "mon-202-loading-v1.1.json": Outcome(
        error=AccountLoadingError,
        attempts=4,
        code=38,
        hint="account is being loaded",
        message="Loading account: …, vid:…",
        retried_as="myVisitorId",
    ),
    "nested-error-code28-unknown-route.json": Outcome(
        status=404, error=NotFoundError, code=28, hint="no such route", message="null for uri: …"
    ),
    "nested-error-code5-bad-authorization.json": Outcome(
        status=400,
        error=BadRequestError,
        code=5,
        hint="missing or invalid",
        message="Bad authorization request.",
    ),
    "visit-404-code12-session-gone.json": Outcome(
        "update", error=SessionGoneError, code=12, hint="The session is gone", message="Requested session not found"
    ),
    # The Domain API.
    "domain-200-single-msdkgw.json": Outcome("domain", host="va.v.liveperson.net"),
    # The hosts of other services.
    "domain-200-single-smt.json": Outcome("domain", error=DomainLookupError),
    "domain-200-single.json": Outcome("domain", error=DomainLookupError),
    "domain-200-with-scheme.json": Outcome("domain", host="va.v.liveperson.net"),
    "domain-200-all.json": Outcome("domain", error=DomainLookupError),
    "domain-200-missing-baseuri.json": Outcome("domain", error=DomainLookupError),
}


def test_each_answer_has_an_outcome() -> None:
    """The table says what each answer of the folder leads to, and the folder's index names each."""
    assert sorted(OUTCOMES) == files("responses")
    index = json.loads((DATA / "responses" / "INDEX.json").read_bytes())
    assert sorted(item["file"] for item in index) == files("responses")


def answer(name: str) -> HttpResponse:
    """An answer of the collection."""
    kept = json.loads((DATA / "responses" / name).read_bytes())
    text = kept["body_raw"] if "body_raw" in kept else json.dumps(kept["body"])
    return HttpResponse(kept["http_status"] or OUTCOMES[name].status, {}, text.encode())


METHODS = {"get_engagement": "POST", "update": "PUT", "domain": "GET"}


class Server:
    """Gives one answer to one operation, and documented answers to the others."""

    def __init__(self, outcome: Outcome, served: HttpResponse) -> None:
        self._method = METHODS[outcome.method]
        self._served = served
        self.requests: list[HttpRequest] = []

    def respond(self, request: HttpRequest) -> HttpResponse:
        """Note the request and answer it."""
        self.requests.append(request)
        return self._served if request.method == self._method else answer("ae-post-200-not-available.json")

    @property
    def asked(self) -> list[HttpRequest]:
        """The requests that got the one answer."""
        return [request for request in self.requests if request.method == self._method]


class ServerTransport:
    """The way to a server for the sync client."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def send(self, request: HttpRequest, *, timeout: float) -> HttpResponse:
        """Answer at once."""
        return self._server.respond(request)

    def close(self) -> None:
        """There is nothing to let go of."""


class AsyncServerTransport:
    """The way to a server for the async client."""

    def __init__(self, server: Server) -> None:
        self._server = server

    async def send(self, request: HttpRequest, *, timeout: float) -> HttpResponse:  # noqa: ASYNC109 - the protocol's
        """Answer at once."""
        return self._server.respond(request)

    async def aclose(self) -> None:
        """There is nothing to let go of."""


@pytest.mark.parametrize("name", OUTCOMES)
@either_client
def test_answer_has_the_documented_outcome(name: str, flavour: Flavour) -> None:
    """An answer, documented or met in the wild, leads to what the table says: tries, pauses, result or error."""
    outcome, clock = OUTCOMES[name], FakeClock()
    server = Server(outcome, answer(name))
    transports = (ServerTransport(server), AsyncServerTransport(server))
    made: list[tuple[str, dict[str, Any]]] = [("get_engagement", {})]
    if outcome.method == "update":
        made.append(("update", {}))
    arguments = {} if outcome.method == "domain" else {"base_url": "https://engage.example"}
    if outcome.error is None:
        check_success(outcome, server, talk(flavour, transports, *made, clock=clock, **arguments)[-1])
    else:
        with pytest.raises(outcome.error) as caught:
            talk(flavour, transports, *made, clock=clock, **arguments)
        check_failure(outcome, caught.value)
    assert len(server.asked) == outcome.attempts
    assert clock.slept == PAUSES[: outcome.attempts - 1]
    if outcome.method == "get_engagement":
        paths = [urlsplit(request.url).path for request in server.asked]
        assert paths == [FIRST, *[f"{FIRST}{outcome.retried_as or ''}"] * (outcome.attempts - 1)]


def check_success(outcome: Outcome, server: Server, result: Engagement | None) -> None:
    """Compare what a call returned, and where it went, with what it should."""
    if outcome.method == "update":
        assert result is None
        return
    assert result is not None
    if outcome.method == "domain":
        (lookup, call) = (urlsplit(request.url) for request in server.requests)
        assert (lookup.netloc, lookup.path) == (
            "api.liveperson.net",
            f"/api/account/{ACCOUNT}/service/msdkgw/baseURI.json",
        )
        assert (call.scheme, call.netloc, call.path) == ("https", outcome.host, FIRST)
        return
    assert result.available == (outcome.details is not None)
    assert result.status == ("Available" if outcome.details is not None else "NotAvailable")
    assert (result.visitor_id, result.session_id, result.page_id) == outcome.ids
    offered = None if result.details is None else result.details.documented()
    assert offered == outcome.details
    extra = {} if result.details is None else result.details.additional_properties
    assert (result.extra, extra) == outcome.extra


def check_failure(outcome: Outcome, error: EngagementError) -> None:
    """Compare what a call raised with what it should."""
    assert type(error) is outcome.error
    if not isinstance(error, APIStatusError):
        return
    assert len(error.attempts) == outcome.attempts
    assert error.internal_code == outcome.code
    assert (error.server_message or "").startswith(outcome.message or "")
    assert (error.server_message is None) == (outcome.message is None)
    assert (outcome.hint or "") in (error.hint or "")
    assert (error.hint is None) == (outcome.hint is None)
    # Whatever else the text says, it shows no id that the answer held.
    assert (outcome.retried_as or "no id") not in str(error)
