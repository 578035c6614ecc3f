"""The plain data that the flow and the transports share. Knows no HTTP library."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from lp_engagement.errors import UnexpectedResponseError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["AsyncTransport", "HttpRequest", "HttpResponse", "Transport"]


@dataclass(frozen=True, slots=True, repr=False)
class HttpRequest:
    """One request, ready to be sent.

    Attributes:
        method: the HTTP method in capitals.
        url: the absolute URL, already percent-encoded.
        headers: header names, in any case, and their values.
        content: the body; `None` for none.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    content: bytes | None = None

    def __repr__(self) -> str:
        # URL, header values and body hold ids and engagement attributes, and reprs end up in logs.
        return f"<HttpRequest {self.method}, {len(self.headers)} headers, {len(self.content or b'')} bytes>"


@dataclass(frozen=True, slots=True, repr=False)
class HttpResponse:
    """One complete answer.

    Attributes:
        status: the HTTP status.
        headers: the headers as the server sent them, names in lower case, repeated ones joined by commas.
        content: the body without its content encoding.
    """

    status: int
    headers: Mapping[str, str]
    content: bytes

    def json(self) -> Any:
        """Return the body as a JSON value.

        Raises:
            UnexpectedResponseError: it is none.
        """
        try:
            return json.loads(self.content)
        except (ValueError, RecursionError):
            pass
        # Out here, because the parser's error holds the whole body.
        raise UnexpectedResponseError("the body of the answer is not JSON", status=self.status)

    def __repr__(self) -> str:
        return f"<HttpResponse {self.status}, {len(self.headers)} headers, {len(self.content)} bytes>"


class Transport(Protocol):
    """Sends requests one by one, from any thread."""

    def send(self, request: HttpRequest, *, timeout: float) -> HttpResponse:
        """Send `request` and return the complete answer, whatever its status; redirects are not followed.

        Args:
            request: what to send.
            timeout: seconds for the whole exchange: connecting, writing and reading.

        Raises:
            ConnectError: no connection was established, so the server has seen nothing.
            TransportTimeout: no complete answer in time.
            TransportError: the exchange broke off; `maybe_sent` says if the server may have seen the request.
            UnexpectedResponseError: the answer is too large or cannot be decoded.
            ConfigurationError: the request or the environment cannot be used for HTTP.
            RuntimeError: the transport is closed.
        """
        ...

    def close(self) -> None:
        """Let go of all connections. May be called again."""
        ...


class AsyncTransport(Protocol):
    """Sends requests one by one, in one event loop."""

    async def send(self, request: HttpRequest, *, timeout: float) -> HttpResponse:  # noqa: ASYNC109 - part of the contract
        """Send `request` and return the complete answer, whatever its status; redirects are not followed.

        Args:
            request: what to send.
            timeout: seconds for the whole exchange: connecting, writing and reading.

        Raises:
            ConnectError: no connection was established, so the server has seen nothing.
            TransportTimeout: no complete answer in time.
            TransportError: the exchange broke off; `maybe_sent` says if the server may have seen the request.
            UnexpectedResponseError: the answer is too large or cannot be decoded.
            ConfigurationError: the request or the environment cannot be used for HTTP.
            RuntimeError: the transport is closed.
        """
        ...

    async def aclose(self) -> None:
        """Let go of all connections. May be called again."""
        ...
