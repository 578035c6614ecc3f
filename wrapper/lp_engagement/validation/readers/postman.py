"""Reading the requests of Postman collections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .jsonc import read_with_comments
from .requests import RecordedRequest, payloads, text_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lp_engagement.validation.documents import Document
    from lp_engagement.validation.problem import Path

_DEEPEST = 50
"""Levels of folders that are read."""


def read_postman(data: bytes) -> Iterator[Document]:
    """Read the raw bodies of all requests that carry payloads, and check their URLs."""
    file = read_with_comments(data)
    if not file.readable:
        yield file
        return
    for at, request in _requests(file.value, ()):
        body = text_at(request, "body", "raw")
        body_at = (*at, "body", "raw") if body.strip() else None
        url, place = _url(request)
        url_at = (*at, *place)
        yield from payloads(
            file, RecordedRequest(text_at(request, "method"), url, at, url_at, body_at, body), templates=True
        )


def _url(request: dict[str, Any]) -> tuple[str, Path]:
    """Return the URL of a request, and where it is: a string, or an object with the whole and its parts."""
    url = request.get("url")
    if not isinstance(url, dict):
        return text_at(request, "url"), ("url",)
    if isinstance(url.get("raw"), str):
        return url["raw"], ("url", "raw")
    path = url.get("path")
    query = [each for each in url.get("query") or () if isinstance(each, dict) and not each.get("disabled")]
    pairs = "&".join(f"{each.get('key')}={each.get('value')}" for each in query)
    return f"/{'/'.join(map(str, path)) if isinstance(path, list) else path}?{pairs}", ("url",)


def _requests(folder: Any, at: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield the requests of a folder and of the folders in it, with those of saved examples."""
    items = folder.get("item") if isinstance(folder, dict) else None
    for index, item in enumerate(items if isinstance(items, list) else ()):
        place = (*at, "item", index)
        if isinstance(item, dict) and isinstance(item.get("request"), dict):
            yield (*place, "request"), item["request"]
            saved = item.get("response")
            for number, response in enumerate(saved if isinstance(saved, list) else ()):
                if isinstance(response, dict) and isinstance(response.get("originalRequest"), dict):
                    yield (*place, "response", number, "originalRequest"), response["originalRequest"]
        elif len(at) < 2 * _DEEPEST:
            yield from _requests(item, place)
