"""A server that does what a script says, byte by byte, on a real socket: every fault of the wire is a script for it."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import ssl
    from types import TracebackType

__all__ = ["LOOPBACK", "Drip", "Flood", "Ids", "Peer", "Request", "Script", "Server", "Step", "good", "http"]

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Ids:
    """The ids that an answer names."""

    visitor: str
    session: str
    page: str


def http(
    status: int | str = 200, body: bytes | str | object = b"", *headers: str, length: int | str | None = -1
) -> bytes:
    """Write an answer.

    Args:
        status: the status, or the whole status line.
        body: bytes and text go out as they are, everything else as JSON.
        headers: further header lines.
        length: what Content-Length says; -1 for the truth, `None` for none.
    """
    content = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
    lines = [status if isinstance(status, str) else f"HTTP/1.1 {status} Whatever", "Content-Type: application/json"]
    if length is not None:
        lines.append(f"Content-Length: {len(content) if length == -1 else length}")
    return "\r\n".join([*lines, *headers, "", ""]).encode("latin-1") + content


def good(ids: Ids, **members: object) -> bytes:
    """Write the usual answer to a question."""
    return http(200, document(ids, **members))


def document(ids: Ids, **members: object) -> dict[str, object]:
    """The JSON of the usual answer."""
    return {
        "status": "NotAvailable",
        "sessionId": ids.session,
        "visitorId": ids.visitor,
        "pageId": ids.page,
        **members,
    }


@dataclass(slots=True)
class Request:
    """A request as the server has read it."""

    method: str
    path: str
    body: bytes


class Peer:
    """The server's side of one connection."""

    def __init__(self, connection: socket.socket, server: Server) -> None:
        self.connection = connection
        self.server = server
        self.received = b""
        self.is_open = True

    def send(self, data: bytes) -> None:
        """Send all of it."""
        self.connection.sendall(data)

    def wait(self, seconds: float) -> bool:
        """Wait; `False` if the server was stopped meanwhile."""
        return not self.server.stopped.wait(seconds)

    def encrypt(self) -> None:
        """Talk TLS from here on, as the server."""
        context = self.server.tls
        assert context is not None
        self.connection = context.wrap_socket(self.connection, server_side=True)
        self.server.track(self.connection)


Step = bytes | Callable[[Peer], None]
Turn = tuple[Step, ...]


def close(peer: Peer) -> None:
    """Close the connection, under TLS without a farewell."""
    peer.is_open = False
    with suppress(OSError):
        socket.socket.shutdown(peer.connection, socket.SHUT_RDWR)
    peer.connection.close()


def reset(peer: Peer) -> None:
    """End the connection by a TCP reset."""
    peer.is_open = False
    peer.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    # A TLS socket would wait for the last word of the other side.
    peer.connection.close()


def half_close(peer: Peer) -> None:
    """Say that nothing more will come, and go on reading."""
    socket.socket.shutdown(peer.connection, socket.SHUT_WR)


def hang(peer: Peer) -> None:
    """Do nothing until the server is stopped."""
    peer.server.stopped.wait()


def start_tls(peer: Peer) -> None:
    """Begin to talk TLS, as behind a proxy."""
    peer.encrypt()


def in_plain(data: bytes) -> Step:
    """Send bytes below TLS."""

    def send(peer: Peer) -> None:
        socket.socket.sendall(peer.connection, data)

    return send


def pause(seconds: float) -> Step:
    """Wait for so many seconds."""

    def wait(peer: Peer) -> None:
        peer.wait(seconds)

    return wait


@dataclass(frozen=True, slots=True)
class Drip:
    """Send bytes one by one, for ever if `again`."""

    data: bytes
    every: float = 0.05
    again: bool = False

    def __call__(self, peer: Peer) -> None:
        """Do it."""
        while True:
            for each in self.data:
                peer.send(bytes([each]))
                if not peer.wait(self.every):
                    return
            if not self.again:
                return


@dataclass(frozen=True, slots=True)
class Flood:
    """Send the same bytes again and again."""

    data: bytes
    times: int = 10**9

    def __call__(self, peer: Peer) -> None:
        """Do it."""
        for _ in range(self.times):
            if peer.server.stopped.is_set():
                return
            peer.send(self.data)


@dataclass(frozen=True, slots=True)
class Script:
    """The actions of a server.

    Attributes:
        turns: for each request, over all connections, what is done; the last one is repeated.
        greeting: done at the begin of each connection, before anything is read.
        handshake: done below TLS, instead of the handshake.
        reads_bodies: whether the bodies of requests are read.
        listens: whether there is a server at all.
        tunnels: whether it is a proxy too, which opens a way to itself without a word in `turns`.
    """

    turns: tuple[Turn, ...] = ()
    greeting: Turn = ()
    handshake: Turn = ()
    reads_bodies: bool = True
    listens: bool = True
    tunnels: bool = False


