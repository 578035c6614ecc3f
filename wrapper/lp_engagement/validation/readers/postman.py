"""Reading the requests of Postman collections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .jsonc import read_with_comments
from .requests import Recorded, payloads, text_at

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
        in_object = isinstance(request.get("url"), dict)
        url = text_at(request, "url", "raw") if in_object else text_at(request, "url")
        url_at = (*at, "url", "raw") if in_object else (*at, "url")
        yield from payloads(file, Recorded(text_at(request, "method"), url, at, url_at, body_at, body), templates=True)


def _requests(folder: Any, at: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield the requests of a folder and of the folders in it."""
    items = folder.get("item") if isinstance(folder, dict) else None
    for index, item in enumerate(items if isinstance(items, list) else ()):
        place = (*at, "item", index)
        if isinstance(item, dict) and isinstance(item.get("request"), dict):
            yield (*place, "request"), item["request"]
        elif len(at) < 2 * _DEEPEST:
            yield from _requests(item, place)
