"""Watching calls: the first and the last event of each, fields of log lines, OpenTelemetry, Prometheus, structlog."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import os
import re
import sys
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import structlog
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode
from prometheus_client import CollectorRegistry, generate_latest

from lp_engagement import CallEvent, HttpResponse, RetryPolicy, sde
from lp_engagement import client as client_module
from lp_engagement.errors import ConfigurationError, EngagementError, StoreError
from lp_engagement.otel import OpenTelemetryHook
from lp_engagement.prometheus import PrometheusHook
from lp_engagement.simulator import Simulator
from lp_engagement.stores import MemoryStore
from tests.both import KINDS, Maker
from tests.helpers import PAUSES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from opentelemetry.sdk.trace import ReadableSpan

    from lp_engagement import HttpRequest
    from lp_engagement._core.operations import VisitOperations
    from lp_engagement.stores import VisitRecord

PAGE = Path(__file__).parent.parent / "docs/observe.md"
# Read now: no test sees the caller's settings.
UPDATE = bool(os.environ.get("LP_UPDATE_GOLDEN"))
BAD = [{"type": "cart", "total": "a lot"}]
TOLD = HttpResponse(200, {}, b'{"status": "NotAvailable", "visitorId": "v", "sessionId": "s", "pageId": "p"}')


@pytest.fixture(params=KINDS)
def maker(request: pytest.FixtureRequest) -> Iterator[Maker]:
    """Makes sync clients once, and async ones once."""
    with Maker(request.param) as maker:
        yield maker


class Loud:
    """A hook that keeps the events, and can interrupt the program at one of them."""

    def __init__(self, at: str = "") -> None:
        self.events: list[CallEvent] = []
        self._at = at

    def __call__(self, event: CallEvent) -> None:
        """Keep it."""
        self.events.append(event)
        if event.name == self._at:
            raise KeyboardInterrupt

    @property
    def end(self) -> CallEvent:
        """The last event of the only call, which is as every call's: one start, one end, one id."""
        names = [event.name for event in self.events]
        assert (names[0], names[-1]) == ("call_started", "call_ended")
        assert (names.count("call_started"), names.count("call_ended")) == (1, 1)
        (shared,) = {event.call_id for event in self.events}
        assert shared
        return self.events[-1]


def raising(error: BaseException) -> Callable[[HttpRequest], HttpResponse]:
    """A network in which each request ends with an error."""

    def answer(_: HttpRequest) -> HttpResponse:
        raise error

    return answer


class BrokenStore(MemoryStore):
    """Cannot be read."""

    def load(self, key: str) -> VisitRecord | None:
        """Fail."""
        raise StoreError("disk full")


# ------------------------------------------------------------------------------------------------ start and end


@pytest.mark.parametrize(
    "options, arguments, expected",
    [
        ({"answer": lambda _: TOLD}, {}, ("success", None, 1)),
        ({"answer": lambda _: HttpResponse(400, {}, b"{}")}, {}, ("failed", "BadRequestError", 1)),
        ({"answer": lambda _: TOLD}, {"sdes": BAD}, ("invalid", "PayloadError", 0)),
        ({"answer": lambda _: TOLD, "store": BrokenStore()}, {}, ("failed", "StoreError", 0)),
        ({"answer": raising(KeyboardInterrupt())}, {}, ("cancelled", "KeyboardInterrupt", 1)),
        ({"answer": raising(asyncio.CancelledError())}, {}, ("cancelled", "CancelledError", 1)),
        ({"answer": raising(ZeroDivisionError())}, {}, ("failed", "ZeroDivisionError", 1)),
    ],
    ids=["success", "refused", "invalid", "store", "interrupt", "cancellation", "bug"],
)
def test_every_call_has_one_end(
    maker: Maker, options: Any, arguments: Any, expected: tuple[str, str | None, int]
) -> None:
    """However a call ends, its events begin with one start, end with one end, and share one id."""
    loud = Loud()
    try:
        maker.client(hooks=[loud], **options).visit().get_engagement(**arguments)
    except BaseException as error:  # noqa: BLE001 - the interrupts, too
        assert type(error).__name__ == expected[1]  # noqa: PT017 - one of the calls raises nothing
    assert (loud.end.outcome, loud.end.error, loud.end.attempts) == expected
    assert loud.end.operation == "get_engagement"


