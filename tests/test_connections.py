"""Connections, at moments that only luck would hit from outside."""

from __future__ import annotations

import socket
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import anyio
import httpcore
import pytest

from lp_engagement._io.network_async import AsyncStream
from lp_engagement._io.network_sync import Stream
from lp_engagement._io.wire import Allowance, Wire

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.anyio


class Stopped:
    """A socket whose process is stopped right after its first try to read; what the other side then sends is there."""

    def __init__(self, raw: socket.socket, other: socket.socket, wire: Wire, data: bytes) -> None:
        self._raw = raw
        self._other = other
        self._wire = wire
        self._data = data

    def recv(self, count: int) -> bytes:
        """Read; be stopped after that."""
        try:
            return self._raw.recv(count)
        finally:
            self._other.sendall(self._data)
            self._data = b""
            self._wire.deadline = time.monotonic() - 1

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    """A connection."""
    ours, theirs = socket.socketpair()
    ours.settimeout(0)
    with closing(ours), closing(theirs):
        yield ours, theirs


async def read(flavour: str, ends: tuple[socket.socket, socket.socket], data: bytes) -> bytes:
    """Read, and be stopped until the time is up."""
    wire = Wire(time.monotonic() + 0.1)
    timeout = Allowance(1)
    timeout.wire = wire
    raw: Any = Stopped(*ends, wire, data)
    if flavour == "sync":
        return Stream(raw, wire).read(100, timeout)
    return await AsyncStream(raw, wire).read(100, timeout)


@pytest.mark.parametrize("flavour", ["sync", "async"])
async def test_what_arrives_while_the_process_is_stopped_is_read(
    flavour: str, ends: tuple[socket.socket, socket.socket]
) -> None:
    """The time is up when the process goes on, but the answer is there."""
    assert await read(flavour, ends, b"HTTP/1.1 200 OK") == b"HTTP/1.1 200 OK"


@pytest.mark.parametrize("flavour", ["sync", "async"])
async def test_nothing_arrives_while_the_process_is_stopped(
    flavour: str, ends: tuple[socket.socket, socket.socket]
) -> None:
    """The time is up, and there is no answer."""
    with anyio.fail_after(20), pytest.raises(httpcore.ReadTimeout):
        await read(flavour, ends, b"")
