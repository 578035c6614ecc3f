"""What an application can watch: one event for each step of a call, and one log line for each event.

Events carry no engagement attribute and no id; a visitor is told apart by a salted hash that means nothing elsewhere.
"""

from __future__ import annotations

import hashlib
import logging
import os
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal, Protocol

from .errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["CallEvent", "Hook", "fingerprint"]

logger: logging.Logger = logging.getLogger("lp_engagement")
# Without a handler of the application's, Python would write warnings to stderr.
logger.addHandler(logging.NullHandler())

EventName = Literal[
    "queued",
    "sent",
    "answered",
    "failed",
    "retry",
    "visit_saved",
    "visit_not_saved",
    "session_replaced",
    "stale_domain",
]
_LEVELS: dict[EventName, int] = {
    "retry": logging.WARNING,
    "failed": logging.WARNING,
    "stale_domain": logging.WARNING,
    "visit_not_saved": logging.ERROR,
}


@dataclass(frozen=True, slots=True)
class CallEvent:
    """One step of a call.

    Attributes:
        name: `sent`, `answered` and `failed` for each attempt; `queued` before it if all connections of the client were
            busy; `retry` before each pause; `visit_saved`, or `visit_not_saved` if the store failed; `session_replaced`
            when the server opened a new session in a visit; `stale_domain` when the Domain API is down and the host of
            before is used.
        operation: the operation of the spec.
        attempt: the number of the try, from 1; 0 if the step belongs to none.
        status: the HTTP status, once there is an answer.
        internal_code: LivePerson's `internalCode`, if the answer had one.
        seconds: how long the attempt was on the wire; for `queued`, how long it waited for its turn.
        pause: seconds until the next try, for `retry`.
        error: the class of the error, for `failed`, `retry`, `visit_not_saved` and `stale_domain`.
        visitor: a salted hash of the visitor id, if one is known; the same visitor has the same hash within a process.
    """

    name: EventName
    operation: str
    attempt: int = 0
    status: int | None = None
    internal_code: int | None = None
    seconds: float | None = None
    pause: float | None = None
    error: str | None = None
    visitor: str | None = None


class Hook(Protocol):
    """Called with each event, in the thread or task of the call. What it raises is logged and otherwise ignored."""

    def __call__(self, event: CallEvent, /) -> None:
        """Take note of the event."""
        ...


def log(event: CallEvent) -> None:
    """Write the event to the `lp_engagement` logger: failures as warnings, the rest for debugging."""
    level = _LEVELS.get(event.name, logging.DEBUG)
    if logger.isEnabledFor(level):
        parts = [f"{event.operation} {event.name}"]
        if event.attempt:
            parts.append(f"attempt={event.attempt}")
        parts += [
            f"{name}={value:.3f}" if isinstance(value, float) else f"{name}={value}"
            for name in ("status", "internal_code", "seconds", "pause", "error", "visitor")
            if (value := getattr(event, name)) is not None
        ]
        logger.log(level, "%s", " ".join(parts))


def log_to_stderr(level: str | None) -> None:
    """Write the log lines of a level and above to stderr, for an application that has set up no logging of its own.

    Args:
        level: `debug`, `info`, `warning` or `error`; `None` changes nothing.

    Raises:
        ConfigurationError: there is no such level.
    """
    if not level:
        return
    number = logging.getLevelNamesMapping().get(level.upper())
    if number is None:
        raise ConfigurationError("LP_LOG must be debug, info, warning or error")
    logger.setLevel(number)
    if not any(handler.get_name() == "LP_LOG" for handler in logger.handlers):
        handler = logging.StreamHandler()
        handler.set_name("LP_LOG")
        # Where the application has set up logging of its own, each line is written there already.
        handler.addFilter(lambda _: not logging.getLogger().handlers)
        handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
        logger.addHandler(handler)


def emit(hooks: Iterable[Hook], event: CallEvent) -> None:
    """Log the event and hand it to the hooks."""
    log(event)
    for hook in hooks:
        try:
            hook(event)
        except Exception as error:  # noqa: BLE001 - an observer must not break what it observes
            # The text of the error is the application's and may hold anything.
            logger.error("a hook raised %s", type(error).__name__)  # noqa: TRY400


@cache
def _salt() -> bytes:
    return os.urandom(16)


def fingerprint(identifier: str | None) -> str | None:
    """A short salted hash to tell ids apart by; it cannot be turned back, and differs from process to process."""
    if identifier is None:
        return None
    return hashlib.blake2s(identifier.encode(errors="surrogatepass"), key=_salt(), digest_size=4).hexdigest()
