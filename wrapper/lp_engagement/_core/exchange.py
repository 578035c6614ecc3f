"""Requests and their answers, without any I/O. The caller owns the loop: attempt, look at the outcome, pause."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from lp_engagement._common.logs import fingerprint
from lp_engagement._common.printable import printable
from lp_engagement.errors import (
    Attempt,
    CallMeta,
    DeadlineExceeded,
    EngagementError,
    TransportError,
    UnexpectedResponseError,
)
from lp_engagement.hooks import CallEvent

from . import read_response
from .effects import Reserve, Send, Sleep
from .events import emit, is_logged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from lp_engagement._common.muted import MutedText
    from lp_engagement.hooks import EventName

    from .effects import Flow
    from .read_response import Answered
    from .settings import Settings
    from .transport import HttpRequest

__all__ = ["Call", "Exchange", "Failed"]

# They identify a server or a request; others could hold a cookie or an id.
_SAFE_HEADERS = ("age", "date", "retry-after", "server", "via", "x-correlation-id", "x-request-id")
_LONGEST_HEADER = 200


@dataclass(slots=True, repr=False)
class Call:
    """The state of one call of the public API, which may make several exchanges.

    Attributes:
        settings: the client's.
        began_at: when the call began, on the monotonic clock.
        ends_at: when the deadline is over, on the same clock.
        attempts: the attempts of the latest exchange.
        headers: those of the answer to the latest attempt; none if it was not answered.
        id: what the events of the call have in common.
    """

    settings: Settings
    began_at: float = field(init=False)
    ends_at: float = field(init=False)
    attempts: list[Attempt] = field(default_factory=list)
    headers: Mapping[str, str] = field(default_factory=dict)
    id: str = ""

    def __post_init__(self) -> None:
        deadline = self.settings.deadline
        self.began_at = self.settings.clock.monotonic()
        self.ends_at = math.inf if deadline is None else self.began_at + deadline
        self.id = self.id or self.settings.new_token()

    def remaining(self) -> float:
        """Seconds until the deadline."""
        return self.ends_at - self.settings.clock.monotonic()

    def meta(self) -> CallMeta:
        """How the call has gone so far."""
        received = {name.lower(): value for name, value in self.headers.items()}
        return CallMeta(
            attempts=tuple(self.attempts),
            seconds=self.settings.clock.monotonic() - self.began_at,
            status=self.attempts[-1].status if self.attempts else None,
            headers={name: printable(received[name], _LONGEST_HEADER) for name in _SAFE_HEADERS if name in received},
        )

    def is_watched(self, name: EventName) -> bool:
        """Whether anybody hears of an event."""
        return bool(self.settings.hooks) or is_logged(name)

    def emit(
        self, name: EventName, operation: str, attempt: int = 0, *, visitor: MutedText | None = None, **fields: Any
    ) -> None:
        """Pass an event with these fields to the log and the hooks; of the visitor id only a hash."""
        if self.is_watched(name):
            hashed = fingerprint(visitor)
            event = CallEvent(name, operation, attempt, call_id=self.id, visitor=hashed, **fields)
            emit(self.settings.hooks, event)


@dataclass(frozen=True, slots=True, repr=False)
class Failed:
    """An attempt that failed.

    Attributes:
        operation: the operation that was sent.
        error: what the attempt ended with.
        answered: the server's answer; `None` if there was none.
        idempotent: whether the server may receive the request twice.
    """

    operation: str
    error: EngagementError
    answered: Answered | None
    idempotent: bool


class Exchange:
    """Attempts to get one answer.

    Args:
        call: the call that the exchange belongs to.
        earlier: the attempts of an exchange that this one continues.

    Attributes:
        waited: seconds that the next attempt has waited for its place so far.
    """

    __slots__ = ("_call", "_earlier", "_maybe_sent", "waited")

    def __init__(self, call: Call, earlier: Sequence[Attempt] = ()) -> None:
        call.attempts = list(earlier)
        self._call = call
        self._earlier = len(earlier)
        self._maybe_sent = bool(earlier)
        self.waited = 0.0

    def run(
        self, operation: str, request: HttpRequest, *, idempotent: bool, secrets: Callable[[], Iterable[str]] = tuple
    ) -> Flow[Answered]:
        """Send a request until it is answered; the arguments are those of `attempt`, which uses up its secrets.

        Raises:
            EngagementError: the last attempt failed, or the deadline is over.
        """
        while True:
            while not (yield from self.place(operation)):
                pass
            outcome = yield from self.attempt(operation, request, idempotent=idempotent, secrets=secrets())
            if not isinstance(outcome, Failed):
                return outcome
            yield from self.pause(outcome, self.decide(outcome))

    def place(self, operation: str, patience: float = math.inf) -> Flow[bool]:
        """Wait for a place on the wire, which is no part of an attempt and not the server's fault.

        Returns:
            Whether there is a place. If not, ask again.

        Raises:
            DeadlineExceeded: the deadline came first.
        """
        call = self._call
        patience = max(min(patience, call.remaining()), 0.0)
        seconds = yield from Reserve(patience)
        self.waited += patience if seconds is None else seconds
        over = seconds is None and call.remaining() <= 0
        if self.waited and (over or seconds is not None):
            call.emit("queued", operation, len(call.attempts) + 1, seconds=self.waited)
        if over:
            raise self._too_late("the deadline was over while all connections of this client were busy")
        return seconds is not None

    def attempt(
        self,
        operation: str,
        request: HttpRequest,
        *,
        idempotent: bool,
        visitor: MutedText | None = None,
        secrets: Iterable[str] = (),
    ) -> Flow[Answered | Failed]:
        """Send a request once.

        Args:
            operation: the operation of the request.
            request: what to send.
            idempotent: whether the server may receive it twice.
            visitor: the visitor id in it.
            secrets: strings that no error may show. Read only if one is raised.

        Raises:
            DeadlineExceeded: there is no time left to send it.
        """
        clock = self._call.settings.clock
        timeout = self._timeout()
        started, self.waited = clock.monotonic(), 0.0
        self._call.headers = {}
        self._sent(operation, request, visitor)
        try:
            response = yield from Send(request, timeout)
        except (TransportError, UnexpectedResponseError) as error:
            self._record(operation, error.status, error, clock.monotonic() - started, visitor)
            return Failed(operation, error, None, idempotent)
        self._call.headers = response.headers
        answered = read_response.read(response, operation)
        failure = read_response.failure(answered, operation, secrets)
        self._record(operation, response.status, failure, clock.monotonic() - started, visitor)
        return answered if failure is None else Failed(operation, failure, answered, idempotent)

    def decide(self, failed: Failed) -> float:
        """Return the seconds until the next attempt, as the retry policy has it.

        Raises:
            EngagementError: there is no next attempt; this is what the call ends with.
        """
        call, error = self._call, failed.error
        pause = call.settings.retry.pause_after(
            error,
            operation=failed.operation,
            attempt=len(call.attempts) - self._earlier,
            idempotent=failed.idempotent,
        )
        # What the server was sent earlier is not undone by a last attempt that did not reach it.
        self._maybe_sent = self._maybe_sent or error.maybe_sent
        if pause is None:
            if isinstance(error, TransportError):
                error.maybe_sent = self._maybe_sent
            raise error.with_attempts(call.attempts)
        if pause >= call.remaining():
            text = f"the deadline leaves no time for the pause of {pause:g} s before the next attempt"
            raise self._too_late(text) from error
        return pause

    def pause(self, failed: Failed, seconds: float) -> Flow[None]:
        """Wait until the next attempt is due."""
        attempts = self._call.attempts
        last = attempts[-1] = replace(attempts[-1], pause=seconds)
        self._call.emit(
            "retry",
            failed.operation,
            last.number,
            status=last.status,
            internal_code=last.internal_code,
            pause=last.pause,
            error=last.error,
        )
        yield from Sleep(seconds)

    def _sent(self, operation: str, request: HttpRequest, visitor: MutedText | None) -> None:
        if self._call.is_watched("sent"):
            number, host = len(self._call.attempts) + 1, urlsplit(request.url).hostname
            self._call.emit("sent", operation, number, visitor=visitor, method=request.method, host=host)

    def _timeout(self) -> float:
        timeout = min(self._call.settings.timeout, self._call.remaining())
        if timeout <= 0:
            raise self._too_late("the deadline was over before the request could be sent")
        return timeout

    def _record(
        self,
        operation: str,
        status: int | None,
        error: EngagementError | None,
        seconds: float,
        visitor: MutedText | None,
    ) -> None:
        """Add an attempt to the call's and report how it ended."""
        name, code = (None, None) if error is None else (type(error).__name__, error.internal_code)
        attempt = Attempt(len(self._call.attempts) + 1, status, name, code, seconds)
        self._call.attempts.append(attempt)
        self._call.emit(
            "answered" if error is None else "failed",
            operation,
            attempt.number,
            status=status,
            internal_code=code,
            seconds=seconds,
            error=name,
            visitor=visitor,
        )

    def _too_late(self, text: str) -> DeadlineExceeded:
        attempts = self._call.attempts
        if attempts:
            last = attempts[-1]
            status = "" if last.status is None else f" (HTTP {last.status})"
            text += f"; attempt {last.number} ended with {last.error}{status}"
        return DeadlineExceeded(text, maybe_sent=self._maybe_sent, attempts=attempts)
