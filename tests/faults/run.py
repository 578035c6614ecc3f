"""Runs a fault with one flavour of the client and one transport, and lists each promise that was broken."""

from __future__ import annotations

import asyncio
import gc
import inspect
import pickle
import threading
import time
import traceback
import tracemalloc
import warnings
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import anyio

from lp_engagement import AsyncEngagementClient, CallEvent, EngagementClient, RetryPolicy, sde
from lp_engagement.errors import EngagementError, StoreError, TransportTimeout
from lp_engagement.stores import open_async_store, open_store

from .case import KNOWN, A, Ask, B
from .world import ACCOUNT, SECRETS, AsyncWorldClock, World, WorldClock

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from lp_engagement import Engagement

    from .case import Case
    from .certificates import Authority
    from .transports import Pair

__all__ = ["FLAVOURS", "Flavour", "broken_promises"]

Flavour = Literal["sync", "asyncio", "trio"]
FLAVOURS: tuple[Flavour, ...] = ("sync", "asyncio", "trio")
SLACK = 6.0
"""Seconds that a machine with much else to do may add to a deadline."""
ENOUGH = 3.0
"""Seconds in which a request is on its way on any machine."""
PATIENCE = 5.0
"""Seconds in which what was let go of must be gone."""
WELL = "customer-0815"
VALUE = "Zaphod-Quux"
SDES = [sde.personal(firstname=VALUE)]


@dataclass
class Seen:
    """The results of a run."""

    result: Any = None
    error: BaseException | None = None
    seconds: float = 0.0
    sent: int = 0
    early: list[str] = field(default_factory=list)
    events: list[CallEvent] = field(default_factory=list)
    after: str = ""
    stored: dict[str, str | None] = field(default_factory=dict)
    tasks: int = 0
    peak: int = 0
    ended: bool = False


def broken_promises(case: Case, flavour: Flavour, pair: Pair, folder: Path, authority: Authority) -> list[str]:
    """Run a case, and name the promises that were broken."""
    gc.collect()
    gc.freeze()  # so that the collections below look at what the case has made, and cost nothing
    descriptors, threads = _descriptors(), set(threading.enumerate())
    seen = Seen()
    stray: list[str] = []
    try:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            with World(case, folder, authority) as world:
                pair.forget_certificates()
                try:
                    _watch(case, world, seen, lambda: _run(flavour, _scenario(case, world, flavour, pair, seen)))
                finally:
                    pair.forget_certificates()
            gc.collect()
            stray = [str(each.message) for each in told if issubclass(each.category, ResourceWarning)]
    finally:
        gc.unfreeze()
    broken = [*_about_the_call(case, seen), *(f"a warning: {each}" for each in stray)]
    if seen.ended:
        broken += _left_behind(descriptors, threads)
    if broken and _starved(case, seen) and case.timeout < ENOUGH:
        again = replace(case, timeout=ENOUGH, deadline=case.deadline * ENOUGH / case.timeout)
        (folder / "again").mkdir()
        return broken_promises(again, flavour, pair, folder / "again", authority)
    return broken


def _starved(case: Case, seen: Seen) -> bool:
    """Whether the time-out was over before the request was on its way: a busy machine, no fault of the client."""
    return seen.sent < _sent(case)[0] and isinstance(seen.error, TransportTimeout) and not seen.error.maybe_sent


# ---------------------------------------------------------------------------------------------------- running it


def _watch(case: Case, world: World, seen: Seen, work: Any) -> None:
    """Let a thread work; if it does not come to an end, stop the server, which lets go of whoever waits for it."""
    failure: list[BaseException] = []

    def guarded() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - shown by the thread that waits
            failure.append(error)

    thread = threading.Thread(target=guarded, daemon=True)
    thread.start()
    thread.join(len(case.steps) * (case.deadline + SLACK) + 2 * SLACK)
    seen.ended = not thread.is_alive()
    if thread.is_alive():
        world.server.stop()
        thread.join(PATIENCE)
    if failure:
        raise failure[0]


def _run(flavour: Flavour, scenario: Coroutine[Any, Any, None]) -> None:
    if flavour == "sync":
        with suppress(StopIteration):
            scenario.send(None)
            raise AssertionError("the sync client has waited for something in an event loop")
    else:
        anyio.run(lambda: scenario, backend=flavour)


