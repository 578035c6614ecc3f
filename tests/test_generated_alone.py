"""The generated client used alone, without the wrapper: whatever the server answers, the only exception is its own."""

from __future__ import annotations

import ast
import asyncio
import copy
import json
import pickle
import subprocess
import sys
from collections import defaultdict
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

import httpx
import pytest
import respx
from hypothesis import given
from hypothesis import strategies as st

import lp_engagement_client
from lp_engagement_client import CallError, Client, api, models, payload_types
from lp_engagement_client.api.domain import get_domain, list_domains
from lp_engagement_client.api.engagement import create_session, resume_session, update_session
from lp_engagement_client.operation import Operation, Parameter, Request, Response
from lp_engagement_client.types import AnswerModel, Payload, RequestModel
from lp_engagement_client.values import integer, number
from tests.helpers import SID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PACKAGE = Path(lp_engagement_client.__file__).parent
BASE_URL = "https://lp.example.com"
ACCOUNT, VISITOR, SESSION = "12345678", "visitor/ä", "session-1"
POST_URL = f"{BASE_URL}/api/account/12345678/app/engagement/visitors/?v=1.0"
PUT_URL = f"{BASE_URL}/api/account/12345678/app/engagement/visitors/visitor%2F%C3%A4?v=1.0&{SID}=session-1"
BODY = {"appType": "EXTERNAL"}
DETAILS = {"campaignId": "3346848610", "engagementId": 3562981110, "contextId": 1, "engagementRevision": 44}
ANSWER = {
    "status": "Available",
    "sessionId": "abc",
    "visitorId": "xyz",
    "pageId": 4743822558,
    "engagementDetails": DETAILS,
    "new": [1],
}
FLAT = {"time": 1499263964605, "message": "Illegal Version", "internalCode": 33}
NESTED = {"error": {"time": "2017-07-05", "message": "null for uri", "internalCode": "28"}, "requestId": "r"}
HTML = b"<html><body>Bad gateway</body></html>"
DEEP = b"[" * 100_000 + b"]" * 100_000
STATUSES = (100, 200, 201, 202, 204, 299, 301, 304, 400, 401, 404, 418, 429, 451, 500, 503, 520, 599, 600, 999)
CONTENTS = (b"", b" ", b"null", b"5", b'"text"', b"[]", b"[1]", b"{}", HTML, b"\xff\xfe", b'{"a":', DEEP)
FOLDER = Path(__file__).parent / "data" / "responses"
RESPONSES = sorted(path for path in FOLDER.glob("*.json") if path.name != "INDEX.json")
OPERATIONS = [api.find(name) for name in api.OPERATIONS]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
CLASSES = [found for found in (getattr(models, name) for name in models.__all__) if isinstance(found, type)]
ANSWERS = [found for found in CLASSES if issubclass(found, AnswerModel)]
REQUESTS = [found for found in CLASSES if issubclass(found, RequestModel)]
COPIES: dict[str, Callable[[Any], Any]] = {
    "pickle": lambda thing: pickle.loads(pickle.dumps(thing)),  # noqa: S301 - our own
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
}


def objects_of(model: type[AnswerModel | RequestModel]) -> st.SearchStrategy[dict[str, Any]]:
    """JSON objects that have the keys of a model, with any values, and other keys."""
    return st.dictionaries(st.sampled_from([*model._KEYS.values(), "unknown", "error"]), JSON, max_size=6)


@pytest.fixture
def router() -> Iterator[respx.MockRouter]:
    """A server that answers nothing but what a test says."""
    with respx.mock(assert_all_called=False) as router:
        yield router


