"""Serve many consumers at once, with a hook that prints each retry: python examples/many_visits.py."""

# ruff: noqa: INP001, T201 - a script that prints to stdout

import asyncio

from lp_engagement import AsyncEngagementClient, CallEvent, EngagementError, RetryPolicy, sde
from lp_engagement.simulator import Simulator


def print_retry(event: CallEvent) -> None:
    """Print each retry. Events contain no ids and no values, so you can log them anywhere."""
    if event.name == "retry":
        print(f"{event.operation}: HTTP {event.status}, next attempt in {event.pause:g} s")


async def request_engagement(client: AsyncEngagementClient, number: int) -> bool:
    """Request an engagement for one consumer. A failure affects only this consumer."""
    try:
        engagement = await client.visit(f"customer-{number}").get_engagement(
            sdes=[sde.service(topic="order", status=1)]
        )
    except EngagementError as error:
        print(f"customer {number}: {error}")
        return False
    return engagement.available


async def main() -> None:
    """Request engagements for twenty consumers of an account that is not loaded yet."""
    # For a real account, leave out transport and retry: these pauses are too short for LivePerson.
    async with AsyncEngagementClient(
        "12345678",
        store="memory://",
        transport=Simulator(cold=2).async_transport(),
        retry=RetryPolicy(pauses=(0.05, 0.1, 0.15)),
        deadline=30,
        hooks=[print_retry],
    ) as client:
        available = await asyncio.gather(*(request_engagement(client, number) for number in range(20)))
    print(f"{sum(available)} of {len(available)} have an engagement")


if __name__ == "__main__":
    asyncio.run(main())
