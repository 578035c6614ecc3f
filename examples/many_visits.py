"""Many consumers at once, and a hook that sees each retry: python examples/many_visits.py."""

# ruff: noqa: INP001, T201 - a script, and it speaks on stdout

import asyncio

from lp_engagement import AsyncEngagementClient, CallEvent, EngagementError, RetryPolicy, sde
from lp_engagement.simulator import Simulator


def tell(event: CallEvent) -> None:
    """Say when a request will be sent again. Events have no ids and no values, so they can go anywhere."""
    if event.name == "retry":
        print(f"{event.operation}: HTTP {event.status}, next try in {event.pause:g} s")


async def ask(client: AsyncEngagementClient, number: int) -> bool:
    """Ask for one consumer; a failure is one consumer's, not everybody's."""
    try:
        engagement = await client.visit(f"customer-{number}").get_engagement(
            sdes=[sde.service(topic="order", status=1)]
        )
    except EngagementError as error:
        print(f"customer {number}: {error}")
        return False
    return engagement.available


async def main() -> None:
    """Ask for twenty consumers of an account that has yet to be loaded."""
    # For a real account leave out transport, and retry: its pauses are for a loop-back server, not for LivePerson.
    async with AsyncEngagementClient(
        "12345678",
        store="memory://",
        transport=Simulator(cold=2).async_transport(),
        retry=RetryPolicy(pauses=(0.05, 0.1, 0.15)),
        deadline=30,
        hooks=[tell],
    ) as client:
        answers = await asyncio.gather(*(ask(client, number) for number in range(20)))
    print(f"{sum(answers)} of {len(answers)} have an engagement")


if __name__ == "__main__":
    asyncio.run(main())