@pytest.fixture(params=["sync", "asyncio"])
def call(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """Make a call by the function of an operation's module, in the sync or in the async way."""

    def in_a_loop(module: Any, suffix: str, **arguments: Any) -> Any:
        async def inner() -> Any:
            async with Client(BASE_URL) as client:
                return await getattr(module, f"asyncio{suffix}")(client=client, **arguments)

        return asyncio.run(inner())

    def plainly(module: Any, suffix: str, **arguments: Any) -> Any:
        with Client(BASE_URL) as client:
            return getattr(module, f"sync{suffix}")(client=client, **arguments)

    return in_a_loop if request.param == "asyncio" else plainly


def create(call: Callable[..., Any], suffix: str = "") -> Any:
    """Make the first call of a visit."""
    return call(create_session, suffix, account_id=ACCOUNT, body=BODY)


def update(call: Callable[..., Any], suffix: str = "") -> Any:
    """Make an update of a session."""
    arguments = {"account_id": ACCOUNT, "visitor_id": VISITOR, "session_id": SESSION, "body": {"pageId": "1"}}
    return call(update_session, suffix, **arguments)


# ---------------------------------------------------------------------------------------------------------- answers


def test_success(router: respx.MockRouter, call: Callable[..., Any]) -> None:
    """A 200 is returned as the answer's model: ids are strings, unknown keys are kept, absent ones listed."""
    route = router.post(POST_URL).respond(json=ANSWER)
    answer = create(call)
    assert isinstance(answer, models.EngagementAnswer)
    assert (answer.status, answer.session_id, answer.visitor_id, answer.page_id) == (
        "Available",
        "abc",
        "xyz",
        "4743822558",
    )
    assert answer.engagement_details is not None
    assert answer.engagement_details.engagement_id == "3562981110"
    assert answer.engagement_details.engagement_revision == 44
    assert answer.additional_properties == {"new": [1]}
    assert answer.missing() == []
    assert answer.engagement_details.missing() == ["windowId", "language", "validForSeconds"]
    sent = route.calls.last.request
    assert json.loads(sent.content) == BODY
    assert (sent.headers["Content-Type"], sent.headers["Accept"]) == ("application/json", "application/json")


def test_empty_success(router: respx.MockRouter, call: Callable[..., Any]) -> None:
    """A 200 with an empty body is the success of an update, whose path and query are percent-encoded and in order."""
    route = router.put(url=PUT_URL).respond(content=b"")
    assert update(call) is None
    assert update(call, "_detailed").parsed is None
    assert str(route.calls.last.request.url) == PUT_URL


@pytest.mark.parametrize(
    "status, content, code",
    [
        (400, json.dumps(FLAT).encode(), 33),
        (404, json.dumps(NESTED).encode(), 28),
        (500, HTML, None),
        (503, b"", None),
        (520, b"", None),
        (429, b'{"message": 5}', None),
        (202, b'{"internalCode": 38}', 38),
        (302, b"", None),
    ],
    ids=["400", "404-nested", "500-html", "503-empty", "520", "429", "202-loading", "302"],
)
def test_errors(
    router: respx.MockRouter, call: Callable[..., Any], status: int, content: bytes, code: int | None
) -> None:
    """An error is a `CallError` with all that could be read of it; the detailed call returns it instead."""
    router.post(POST_URL).respond(status, content=content)
    with pytest.raises(CallError) as caught:
        create(call)
    assert (caught.value.status_code, caught.value.content) == (status, content)
    assert caught.value.error is not None
    assert caught.value.error.internal_code == code
    detailed = create(call, "_detailed")
    assert (detailed.status_code, detailed.content, detailed.parsed) == (status, content, caught.value.error)
    assert f"HTTP {status}" in str(caught.value)


def test_both_forms_of_an_error() -> None:
    """The nested form is read as the flat one, and nothing that stood beside it is lost."""
    nested = create_session.parse_response(404, json.dumps(NESTED).encode())
    assert nested == models.ErrorEntity(
        time="2017-07-05", message="null for uri", internal_code=28, additional_properties={"requestId": "r"}
    )
    assert create_session.parse_response(400, json.dumps(FLAT).encode()) == models.ErrorEntity.from_dict(FLAT)


@pytest.mark.parametrize("operation", OPERATIONS, ids=api.OPERATIONS)
@pytest.mark.parametrize("status", STATUSES)
def test_any_status(operation: Operation[Any], status: int) -> None:
    """Whatever the status and the content, an answer is read, and what is not a success is an error."""
    for content in CONTENTS:
        parsed = operation.parse(status, content)
        assert isinstance(parsed, models.ErrorEntity) is not (200 <= status < 300)


@pytest.mark.parametrize("path", RESPONSES, ids=lambda path: path.stem)
@pytest.mark.parametrize("operation", OPERATIONS, ids=api.OPERATIONS)
def test_seen_answers(operation: Operation[Any], path: Path) -> None:
    """Each documented or captured body can be read by each operation, and read again after it was written."""
    seen = json.loads(path.read_text(encoding="utf-8"))
    body = seen.get("body")
    content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    parsed = operation.parse(seen["http_status"], content)
    if parsed is not None:
        assert type(parsed).from_dict(parsed.to_dict()) == parsed


@pytest.mark.parametrize("operation", OPERATIONS, ids=api.OPERATIONS)
@given(status=st.integers(), content=st.binary() | JSON.map(json.dumps).map(str.encode))
def test_any_content(operation: Operation[Any], status: int, content: bytes) -> None:
    """No status and no content makes reading raise, and what was read has a repr and can be written as JSON."""
    parsed = operation.parse(status, content)
    if parsed is not None:
        repr(parsed)
        json.dumps(parsed.to_dict())


def test_unknown_values() -> None:
    """A value that the spec does not list is kept as it is, and a null or an empty object reads as absent."""
    answer = models.EngagementAnswer.from_dict({"status": "Perhaps", "engagementDetails": None, "pageId": ""})
    assert (answer.status, answer.engagement_details) == ("Perhaps", None)
    assert answer.missing() == ["pageId", "sessionId", "visitorId"]
    assert models.EngagementAnswer.from_dict({"engagementDetails": {}}).engagement_details is None


@pytest.mark.parametrize(
    "value",
    [2**63, -(2**63), "9" * 19, 1e19, 1e300, float("inf"), float("nan"), True, 1.5, "1.5", "", " 1", "²", [1]],
)
def test_numbers_are_bounded(value: object) -> None:
    """Only an integer below 2^63 is read as one."""
    assert integer(value) is None


@pytest.mark.parametrize("value", [2**63, "9" * 19, 1e19, float("-inf"), float("nan"), False, "1.5", None])
def test_no_numbers(value: object) -> None:
    """Only a finite number within the bounds is read as one."""
    assert number(value) is None


@pytest.mark.parametrize(
    "content", [b'{"visitorId": %s}' % (b"9" * 5000), b'{"visitorId": 1e999}', b'{"visitorId": {}}']
)
def test_huge_numbers(content: bytes) -> None:
    """A number that nothing can use is absent, and does not cost the answer."""
    answer = create_session.parse_response(200, content)
    assert isinstance(answer, models.EngagementAnswer)
    assert answer.visitor_id is None


def test_half_a_surrogate_pair() -> None:
    """Text that no encoding can carry is absent."""
    assert create_session.parse_response(200, b'{"visitorId": "a\\ud800"}') == models.EngagementAnswer()


def test_hosts() -> None:
    """The Domain API's answer is read in both of its shapes."""
    host = {"service": "msdkgw", "account": 83302562, "baseURI": "va.v.liveperson.net"}
    one = get_domain.parse_response(200, json.dumps(host).encode())
    assert one == models.Domain(service="msdkgw", account="83302562", base_uri="va.v.liveperson.net")
    assert one.to_dict() == {**host, "account": "83302562"}
    every = get_domain.parse_response(200, json.dumps({"baseURIs": [host, None, "x"]}).encode())
    assert isinstance(every, models.Domain)
    assert [each.base_uri for each in every.base_uris] == ["va.v.liveperson.net", None, None]
    assert every.to_dict()["baseURIs"][0] == {**host, "account": "83302562"}
    listed = list_domains.parse_response(200, json.dumps({"baseURIs": [host, None, "x"]}).encode())
    assert isinstance(listed, models.Domains)
    assert listed.base_uris == every.base_uris
    assert list_domains.parse_response(200, b"[]") == models.Domains()


@pytest.mark.parametrize("model", ANSWERS, ids=lambda model: model.__name__)
@pytest.mark.parametrize("way", COPIES)
@given(data=st.data())
def test_copies_of_answers(model: type[AnswerModel], way: str, data: st.DataObject) -> None:
    """An answer that was pickled or copied is equal to the first and gives the same JSON."""
    source = data.draw(objects_of(model))
    read = model.from_dict(source)  # type: ignore[attr-defined]  # each model has its own
    twin = COPIES[way](read)
    assert repr(twin) == repr(read)
    assert exactly(twin.to_dict()) == exactly(read.to_dict())


def exactly(value: Any) -> str:
    """A string that is equal for equal JSON only, NaN included."""
    return json.dumps(value, sort_keys=True)


@pytest.mark.parametrize("model", ANSWERS, ids=lambda model: model.__name__)
def test_reprs_of_answers(model: Any) -> None:
    """A repr shows no id of a visit, no personal data, nothing undocumented, and no long or strange text."""
    secret = "s3cr3t"
    read = model.from_dict(dict.fromkeys(model._KEYS.values(), secret) | {"unknown": secret})
    open_fields = {name for name in model._KEYS if f"{name}='{secret}'" in repr(read)}
    assert not open_fields & {"visitor_id", "session_id", "page_id", "message", "time", "internal_code"}
    assert repr(read).count(secret) == len(open_fields)
    shown = repr(model.from_dict(dict.fromkeys(model._KEYS.values(), "\u202e\x1b" + "x" * 1000)))
    assert shown.replace("…", "").isascii()
    assert "\x1b" not in shown
    assert len(shown) < 1000


# --------------------------------------------------------------------------------------------------------- requests


@pytest.mark.parametrize("model", REQUESTS, ids=lambda model: model.__name__)
@given(data=st.data())
def test_nothing_is_lost(model: type[RequestModel], data: st.DataObject) -> None:
    """Any JSON object is the same after it became a model and an object again: validation judges, models do not."""
    source = data.draw(objects_of(model))
    read = model.from_dict(copy.deepcopy(source))
    assert exactly(read.to_dict()) == exactly(source)
    for way in COPIES.values():
        assert exactly(way(read).to_dict()) == exactly(source)


@pytest.mark.parametrize("model", REQUESTS, ids=lambda model: model.__name__)
@pytest.mark.parametrize("value", [None, 5, "text", [1]])
def test_no_object(model: type[RequestModel], value: Any) -> None:
    """A value that is not an object cannot be read as a request's object, and is not quoted."""
    with pytest.raises(TypeError, match=rf"{model.__name__}\.from_dict takes an object, not {type(value).__name__}\."):
        model.from_dict(value)


def test_models_and_dicts_mix() -> None:
    """A body may hold models, dicts and builders' results at once; each is written as JSON."""
    cart = models.CartSde(total=11.7, num_items=1, additional_properties={"coupon": models.Age(age=5)})
    lead: Any = {"type": "lead", "new": True}
    body = models.CreateSessionRequest(app_type="EXTERNAL", engagement_attributes=[cart, lead])
    written = {
        "appType": "EXTERNAL",
        "engagementAttributes": [
            {"type": "cart", "total": 11.7, "numItems": 1, "coupon": {"age": 5}},
            {"type": "lead", "new": True},
        ],
    }
    assert body.to_dict() == written
    assert isinstance(body.to_dict(), Payload)
    mapping = {"appType": "EXTERNAL", "engagementAttributes": (cart, MappingProxyType(lead))}
    for given_body in (body, mapping, MappingProxyType(mapping)):
        request = create_session.build_request(ACCOUNT, body=given_body)
        assert json.loads(request.content or b"") == written


def test_none_leaves_a_field_out() -> None:
    """A field of a model that is `None` is not sent; a null is sent if it was read, or is an additional property."""
    contact = models.Contact(email=None, phone="1")
    assert contact.to_dict() == {"phone": "1"}
    assert repr(contact) == "Contact(phone)"
    nulls = {"type": "impExpanded", "campaign": 1, "engId": 2, "revision": 3, "expanded": None}
    event = models.ImpExpanded.from_dict(nulls)
    assert (event.to_dict(), event.additional_properties) == (nulls, {"expanded": None})


def test_bodies() -> None:
    """A mapping is written as it is, raw keys included, bytes are sent untouched, and a Decimal keeps its digits."""
    raw = {"appType": "NEW", "x": {"y": None}, "amounts": [Decimal("11.70"), Decimal(10) / 3], "ä": 1}
    request = create_session.build_request(ACCOUNT, body=raw)
    amounts = "11.70,3.333333333333333333333333333"
    assert request.content == f'{{"appType":"NEW","x":{{"y":null}},"amounts":[{amounts}],"ä":1}}'.encode()
    assert create_session.build_request(ACCOUNT, body=b"not JSON").content == b"not JSON"


@pytest.mark.parametrize(
    "body", [{"a": float("nan")}, {"a": {1}}, {"a": "\ud800"}, {"a": Decimal("Infinity")}, {"a": object()}, {(1, 2): 3}]
)
def test_bodies_that_cannot_be_written(body: Any) -> None:
    """A value that JSON cannot represent is rejected before anything is sent."""
    with pytest.raises(CallError, match="the body cannot be written as JSON"):
        create_session.build_request(ACCOUNT, body=body)


def test_deep_body() -> None:
    """A body that is nested too deeply is refused by the same exception."""
    deep: Any = {}
    for _ in range(100_000):
        deep = {"a": deep}
    with pytest.raises(CallError, match="the body cannot be written as JSON"):
        create_session.build_request(ACCOUNT, body=deep)


@pytest.mark.parametrize("body", [5, "text", [1], None])
def test_bodies_that_are_no_objects(body: Any) -> None:
    """A body that is not an object is refused."""
    with pytest.raises(CallError, match=r"the body must be an object|the body is missing"):
        create_session.build_request(ACCOUNT, body=body)


@pytest.mark.parametrize("value", ["", ".", "..", "...", None, 5, "a\ud800"])
def test_visitors_that_no_path_can_hold(value: Any) -> None:
    """A path value that is empty, climbs out of the path or cannot be encoded is refused, and not shown."""
    with pytest.raises(CallError, match=r"^visitor_id (must|is missing|contains)") as caught:
        resume_session.build_request(ACCOUNT, value, body=BODY)
    assert "\ud800" not in str(caught.value)


@pytest.mark.parametrize("value", ["a/b", "a?b", "a#b", "a%2Fb", "a b", "ä", "a\n", "../x", "~_.-", "&="])
def test_values_are_encoded(value: str) -> None:
    """Whatever a path or query value holds, it is that value which the server decodes."""
    request = resume_session.build_request(ACCOUNT, value, session_id=value, body=BODY)
    url = httpx.URL(f"{BASE_URL}{request.target}")
    assert dict(url.params) == {"v": "1.0", SID: value}
    assert url.raw_path.startswith(b"/api/account/12345678/app/engagement/visitors/")
    assert b"/" not in url.raw_path.partition(b"visitors/")[2].partition(b"?")[0]
    assert url.path.rpartition("visitors/")[2] == value


def test_request() -> None:
    """A request has what is needed to send it by any library, and its repr shows no id."""
    request = update_session.build_request(ACCOUNT, VISITOR, session_id=SESSION, body={"pageId": "1"})
    assert request == Request(
        operation="updateSession",
        method="PUT",
        server=None,
        path="/api/account/12345678/app/engagement/visitors/visitor%2F%C3%A4",
        params={"v": "1.0", SID: "session-1"},
        headers={"Accept": "application/json", "Content-Type": "application/json"},
        content=b'{"pageId":"1"}',
    )
    assert f"{BASE_URL}{request.target}" == PUT_URL
    assert repr(request) == "Request(updateSession, PUT, 14 bytes of content)"
    look_up = get_domain.build_request(ACCOUNT)
    assert (look_up.server, look_up.content) == ("https://api.liveperson.net", None)
    assert look_up.target == "/api/account/12345678/service/msdkgw/baseURI.json?version=1.0"
    assert look_up.headers == {"Accept": "application/json"}
    assert resume_session.build_request(ACCOUNT, "x", body=BODY).params == {"v": "1.0"}


def test_parameters_in_headers() -> None:
    """A header parameter is sent as a header, and refused if a header cannot hold it."""
    operation: Operation[None] = Operation(
        name="readSection",
        method="GET",
        path="/sections",
        server=None,
        parameters={"source": Parameter("X-Source", "header", required=False)},
        body=None,
        answer=None,
    )
    assert operation.build({"source": "app", "other": "ignored"}).headers["X-Source"] == "app"
    assert operation.build({}).headers == {"Accept": "application/json"}
    assert operation.build({}).target == "/sections"
    assert repr(operation) == "Operation(readSection: GET /sections)"
    for value in ("a\r\nX-Other: b", "ü"):
        with pytest.raises(CallError, match="source must be printable ASCII"):
            operation.build({"source": value})
    with pytest.raises(CallError, match="readSection takes no body"):
        operation.build({}, {})


def test_find() -> None:
    """Each operation of the spec is found by its name, and no other."""
    assert get_args(api.OperationName) == api.OPERATIONS
    assert [operation.name for operation in OPERATIONS] == list(api.OPERATIONS)
    assert api.find("updateSession") is update_session.OPERATION
    with pytest.raises(KeyError):
        api.find("deleteSession")


# ------------------------------------------------------------------------------------------------------- the client


@pytest.mark.parametrize(
    "raised",
    [httpx.ConnectError("no"), httpx.ReadTimeout("late"), httpx.RemoteProtocolError("odd"), httpx.InvalidURL("x")],
)
def test_no_answer(router: respx.MockRouter, call: Callable[..., Any], raised: Exception) -> None:
    """If no answer comes, the exception is the client's own, with that of the HTTP library as its cause."""
    router.post(POST_URL).mock(side_effect=raised)
    for suffix in ("", "_detailed"):
        with pytest.raises(CallError, match=rf"^createSession got no answer: {type(raised).__name__}\.$") as caught:
            create(call, suffix)
        assert caught.value.__cause__ is raised
        assert (caught.value.status_code, caught.value.error) == (None, None)


def test_content_that_cannot_be_decoded(router: respx.MockRouter, call: Callable[..., Any]) -> None:
    """A body that is not compressed as its header says is no answer."""
    router.post(POST_URL).respond(headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(b"no gzip"))
    with pytest.raises(CallError, match="DecodingError"):
        create(call)


def test_exception_survives_pickling() -> None:
    """A `CallError` can be handed to another process."""
    response = Response[None](
        operation="x", status_code=404, headers={}, content=b"{}", parsed=models.ErrorEntity(internal_code=12)
    )
    with pytest.raises(CallError, match=r"^x was answered with HTTP 404 and the internal code 12\.$") as caught:
        response.answer()
    twin = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own
    assert (str(twin), twin.status_code, twin.error, twin.content) == (
        str(caught.value),
        404,
        models.ErrorEntity(internal_code=12),
        b"{}",
    )


def test_timeout(router: respx.MockRouter) -> None:
    """By default, a call has a finite timeout."""
    route = router.post(POST_URL).respond(json=ANSWER)
    with Client(BASE_URL) as client:
        create_session.sync(ACCOUNT, client=client, body=BODY)
        create_session.sync(ACCOUNT, client=client.with_timeout(2), body=BODY)
        create_session.sync(ACCOUNT, client=client, body=BODY)
    timeouts = [call.request.extensions["timeout"] for call in route.calls]
    assert [set(each.values()) for each in timeouts] == [{30.0}, {2}, {30.0}]


def test_derived_clients(router: respx.MockRouter) -> None:
    """A derived client has more headers or another server and shares the connections; the first one stays as it was."""
    here, there = router.post(POST_URL), router.post(POST_URL.replace("lp.", "other."))
    for route in (here, there):
        route.respond(json=ANSWER)
    with Client(f"{BASE_URL}/", headers={"X-App": "a"}) as client:
        derived = client.with_headers({"X-More": "b"})
        for each in (client, derived, client, derived.with_base_url("https://other.example.com")):
            assert each.get_httpx_client() is client.get_httpx_client()
            create_session.sync(ACCOUNT, client=each, body=BODY)
    found = [(call.request.headers.get("X-App"), call.request.headers.get("X-More")) for call in here.calls]
    assert found == [("a", None), ("a", "b"), ("a", None)]
    assert there.calls.last.request.headers["X-More"] == "b"
    assert client.get_httpx_client().is_closed
    assert repr(client) == f"Client(base_url='{BASE_URL}/')"


def test_without_a_server(router: respx.MockRouter, call: Callable[..., Any]) -> None:
    """An operation with a server of its own needs no base URL; the others say that they do."""
    url = "https://api.liveperson.net/api/account/12345678/service/msdkgw/baseURI.json?version=1.0"
    router.get(url).respond(json={"baseURI": "x.example.com"})
    assert call(get_domain, "", account_id=ACCOUNT).base_uri == "x.example.com"
    with pytest.raises(CallError, match=r"^createSession needs the account's server\. Pass base_url to Client\.$"):
        create_session.sync(ACCOUNT, client=Client(), body=BODY)


def test_http_clients_of_ones_own() -> None:
    """A caller's own HTTP client is used, for sync calls and for those with await."""

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=ANSWER)

    client = Client(BASE_URL).set_httpx_client(httpx.Client(transport=httpx.MockTransport(answer)))
    assert create_session.sync(ACCOUNT, client=client, body=BODY).visitor_id == "xyz"
    client.close()

    async def in_a_loop() -> models.EngagementAnswer:
        own = httpx.AsyncClient(transport=httpx.MockTransport(answer))
        async with Client(BASE_URL).set_async_httpx_client(own) as client:
            return await create_session.asyncio(ACCOUNT, client=client, body=BODY)

    assert asyncio.run(in_a_loop()).visitor_id == "xyz"


