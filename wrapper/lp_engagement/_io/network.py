"""The common part of sync and async connections: sockets, TLS without I/O, and the translation of errors.

httpcore's own network layer bounds each wait, not the whole; tries dead addresses until the time is up; reports some
faults of TLS as no error of its own; and cannot say whether a request has left. Ours is handed to its connection pools.
"""

from __future__ import annotations

import ssl
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpcore

from .connecting import is_readable
from .wire import Allowance, Wire

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Generator

__all__ = ["AT_MOST", "CONNECT", "READ", "WAIT", "WRITE", "Endpoint", "Tls", "errors", "extra_info"]

AT_MOST = 8192
"""Bytes to read at once. Deadlines are checked at each read, and 64 KB of informational heads take long to parse."""

WAIT = object()
"""Stands for a result of TLS that needs more bytes from the other side."""


@contextmanager
def errors(late: type[Exception], broken: type[Exception]) -> Generator[None]:
    """Turn what the system raises into errors that httpcore knows."""
    try:
        yield
    except TimeoutError:
        raise late("not in time") from None
    except (OSError, EOFError, ValueError) as error:  # ValueError: a host name or a state that TLS does not accept
        raise broken(str(error)) from error


class Endpoint:
    """One end of a connection: whose turn it is to use it, and what has been heard.

    Attributes:
        heard: whether anything was read since the latest request was written.
    """

    def __init__(self, opening: Wire) -> None:
        self.heard = True
        self._opening = opening

    def wire(self, timeout: float | None) -> Wire:
        """The exchange that a read or write is for, by its time-out."""
        if isinstance(timeout, Allowance):
            wire = timeout.wire
        elif timeout is not None:
            wire = Wire(time.monotonic() + timeout)
        elif self._opening.over or self._opening.sent:
            wire = Wire()
        else:
            # The handshake with a SOCKS proxy names no time-out.
            wire = self._opening
        wire.used = True
        return wire

    def begin_write(self, message: bytes, wire: Wire) -> None:
        """Note what is about to be written."""
        if wire.begin_write(message):
            self.heard = False

    def begin_read(self, wire: Wire) -> None:
        """Refuse to read more of an answer that is refused."""
        if wire.refusal is not None:
            raise wire.refusal

    def has_read(self, data: bytes) -> bytes:
        """Note what was read."""
        self.heard = self.heard or bool(data)
        return data


class Tls:
    """TLS without I/O: what it wants to send, and what it has received, wait in buffers."""

    def __init__(self, context: ssl.SSLContext, server_hostname: str | None) -> None:
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self.object: ssl.SSLObject = context.wrap_bio(self._incoming, self._outgoing, server_hostname=server_hostname)

    def attempt(self, do: Callable[..., Any], *arguments: Any) -> Any:
        """Do a step. Return its result, or `WAIT`; either way there may be something to send."""
        try:
            return do(*arguments)
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return WAIT
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            # Not all servers say goodbye. Whether the answer is complete is for HTTP to see.
            if do == self.object.read:
                return b""
            raise

    def to_send(self) -> bytes:
        """Take what is to be sent."""
        return self._outgoing.read()

    def received(self, data: bytes) -> None:
        """Take in what was received; nothing means the end."""
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()

    def has_more(self) -> bool:
        """Whether something was received that nobody has read."""
        return bool(self._incoming.pending or self.object.pending())


def extra_info(name: str, raw: socket.socket) -> Any:
    """Answer httpcore's questions about a socket."""
    if name == "socket":
        return raw
    if name == "client_addr":
        return raw.getsockname()
    if name == "server_addr":
        return raw.getpeername()
    if name == "is_readable":
        return is_readable(raw)
    return None


# httpcore distinguishes these: after a write error it still reads, since a server may answer before it has read all.
READ = (httpcore.ReadTimeout, httpcore.ReadError)
WRITE = (httpcore.WriteTimeout, httpcore.WriteError)
CONNECT = (httpcore.ConnectTimeout, httpcore.ConnectError)
