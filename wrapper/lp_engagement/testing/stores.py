"""Conformance tests for visit stores, including your own.

With pytest, for a `VisitStore` or an `AsyncVisitStore`:

    class TestMyStore(StoreConformance):
        def make_store(self):
            return MyStore(...)          # empty, each time

Without pytest:

    check_store(lambda: MyStore(...))    # raises StoreConformanceError, which names all broken promises

The tests really wait, some tenths of a second in all, unless you override `pass_time`.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, cast

from lp_engagement.errors import StoreError
from lp_engagement.stores import VisitRecord

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Sequence
    from pathlib import Path

    from lp_engagement.stores import AsyncVisitStore, VisitStore

    AnyStore = VisitStore | AsyncVisitStore
    Check = Callable[["Bench"], Coroutine[Any, Any, None]]

__all__ = ["StoreConformance", "StoreConformanceError", "check_store"]

T = TypeVar("T")
KEY = "12345678:customer-4711"
RECORD = VisitRecord(
    "visitor-1", "session-1", "page-1", {"engagementId": 1, "name": "☎", "nested": {"list": [1, None]}}, 2000.5, 1000.25
)
# Whatever an application may use as a key, and pairs that something in between could take for the same.
KEYS = (
    *("", " ", "%", "%25", "a", "A", "a ", "a\0b", "a\0c", "a:lease", "{a}", "{}", "}{", "a*", "a?", "[a]", "\\"),
    *(
        "é",
        "e\u0301",
        "🦊",
        "\ud800",
        "\udfff",
        "x" * 10_000,
        "x" * 10_001,
        "'; DROP TABLE visits",
        "../../visits",
        "\n",
    ),
)
_RIVALS = 8


class StoreConformanceError(AssertionError):
    """The store breaks promises; the message names them."""


@dataclass
class Bench:
    """The store under test, and the tools of a check.

    Attributes:
        store: the store, asynchronous or made to look so.
        lease: the length of leases in seconds.
        lifetime: seconds after which a visit expires, if expiry is to be checked.
        pass_time: lets time pass for the store.
        together: makes calls at the same time, in threads or tasks.
        damage: overwrites a stored record with other bytes, if damage is to be checked.
        files: lists the files of the store, if it has any.
    """

    store: AsyncVisitStore
    lease: float
    lifetime: float | None
    pass_time: Callable[[float], object]
    together: Callable[[Sequence[Callable[[], Awaitable[Any]]]], Awaitable[list[Any]]]
    damage: Callable[[str], object] | None = None
    files: Callable[[], Iterable[Path]] | None = None


def _expect(fact: object, message: str) -> None:
    # Not `assert`, which python -O drops and which pytest rewrites only in tests.
    if not fact:
        raise StoreConformanceError(message)


# ------------------------------------------------------------------------------------------------- the promises


async def _unknown_key_has_no_record(bench: Bench) -> None:
    """A key that was never saved loads as `None`, and can still be deleted and released."""
    _expect(await bench.store.load(KEY) is None, "load() of an unknown key must return None")
    await bench.store.delete(KEY)
    await bench.store.release(KEY, "nobody")


async def _saves_are_counted(bench: Bench) -> None:
    """Each save returns the stored record, its version one higher, and load returns the same."""
    record = RECORD
    for version in (1, 2, 3):
        saved = await bench.store.save(KEY, record)
        _expect(saved == replace(RECORD, version=version), f"save() number {version} must return version {version}")
        _expect(await bench.store.load(KEY) == saved, "load() must return what save() has returned")
        record = cast("VisitRecord", saved)


async def _records_survive_as_they_are(bench: Bench) -> None:
    """Every field is returned unchanged: numbers, `None`, strings in any script, an empty visit."""
    for number, record in enumerate(
        (
            RECORD,
            VisitRecord(),
            VisitRecord(visitor_id="~" * 256, page_id="-_.!%/?#&+'\"\\"),
            VisitRecord(engagement={}),
            VisitRecord(updated_at=1e9 + 0.1),
        )
    ):
        await bench.store.save(str(number), record)
        loaded = await bench.store.load(str(number))
        _expect(loaded == replace(record, version=1), "load() must return every field as it was saved")


async def _stale_records_are_refused(bench: Bench) -> None:
    """Saving a record whose version is not the stored one changes nothing and returns `None`."""
    first = await bench.store.save(KEY, RECORD)
    known = await bench.store.save(KEY, cast("VisitRecord", first))
    for version in (0, 1, 3):
        refused = await bench.store.save(KEY, VisitRecord("intruder", version=version))
        _expect(refused is None, f"save() of version {version} over version 2 must return None")
        _expect(await bench.store.load(KEY) == known, "a refused save() must change nothing")
    refused = await bench.store.save("other", VisitRecord("intruder", version=1))
    _expect(refused is None, "save() of version 1 where nothing is stored must return None")
    _expect(await bench.store.load("other") is None, "a refused save() must not make a record")


async def _deleted_records_stay_deleted(bench: Bench) -> None:
    """Delete removes one record only, and a save of an older version does not restore it."""
    record = cast("VisitRecord", await bench.store.save(KEY, RECORD))
    other = await bench.store.save("other", RECORD)
    await bench.store.delete(KEY)
    _expect(await bench.store.load(KEY) is None, "delete() must forget the record")
    _expect(await bench.store.load("other") == other, "delete() must leave other records alone")
    _expect(await bench.store.save(KEY, record) is None, "save() must not bring back a deleted record")
    _expect(await bench.store.load(KEY) is None, "save() must not bring back a deleted record")
    again = await bench.store.save(KEY, RECORD)
    _expect(again == replace(RECORD, version=1), "after delete() a key must be as good as new")


async def _stored_records_are_independent(bench: Bench) -> None:
    """Changing a dict after saving or loading does not reach the store."""
    engagement: dict[str, Any] = {"names": ["a"]}
    await bench.store.save(KEY, VisitRecord(engagement=engagement))
    engagement["names"].append("b")
    loaded = cast("Any", await bench.store.load(KEY))
    _expect(loaded.engagement == {"names": ["a"]}, "a later change of a saved dict must not reach the store")
    loaded.engagement["names"].append("c")
    again = cast("Any", await bench.store.load(KEY))
    _expect(again.engagement == {"names": ["a"]}, "a change of a loaded dict must not reach the store")


async def _keys_are_arbitrary_text(bench: Bench) -> None:
    """Keys are compared character by character, whatever characters they have, for records and for leases."""
    pages = {key: f"page-{number}" for number, key in enumerate(KEYS)}
    for key, page in pages.items():
        _expect(await bench.store.load(key) is None, f"the key {key[:20]!a} must not be another's")
        _expect(await bench.store.save(key, VisitRecord(page_id=page)), f"the key {key[:20]!a} must be usable")
        _expect(
            await bench.store.acquire(key, key or "-", lease=60), f"the lease of {key[:20]!a} must not be another's"
        )
    for key in KEYS:
        loaded = await bench.store.load(key)
        _expect(loaded and loaded.page_id == pages[key], f"the key {key[:20]!a} must find its own record")
        _expect(not await bench.store.acquire(key, "other", lease=60), f"the lease of {key[:20]!a} must be kept")
    found = {key: record.page_id async for key, record in bench.store.items()}
    _expect(found == pages, "items() must give every key as it was")


async def _one_of_many_saves(bench: Bench) -> None:
    """If many callers save the same version at once, exactly one succeeds."""
    for round_ in range(6):
        record = await bench.store.load(KEY) or VisitRecord()
        rivals = [partial(bench.store.save, KEY, replace(record, page_id=str(rival))) for rival in range(_RIVALS)]
        saved = [each for each in await bench.together(rivals) if each is not None]
        _expect(len(saved) == 1, f"of {_RIVALS} who save at once one must win, not {len(saved)}")
        _expect(await bench.store.load(KEY) == saved[0], "the record of the winner must be stored")
        _expect(saved[0].version == round_ + 1, "each round must count once")


async def _no_update_is_lost(bench: Bench) -> None:
    """Concurrent increments of one record by compare-and-set lose nothing."""

    async def count() -> None:
        for _ in range(5):
            while True:
                record = await bench.store.load(KEY) or VisitRecord()
                if await bench.store.save(KEY, replace(record, updated_at=record.updated_at + 1)):
                    break

    await bench.together([count] * _RIVALS)
    record = cast("VisitRecord", await bench.store.load(KEY))
    _expect((record.updated_at, record.version) == (5.0 * _RIVALS, 5 * _RIVALS), "updates were lost")


async def _leases_are_exclusive(bench: Bench) -> None:
    """While one token holds a lease, no other can acquire it; the holder can renew it; a released key is free."""
    store = bench.store
    _expect(await store.acquire(KEY, "one", lease=60), "a free key must be given")
    _expect(not await store.acquire(KEY, "two", lease=60), "a held key must not be given to another token")
    _expect(await store.acquire(KEY, "one", lease=60), "the holder must get the key again")
    _expect(await store.acquire("other", "two", lease=60), "the lease of one key must not hold another")
    await store.release(KEY, "two")
    _expect(not await store.acquire(KEY, "two", lease=60), "release() by another token must do nothing")
    await store.release(KEY, "one")
    await store.release(KEY, "one")
    _expect(await store.acquire(KEY, "two", lease=60), "a released key must be free")


async def _one_of_many_acquires(bench: Bench) -> None:
    """If many callers acquire a key at the same time, exactly one succeeds."""
    for round_ in range(6):
        rivals = [partial(bench.store.acquire, str(round_), f"token-{rival}", lease=60) for rival in range(_RIVALS)]
        winners = sum(await bench.together(rivals))
        _expect(winners == 1, f"of {_RIVALS} who acquire at once one must win, not {winners}")


async def _leases_end(bench: Bench) -> None:
    """An expired lease can be taken over; its former holder can neither renew nor release it."""
    store = bench.store
    await store.acquire(KEY, "one", lease=bench.lease)
    _expect(not await store.acquire(KEY, "two", lease=bench.lease), "a lease must last until its end")
    bench.pass_time(bench.lease * 1.25)
    _expect(await store.acquire(KEY, "two", lease=60), "a lease that has run out must be free for others")
    _expect(not await store.acquire(KEY, "one", lease=60), "who lost a lease must not get it back")
    await store.release(KEY, "one")
    _expect(not await store.acquire(KEY, "three", lease=60), "who lost a lease must not release it")


async def _leases_are_renewed(bench: Bench) -> None:
    """A renewed lease starts now, whether it is longer or shorter than before."""
    store = bench.store
    await store.acquire(KEY, "one", lease=bench.lease)
    await store.acquire(KEY, "one", lease=bench.lease * 10)
    bench.pass_time(bench.lease * 1.25)
    _expect(not await store.acquire(KEY, "two", lease=60), "a renewed lease must last until its new end")
    await store.acquire(KEY, "one", lease=bench.lease)
    bench.pass_time(bench.lease * 1.25)
    _expect(await store.acquire(KEY, "two", lease=60), "a lease renewed for a shorter time must end then")


async def _leases_and_records_are_independent(bench: Bench) -> None:
    """Saving and deleting neither need nor change a lease, and a lease creates no record."""
    store = bench.store
    await store.acquire(KEY, "one", lease=60)
    _expect(await store.load(KEY) is None, "a lease must not make a record")
    _expect(await store.save(KEY, RECORD), "save() must not need the lease")
    await store.delete(KEY)
    _expect(not await store.acquire(KEY, "two", lease=60), "delete() must not touch the lease")


async def _items_are_all_records(bench: Bench) -> None:
    """Items yields every record with its key, but no deleted records and no leases."""
    _expect([each async for each in bench.store.items()] == [], "items() of an empty store must be empty")
    saved = {key: await bench.store.save(key, replace(RECORD, page_id=key)) for key in map(str, range(40))}
    await bench.store.acquire("7", "token", lease=60)
    await bench.store.delete("11")
    del saved["11"]
    found = [each async for each in bench.store.items()]
    _expect(dict(found) == saved, "items() must give every record with its key, and nothing else")
    _expect(len(found) == len(saved), "items() of a store at rest must give each record once")


async def _old_records_are_purged(bench: Bench) -> None:
    """Purge deletes the records older than a moment, returns their number, and does not change the others."""
    for number in range(10):
        await bench.store.save(str(number), replace(RECORD, updated_at=1000.0 + number))
    _expect(await bench.store.purge(before=1000.0) == 0, "purge() must keep a record of that very moment")
    _expect(await bench.store.purge(before=1004.0) == 4, "purge() must say how many it has deleted")  # noqa: PLR2004
    left = {key: record.version async for key, record in bench.store.items()}
    _expect(left == {str(number): 1 for number in range(4, 10)}, "purge() must delete the old records and no others")
    _expect(await bench.store.save("0", RECORD), "a purged key must be as good as new")


async def _visits_end(bench: Bench) -> None:
    """A visit that was not saved for the store's lifetime has expired; each save restarts the lifetime."""
    if bench.lifetime is None:
        return
    store = bench.store
    old = cast("VisitRecord", await store.save("old", RECORD))
    kept = cast("VisitRecord", await store.save("kept", RECORD))
    bench.pass_time(bench.lifetime * 0.6)
    kept = cast("VisitRecord", await store.save("kept", kept))
    bench.pass_time(bench.lifetime * 0.6)
    _expect(await store.load("old") is None, "a visit must end with the lifetime")
    _expect(await store.load("kept") == kept, "a visit that was saved again must live on")
    _expect([key async for key, _ in store.items()] == ["kept"], "items() must not give what has ended")
    _expect(await store.purge(before=0.0) == 0, "purge() must not count what has ended")
    _expect(await store.save("old", old) is None, "save() must not bring back a visit that has ended")
    _expect(
        await store.save("old", RECORD) == replace(RECORD, version=1), "a visit that has ended must be as good as new"
    )


