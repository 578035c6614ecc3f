"""The create-session page, row by row: one test for each row of each of its tables, and for each of its examples.

The names spell the fields as the page does, so that a reader can tick them off. Everything goes through the public
client and is looked at where it would leave the machine: HTTP is mocked at the HTTP library.
"""
# ruff: noqa: N802 - the page's own spelling

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import httpx
import pytest
import respx

from lp_engagement import EngagementDetails, sde
from lp_engagement.errors import (
    AccountLoadingError,
    APIStatusError,
    BadRequestError,
    ConfigurationError,
    NotFoundError,
    PayloadError,
    ServerError,
    ServiceUnavailableError,
    UnauthorizedError,
    UnexpectedResponseError,
)
from tests.both import ACCOUNT, BASE_URL, KINDS, Face, FaceOfVisit, Maker
from tests.helpers import SID

if TYPE_CHECKING:
    from collections.abc import Iterator

VISITORS = f"{BASE_URL}/api/account/{ACCOUNT}/app/engagement/visitors/"

REQUEST_EXAMPLE: dict[str, Any] = {
    "appType": "MSDK",
    "appDetails": {
        "os": "MAC_OSX",
        "osVersion": "1.2",
        "appVersion": "1.0",
        "deviceFamily": "MOBILE",
        "ipAddress": "192.168.5.2",
    },
    "consumerSections": ["Support", "English", "Other"],
    "engagementAttributes": [
        {
            "type": "personal",
            "personal": {
                "contacts": [
                    {"email": "sarahw@gmail.com", "phone": "12345678"},
                    {"email": "sarahw@myemail.com", "phone": "98765430"},
                ],
                "age": {"age": 30.0, "year": 1986, "month": 7, "day": 22},
                "firstname": "Sarah",
                "lastname": "West",
                "gender": "FEMALE",
                "company": "liveperson",
            },
        }
    ],
}
DETAILS: dict[str, Any] = {
    "campaignId": "3346848610",
    "engagementId": "3562981110",
    "contextId": "1",
    "windowId": "3346847910",
    "language": "en-US",
    "engagementRevision": 44,
    "validForSeconds": 900,
    "skillId": 23,
    "skillName": "TestSkill",
    "connectorId": "568046210",
}
NOT_AVAILABLE: dict[str, Any] = {
    "status": "NotAvailable",
    "sessionId": "abc",
    "visitorId": "xyz",
    "pageId": "4743822558",
}
AVAILABLE: dict[str, Any] = {**NOT_AVAILABLE, "status": "Available", "engagementDetails": DETAILS}
LOADING_AS_PRINTED = b'{"time":1499263964605,"message":"Loading account: , vid: ","internalCode":20}'
LOADING_WITH_VID = b'{"time":1499263964605,"message":"Loading account: 12345678, vid: vid_-22","internalCode":20}'
ERROR = b'{"time":1499263964605,"message":"reason","internalCode":5}'


class Endpoint:
    """The mocked endpoint, and a client of either kind that calls it.

    Attributes:
        maker: makes the clients, and has their clock.
        route: takes every request.
        visit: the visit of a consumer in a client for EXTERNAL campaigns.
    """

    def __init__(self, maker: Maker, route: respx.Route) -> None:
        self.maker = maker
        self.route = route
        self.client: Face = maker.client()
        self.visit: FaceOfVisit = self.client.visit()

    def answers(self, *answers: httpx.Response | dict[str, Any]) -> None:
        """Give these answers, in this order; a JSON object stands for a 200."""
        self.route.side_effect = [
            httpx.Response(200, json=answer) if isinstance(answer, dict) else answer for answer in answers
        ]

    @property
    def requests(self) -> list[httpx.Request]:
        """The requests that arrived, oldest first."""
        return [call.request for call in self.route.calls]

    def body(self, **arguments: Any) -> dict[str, Any]:
        """Ask with these arguments and return the body that arrives."""
        self.answers(NOT_AVAILABLE)
        self.visit.get_engagement(**arguments)
        return body_of(self.requests[-1])

    def refused(self, pointer: str, **arguments: Any) -> None:
        """See that the arguments are refused at this place, and that nothing is sent."""
        with pytest.raises(PayloadError) as caught:
            self.visit.get_engagement(**arguments)
        assert [problem.pointer for problem in caught.value.problems] == [pointer]
        assert self.requests == []


def body_of(request: httpx.Request) -> dict[str, Any]:
    """The JSON body of a request."""
    body: dict[str, Any] = json.loads(request.content)
    return body


