"""Responses: normal, rejecting, slow and cut ones, independent of the transport."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from lp_engagement_client import facts

from .spec import as_spelled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["JSON", "ConnectionCut", "Refusal", "SimulatedResponse", "faulty_input", "json_response", "pieces"]

JSON = "application/json"
_PIECES = 20


class ConnectionCut(Exception):  # noqa: N818 - an event that a scenario requests, not a mistake
    """The scenario ends the connection here, without a response."""


@dataclass(frozen=True, slots=True, repr=False)
class SimulatedResponse:
    """A response, independent of the transport.

    Attributes:
        status: the HTTP status.
        headers: header names, in lower case, and their values. `Content-Length` is left to the server.
        body: the body.
        seconds: how long the response takes to arrive, piece by piece.
        cut_after: how many bytes of the body arrive before the connection is cut; `None` for all.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float = 0.0
    cut_after: int | None = None

    def __repr__(self) -> str:
        return f"<SimulatedResponse {self.status}, {len(self.body)} bytes>"

    def json(self) -> Any:
        """Parse the body.

        Raises:
            ValueError: it is not JSON.
        """
        return json.loads(self.body)


class Refusal(Exception):  # noqa: N818 - a response, not a mistake of the simulator
    """The request is answered with an error entity.

    The code is a number or its name in the spec. All arguments are keywords, which keeps them out of the exception's
    string: messages can contain ids.
    """

    def __init__(
        self,
        *,
        status: int,
        code: int | str,
        message: str,
        nested: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__()
        self._status = status
        self._code = facts.INTERNAL_CODES[code] if isinstance(code, str) else code
        self._message = message
        self._nested = nested
        self._headers = headers or {}

    def response(self, now: float) -> SimulatedResponse:
        """Return the response; `now` in seconds since the epoch."""
        if self._nested:
            time = datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds")
            inner = as_spelled("ErrorEntity", time=time, message=self._message, internal_code=str(self._code))
            entity = as_spelled("NestedError", error=inner)
        else:
            entity = as_spelled("ErrorEntity", time=int(now * 1000), message=self._message, internal_code=self._code)
        return json_response(self._status, entity, self._headers)


def json_response(
    status: int, entity: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> SimulatedResponse:
    """Make a response of a JSON object."""
    return SimulatedResponse(status, {"content-type": JSON, **(headers or {})}, json.dumps(entity).encode())


def faulty_input(name: str) -> Refusal:
    """Make the refusal of a request whose field, parameter or header `name` is missing or wrong."""
    return Refusal(status=400, code="bad-input", message=name)


def pieces(response: SimulatedResponse) -> Iterator[tuple[float, bytes]]:
    """Split the body into pieces, each with the seconds to wait before it, up to where the connection is cut."""
    body = response.body[: response.cut_after]
    count = min(_PIECES, max(len(body), 1))
    size = -(-len(body) // count) or 1
    for number in range(count):
        yield response.seconds / count, body[number * size : (number + 1) * size]
