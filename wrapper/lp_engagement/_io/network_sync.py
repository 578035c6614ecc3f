"""Connections that block their thread, for httpcore's sync pools."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING, Any

import httpcore

from .connecting import race
from .names import addresses_of, look_up
from .network import AT_MOST, CONNECT, READ, WAIT, WRITE, Endpoint, Tls, errors, extra_info
from .wire import Wire

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from .connecting import SocketOptions

__all__ = ["Backend", "Stream"]


class Stream(Endpoint, httpcore.NetworkStream):
    """A socket that respects deadlines."""

    def __init__(self, raw: socket.socket, opening: Wire) -> None:
        super().__init__(opening)
        self._raw = raw

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what there is; `b""` at the end."""
        wire = self.wire(timeout)
        self.begin_read(wire)
        with errors(*READ):
            return self.has_read(self.receive(min(max_bytes, AT_MOST), wire))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write everything."""
        if buffer:
            wire = self.wire(timeout)
            self.begin_write(buffer, wire)
            with errors(*WRITE):
                self.send(buffer, wire)

    def close(self) -> None:
        """Close the socket."""
        self._raw.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> TlsStream:
        """Secure the connection."""
        wire = self.wire(timeout)
        try:
            with errors(*CONNECT):
                stream = TlsStream(self, Tls(ssl_context, server_hostname), self._opening)
                stream.pump(wire, stream.tls.object.do_handshake)
        except BaseException:
            self.close()
            raise
        return stream

    def get_extra_info(self, info: str) -> Any:
        """Answer httpcore's questions."""
        return extra_info(info, self._raw)

    def receive(self, max_bytes: int, wire: Wire) -> bytes:
        """Read what there is, whether or not the time is up; wait for it as long as there is time."""
        self._raw.settimeout(max(wire.deadline - time.monotonic(), 0))
        try:
            data = self._raw.recv(max_bytes)
        except TimeoutError:
            # The process may have been stopped meanwhile.
            self._raw.settimeout(0)
            data = self._receive_now(max_bytes)
        except BlockingIOError:
            raise TimeoutError from None
        wire.received(len(data))
        return data

    def _receive_now(self, max_bytes: int) -> bytes:
        try:
            return self._raw.recv(max_bytes)
        except BlockingIOError:
            raise TimeoutError from None

    def send(self, data: bytes, wire: Wire) -> None:
        """Send everything, as long as there is time."""
        rest = memoryview(data)
        while rest:
            self._raw.settimeout(wire.left())
            count = self._raw.send(rest)
            wire.wrote(count)
            rest = rest[count:]


class TlsStream(Stream):
    """TLS over another stream, be it a socket or TLS itself, as with a proxy that is reached by https."""

    def __init__(self, below: Stream, tls: Tls, opening: Wire) -> None:
        super().__init__(below._raw, opening)  # noqa: SLF001 - the same class
        self.tls = tls
        self._below = below

    def receive(self, max_bytes: int, wire: Wire) -> bytes:
        """Read and decrypt."""
        data: bytes = self.pump(wire, self.tls.object.read, max_bytes)
        return data

    def send(self, data: bytes, wire: Wire) -> None:
        """Encrypt and send."""
        rest = memoryview(data)
        while rest:
            rest = rest[self.pump(wire, self.tls.object.write, rest) :]

    def pump(self, wire: Wire, do: Callable[..., Any], *arguments: Any) -> Any:
        """Do a step of TLS, with whatever it has to send and receive on the way."""
        while True:
            try:
                result = self.tls.attempt(do, *arguments)
            finally:
                # This also informs the other side why we give up.
                if out := self.tls.to_send():
                    self._below.send(out, wire)
            if result is not WAIT:
                return result
            self.tls.received(self._below.receive(AT_MOST, wire))

    def get_extra_info(self, info: str) -> Any:
        """Answer httpcore's questions."""
        if info == "ssl_object":
            return self.tls.object
        if info == "is_readable" and self.tls.has_more():
            return True
        return super().get_extra_info(info)


class Backend(httpcore.NetworkBackend):
    """Makes the connections of a pool."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: SocketOptions = None,
    ) -> Stream:
        """Connect to the first address of a host that answers."""
        wire = Endpoint(Wire()).wire(timeout)
        with errors(*CONNECT):
            addresses = addresses_of(look_up(host, port), wire.left())
            return Stream(race(addresses, wire, local_address, socket_options), wire)

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: SocketOptions = None
    ) -> Stream:
        """Connect to a socket in the file system, as a given client may be set to."""
        wire = Endpoint(Wire()).wire(timeout)
        with errors(*CONNECT):
            raw = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                for option in socket_options or ():
                    raw.setsockopt(*option)
                raw.settimeout(wire.left())
                raw.connect(path)
            except BaseException:
                raw.close()
                raise
        return Stream(raw, wire)