async def _value(result: Any) -> Any:
    return await result if inspect.isawaitable(result) else result


async def _scenario(case: Case, world: World, flavour: Flavour, pair: Pair, seen: Seen) -> None:
    client, transport = _client(case, world, flavour, pair, seen)
    try:
        if case.known:
            await _know(case, world, client)
        await _steps_before_the_last(case, world, client, seen)
        if case.peak is not None:
            tracemalloc.start()
        begun = time.monotonic()
        try:
            seen.result = await _step(client, case.steps[-1])
        except Exception as error:  # noqa: BLE001 - it is looked at later
            seen.error = error
        seen.seconds = time.monotonic() - begun
        if case.peak is not None:
            seen.peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        seen.sent = _arrived(case, world)
        await _afterwards(case, world, client, seen)
    finally:
        await _value(client.close() if flavour == "sync" else client.aclose())
        await _value(transport.close() if flavour == "sync" else transport.aclose())
        await _value((getattr(world.store, "aclose", None) or world.store.close)())
    if flavour == "asyncio":
        until = time.monotonic() + PATIENCE
        while (left := len(asyncio.all_tasks()) - 1) and time.monotonic() < until:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.005)
        seen.tasks = left


def _arrived(case: Case, world: World) -> int:
    """Count the requests that the server has read; one that is on its way may take the busy server a moment."""
    until = time.monotonic() + PATIENCE
    while len(world.server.requests) < _sent(case)[0] and time.monotonic() < until:
        time.sleep(0.005)
    return len(world.server.requests)


def _sent(case: Case) -> tuple[int, int]:
    """The fewest and the most requests that a case expects."""
    sent = case.expect.sent
    return sent if isinstance(sent, tuple) else (sent, sent)


def _client(case: Case, world: World, flavour: Flavour, pair: Pair, seen: Seen) -> tuple[Any, Any]:
    waiting = dict(case.at)

    def watch(event: CallEvent) -> None:
        seen.events.append(event)
        action = waiting.pop(event.name, None)
        if action is not None:
            action(world)

    options: dict[str, Any] = {
        "base_url": world.base_url,
        "timeout": case.timeout,
        "deadline": case.deadline,
        "retry": RetryPolicy(pauses=(0.01, 0.01, 0.01)),
        "clock": WorldClock(world) if flavour == "sync" else AsyncWorldClock(world),
        **case.options,
    }
    transport: Any
    if flavour == "sync":
        assert pair.make is not None
        transport = pair.make()
        world.store = open_store(world.store) if isinstance(world.store, str) else world.store
        return EngagementClient(ACCOUNT, transport=transport, store=world.store, hooks=[watch], **options), transport
    assert pair.make_async is not None
    transport = pair.make_async()
    world.store = open_async_store(world.store) if isinstance(world.store, str) else world.store
    return AsyncEngagementClient(ACCOUNT, transport=transport, store=world.store, hooks=[watch], **options), transport


def _key(key: str) -> str:
    return f"{ACCOUNT}:{key}"


async def _steps_before_the_last(case: Case, world: World, client: Any, seen: Seen) -> None:
    for each in case.steps[:-1]:
        try:
            if each.step == "settle":
                world.server.settle()
                if not isinstance(client, EngagementClient):
                    await anyio.sleep(0.01)  # an event loop must run to see what has arrived
            else:
                await _step(client, each)
        except BaseException as error:  # noqa: BLE001 - it is looked at later
            seen.early.append(f"{each.step} of {each.key}: {error!r}")


async def _know(case: Case, world: World, client: Any) -> None:
    for key in {each.key for each in case.steps}:
        await _value(world.store.save(_key(key), world.record()))


async def _step(client: Any, ask: Ask) -> Engagement | None:
    visit = client.visit(ask.key)
    sdes: list[Any] = [*SDES]
    if ask.megabytes:
        sdes += [sde.personal(company="x" * 1000)] * (1000 * ask.megabytes)
    if ask.step == "close":
        closing: Any = client.close if isinstance(client, EngagementClient) else client.aclose
        result = closing()
    elif ask.step == "forget":
        result = visit.forget()
    elif ask.step == "update":
        result = visit.update(sdes=sdes)
    else:
        result = visit.get_engagement(sdes=sdes)
    found: Engagement | None = await _value(result)
    return found