def query_of(request: httpx.Request) -> list[tuple[str, str]]:
    """The decoded query of a request, sorted."""
    return sorted(parse_qsl(request.url.query.decode(), keep_blank_values=True))


@pytest.fixture(params=KINDS)
def endpoint(request: pytest.FixtureRequest) -> Iterator[Endpoint]:
    """The endpoint, once with a sync and once with an async client."""
    with respx.mock(assert_all_called=False) as router, Maker(request.param) as maker:
        yield Endpoint(maker, router.route())


# ---------------------------------------------------------------------------------------------- Request: method, URL


@pytest.mark.pins_page("POST | https://{domain}/api/account/{accountId}/app/engagement/visitors/{visitor-id}")
def test_request_method_URL(endpoint: Endpoint) -> None:
    """The first request is a POST to the URL whose visitor segment is empty and keeps its slash."""
    endpoint.answers(AVAILABLE)
    endpoint.visit.get_engagement()
    (request,) = endpoint.requests
    assert (request.method, str(request.url)) == ("POST", f"{VISITORS}?v=1.0")


@pytest.mark.pins_page("POST | https://{domain}/api/account/{accountId}/app/engagement/visitors/{visitor-id}")
def test_request_method_URL_with_visitor_id(endpoint: Endpoint) -> None:
    """The second request is a POST to the URL of the visitor that the first answer named."""
    endpoint.answers(AVAILABLE, AVAILABLE)
    endpoint.visit.get_engagement()
    endpoint.visit.get_engagement()
    second = endpoint.requests[1]
    assert (second.method, str(second.url).partition("?")[0]) == ("POST", f"{VISITORS}xyz")


# ------------------------------------------------------------------------------------------------------------ Headers


@pytest.mark.pins_page("Content-Type | application/json")
def test_header_Content_Type(endpoint: Endpoint) -> None:
    """Every request says once that its body is JSON."""
    endpoint.answers(AVAILABLE)
    endpoint.visit.get_engagement()
    assert endpoint.requests[0].headers.get_list("content-type") == ["application/json"]


@pytest.mark.pins_page("Accept | application/json")
def test_header_Accept(endpoint: Endpoint) -> None:
    """Every request says once that it wants JSON."""
    endpoint.answers(AVAILABLE)
    endpoint.visit.get_engagement()
    assert endpoint.requests[0].headers.get_list("accept") == ["application/json"]


# ---------------------------------------------------------------------------------------------------- Body parameters


@pytest.mark.pins_page("appType | External system type")
@pytest.mark.parametrize("value", ["MSDK", "EXTERNAL"])
def test_body_appType(endpoint: Endpoint, value: str) -> None:
    """Both supported values are sent as passed to the client, and the parameter has a default."""
    endpoint.answers(NOT_AVAILABLE)
    endpoint.maker.client(app_type=value).visit().get_engagement()
    assert body_of(endpoint.requests[0]) == {"appType": value}


@pytest.mark.pins_page("appType | External system type")
@pytest.mark.parametrize("value", ["IVR", "external", ""])
def test_body_appType_takes_no_other_value(endpoint: Endpoint, value: str) -> None:
    """A value that is not supported is refused before anything is sent, by the constructor already."""
    with pytest.raises(ConfigurationError, match="app_type"):
        endpoint.maker.client(app_type=value)


@pytest.mark.pins_page("appDetails | Optional JSON format with the following fields: Type, Platform, Name,")
def test_body_appDetails(endpoint: Endpoint) -> None:
    """The parameter is optional, and a JSON object where it is given."""
    assert endpoint.body(app_details={}) == {"appType": "EXTERNAL", "appDetails": {}}
    assert endpoint.body() == {"appType": "EXTERNAL"}


@pytest.mark.pins_page("appDetails | Optional JSON format with the following fields: Type, Platform, Name,")
def test_body_appDetails_takes_no_text(endpoint: Endpoint) -> None:
    """The type column has string, but a string is rejected: the example is an object."""
    endpoint.refused("/appDetails", app_details="MAC_OSX 1.2")


@pytest.mark.pins_page("appDetails.appVersion | Application version")
def test_body_appDetails_appVersion(endpoint: Endpoint) -> None:
    """The app's version is sent as a string."""
    assert endpoint.body(app_details={"appVersion": "1.0"})["appDetails"] == {"appVersion": "1.0"}


@pytest.mark.pins_page("appDetails.deviceFamily | string")
@pytest.mark.parametrize("value", ["DESKTOP", "TABLET", "MOBILE"])
def test_body_appDetails_deviceFamily(endpoint: Endpoint, value: str) -> None:
    """Each supported value arrives."""
    assert endpoint.body(app_details={"deviceFamily": value})["appDetails"] == {"deviceFamily": value}


