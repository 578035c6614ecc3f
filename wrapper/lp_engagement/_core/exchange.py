"""One exchange with the server, retries included, without any I/O: send, classify, wait, send again."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from lp_engagement._common.logs import fingerprint
from lp_engagement.errors import Attempt, DeadlineExceeded, TransportError, UnexpectedResponseError
from lp_engagement.hooks import CallEvent, Hook

from . import read_response
from .effects import Reserve, Send, Sleep
from .events import emit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from lp_engagement.errors import EngagementError
    from lp_engagement.retry import RetryPolicy
    from lp_engagement_client.facts import AppType

    from .effects import Flow
    from .read_response import Answered
    from .transport import HttpRequest, HttpResponse


class Clock(Protocol):
    """Where a client takes the time from."""

    def time(self) -> float:
        """Seconds since the epoch."""
        ...

    def monotonic(self) -> float:
        """Seconds of a clock that is never set."""
        ...


@dataclass(frozen=True, slots=True, repr=False)
class Settings:
    """What all calls of a client share."""

    account_id: str
    app_type: AppType
    base_url: str | None
    retry: RetryPolicy
    timeout: float
    deadline: float | None
    user_agent: str
    hooks: tuple[Hook, ...]
    clock: Clock
    new_token: Callable[[], str]


@dataclass(slots=True, repr=False)
class Call:
    """The state of one call of the public API, which may send several requests."""

    settings: Settings
    ends_at: float = field(init=False)
    attempts: list[Attempt] = field(default_factory=list)
    """The tries of the latest exchange."""

    def __post_init__(self) -> None:
        deadline = self.settings.deadline
        self.ends_at = math.inf if deadline is None else self.settings.clock.monotonic() + deadline

    def remaining(self) -> float:
        """Seconds until the deadline."""
        return self.ends_at - self.settings.clock.monotonic()

    def emit(self, event: CallEvent) -> None:
        """Tell the log and the hooks."""
        emit(self.settings.hooks, event)

    def exchange(
        self,
        operation: str,
        build: Callable[[], HttpRequest],
        *,
        harmless: Callable[[], bool],
        on_failure: Callable[[Answered | None, EngagementError, float | None], Flow[None]] | None = None,
        on_wait: Callable[[], Flow[None]] | None = None,
        visitor: Callable[[], str | None] = lambda: None,
        secrets: Callable[[], Iterable[str]] = tuple,
        earlier: Sequence[Attempt] = (),
    ) -> Flow[Answered]:
        """Send until there is an answer to return or an error to raise.

        Args:
            operation: the operation of the spec.
            build: makes the request, anew for each try.
            harmless: whether the server may get the request twice.
            on_failure: what to do about a failed try, before the pause of so many seconds if another one follows.
            on_wait: what to do now and then while the call waits for a place, and before it sends after a wait.
            visitor: the visitor id in use.
            secrets: texts that no error may show.
            earlier: the attempts of an exchange that this one goes on with.
        """
        clock = self.settings.clock
        attempts = self.attempts = list(earlier)
        maybe_sent = bool(attempts)
        while True:
            number = len(attempts) + 1
            yield from self._place(operation, number, on_wait, maybe_sent=maybe_sent)
            timeout = min(self.settings.timeout, self.remaining())
            if timeout <= 0:
                raise self._too_late("the deadline was over before the request could be sent", maybe_sent=maybe_sent)
            started = clock.monotonic()
            self.emit(CallEvent("sent", operation, number, visitor=fingerprint(visitor())))
            answer: Answered | None
            failure: EngagementError | None
            try:
                response: HttpResponse = yield Send(build(), timeout)
            except (TransportError, UnexpectedResponseError) as error:
                answer, failure = None, error
            else:
                answer = read_response.read(response, operation)
                failure = read_response.failure(answer, operation, secrets)
            attempt = _attempt(number, answer, failure, clock.monotonic() - started)
            attempts.append(attempt)
            self._report(operation, attempt, visitor())
            if failure is None:
                return answer  # type: ignore[return-value]  # no failure: it is there
            pause = self.settings.retry.pause_after(
                failure, operation=operation, attempt=number - len(earlier), harmless=harmless()
            )
            in_time = pause is not None and pause < self.remaining()
            if on_failure is not None:
                yield from on_failure(answer, failure, pause if in_time else None)
            # What the server was sent earlier does not become undone by a last attempt that did not reach it.
            maybe_sent = maybe_sent or getattr(failure, "maybe_sent", True)
            if pause is None:
                if isinstance(failure, TransportError):
                    failure.maybe_sent = maybe_sent
                raise failure.with_attempts(attempts)
            if not in_time:
                text = f"the deadline leaves no time for the pause of {pause:g} s before the next attempt"
                raise self._too_late(text, maybe_sent=maybe_sent) from failure
            attempts[-1] = replace(attempt, pause=pause)
            self.emit(
                CallEvent(
                    "retry", operation, number, attempt.status, attempt.internal_code, pause=pause, error=attempt.error
                )
            )
            yield Sleep(pause)

    def _place(
        self, operation: str, number: int, on_wait: Callable[[], Flow[None]] | None, *, maybe_sent: bool
    ) -> Flow[None]:
        """Wait for a place among the requests on the wire: not part of an attempt, and not the server's fault."""
        waited = 0.0
        while True:
            # Whoever holds a lease must come back to renew it.
            patience = max(self.remaining() if on_wait is None else min(self.remaining(), self.settings.timeout), 0.0)
            seconds: float | None = yield Reserve(patience)
            waited += patience if seconds is None else seconds
            over = seconds is None and self.remaining() <= 0
            if waited and (over or seconds is not None):
                self.emit(CallEvent("queued", operation, number, seconds=waited))
            if over:
                raise self._too_late(
                    "the deadline was over while all connections of this client were busy", maybe_sent=maybe_sent
                )
            if waited and on_wait is not None:
                yield from on_wait()
            if seconds is not None:
                return

    def _too_late(self, text: str, *, maybe_sent: bool) -> DeadlineExceeded:
        if self.attempts:
            last = self.attempts[-1]
            status = "" if last.status is None else f" (HTTP {last.status})"
            text += f"; attempt {last.number} ended with {last.error}{status}"
        return DeadlineExceeded(text, maybe_sent=maybe_sent, attempts=self.attempts)

    def _report(self, operation: str, attempt: Attempt, visitor: str | None) -> None:
        self.emit(
            CallEvent(
                "answered" if attempt.error is None else "failed",
                operation,
                attempt.number,
                attempt.status,
                attempt.internal_code,
                attempt.seconds,
                error=attempt.error,
                visitor=fingerprint(visitor),
            )
        )


def _attempt(number: int, answered: Answered | None, failure: EngagementError | None, seconds: float) -> Attempt:
    status = getattr(failure, "status", None) if answered is None else answered.response.status
    error = None if failure is None else type(failure).__name__
    return Attempt(number, status, error, getattr(failure, "internal_code", None), seconds)
