# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from ... import errors
from ...models.domain import Domain
from ...models.error_entity import ErrorEntity
from ...models.nested_error import NestedError
from ...types import UNSET, Response

if TYPE_CHECKING:
    import httpx

    from ...client import AuthenticatedClient, Client


def request_arguments(
    account_id: str,
    service: str = "msdkgw",
    *,
    version: Literal["1.0"] = "1.0",
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["version"] = version

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/account/{account_id}/service/{service}/baseURI.json".format(
            account_id=quote(str(account_id), safe=""),
            service=quote(str(service), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Domain | ErrorEntity | NestedError | None:
    if response.status_code == 200:
        response_200 = Domain.from_dict(response.json())

        return response_200

    if response.status_code == 400:

        def _parse_response_400(data: object) -> ErrorEntity | NestedError:

            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_error_body_type_0 = ErrorEntity.from_dict(data)

                return componentsschemas_error_body_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            componentsschemas_error_body_type_1 = NestedError.from_dict(data)

            return componentsschemas_error_body_type_1

        response_400 = _parse_response_400(response.json())

        return response_400

    if response.status_code == 401:

        def _parse_response_401(data: object) -> ErrorEntity | NestedError:

            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_error_body_type_0 = ErrorEntity.from_dict(data)

                return componentsschemas_error_body_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            componentsschemas_error_body_type_1 = NestedError.from_dict(data)

            return componentsschemas_error_body_type_1

        response_401 = _parse_response_401(response.json())

        return response_401

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Domain | ErrorEntity | NestedError]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    account_id: str,
    service: str = "msdkgw",
    *,
    client: AuthenticatedClient | Client,
    version: Literal["1.0"] = "1.0",
) -> Response[Domain | ErrorEntity | NestedError]:
    """Look up the host that serves a service of an account

     Hosts differ from account to account and change over time. The answer may be kept for a day.

    Args:
        account_id (str):
        service (str):  Default: 'msdkgw'.
        version (Literal['1.0']):  Default: '1.0'.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Domain | ErrorEntity | NestedError]
    """

    kwargs = request_arguments(
        account_id=account_id,
        service=service,
        version=version,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    account_id: str,
    service: str = "msdkgw",
    *,
    client: AuthenticatedClient | Client,
    version: Literal["1.0"] = "1.0",
) -> Domain | ErrorEntity | NestedError | None:
    """Look up the host that serves a service of an account

     Hosts differ from account to account and change over time. The answer may be kept for a day.

    Args:
        account_id (str):
        service (str):  Default: 'msdkgw'.
        version (Literal['1.0']):  Default: '1.0'.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Domain | ErrorEntity | NestedError
    """

    return sync_detailed(
        account_id=account_id,
        service=service,
        client=client,
        version=version,
    ).parsed


async def asyncio_detailed(
    account_id: str,
    service: str = "msdkgw",
    *,
    client: AuthenticatedClient | Client,
    version: Literal["1.0"] = "1.0",
) -> Response[Domain | ErrorEntity | NestedError]:
    """Look up the host that serves a service of an account

     Hosts differ from account to account and change over time. The answer may be kept for a day.

    Args:
        account_id (str):
        service (str):  Default: 'msdkgw'.
        version (Literal['1.0']):  Default: '1.0'.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Domain | ErrorEntity | NestedError]
    """

    kwargs = request_arguments(
        account_id=account_id,
        service=service,
        version=version,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    account_id: str,
    service: str = "msdkgw",
    *,
    client: AuthenticatedClient | Client,
    version: Literal["1.0"] = "1.0",
) -> Domain | ErrorEntity | NestedError | None:
    """Look up the host that serves a service of an account

     Hosts differ from account to account and change over time. The answer may be kept for a day.

    Args:
        account_id (str):
        service (str):  Default: 'msdkgw'.
        version (Literal['1.0']):  Default: '1.0'.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Domain | ErrorEntity | NestedError
    """

    return (
        await asyncio_detailed(
            account_id=account_id,
            service=service,
            client=client,
            version=version,
        )
    ).parsed
