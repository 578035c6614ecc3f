"""The wrapper runs on the generated client: the modules that a visit executes, and no substitutes."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import lp_engagement
from lp_engagement import EngagementClient, HttpResponse, sde
from lp_engagement._core import build_request, read_response
from lp_engagement.errors import ConfigurationError, UnauthorizedError
from lp_engagement.simulator import Simulator
from lp_engagement_client import models, operation
from lp_engagement_client.operation import Operation
from tests.both import Maker

if TYPE_CHECKING:
    from lp_engagement import HttpRequest
    from lp_engagement_client.operation import Request

OPENED = {"status": "NotAvailable", "visitorId": "xyz", "sessionId": "abc", "pageId": "1"}
WRAPPER = Path(lp_engagement.__file__).parent
VISIT = """
import json, sys, threading
from pathlib import Path

executed = {}

def note(frame, event, _):
    if event == "call":
        path = Path(frame.f_code.co_filename)
        if "lp_engagement_client" in path.parts:
            parts = path.with_suffix("").parts
            name = ".".join(parts[parts.index("lp_engagement_client") + 1:])
            executed.setdefault(name, set()).add(frame.f_code.co_name)

threading.setprofile(note)
sys.setprofile(note)
from lp_engagement import NEVER, EngagementClient, EngagementError, HttpResponse, sde

details = dict(campaignId="1", engagementId=2, contextId="3", engagementRevision=4)
opened = dict(status="Available", visitorId="v", sessionId="s", pageId="5", engagementDetails=details)
error = dict(time=1, message="no", internalCode=5)
answers = [(200, {"baseURI": "va.v.liveperson.net"}), (200, opened), (200, opened), (200, None)]
answers += [(400, error), (500, error)]
methods = []

class Canned:
    def send(self, request, *, timeout):
        methods.append(request.method)
        status, body = answers.pop(0)
        return HttpResponse(status, {}, b"" if body is None else json.dumps(body).encode())

    def close(self):
        pass

with EngagementClient("12345678", transport=Canned(), retry=NEVER) as client:
    visit = client.visit("customer-4711")
    engagement = visit.get_engagement(sdes=[sde.lead(topic="mortgage")])
    visit.get_engagement(sections=["Support"])
    visit.update(impressions=[engagement.displayed()])
    for _ in range(2):
        try:
            visit.get_engagement()
        except EngagementError as failed:
            methods.append(failed.status)
sys.setprofile(None)
print(json.dumps([methods, {name: sorted(functions) for name, functions in executed.items()}]))
"""


def test_what_a_visit_executes() -> None:
    """A look-up, POSTs, a PUT and errors run the generated operations and models, and not the generated HTTP client."""
    done = subprocess.run([sys.executable, "-c", VISIT], check=True, capture_output=True, text=True, timeout=60)
    sent, executed = json.loads(done.stdout)
    assert sent == ["GET", "POST", "POST", "PUT", "POST", 400, "POST", 500]
    assert {name for name in executed if name.startswith("api")} == {
        "api.__init__",
        "api.domain.__init__",
        "api.domain.get_domain",
        "api.engagement.__init__",
        "api.engagement.create_session",
        "api.engagement.resume_session",
        "api.engagement.update_session",
    }
    assert {"build", "parse", "target"} <= set(executed["operation"])
    for name in ("domain", "engagement_answer", "engagement_details", "error_entity"):
        assert "from_dict" in executed[f"models.{name}"]
    assert {"models.create_session_request", "models.update_session_request", "sde", "impressions"} <= executed.keys()
    assert "client" not in executed


# A visit, and then each of its requests once more, by each of the four functions of its operation.
COVERED = """
import coverage

measured = coverage.Coverage(data_file=None, config_file=False, include=["*/lp_engagement_client/*"])
measured.start()

import asyncio, json
from pathlib import Path
import httpx
from lp_engagement import NEVER, EngagementClient, EngagementError, HttpResponse, sde
from lp_engagement_client import Client, api, errors
from lp_engagement_client.api.domain import get_domain, list_domains
from lp_engagement_client.api.engagement import create_session, resume_session, update_session

details = dict(campaignId="1", engagementId=2, contextId="3", engagementRevision=4)
opened = dict(status="Available", visitorId="v", sessionId="s", pageId="5", engagementDetails=details)
error = dict(time=1, message="no", internalCode=5)
hosts = {"baseURIs": [{"service": "msdkgw", "account": "12345678", "baseURI": "va.v.liveperson.net"}]}
answers = [(200, hosts), (200, opened), (200, opened), (200, None), (400, error), (404, {"error": error}), (500, error)]
answers += [(200, {"error": error})]
sent = []

class Canned:
    def send(self, request, *, timeout):
        sent.append([request.method, request.url, (request.content or b"").decode()])
        status, body = answers.pop(0)
        return HttpResponse(status, {}, b"" if body is None else json.dumps(body).encode())

    def close(self):
        pass

with EngagementClient("12345678", transport=Canned(), retry=NEVER) as client:
    visit = client.visit("customer-4711")
    engagement = visit.get_engagement(sdes=[sde.lead(topic="mortgage")])
    visit.get_engagement(sections=["Support"])
    visit.update(impressions=[engagement.displayed()])
    for _ in range(4):
        try:
            visit.get_engagement()
        except EngagementError:
            pass
try:
    api.find("nothing")
except KeyError:
    pass

again = []

def answered(request):
    again.append([request.method, str(request.url), request.content.decode()])
    return httpx.Response(200, json={})

