"""Offer a chat to an app whose backend is AWS Lambda behind an HTTP API with a JWT authorizer.

Set `LP_ACCOUNT_ID` and `LP_VISIT_STORE=rediss://...`: only /tmp can be written, and it ends with its container.
"""

from __future__ import annotations

import json
from typing import Any

from lp_engagement import EngagementClient
from lp_engagement.errors import EngagementError, PayloadError

# Once per container, not per invocation: later invocations reuse the connections and the looked-up host.
engagements = EngagementClient(application_id="app-backend")


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer a request of the app."""
    customer = event["requestContext"]["authorizer"]["jwt"]["claims"]["sub"]
    # Leave a second to answer in, because Lambda ends a function that takes too long.
    seconds = max(0.1, context.get_remaining_time_in_millis() / 1000 - 1)
    visit = engagements.with_options(deadline=seconds).visit(customer)
    try:
        match event["routeKey"]:
            case "POST /offer":
                engagement = visit.get_engagement(
                    sdes=json.loads(event["body"]), sections=["App"]
                )
                return response(200, engagement.for_browser())
            case (
                "POST /offer/displayed"
            ):  # when the app shows the button, once per offer
                if offer := visit.current_engagement():  # else it has expired
                    visit.update(impressions=[offer.displayed()])
            case "POST /offer/accepted":  # when the user taps it
                if offer := visit.current_engagement():
                    visit.update(impressions=[offer.accepted()])
            case _:
                return response(404, {})
    except PayloadError as error:  # names fields, never values
        return response(
            422, {"problems": [problem.message for problem in error.problems]}
        )
    except EngagementError as error:
        return response(503 if error.retryable else 500, {"available": False})
    return response(204)


def response(status: int, body: object = None) -> dict[str, Any]:
    """Make a response of the HTTP API."""
    return {
        "statusCode": status,
        "headers": {"content-type": "application/json"},
        "body": json.dumps(body),
    }
