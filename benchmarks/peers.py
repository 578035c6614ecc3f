"""A server that answers at once, and the bare client: openapi-python-client's output for our spec, unpatched."""

from __future__ import annotations

import json
import multiprocessing
import os
import socket
import subprocess
import sys
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

__all__ = ["ACCOUNT", "ANSWER", "BODY", "PATH", "bare_client", "serving"]

ROOT = Path(__file__).parents[1]
ACCOUNT = "12345678"
ANSWER = json.dumps(
    {
        "status": "NotAvailable",
        "sessionId": "s" * 22,
        "visitorId": "v" * 22,
        "pageId": "1234567890",
        "engagementDetails": [],
    }
).encode()
BODY = json.dumps(
    {
        "appType": "EXTERNAL",
        "engagementAttributes": [
            {"type": "personal", "personal": {"firstname": "Sarah", "gender": "FEMALE"}},
            {"type": "cart", "total": 11.7, "numItems": 1},
        ],
    }
).encode()
"""The request of a visit with two attributes."""
PATH = f"/api/account/{ACCOUNT}/app/engagement/visitors/{'v' * 22}?v=1.0&sid={'s' * 22}"
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


@contextmanager
def serving() -> Generator[str]:
    """Run the server in a process of its own, and give its base URL."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    server = multiprocessing.get_context("fork").Process(target=_serve, args=(listener,), daemon=True)
    server.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.terminate()
        server.join()
        listener.close()


def _serve(listener: socket.socket) -> None:
    """Answer each request, in a thread for each connection."""

    def talk(peer: socket.socket) -> None:
        received = b""
        while data := peer.recv(65536):
            received += data
            head, found, body = received.partition(b"\r\n\r\n")
            if found and len(body) >= _length(head):
                received = b""
                peer.sendall(_HEAD % len(ANSWER) + ANSWER)

    while True:
        peer, _ = listener.accept()
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=talk, args=(peer,), daemon=True).start()


def _length(head: bytes) -> int:
    return next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)


@contextmanager
def bare_client() -> Generator[Path]:
    """Generate the client without our templates and settings; give the folder that `bare_client` is in."""
    scripts = Path(sys.executable).parent
    spec = ROOT / "openapi" / "app-engagement.yaml"
    with tempfile.TemporaryDirectory(prefix="lp-bench-") as folder:
        done = subprocess.run(  # noqa: S603 - our own
            [
                *(scripts / "openapi-python-client", "generate", "--path", spec, "--meta", "none"),
                *("--output-path", f"{folder}/bare_client"),
            ],
            env={**os.environ, "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}"},  # it calls ruff
            capture_output=True,
            text=True,
            check=False,
        )
        if not Path(folder, "bare_client", "client.py").exists():
            sys.exit(f"the bare client could not be generated:\n{done.stdout}{done.stderr}")
        yield Path(folder)
