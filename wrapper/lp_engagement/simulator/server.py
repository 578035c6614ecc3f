"""A simulator as an HTTP server on the loopback, for clients in any process and any language."""

from __future__ import annotations

import socket
import socketserver
import sys
import threading
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any, Self

from .scenario import ConnectionCut

if TYPE_CHECKING:
    from types import TracebackType

    from .engine import Simulator

__all__ = ["SimulatorServer"]

_MAX_BODY_BYTES = 16 * 1024 * 1024
_MAX_BODY_DIGITS = len(str(_MAX_BODY_BYTES))
_LOOPBACK = "127.0.0.1"


class SimulatorServer:
    """Serves a simulator on 127.0.0.1 between entering and leaving `with`.

    Args:
        simulator: answers the requests.
        port: the port; 0 takes any free one.
    """

    def __init__(self, simulator: Simulator, *, port: int = 0) -> None:
        self._simulator = simulator
        self._port = port
        self._listener: _Listener | None = None

    @property
    def url(self) -> str:
        """Where it listens, e.g. `http://127.0.0.1:8080`, without a slash at the end.

        Raises:
            RuntimeError: it does not listen.
        """
        if self._listener is None:
            raise RuntimeError("The simulator's server is not running: use it in a `with` statement.")
        return f"http://{_LOOPBACK}:{self._listener.server_address[1]}"

    def __enter__(self) -> Self:
        """Begin to listen.

        Raises:
            OSError: the port is taken or not allowed.
            RuntimeError: it listens already.
        """
        if self._listener is not None:
            raise RuntimeError("The simulator's server is already running.")
        self._listener = _Listener(self._simulator, self._port)
        self._listener.start()
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        """Stop listening, and cut the connections that are left."""
        if self._listener is not None:
            self._listener.stop()
            self._listener = None


class _Listener(socketserver.ThreadingTCPServer):
    # Not http.server.HTTPServer: it looks up the host's name, which may ask a name server.
    allow_reuse_address = sys.platform != "win32"  # where the option would let two servers share a port
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, simulator: Simulator, port: int) -> None:
        self.simulator = simulator
        self._connections: dict[socket.socket, threading.Thread] = {}
        super().__init__((_LOOPBACK, port), _Handler)

    def start(self) -> None:
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), name="simulator", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()
        for connection, thread in list(self._connections.items()):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            thread.join(timeout=1)

    def process_request(self, request: Any, client_address: Any) -> None:
        thread = threading.Thread(
            target=self.process_request_thread, args=(request, client_address), name="simulator", daemon=True
        )
        self._connections[request] = thread
        thread.start()

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        self._connections.pop(request, None)

    def handle_error(self, request: Any, client_address: Any) -> None:
        # Clients may hang up whenever they like.
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Listener
    # Head and body leave in one piece; in two, Nagle's algorithm would hold back the second for 40 ms.
    wbufsize = -1
    disable_nagle_algorithm = True

    def _serve(self) -> None:
        body = self._read_body()
        if body is None:
            return
        # `self.path` is no longer what was sent: the standard library joins leading slashes.
        target = self.requestline.split()[1]
        try:
            answer = self.server.simulator.handle(self.command, target, dict(self.headers), body)
        except ConnectionCut:
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _serve  # noqa: N815 - names of the base

    def _read_body(self) -> bytes | None:
        """Read the body, or refuse it and return `None`."""
        length = self.headers.get("content-length", "0")
        if "transfer-encoding" in self.headers or not (length.isascii() and length.isdigit()):
            self.send_error(HTTPStatus.LENGTH_REQUIRED)
        elif len(length) > _MAX_BODY_DIGITS or int(length) > _MAX_BODY_BYTES:
            self.send_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            return self.rfile.read(int(length))
        return None

    def handle_expect_100(self) -> bool:
        # The client sends its body after this has reached it.
        proceed = super().handle_expect_100()
        self.wfile.flush()
        return proceed

    def version_string(self) -> str:
        return "lp-engagement-simulator"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
        """Log nothing: request lines hold ids. The journal has it all."""
