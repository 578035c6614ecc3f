"""Private parts of the HTTP libraries that the transports use. A new version may move them without notice."""

from __future__ import annotations

import asyncio
import http.client
import re
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import aiohttp
import httpx
import pytest
import urllib3
from aiohttp.client_proto import ResponseHandler
from urllib3.connection import HTTPConnection

from tools.repository import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

IO = ROOT / "wrapper/lp_engagement/_io"


async def _session() -> Any:
    async with aiohttp.ClientSession() as session:
        return session


async def _protocol() -> Any:
    return ResponseHandler(asyncio.get_running_loop())


PARTS: list[tuple[str, str, str, str]] = [
    *(("urllib3_transport.py", "urllib3", "HTTPConnection", name) for name in ("_new_conn", "_tunnel", "_dns_host")),
    ("urllib3_transport.py", "urllib3", "HTTPConnectionPool", "_put_conn"),
    *(
        ("urllib3_transport.py", "python", "HTTPResponse", name)
        for name in ("_read_status", "_read_next_chunk_size", "_read_and_discard_trailer")
    ),
    *(
        ("aiohttp_transport.py", "aiohttp", "ClientSession", name)
        for name in ("_retry_connection", "_default_proxy", "_default_proxy_auth", "_middlewares")
    ),
    ("aiohttp_transport.py", "aiohttp", "ResponseHandler", "_parser"),
    *(("httpx_pools.py", "httpx", "Client", name) for name in ("_transport", "_mounts")),
    ("httpx_pools.py", "httpx", "HTTPTransport", "_pool"),
    ("httpx_pools.py", "httpcore", "ConnectionPool", "_network_backend"),
]
"""The module, the library, the class and the name."""


OWNERS: dict[str, Callable[[], Any]] = {
    "HTTPConnection": lambda: HTTPConnection("lp.example.com"),
    "HTTPConnectionPool": lambda: urllib3.HTTPConnectionPool,
    "HTTPResponse": lambda: http.client.HTTPResponse,
    "ClientSession": lambda: asyncio.run(_session()),
    "ResponseHandler": lambda: asyncio.run(_protocol()),
    "Client": httpx.Client,
    "HTTPTransport": httpx.HTTPTransport,
    "ConnectionPool": lambda: httpx.HTTPTransport()._pool,
}
"""An object of each class, or the class, which has its parts."""


def missing(module: str, library: str, kind: str, name: str) -> str | None:
    """Return the advice about a part that is gone; `None` if it is there."""
    if hasattr(OWNERS[kind](), name):
        return None
    which = "this Python" if library == "python" else f"{library} {version(library)}"
    return (
        f"{which} has no {kind}.{name}, which {module} uses. Read the library's new code, adapt the module, run "
        "`make test-faults`, and correct this list; until then, cap the version in pyproject.toml."
    )


@pytest.mark.parametrize("part", PARTS, ids=lambda part: f"{part[2]}.{part[3]}")
def test_private_part_is_there(part: tuple[str, str, str, str]) -> None:
    """The installed version has what the module uses."""
    assert missing(*part) is None


def test_lost_part_is_named() -> None:
    """The message names the version, the part, the module, and what to do."""
    found = missing("urllib3_transport.py", "urllib3", "HTTPConnection", "_gone")
    assert found is not None
    assert re.match(r"urllib3 [\d.]+ has no HTTPConnection._gone, which urllib3_transport.py uses. ", found)


def test_listed_parts_are_used() -> None:
    """The list has no part that its module no longer uses."""
    unused = [part for part in PARTS if part[3] not in (IO / part[0]).read_text(encoding="utf-8")]
    assert unused == []