class Server:
    """Does what a script says on a port of the loopback, between entering and leaving `with`.

    Attributes:
        requests: what was read, oldest first; not what a proxy is asked.
        stopped: set when it is over.
        connections: how many were accepted.
    """

    def __init__(
        self,
        script: Script,
        *,
        tls: ssl.SSLContext | None = None,
        immediately: bool = False,
        healthy: bytes = b"",
        host: str = LOOPBACK,
    ) -> None:
        """Note what to do. `immediately`: TLS from the first byte. `healthy`: what it answers once it is well."""
        self.script = script
        self.tls = tls
        self._immediately = immediately
        self._healthy = healthy
        self._is_well = False
        self.requests: list[Request] = []
        self.connections = 0
        self.stopped = threading.Event()
        self._taken = 0
        self._busy = 0
        self._lock = threading.Lock()
        self._sockets: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._host = host
        self._listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind((host, 0))
        self.port: int = self._listener.getsockname()[1]
        if script.listens:
            self.listen()

    def listen(self) -> None:
        """Begin to listen."""
        self._listener.listen(1024)
        self._start(self._accept)

    def heal(self) -> None:
        """From now on answer everything well, on old connections too."""
        self._is_well = True

    def track(self, connection: socket.socket) -> None:
        """See to it that a socket is closed at the end."""
        with self._lock:
            self._sockets.add(connection)

    def _start(self, target: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        with self._lock:  # a thread in the list has been started, and can be joined
            thread.start()
            self._threads.append(thread)

    def _accept(self) -> None:
        while not self.stopped.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.track(connection)
            self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        peer = Peer(connection, self)
        with suppress(OSError, ValueError):
            if self._immediately and self.script.handshake and not self._is_well:
                self._do(peer, self.script.handshake)
            elif self._immediately:
                peer.encrypt()
            if not self._is_well:
                self._do(peer, self.script.greeting)
            while peer.is_open and not self.stopped.is_set():
                request = self._read(peer)
                if request is None:
                    break
                if self.script.tunnels and request.method == "CONNECT":
                    peer.send(b"HTTP/1.1 200 Connected\r\n\r\n")
                    peer.encrypt()
                else:
                    self._do(peer, self._turn(request))
        self._close(peer.connection)
        self._close(connection)

    def wait_for_request(self) -> None:
        """Wait until there was a request."""
        until = time.monotonic() + 30
        while not self.requests:
            assert time.monotonic() < until, "there was no request"
            time.sleep(0.002)

    def settle(self, patience: float = 5.0) -> None:
        """Wait until all that the script says about the requests so far is done; so many seconds at most."""
        until = time.monotonic() + patience
        while self._busy and time.monotonic() < until:
            time.sleep(0.001)

    def _do(self, peer: Peer, turn: Turn) -> None:
        with self._lock:
            self._busy += 1
        try:
            self._perform(peer, turn)
        finally:
            with self._lock:
                self._busy -= 1

    def _perform(self, peer: Peer, turn: Turn) -> None:
        for step in turn:
            if isinstance(step, bytes):
                peer.send(step)
            else:
                step(peer)

    def _turn(self, request: Request) -> Turn:
        with self._lock:
            if request.method != "CONNECT":
                self.requests.append(request)
            if self._is_well:
                return (self._healthy,)
            turns = self.script.turns
            self._taken += 1
            return turns[min(self._taken, len(turns)) - 1] if turns else (self._healthy,)

    def _read(self, peer: Peer) -> Request | None:
        while b"\r\n\r\n" not in peer.received:
            data = peer.connection.recv(65536)
            if not data:
                return None
            peer.received += data
        head, _, rest = peer.received.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        method, path, _ = lines[0].split(" ", 2)
        length = next((int(each.split(":")[1]) for each in lines if each.lower().startswith("content-length:")), 0)
        if not (self.script.reads_bodies or self._is_well):
            return Request(method, path, rest)
        while len(rest) < length:
            data = peer.connection.recv(65536)
            if not data:
                return None
            rest += data
        peer.received = rest[length:]
        return Request(method, path, rest[:length])

    def _close(self, connection: socket.socket) -> None:
        with suppress(OSError):
            socket.socket.shutdown(connection, socket.SHUT_RDWR)
        connection.close()
        with self._lock:
            self._sockets.discard(connection)

    def cut_all(self) -> None:
        """Cut all connections that are open."""
        with self._lock:
            sockets = list(self._sockets)
        for each in sockets:
            with suppress(OSError):
                # Closing would not wake the thread that reads; this is seen by both sides at once.
                socket.socket.shutdown(each, socket.SHUT_RDWR)

    def stop(self) -> None:
        """Close everything, and wait for the threads."""
        self.stopped.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        until = time.monotonic() + 10
        while any(thread.is_alive() for thread in self._threads) and time.monotonic() < until:
            with self._lock:
                sockets, threads = list(self._sockets), list(self._threads)
            for each in sockets:
                with suppress(OSError):
                    socket.socket.shutdown(each, socket.SHUT_RDWR)
            for thread in threads:
                thread.join(0.02)

    def __enter__(self) -> Self:
        """Serve already."""
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        """Stop."""
        self.stop()
