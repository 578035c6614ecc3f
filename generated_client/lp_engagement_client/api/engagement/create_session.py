# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from ... import errors
from ...models.create_session_request import CreateSessionRequest
from ...models.engagement_answer import EngagementAnswer
from ...models.error_entity import ErrorEntity
from ...models.nested_error import NestedError
from ...types import UNSET, Response

if TYPE_CHECKING:
    import httpx

    from ...client import AuthenticatedClient, Client


def request_arguments(
    account_id: str,
    *,
    body: CreateSessionRequest,
    v: Literal["1.0"] = "1.0",
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    params: dict[str, Any] = {}

    params["v"] = v

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/account/{account_id}/app/engagement/visitors/".format(
            account_id=quote(str(account_id), safe=""),
        ),
        "params": params,
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> EngagementAnswer | ErrorEntity | NestedError | None:
    if response.status_code == 200:
        response_200 = EngagementAnswer.from_dict(response.json())

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

    if response.status_code == 404:

        def _parse_response_404(data: object) -> ErrorEntity | NestedError:

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

        response_404 = _parse_response_404(response.json())

        return response_404

    if response.status_code == 429:

        def _parse_response_429(data: object) -> ErrorEntity | NestedError:

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

        response_429 = _parse_response_429(response.json())

        return response_429

    if response.status_code == 500:

        def _parse_response_500(data: object) -> ErrorEntity | NestedError:

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

        response_500 = _parse_response_500(response.json())

        return response_500

    if response.status_code == 503:

        def _parse_response_503(data: object) -> ErrorEntity | NestedError:

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

        response_503 = _parse_response_503(response.json())

        return response_503

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[EngagementAnswer | ErrorEntity | NestedError]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    account_id: str,
    *,
    client: AuthenticatedClient | Client,
    body: CreateSessionRequest,
    v: Literal["1.0"] = "1.0",
) -> Response[EngagementAnswer | ErrorEntity | NestedError]:
    """Create a session for a new visitor

     The first call of a visit. The visitor segment of the path is empty and its slash stays. Makes a new
    entry in the agents' visitor list, so call it once and keep the ids that it answers.

    Args:
        account_id (str):
        v (Literal['1.0']):  Default: '1.0'.
        body (CreateSessionRequest): What the app knows about itself and about the consumer.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[EngagementAnswer | ErrorEntity | NestedError]
    """

    kwargs = request_arguments(
        account_id=account_id,
        body=body,
        v=v,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    account_id: str,
    *,
    client: AuthenticatedClient | Client,
    body: CreateSessionRequest,
    v: Literal["1.0"] = "1.0",
) -> EngagementAnswer | ErrorEntity | NestedError | None:
    """Create a session for a new visitor

     The first call of a visit. The visitor segment of the path is empty and its slash stays. Makes a new
    entry in the agents' visitor list, so call it once and keep the ids that it answers.

    Args:
        account_id (str):
        v (Literal['1.0']):  Default: '1.0'.
        body (CreateSessionRequest): What the app knows about itself and about the consumer.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        EngagementAnswer | ErrorEntity | NestedError
    """

    return sync_detailed(
        account_id=account_id,
        client=client,
        body=body,
        v=v,
    ).parsed


async def asyncio_detailed(
    account_id: str,
    *,
    client: AuthenticatedClient | Client,
    body: CreateSessionRequest,
    v: Literal["1.0"] = "1.0",
) -> Response[EngagementAnswer | ErrorEntity | NestedError]:
    """Create a session for a new visitor

     The first call of a visit. The visitor segment of the path is empty and its slash stays. Makes a new
    entry in the agents' visitor list, so call it once and keep the ids that it answers.

    Args:
        account_id (str):
        v (Literal['1.0']):  Default: '1.0'.
        body (CreateSessionRequest): What the app knows about itself and about the consumer.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[EngagementAnswer | ErrorEntity | NestedError]
    """

    kwargs = request_arguments(
        account_id=account_id,
        body=body,
        v=v,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    account_id: str,
    *,
    client: AuthenticatedClient | Client,
    body: CreateSessionRequest,
    v: Literal["1.0"] = "1.0",
) -> EngagementAnswer | ErrorEntity | NestedError | None:
    """Create a session for a new visitor

     The first call of a visit. The visitor segment of the path is empty and its slash stays. Makes a new
    entry in the agents' visitor list, so call it once and keep the ids that it answers.

    Args:
        account_id (str):
        v (Literal['1.0']):  Default: '1.0'.
        body (CreateSessionRequest): What the app knows about itself and about the consumer.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        EngagementAnswer | ErrorEntity | NestedError
    """

    return (
        await asyncio_detailed(
            account_id=account_id,
            client=client,
            body=body,
            v=v,
        )
    ).parsed
