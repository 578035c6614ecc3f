"""Metrics of calls for Prometheus. Requires the extra `prometheus`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from ._common.importing import importing
from ._common.labels import CALL_BUCKETS, error_label, status_label
from .errors import ConfigurationError

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

    from .hooks import CallEvent

__all__ = ["PrometheusHook"]

_COUNTED = frozenset(
    {"invalid_payload", "queued", "retry", "visit_not_saved", "store_failed", "session_replaced", "stale_domain"}
)


class PrometheusHook:
    """Counts and times calls: `EngagementClient(hooks=[PrometheusHook()])`. Requires the extra `prometheus`.

    One hook serves any number of clients. No label contains an id, and each has a limited number of values.

    Args:
        registry: where the metrics are registered; the default registry of `prometheus_client` unless given.

    Raises:
        ConfigurationError: the extra is not installed, or the registry already has these metrics.
    """

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        try:
            with importing():
                library = import_module("prometheus_client")
        except ImportError:
            raise ConfigurationError(
                "PrometheusHook needs prometheus-client, which is not installed."
                " Install the extra `prometheus` of lp-engagement."
            ) from None
        where = {"registry": library.REGISTRY if registry is None else registry}
        both = {**where, "buckets": CALL_BUCKETS}
        try:
            self._calls = library.Counter(
                "lp_engagement_calls", "Calls that have ended.", ["operation", "outcome", "error"], **where
            )
            self._call_seconds = library.Histogram(
                "lp_engagement_call_seconds", "Seconds per call, with pauses.", ["operation"], **both
            )
            self._attempts = library.Counter(
                "lp_engagement_attempts", "Requests that have ended.", ["operation", "status", "error"], **where
            )
            self._attempt_seconds = library.Histogram(
                "lp_engagement_attempt_seconds", "Seconds per request on the wire.", ["operation"], **both
            )
            self._waited = library.Counter(
                "lp_engagement_waited_seconds", "Seconds of pauses and of waiting for others.", ["operation"], **where
            )
            self._store = library.Counter(
                "lp_engagement_store_seconds", "Seconds in the visit store.", ["operation"], **where
            )
            self._events = library.Counter("lp_engagement_events", "Events that deserve attention.", ["event"], **where)
            self._active = library.Gauge(
                "lp_engagement_calls_active", "Calls that have started and not ended.", ["operation"], **where
            )
        except ValueError:
            raise ConfigurationError(
                "this registry already has the metrics of a PrometheusHook. Make one and pass it to all clients"
            ) from None

    def __call__(self, event: CallEvent, /) -> None:
        """Count the event."""
        name, operation, error = event.name, event.operation, "" if event.error is None else error_label(event.error)
        if name == "call_started":
            self._active.labels(operation).inc()
        elif name == "call_ended":
            self._active.labels(operation).dec()
            self._calls.labels(operation, event.outcome, error).inc()
            self._call_seconds.labels(operation).observe(event.seconds or 0.0)
            self._waited.labels(operation).inc(max(event.waited or 0.0, 0.0))
            self._store.labels(operation).inc(max(event.store_seconds or 0.0, 0.0))
        elif name in {"answered", "failed"}:
            self._attempts.labels(operation, status_label(event.status), error).inc()
            self._attempt_seconds.labels(operation).observe(event.seconds or 0.0)
        elif name in _COUNTED:
            self._events.labels(name).inc()
