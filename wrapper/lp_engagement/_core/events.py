"""Report each step of a call to the log and to the hooks."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from lp_engagement._common.logs import logger
from lp_engagement.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lp_engagement.hooks import CallEvent, EventName, Hook

__all__ = ["emit", "log", "log_to_stderr"]

_LEVELS: dict[EventName, int] = {
    "retry": logging.WARNING,
    "failed": logging.WARNING,
    "stale_domain": logging.WARNING,
    "visit_not_saved": logging.ERROR,
}


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
            # The message of the error is the application's and may hold anything.
            logger.error("a hook raised %s", type(error).__name__)
