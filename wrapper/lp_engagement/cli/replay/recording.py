"""Reads recorded requests and answers from HAR files, and from journals of the simulator as NDJSON."""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from lp_engagement._core.generated import find
from lp_engagement.simulator.engine import FAULT_HEADER
from lp_engagement_client import api

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Recorded", "RecordingError", "read_recording"]

_HEADERS = ("content-type", "accept", FAULT_HEADER)
"""The others belong to a connection, or to whoever recorded."""


class RecordingError(ValueError):
    """The file is no recording; the message names the place and the reason."""


@dataclass(frozen=True, slots=True, repr=False)
class Recorded:
    """A request of the API with its answer.

    Attributes:
        operation: the operation of the spec.
        method: the HTTP method.
        path: the path, percent-encoded.
        query: the query, without its question mark.
        headers: the headers that are sent again, names in lower case.
        content: the body.
        status: the status of the answer; `None` if the connection was cut.
        answer: the body of the answer.
        fault: the fault of a simulator that decided the answer; `None` for none.
        at: when it was sent, in seconds since the epoch; `None` if that is not recorded.
    """

    operation: str
    method: str
    path: str
    query: str
    headers: dict[str, str]
    content: bytes
    status: int | None
    answer: bytes
    fault: str | None
    at: float | None


def read_recording(data: bytes) -> tuple[list[Recorded], int]:
    """Read the requests of the API, in the order of the file, and count the other ones.

    Raises:
        RecordingError: the file is neither HAR nor a journal.
    """
    entries = list(_entries(data.removeprefix(b"\xef\xbb\xbf")))
    recorded = [read for entry in entries if (read := _recorded(*entry)) is not None]
    return recorded, len(entries) - len(recorded)


def _entries(data: bytes) -> Iterator[tuple[str, Any]]:
    """Give each entry of a file with its place."""
    try:
        whole = json.loads(data)
    except (ValueError, RecursionError):
        whole = None
    if isinstance(whole, dict) and isinstance(whole.get("log"), dict):
        entries = whole["log"].get("entries")
        if not isinstance(entries, list):
            raise RecordingError("FILE is a HAR file without log.entries. Save it again with its entries.")
        for number, entry in enumerate(entries):
            yield f"log.entries[{number}]", entry
        return
    for number, line in enumerate(data.splitlines(), 1):
        if line.strip():
            try:
                yield f"line {number}", json.loads(line)
            except (ValueError, RecursionError):
                raise RecordingError(
                    f"FILE is neither HAR nor a journal: line {number} is not JSON. The simulator's page saves both."
                ) from None


def _recorded(place: str, entry: Any) -> Recorded | None:
    try:
        return _har(entry) if "request" in entry else _journal(entry)
    except (KeyError, TypeError, AttributeError, ValueError, binascii.Error):
        raise RecordingError(f"FILE is neither HAR nor a journal: {place} is no recorded request.") from None


def _har(entry: dict[str, Any]) -> Recorded | None:
    request, response = entry["request"], entry["response"]
    url = urlsplit(request["url"])
    content = response.get("content") or {}
    text = content.get("text") or ""
    answer = base64.b64decode(text) if content.get("encoding") == "base64" else text.encode()
    headers = {header["name"].lower(): header["value"] for header in request.get("headers", ())}
    body = ((request.get("postData") or {}).get("text") or "").encode()
    at = entry.get("startedDateTime")
    return _of_the_api(
        request["method"],
        url.path,
        url.query,
        headers,
        content=body,
        # Browsers and our journal write 0 for a connection that was cut.
        status=int(response["status"]) or None,
        answer=answer,
        fault=entry.get("_fault"),
        at=None if at is None else datetime.fromisoformat(at).timestamp(),
    )


def _journal(entry: dict[str, Any]) -> Recorded | None:
    return _of_the_api(
        entry["method"],
        entry["path"],
        urlencode(entry["query"]),
        entry.get("headers", {"content-type": "application/json"}),
        content=entry["content"].encode(),
        status=None if entry["status"] is None else int(entry["status"]),
        answer=(entry["answer"] or "").encode(),
        fault=entry["fault"],
        at=entry["at"],
    )


def _of_the_api(method: str, path: str, query: str, headers: dict[str, str], **more: Any) -> Recorded | None:
    operation = next((name for name, pattern in _patterns(method) if pattern.fullmatch(path)), None)
    if operation is None:
        return None
    kept = {name: headers[name] for name in _HEADERS if name in headers}
    return Recorded(operation, method, path, query, kept, **more)


@cache
def _patterns(method: str) -> list[tuple[str, re.Pattern[str]]]:
    return [
        (name, re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(find(name).path))))
        for name in api.OPERATIONS
        if find(name).method == method
    ]