@pytest.mark.parametrize("name", ["sync", "sync_detailed", "asyncio", "asyncio_detailed"])
@pytest.mark.parametrize("module", [create_session, resume_session, update_session, get_domain, list_domains])
def test_docstrings(module: Any, name: str) -> None:
    """Each function that makes a call says that it neither retries nor remembers ids, and what it raises."""
    text = getattr(module, name).__doc__
    assert "It does not retry, whatever the answer, and it remembers no ids." in text
    assert "CallError: " in text
    for argument, parameter in module.OPERATION.parameters.items():
        assert (f"        {argument}: " in text) is (parameter.const is None)


# ------------------------------------------------------------------------------------------------------- the package


def loaded_by(statement: str) -> set[str]:
    """The modules that a fresh process has loaded after a statement."""
    program = f"import sys\n{statement}\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, timeout=60)
    return set(done.stdout.split())


def test_operation_loads_what_it_names() -> None:
    """An operation loads its answer's models and no other, no HTTP library and no attrs."""
    loaded = loaded_by("from lp_engagement_client.api import find; find('createSession')")
    ours = {name.removeprefix("lp_engagement_client.models.") for name in loaded if ".models." in name}
    assert ours == {"engagement_answer", "engagement_details", "error_entity"}
    assert not loaded & {"httpx", "attrs", "attr", "lp_engagement", "lp_engagement_client.client"}
    assert {name for name in loaded if name.startswith("lp_engagement_client.api.engagement.")} == {
        "lp_engagement_client.api.engagement.create_session"
    }