async def _unreadable_records_are_refused(bench: Bench) -> None:
    """A record that could not be read back raises `StoreError`, and the stored record stays."""
    known = await bench.store.save(KEY, RECORD)
    deep: dict[str, Any] = {}
    for _ in range(200):
        deep = {"deep": deep}
    for field, value in (
        *(("visitor_id", each) for each in ("", "..", " ", "\n", "v" * 257, "null")),
        *(("updated_at", each) for each in (float("nan"), float("inf"), -1.0)),
        ("engagement", deep),
    ):
        refused = replace(cast("VisitRecord", known), **cast("Any", {field: value}))
        try:
            await bench.store.save(KEY, refused)
        except StoreError:
            continue
        _expect(fact=False, message=f"save() must refuse a {field} that no server can have sent")
    _expect(await bench.store.load(KEY) == known, "a refused save() must change nothing")


async def _damage_blocks_nobody(bench: Bench) -> None:
    """A damaged record raises `StoreError` for its own key only; it can be deleted or purged."""
    if bench.damage is None:
        return
    store = bench.store
    kept = {key: await store.save(key, RECORD) for key in ("a", "c")}
    for key in ("b", "d"):
        await store.save(key, RECORD)
        bench.damage(key)
    try:
        await store.load("b")
    except StoreError as error:
        _expect("visitor-1" not in str(error), "an error must not show what is stored")
    else:
        _expect(fact=False, message="load() of a damaged record must raise StoreError")
    skipped: list[str] = []
    found = {key: record async for key, record in store.items(damaged=lambda key, _: skipped.append(key))}
    _expect(found == kept, "items() must give the records beside a damaged one")
    _expect(sorted(skipped) == ["b", "d"], "items() must report each damaged record with its key")
    _expect(
        {key async for key, _ in store.items()} == set(kept), "items() must skip damaged records without being asked"
    )
    await store.delete("b")
    _expect(await store.load("b") is None, "delete() must remove a damaged record")
    _expect(await store.purge(before=RECORD.updated_at + 1) == len(kept) + 1, "purge() must delete damaged records")
    _expect(await store.load("d") is None, "purge() must delete damaged records")


