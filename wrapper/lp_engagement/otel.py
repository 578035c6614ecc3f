"""Spans and metrics of calls for OpenTelemetry. Requires the extra `otel`."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ._common.importing import importing
from ._common.labels import CALL_BUCKETS, error_label
from ._common.version import __version__
from .errors import ConfigurationError

if TYPE_CHECKING:
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import Span, TracerProvider

    from .hooks import CallEvent

__all__ = ["OpenTelemetryHook"]

_SCOPE = "lp_engagement"


@dataclass(slots=True)
class _OpenCall:
    span: Span
    attempt: Span | None = None
    request: dict[str, Any] | None = None


class OpenTelemetryHook:
    """Makes a span per call, with a child span per request, and metrics. Requires the extra `otel`.

    One hook serves any number of clients: `EngagementClient(hooks=[OpenTelemetryHook()])`. The span of a call is a
    child of the current span. Attributes follow the semantic conventions for HTTP clients, except that there is no
    `url.full`, because URLs contain ids.

    Args:
        tracer_provider: makes the spans; the global one unless given.
        meter_provider: takes the measurements; the global one unless given.

    Raises:
        ConfigurationError: the extra is not installed.
    """

    def __init__(
        self, tracer_provider: TracerProvider | None = None, meter_provider: MeterProvider | None = None
    ) -> None:
        try:
            with importing():
                self._trace = import_module("opentelemetry.trace")
                metrics = import_module("opentelemetry.metrics")
        except ImportError:
            raise ConfigurationError(
                "OpenTelemetryHook needs opentelemetry-api, which is not installed."
                " Install the extra `otel` of lp-engagement."
            ) from None
        self._open: dict[str | None, _OpenCall] = {}
        self._tracer = self._trace.get_tracer(_SCOPE, __version__, tracer_provider)
        meter = metrics.get_meter(_SCOPE, __version__, meter_provider)
        self._calls = meter.create_counter("lp_engagement.calls", "{call}", "Calls that have ended.")
        seconds = {"unit": "s", "explicit_bucket_boundaries_advisory": CALL_BUCKETS}
        self._call_seconds = meter.create_histogram(
            "lp_engagement.call.duration", description="Duration of a call, with pauses.", **seconds
        )
        self._attempt_seconds = meter.create_histogram(
            "lp_engagement.request.duration", description="Duration of a request on the wire.", **seconds
        )

    def __call__(self, event: CallEvent, /) -> None:
        """Start, note or end what the event is about."""
        if event.name == "call_started":
            span = self._tracer.start_span(f"lp_engagement.{event.operation}", attributes=_of_call(event))
            self._open[event.call_id] = _OpenCall(span)
            return
        opened = self._open.get(event.call_id)
        if opened is None:
            return
        if event.name == "sent":
            self._start_attempt(opened, event)
        elif event.name in {"answered", "failed"}:
            self._end_attempt(opened, event)
        elif event.name == "call_ended":
            self._end_call(opened, event)
        else:
            opened.span.add_event(event.name, _details(event))

    def _start_attempt(self, opened: _OpenCall, event: CallEvent) -> None:
        opened.request = {
            "http.request.method": event.method,
            "lp_engagement.operation": event.operation,
            "server.address": event.host,
        }
        again = {"http.request.resend_count": event.attempt - 1} if event.attempt > 1 else {}
        opened.attempt = self._tracer.start_span(
            str(event.method),
            self._trace.set_span_in_context(opened.span),
            kind=self._trace.SpanKind.CLIENT,
            attributes={**opened.request, **again},
        )

    def _end_attempt(self, opened: _OpenCall, event: CallEvent) -> None:
        span, request, opened.attempt = opened.attempt, opened.request or {}, None
        found: dict[str, Any] = {} if event.status is None else {"http.response.status_code": event.status}
        if span is not None:
            code = {} if event.internal_code is None else {"lp_engagement.internal_code": event.internal_code}
            span.set_attributes({**found, **code})
            self._close(span, event.error)
        if event.error is not None:
            found["error.type"] = error_label(event.error)
        self._attempt_seconds.record(event.seconds or 0.0, {**request, **found})

    def _end_call(self, opened: _OpenCall, event: CallEvent) -> None:
        # First, since an exporter that raises must not keep a call open for ever.
        del self._open[event.call_id]
        labels = {"lp_engagement.operation": event.operation, "lp_engagement.outcome": event.outcome}
        self._call_seconds.record(event.seconds or 0.0, labels)
        error = {} if event.error is None else {"error.type": error_label(event.error)}
        self._calls.add(1, {**labels, **error})
        if opened.attempt is not None:
            # Interrupted on the wire.
            self._close(opened.attempt, event.error)
        opened.span.set_attributes(_of_call(event) | _details(event))
        self._close(opened.span, event.error, failed=event.outcome != "cancelled")

    def _close(self, span: Span, error: str | None, *, failed: bool = True) -> None:
        if error is not None:
            span.set_attribute("error.type", error)
            if failed:
                span.set_status(self._trace.StatusCode.ERROR)
        span.end()


def _of_call(event: CallEvent) -> dict[str, Any]:
    return {"lp_engagement.call_id": event.call_id, "lp_engagement.operation": event.operation}


def _details(event: CallEvent) -> dict[str, Any]:
    found: dict[str, Any] = {
        "lp_engagement.outcome": event.outcome,
        "lp_engagement.attempts": event.attempts,
        "lp_engagement.waited": event.waited,
        "lp_engagement.store_seconds": event.store_seconds,
        "lp_engagement.pause": event.pause,
        "lp_engagement.problems": len(event.problems) or None,
        "error.type": event.error,
    }
    return {name: value for name, value in found.items() if value is not None}