def test_package_loads_nothing() -> None:
    """Importing the package, its models or its operations loads none of them before they are used."""
    loaded = loaded_by("import lp_engagement_client, lp_engagement_client.models, lp_engagement_client.api")
    assert {name for name in loaded if name.startswith("lp_engagement_client")} == {
        "lp_engagement_client",
        "lp_engagement_client.api",
        "lp_engagement_client.models",
    }


MODULES = sorted(
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
    for path in PACKAGE.rglob("*.py")
)


def test_each_module_alone() -> None:
    """Each module can be imported first, and a model's module loads only the models that it is made of."""
    program = f"""
import importlib, json, sys
found = {{}}
for name in {MODULES!r}:
    for each in [each for each in sys.modules if each.startswith("lp_engagement_client")]:
        del sys.modules[each]
    importlib.import_module(name)
    found[name] = [each for each in sys.modules if each.startswith("lp_engagement_client.models.")]
print(json.dumps(found))
"""
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, timeout=120)
    found = json.loads(done.stdout)
    assert found.keys() == set(MODULES)
    prefix = "lp_engagement_client.models."
    siblings = {name: set(loaded) - {name} for name, loaded in found.items() if name.startswith(prefix)}
    assert {name.removeprefix(prefix): loaded for name, loaded in siblings.items() if loaded} == {
        "domain": {f"{prefix}service_domain"},
        "domains": {f"{prefix}service_domain"},
        "engagement_answer": {f"{prefix}engagement_details"},
    }


