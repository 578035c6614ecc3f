"""Memory over many calls in one process, sync on httpx and async on aiohttp: it must not grow.

Each kind of client makes its calls in a process of its own, which prints its memory after a tenth of them and at last.
"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from .peers import ACCOUNT, BODY, serving
from .table import Row

if TYPE_CHECKING:
    from collections.abc import Iterable

RESIDENT = """
import json, os, sys
def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
url, account, calls = sys.argv[1], sys.argv[2], int(sys.argv[3])
sdes = json.loads(sys.argv[4])["engagementAttributes"]
"""
PROGRAMS = {
    "sync": """
from lp_engagement import EngagementClient
client = EngagementClient(account, base_url=url, store="memory://")
visit = client.visit("customer")
def run(count):
    for _ in range(count):
        visit.get_engagement(sdes=sdes)
run(calls // 10)
before = resident()
run(calls)
print(before, resident())
""",
    "async, 100 in flight": """
import asyncio
from lp_engagement import AsyncEngagementClient
async def main():
    client = AsyncEngagementClient(account, base_url=url, store="memory://", transport="aiohttp")
    visits = [client.visit(f"customer-{number}") for number in range(100)]
    async def run(count):
        for _ in range(count // 100):
            await asyncio.gather(*(visit.get_engagement(sdes=sdes) for visit in visits))
    await run(calls // 10)
    before = resident()
    await run(calls)
    print(before, resident())
    await client.aclose()
asyncio.run(main())
""",
}


def rows(quick: bool) -> Iterable[Row]:  # noqa: FBT001 - the same in all benchmarks
    """Measure."""
    calls = 2_000 if quick else 200_000
    with serving() as url:
        for name, program in PROGRAMS.items():
            command = [sys.executable, "-c", RESIDENT + program, url, ACCOUNT, str(calls), BODY.decode()]
            done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own
            before, after = map(float, done.stdout.split())
            ours = f"{before:.1f} → {after:.1f} MB"
            yield Row(f"memory over {calls:,} calls, {name}", "", "", ours, None, "grows by < 2 MB", after - before < 2)
