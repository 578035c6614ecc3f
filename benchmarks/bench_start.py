"""Import, the first answer of a fresh process, its memory, and many clients, beside the bare generated client.

Each program is a process of its own; both take turns. CPU and memory are those above `python -c pass`.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from typing import TYPE_CHECKING

from .peers import ACCOUNT, BODY, bare_client, serving
from .table import Row

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

IMPORT = {"bare": "from bare_client import Client", "ours": "from lp_engagement import EngagementClient, sde"}
FIRST = {
    "bare": """
import json
from bare_client import Client
from bare_client.api.engagement import create_session
from bare_client.models import CreateSessionRequest
body = CreateSessionRequest.from_dict(json.loads({body!r}))
assert create_session.sync(client=Client(base_url={url!r}), account_id={account!r}, body=body).visitor_id
""",
    "ours": """
import json
from lp_engagement import EngagementClient
sdes = json.loads({body!r})["engagementAttributes"]
client = EngagementClient({account!r}, base_url={url!r}, store="memory://")
assert client.visit("customer").get_engagement(sdes=sdes).visitor_id
""",
}
MANY = {
    "bare": """
from bare_client import Client
Client(base_url="https://lp.example.com").get_httpx_client()
begun = time.process_time()
clients = [Client(base_url="https://lp.example.com") for _ in range(100)]
for client in clients:
    client.get_httpx_client()
print((time.process_time() - begun) * 1000)
""",
    "ours": """
import httpx
from lp_engagement import EngagementClient
def opened():
    client = EngagementClient({account!r}, base_url="https://lp.example.com", store="memory://")
    client._transport._way(httpx.URL("https://lp.example.com"))  # as its first request would do
    return client
opened()
begun = time.process_time()
clients = [opened() for _ in range(100)]
print((time.process_time() - begun) * 1000)
""",
}
# A process counts the memory of the one that it was forked from as its own: so a small one starts the program.
LAUNCHER = """
import resource, subprocess, sys
subprocess.run([sys.executable, "-c", sys.argv[1]], check=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print((used.ru_utime + used.ru_stime) * 1000, used.ru_maxrss / 1024)
"""


def run(program: str, folder: Path) -> list[float]:
    """Run a program; return the numbers that it prints, its milliseconds of CPU and its megabytes."""
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(  # noqa: S603 - our own
        [sys.executable, "-I", "-S", "-c", LAUNCHER.replace("sys.executable", repr(sys.executable)), program],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return [float(number) for number in done.stdout.split()]


def compared(
    programs: dict[str, str], folder: Path, rounds: int, column: int, *, base: bool = True
) -> dict[str, float]:
    """Return the median of a column for each program, above an empty one's."""
    taken: dict[str, list[float]] = {name: [] for name in programs}
    for number in range(rounds + 1):
        empty = run("pass", folder)[column] if base else 0.0
        for name, program in programs.items():
            found = run(program, folder)[column] - empty
            if number:  # the first one compiles
                taken[name].append(found)
    return {name: statistics.median(values) for name, values in taken.items()}


def row(name: str, found: dict[str, float], goal: float, unit: str) -> Row:
    """Return the row of a comparison, whose goal is a ratio."""
    ratio = found["ours"] / found["bare"]
    peers = f"bare client {found['bare']:,.1f} {unit}"
    return Row(name, "", peers, f"{found['ours']:,.1f} {unit}", ratio, f"≤ {goal:.3g} of bare client", ratio <= goal)


def rows(quick: bool) -> Iterable[Row]:  # noqa: FBT001 - the same in all benchmarks
    """Measure."""
    rounds = 2 if quick else 9
    with serving() as url, bare_client() as folder:
        values = {"url": url, "account": ACCOUNT, "body": BODY.decode()}
        first = {name: program.format(**values) for name, program in FIRST.items()}
        many = {name: "import time\n" + program.format(**values) for name, program in MANY.items()}
        yield row("import of the client and sde", compared(IMPORT, folder, rounds, 0), 0.25, "ms")
        yield row("cold process to the first answer", compared(first, folder, rounds, 0), 0.6, "ms")
        yield row("memory at the first answer", compared(first, folder, rounds, 1), 1.0, "MB")
        yield row("100 clients, opened", compared(many, folder, rounds, 0, base=False), 1 / 200, "ms")
