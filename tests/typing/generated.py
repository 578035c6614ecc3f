"""How the types of the generated client alone are used, and what they flag. Never executed: `make types` reads it."""

# pyright: reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

from typing import TYPE_CHECKING, Any, assert_type

from lp_engagement_client import CallError, Client, models
from lp_engagement_client.api import find
from lp_engagement_client.api.domain import get_domain
from lp_engagement_client.api.engagement import create_session, update_session
from lp_engagement_client.operation import Operation, Request, Response

if TYPE_CHECKING:
    from lp_engagement_client.payload_types import (
        CartSdeDict,
        CreateSessionRequestDict,
        EngagementAttributeDict,
        ImpressionEventDict,
    )


def right_payloads() -> list[EngagementAttributeDict]:
    """Payloads are dicts whose types are those of the spec."""
    cart: CartSdeDict = {"type": "cart", "total": 11.7, "numItems": 1, "products": [{"product": {"price": 7.8}}]}
    body: CreateSessionRequestDict = {"appType": "EXTERNAL", "engagementAttributes": [cart]}
    event: ImpressionEventDict = {"type": "impClose", "campaign": 1, "engId": 2, "revision": 3}
    create_session.build_request("1", body=body)
    right_events([event])
    return [cart, {"type": "personal", "personal": {"gender": "FEMALE", "age": {"age": 30}}}]


def right_events(events: list[ImpressionEventDict]) -> None:
    """The keys of a payload have types."""
    for event in events:
        assert_type(event["campaign"], int)


def wrong_payloads() -> None:
    """A misspelt key, a value that is not in the list, a wrong type and a missing key are flagged."""
    a: CartSdeDict = {"type": "cart", "total": 11.7, "numItem": 1}  # type: ignore[typeddict-item]
    b: CartSdeDict = {"type": "cart", "total": "11.70", "numItems": 1}  # type: ignore[typeddict-item]
    c: CartSdeDict = {"type": "cart", "total": 11.7}  # type: ignore[typeddict-item]
    d: CreateSessionRequestDict = {"appType": "external"}  # type: ignore[typeddict-item]
    right_payloads().extend([a, b, c])
    create_session.build_request("1", body=d)


def right_calls(client: Client) -> None:
    """The answer has the type that the operation names; the detailed call may also have an error."""
    assert_type(create_session.build_request("1", body={"appType": "EXTERNAL"}), Request)
    answer = create_session.sync("1", client=client, body=models.CreateSessionRequest(app_type="MSDK"))
    assert_type(answer, models.EngagementAnswer)
    assert_type(answer.visitor_id, str | None)
    detailed = get_domain.sync_detailed("1", client=client)
    assert_type(detailed, Response[models.Domain])
    assert_type(detailed.parsed, models.Domain | models.ErrorEntity)
    assert_type(find("updateSession"), Operation[Any])
    assert_type(CallError("").error, models.ErrorEntity | None)


def wrong_calls(client: Client) -> None:
    """Arguments that are missing, misspelt or of the wrong type are flagged."""
    create_session.sync("1", client=client)  # type: ignore[call-arg]
    create_session.sync("1", client=client, body="text")  # type: ignore[arg-type]
    create_session.sync(1, client=client, body={})  # type: ignore[arg-type]
    update_session.sync("1", "2", client=client, body={})  # type: ignore[call-arg]
    models.EngagementAnswer().visitor_id = "x"  # type: ignore[misc]
    models.CreateSessionRequest(app_type="external")  # type: ignore[arg-type]