async def _afterwards(case: Case, world: World, client: Any, seen: Seen) -> None:
    """See what the store knows, and whether the client still works when everything is well again."""
    for undo in world.things.get("undo", ()):
        undo()
    for key in {each.key for each in case.steps}:
        try:
            ids = await _value(client.visit(key).ids())
        except StoreError:
            continue
        seen.stored[key] = None if ids is None else ids.visitor_id
    if case.heals:
        world.server.settle(0.2)
        if not isinstance(client, EngagementClient):
            await anyio.sleep(0.01)
        world.server.heal()
        try:
            engagement = await _value(client.visit(WELL).get_engagement())
        except BaseException as error:  # noqa: BLE001 - it is looked at later
            seen.after = f"the next consumer got {error!r}"
        else:
            if engagement.visitor_id != B.visitor:
                seen.after = "the next consumer got the answer of another"


# ------------------------------------------------------------------------------------------------ looking at it


def _about_the_call(case: Case, seen: Seen) -> list[str]:
    if not seen.ended:
        return ["it did not come to an end"]
    broken = [f"a step before the last failed: {each}" for each in seen.early]
    broken += _about_the_end(case, seen)
    broken += _about_ids(case, seen)
    if seen.error is not None:
        broken += _about_the_error(seen.error)
    if seen.after:
        broken.append(seen.after)
    if seen.tasks:
        broken.append(f"{seen.tasks} tasks are left")
    if case.peak is not None and seen.peak > case.peak * 2**20:
        broken.append(f"it took {seen.peak / 2**20:.1f} MiB, more than {case.peak}")
    return broken


def _about_the_end(case: Case, seen: Seen) -> list[str]:
    expect, broken = case.expect, list[str]()
    if seen.seconds > case.deadline + SLACK:
        broken.append(f"it took {seen.seconds:.1f} s, with a deadline of {case.deadline:g} s")
    name = type(seen.error).__name__ if seen.error is not None else ""
    if name not in expect.error.split("|"):
        shown = repr(seen.error) if seen.error is not None else "the answer"
        broken.append(f"expected {expect.error or 'the answer'}, got {shown}")
    if expect.maybe_sent is not None and getattr(seen.error, "maybe_sent", None) is not expect.maybe_sent:
        broken.append(f"maybe_sent is {getattr(seen.error, 'maybe_sent', None)}")
    low, high = _sent(case)
    if not low <= seen.sent <= high:
        broken.append(f"the server saw {seen.sent} requests, expected {expect.sent}")
    if seen.error is None and expect.saved is not None and getattr(seen.result, "saved", expect.saved) != expect.saved:
        broken.append(f"saved is not {expect.saved}")
    return broken


def _about_ids(case: Case, seen: Seen) -> list[str]:
    expect, last = case.expect, case.steps[-1]
    wanted = expect.visitors
    if wanted is None:
        default = KNOWN.visitor if case.known else None
        answered = not expect.error and expect.saved and last.step == "ask"
        wanted = {last.key: A.visitor if answered and not case.known else default}
    return [
        f"the store knows {seen.stored[key]} for {key}, expected {visitor}"
        for key, visitor in wanted.items()
        if key in seen.stored and seen.stored[key] != visitor
    ]


def _about_the_error(error: BaseException) -> list[str]:
    if not isinstance(error, EngagementError | RuntimeError):
        return [f"an error of another's: {error!r}"]
    text = f"{error} {error!r} {''.join(traceback.format_exception(error))} {pickle.dumps(error)!r}"
    return [f"the error shows {secret}" for secret in SECRETS if secret in text]


def _descriptors() -> Counter[str]:
    found: Counter[str] = Counter()
    for each in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            found[str(each.readlink()).split(":")[0]] += 1
    return found


def _left_behind(descriptors: Counter[str], threads: set[threading.Thread]) -> list[str]:
    """Name the descriptors and threads that are there, and were not before. Trio keeps idle threads for ten seconds."""
    until = time.monotonic() + PATIENCE
    while True:
        files = _descriptors() - descriptors
        others = [
            each.name
            for each in threading.enumerate()
            if each not in threads and not each.name.startswith("Trio thread")
        ]
        if not (files or others) or time.monotonic() > until:
            break
        time.sleep(0.01)
    return [f"{count} descriptors are left: {name}" for name, count in files.items()] + [
        f"a thread is left: {name}" for name in others
    ]