def test_reuse_is_a_call_without_requests(maker: Maker) -> None:
    """An engagement that is returned without a call is reported as reused, with an id of its own."""
    loud = Loud()
    visit = maker.client(simulator=Simulator(), hooks=[loud]).visit()
    visit.get_engagement()
    first = loud.end.call_id
    loud.events.clear()
    assert visit.get_engagement(reuse=True).reused
    assert (loud.end.outcome, loud.end.attempts) == ("reused", 0)
    assert loud.end.call_id != first


@pytest.mark.parametrize("name, shown", [("updateSession", "updateSession"), ("KwqNothing", "call")])
def test_other_calls_are_watched(maker: Maker, name: Any, shown: str) -> None:
    """An update, and a named operation, have both events; a name that is none is not shown."""
    loud = Loud()
    visit = maker.client(simulator=Simulator(), hooks=[loud]).visit()
    with pytest.raises(EngagementError):
        visit.update()
    assert (loud.end.operation, loud.end.error) == ("update", "VisitNotStartedError")
    loud.events.clear()
    with pytest.raises(EngagementError):
        visit.call(name, {})
    assert (loud.end.operation, loud.end.outcome) == (shown, "failed")


def test_flow_that_is_given_up_has_an_end() -> None:
    """A flow that its driver drops in the middle reports that it was cancelled."""
    loud = Loud()
    with Maker("sync") as maker:
        inner: Any = maker.client(simulator=Simulator(), hooks=[loud]).inner
        operations: VisitOperations = inner.visit("key")._operations
        flow = operations.get_engagement(sdes=None, sections=None, app_details=None)
        next(flow)
        flow.close()
    assert (loud.end.outcome, loud.end.error) == ("cancelled", "GeneratorExit")


@pytest.mark.parametrize("at", ["call_started", "sent"])
def test_hook_that_interrupts(at: str) -> None:
    """If a hook interrupts the program, the interrupt is raised, and the call has its end all the same."""
    loud = Loud(at)
    with Maker("sync") as maker, pytest.raises(KeyboardInterrupt):
        maker.client(simulator=Simulator(), hooks=[loud]).visit().get_engagement()
    assert loud.end.outcome == "cancelled"


def test_look_up_is_part_of_the_call(maker: Maker) -> None:
    """The requests to the Domain API share the id of the call, and are counted."""
    loud = Loud()
    host = b'{"service": "msdkgw", "account": "12345678", "baseURI": "one.example.com"}'

    def answer(request: HttpRequest) -> HttpResponse:
        return HttpResponse(200, {}, host) if "api.liveperson.net" in request.url else TOLD

    maker.client(base_url=None, answer=answer, hooks=[loud]).visit().get_engagement()
    sent = [(event.operation, event.host, event.method) for event in loud.events if event.name == "sent"]
    assert sent == [("getDomain", "api.liveperson.net", "GET"), ("createSession", "one.example.com", "POST")]
    assert loud.end.attempts == 2


def test_time_is_told_apart(maker: Maker) -> None:
    """The last event has the seconds of the whole call, of its pauses, and of the store."""
    loud = Loud()

    class SlowStore(MemoryStore):
        def load(self, key: str) -> VisitRecord | None:
            maker.clock.advance(0.25)
            return super().load(key)

    maker.client(simulator=Simulator(cold=2), hooks=[loud], store=SlowStore()).visit().get_engagement()
    assert (loud.end.waited, loud.end.store_seconds, loud.end.seconds) == (sum(PAUSES[:2]), 0.5, sum(PAUSES[:2]) + 0.5)


def test_store_that_fails_is_an_event(maker: Maker) -> None:
    """A step of the store that failed is an event, with the class of its error only."""
    loud = Loud()
    with pytest.raises(StoreError):
        maker.client(simulator=Simulator(), hooks=[loud], store=BrokenStore()).visit().get_engagement()
    (failed,) = (event for event in loud.events if event.name == "store_failed")
    assert (failed.error, failed.seconds) == ("StoreError", 0.0)


# ----------------------------------------------------------------------------------------------- log lines


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """The lines that structlog's formatter makes of what the library logs."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    chain: list[Any] = [structlog.stdlib.add_log_level, structlog.stdlib.ExtraAdder()]
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=chain,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logger = logging.getLogger("lp_engagement")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield stream
    logger.setLevel(level)
    logger.removeHandler(handler)


def test_log_lines_have_fields(maker: Maker, lines: io.StringIO) -> None:
    """The formatter of structlog receives each event's facts as fields of its own, and the sentence as its event."""

    def bad(event: CallEvent) -> None:
        if event.name == "call_ended":
            raise ValueError("text of the application")

    maker.client(simulator=Simulator(cold=1), hooks=[bad]).visit().get_engagement()
    logged = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert len({line["call_id"] for line in logged}) == 1
    (failed,) = (line for line in logged if line["step"] == "failed")
    assert failed["event"].startswith("createSession failed attempt=1 status=500")
    assert (failed["operation"], failed["attempt"], failed["status"], failed["level"]) == (
        "createSession",
        1,
        500,
        "warning",
    )
    ended, hook = logged[-2:]
    assert (ended["outcome"], ended["attempts"], ended["waited"]) == ("success", 2, PAUSES[0])
    assert (hook["step"], hook["error"]) == ("hook_failed", "ValueError")