@pytest.mark.pins_page("appDetails.deviceFamily | string")
@pytest.mark.parametrize("value", ["personal_computer", "tablet", "mobile_phone"])
def test_body_appDetails_deviceFamily_takes_no_other_value(endpoint: Endpoint, value: str) -> None:
    """The words of the example column are not among the supported values."""
    endpoint.refused("/appDetails/deviceFamily", app_details={"deviceFamily": value})


@pytest.mark.pins_page("appDetails.ipAddress | IP address (V4)")
@pytest.mark.parametrize("value", ["192.168.5.2", "2001:db8::1"])
def test_body_appDetails_ipAddress(endpoint: Endpoint, value: str) -> None:
    """IPv4 and IPv6 addresses arrive."""
    assert endpoint.body(app_details={"ipAddress": value})["appDetails"] == {"ipAddress": value}


@pytest.mark.pins_page("appDetails.ipAddress | IP address (V4)")
@pytest.mark.parametrize("value", ["localhost", "192.168.5", "192.168.5.256", ""])
def test_body_appDetails_ipAddress_takes_a_real_address(endpoint: Endpoint, value: str) -> None:
    """An invalid address is rejected, as by the server's own validation."""
    endpoint.refused("/appDetails/ipAddress", app_details={"ipAddress": value})


@pytest.mark.pins_page("appDetails.os | Contains the operating system, including version info")
@pytest.mark.parametrize("value", ["WINDOWS", "MAC_OSX", "LINUX", "IOS", "ANDROID"])
def test_body_appDetails_os(endpoint: Endpoint, value: str) -> None:
    """Each supported value arrives."""
    assert endpoint.body(app_details={"os": value})["appDetails"] == {"os": value}


@pytest.mark.pins_page("appDetails.os | Contains the operating system, including version info")
@pytest.mark.parametrize("value", ["MAC_OSX 1.2", "android", "TVOS"])
def test_body_appDetails_os_takes_no_other_value(endpoint: Endpoint, value: str) -> None:
    """A value that is not supported is refused, one with version info too: the version has a field of its own."""
    endpoint.refused("/appDetails/os", app_details={"os": value})


@pytest.mark.pins_page("appDetails.osVersion | OS version")
def test_body_appDetails_osVersion(endpoint: Endpoint) -> None:
    """The system's version is sent as a string."""
    assert endpoint.body(app_details={"osVersion": "2.4"})["appDetails"] == {"osVersion": "2.4"}


@pytest.mark.pins_page("consumerSections | List of locations in the external system relevant for the engagement")
def test_body_consumerSections(endpoint: Endpoint) -> None:
    """The sections arrive as a list in the order given, and are optional."""
    assert endpoint.body(sections=["Support", "English"])["consumerSections"] == ["Support", "English"]
    assert "consumerSections" not in endpoint.body()


@pytest.mark.pins_page("consumerSections | List of locations in the external system relevant for the engagement")
def test_body_consumerSections_takes_no_text(endpoint: Endpoint) -> None:
    """A comma delimited text, as the type column has it, is refused: every example is a list."""
    endpoint.refused("/consumerSections", sections="Support,English")


@pytest.mark.pins_page("engagementAttributes | Array of engagement attributes (SDEs)")
def test_body_engagementAttributes(endpoint: Endpoint) -> None:
    """The attributes arrive as a list of objects in the order given, all ten types of them, and are optional."""
    attributes = [
        sde.cart(total=11.7, num_items=1),
        sde.purchase(order_id="D1"),
        sde.prod_view(currency="USD"),
        sde.ctmrinfo(ctype="vip"),
        sde.mrkt_info(channel=1),
        sde.personal(firstname="Sarah"),
        sde.lead(topic="test drive"),
        sde.service(status=0),
        sde.error(resolved=False),
        sde.search_info(keywords=["shoes"]),
    ]
    assert endpoint.body(sdes=attributes)["engagementAttributes"] == [
        {"type": "cart", "total": 11.7, "numItems": 1},
        {"type": "purchase", "orderId": "D1"},
        {"type": "prodView", "currency": "USD"},
        {"type": "ctmrinfo", "info": {"ctype": "vip"}},
        {"type": "mrktInfo", "info": {"channel": 1}},
        {"type": "personal", "personal": {"firstname": "Sarah"}},
        {"type": "lead", "lead": {"topic": "test drive"}},
        {"type": "service", "service": {"status": 0}},
        {"type": "error", "error": {"resolved": False}},
        {"type": "searchInfo", "keywords": ["shoes"]},
    ]
    assert "engagementAttributes" not in endpoint.body()


