"""Reports errors in the shell: exit code, text and JSON. Like the errors, they show no ids and no values."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from traceback import extract_tb
from typing import Any

import click

from lp_engagement._common.printable import printable
from lp_engagement.errors import (
    APIStatusError,
    Attempt,
    ConfigurationError,
    DeadlineExceeded,
    EngagementError,
    PayloadError,
    StoreError,
    TransportError,
    UnexpectedResponseError,
    VisitNotStartedError,
)

_LONGEST = 8192
REFUSED, USAGE, INTERNAL = 1, 2, 3

_AS_JSON = "lp_engagement.errors_as_json"


def report_as_json(ctx: click.Context) -> None:
    """Let errors of this run be reported as JSON."""
    ctx.meta[_AS_JSON] = True


def report(error: EngagementError) -> int:
    """Report an error on stderr.

    Returns:
        The exit code.
    """
    as_json = click.get_current_context().meta.get(_AS_JSON, False)
    click.echo(json.dumps(to_json(error), indent=2) if as_json else to_text(error), err=True)
    return exit_code(error)


def report_internal(error: Exception) -> None:
    """Report an internal error on stderr, without its message, which could contain values."""
    last = extract_tb(error.__traceback__)[-1]
    click.echo(
        f"Internal error: {type(error).__name__} in {Path(last.filename).name}, line {last.lineno}. "
        "This is a mistake of lp-engagement; please report it.",
        err=True,
    )


def one_line(text: str) -> str:
    """Make a sentence safe for a terminal: it can name a file, or repeat what a server said."""
    return printable(text, _LONGEST)


def exit_code(error: EngagementError) -> int:
    """Return 2 if the caller can fix the error on this machine, and 1 for errors of the server or the payload."""
    return USAGE if isinstance(error, ConfigurationError | StoreError) else REFUSED


def to_text(error: EngagementError) -> str:
    """Write the error for a person."""
    lines = [f"{type(error).__name__}: {error}"]
    if isinstance(error, DeadlineExceeded) and error.attempts:
        last = error.attempts[-1]
        lines.append(f"The last try ended with {last.error}{'' if last.status is None else f' (HTTP {last.status})'}.")
    if isinstance(error, TransportError) and error.maybe_sent:
        lines.append("The server may have acted upon the request.")
    if isinstance(error, VisitNotStartedError):
        lines.append("On the shell: run `engage` with the same --account, --key and --store, without --update, first.")
    return "\n".join(one_line(line) for text in lines for line in text.split("\n"))


def to_json(error: EngagementError) -> dict[str, Any]:
    """Write the error for a program; unknown members are left out."""
    fields: dict[str, Any] = {"type": type(error).__name__, "message": str(error)}
    if isinstance(error, APIStatusError):
        fields |= {
            "status": error.status,
            "operation": error.operation,
            "internalCode": error.internal_code,
            "serverMessage": error.server_message,
            "hint": error.hint,
            "retryAfter": error.retry_after,
        }
    elif isinstance(error, UnexpectedResponseError):
        fields["status"] = error.status
    elif isinstance(error, TransportError):
        fields["maybeSent"] = error.maybe_sent
    elif isinstance(error, PayloadError):
        fields["problems"] = [asdict(problem) for problem in error.problems]
    if error.attempts:
        fields["attempts"] = [_attempt(attempt) for attempt in error.attempts]
    return _known(fields)


def _attempt(attempt: Attempt) -> dict[str, Any]:
    return _known(
        {
            "number": attempt.number,
            "status": attempt.status,
            "error": attempt.error,
            "internalCode": attempt.internal_code,
            "seconds": round(attempt.seconds, 3),
            "pause": attempt.pause,
        }
    )


def _known(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
