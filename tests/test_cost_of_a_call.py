"""The cost of a call in Python calls and modules: exact numbers, the same on every machine, unlike time.

A limit leaves room for little changes. Where one is passed, look at what the call does more than before: a body that is
written twice, an answer that is parsed twice, an id that is hashed though nobody watches.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

from lp_engagement import AsyncEngagementClient, EngagementClient, HttpResponse
from lp_engagement._core import body
from lp_engagement_client.facts import OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    import pytest

    from lp_engagement import HttpRequest

SDES: list[Any] = [
    {"type": "personal", "personal": {"firstname": "Sarah", "gender": "FEMALE"}},
    {"type": "cart", "total": 11.7, "numItems": 1},
]
ANSWER = HttpResponse(
    200,
    {"content-type": "application/json"},
    json.dumps(
        {"status": "NotAvailable", "sessionId": "s" * 22, "visitorId": "v" * 22, "pageId": "1234567890"}
    ).encode(),
)
MOST_SYNC, MOST_ASYNC = 275, 282
"""Calls of Python functions, with each resumption of a generator, in Python 3.11; newer ones need fewer."""
MOST_MODULES = 68 + len(OPERATIONS)
"""Of ours and the generated client, by the first answer; each operation is a module."""


class AtOnce:
    """Answers without a network."""

    def send(self, request: HttpRequest, *, timeout: float) -> HttpResponse:
        """Answer."""
        return ANSWER

    def close(self) -> None:
        """Nothing to close."""


class AtOnceAsync:
    """The same for an async client."""

    async def send(self, request: HttpRequest, *, timeout: float) -> HttpResponse:  # noqa: ASYNC109 - the protocol
        """Answer."""
        return ANSWER

    async def aclose(self) -> None:
        """Nothing to close."""


OPTIONS: dict[str, Any] = {"base_url": "https://lp.example.com", "store": "memory://"}


def counted(call: Callable[[], object]) -> Counter[str]:
    """Count the calls of Python functions, by name."""
    counts: Counter[str] = Counter()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            counts[frame.f_code.co_qualname] += 1

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        call()
    finally:
        sys.setprofile(before)
    return counts


def of_a_sync_call() -> Counter[str]:
    """Count those of a call in a visit that is known."""
    with EngagementClient("12345678", transport=AtOnce(), **OPTIONS) as client:
        visit = client.visit("customer-4711")
        for _ in range(2):  # the first opens the visit, the second imports what continues it
            visit.get_engagement(sdes=SDES)
        return counted(lambda: visit.get_engagement(sdes=SDES))


def of_an_async_call() -> Counter[str]:
    """Do the same with the other client."""

    async def main() -> Counter[str]:
        async with AsyncEngagementClient("12345678", transport=AtOnceAsync(), **OPTIONS) as client:
            visit = client.visit("customer-4711")
            for _ in range(2):
                await visit.get_engagement(sdes=SDES)
            steps = visit.get_engagement(sdes=SDES)
            # Nothing in it waits, so one step is the whole call, without the event loop's own.
            left: list[object] = []
            counts = counted(lambda: left.append(next(steps.__await__(), None)))
            assert left == [None]
            return counts

    return asyncio.run(main())


def report(counts: Counter[str]) -> str:
    """List what is called most."""
    return "\n".join(f"{count:4} {name}" for name, count in counts.most_common(40))


def test_sync_call() -> None:
    """A call with two attributes, memory store, nobody watching."""
    counts = of_a_sync_call()
    assert counts.total() <= MOST_SYNC, report(counts)


def test_async_call() -> None:
    """The same with `await`."""
    counts = of_an_async_call()
    assert counts.total() <= MOST_ASYNC, report(counts)


def test_once_is_enough() -> None:
    """The body is written once, the answer is parsed once, and no id is hashed."""
    counts = of_a_sync_call()
    assert counts["JSONEncoder.encode"] == 1
    assert counts["JSONDecoder.decode"] == 1
    assert counts["fingerprint"] == 0


def test_second_dump_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A body that is written twice changes the counts."""
    write = body._write
    monkeypatch.setattr(body, "_write", lambda value: write(value) and write(value))
    assert of_a_sync_call()["JSONEncoder.encode"] == 2


def test_modules_of_a_first_call() -> None:
    """Nothing is imported that the call does not use."""
    program = f"""
import sys
sys.path.insert(0, {str(sys.path[0])!r})
from lp_engagement import EngagementClient, HttpResponse
class AtOnce:
    def send(self, request, *, timeout):
        return HttpResponse(200, {{}}, {ANSWER.content!r})
    def close(self):
        pass
with EngagementClient("12345678", transport=AtOnce(), **{OPTIONS!r}) as client:
    client.visit("customer-4711").get_engagement(sdes={SDES!r})
print(*sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    modules = done.stdout.split()
    ours = sorted(name for name in modules if name.startswith("lp_engagement"))
    assert len(ours) <= MOST_MODULES, ours
    unused = {"difflib", "hashlib", "importlib.resources", "ssl", "uuid", "lp_engagement.validation.explain"}
    assert unused.isdisjoint(modules)
