"""Start the services of a compose file, wait until each is healthy, call the app, and print what happened.

It runs in a sandbox with a network of its own: see test_compose.py.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

import httpx

SECONDS = 60


def start(service: dict[str, Any]) -> subprocess.Popen[bytes]:
    """Start a service, and wait until its health check succeeds."""
    process = subprocess.Popen(service["command"], env=service["environment"], stdout=sys.stderr)
    until = time.monotonic() + SECONDS
    while subprocess.run(service["health"], capture_output=True, check=False).returncode:
        if process.poll() is not None or time.monotonic() > until:
            raise SystemExit(f"{service['command']} is not healthy")
        time.sleep(0.1)
    return process


def call(url: str, body: Any = None) -> Any:
    """Call a service, and return its JSON."""
    answer = httpx.get(url) if body is None else httpx.post(url, json=body, timeout=SECONDS)
    return answer.raise_for_status().json()


def main(services: list[dict[str, Any]]) -> None:
    """Start the services in the given order, and call the app twice for one customer."""
    processes = [start(service) for service in services]
    cart = [{"type": "cart", "total": 11.7, "numItems": 1}]
    offered = [call("http://127.0.0.1:8000/customers/sarah/chat", cart)["chat"] for _ in range(2)]
    requests = call("http://simulator:8321/_sim/journal")["requests"]
    json.dump({"offered": offered, "operations": [each["operation"] for each in requests]}, sys.stdout)
    for process in processes:
        process.terminate()


main(json.loads(sys.argv[1]))