@pytest.mark.pins_page("engagementAttributes | Array of engagement attributes (SDEs)")
def test_body_engagementAttributes_takes_no_ImpressionEvent(endpoint: Endpoint) -> None:
    """All SDEs excluding impression events: those are refused here."""
    impression = {"type": "impDisplay", "campaign": 1, "engId": 2, "revision": 3, "eContext": []}
    endpoint.refused("/engagementAttributes/0/type", sdes=[impression])


# ---------------------------------------------------------------------------------------------------- Path parameters


@pytest.mark.pins_page("accountId | LP site ID | string |")
@pytest.mark.parametrize("value", ["12345678", "le61911979", "ta3hWd4IgG"])
def test_path_accountId(endpoint: Endpoint, value: str) -> None:
    """The path contains the account id, with its case unchanged."""
    endpoint.answers(NOT_AVAILABLE)
    endpoint.maker.client(value).visit().get_engagement()
    assert endpoint.requests[0].url.path == f"/api/account/{value}/app/engagement/visitors/"


@pytest.mark.pins_page("visitorId | Visitor ID | string | Optional (Required on second request)")
def test_path_visitorId(endpoint: Endpoint) -> None:
    """The first request has no visitor id; the path of the second has one."""
    endpoint.answers(NOT_AVAILABLE, NOT_AVAILABLE)
    endpoint.visit.get_engagement()
    endpoint.visit.get_engagement()
    assert [request.url.path.rpartition("/")[2] for request in endpoint.requests] == ["", "xyz"]


@pytest.mark.pins_page("visitorId | Visitor ID | string | Optional (Required on second request)")
@pytest.mark.parametrize(
    "value, encoded",
    [("_-Zk9AbC", "_-Zk9AbC"), ("a/b?c=d#e", "a%2Fb%3Fc%3Dd%23e"), ("50%2F ü", "50%252F%20%C3%BC")],
    ids=["plain", "separators", "percent"],
)
def test_path_visitorId_is_percent_encoded(endpoint: Endpoint, value: str, encoded: str) -> None:
    """Whatever the server chose as id stays one segment of the path."""
    endpoint.answers({**NOT_AVAILABLE, "visitorId": value}, NOT_AVAILABLE)
    endpoint.visit.get_engagement()
    endpoint.visit.get_engagement()
    assert endpoint.requests[1].url.raw_path.partition(b"?")[0].decode() == f"{VISITORS}{encoded}".removeprefix(
        BASE_URL
    )


@pytest.mark.pins_page("visitorId | Visitor ID | string | Optional (Required on second request)")
@pytest.mark.parametrize("value", [".", ".."])
def test_path_visitorId_never_climbs(endpoint: Endpoint, value: str) -> None:
    """An id of dots alone, which would change the path, is never put there."""
    endpoint.answers({**NOT_AVAILABLE, "visitorId": value}, NOT_AVAILABLE)
    for _ in range(2):
        try:
            endpoint.visit.get_engagement()
        except UnexpectedResponseError:
            break
    assert all(str(request.url).startswith(VISITORS) for request in endpoint.requests)


# --------------------------------------------------------------------------------------------------- Query parameters


@pytest.mark.pins_page("v | API version number | double | Required | Supported Value: 1.0")
def test_query_v(endpoint: Endpoint) -> None:
    """The version is the text 1.0, never 1, in each request."""
    endpoint.answers(NOT_AVAILABLE, NOT_AVAILABLE)
    endpoint.visit.get_engagement()
    endpoint.visit.get_engagement()
    assert [dict(query_of(request))["v"] for request in endpoint.requests] == ["1.0"] * 2


@pytest.mark.pins_page("sid | Session ID")
def test_query_sid(endpoint: Endpoint) -> None:
    """The session id is absent from the first request and required, and so there, in the second."""
    endpoint.answers(NOT_AVAILABLE, NOT_AVAILABLE)
    endpoint.visit.get_engagement()
    endpoint.visit.get_engagement()
    assert [dict(query_of(request)).get("sid") for request in endpoint.requests] == [None, "abc"]


@pytest.mark.pins_page("sid | Session ID")
@pytest.mark.parametrize("value", ["a&v=2.0", "a+b c%20d", "ü#/?="])
def test_query_sid_is_percent_encoded(endpoint: Endpoint, value: str) -> None:
    """Whatever the server chose as id stays one value of the query."""
    endpoint.answers({**NOT_AVAILABLE, "sessionId": value}, NOT_AVAILABLE)
    endpoint.visit.get_engagement()
    endpoint.visit.get_engagement()
    assert query_of(endpoint.requests[1]) == [("sid", value), ("v", "1.0")]


