"""Decide which failures are retried, and after how many seconds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lp_engagement_client.facts import OPERATIONS, RATE_LIMIT_MINIMUM_SECONDS

from .errors import (
    AccountLoadingError,
    APIStatusError,
    ConfigurationError,
    RateLimitedError,
    TransportError,
    UnexpectedResponseError,
)

if TYPE_CHECKING:
    from .errors import EngagementError

LONGEST_WAIT = 60.0
"""There is no retry if the server asks for a longer wait: read the error's `retry_after`."""

MOST_RETRIES = 100

__all__ = ["DOCUMENTED", "NEVER", "RetryPolicy"]


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
    """

    pauses: tuple[float, ...] | None = None
    rate_limited: bool = False
    unanswered: bool = False
    retries: int | None = None

    def __post_init__(self) -> None:
        if self.retries is not None and (
            isinstance(self.retries, bool) or not isinstance(self.retries, int) or not 0 <= self.retries <= MOST_RETRIES
        ):
            raise ConfigurationError(f"the retries of a retry policy must be a number from 0 to {MOST_RETRIES}")
        for pause in self.pauses or ():
            if isinstance(pause, bool) or not isinstance(pause, int | float) or not 0 <= pause < math.inf:
                raise ConfigurationError("the pauses of a retry policy must be numbers of seconds, 0 or more")

    def pause_after(self, failure: EngagementError, *, operation: str, attempt: int, idempotent: bool) -> float | None:
        """Return the seconds to wait before the next attempt; `None` if there is none.

        Args:
            failure: how the attempt ended.
            operation: the operation of the spec.
            attempt: the number of the attempt that failed, from 1.
            idempotent: whether the server may receive the request twice.
        """
        facts = OPERATIONS[operation].retry
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


DOCUMENTED = RetryPolicy()
"""Retries of a 5xx after the pauses of the spec, and of connections that were never established; no others."""

NEVER = RetryPolicy(pauses=())
"""No retry at all."""
