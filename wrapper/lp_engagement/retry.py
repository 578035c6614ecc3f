"""Decide which failures are retried, and after how many seconds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lp_engagement_client.facts import OPERATIONS, RATE_LIMIT_MINIMUM_SECONDS

from ._common.importing import importing
from ._common.logs import logger
from .errors import (
    AccountLoadingError,
    APIStatusError,
    ConfigurationError,
    RateLimitedError,
    TransportError,
    UnexpectedResponseError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from lp_engagement_client.facts import OperationFacts

    from .errors import EngagementError

LONGEST_WAIT = 60.0
"""There is no retry if the server asks for a longer wait: read the error's `retry_after`."""

MOST_RETRIES = 100

UNKNOWN = "request"
"""Stands for the operation of a request that the spec does not know."""

__all__ = ["DOCUMENTED", "NEVER", "FailedAttempt", "RetryPolicy"]


@dataclass(frozen=True, slots=True)
class FailedAttempt:
    """A failed attempt, as `decide` of a policy receives it.

    Attributes:
        error: how the attempt ended: see its `status`, `internal_code`, `retry_after`, `maybe_sent` and `retryable`.
        operation: the operation of the spec that was sent; `request` for one of `client.request(...)`.
        number: the number of the attempt, from 1.
        idempotent: whether the server may receive the request twice.
        pause: seconds until the next attempt as the policy has it; `None` if it would not retry.
    """

    error: EngagementError
    operation: str
    number: int
    idempotent: bool
    pause: float | None


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Which failures to retry, and when. The default is what LivePerson documents.

    Attributes:
        pauses: seconds before each retry, and so also how many there are; `None` takes the spec's.
        rate_limited: retry a 429 too, after the `Retry-After` of the answer or the pause, but at least a second.
            Off by default: the documentation says never to retry a 4xx.
        unanswered: retry even if the server may have acted on a request that got no answer. Off by default: a
            first call sent twice makes two visitors, an update sent twice may count twice.
        retries: how many retries at most, the last pause being repeated if there are fewer; `None`: one for each pause.
        jitter: seconds by which each pause is made longer at most, at random, so that clients that failed together do
            not return together. Off by default. The spec's pauses are lower limits, so none becomes shorter.
        decide: called after each failed attempt, in the thread or task of the call, with the last word: returns the
            seconds until the next attempt (`failed.pause` for the policy's own), or `None` for no retry. It must not
            block. If it raises or returns something else, that is logged and the policy's own pause holds.
    """

    pauses: tuple[float, ...] | None = None
    rate_limited: bool = False
    unanswered: bool = False
    retries: int | None = None
    jitter: float = 0.0
    decide: Callable[[FailedAttempt], float | None] | None = None

    def __post_init__(self) -> None:
        if self.retries is not None and (
            isinstance(self.retries, bool) or not isinstance(self.retries, int) or not 0 <= self.retries <= MOST_RETRIES
        ):
            raise ConfigurationError(f"the retries of a retry policy must be a number from 0 to {MOST_RETRIES}")
        if not all(map(_is_pause, self.pauses or ())):
            raise ConfigurationError("the pauses of a retry policy must be numbers of seconds, 0 or more")
        if not _is_pause(self.jitter):
            raise ConfigurationError("the jitter of a retry policy must be a number of seconds, 0 or more")
        if self.decide is not None and not callable(self.decide):
            raise ConfigurationError("decide of a retry policy must be a function of the failed attempt")

    def pause_after(self, failure: EngagementError, *, operation: str, attempt: int, idempotent: bool) -> float | None:
        """Return the seconds to wait before the next attempt; `None` if there is none.

        Args:
            failure: how the attempt ended.
            operation: the operation of the spec.
            attempt: the number of the attempt that failed, from 1.
            idempotent: whether the server may receive the request twice.
        """
        pause = self._scheduled(failure, operation=operation, attempt=attempt, idempotent=idempotent)
        if pause is not None and self.jitter:
            with importing():  # few policies need it, and every import of the package would pay for it
                from random import uniform

            pause += uniform(0, self.jitter)  # noqa: S311 - no secret
        if self.decide is None:
            return pause
        return _decided(self.decide, FailedAttempt(failure, operation, attempt, idempotent, pause))

    def _scheduled(self, failure: EngagementError, *, operation: str, attempt: int, idempotent: bool) -> float | None:
        facts = facts_of(operation).retry
        pauses = facts.pauses if self.pauses is None else self.pauses
        if not pauses or attempt > (len(pauses) if self.retries is None else self.retries):
            return None
        pause = float(pauses[min(attempt, len(pauses)) - 1])
        if isinstance(failure, RateLimitedError):
            wait = max(failure.retry_after or pause, float(RATE_LIMIT_MINIMUM_SECONDS))
            return wait if self.rate_limited and wait <= LONGEST_WAIT else None
        if isinstance(failure, APIStatusError | UnexpectedResponseError):
            first, last = facts.statuses
            retried = first <= (failure.status or 0) <= last or isinstance(failure, AccountLoadingError)
            wait = max(pause, failure.retry_after or 0.0)
            return wait if retried and wait <= max(pause, LONGEST_WAIT) else None
        if isinstance(failure, TransportError) and failure.retryable:
            return pause if idempotent or self.unanswered or not failure.maybe_sent else None
        return None


def facts_of(operation: str) -> OperationFacts:
    """Return the spec's facts of an operation; one that it does not know is as an update."""
    return OPERATIONS["updateSession" if operation == UNKNOWN else operation]


def _is_pause(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf


def _decided(decide: Callable[[FailedAttempt], float | None], failed: FailedAttempt) -> float | None:
    if failed.number > MOST_RETRIES:
        return None
    try:
        pause: Any = decide(failed)
    except Exception as error:  # noqa: BLE001 - the application's code must not cost it the call
        # Without its message, which may hold anything.
        logger.error("the policy's own pause holds, since decide() raised %s", type(error).__name__)
        return failed.pause
    if pause is None or _is_pause(pause):
        return pause  # type: ignore[no-any-return]
    logger.error("the policy's own pause holds, since decide() returned neither None nor seconds of 0 or more")
    return failed.pause


DOCUMENTED = RetryPolicy()
"""Retries of a 5xx after the pauses of the spec, and of connections that were never established; no others."""

NEVER = RetryPolicy(pauses=())
"""No retry at all."""
