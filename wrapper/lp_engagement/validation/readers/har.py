"""Reading recorded requests from HAR files, as browsers and proxies save them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .jsonc import read_with_comments
from .requests import RecordedRequest, payloads, text_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lp_engagement.validation.documents import Document


def read_har(data: bytes) -> Iterator[Document]:
    """Read the bodies of all requests that carry payloads, and check their URLs."""
    file = read_with_comments(data)
    if not file.readable:
        yield file
        return
    for index, entry in enumerate(_entries(file.value)):
        request = entry.get("request") if isinstance(entry, dict) else None
        if not isinstance(request, dict):
            continue
        at = ("log", "entries", index, "request")
        body = text_at(request, "postData", "text")
        body_at = (*at, "postData", "text") if body.strip() else None
        method, url = text_at(request, "method"), text_at(request, "url")
        yield from payloads(file, RecordedRequest(method, url, at, (*at, "url"), body_at, body))


def _entries(value: Any) -> list[Any]:
    log = value.get("log") if isinstance(value, dict) else None
    entries = log.get("entries") if isinstance(log, dict) else None
    return entries if isinstance(entries, list) else []