INTERFACE = {
    "asyncio",
    "asyncio_detailed",
    "build_request",
    "parse_response",
    "sync",
    "sync_detailed",
}
"""What each operation's module has by the same names."""


def test_names_are_unique() -> None:
    """No class and no public function of the package has the name of another."""
    found = defaultdict(set)
    for path in PACKAGE.rglob("*.py"):
        place = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith(
                "_"
            ):
                interface = place.startswith("api.") and node.name in INTERFACE
                found[f"{place}.{node.name}" if interface else node.name].add(place)
    assert len(found) > 100
    assert {name: places for name, places in found.items() if len(places) > 1} == {}


# -------------------------------------------------------------------------------------------------------- TypedDicts


def definitions() -> dict[str, Any]:
    """The strict schemas of all objects that can be sent."""
    found: dict[str, Any] = {}
    for kind in ("create-session", "update-session", "sde", "impression"):
        found |= json.loads((PACKAGE / "schemas" / f"{kind}.strict.json").read_text(encoding="utf-8"))["$defs"]
    return {name: schema for name, schema in found.items() if "additionalProperties" in schema}


@pytest.mark.parametrize("name", sorted(definitions()))
def test_typed_dict(name: str) -> None:
    """Each object that can be sent has a TypedDict with its keys, and the same of them are required."""
    schema = definitions()[name]
    typed = getattr(payload_types, f"{name}Dict")
    hints = get_type_hints(typed)
    assert hints.keys() == schema["properties"].keys()
    assert typed.__required_keys__ == frozenset(schema.get("required", ()))
    for key, node in schema["properties"].items():
        if "enum" in node:
            assert set(get_args(hints[key])) == set(node["enum"])
        elif "const" in node:
            assert get_args(hints[key]) == (node["const"],)


def test_unions_of_typed_dicts() -> None:
    """The attributes and the impression events are unions of their TypedDicts."""
    assert len(get_args(payload_types.EngagementAttributeDict)) == 10
    assert len(get_args(payload_types.ImpressionEventDict)) == 5


def test_keys_are_described() -> None:
    """Each key of a TypedDict has a docstring, for editors."""
    for node in ast.parse((PACKAGE / "payload_types.py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            keys = [at for at, each in enumerate(node.body) if isinstance(each, ast.AnnAssign)]
            assert keys
            assert all(isinstance(node.body[at + 1], ast.Expr) for at in keys)


@pytest.mark.parametrize("module", MODULES)
def test_what_a_module_offers_exists(module: str) -> None:
    """Every name that a module says it offers is there."""
    loaded = import_module(module)
    for name in getattr(loaded, "__all__", ()):
        assert hasattr(loaded, name)
        assert name in dir(loaded)