# ------------------------------------------------------------------------------------------- OpenTelemetry


class Telemetry:
    """OpenTelemetry's SDK, which keeps everything in memory.

    Attributes:
        hook: the hook that reports to it.
    """

    def __init__(self) -> None:
        self._spans = InMemorySpanExporter()
        self._metrics = InMemoryMetricReader()
        tracers = TracerProvider()
        tracers.add_span_processor(SimpleSpanProcessor(self._spans))
        self._tracers = tracers
        self.hook = OpenTelemetryHook(tracers, MeterProvider([self._metrics]))

    @property
    def spans(self) -> tuple[ReadableSpan, ...]:
        """The spans that have ended."""
        return self._spans.get_finished_spans()

    def metrics(self) -> dict[str, list[dict[str, Any]]]:
        """The attributes of each metric's series."""
        data: Any = self._metrics.get_metrics_data()
        return {
            metric.name: [dict(point.attributes) for point in metric.data.data_points]
            for resource in data.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
        }

    def tree(self) -> str:
        """The spans with their attributes and events, children below their parents."""
        lines: list[str] = []
        for parent in (span for span in self.spans if span.parent is None):
            lines += self._shown(parent, "")
            for child in self.spans:
                if child.parent is not None and child.parent == parent.get_span_context():
                    lines += self._shown(child, "  ")
        return "\n".join(lines) + "\n"

    @staticmethod
    def _shown(span: ReadableSpan, indent: str) -> Iterator[str]:
        failed = " ERROR" if span.status.status_code is StatusCode.ERROR else ""
        yield f"{indent}{span.name} ({span.kind.name}){failed}"
        yield from (f"{indent}    {name}: {value!s}" for name, value in sorted((span.attributes or {}).items()))
        for event in span.events:
            found = " ".join(f"{name}={value!s}" for name, value in sorted((event.attributes or {}).items()))
            yield f"{indent}    * {event.name} {found}".rstrip()


