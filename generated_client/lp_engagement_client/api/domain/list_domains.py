# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
"""List the hosts that serve the services of an account: `GET /api/account/{accountId}/service/baseURI.json`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ...models.domains import Domains
from ...models.error_entity import ErrorEntity
from ...operation import Operation, Parameter, Request, Response

if TYPE_CHECKING:
    from ...client import Client

OPERATION: Final[Operation[Domains]] = Operation(
    name="listDomains",
    method="GET",
    path="/api/account/{accountId}/service/baseURI.json",
    server="https://api.liveperson.net",
    parameters={
        "account_id": Parameter("accountId", "path", required=True, const=None),
        "version": Parameter("version", "query", required=True, const="1.0"),
    },
    body=None,
    answer=Domains,
)


def build_request(
    account_id: str,
) -> Request:
    """Build the request. Nothing is sent.

    Args:
        account_id: The LivePerson site id, e.g. eight digits or `le61911979`. Case-sensitive.

    Raises:
        CallError: A value cannot be part of the URL, or the body cannot be written as JSON.
    """
    return OPERATION.build(
        {
            "account_id": account_id,
        }
    )


def parse_response(status: int, content: bytes) -> Domains | ErrorEntity:
    """Read an answer, of any status and with any content. Raises nothing.

    Returns:
        The answer if the status is a success and the content names no error, else the error as far as it can be read.
    """
    return OPERATION.parse(status, content)


def sync_detailed(
    account_id: str,
    *,
    client: Client,
) -> Response[Domains]:
    """List the hosts that serve the services of an account.

    The form without a service. To find the host of this API, look up its one service instead.

    This function makes one request. It does not retry, whatever the answer, and it remembers no ids.

    Args:
        account_id: The LivePerson site id, e.g. eight digits or `le61911979`. Case-sensitive.
        client: The client that makes the call.

    Returns:
        The answer, whatever its status.

    Raises:
        CallError: The request could not be built or sent, or no answer came.
    """
    return client.call(
        OPERATION,
        build_request(
            account_id=account_id,
        ),
    )


def sync(
    account_id: str,
    *,
    client: Client,
) -> Domains:
    """List the hosts that serve the services of an account.

    The form without a service. To find the host of this API, look up its one service instead.

    This function makes one request. It does not retry, whatever the answer, and it remembers no ids.

    Args:
        account_id: The LivePerson site id, e.g. eight digits or `le61911979`. Case-sensitive.
        client: The client that makes the call.

    Returns:
        The answer. Fields that the server left out are `None`; `missing()` lists those that the spec requires.

    Raises:
        CallError: The request could not be built or sent, no answer came, or the server answered with an error.
    """
    return sync_detailed(account_id=account_id, client=client).answer()


async def asyncio_detailed(
    account_id: str,
    *,
    client: Client,
) -> Response[Domains]:
    """List the hosts that serve the services of an account.

    The form without a service. To find the host of this API, look up its one service instead.

    This function makes one request. It does not retry, whatever the answer, and it remembers no ids.

    Args:
        account_id: The LivePerson site id, e.g. eight digits or `le61911979`. Case-sensitive.
        client: The client that makes the call.

    Returns:
        The answer, whatever its status.

    Raises:
        CallError: The request could not be built or sent, or no answer came.
    """
    return await client.acall(
        OPERATION,
        build_request(
            account_id=account_id,
        ),
    )


async def asyncio(
    account_id: str,
    *,
    client: Client,
) -> Domains:
    """List the hosts that serve the services of an account.

    The form without a service. To find the host of this API, look up its one service instead.

    This function makes one request. It does not retry, whatever the answer, and it remembers no ids.

    Args:
        account_id: The LivePerson site id, e.g. eight digits or `le61911979`. Case-sensitive.
        client: The client that makes the call.

    Returns:
        The answer. Fields that the server left out are `None`; `missing()` lists those that the spec requires.

    Raises:
        CallError: The request could not be built or sent, no answer came, or the server answered with an error.
    """
    response = await asyncio_detailed(account_id=account_id, client=client)
    return response.answer()
