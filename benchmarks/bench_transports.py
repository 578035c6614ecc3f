"""CPU per call of each transport, compared with the bare generated client: `python -m benchmarks.bench_transports`.

The bare client is the unpatched output of openapi-python-client for the committed spec, generated here, driven by httpx
as its README says. Ours validates, retries and stores as always, in memory. All rows send the same body to the same
server, a process of its own. Rounds of all rows alternate in one process, and CPU time is counted, not the clock; the
ratio of a row is the median of its ratios to the bare client in the same round.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import json
import multiprocessing
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lp_engagement import AsyncEngagementClient, EngagementClient, HttpResponse, sde

if TYPE_CHECKING:
    from collections.abc import Callable

    from lp_engagement import HttpRequest

ROOT = Path(__file__).parents[1]
ACCOUNT = "12345678"
IN_FLIGHT = 100
BODY = json.dumps(
    {
        "status": "NotAvailable",
        "sessionId": "s" * 22,
        "visitorId": "v" * 22,
        "pageId": "1234567890",
        "engagementDetails": [],
    }
).encode()
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(BODY), BODY)
SDES = [sde.personal(firstname="Sarah", gender="FEMALE"), sde.cart(total=11.7, num_items=1)]


def _serve(listener: socket.socket) -> None:
    """Answer each request at once, in a thread for each connection."""

    def talk(peer: socket.socket) -> None:
        received = b""
        while data := peer.recv(65536):
            received += data
            head, found, body = received.partition(b"\r\n\r\n")
            if found and len(body) >= _length(head):
                received = b""
                peer.sendall(ANSWER)

    while True:
        peer, _ = listener.accept()
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=talk, args=(peer,), daemon=True).start()


def _length(head: bytes) -> int:
    return next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)


def _generate_bare_client(folder: str) -> None:
    """Generate the client without our templates and settings, where it can be imported."""
    program = Path(sys.executable).with_name("openapi-python-client")
    spec = ROOT / "openapi" / "app-engagement.yaml"
    done = subprocess.run(  # noqa: S603 - our own
        [program, "generate", "--path", spec, "--meta", "none", "--output-path", f"{folder}/bare_client"],
        capture_output=True,
        text=True,
        check=False,
    )
    if not Path(folder, "bare_client", "client.py").exists():
        sys.exit(f"the bare client could not be generated:\n{done.stdout}{done.stderr}")
    sys.path.insert(0, folder)


def _sync_rows(base_url: str, stack: ExitStack) -> dict[str, Callable[[int], None]]:
    def ours(name: str) -> Callable[[int], None]:
        client = EngagementClient(ACCOUNT, base_url=base_url, store="memory://", transport=name)
        stack.callback(client.close)
        visit = client.visit("customer")

        def run(calls: int) -> None:
            for _ in range(calls):
                visit.get_engagement(sdes=SDES)

        return run

    return {"ours on httpx, sync": ours("httpx"), "ours on urllib3, sync": ours("urllib3")}


def _async_rows(base_url: str, runner: asyncio.Runner, stack: ExitStack) -> dict[str, Callable[[int], None]]:
    def ours(name: str) -> Callable[[int], None]:
        async def make() -> list[Any]:
            client = AsyncEngagementClient(ACCOUNT, base_url=base_url, store="memory://", transport=name)
            stack.callback(lambda: runner.run(client.aclose()))
            return [client.visit(f"customer-{number}") for number in range(IN_FLIGHT)]

        visits = runner.run(make())

        async def call(calls: int) -> None:
            for _ in range(max(1, calls // IN_FLIGHT)):
                await asyncio.gather(*(visit.get_engagement(sdes=SDES) for visit in visits))

        return lambda calls: runner.run(call(calls))

    return {"ours on httpx, async": ours("httpx"), "ours on aiohttp, async": ours("aiohttp")}


class _Noting:
    """A transport that answers at once, and keeps what was sent."""

    def __init__(self) -> None:
        self.content = b""

    def send(self, request: HttpRequest, *, timeout: float) -> HttpResponse:  # noqa: ARG002 - the protocol
        """Keep the body."""
        self.content = request.content or b""
        return HttpResponse(200, {"content-type": "application/json"}, BODY)

    def close(self) -> None:
        """Nothing to close."""


def _payload() -> Any:
    """Return the body that our client sends."""
    noting = _Noting()
    with EngagementClient(ACCOUNT, base_url="https://lp.example.com", store="memory://", transport=noting) as client:
        client.visit("customer").get_engagement(sdes=SDES)
    return json.loads(noting.content)


def _bare_rows(base_url: str, runner: asyncio.Runner) -> tuple[Callable[[int], None], Callable[[int], None]]:
    client = importlib.import_module("bare_client").Client(base_url=base_url)
    resume = importlib.import_module("bare_client.api.engagement.resume_session")
    body = importlib.import_module("bare_client.models").CreateSessionRequest
    payload = _payload()

    def arguments() -> dict[str, Any]:
        return {"account_id": ACCOUNT, "visitor_id": "v" * 22, "sid": "s" * 22, "body": body.from_dict(payload)}

    def run(calls: int) -> None:
        for _ in range(calls):
            resume.sync(client=client, **arguments())

    async def call(calls: int) -> None:
        for _ in range(max(1, calls // IN_FLIGHT)):
            await asyncio.gather(*(resume.asyncio(client=client, **arguments()) for _ in range(IN_FLIGHT)))

    return run, lambda calls: runner.run(call(calls))


def _measure(rows: dict[str, Callable[[int], None]], rounds: int, calls: int) -> dict[str, list[float]]:
    """Return microseconds of CPU per call, by row and round."""
    for run in rows.values():
        run(calls)
    taken: dict[str, list[float]] = {name: [] for name in rows}
    for _ in range(rounds):
        for name, run in rows.items():
            begun = time.process_time()
            run(calls)
            taken[name].append((time.process_time() - begun) / calls * 1e6)
    return taken


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--calls", type=int, default=500)
    options = parser.parse_args()
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    server = multiprocessing.get_context("fork").Process(target=_serve, args=(listener,), daemon=True)
    server.start()
    base_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner, ExitStack() as stack:
        _generate_bare_client(folder)
        bare_sync, bare_async = _bare_rows(base_url, runner)
        for name, bare, rows in (
            ("sync", bare_sync, _sync_rows(base_url, stack)),
            (f"async, {IN_FLIGHT} in flight", bare_async, _async_rows(base_url, runner, stack)),
        ):
            taken = _measure({f"bare client, {name}": bare, **rows}, options.rounds, options.calls)
            base = taken[f"bare client, {name}"]
            for row, values in taken.items():
                ratio = statistics.median(value / other for value, other in zip(values, base, strict=True))
                sys.stdout.write(f"{row:34} {statistics.median(values):8.0f} µs  {ratio:5.2f} of the bare client\n")
    server.terminate()


if __name__ == "__main__":
    main()