def test_sample_of_the_page_keeps_whole_calls(
    maker: Maker, lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The filter that the page shows keeps a tenth of the calls, each with all its lines, and every warning."""
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    (block,) = (each for each in blocks if "one_call_in_ten" in each)
    names: dict[str, Any] = {}
    numbers = count(1)
    monkeypatch.setattr(client_module, "_new_token", lambda: f"{next(numbers):032x}")
    visit = maker.client(simulator=Simulator(cold=1)).visit()
    try:
        exec(block, names)  # noqa: S102 - the page that is tested
        for _ in range(50):
            visit.get_engagement()
    finally:
        logging.getLogger("lp_engagement").removeFilter(names["one_call_in_ten"])
    steps: dict[str, list[str]] = {}
    for line in map(json.loads, lines.getvalue().splitlines()):
        steps.setdefault(line["call_id"], []).append(line["step"])
    first, *kept = steps.values()
    assert first == ["failed", "retry"]
    assert len(kept) == 5
    assert {(each[0], each[-1]) for each in kept} == {("call_started", "call_ended")}


def test_spans_of_calls_that_fail(maker: Maker) -> None:
    """A refused call, one that sends nothing, and an interrupted one end their spans, with the error's class."""
    telemetry = Telemetry()
    calls: list[tuple[dict[str, Any], dict[str, Any]]] = [
        ({"answer": lambda _: HttpResponse(400, {}, b"{}")}, {}),
        ({"answer": lambda _: TOLD}, {"sdes": BAD}),
        ({"answer": raising(asyncio.CancelledError())}, {}),
    ]
    for options, arguments in calls:
        with pytest.raises((EngagementError, asyncio.CancelledError)):
            maker.client(hooks=[telemetry.hook], **options).visit().get_engagement(**arguments)
    found = [(span.name, (span.attributes or {})["error.type"], span.status.is_ok) for span in telemetry.spans]
    assert found == [
        ("POST", "BadRequestError", False),
        ("lp_engagement.get_engagement", "BadRequestError", False),
        ("lp_engagement.get_engagement", "PayloadError", False),
        ("POST", "CancelledError", False),
        ("lp_engagement.get_engagement", "CancelledError", True),
    ]
    assert telemetry.hook._open == {}


def test_span_is_a_child_of_the_current_one(maker: Maker) -> None:
    """The span of a call belongs to the span that the application has opened around it."""
    telemetry = Telemetry()
    client = maker.client(simulator=Simulator(), hooks=[telemetry.hook])
    with telemetry._tracers.get_tracer("app").start_as_current_span("request") as outer:
        client.visit().get_engagement()
    call = telemetry.spans[1]
    assert call.parent is not None
    assert call.parent.span_id == outer.get_span_context().span_id


def test_metrics_of_calls(maker: Maker) -> None:
    """Calls are counted by operation and outcome, requests are timed by method, host, status and error."""
    telemetry = Telemetry()
    maker.client(simulator=Simulator(cold=1), hooks=[telemetry.hook]).visit().get_engagement()
    metrics = telemetry.metrics()
    call = {"lp_engagement.operation": "get_engagement", "lp_engagement.outcome": "success"}
    sent = {"http.request.method": "POST", "server.address": "lp.example.com"}
    assert metrics == {
        "lp_engagement.calls": [call],
        "lp_engagement.call.duration": [call],
        "lp_engagement.request.duration": [
            {
                **sent,
                "lp_engagement.operation": "createSession",
                "http.response.status_code": 500,
                "error.type": "AccountLoadingError",
            },
            {**sent, "lp_engagement.operation": "resumeSession", "http.response.status_code": 200},
        ],
    }


# ---------------------------------------------------------------------------------------------- Prometheus


def scrape(registry: CollectorRegistry) -> str:
    """The series, without buckets, comments and times of creation."""
    text = generate_latest(registry).decode()
    return "".join(
        line for line in text.splitlines(keepends=True) if not re.match(r"#|\w+_created\{|\w+_bucket\{", line)
    )


def test_labels_are_bounded() -> None:
    """Errors of the application, and statuses that HTTP does not have, share one value of a label."""
    registry = CollectorRegistry()
    hook = PrometheusHook(registry)
    for number in range(50):
        hook(CallEvent("failed", "updateSession", status=1000 + number, seconds=0.1, error=f"Error{number}"))
        hook(CallEvent("call_ended", "update", outcome="failed", error=f"Error{number}"))
    text = scrape(registry)
    assert 'lp_engagement_attempts_total{error="_OTHER",operation="updateSession",status="_OTHER"} 50.0' in text
    assert 'lp_engagement_calls_total{error="_OTHER",operation="update",outcome="failed"} 50.0' in text


def test_second_hook_in_a_registry() -> None:
    """A registry takes one hook; the error for a second one says how to share the first."""
    registry = CollectorRegistry()
    PrometheusHook(registry)
    with pytest.raises(ConfigurationError, match="pass it to all clients"):
        PrometheusHook(registry)


# --------------------------------------------------------------------------------------------- both, and the page


@pytest.mark.parametrize(
    "hook, module, extra",
    [(PrometheusHook, "prometheus_client", "prometheus"), (OpenTelemetryHook, "opentelemetry.trace", "otel")],
)
def test_hooks_name_their_extra(hook: type[Any], module: str, extra: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its library, a hook cannot be made, and the error names the extra."""
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ConfigurationError, match=f"Install the extra `{extra}` of lp-engagement"):
        hook()


def test_the_page_shows_a_real_call(maker: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    """The spans and the scrape on the page are those of one call to a quiet account, by either client."""
    numbers = count(1)
    monkeypatch.setattr(client_module, "_new_token", lambda: f"{0xC0FFEE00 + next(numbers):032x}")
    telemetry, registry = Telemetry(), CollectorRegistry()
    # The page's numbers are an example, whatever the spec's pauses are.
    retry = RetryPolicy(pauses=(5, 10))
    client = maker.client(simulator=Simulator(cold=2), hooks=[telemetry.hook, PrometheusHook(registry)], retry=retry)
    client.visit().get_engagement(sdes=[sde.cart(total=11.7, num_items=1)])
    page = PAGE.read_text(encoding="utf-8")
    for before, made in (("The spans:", telemetry.tree()), ("The scrape:", scrape(registry))):
        found = re.search(rf"^{before}\n\n```\n(.*?)```$", page, re.MULTILINE | re.DOTALL)
        assert found
        if UPDATE:
            page = page[: found.start(1)] + made + page[found.end(1) :]
            PAGE.write_text(page, encoding="utf-8")
        else:
            assert found[1] == made
