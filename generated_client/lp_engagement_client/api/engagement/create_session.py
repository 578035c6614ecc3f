# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
"""Create a session for a new visitor: `POST /api/account/{accountId}/app/engagement/visitors/`."""

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
    name="createSession",
    method="POST",
    path="/api/account/{accountId}/app/engagement/visitors/",
    server=None,
    parameters={
        "account_id": Parameter("accountId", "path", required=True, const=None),
        "version": Parameter("v", "query", required=True, const="1.0"),
    },
    body="required",
    answer=EngagementAnswer,
)


def build_request(
    account_id: str,
    *,
    body: CreateSessionRequest | CreateSessionRequestDict | Mapping[str, Any] | bytes,
) -> Request:
    """Build the request. Nothing is sent.

    Args:
        account_id: The LivePerson site id, e.g. eight digits or `le61911979`. Case-sensitive.
        body: The app's data about itself and the consumer. A model, a mapping, which is written as it is, or JSON text as bytes.

    Raises:
        CallError: A value cannot be part of the URL, or the body cannot be written as JSON.
    """
    return OPERATION.build(
        {
            "account_id": account_id,
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
    *,
    client: Client,
    body: CreateSessionRequest | CreateSessionRequestDict | Mapping[str, Any] | bytes,
) -> Response[EngagementAnswer]:
    """Create a session for a new visitor.

    The first call of a visit. The visitor segment of the path is empty, and its slash stays. The call adds a new
    visitor to the agents' list, so make it once and store the ids in the response.

    This function makes one request. It does not retry, whatever the answer, and it remembers no ids.

    Args:
        account_id: The LivePerson site id, e.g. eight digits or `le61911979`. Case-sensitive.
        client: The client that makes the call.
        body: The app's data about itself and the consumer. A model, a mapping, which is written as it is, or JSON text as bytes.

    Returns:
        The answer, whatever its status.

    Raises:
        CallError: The request could not be built or sent, or no answer came.
    """
    return client.call(OPERATION, build_request(account_id=account_id, body=body))


def sync(
    account_id: str,
    *,
    client: Client,
    body: CreateSessionRequest | CreateSessionRequestDict | Mapping[str, Any] | bytes,
) -> EngagementAnswer:
    """Create a session for a new visitor.

    The first call of a visit. The visitor segment of the path is empty, and its slash stays. The call adds a new
    visitor to the agents' list, so make it once and store the ids in the response.

    This function makes one request. It does not retry, whatever the answer, and it remembers no ids.

    Args:
        account_id: The LivePerson site id, e.g. eight digits or `le61911979`. Case-sensitive.
        client: The client that makes the call.
        body: The app's data about itself and the consumer. A model, a mapping, which is written as it is, or JSON text as bytes.

    Returns:
        The answer. Fields that the server left out are `None`; `missing()` lists those that the spec requires.

    Raises:
        CallError: The request could not be built or sent, no answer came, or the server answered with an error.
    """
    return sync_detailed(account_id=account_id, client=client, body=body).answer()


async def asyncio_detailed(
    account_id: str,
    *,
    client: Client,
    body: CreateSessionRequest | CreateSessionRequestDict | Mapping[str, Any] | bytes,
) -> Response[EngagementAnswer]:
    """Create a session for a new visitor.

    The first call of a visit. The visitor segment of the path is empty, and its slash stays. The call adds a new
    visitor to the agents' list, so make it once and store the ids in the response.

    This function makes one request. It does not retry, whatever the answer, and it remembers no ids.

    Args:
        account_id: The LivePerson site id, e.g. eight digits or `le61911979`. Case-sensitive.
        client: The client that makes the call.
        body: The app's data about itself and the consumer. A model, a mapping, which is written as it is, or JSON text as bytes.

    Returns:
        The answer, whatever its status.

    Raises:
        CallError: The request could not be built or sent, or no answer came.
    """
    return await client.acall(OPERATION, build_request(account_id=account_id, body=body))


async def asyncio(
    account_id: str,
    *,
    client: Client,
    body: CreateSessionRequest | CreateSessionRequestDict | Mapping[str, Any] | bytes,
) -> EngagementAnswer:
    """Create a session for a new visitor.

    The first call of a visit. The visitor segment of the path is empty, and its slash stays. The call adds a new
    visitor to the agents' list, so make it once and store the ids in the response.

    This function makes one request. It does not retry, whatever the answer, and it remembers no ids.

    Args:
        account_id: The LivePerson site id, e.g. eight digits or `le61911979`. Case-sensitive.
        client: The client that makes the call.
        body: The app's data about itself and the consumer. A model, a mapping, which is written as it is, or JSON text as bytes.

    Returns:
        The answer. Fields that the server left out are `None`; `missing()` lists those that the spec requires.

    Raises:
        CallError: The request could not be built or sent, no answer came, or the server answered with an error.
    """
    response = await asyncio_detailed(account_id=account_id, client=client, body=body)
    return response.answer()
