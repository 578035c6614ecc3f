"""The Lambda recipe in AWS's runtime client, in a sandbox like Lambda's: read-only but for /tmp, and without a home."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from typing import TYPE_CHECKING, Any

from tests.helpers import ACCOUNT
from tests.recipes.sandbox import TMP, sandboxed

if TYPE_CHECKING:
    from collections.abc import Generator

    from lp_engagement.simulator import Simulator

CART = {"type": "cart", "total": 11.7, "numItems": 1}
ARN = "arn:aws:lambda:eu-central-1:123456789012:function:offer"


class RuntimeApi(ThreadingHTTPServer):
    """Lambda's side of a container: hands out events, and takes responses or errors.

    Attributes:
        events: the events to hand out.
        answers: what the function has answered, each with the last part of the path: `response` or `error`, or
            `exit` and the exit code.
    """

    daemon_threads = True

    def __init__(self, seconds: float) -> None:
        """Listen on any free port; each invocation may take `seconds`."""
        super().__init__(("127.0.0.1", 0), _Invocations)
        self.seconds = seconds
        self.events: Queue[dict[str, Any] | None] = Queue()
        self.answers: Queue[tuple[str, Any]] = Queue()


class _Invocations(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Wait for an event."""
        event = self._api.events.get()
        if event is None:
            self.close_connection = True
            return
        body = json.dumps(event).encode()
        self.send_response(200)
        self.send_header("Lambda-Runtime-Aws-Request-Id", "1")
        self.send_header("Lambda-Runtime-Invoked-Function-Arn", ARN)
        self.send_header("Lambda-Runtime-Deadline-Ms", str(int((time.time() + self._api.seconds) * 1000)))
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        """Take an answer."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._api.answers.put((self.path.rpartition("/")[2], body))
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
        """Print nothing."""

    @property
    def _api(self) -> RuntimeApi:
        assert isinstance(self.server, RuntimeApi)
        return self.server


class Container:
    """One container of the function, which stays warm between invocations.

    Args:
        api: Lambda's side of it.
    """

    def __init__(self, api: RuntimeApi) -> None:
        """Talk to the function through `api`."""
        self._api = api

    def invoke(self, route: str, body: object = None, *, customer: str = "sarah") -> dict[str, Any]:
        """Send a request of the app through the HTTP API; return the response."""
        claims = {"authorizer": {"jwt": {"claims": {"sub": customer}}}}
        self._api.events.put({"routeKey": f"POST {route}", "body": json.dumps(body), "requestContext": claims})
        kind, answer = self._api.answers.get(timeout=30)
        assert kind == "response", answer
        return {**answer, "body": json.loads(answer["body"])}


@contextmanager
def container(environment: dict[str, str], *, seconds: float = 30) -> Generator[Container]:
    """Start a container whose time limit is `seconds`."""
    api = RuntimeApi(seconds)
    threading.Thread(target=api.serve_forever, daemon=True).start()
    variables = {"AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{api.server_port}", "LP_ACCOUNT_ID": ACCOUNT, **environment}
    process = subprocess.Popen(sandboxed([sys.executable, "-m", "awslambdaric", "lambda_handler.handler"], variables))
    # A process that has ended would never answer.
    threading.Thread(target=lambda: api.answers.put(("exit", process.wait())), daemon=True).start()
    try:
        yield Container(api)
    finally:
        process.kill()
        process.wait()
        api.events.put(None)
        api.shutdown()
        api.server_close()


def test_a_visit_outlives_its_container(api_url: str, redis_url: str, engagement_simulator: Simulator) -> None:
    """Warm or cold, the customer stays one visitor, and the offer of one container is accepted in another."""
    environment = {"LP_BASE_URL": api_url, "LP_VISIT_STORE": redis_url}
    with container(environment) as first:
        offer = first.invoke("/offer", [CART])
        assert (offer["statusCode"], offer["body"]["available"]) == (200, True)
        assert first.invoke("/offer/displayed")["statusCode"] == 204
        assert first.invoke("/offer", [CART])["statusCode"] == 200
    with container(environment) as second:
        assert second.invoke("/offer/accepted")["statusCode"] == 204
        assert second.invoke("/offer", [CART], customer="tom")["statusCode"] == 200
    counts = engagement_simulator.funnel(ACCOUNT)
    assert (counts["offered"], counts["impDisplay"], counts["impAccept"]) == (3, 1, 1)
    assert [len(visitor.sessions) for visitor in engagement_simulator.visitors(ACCOUNT)] == [1, 1]


def test_a_file_in_tmp_ends_with_its_container(api_url: str, engagement_simulator: Simulator) -> None:
    """SQLite works in /tmp, and holds the visit while the container is warm; the next one opens another."""
    environment = {"LP_BASE_URL": api_url, "LP_VISIT_STORE": f"sqlite:///{TMP}/visits.db"}
    for containers in (1, 2):
        with container(environment) as warm:
            for _ in range(2):
                assert warm.invoke("/offer", [CART])["statusCode"] == 200
        assert len(engagement_simulator.visitors(ACCOUNT)) == containers


def test_the_default_store_cannot_be_written(api_url: str, engagement_simulator: Simulator) -> None:
    """Without a store, the app goes without a chat, and nothing is sent that would make a visitor per invocation."""
    with container({"LP_BASE_URL": api_url}) as there:
        assert there.invoke("/offer", [CART])["statusCode"] == 500
    assert engagement_simulator.journal == []


def test_the_function_ends_in_time(api_url: str, redis_url: str, engagement_simulator: Simulator) -> None:
    """The function does not begin a pause that its time limit would cut off; it answers."""
    engagement_simulator.script(ACCOUNT, "503 until cleared")
    with container({"LP_BASE_URL": api_url, "LP_VISIT_STORE": redis_url}, seconds=3) as there:
        answer = there.invoke("/offer", [CART])
    assert answer["statusCode"] == 503


def test_a_bad_payload_is_named(api_url: str, redis_url: str, engagement_simulator: Simulator) -> None:
    """The response names the wrong field, and shows nothing that was sent."""
    with container({"LP_BASE_URL": api_url, "LP_VISIT_STORE": redis_url}) as there:
        answer = there.invoke("/offer", [{**CART, "total": "11,70"}])
        assert there.invoke("/unknown")["statusCode"] == 404
    assert answer["statusCode"] == 422
    assert "total" in answer["body"][0]
    assert "11,70" not in str(answer)
    assert engagement_simulator.journal == []
