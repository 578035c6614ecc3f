"""A redis-server of a test's own: on a socket in a temporary folder, without any file, ended with the test."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pytest

if TYPE_CHECKING:
    from types import TracebackType

    import redis

COMMAND = "redis-server"
MISSING = f"{COMMAND} is not installed, and the tests of the Redis store need one (Debian: apt-get install {COMMAND})"


def need_server() -> None:
    """Skip the calling test where there is no server; in CI, where there has to be one, fail."""
    if shutil.which(COMMAND) is None:
        if os.environ.get("CI"):
            pytest.fail(MISSING, pytrace=False)
        pytest.skip(MISSING)


class RedisServer:
    """A server to be started with `with`; can be stopped, started again, paused and resumed meanwhile.

    Args:
        options: further options of the command, e.g. `--requirepass`, `x`.
        port: listens there on the loopback, and not on a socket.
    """

    def __init__(self, *options: str, port: int | None = None) -> None:
        """Note how to start it."""
        # Short, because the name of a socket must be; and not below the test's folder, which may be long.
        self._folder = Path(tempfile.mkdtemp(prefix="lp-redis-"))
        self._socket = self._folder / "redis.sock"
        self._options = options
        self.port = port
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The arguments that open a store."""
        return f"unix://{self._socket}" if self.port is None else f"redis://127.0.0.1:{self.port}/0"

    def client(self) -> redis.Redis:
        """Make a client for looking behind the store's back."""
        import redis

        return redis.Redis.from_url(self.url)

    def start(self) -> None:
        """Start it, empty, and wait until it answers."""
        command = [COMMAND, "--save", "", "--appendonly", "no", "--dir", str(self._folder), "--daemonize", "no"]
        command += ["--port", str(self.port or 0), "--bind", "127.0.0.1"]
        if self.port is None:
            command += ["--unixsocket", str(self._socket)]
        log = self._folder / "log"
        self._process = subprocess.Popen([*command, "--logfile", str(log), *self._options])
        until = time.monotonic() + 10
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{COMMAND} did not start:\n{log.read_text() if log.exists() else ''}")
            time.sleep(0.005)

    def _answers(self) -> bool:
        address = ("127.0.0.1", self.port) if self.port else str(self._socket)
        with socket.socket(socket.AF_INET if self.port else socket.AF_UNIX) as connection:
            connection.settimeout(1)
            try:
                connection.connect(address)
                connection.sendall(b"PING\r\n")
                return connection.recv(1) in {b"+", b"-"}
            except OSError:
                return False

    def stop(self) -> None:
        """Kill it, paused or not; all is lost."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def pause(self) -> None:
        """Let it hang, as a machine does that swaps or a virtual one that is moved."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on with what it has got meanwhile."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def age(self, seconds: float) -> None:
        """Let time pass for the server, whose clock cannot be set: everything ends so much sooner."""
        with self.client() as client:
            for name in client.scan_iter(count=1000):
                left = client.pttl(name)
                if left >= 0:
                    client.pexpire(name, max(0, left - round(seconds * 1000)))

    def __enter__(self) -> Self:
        """Start it."""
        self.start()
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        """Stop it and leave nothing behind."""
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)


def free_port() -> int:
    """A port of the loopback that nobody has at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