by_hand = Client("https://va.v.liveperson.net")
by_hand.set_httpx_client(httpx.Client(transport=httpx.MockTransport(answered)))
by_hand.set_async_httpx_client(httpx.AsyncClient(transport=httpx.MockTransport(answered)))

def calls(name):
    ids = dict(visitor_id="v", session_id="s")
    bodies = [content.encode() for _, _, content in sent]
    yield getattr(get_domain, name)("12345678", client=by_hand)
    yield getattr(create_session, name)("12345678", client=by_hand, body=bodies[1])
    yield getattr(resume_session, name)("12345678", client=by_hand, body=bodies[2], **ids)
    yield getattr(update_session, name)("12345678", client=by_hand, body=bodies[3], **ids)
    yield getattr(list_domains, name)("12345678", client=by_hand)

async def awaited():
    for name in ("asyncio", "asyncio_detailed"):
        for call in calls(name):
            await call

for name in ("sync", "sync_detailed"):
    list(calls(name))
asyncio.run(awaited())
for module in (get_domain, list_domains, create_session, resume_session, update_session):
    module.parse_response(200, b"{}")
measured.stop()

folder = Path(api.__file__).parents[1]
models = [folder / f"models/{name}.py" for name in sys.argv[1:]]
covered = {}
for path in [*folder.glob("api/**/*.py"), *models]:
    _, statements, _, missing, _ = measured.analysis2(str(path))
    covered[str(path.relative_to(folder))] = 1 - len(missing) / len(statements) if statements else 1
print(json.dumps([sent[:4], again, covered]))
"""


def test_the_operations_are_covered() -> None:
    """The functions of each operation make the request that a visit makes; no line of `api` or an answer is unused."""
    answers = ("domain", "engagement_answer", "engagement_details", "error_entity", "service_domain")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{COVERED}", *answers],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    by_visit, by_function, covered = json.loads(done.stdout)
    # No visit lists all services.
    listing = ["GET", "https://api.liveperson.net/api/account/12345678/service/baseURI.json?version=1.0", ""]
    assert by_function == [*by_visit, listing] * 4
    # An operation that no visit has, because the spec has just got it, is not called at all.
    called = {name: share for name, share in covered.items() if share}
    assert len(called) >= 12
    assert {name: share for name, share in called.items() if share < 0.9} == {}


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, Request]]:
    """The bodies that operations were given, each with the request that was made of it."""
    found: list[tuple[Any, Request]] = []
    build = Operation.build

    def noting(self: Operation[Any], values: Any, body: Any = None) -> Request:
        request = build(self, values, body)
        found.append((body, request))
        return request

    monkeypatch.setattr(Operation, "build", noting)
    return found


def test_requests_are_what_the_operations_built(built: list[tuple[Any, Request]]) -> None:
    """Method, URL, headers and body of each request are the operation's, which was given the real body."""
    sent: list[HttpRequest] = []
    simulated = Simulator().transport()

    class Noting:
        def send(self, request: HttpRequest, *, timeout: float) -> HttpResponse:
            sent.append(request)
            return simulated.send(request, timeout=timeout)

        def close(self) -> None:
            pass

    with EngagementClient("12345678", transport=Noting()) as client:
        visit = client.visit("customer-4711")
        engagement = visit.get_engagement(sdes=[sde.lead(topic="mortgage")])
        visit.update(impressions=[engagement.displayed()])
    assert [request.operation for _, request in built] == ["getDomain", "createSession", "updateSession"]
    for (body, request), each in zip(built, sent, strict=True):
        assert each.url.endswith(request.target)
        assert (each.method, each.content) == (request.method, body)
        assert request.headers.items() <= dict(each.headers).items()
    assert b"mortgage" in (sent[1].content or b"")
    assert type(engagement.details) is models.EngagementDetails


def test_a_response_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The body of each response is parsed once, whether it is an answer, an error, or names a visitor id."""
    read: list[bytes] = []
    loading = {"time": 1, "message": "Loading account vid: xyz", "internalCode": 20}
    contents = [(500, json.dumps(loading).encode()), (200, json.dumps(OPENED).encode()), (401, b'{"internalCode": 10}')]
    answers = iter([HttpResponse(status, {}, content) for status, content in contents])

    def noting(content: bytes) -> Any:
        read.append(content)
        return json.loads(content)

    for module in (operation, read_response):
        monkeypatch.setattr(module, "read_json", noting)
    with Maker("sync") as maker:
        visit = maker.client(answer=lambda _: next(answers)).visit()
        assert visit.get_engagement().visitor_id == "xyz"
        with pytest.raises(UnauthorizedError):
            visit.update()
    assert read == [content for _, content in contents]


@pytest.mark.parametrize("visitor_id", ["", "..", "a\ud800"])
def test_what_the_operation_refuses_is_an_error_of_ours(visitor_id: str) -> None:
    """A value that no request can carry is refused with our exception, which does not lead to the other."""
    values = {"account_id": "12345678", "visitor_id": visitor_id}
    with pytest.raises(ConfigurationError, match=r"^visitor_id ") as caught:
        build_request.build("resumeSession", "https://lp.example.com", values, b"{}", {})
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)


def test_nothing_is_imported_by_its_spelling() -> None:
    """No module of the wrapper writes the name of a generated operation's module as a string, whole or in part."""
    found = {
        path.name
        for path in WRAPPER.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "lp_engagement_client.api" in node.value
    }
    assert found == set()
