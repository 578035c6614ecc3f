"""Values for the labels of metrics: there are only so many of each, whatever a server or an application does."""

from __future__ import annotations

import builtins

__all__ = ["CALL_BUCKETS", "OTHER", "error_label", "status_label"]

OTHER = "_OTHER"
"""OpenTelemetry's value for one that is not in the list."""
CALL_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0)
"""Seconds. A quiet account takes half a minute with the pauses of the spec."""


def error_label(name: str) -> str:
    """Return the class name of an error of ours or of Python's. Others are the application's, of any number."""
    from lp_engagement import errors

    known = name in errors.__all__ or hasattr(builtins, name) or name in {"CancelledError", "Cancelled"}
    return name if known else OTHER


def status_label(status: int | None) -> str:
    """Return the status as a string, which is empty if there was no answer."""
    if status is None:
        return ""
    return str(status) if 100 <= status <= 599 else OTHER  # noqa: PLR2004 - the statuses that HTTP has
