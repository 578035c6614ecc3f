"""The journal in formats that other tools read: JSON objects, HAR 1.2 and curl commands."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from lp_engagement._common.version import __version__
from lp_engagement_client import facts

from .broken_rules import broken_rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .requests import Entry

__all__ = ["recorded", "to_curl", "to_har"]

_REASONS = {status.value: status.phrase for status in HTTPStatus}
_OF_A_CONNECTION = frozenset(["accept-encoding", "connection", "content-length", "host"])


def recorded(number: int, entry: Entry) -> dict[str, Any]:
    """Return a request with its response as a JSON object."""
    return {
        "number": number,
        "at": entry.at,
        "method": entry.method,
        "path": entry.path,
        "query": dict(entry.query),
        "headers": dict(entry.headers),
        "operation": entry.operation,
        "account": entry.account_id,
        "visitor": entry.visitor_id,
        "body": entry.body,
        "content": entry.content.decode("utf-8", "replace"),
        "status": entry.status,
        "answerHeaders": None if entry.answer is None else dict(entry.answer.headers),
        "answer": None if entry.answer is None else entry.answer.body.decode("utf-8", "replace"),
        "fault": entry.fault,
        "dropped": [{"pointer": part.pointer, "rule": part.rule, "title": part.title} for part in entry.dropped],
        "problems": [] if entry.status != HTTPStatus.BAD_REQUEST else _problems(entry),
        "curl": to_curl(entry),
    }


def _problems(entry: Entry) -> list[dict[str, str]]:
    """List the rules of the spec that the body of a refused request breaks."""
    kind = None if entry.operation is None else facts.OPERATIONS[entry.operation].body
    if kind is None:
        return []
    return broken_rules(kind, entry.content) if entry.body is None else broken_rules(kind, entry.body)


def to_curl(entry: Entry) -> str:
    """Write a request as a command for a POSIX shell."""
    words = ["curl", "-X", entry.method, _url(entry)]
    for name, value in entry.headers.items():
        if name not in _OF_A_CONNECTION:
            words += ["-H", f"{name}: {value}"]
    if entry.content:
        words += ["--data-binary", entry.content.decode("utf-8", "replace")]
    return shlex.join(words)


def to_har(entries: Iterable[Entry]) -> dict[str, Any]:
    """Write requests as an HTTP archive; the status of a cut connection is 0, as in browsers."""
    creator = {"name": "lp-engagement simulator", "version": __version__}
    return {"log": {"version": "1.2", "creator": creator, "entries": [_har_entry(entry) for entry in entries]}}


def _har_entry(entry: Entry) -> dict[str, Any]:
    status, content = entry.status or 0, b"" if entry.answer is None else entry.answer.body
    headers = {} if entry.answer is None else entry.answer.headers
    milliseconds = 0.0 if entry.answer is None else entry.answer.seconds * 1000
    request: dict[str, Any] = {
        "method": entry.method,
        "url": _url(entry),
        **_common(entry.headers, len(entry.content)),
        "queryString": _pairs(entry.query),
    }
    if entry.content:
        media_type = entry.headers.get("content-type", "")
        request["postData"] = {"mimeType": media_type, "text": entry.content.decode("utf-8", "replace")}
    return {
        "startedDateTime": datetime.fromtimestamp(entry.at, UTC).isoformat(timespec="milliseconds"),
        "time": milliseconds,
        "request": request,
        "response": {
            "status": status,
            "statusText": _REASONS.get(status, ""),
            **_common(headers, len(content)),
            "content": {
                "size": len(content),
                "mimeType": headers.get("content-type", ""),
                "text": content.decode("utf-8", "replace"),
            },
            "redirectURL": "",
        },
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "comment": entry.operation or "",
        # The format reserves names that begin with an underscore for additions.
        "_fault": entry.fault,
    }


def _common(headers: Mapping[str, str], size: int) -> dict[str, Any]:
    return {
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(headers),
        "headersSize": -1,
        "bodySize": size,
    }


def _pairs(values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in values.items()]


def _url(entry: Entry) -> str:
    query = f"?{urlencode(entry.query)}" if entry.query else ""
    return f"http://{entry.headers.get('host', 'localhost')}{entry.path}{query}"
