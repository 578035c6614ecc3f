# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
"""The client that makes the calls, over httpx."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeVar

import httpx

from .errors import CallError
from .operation import Operation, Request, Response

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

__all__ = ["Client"]

TIMEOUT_SECONDS = 30.0
"""The time limit for connecting, for a free connection in the pool, and for each read and write."""

T = TypeVar("T")


class _Connections:
    """The HTTP clients that a client shares with those derived from it, created by the first call."""

    def __init__(self, arguments: dict[str, Any]) -> None:
        self.arguments = arguments
        self.sync: httpx.Client | None = None
        self.asyncio: httpx.AsyncClient | None = None


class Client:
    """Makes the calls of `api`. Does not retry and does not store ids.

    Use it as a context manager, or call `close` (`aclose` after calls with `await`).

    Args:
        base_url: The account's server, for example `https://va.v.liveperson.net`. Operations with a server of their own do
            not need it.
        headers: Headers that every request is sent with.
        timeout: Seconds that a call waits for the connection, for its turn in the pool, and for each read and write.
        verify_ssl: An `ssl.SSLContext` of your own, or `False` to accept any certificate, for tests.
        httpx_args: More arguments of `httpx.Client` and `httpx.AsyncClient`. Redirects are not followed unless you say so.
    """

    def __init__(
        self,
        base_url: str | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        timeout: float | httpx.Timeout = TIMEOUT_SECONDS,
        verify_ssl: ssl.SSLContext | bool = True,
        httpx_args: Mapping[str, Any] | None = None,
    ) -> None:
        self._base_url = base_url
        self._headers = dict(headers or {})
        self._timeout = timeout
        self._connections = _Connections({"verify": verify_ssl, **(httpx_args or {})})

    def with_base_url(self, base_url: str) -> Client:
        """Return a client for another server. It shares the connections of this one, which is not changed."""
        return self._derived(base_url=base_url)

    def with_headers(self, headers: Mapping[str, str]) -> Client:
        """Return a client with more headers. It shares the connections of this one, which is not changed."""
        return self._derived(headers={**self._headers, **headers})

    def with_timeout(self, timeout: float | httpx.Timeout) -> Client:
        """Return a client with another timeout. It shares the connections of this one, which is not changed."""
        return self._derived(timeout=timeout)

    def _derived(self, **changes: Any) -> Client:
        arguments = {"base_url": self._base_url, "headers": self._headers, "timeout": self._timeout, **changes}
        derived = Client(**arguments)
        derived._connections = self._connections
        return derived

    def set_httpx_client(self, client: httpx.Client) -> Self:
        """Use an `httpx.Client` of your own. Headers and timeout of this client still apply."""
        self._connections.sync = client
        return self

    def set_async_httpx_client(self, client: httpx.AsyncClient) -> Self:
        """Use an `httpx.AsyncClient` of your own. Headers and timeout of this client still apply."""
        self._connections.asyncio = client
        return self

    def get_httpx_client(self) -> httpx.Client:
        """Return the `httpx.Client` that calls are made with."""
        if self._connections.sync is None:
            self._connections.sync = httpx.Client(**self._connections.arguments)
        return self._connections.sync

    def get_async_httpx_client(self) -> httpx.AsyncClient:
        """Return the `httpx.AsyncClient` that calls are made with."""
        if self._connections.asyncio is None:
            self._connections.asyncio = httpx.AsyncClient(**self._connections.arguments)
        return self._connections.asyncio

    def call(self, operation: Operation[T], request: Request) -> Response[T]:
        """Send a request of an operation and read the answer, whatever its status.

        Raises:
            CallError: The client has no `base_url`, or no answer came.
        """
        client, arguments = self.get_httpx_client(), self._arguments(request)
        try:
            response = client.request(**arguments)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _no_answer(request, error) from error
        return _read(operation, response)

    async def acall(self, operation: Operation[T], request: Request) -> Response[T]:
        """Send a request of an operation and read the answer, whatever its status.

        Raises:
            CallError: The client has no `base_url`, or no answer came.
        """
        client, arguments = self.get_async_httpx_client(), self._arguments(request)
        try:
            response = await client.request(**arguments)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _no_answer(request, error) from error
        return _read(operation, response)

    def _arguments(self, request: Request) -> dict[str, Any]:
        base_url = request.server or self._base_url
        if base_url is None:
            raise CallError(f"{request.operation} needs the account's server. Pass base_url to Client.")
        return {
            "method": request.method,
            "url": f"{base_url.rstrip('/')}{request.target}",
            "headers": {**request.headers, **self._headers},
            "content": request.content,
            "timeout": self._timeout,
        }

    def close(self) -> None:
        """Close the connections of synchronous calls, also those of clients derived from this one."""
        if self._connections.sync is not None:
            self._connections.sync.close()

    async def aclose(self) -> None:
        """Close the connections of calls with `await`, also those of clients derived from this one."""
        if self._connections.asyncio is not None:
            await self._connections.asyncio.aclose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"Client(base_url={self._base_url!r})"


def _no_answer(request: Request, error: Exception) -> CallError:
    return CallError(f"{request.operation} got no answer: {type(error).__name__}.")


def _read(operation: Operation[T], response: httpx.Response) -> Response[T]:
    return Response(
        operation=operation.name,
        status_code=response.status_code,
        headers=response.headers,
        content=response.content,
        parsed=operation.parse(response.status_code, response.content),
    )