async def _deleted_is_gone(bench: Bench) -> None:
    """After delete and purge, no file contains a byte of key or ids, even while the store is open."""
    if bench.files is None:
        return
    store = bench.store
    for number in range(60):
        await store.save(f"key-{number:04}", _traceable(number, 0))
    for number in range(0, 60, 3):
        await store.save(f"key-{number:04}", replace(_traceable(number, 1), version=1))
    for number in range(0, 60, 2):
        await store.delete(f"key-{number:04}")
        left = _left(bench.files(), number)
        _expect(not left, f"{left} of a deleted record must not be in any file")
    await store.purge(before=RECORD.updated_at + 1)
    left = [text for number in range(60) for text in _left(bench.files(), number)]
    _expect(not left, f"{left[:3]} of purged records must not be in any file")


def _traceable(number: int, save: int) -> VisitRecord:
    visitor, session, page = (f"{kind}-{number:04}-{save}" for kind in ("visitor", "session", "page"))
    padding = {"text": "x" * (number * 7 + save * 50)}
    return VisitRecord(visitor, session, page, padding, updated_at=RECORD.updated_at)


def _left(files: Iterable[Path], number: int) -> list[str]:
    content = b"".join(file.read_bytes() for file in files)
    return [
        text for kind in ("key", "visitor", "session", "page") if (text := f"{kind}-{number:04}").encode() in content
    ]


