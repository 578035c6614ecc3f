# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
"""Request an engagement again in a visit, or retry with the visitor id from a loading account: `POST /api/account/{accountId}/app/engagement/visitors/{visitorId}`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from ...models.engagement_answer import EngagementAnswer
from ...models.error_entity import ErrorEntity
from ...operation import Operation, Parameter, Request, Response

if TYPE_CHECKING:
    from ...client import Client
    from ...models.create_session_request import CreateSessionRequest
    from ...payload_types import CreateSessionRequestDict

OPERATION: Final[Operation[EngagementAnswer]] = Operation(
    name="resumeSession",
    method="POST",
    path="/api/account/{accountId}/app/engagement/visitors/{visitorId}",
    server=None,
    parameters={
        "account_id": Parameter("accountId", "path", required=True, const=None),
        "visitor_id": Parameter("visitorId", "path", required=True, const=None),
        "version": Parameter("v", "query", required=True, const="1.0"),
        "session_id": Parameter("sid", "query", required=False, const=None),
    },
    body="required",
    answer=EngagementAnswer,
)


def build_request(
    account_id: str,
    visitor_id: str,
    *,
    body: CreateSessionRequest | CreateSessionRequestDict | Mapping[str, Any] | bytes,
    session_id: str | None = None,
) -> Request:
    """Build the request. Nothing is sent.

    Args:
        account_id: The LivePerson site id, e.g. eight digits or `le61911979`. Case-sensitive.
        visitor_id: The visitor id in an earlier response. Opaque; percent-encode it, do not check its format.
        session_id: The session id in an earlier response of the same visit.
        body: The app's data about itself and the consumer. A model, a mapping, which is written as it is, or JSON text as bytes.

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


def parse_response(status: int, content: bytes) -> EngagementAnswer | ErrorEntity:
    """Read an answer, of any status and with any content. Raises nothing.

    Returns:
        The answer if the status is a success and the content names no error, else the error as far as it can be read.
    """
    return OPERATION.parse(status, content)


def sync_detailed(
    account_id: str,
    visitor_id: str,
    *,
    client: Client,
    body: CreateSessionRequest | CreateSessionRequestDict | Mapping[str, Any] | bytes,
    session_id: str | None = None,
) -> Response[EngagementAnswer]:
    """Request an engagement again in a visit, or retry with the visitor id from a loading account.

    Every later call of a visit. The session id continues the session. If the session is unknown or has ended, the
    server opens a new one, whose id is in the response. The retry after "Loading account" has only a visitor id.

    This function makes one request. It does not retry, whatever the answer, and it remembers no ids.

    Args:
        account_id: The LivePerson site id, e.g. eight digits or `le61911979`. Case-sensitive.
        visitor_id: The visitor id in an earlier response. Opaque; percent-encode it, do not check its format.
        session_id: The session id in an earlier response of the same visit.
        client: The client that makes the call.
        body: The app's data about itself and the consumer. A model, a mapping, which is written as it is, or JSON text as bytes.

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
    body: CreateSessionRequest | CreateSessionRequestDict | Mapping[str, Any] | bytes,
    session_id: str | None = None,
) -> EngagementAnswer:
    """Request an engagement again in a visit, or retry with the visitor id from a loading account.

    Every later call of a visit. The session id continues the session. If the session is unknown or has ended, the
    server opens a new one, whose id is in the response. The retry after "Loading account" has only a visitor id.

    This function makes one request. It does not retry, whatever the answer, and it remembers no ids.

    Args:
        account_id: The LivePerson site id, e.g. eight digits or `le61911979`. Case-sensitive.
        visitor_id: The visitor id in an earlier response. Opaque; percent-encode it, do not check its format.
        session_id: The session id in an earlier response of the same visit.
        client: The client that makes the call.
        body: The app's data about itself and the consumer. A model, a mapping, which is written as it is, or JSON text as bytes.

    Returns:
        The answer. Fields that the server left out are `None`; `missing()` lists those that the spec requires.

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
    body: CreateSessionRequest | CreateSessionRequestDict | Mapping[str, Any] | bytes,
    session_id: str | None = None,
) -> Response[EngagementAnswer]:
    """Request an engagement again in a visit, or retry with the visitor id from a loading account.

    Every later call of a visit. The session id continues the session. If the session is unknown or has ended, the
    server opens a new one, whose id is in the response. The retry after "Loading account" has only a visitor id.

    This function makes one request. It does not retry, whatever the answer, and it remembers no ids.

    Args:
        account_id: The LivePerson site id, e.g. eight digits or `le61911979`. Case-sensitive.
        visitor_id: The visitor id in an earlier response. Opaque; percent-encode it, do not check its format.
        session_id: The session id in an earlier response of the same visit.
        client: The client that makes the call.
        body: The app's data about itself and the consumer. A model, a mapping, which is written as it is, or JSON text as bytes.

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
    body: CreateSessionRequest | CreateSessionRequestDict | Mapping[str, Any] | bytes,
    session_id: str | None = None,
) -> EngagementAnswer:
    """Request an engagement again in a visit, or retry with the visitor id from a loading account.

    Every later call of a visit. The session id continues the session. If the session is unknown or has ended, the
    server opens a new one, whose id is in the response. The retry after "Loading account" has only a visitor id.

    This function makes one request. It does not retry, whatever the answer, and it remembers no ids.

    Args:
        account_id: The LivePerson site id, e.g. eight digits or `le61911979`. Case-sensitive.
        visitor_id: The visitor id in an earlier response. Opaque; percent-encode it, do not check its format.
        session_id: The session id in an earlier response of the same visit.
        client: The client that makes the call.
        body: The app's data about itself and the consumer. A model, a mapping, which is written as it is, or JSON text as bytes.

    Returns:
        The answer. Fields that the server left out are `None`; `missing()` lists those that the spec requires.

    Raises:
        CallError: The request could not be built or sent, no answer came, or the server answered with an error.
    """
    response = await asyncio_detailed(
        account_id=account_id, visitor_id=visitor_id, session_id=session_id, client=client, body=body
    )
    return response.answer()
