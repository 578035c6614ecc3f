"""A program under gevent: many greenlets, each with a visit of its own, and one client.

    python -m tests.greenlets ACCOUNT URL STORE COUNT

Prints the ids of the visitors, and the largest number of requests that waited for their responses at the same time.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import json  # noqa: E402
import sys  # noqa: E402
from typing import TYPE_CHECKING  # noqa: E402

from gevent.pool import Pool  # noqa: E402

from lp_engagement import EngagementClient, sde  # noqa: E402
from tests.helpers import FakeClock  # noqa: E402

if TYPE_CHECKING:
    from lp_engagement import CallEvent


class InFlight:
    """Counts the requests that wait for a response."""

    def __init__(self) -> None:
        self.now = self.most = 0

    def __call__(self, event: CallEvent) -> None:
        """Count, as a hook."""
        self.now += {"sent": 1, "answered": -1, "failed": -1}.get(event.name, 0)
        self.most = max(self.most, self.now)


def main(account: str, url: str, store: str, count: int) -> None:
    """Make whole visits in greenlets, and print what became of them."""
    in_flight = InFlight()
    with EngagementClient(account, base_url=url, store=store, clock=FakeClock(), hooks=[in_flight]) as client:

        def visit(number: int) -> str:
            mine = client.visit(f"customer-{number}")
            engagement = mine.get_engagement(sdes=[sde.lead(topic="mortgage")])
            mine.update(impressions=[engagement.displayed()])
            again = mine.get_engagement(reuse=True)
            if not again.reused or again.visitor_id != engagement.visitor_id:
                raise AssertionError(again)
            return engagement.visitor_id

        visitors = Pool(count).map(visit, range(count))
    print(json.dumps({"visitors": visitors, "in_flight": in_flight.most}))  # noqa: T201 - the parent reads it


if __name__ == "__main__":
    account, url, store, count = sys.argv[1:]
    main(account, url, store, int(count))
