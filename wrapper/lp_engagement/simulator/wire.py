"""HTTP/1.1 as far as a server of short requests needs it: bytes in, requests out, answers to bytes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["BadRequest", "Request", "head_of", "read_request"]

_MAX_HEAD_BYTES = 64 * 1024
_MAX_BODY_BYTES = 16 * 1024 * 1024
_MAX_BODY_DIGITS = len(str(_MAX_BODY_BYTES))
_WORDS_OF_A_REQUEST_LINE = 3
_REASONS = {status.value: status.phrase for status in HTTPStatus}
_WITHOUT_BODY = frozenset([HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED])
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n\0]*)")
_ONCE = frozenset(["content-length", "host", "transfer-encoding"])
"""Headers whose repetition makes it doubtful where a request ends or whom it is for."""


class BadRequest(Exception):  # noqa: N818 - an answer
    """What arrived is not read any further; the connection ends after this status."""

    def __init__(self, status: HTTPStatus, reason: str | None = None) -> None:
        super().__init__(reason or f"{status.phrase}.")
        self.status = status


@dataclass(slots=True)
class Request:
    """One request.

    Attributes:
        method: the method.
        target: path and query as they were sent.
        headers: the headers, names in lower case.
        length: the length of the body in bytes.
        keeps_alive: whether the client wants to send more.
        body: the body.
    """

    method: str
    target: str
    headers: dict[str, str]
    length: int
    keeps_alive: bool
    body: bytes = b""

    @property
    def waits(self) -> bool:
        """Whether the client sends its body only when it is told to."""
        return self.headers.get("expect", "").lower() == "100-continue"


def read_request(buffer: bytearray) -> Request | None:
    """Take the head of a request out of the buffer; `None` if it has not arrived as a whole.

    Raises:
        BadRequest: it is none, or announces a body that is not read.
    """
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        if len(buffer) > _MAX_HEAD_BYTES:
            raise BadRequest(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        return None
    first, *lines = buffer[:end].decode("latin-1").split("\r\n")
    del buffer[: end + 4]
    words = first.split(" ")
    if len(words) != _WORDS_OF_A_REQUEST_LINE or words[2] not in {"HTTP/1.1", "HTTP/1.0"}:
        raise BadRequest(HTTPStatus.BAD_REQUEST)
    headers = _headers(lines)
    keeps_alive = words[2] == "HTTP/1.1" and headers.get("connection", "").lower() != "close"
    return Request(words[0], words[1], headers, _length(headers), keeps_alive)


def _headers(lines: list[str]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in lines:
        match = _HEADER.fullmatch(line)
        if match is None or (match[1].lower() in _ONCE and match[1].lower() in headers):
            raise BadRequest(HTTPStatus.BAD_REQUEST)
        headers[match[1].lower()] = match[2].rstrip(" \t")
    return headers


def _length(headers: Mapping[str, str]) -> int:
    text = headers.get("content-length", "0")
    if "transfer-encoding" in headers or not (text.isascii() and text.isdigit()):
        raise BadRequest(HTTPStatus.LENGTH_REQUIRED)
    if len(text) > _MAX_BODY_DIGITS or int(text) > _MAX_BODY_BYTES:
        raise BadRequest(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return int(text)


def head_of(status: int, headers: Mapping[str, str], length: int, *, keeps_alive: bool = True) -> bytes:
    """Write the head of an answer."""
    lines = [f"HTTP/1.1 {status} {_REASONS.get(status, '')}", "server: lp-engagement-simulator"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if status not in _WITHOUT_BODY:
        lines.append(f"content-length: {length}")
    if not keeps_alive:
        lines.append("connection: close")
    lines.append("\r\n")
    return "\r\n".join(lines).encode("latin-1", "replace")
