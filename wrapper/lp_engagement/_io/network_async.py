"""Connections that wait in an event loop, for httpcore's async pools: asyncio's or trio's."""

from __future__ import annotations

import errno
import socket
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio
import httpcore
from anyio.lowlevel import checkpoint, checkpoint_if_cancelled, current_token

from .connecting import check_connected, open_socket, stagger
from .names import addresses_of, look_up
from .network import AT_MOST, CONNECT, READ, WAIT, WRITE, Endpoint, Tls, errors, extra_info
from .wire import Wire

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable
    from concurrent.futures import Future

    from .connecting import SocketOptions
    from .names import Address

__all__ = ["AsyncBackend", "AsyncStream"]


class AsyncStream(Endpoint, httpcore.AsyncNetworkStream):
    """A socket that respects deadlines. The event loop only says when it is ready, so nothing is read ahead."""

    def __init__(self, raw: socket.socket, opening: Wire) -> None:
        super().__init__(opening)
        self._raw = raw

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's name
        """Read what there is; `b""` at the end."""
        wire = self.wire(timeout)
        self.begin_read(wire)
        with errors(*READ):
            return self.has_read(await self.receive(min(max_bytes, AT_MOST), wire))

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - see read
        """Write everything."""
        if buffer:
            wire = self.wire(timeout)
            self.begin_write(buffer, wire)
            with errors(*WRITE):
                await self.send(buffer, wire)

    async def aclose(self) -> None:
        """Close the socket, without a wait that could be cancelled."""
        self.close()

    def close(self) -> None:
        """Close the socket."""
        if self._raw.fileno() >= 0:
            with suppress(RuntimeError):  # the event loop may be gone
                anyio.notify_closing(self._raw)
        self._raw.close()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - see read
    ) -> AsyncTlsStream:
        """Secure the connection."""
        wire = self.wire(timeout)
        try:
            with errors(*CONNECT):
                stream = AsyncTlsStream(self, Tls(ssl_context, server_hostname), self._opening)
                await stream.pump(wire, stream.tls.object.do_handshake)
            await checkpoint_if_cancelled()  # see connect_tcp
        except BaseException:
            self.close()
            raise
        return stream

    def get_extra_info(self, info: str) -> Any:
        """Answer httpcore's questions."""
        return extra_info(info, self._raw)

    async def receive(self, max_bytes: int, wire: Wire) -> bytes:
        """Read what there is, whether or not the time is up; wait for it as long as there is time."""
        waited = False
        while True:
            # Asked first: the process may be stopped right after a try in vain, and find the data when it goes on.
            late = wire.is_late()
            try:
                data = self._raw.recv(max_bytes)
            except (BlockingIOError, InterruptedError):
                if late:
                    raise TimeoutError from None
                await self._until(anyio.wait_readable, wire)
                waited = True
            else:
                wire.received(len(data))
                if not waited:
                    await checkpoint()  # others want to run, too
                return data

    async def send(self, data: bytes, wire: Wire) -> None:
        """Send everything, as long as there is time."""
        rest = memoryview(data)
        while rest:
            late = wire.is_late()
            try:
                count = self._raw.send(rest)
            except (BlockingIOError, InterruptedError):
                if late:
                    raise TimeoutError from None
                await self._until(anyio.wait_writable, wire)
            else:
                wire.wrote(count)
                rest = rest[count:]

    async def _until(self, ready: Callable[[socket.socket], Any], wire: Wire) -> None:
        with anyio.move_on_after(wire.deadline - time.monotonic()):
            try:
                await ready(self._raw)
            except anyio.ClosedResourceError:
                raise ConnectionAbortedError(errno.ECONNABORTED, "the connection was closed") from None


class AsyncTlsStream(AsyncStream):
    """TLS over another stream, be it a socket or TLS itself, as with a proxy that is reached by https."""

    def __init__(self, below: AsyncStream, tls: Tls, opening: Wire) -> None:
        super().__init__(below._raw, opening)  # noqa: SLF001 - the same class
        self.tls = tls
        self._below = below

    async def receive(self, max_bytes: int, wire: Wire) -> bytes:
        """Read and decrypt."""
        data: bytes = await self.pump(wire, self.tls.object.read, max_bytes)
        return data

    async def send(self, data: bytes, wire: Wire) -> None:
        """Encrypt and send."""
        rest = memoryview(data)
        while rest:
            rest = rest[await self.pump(wire, self.tls.object.write, rest) :]

    async def pump(self, wire: Wire, do: Callable[..., Any], *arguments: Any) -> Any:
        """Do a step of TLS, with whatever it has to send and receive on the way."""
        while True:
            try:
                result = self.tls.attempt(do, *arguments)
            finally:
                # This also informs the other side why we give up.
                if out := self.tls.to_send():
                    await self._below.send(out, wire)
            if result is not WAIT:
                return result
            self.tls.received(await self._below.receive(AT_MOST, wire))

    def get_extra_info(self, info: str) -> Any:
        """Answer httpcore's questions."""
        if info == "ssl_object":
            return self.tls.object
        if info == "is_readable" and self.tls.has_more():
            return True
        return super().get_extra_info(info)


