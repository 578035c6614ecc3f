"""Offer a chat in an app whose backend is AWS Lambda behind an HTTP API with a JWT.

Set `LP_ACCOUNT_ID` and `LP_VISIT_STORE=rediss://...`: only /tmp can be written, and it
ends with its container.
"""

from __future__ import annotations

import json
from typing import Any

from lp_engagement import EngagementClient
from lp_engagement.errors import EngagementError, PayloadError

# Once per container: later invocations reuse the connections and the looked-up host.
engagements = EngagementClient(application_id="app-backend")


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer a request of the app."""
    customer = event["requestContext"]["authorizer"]["jwt"]["claims"]["sub"]
    # Leave a second to answer in: Lambda ends a function that takes too long.
    deadline = max(0.1, context.get_remaining_time_in_millis() / 1000 - 1)
    visit = engagements.with_options(deadline=deadline).visit(customer)
    try:
        match event["routeKey"]:
            case "POST /offer":
                attributes = json.loads(event["body"])
                offer = visit.get_engagement(sdes=attributes, sections=["App"])
                return response(200, offer.for_browser())
            case "POST /offer/displayed":  # when the app has shown it, once per offer
                if current := visit.current_engagement():  # else it has expired
                    visit.update(impressions=[current.displayed()])
            case "POST /offer/accepted":  # when the user has tapped it
                if current := visit.current_engagement():
                    visit.update(impressions=[current.accepted()])
            case _:
                return response(404)
    except PayloadError as error:  # its messages name fields, never values
        return response(422, [problem.message for problem in error.problems])
    except EngagementError as error:  # logged by the client
        return response(503 if error.retryable else 500)
    return response(204)


def response(status: int, body: object = None) -> dict[str, Any]:
    """Return a response of the HTTP API."""
    headers = {"content-type": "application/json"}
    return {"statusCode": status, "headers": headers, "body": json.dumps(body)}
