"""Checking the objects that a client is constructed with, so that a wrong one shows at once and not in production."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from lp_engagement.errors import ConfigurationError

from .checks import kind

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
_STORE_METHODS = ("load", "save", "delete", "acquire", "release")


def hooks(values: Iterable[Any]) -> tuple[Any, ...]:
    """The hooks.

    Raises:
        ConfigurationError: they are not an iterable of callables.
    """
    if not callable(values) and isinstance(values, Iterable):
        found = tuple(values)
        if all(map(callable, found)):
            return found
    raise ConfigurationError("hooks must be a list of callables. For a single one write hooks=[hook]")


def transport(value: object, *, asynchronous: bool) -> None:
    """See that an object can send requests for a client of this kind.

    Raises:
        ConfigurationError: it cannot.
    """
    awaited, closing = _awaited(value, "send"), "aclose" if asynchronous else "close"
    sends = awaited is not None and _takes(value.send, "timeout")  # type: ignore[attr-defined]  # found a line ago
    if sends and awaited != asynchronous:
        raise ConfigurationError(
            f"{kind(value)} is for {_client(asynchronous=not asynchronous)}; "
            f"{_client(asynchronous=asynchronous)} needs a transport {'with' if asynchronous else 'without'} await"
        )
    if not sends or not callable(getattr(value, closing, None)):
        raise ConfigurationError(
            f"transport must have send(request, *, timeout) and {closing}(), and {kind(value)} has not. A client of "
            f"httpx goes into one: transport={'Async' if asynchronous else ''}HttpxTransport(client=...)"
        )


def store(value: object, *, asynchronous: bool) -> None:
    """See that an object can keep visits for a client of this kind. A blocking one is good for both.

    Raises:
        ConfigurationError: it cannot.
    """
    awaited = _awaited(value, "load")
    if awaited is None or not all(callable(getattr(value, name, None)) for name in _STORE_METHODS):
        raise ConfigurationError(
            f"store must be a visit store or its URL, not {kind(value)}. For a file write SQLiteStore(path) or its URL"
        )
    if awaited and not asynchronous:
        raise ConfigurationError(f"{kind(value)} is for AsyncEngagementClient; this client needs a store without await")


def clock(value: T, *, asynchronous: bool) -> T:
    """Return the clock, which may be `None`.

    Raises:
        ConfigurationError: it lacks a method, or its `sleep` is for the other client.
    """
    if value is None:
        return value
    awaited = _awaited(value, "sleep")
    if awaited is None or not all(callable(getattr(value, name, None)) for name in ("time", "monotonic")):
        raise ConfigurationError(
            f"clock must have time(), monotonic() and sleep(seconds), and {kind(value)} does not. "
            "Leave it out to use the system's"
        )
    if awaited != asynchronous:
        needed = "an async sleep()" if asynchronous else "a sleep() without await"
        raise ConfigurationError(
            f"{kind(value)} is for {_client(asynchronous=not asynchronous)}. "
            f"Pass {_client(asynchronous=asynchronous)} a clock with {needed}"
        )
    return value


def _awaited(value: object, name: str) -> bool | None:
    """Whether a method is a coroutine function; `None` if there is no such method."""
    method = getattr(value, name, None)
    return inspect.iscoroutinefunction(method) if callable(method) and not isinstance(value, type) else None


def _takes(method: Callable[..., object], name: str) -> bool:
    try:
        parameters = inspect.signature(method).parameters
    except (TypeError, ValueError):  # written in C, or a stand-in
        return True
    return name in parameters or any(each.kind is each.VAR_KEYWORD for each in parameters.values())


def _client(*, asynchronous: bool) -> str:
    return "AsyncEngagementClient" if asynchronous else "EngagementClient"