class AsyncBackend(httpcore.AsyncNetworkBackend):
    """Makes the connections of a pool."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's name
        local_address: str | None = None,
        socket_options: SocketOptions = None,
    ) -> AsyncStream:
        """Connect to the first address of a host that answers."""
        wire = Endpoint(Wire()).wire(timeout)
        with errors(*CONNECT):
            addresses = await _looked_up(host, port, wire)
            begin = partial(open_socket, local_address=local_address, options=socket_options)
            stream = AsyncStream(await _race(addresses, wire, begin), wire)
        try:
            # httpcore forgets to close a new connection if its very next step is cancelled.
            await checkpoint_if_cancelled()
        except BaseException:
            stream.close()
            raise
        return stream

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109 - see connect_tcp
        socket_options: SocketOptions = None,
    ) -> AsyncStream:
        """Connect to a socket in the file system, as a given client may be set to."""
        wire = Endpoint(Wire()).wire(timeout)
        with errors(*CONNECT):
            raw = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                raw.settimeout(0)
                for option in socket_options or ():
                    raw.setsockopt(*option)
                raw.connect(path)  # a full backlog is an error here, not a wait
            except BaseException:
                raw.close()
                raise
        return AsyncStream(raw, wire)


async def _looked_up(host: str, port: int, wire: Wire) -> list[Address]:
    future = look_up(host, port)
    if not future.done():
        await _done(future, wire)
    return addresses_of(future)


async def _done(future: Future[list[Address]], wire: Wire) -> None:
    """Wait for a thread, and leave it to itself when the time is up."""
    done = anyio.Event()
    loop: Any = current_token().native_token
    wake = getattr(loop, "call_soon_threadsafe", None) or loop.run_sync_soon

    def tell(_: Future[list[Address]]) -> None:
        with suppress(RuntimeError):  # the event loop is gone
            wake(done.set)

    future.add_done_callback(tell)
    with anyio.fail_after(wire.left()):
        await done.wait()


async def _connected(address: Address, begin: Callable[[Address], socket.socket]) -> socket.socket:
    opened = begin(address)
    try:
        await anyio.wait_writable(opened)
        check_connected(opened)
    except BaseException:
        opened.close()
        raise
    return opened


async def _race(addresses: list[Address], wire: Wire, begin: Callable[[Address], socket.socket]) -> socket.socket:
    """Connect to one address after the other, without giving up on the earlier ones; return the first that is there."""
    if len(addresses) == 1:
        with anyio.fail_after(wire.left()):
            return await _connected(addresses[0], begin)
    race = _Race(begin)
    pause = stagger(wire.left(), len(addresses) - 1)
    try:
        with anyio.move_on_after(wire.left()):
            async with anyio.create_task_group() as group:
                for address in addresses:
                    done = anyio.Event()
                    group.start_soon(race.run, address, done, group)
                    with anyio.move_on_after(pause):
                        await done.wait()
    except BaseException:
        race.abandon()
        raise
    return race.result(len(addresses))


class _Race:
    """Attempts to connect to the addresses of one host."""

    def __init__(self, begin: Callable[[Address], socket.socket]) -> None:
        self._begin = begin
        self._winner: socket.socket | None = None
        self._failures: list[OSError] = []

    async def run(self, address: Address, done: anyio.Event, group: anyio.abc.TaskGroup) -> None:
        """Try one address; the first that connects ends the race."""
        try:
            opened = await _connected(address, self._begin)
        except OSError as error:
            self._failures.append(error)
            done.set()
            return
        if self._winner is None:
            self._winner = opened
            group.cancel_scope.cancel()
        else:
            opened.close()

    def abandon(self) -> None:
        """Close what nobody wants any more."""
        if self._winner is not None:
            self._winner.close()

    def result(self, addresses: int) -> socket.socket:
        """Return the winner, or raise why there is none."""
        if self._winner is not None:
            return self._winner
        raise self._failures[-1] if len(self._failures) == addresses else TimeoutError
