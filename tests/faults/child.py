"""A process of an application, for faults of processes: `python -m tests.faults.child URL STORE FLAVOUR`."""

from __future__ import annotations

import argparse
import sys
from typing import Any

import anyio

from lp_engagement import AsyncEngagementClient, CallEvent, EngagementClient, RetryPolicy

KEY = "customer-4711"
ACCOUNT = "12345678"


def say(word: str) -> None:
    """Report progress to the test."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def watch(event: CallEvent) -> None:
    """Report each step."""
    say(event.name)


def main() -> int:
    """Make one call, and say how it ended."""
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("store")
    parser.add_argument("flavour")
    parser.add_argument("--timeout", type=float, default=5)
    parser.add_argument("--deadline", type=float, default=10)
    parser.add_argument("--pause", type=float, default=60)
    given = parser.parse_args()
    options: dict[str, Any] = {
        "base_url": given.url,
        "store": given.store,
        "timeout": given.timeout,
        "deadline": given.deadline or None,
        "retry": RetryPolicy(pauses=(given.pause,)),
        "hooks": [watch],
    }

    async def call() -> str:
        async with AsyncEngagementClient(ACCOUNT, **options) as client:
            return str((await client.visit(KEY).get_engagement()).visitor_id)

    try:
        if given.flavour == "sync":
            with EngagementClient(ACCOUNT, **options) as client:
                visitor = str(client.visit(KEY).get_engagement().visitor_id)
        else:
            visitor = anyio.run(call)
    except KeyboardInterrupt:
        say("interrupted")
        return 3
    except Exception as error:  # noqa: BLE001 - the test looks at it
        say(f"{type(error).__name__} {getattr(error, 'maybe_sent', None)}")
        return 4
    say(f"visitor {visitor}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