@pytest.mark.pins_page("sid | Session ID")
def test_query_sid_that_does_not_exist(endpoint: Endpoint) -> None:
    """A session that the server replaced is noticed, and the new one is used from then on."""
    endpoint.answers(NOT_AVAILABLE, {**NOT_AVAILABLE, "sessionId": "new"}, {**NOT_AVAILABLE, "sessionId": "new"})
    assert [endpoint.visit.get_engagement().new_session for _ in range(3)] == [False, True, False]
    assert [dict(query_of(request)).get("sid") for request in endpoint.requests] == [None, "abc", "new"]


# ------------------------------------------------------------------------------------------ POST body entity example


@pytest.mark.pins_page("POST Body entity example")
def test_POST_body_entity_example(endpoint: Endpoint) -> None:
    """The page's own request example goes out as printed, with its 30.0 written as the 30 that it means."""
    endpoint.answers(NOT_AVAILABLE)
    endpoint.maker.client(app_type="MSDK").visit().get_engagement(
        app_details=REQUEST_EXAMPLE["appDetails"],
        sections=REQUEST_EXAMPLE["consumerSections"],
        sdes=REQUEST_EXAMPLE["engagementAttributes"],
    )
    (request,) = endpoint.requests
    assert body_of(request) == REQUEST_EXAMPLE
    assert b'"age":30,' in request.content


# ----------------------------------------------------------------------------------------------------- Response codes


@pytest.mark.pins_page("200 | OK")
def test_code_200(endpoint: Endpoint) -> None:
    """200 is a success after one request, without a pause."""
    endpoint.answers(AVAILABLE)
    assert endpoint.visit.get_engagement().available
    assert (len(endpoint.requests), endpoint.maker.clock.slept) == (1, [])


def refusal(endpoint: Endpoint, kind: type[APIStatusError]) -> APIStatusError:
    """The error of this very class that a call ends with."""
    with pytest.raises(kind) as caught:
        endpoint.visit.get_engagement()
    assert type(caught.value) is kind
    return caught.value


@pytest.mark.pins_page("400 | Validation error")
def test_code_400(endpoint: Endpoint) -> None:
    """400 is a BadRequestError with status and internal code."""
    endpoint.answers(httpx.Response(400, content=ERROR))
    error = refusal(endpoint, BadRequestError)
    assert (error.status, error.internal_code) == (400, 5)


@pytest.mark.pins_page("401 | Unauthorized")
def test_code_401(endpoint: Endpoint) -> None:
    """401 is an UnauthorizedError."""
    endpoint.answers(httpx.Response(401, content=ERROR))
    assert refusal(endpoint, UnauthorizedError).status == 401


@pytest.mark.pins_page("404 | Data not found")
def test_code_404(endpoint: Endpoint) -> None:
    """404 is a NotFoundError."""
    endpoint.answers(httpx.Response(404, content=ERROR))
    assert refusal(endpoint, NotFoundError).status == 404


@pytest.mark.pins_page("500 | Internal server error — If using a test account (or any account that has extremely")
def test_code_500(endpoint: Endpoint) -> None:
    """500 is a ServerError, raised after the retries."""
    endpoint.answers(*[httpx.Response(500, content=ERROR)] * 4)
    assert refusal(endpoint, ServerError).status == 500


@pytest.mark.pins_page("500 | Internal server error — If using a test account (or any account that has extremely")
def test_code_500_loading_account(endpoint: Endpoint) -> None:
    """500 with the page's loading message, whose ids it prints empty, is an AccountLoadingError with code 20."""
    endpoint.answers(*[httpx.Response(500, content=LOADING_AS_PRINTED)] * 4)
    error = refusal(endpoint, AccountLoadingError)
    assert (error.status, error.internal_code, error.server_time) == (500, 20, 1499263964605)
    assert [request.url.path for request in endpoint.requests] == [VISITORS.removeprefix(BASE_URL)] * 4


@pytest.mark.pins_page("503 | The server is temporarily unavailable")
def test_code_503(endpoint: Endpoint) -> None:
    """503 is a ServiceUnavailableError, with an empty body too."""
    endpoint.answers(*[httpx.Response(503)] * 4)
    assert refusal(endpoint, ServiceUnavailableError).status == 503


# ------------------------------------------------------------------------------------------------------ Retry policy


