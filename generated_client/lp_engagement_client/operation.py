# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
"""Operations, and their requests and responses. Nothing here does I/O."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, NamedTuple, TypeVar
from urllib.parse import quote

from .errors import CallError
from .json_text import write_json
from .models.error_entity import ErrorEntity
from .values import nothing, read_json

__all__ = ["Operation", "Parameter", "Request", "Response"]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

SUCCESS = range(200, 300)


class Parameter(NamedTuple):
    """A parameter of an operation.

    Attributes:
        key: Its name in the request.
        place: Where it is in the request.
        required: Whether every request has it.
        const: Its only documented value, if there is only one: sent unless another is given.
    """

    key: str
    place: Literal["path", "query", "header"]
    required: bool
    const: str | None = None


class Request(NamedTuple):
    """A request that is ready to be sent. Its repr shows no ids and no content.

    Attributes:
        operation: The name of the operation.
        method: The HTTP method.
        server: The URL of the operation's own server; `None`: the account's.
        path: The path, percent-encoded.
        params: The parameters of the query, not encoded.
        headers: The headers.
        content: The body.
    """

    operation: str
    method: str
    server: str | None
    path: str
    params: dict[str, str]
    headers: dict[str, str]
    content: bytes | None

    @property
    def target(self) -> str:
        """The path and the query, percent-encoded."""
        if not self.params:
            return self.path
        return f"{self.path}?{'&'.join([f'{_quoted(key)}={_quoted(value)}' for key, value in self.params.items()])}"

    def __repr__(self) -> str:
        return f"Request({self.operation}, {self.method}, {len(self.content or b'')} bytes of content)"


@dataclass(frozen=True, kw_only=True)
class Response(Generic[T_co]):
    """The answer to a request, whatever its status.

    Attributes:
        operation: The name of the operation.
        status_code: The HTTP status.
        headers: The headers.
        content: The body.
        parsed: The answer, or the error as far as it can be read. A success with an error in its body is an error.
    """

    operation: str
    status_code: int
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)
    parsed: T_co | ErrorEntity = field(repr=False)

    def answer(self) -> T_co:
        """Return the answer.

        Raises:
            CallError: The server answered with an error.
        """
        if isinstance(self.parsed, ErrorEntity):
            code = self.parsed.internal_code
            raise CallError(
                f"{self.operation} was answered with HTTP {self.status_code}"
                f"{f' and the internal code {code}' if isinstance(code, int) else ''}.",
                status_code=self.status_code,
                error=self.parsed,
                content=self.content,
            )
        return self.parsed


class Operation(Generic[T]):
    """An operation of the spec. Builds its requests and reads its answers.

    Attributes:
        name: Its name in the spec.
        method: The HTTP method.
        path: The template of the path, as in the spec.
        server: The URL of its own server; `None`: the account's.
        parameters: The parameters by the names of the arguments.
        body: Whether a request has a body; `None`: it has none.
        answer: The model of its answer; `None`: it has none.
    """

    __slots__ = ("_others", "_read", "_segments", "answer", "body", "method", "name", "parameters", "path", "server")

    def __init__(
        self,
        *,
        name: str,
        method: str,
        path: str,
        server: str | None,
        parameters: Mapping[str, Parameter],
        body: Literal["required", "optional"] | None,
        answer: type[T] | None,
    ) -> None:
        self.name: str = name
        self.method: str = method
        self.path: str = path
        self.server: str | None = server
        self.parameters: Mapping[str, Parameter] = parameters
        self.body: Literal["required", "optional"] | None = body
        self.answer: type[T] | None = answer
        self._read: Callable[[object], Any] = nothing if answer is None else getattr(answer, "from_dict")
        keys = {parameter.key: argument for argument, parameter in parameters.items() if parameter.place == "path"}
        pieces = [piece.partition("}") for piece in path.split("{")]
        self._segments = tuple((keys[key], rest) if brace else ("", key) for key, brace, rest in pieces)
        self._others = tuple((name, each) for name, each in parameters.items() if each.place != "path")

    def build(self, values: Mapping[str, str | None], body: Any = None) -> Request:
        """Build a request. Nothing is sent.

        Args:
            values: The parameters by the names of the arguments. Those that the operation does not have are ignored, and
                `None` leaves an optional one out.
            body: A model, a mapping, which is written as it is, or JSON text as bytes.

        Raises:
            CallError: A parameter or the body is missing or cannot be sent.
        """
        path = "".join(
            [f"{self._segment(name, values.get(name))}{rest}" if name else rest for name, rest in self._segments]
        )
        params: dict[str, str] = {}
        headers = {"Accept": "application/json"}
        for name, parameter in self._others:
            value = values.get(name) or parameter.const
            if value is None:
                if parameter.required:
                    raise CallError(f"{name} is missing. {self.name} requires it.")
            elif parameter.place == "query":
                params[parameter.key] = _sendable(name, value)
            else:
                headers[parameter.key] = _header(name, value)
        content = None
        if body is not None:
            if self.body is None:
                raise CallError(f"{self.name} takes no body. Leave it out.")
            content = body if isinstance(body, bytes) else _written(body)
            headers["Content-Type"] = "application/json"
        elif self.body == "required":
            raise CallError(f"the body is missing. {self.name} needs one.")
        return Request(self.name, self.method, self.server, path, params, headers, content)

    def parse(self, status: int, content: bytes) -> T | ErrorEntity:
        """Read an answer, of any status and with any content. Raises nothing.

        Returns:
            The answer if the status is a success and the content names no error, else the error as far as it can be read.
        """
        source = read_json(content)
        if status not in SUCCESS:
            return ErrorEntity.from_dict(source)
        found = ErrorEntity.within(source)
        return self._read(source) if found is None else found

    def _segment(self, name: str, value: str | None) -> str:
        if value is None:
            raise CallError(f"{name} is missing. {self.name} requires it.")
        if not _sendable(name, value).strip("."):
            # A segment of dots would leave the path, and an empty one would address another resource.
            raise CallError(f"{name} must not be empty or consist of dots only. It is a segment of the path.")
        return _quoted(value)

    def __repr__(self) -> str:
        return f"Operation({self.name}: {self.method} {self.path})"


_unreserved = re.compile(r"[A-Za-z0-9._~-]*").fullmatch


def _quoted(value: str) -> str:
    # Nearly all ids need no quoting, and the check is faster than quoting.
    return value if _unreserved(value) else quote(value, safe="")


def _sendable(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise CallError(f"{name} must be a string, not {type(value).__name__}.")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise CallError(f"{name} contains half of a surrogate pair, which cannot be sent.") from None
    return value


def _header(name: str, value: object) -> str:
    found = _sendable(name, value)
    if not (found.isascii() and found.isprintable()):
        raise CallError(f"{name} must be printable ASCII. It is a header.")
    return found


def _written(body: object) -> bytes:
    if not (hasattr(body, "to_dict") or isinstance(body, Mapping)):
        raise CallError(f"the body must be an object, not {type(body).__name__}.")
    try:
        return write_json(body)
    except (TypeError, ValueError, RecursionError):
        raise CallError(
            "the body cannot be written as JSON. Use strings, numbers, booleans, lists and dicts."
        ) from None
