"""Helpers that several test files share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import anyio

from lp_engagement import AsyncEngagementClient, EngagementClient
from lp_engagement._core.exchange import Call
from lp_engagement._core.generated import find
from lp_engagement_client.facts import OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from lp_engagement.transports import AsyncTransport, Transport
    from lp_engagement.validation.engines import EngineName


PAUSES = list(OPERATIONS["createSession"].retry.pauses)
"""The pauses of the spec, where their values are not the point."""
SID = find("updateSession").parameters["session_id"].key
"""The name of the session id in a query."""


class FakeClock:
    """A clock that only moves when somebody sleeps, or when a test says so.

    Attributes:
        slept: the requested pauses, in seconds, in order.
        now: seconds since the clock was made.
    """

    def __init__(self, start: float = 1_700_000_000.0) -> None:
        """Start at `start`, in seconds since the epoch."""
        self._start = start
        self.now = 0.0
        self.slept: list[float] = []

    def __repr__(self) -> str:
        """Show the time and the pauses, which is what a failing test is about."""
        return f"FakeClock(now={self.now}, slept={self.slept})"

    def time(self) -> float:
        """Seconds since the epoch, as `time.time` gives them."""
        return self._start + self.now

    def monotonic(self) -> float:
        """Seconds since some moment, as `time.monotonic` gives them."""
        return self.now

    def advance(self, seconds: float) -> None:
        """Let time pass without a requested pause."""
        self.now += seconds

    def sleep(self, seconds: float) -> None:
        """Note the pause and let the time pass at once."""
        self.slept.append(seconds)
        self.advance(seconds)

    @property
    def for_async(self) -> AsyncFakeClock:
        """The same clock for an async client."""
        return AsyncFakeClock(self)


class AsyncFakeClock:
    """A clock for async clients that shows the time of another and moves it.

    Args:
        clock: the other.
        also: awaited in each pause.
    """

    def __init__(self, clock: FakeClock, also: Callable[[float], Awaitable[None]] | None = None) -> None:
        """Read `clock`."""
        self.time = clock.time
        self.monotonic = clock.monotonic
        self._clock = clock
        self._also = also

    async def sleep(self, seconds: float) -> None:
        """Note the pause and let the time pass at once."""
        self._clock.sleep(seconds)
        if self._also is not None:
            await self._also(seconds)


ENGINES: tuple[EngineName, ...] = ("jsonschema-rs", "jsonschema")


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same JSON: `30` and `30.0` are, `1` and `True` are not."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


ACCOUNT = "12345678"
Flavour = Literal["sync", "async"]
FLAVOURS: tuple[Flavour, ...] = ("sync", "async")


def talk(
    flavour: Flavour,
    transports: tuple[Transport, AsyncTransport],
    *calls: tuple[str, dict[str, Any]],
    clock: FakeClock | None = None,
    **arguments: Any,
) -> list[Any]:
    """Call methods of a new visit, one after another, on a new client of either flavour; return what they return.

    Args:
        flavour: which client.
        transports: one for each flavour, the sync one first.
        calls: names of methods of a visit, with their arguments.
        clock: the client's time.
        arguments: further arguments of the client.
    """
    transport, async_transport = transports
    clock = clock or FakeClock()
    arguments = {"store": "memory://", **arguments}

    async def talk_async() -> list[Any]:
        async with AsyncEngagementClient(
            ACCOUNT, transport=async_transport, clock=clock.for_async, **arguments
        ) as client:
            visit = client.visit("customer")
            return [await getattr(visit, name)(**given) for name, given in calls]

    if flavour == "async":
        return anyio.run(talk_async)
    with EngagementClient(ACCOUNT, transport=transport, clock=clock, **arguments) as client:
        visit = client.visit("customer")
        return [getattr(visit, name)(**given) for name, given in calls]


def any_call() -> Call:
    """A call of a client with the default settings."""
    with EngagementClient("12345678", base_url="https://lp.example.com", store="memory://") as client:
        return Call(client._settings)