@pytest.mark.pins_page("4xx | Client side error | Do not retry, fix problem in code")
@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 429, 451, 499])
def test_retry_4xx(endpoint: Endpoint, status: int) -> None:
    """No 4xx is sent again."""
    endpoint.answers(httpx.Response(status, content=ERROR))
    with pytest.raises(APIStatusError) as caught:
        endpoint.visit.get_engagement()
    assert (caught.value.status, len(endpoint.requests), endpoint.maker.clock.slept) == (status, 1, [])


@pytest.mark.pins_page("4xx | Client side error | Do not retry, fix problem in code")
@pytest.mark.parametrize("status", [400, 404])
def test_retry_4xx_not_even_when_loading(endpoint: Endpoint, status: int) -> None:
    """No 4xx is sent again, whatever internal code its body has."""
    endpoint.answers(httpx.Response(status, content=LOADING_WITH_VID), AVAILABLE)
    with pytest.raises(APIStatusError):
        endpoint.visit.get_engagement()
    assert (len(endpoint.requests), endpoint.maker.clock.slept) == (1, [])


@pytest.mark.pins_page("5xx | Loading Account; Error on server side")
@pytest.mark.parametrize("status", [500, 502, 503, 504, 520, 599])
def test_retry_5xx(endpoint: Endpoint, status: int) -> None:
    """A 5xx is sent again three times, after 5, 10 and 15 seconds, and then given up."""
    endpoint.answers(*[httpx.Response(status, content=ERROR)] * 4, AVAILABLE)
    with pytest.raises(ServerError) as caught:
        endpoint.visit.get_engagement(sections=["Support"])
    assert endpoint.maker.clock.slept == [5, 10, 15]
    assert [attempt.status for attempt in caught.value.attempts] == [status] * 4
    assert {request.content for request in endpoint.requests} == {
        b'{"appType":"EXTERNAL","consumerSections":["Support"]}'
    }
    assert len(endpoint.requests) == 4


@pytest.mark.pins_page("5xx | Loading Account; Error on server side")
@pytest.mark.parametrize("failures", [1, 2, 3])
def test_retry_5xx_until_it_works(endpoint: Endpoint, failures: int) -> None:
    """The first answer that is none of them ends the retries."""
    endpoint.answers(*[httpx.Response(503)] * failures, AVAILABLE)
    assert endpoint.visit.get_engagement().available
    assert endpoint.maker.clock.slept == [5, 10, 15][:failures]


@pytest.mark.pins_page("5xx | Loading Account; Error on server side")
def test_retry_5xx_loading_account(endpoint: Endpoint) -> None:
    """The vid of the loading message is the visitor id in the path of the retry, which has no session id yet."""
    endpoint.answers(httpx.Response(500, content=LOADING_WITH_VID), AVAILABLE)
    endpoint.visit.get_engagement()
    assert [str(request.url) for request in endpoint.requests] == [f"{VISITORS}?v=1.0", f"{VISITORS}vid_-22?v=1.0"]
    assert endpoint.maker.clock.slept == [5]


@pytest.mark.pins_page("5xx | Loading Account; Error on server side")
def test_retry_5xx_vid_only_if_provided(endpoint: Endpoint) -> None:
    """Without a vid in the message, as the page prints it, the retry goes to the same URL again."""
    endpoint.answers(httpx.Response(500, content=LOADING_AS_PRINTED), AVAILABLE)
    endpoint.visit.get_engagement()
    assert [str(request.url) for request in endpoint.requests] == [f"{VISITORS}?v=1.0"] * 2


# --------------------------------------------------------------------------------------------------- Entity structure


def detail(endpoint: Endpoint, name: str, value: Any) -> EngagementDetails:
    """The details of an answer with this value for the field; `None` leaves the field out."""
    details = {key: each for key, each in {**DETAILS, name: value}.items() if each is not None}
    endpoint.answers({**AVAILABLE, "engagementDetails": details})
    engagement = endpoint.visit.get_engagement()
    assert engagement.details is not None
    return engagement.details


@pytest.mark.pins_page("status | Availability status")
@pytest.mark.parametrize("status, available", [("Available", True), ("NotAvailable", False)])
def test_entity_status(endpoint: Endpoint, status: str, *, available: bool) -> None:
    """Both values are understood."""
    endpoint.answers(AVAILABLE if available else NOT_AVAILABLE)
    engagement = endpoint.visit.get_engagement()
    assert (engagement.status, engagement.available) == (status, available)


@pytest.mark.pins_page("status | Availability status")
def test_entity_status_is_required(endpoint: Endpoint) -> None:
    """An answer without it is an error that names it."""
    endpoint.answers({key: value for key, value in AVAILABLE.items() if key != "status"})
    with pytest.raises(UnexpectedResponseError, match="status"):
        endpoint.visit.get_engagement()


