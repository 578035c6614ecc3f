# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
"""Look up the host that serves a service of an account: `GET /api/account/{accountId}/service/{service}/baseURI.json`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ...models.domain import Domain
from ...models.error_entity import ErrorEntity
from ...operation import Operation, Parameter, Request, Response

if TYPE_CHECKING:
    from ...client import Client

OPERATION: Final[Operation[Domain]] = Operation(
    name="getDomain",
    method="GET",
    path="/api/account/{accountId}/service/{service}/baseURI.json",
    server="https://api.liveperson.net",
    parameters={
        "account_id": Parameter("accountId", "path", required=True, const=None),
        "service": Parameter("service", "path", required=True, const=None),
        "version": Parameter("version", "query", required=True, const="1.0"),
    },
    body=None,
    answer=Domain,
)


def build_request(
    account_id: str,
    *,
    service: str = "msdkgw",
) -> Request:
    """Build the request. Nothing is sent.

    Args:
        account_id: The LivePerson site id, e.g. eight digits or `le61911979`. Case-sensitive.
        service: The service's name, case-sensitive.

    Raises:
        CallError: A value cannot be part of the URL, or the body cannot be written as JSON.
    """
    return OPERATION.build(
        {
            "account_id": account_id,
            "service": service,
        }
    )


def parse_response(status: int, content: bytes) -> Domain | ErrorEntity:
    """Read an answer, of any status and with any content. Raises nothing.

    Returns:
        The answer if the status is a success and the content names no error, else the error as far as it can be read.
    """
    return OPERATION.parse(status, content)


def sync_detailed(
    account_id: str,
    *,
    client: Client,
    service: str = "msdkgw",
) -> Response[Domain]:
    """Look up the host that serves a service of an account.

    Hosts differ between accounts and change over time. The response can be cached for a day.

    This function makes one request. It does not retry, whatever the answer, and it remembers no ids.

    Args:
        account_id: The LivePerson site id, e.g. eight digits or `le61911979`. Case-sensitive.
        service: The service's name, case-sensitive.
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
            service=service,
        ),
    )


def sync(
    account_id: str,
    *,
    client: Client,
    service: str = "msdkgw",
) -> Domain:
    """Look up the host that serves a service of an account.

    Hosts differ between accounts and change over time. The response can be cached for a day.

    This function makes one request. It does not retry, whatever the answer, and it remembers no ids.

    Args:
        account_id: The LivePerson site id, e.g. eight digits or `le61911979`. Case-sensitive.
        service: The service's name, case-sensitive.
        client: The client that makes the call.

    Returns:
        The answer. Fields that the server left out are `None`; `missing()` lists those that the spec requires.

    Raises:
        CallError: The request could not be built or sent, no answer came, or the server answered with an error.
    """
    return sync_detailed(account_id=account_id, service=service, client=client).answer()


async def asyncio_detailed(
    account_id: str,
    *,
    client: Client,
    service: str = "msdkgw",
) -> Response[Domain]:
    """Look up the host that serves a service of an account.

    Hosts differ between accounts and change over time. The response can be cached for a day.

    This function makes one request. It does not retry, whatever the answer, and it remembers no ids.

    Args:
        account_id: The LivePerson site id, e.g. eight digits or `le61911979`. Case-sensitive.
        service: The service's name, case-sensitive.
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
            service=service,
        ),
    )


async def asyncio(
    account_id: str,
    *,
    client: Client,
    service: str = "msdkgw",
) -> Domain:
    """Look up the host that serves a service of an account.

    Hosts differ between accounts and change over time. The response can be cached for a day.

    This function makes one request. It does not retry, whatever the answer, and it remembers no ids.

    Args:
        account_id: The LivePerson site id, e.g. eight digits or `le61911979`. Case-sensitive.
        service: The service's name, case-sensitive.
        client: The client that makes the call.

    Returns:
        The answer. Fields that the server left out are `None`; `missing()` lists those that the spec requires.

    Raises:
        CallError: The request could not be built or sent, no answer came, or the server answered with an error.
    """
    response = await asyncio_detailed(account_id=account_id, service=service, client=client)
    return response.answer()