async def _closed_stores_refuse(bench: Bench) -> None:
    """A closed store can be closed again, and raises RuntimeError for everything else."""
    store = bench.store
    await store.save(KEY, RECORD)
    await store.aclose()
    await store.aclose()

    async def items() -> None:
        async for _ in store.items():
            pass

    uses: dict[str, Callable[[], Awaitable[object]]] = {
        "load": partial(store.load, KEY),
        "save": partial(store.save, KEY, RECORD),
        "delete": partial(store.delete, KEY),
        "acquire": partial(store.acquire, KEY, "one", lease=1),
        "release": partial(store.release, KEY, "one"),
        "items": items,
        "purge": partial(store.purge, before=0),
    }
    for name, use in uses.items():
        try:
            await use()
        except RuntimeError:
            continue
        _expect(fact=False, message=f"{name}() of a closed store must raise RuntimeError")


CHECKS: dict[str, Check] = {
    check.__name__.removeprefix("_"): check
    for check in (
        _unknown_key_has_no_record,
        _saves_are_counted,
        _records_survive_as_they_are,
        _stale_records_are_refused,
        _deleted_records_stay_deleted,
        _stored_records_are_independent,
        _keys_are_arbitrary_text,
        _one_of_many_saves,
        _no_update_is_lost,
        _leases_are_exclusive,
        _one_of_many_acquires,
        _leases_end,
        _leases_are_renewed,
        _leases_and_records_are_independent,
        _items_are_all_records,
        _old_records_are_purged,
        _visits_end,
        _unreadable_records_are_refused,
        _damage_blocks_nobody,
        _deleted_is_gone,
        _closed_stores_refuse,
    )
}


