"""Whether the pages of others that ours lead to are there."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterable

SECONDS = 20
# What servers say that know GET only, or turn programs away that ask for the head.
_ASK_AGAIN = {403, 404, 405, 501}


def absent(urls: Iterable[str], client: httpx.Client) -> dict[str, str]:
    """Ask for each URL once.

    Args:
        urls: what to ask for.
        client: by what to ask; it may be shared by threads.

    Returns:
        For each URL that is not there, what came instead.
    """
    asked = sorted(set(urls))
    with ThreadPoolExecutor(8) as workers:
        told = zip(asked, workers.map(lambda url: _ask(url, client), asked), strict=True)
        return {url: why for url, why in told if why is not None}


def _ask(url: str, client: httpx.Client) -> str | None:
    try:
        answer = client.head(url)
        if answer.status_code in _ASK_AGAIN:
            with client.stream("GET", url) as answer:
                pass
    except httpx.HTTPError as error:
        return f"{type(error).__name__}: {error}"
    return f"status {answer.status_code}" if answer.is_error else None
