"""Report each step of a call to the log and to the hooks."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from lp_engagement._common.logs import logger
from lp_engagement.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lp_engagement.hooks import CallEvent, EventName, Hook

__all__ = ["emit", "is_logged", "log", "log_to_stderr"]

_FIELDS = (
    "status",
    "internal_code",
    "seconds",
    "pause",
    "error",
    "outcome",
    "attempts",
    "waited",
    "store_seconds",
    "visitor",
    "call_id",
)

_MOST_PROBLEMS = 10

_LEVELS: dict[EventName, int] = {
    "retry": logging.WARNING,
    "failed": logging.WARNING,
    "invalid_payload": logging.WARNING,
    "stale_domain": logging.WARNING,
    "store_failed": logging.WARNING,
    "visit_not_saved": logging.ERROR,
}


def is_logged(name: EventName) -> bool:
    """Whether events of this name are written to the `lp_engagement` logger."""
    return logger.isEnabledFor(_LEVELS.get(name, logging.DEBUG))


def log(event: CallEvent) -> None:
    """Write the event to the `lp_engagement` logger: failures as warnings, the rest for debugging."""
    if is_logged(event.name):
        level = _LEVELS.get(event.name, logging.DEBUG)
        known = {name: value for name in _FIELDS if (value := getattr(event, name)) is not None}
        if event.problems:
            known["problems"] = len(event.problems)
        shown = {"attempt": event.attempt, **known} if event.attempt else known
        parts = [
            f"{name}={value:.3f}" if isinstance(value, float) else f"{name}={value}" for name, value in shown.items()
        ]
        # Not "event" or "name": structlog and logging have fields of these names.
        fields = {"step": event.name, "operation": event.operation, **shown}
        parts += map(str, event.problems[:_MOST_PROBLEMS])
        logger.log(level, "%s", " ".join([f"{event.operation} {event.name}", *parts]), extra=fields)


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
            # The message of the error is the application's and may hold anything.
            name = type(error).__name__
            fields = {"step": "hook_failed", "operation": event.operation, "error": name, "call_id": event.call_id}
            logger.error("a hook raised %s", name, extra=fields)