# ------------------------------------------------------------------------------------------------- carrying out


class _Awaitable:
    """Makes the methods of a `VisitStore` awaitable, without ever suspending."""

    def __init__(self, store: VisitStore) -> None:
        self._store = store

    async def load(self, key: str) -> VisitRecord | None:
        return self._store.load(key)

    async def save(self, key: str, record: VisitRecord) -> VisitRecord | None:
        return self._store.save(key, record)

    async def delete(self, key: str) -> None:
        self._store.delete(key)

    async def acquire(self, key: str, token: str, *, lease: float) -> bool:
        return self._store.acquire(key, token, lease=lease)

    async def release(self, key: str, token: str) -> None:
        self._store.release(key, token)

    async def items(
        self, *, damaged: Callable[[str, StoreError], object] | None = None
    ) -> AsyncIterator[tuple[str, VisitRecord]]:
        for item in self._store.items(damaged=damaged):
            yield item

    async def purge(self, *, before: float, damaged: Callable[[str, StoreError], object] | None = None) -> int:
        return self._store.purge(before=before, damaged=damaged)

    async def aclose(self) -> None:
        self._store.close()


def _finish(awaitable: Awaitable[T]) -> T:
    """Run a coroutine that never suspends."""
    steps = awaitable.__await__()
    try:
        next(steps)
    except StopIteration as stop:
        return cast("T", stop.value)
    raise RuntimeError("a check of a synchronous store waited for something")


async def _in_threads(calls: Sequence[Callable[[], Awaitable[Any]]]) -> list[Any]:
    from concurrent.futures import ThreadPoolExecutor

    start = threading.Barrier(len(calls))

    def run(call: Callable[[], Awaitable[Any]]) -> Any:
        start.wait(timeout=30)
        return _finish(call())

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


