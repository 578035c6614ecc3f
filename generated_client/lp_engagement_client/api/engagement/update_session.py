# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
"""Report impressions and changed engagement attributes of a session: `PUT /api/account/{accountId}/app/engagement/visitors/{visitorId}`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from ...models.error_entity import ErrorEntity
from ...operation import Operation, Parameter, Request, Response

if TYPE_CHECKING:
    from ...client import Client
    from ...models.update_session_request import UpdateSessionRequest
    from ...payload_types import UpdateSessionRequestDict

OPERATION: Final[Operation[None]] = Operation(
    name="updateSession",
    method="PUT",
    path="/api/account/{accountId}/app/engagement/visitors/{visitorId}",
    server=None,
    parameters={
        "account_id": Parameter("accountId", "path", required=True, const=None),
        "visitor_id": Parameter("visitorId", "path", required=True, const=None),
        "version": Parameter("v", "query", required=True, const="1.0"),
        "session_id": Parameter("sid", "query", required=True, const=None),
    },
    body="required",
    answer=None,
)


def build_request(
    account_id: str,
    visitor_id: str,
    *,
    body: UpdateSessionRequest | UpdateSessionRequestDict | Mapping[str, Any] | bytes,
    session_id: str,
) -> Request:
    """Build the request. Nothing is sent.

    Args:
        account_id: The LivePerson site id, e.g. eight digits or `le61911979`. Case-sensitive.
        visitor_id: The visitor id in an earlier response. Opaque; percent-encode it, do not check its format.
        session_id: The session id in the visit's latest response.
        body: The events of the session since the last call. A model, a mapping, which is written as it is, or JSON text as bytes.

    Raises:
        CallError: A value cannot be part of the URL, or the body cannot be written as JSON.
    """
    return OPERATION.build(
        {
            "account_id": account_id,
            "visitor_id": visitor_id,
            "session_id": session_id,
        },
        body,
    )


def parse_response(status: int, content: bytes) -> None | ErrorEntity:
    """Read an answer, of any status and with any content. Raises nothing.

    Returns:
        `None` if the status is a success and the content names no error, else the error as far as it can be read.
    """
    return OPERATION.parse(status, content)


def sync_detailed(
    account_id: str,
    visitor_id: str,
    *,
    client: Client,
    body: UpdateSessionRequest | UpdateSessionRequestDict | Mapping[str, Any] | bytes,
    session_id: str,
) -> Response[None]:
    """Report impressions and changed engagement attributes of a session.

    Success is a 200 with an empty body. The API has no idempotency key, so a repeated PUT may count impressions
    and append attributes twice.

    This function makes one request. It does not retry, whatever the answer, and it remembers no ids.

    Args:
        account_id: The LivePerson site id, e.g. eight digits or `le61911979`. Case-sensitive.
        visitor_id: The visitor id in an earlier response. Opaque; percent-encode it, do not check its format.
        session_id: The session id in the visit's latest response.
        client: The client that makes the call.
        body: The events of the session since the last call. A model, a mapping, which is written as it is, or JSON text as bytes.

    Returns:
        The answer, whatever its status.

    Raises:
        CallError: The request could not be built or sent, or no answer came.
    """
    return client.call(
        OPERATION, build_request(account_id=account_id, visitor_id=visitor_id, session_id=session_id, body=body)
    )


def sync(
    account_id: str,
    visitor_id: str,
    *,
    client: Client,
    body: UpdateSessionRequest | UpdateSessionRequestDict | Mapping[str, Any] | bytes,
    session_id: str,
) -> None:
    """Report impressions and changed engagement attributes of a session.

    Success is a 200 with an empty body. The API has no idempotency key, so a repeated PUT may count impressions
    and append attributes twice.

    This function makes one request. It does not retry, whatever the answer, and it remembers no ids.

    Args:
        account_id: The LivePerson site id, e.g. eight digits or `le61911979`. Case-sensitive.
        visitor_id: The visitor id in an earlier response. Opaque; percent-encode it, do not check its format.
        session_id: The session id in the visit's latest response.
        client: The client that makes the call.
        body: The events of the session since the last call. A model, a mapping, which is written as it is, or JSON text as bytes.

    Returns:
        `None`, for a success.

    Raises:
        CallError: The request could not be built or sent, no answer came, or the server answered with an error.
    """
    return sync_detailed(
        account_id=account_id, visitor_id=visitor_id, session_id=session_id, client=client, body=body
    ).answer()


async def asyncio_detailed(
    account_id: str,
    visitor_id: str,
    *,
    client: Client,
    body: UpdateSessionRequest | UpdateSessionRequestDict | Mapping[str, Any] | bytes,
    session_id: str,
) -> Response[None]:
    """Report impressions and changed engagement attributes of a session.

    Success is a 200 with an empty body. The API has no idempotency key, so a repeated PUT may count impressions
    and append attributes twice.

    This function makes one request. It does not retry, whatever the answer, and it remembers no ids.

    Args:
        account_id: The LivePerson site id, e.g. eight digits or `le61911979`. Case-sensitive.
        visitor_id: The visitor id in an earlier response. Opaque; percent-encode it, do not check its format.
        session_id: The session id in the visit's latest response.
        client: The client that makes the call.
        body: The events of the session since the last call. A model, a mapping, which is written as it is, or JSON text as bytes.

    Returns:
        The answer, whatever its status.

    Raises:
        CallError: The request could not be built or sent, or no answer came.
    """
    return await client.acall(
        OPERATION, build_request(account_id=account_id, visitor_id=visitor_id, session_id=session_id, body=body)
    )


async def asyncio(
    account_id: str,
    visitor_id: str,
    *,
    client: Client,
    body: UpdateSessionRequest | UpdateSessionRequestDict | Mapping[str, Any] | bytes,
    session_id: str,
) -> None:
    """Report impressions and changed engagement attributes of a session.

    Success is a 200 with an empty body. The API has no idempotency key, so a repeated PUT may count impressions
    and append attributes twice.

    This function makes one request. It does not retry, whatever the answer, and it remembers no ids.

    Args:
        account_id: The LivePerson site id, e.g. eight digits or `le61911979`. Case-sensitive.
        visitor_id: The visitor id in an earlier response. Opaque; percent-encode it, do not check its format.
        session_id: The session id in the visit's latest response.
        client: The client that makes the call.
        body: The events of the session since the last call. A model, a mapping, which is written as it is, or JSON text as bytes.

    Returns:
        `None`, for a success.

    Raises:
        CallError: The request could not be built or sent, no answer came, or the server answered with an error.
    """
    response = await asyncio_detailed(
        account_id=account_id, visitor_id=visitor_id, session_id=session_id, client=client, body=body
    )
    return response.answer()
