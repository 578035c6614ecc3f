"""Every error this SDK raises, in one tree, and what a call reports of itself, whether it fails or not.

::

    EngagementError
        ConfigurationError
        VisitNotStartedError
        StoreError
        PayloadError
        TransportError
            ConnectError
            TransportTimeout
            DeadlineExceeded
        UnexpectedResponseError
            DomainLookupError
        APIStatusError
            BadRequestError
            UnauthorizedError
            NotFoundError
                SessionGoneError
            RateLimitedError
            ServerError
                ServiceUnavailableError
                AccountLoadingError

Errors hold plain data, so they can be pickled and copied. Neither text nor repr shows the value of an engagement
attribute, a visitor id or a session id.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .validation import Problem

__all__ = [
    "APIStatusError",
    "AccountLoadingError",
    "Attempt",
    "BadRequestError",
    "CallMeta",
    "ConfigurationError",
    "ConnectError",
    "DeadlineExceeded",
    "DomainLookupError",
    "EngagementError",
    "NotFoundError",
    "PayloadError",
    "RateLimitedError",
    "ServerError",
    "ServiceUnavailableError",
    "SessionGoneError",
    "StoreError",
    "TransportError",
    "TransportTimeout",
    "UnauthorizedError",
    "UnexpectedResponseError",
    "VisitNotStartedError",
]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt of a call.

    Attributes:
        number: 1 for the first attempt.
        status: the HTTP status; `None` if there was no answer.
        error: the class of the error that the attempt ended with.
        internal_code: LivePerson's `internalCode`, if the answer had one.
        seconds: how long the attempt took.
        pause: seconds waited before the next attempt; `None` if none followed.
    """

    number: int
    status: int | None
    error: str | None
    internal_code: int | None
    seconds: float
    pause: float | None = None


@dataclass(frozen=True, slots=True)
class CallMeta:
    """How a call went.

    Attributes:
        attempts: its attempts, from the first to the last.
        seconds: how long the whole call took, with pauses and waiting.
        status: the HTTP status of the last attempt; `None` if it was not answered, or if nothing was sent.
        headers: some headers of that answer, with names in lower case: those that identify a server or a request.
    """

    attempts: tuple[Attempt, ...]
    seconds: float
    status: int | None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def request_id(self) -> str | None:
        """The id by which the server knows the request; `None` if it named none."""
        return self.headers.get("x-request-id") or self.headers.get("x-correlation-id")


class EngagementError(Exception):
    """The base of all errors of this SDK.

    Attributes:
        attempts: the attempts of the call that the error ended; empty if nothing was sent.
        maybe_sent: whether the server may have received an attempt of the call.
        retryable: whether the same call may succeed later: after a 5xx, a 429, and most failures of the connection.
        status: the HTTP status, if the server answered.
        internal_code: LivePerson's `internalCode`, if the answer had one.
        retry_after: seconds the server asked to wait, if it did.
        meta: how the call went; `None` if the error was not raised by a call of a visit.
    """

    maybe_sent: bool = False
    retryable: bool = False
    status: int | None = None
    internal_code: int | None = None
    retry_after: float | None = None
    meta: CallMeta | None = None

    def __init__(self, message: str, *, attempts: Sequence[Attempt] = ()) -> None:
        super().__init__(message)
        self.attempts: tuple[Attempt, ...] = tuple(attempts)

    def __reduce__(self) -> tuple[Any, ...]:
        # Subclasses take keyword-only arguments, which the default protocol would not pass on.
        return _rebuild, (type(self), self.args, dict(self.__dict__))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

    def with_attempts(self, attempts: Sequence[Attempt]) -> Self:
        """Set the attempts that led here, and return the error itself."""
        self.attempts = tuple(attempts)
        return self


def _rebuild(cls: type[EngagementError], args: tuple[Any, ...], state: dict[str, Any]) -> EngagementError:
    error = cls.__new__(cls, *args)
    error.__dict__.update(state)
    return error


class ConfigurationError(EngagementError, ValueError):
    """An argument, an environment variable or a URL is not usable, or there is no such operation. Nothing was sent."""


class VisitNotStartedError(EngagementError):
    """The visit has no ids yet, so there is no session to update. Call `get_engagement()` first."""


class StoreError(EngagementError):
    """The visit store could not read or write. The message names the store and the cause."""


