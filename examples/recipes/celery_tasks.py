"""Report purchases in a worker, where nobody waits: celery -A celery_tasks worker.

Set `LP_ACCOUNT_ID`, `CELERY_BROKER_URL`, and the `LP_VISIT_STORE` of the web app.
"""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

from celery import Celery, Task

from lp_engagement import NEVER, EngagementClient
from lp_engagement.errors import EngagementError

if TYPE_CHECKING:
    from lp_engagement_client.payload_types import PurchaseSdeDict

BROKER = os.environ.get("CELERY_BROKER_URL", "redis://localhost:6379/0")
app = Celery("celery_tasks", broker=BROKER)


@cache
def engagements() -> EngagementClient:
    """Create the client on first use, so that the web app needs none to send tasks."""
    # No pauses: Celery delivers the task again later, and the worker is free meanwhile.
    return EngagementClient(application_id="shop-worker", retry=NEVER, deadline=20)


@app.task(bind=True, ignore_result=True, max_retries=5, default_retry_delay=10)
def report_purchase(
    self: Task[[str, PurchaseSdeDict], None], key: str, purchase: PurchaseSdeDict
) -> None:
    """Report a purchase in the visit of the customer; open one if there is none.

    `report_purchase.delay(key, sde.purchase(total=11.7, order_id="A-1"))` sends it.
    """
    try:
        engagements().visit(key).get_engagement(sdes=[purchase])
    except EngagementError as error:
        if not error.retryable:
            raise  # a bug or a wrong setting
        raise self.retry(exc=error, countdown=error.retry_after) from error