@pytest.mark.pins_page("engagementDetails | The details of an engagement when it is available")
def test_entity_engagementDetails(endpoint: Endpoint) -> None:
    """The details are there with Available, and not with NotAvailable."""
    endpoint.answers(AVAILABLE, NOT_AVAILABLE)
    assert endpoint.visit.get_engagement().details is not None
    assert endpoint.visit.get_engagement().details is None


@pytest.mark.pins_page("engagementDetails | The details of an engagement when it is available")
def test_entity_engagementDetails_are_required_when_Available(endpoint: Endpoint) -> None:
    """Available without details is an error that names them, and the ids of the answer are not lost by it."""
    endpoint.answers({**NOT_AVAILABLE, "status": "Available"}, NOT_AVAILABLE)
    with pytest.raises(UnexpectedResponseError, match="engagementDetails"):
        endpoint.visit.get_engagement()
    endpoint.visit.get_engagement()
    assert dict(query_of(endpoint.requests[1])) == {SID: "abc", "v": "1.0"}


@pytest.mark.pins_page("engagementDetails.campaignId | number")
@pytest.mark.parametrize("value", ["3346848610", 3346848610])
def test_entity_engagementDetails_campaignId(endpoint: Endpoint, value: str | int) -> None:
    """A number, as in the table, or a string, as in the example, is returned in one form."""
    assert detail(endpoint, "campaignId", value).campaign_id == "3346848610"


@pytest.mark.pins_page("engagementDetails.engagementId | number")
@pytest.mark.parametrize("value", ["3562981110", 3562981110])
def test_entity_engagementDetails_engagementId(endpoint: Endpoint, value: str | int) -> None:
    """A number, as in the table, or a string, as in the example, is returned in one form."""
    assert detail(endpoint, "engagementId", value).engagement_id == "3562981110"


@pytest.mark.pins_page("engagementDetails.contextId | string")
@pytest.mark.parametrize("value", ["1", 1])
def test_entity_engagementDetails_contextId(endpoint: Endpoint, value: str | int) -> None:
    """The context is returned as a string."""
    assert detail(endpoint, "contextId", value).context_id == "1"


@pytest.mark.pins_page("engagementDetails.windowId | string")
@pytest.mark.parametrize("value", ["3346847910", 3346847910])
def test_entity_engagementDetails_windowId(endpoint: Endpoint, value: str | int) -> None:
    """The window is returned as a string."""
    assert detail(endpoint, "windowId", value).window_id == "3346847910"


@pytest.mark.pins_page("engagementDetails.language | string")
def test_entity_engagementDetails_language(endpoint: Endpoint) -> None:
    """The language is returned as it was sent."""
    assert detail(endpoint, "language", "en-US").language == "en-US"


@pytest.mark.pins_page("engagementDetails.engagementRevision | number")
@pytest.mark.parametrize("value", [44, "44", 44.0])
def test_entity_engagementDetails_engagementRevision(endpoint: Endpoint, value: str | float) -> None:
    """The revision is returned as an integer."""
    revision = detail(endpoint, "engagementRevision", value).engagement_revision
    assert (revision, type(revision)) == (44, int)


@pytest.mark.pins_page("engagementDetails.validForSeconds | The period in seconds that the engagement will be valid")
@pytest.mark.parametrize("value", [900, "900"])
def test_entity_engagementDetails_validForSeconds(endpoint: Endpoint, value: str | int) -> None:
    """The offer ends so many seconds after the answer."""
    endpoint.answers({**AVAILABLE, "engagementDetails": {**DETAILS, "validForSeconds": value}})
    engagement = endpoint.visit.get_engagement()
    assert engagement.details is not None
    assert engagement.details.valid_for_seconds == 900
    assert engagement.expires_at is not None
    assert engagement.expires_at.timestamp() == endpoint.maker.clock.time() + 900


@pytest.mark.pins_page("engagementDetails.skillId | number")
@pytest.mark.parametrize("value, read", [(23, "23"), ("23", "23"), (None, None)])
def test_entity_engagementDetails_skillId(endpoint: Endpoint, value: str | int | None, read: str | None) -> None:
    """The skill is returned as a string, and is optional."""
    assert detail(endpoint, "skillId", value).skill_id == read


@pytest.mark.pins_page("engagementDetails.skillName | string")
@pytest.mark.parametrize("value", ["TestSkill", None])
def test_entity_engagementDetails_skillName(endpoint: Endpoint, value: str | None) -> None:
    """The skill's name is returned as it was sent, and is optional."""
    assert detail(endpoint, "skillName", value).skill_name == value