async def _in_tasks(calls: Sequence[Callable[[], Awaitable[Any]]]) -> list[Any]:
    import anyio

    results: dict[int, Any] = {}

    async def run(number: int) -> None:
        results[number] = await calls[number]()

    async with anyio.create_task_group() as tasks:
        for number in range(len(calls)):
            tasks.start_soon(run, number)
    return [results[number] for number in range(len(calls))]


@dataclass(frozen=True)
class _Help:
    """The functions that the caller provides."""

    pass_time: Callable[[float], object]
    lease: float
    lifetime: float | None
    damage: Callable[[str], object] | None
    files: Callable[[], Iterable[Path]] | None

    def bench(self, store: AsyncVisitStore, together: Any) -> Bench:
        return Bench(store, self.lease, self.lifetime, self.pass_time, together, self.damage, self.files)


def _run(check: Check, make_store: Callable[[], AnyStore], given: _Help) -> None:
    """Make a store and validate it against one promise, in an event loop if it is asynchronous."""
    store: Any = make_store()
    if hasattr(store, "aclose"):
        import anyio

        async def run() -> None:
            try:
                await check(given.bench(store, _in_tasks))
            finally:
                await store.aclose()

        anyio.run(run)
        return
    try:
        _finish(check(given.bench(_Awaitable(store), _in_threads)))
    finally:
        store.close()


def _sleep(seconds: float) -> None:
    time.sleep(seconds)  # noqa: TID251 - unless the caller knows a quicker way for time to pass


class StoreConformance:
    """The promises as test methods: inherit, override `make_store`, and let pytest find the class.

    Attributes:
        lease: the length in seconds of leases whose end the tests wait for.
        lifetime: seconds after which visits expire in your stores; `None` to leave expiry untested.
    """

    lease: float = 0.2
    lifetime: float | None = None

    def make_store(self) -> AnyStore:
        """Return an empty store; the test closes it. An async store is first used in its own event loop."""
        raise NotImplementedError

    def pass_time(self, seconds: float) -> None:
        """Let time pass for the store. Override this to avoid a real wait."""
        _sleep(seconds)

    def damage(self, key: str) -> None:
        """Overwrite the record of `key` with other bytes. Damage is not tested unless you override this."""
        raise NotImplementedError

    def files(self) -> Iterable[Path]:
        """List the files of the store. Deletion from files is not tested unless you override this."""
        raise NotImplementedError


def _method(check: Check) -> Callable[[StoreConformance], None]:
    def test(self: StoreConformance) -> None:
        kind = type(self)
        damage = None if kind.damage is StoreConformance.damage else self.damage
        files = None if kind.files is StoreConformance.files else self.files
        _run(check, self.make_store, _Help(self.pass_time, self.lease, self.lifetime, damage, files))

    test.__doc__ = check.__doc__
    return test


for _name, _check in CHECKS.items():
    setattr(StoreConformance, f"test_{_name}", _method(_check))


def check_store(
    make_store: Callable[[], AnyStore],
    *,
    pass_time: Callable[[float], object] = _sleep,
    lease: float = 0.2,
    lifetime: float | None = None,
    damage: Callable[[str], object] | None = None,
    files: Callable[[], Iterable[Path]] | None = None,
) -> None:
    """Validate a store against every promise, and report all failures at once.

    Args:
        make_store: returns a new, empty store for each promise.
        pass_time: lets that many seconds pass for the stores; by default, it really waits.
        lease: the length in seconds of leases whose end the checks wait for.
        lifetime: seconds after which visits expire; `None` to leave expiry unchecked.
        damage: overwrites the record of a key; without it, damage is not checked.
        files: lists the files that must not contain a deleted record; without it, deletion is not checked.

    Raises:
        StoreConformanceError: at least one promise is broken. The message names them all.
    """
    broken = []
    for name, check in CHECKS.items():
        try:
            _run(check, make_store, _Help(pass_time, lease, lifetime, damage, files))
        except Exception as error:  # noqa: BLE001 - whatever it is, the promise is broken
            broken.append(f"{name}: {str(error) or type(error).__name__}")
    if broken:
        raise StoreConformanceError("The store breaks these promises:\n" + "\n".join(f"  {each}" for each in broken))