class PayloadError(EngagementError, ValueError):
    """The body breaks the schema. Nothing was sent.

    Attributes:
        problems: one entry for each fault, with its JSON Pointer, rule and message; never a value.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        lines = "\n".join(f"  {problem}" for problem in self.problems)
        count = len(self.problems)
        super().__init__(f"the payload has {count} problem{'' if count == 1 else 's'}, nothing was sent:\n{lines}")


class TransportError(EngagementError):
    """No usable answer came back.

    Attributes:
        maybe_sent: `True` if an attempt of the call may have reached the server, which may have acted upon it.
        retryable: `False` if trying again cannot help, as with a certificate that does not verify.
    """

    def __init__(
        self, message: str, *, maybe_sent: bool, retryable: bool = True, attempts: Sequence[Attempt] = ()
    ) -> None:
        super().__init__(message, attempts=attempts)
        self.maybe_sent = maybe_sent
        self.retryable = retryable

    def __str__(self) -> str:
        """Return the cause, and the number of attempts with the seconds that they and their pauses took."""
        # An error must be able to show itself even half made, as while it is being unpickled.
        text, attempts = super().__str__(), self.__dict__.get("attempts", ())
        if not attempts:
            return text
        seconds = sum(attempt.seconds + (attempt.pause or 0) for attempt in attempts)
        end = "" if text.endswith((".", "?")) else "."
        return f"{text}{end} Gave up after {len(attempts)} attempt{'s'[: len(attempts) > 1]} in {seconds:.1f} s."


class ConnectError(TransportError):
    """No connection was established, so the server has not seen this attempt."""

    def __init__(self, message: str, *, retryable: bool = True, attempts: Sequence[Attempt] = ()) -> None:
        super().__init__(message, maybe_sent=False, retryable=retryable, attempts=attempts)


class TransportTimeout(TransportError):  # noqa: N818 - named as in the field
    """No complete answer within `timeout` seconds."""


class DeadlineExceeded(TransportError):  # noqa: N818 - named as in the field
    """The call's `deadline`, which limits all attempts and pauses together, left no time to go on."""


class UnexpectedResponseError(EngagementError):
    """The server answered, but not as the API describes: not JSON, a required field missing, too large and so on.

    Attributes:
        status: the HTTP status, if known.
    """

    maybe_sent = True

    def __init__(self, message: str, *, status: int | None = None, attempts: Sequence[Attempt] = ()) -> None:
        super().__init__(message, attempts=attempts)
        self.status = status


class DomainLookupError(UnexpectedResponseError):
    """The Domain API did not name a host for this account."""

    maybe_sent = False


class APIStatusError(EngagementError):
    """The server refused the call.

    Attributes:
        status: the HTTP status.
        operation: the operation of the spec, e.g. `createSession`.
        internal_code: LivePerson's `internalCode`; an open set, `None` if the body had none.
        server_message: the server's own words with ids and sent values taken out; may be `None`.
        server_time: the time the server gave, as it gave it (epoch milliseconds or ISO text).
        hint: what the code usually means and what to do; `None` if nothing is known about it.
        retry_after: seconds the server asked to wait, if it did.
        attempts: the attempts made, the last one being this answer.
    """

    status: int
    maybe_sent = True

    def __init__(
        self,
        *,
        status: int,
        operation: str,
        internal_code: int | None = None,
        server_message: str | None = None,
        server_time: int | str | None = None,
        hint: str | None = None,
        retry_after: float | None = None,
        attempts: Sequence[Attempt] = (),
    ) -> None:
        self.status = status  # pyright: ignore[reportIncompatibleVariableOverride]  # an answer always has one
        self.operation = operation
        self.internal_code = internal_code
        self.server_message = server_message
        self.server_time = server_time
        self.hint = hint
        self.retry_after = retry_after
        text = f"{operation} was answered with HTTP {status}"
        if internal_code is not None:
            text += f" (internal code {internal_code})"
        if server_message:
            text += f': "{server_message}"'
        super().__init__(text, attempts=attempts)

    def __str__(self) -> str:
        """Return status, code, the server's message, the hint and the number of attempts; no ids, no values."""
        # An error must be able to show itself even half made, as while it is being unpickled.
        tries, hint = len(self.__dict__.get("attempts", ())), self.__dict__.get("hint")
        text = super().__str__() + (f", after {tries} attempts" if tries > 1 else "")
        return f"{text}. {hint}" if hint else text

    @classmethod
    def of(cls, error: APIStatusError) -> Self:
        """Return the same error as another class of this tree."""
        made = cls.__new__(cls, *error.args)
        made.__dict__.update(error.__dict__)
        return made


class BadRequestError(APIStatusError):
    """400: the server found the request invalid. Do not retry. Fix the request."""


class UnauthorizedError(APIStatusError):
    """401: the server did not accept the ids of the request. They are dropped: the next call opens a new visit."""


class NotFoundError(APIStatusError):
    """404: account, visitor, session or route is not known to this host."""


class SessionGoneError(NotFoundError):
    """404 to what needs a session: it has ended. `get_engagement()` opens a new one."""


class RateLimitedError(APIStatusError):
    """429: too many requests. Wait at least a second, then spread the calls."""

    retryable = True


class ServerError(APIStatusError):
    """5xx: the server could not answer. The documented retries were made before this was raised."""

    retryable = True


class ServiceUnavailableError(ServerError):
    """503: the server is temporarily unavailable."""


class AccountLoadingError(ServerError):
    """The account was still being loaded after all retries, as happens on accounts with little traffic. Try later."""