@pytest.mark.pins_page("engagementDetails.connectorId | number")
@pytest.mark.parametrize("value, read", [("568046210", "568046210"), (568046210, "568046210"), (None, None)])
def test_entity_engagementDetails_connectorId(endpoint: Endpoint, value: str | int | None, read: str | None) -> None:
    """The connector is returned as a string, only if the engagement is flagged as authenticated."""
    assert detail(endpoint, "connectorId", value).connector_id == read


@pytest.mark.pins_page("pageId | Page identification ID for sending event on the current engagement")
@pytest.mark.parametrize("value", ["4743822558", 4743822558])
def test_entity_pageId(endpoint: Endpoint, value: str | int) -> None:
    """The page id is what the next update of the session sends."""
    endpoint.answers({**AVAILABLE, "pageId": value}, httpx.Response(200))
    assert endpoint.visit.get_engagement().page_id == "4743822558"
    endpoint.visit.update()
    assert (endpoint.requests[1].method, body_of(endpoint.requests[1])) == ("PUT", {"pageId": "4743822558"})


@pytest.mark.pins_page("sessionId | The visit session ID")
def test_entity_sessionId(endpoint: Endpoint) -> None:
    """The session id is kept and goes into the query of later requests of both methods."""
    endpoint.answers({**AVAILABLE, "sessionId": "s-1"}, {**AVAILABLE, "sessionId": "s-1"}, httpx.Response(200))
    assert endpoint.visit.get_engagement().session_id == "s-1"
    endpoint.visit.get_engagement()
    endpoint.visit.update()
    assert [dict(query_of(request)).get(SID) for request in endpoint.requests] == [None, "s-1", "s-1"]
    ids = endpoint.visit.ids()
    assert ids is not None
    assert ids.session_id == "s-1"


@pytest.mark.pins_page("visitorId | Visitor ID | string | Optional (Required on second request)")
def test_entity_visitorId(endpoint: Endpoint) -> None:
    """The visitor id is kept and goes into the path of later requests of both methods."""
    endpoint.answers({**AVAILABLE, "visitorId": "v-1"}, {**AVAILABLE, "visitorId": "v-1"}, httpx.Response(200))
    assert endpoint.visit.get_engagement().visitor_id == "v-1"
    endpoint.visit.get_engagement()
    endpoint.visit.update()
    assert [str(request.url).partition("?")[0] for request in endpoint.requests] == [
        VISITORS,
        f"{VISITORS}v-1",
        f"{VISITORS}v-1",
    ]
    ids = endpoint.visit.ids()
    assert ids is not None
    assert ids.visitor_id == "v-1"


@pytest.mark.pins_page("pageId | Page identification ID for sending event on the current engagement")
@pytest.mark.parametrize("name", ["pageId", "sessionId", "visitorId"])
def test_entity_ids_are_required(endpoint: Endpoint, name: str) -> None:
    """An answer without one of the three is an error that names it."""
    endpoint.answers({key: value for key, value in AVAILABLE.items() if key != name})
    with pytest.raises(UnexpectedResponseError, match=name):
        endpoint.visit.get_engagement()


# ------------------------------------------------------------------------------------------ Response entity examples


@pytest.mark.pins_page("Status code: 200 OK (engagement is available)")
def test_response_entity_example_available(endpoint: Endpoint) -> None:
    """The page's first response example is read in full."""
    endpoint.answers(AVAILABLE)
    engagement = endpoint.visit.get_engagement()
    assert engagement.available
    assert (engagement.status, engagement.session_id, engagement.visitor_id, engagement.page_id) == (
        "Available",
        "abc",
        "xyz",
        "4743822558",
    )
    assert engagement.details == EngagementDetails(
        campaign_id="3346848610",
        engagement_id="3562981110",
        context_id="1",
        window_id="3346847910",
        language="en-US",
        engagement_revision=44,
        valid_for_seconds=900,
        skill_id="23",
        skill_name="TestSkill",
        connector_id="568046210",
    )


@pytest.mark.pins_page("Status code: 200 OK (engagement is available)")
def test_response_entity_example_not_available(endpoint: Endpoint) -> None:
    """The page's second response example is read in full, and is a success."""
    endpoint.answers(NOT_AVAILABLE)
    engagement = endpoint.visit.get_engagement()
    assert (engagement.status, engagement.session_id, engagement.visitor_id, engagement.page_id) == (
        "NotAvailable",
        "abc",
        "xyz",
        "4743822558",
    )
    assert (engagement.available, engagement.details, engagement.expires_at) == (False, None, None)
