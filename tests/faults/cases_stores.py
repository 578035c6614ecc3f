"""Faults of stores and of the clock."""

from __future__ import annotations

import os
import sqlite3
from functools import partial
from typing import TYPE_CHECKING, Any

from lp_engagement.errors import StoreError
from lp_engagement.stores import MemoryStore, SQLiteStore, VisitRecord
from tests.redis_server import RedisServer

from .case import KNOWN, A, Ask, Case, fails, gives
from .scripted import LOOPBACK, Script, Server, close, good, hang, http, pause

if TYPE_CHECKING:
    from collections.abc import Callable

    from .world import World

__all__ = ["CASES"]

YES = Script(((good(A),),))
YES_KNOWN = Script(((good(KNOWN),),))
BUSY_FIRST = Script(((http(503),), (good(A),)))
UPDATE = (Ask("update"),)
NOT_SENT = fails("StoreError", 0)
UNSAVED = gives(saved=False)

# ---------------------------------------------------------------------------------------------------- any store


class Failing(MemoryStore):
    """A store whose methods fail by name."""

    def __init__(self, *methods: str, error: Exception | None = None) -> None:
        """Note which."""
        super().__init__()
        self._methods = methods
        self._error = error or StoreError("the store is out of order")

    def _maybe(self, method: str) -> None:
        if method in self._methods:
            raise self._error

    def load(self, key: str) -> VisitRecord | None:
        """Load, or fail."""
        self._maybe("load")
        return super().load(key)

    def save(self, key: str, record: VisitRecord) -> VisitRecord | None:
        """Save, or fail."""
        self._maybe("save")
        return super().save(key, record)

    def acquire(self, key: str, token: str, *, lease: float) -> bool:
        """Acquire, or fail."""
        self._maybe("acquire")
        return super().acquire(key, token, lease=lease)

    def release(self, key: str, token: str) -> None:
        """Release, or fail."""
        self._maybe("release")
        super().release(key, token)


def _use(make: Callable[[], Any]) -> Callable[[World], None]:
    def prepare(world: World) -> None:
        world.store = make()

    return prepare


store = partial(Case, "store")
ANY = [
    store("fails to load", YES, NOT_SENT, prepare=_use(lambda: Failing("load")), heals=False),
    store("fails to acquire the lease", YES, NOT_SENT, prepare=_use(lambda: Failing("acquire")), heals=False),
    store("fails to release the lease", YES, gives(), prepare=_use(lambda: Failing("release"))),
    store("fails to save", YES, UNSAVED, prepare=_use(lambda: Failing("save"))),
    store(
        "fails to save, known visit",
        YES_KNOWN,
        gives(saved=False, visitors={}),
        prepare=_use(lambda: Failing("save")),
        heals=True,
    ),
]

# -------------------------------------------------------------------------------------------------------- SQLite


def _file(world: World) -> str:
    file = world.folder / "visits.db"
    world.store = f"sqlite:///{file}"
    return str(file)


def _good_file(world: World) -> None:
    _file(world)


def _made_file(world: World) -> str:
    name = _file(world)
    made = SQLiteStore(name)
    made.load("12345678:nobody")
    made.close()
    return name


def _holds(data: bytes) -> Callable[[World], None]:
    def prepare(world: World) -> None:
        name = _file(world)
        with open(name, "wb") as file:  # noqa: PTH123
            file.write(data)

    return prepare


def _damaged(world: World) -> None:
    name = _made_file(world)
    with open(name, "r+b") as file:  # noqa: PTH123
        file.seek(100)
        file.write(os.urandom(1) * 20_000)


def _folder(world: World) -> None:
    os.mkdir(_file(world))  # noqa: PTH102


def _no_folder(world: World) -> None:
    file = world.folder / "file"
    file.write_text("")
    world.store = f"sqlite:///{file}/visits.db"


def _of_another(world: World) -> None:
    with sqlite3.connect(_file(world)) as database:
        database.execute("CREATE TABLE theirs (x)")
    database.close()


def _locked(world: World) -> None:
    database = sqlite3.connect(_made_file(world), check_same_thread=False)
    database.execute("BEGIN IMMEDIATE")
    world.things["undo"] = [database.rollback, database.close]


def _lock_now(world: World) -> None:
    database = sqlite3.connect(world.folder / "visits.db", check_same_thread=False)
    database.execute("BEGIN IMMEDIATE")
    world.things["undo"] = [database.rollback, database.close]


def _record_damaged(text: str) -> Callable[[World], None]:
    def prepare(world: World) -> None:
        name = _made_file(world)
        made = SQLiteStore(name)
        made.save("12345678:customer-4711", world.record())
        made.close()
        with sqlite3.connect(name) as database:
            database.execute("UPDATE visits SET record = ?", [text])
        database.close()

    return prepare


def _delete(world: World) -> None:
    (world.folder / "visits.db").unlink()


def _replace(world: World) -> None:
    other = SQLiteStore(world.folder / "other.db")
    other.load("x")
    other.close()
    (world.folder / "other.db").replace(world.folder / "visits.db")


lite = partial(Case, "SQLite")
LOCKED: dict[str, Any] = {"timeout": 0.5, "deadline": 1.0, "quick": False}
SQLITE = [
    lite("good", YES, gives(), prepare=_good_file),
    lite("a damaged file", YES, NOT_SENT, prepare=_damaged, heals=False),
    lite("a text file", YES, NOT_SENT, prepare=_holds(b"Dear diary,\n" * 999), heals=False),
    lite("a folder instead of a file", YES, NOT_SENT, prepare=_folder, heals=False),
    lite("a database of another program", YES, NOT_SENT, prepare=_of_another, heals=False),
    lite("the folder cannot be made", YES, NOT_SENT, prepare=_no_folder, heals=False),
    lite("an empty file", YES, gives(), prepare=_holds(b"")),
    lite(
        "locked by another program, new visit", YES, fails("StoreError|DeadlineExceeded", 0), prepare=_locked, **LOCKED
    ),
    lite(
        "locked by another program, update",
        Script(((http(200),),)),
        gives(visitors={}),
        UPDATE,
        known=True,
        prepare=_good_file,
        at={"sent": _lock_now},
        **LOCKED,
    ),
    lite(
        "locked by another program, from the request on",
        YES,
        gives(saved=False, visitors={}),
        prepare=_good_file,
        at={"sent": _lock_now},
        **LOCKED,
    ),
    *(
        lite(
            f"a record that is {shown}",
            YES,
            fails("|StoreError", (0, 1), visitors={}, saved=None),
            prepare=_record_damaged(text),
            heals=False,
        )
        for shown, text in {
            "cut": '{"visitor_id": "x',
            "an array": "[]",
            "empty": "",
            "of other types": '{"visitor_id": 7, "session_id": [], "updated_at": "x"}',
            "nested too deep": "[" * 100_000,
        }.items()
    ),
    *(
        lite(
            f"a record whose visitor id is {shown}",
            YES,
            fails("|StoreError", (0, 1), visitors={}, saved=None),
            prepare=_record_damaged(f'{{"visitor_id": "{value}"}}'),
            heals=False,
        )
        for shown, value in {
            "two dots": "..",
            "`null`": "null",
            "100 KB": "x" * 100_000,
            "a line end": "a\\r\\nb",
        }.items()
    ),
    lite(
        "the file is deleted in a pause",
        BUSY_FIRST,
        gives(2, saved=True, visitors={}),
        prepare=_good_file,
        at={"retry": _delete},
    ),
    lite(
        "the file is replaced in a pause", BUSY_FIRST, gives(2, visitors={}), prepare=_good_file, at={"retry": _replace}
    ),
]

# --------------------------------------------------------------------------------------------------------- Redis


def _redis(world: World, *options: str) -> RedisServer:
    server = world.stack.enter_context(RedisServer(*options))
    world.store = server.url
    world.things["redis"] = server
    return server


def _running(world: World) -> None:
    _redis(world)


def _kill(world: World) -> None:
    world.things["redis"].stop()


def _restart(world: World) -> None:
    world.things["redis"].stop()
    world.things["redis"].start()


def _stop(world: World) -> None:
    server: RedisServer = world.things["redis"]
    server.pause()
    world.things["undo"] = [server.resume]


def _paused(world: World) -> None:
    _redis(world)
    _stop(world)


def _full(world: World) -> None:
    _redis(world, "--maxmemory", "1", "--maxmemory-policy", "noeviction")


def _full_now(world: World) -> None:
    with world.things["redis"].client() as client:
        client.config_set("maxmemory-policy", "noeviction")
        client.config_set("maxmemory", "1")


def _scripts_gone(world: World) -> None:
    with world.things["redis"].client() as client:
        client.script_flush()


def _connections_gone(world: World) -> None:
    with world.things["redis"].client() as client:
        client.client_kill_filter(_type="normal")


def _password(world: World) -> None:
    _redis(world, "--requirepass", "x")


def _wrong_type(world: World) -> None:
    _redis(world)
    with world.things["redis"].client() as client:
        client.lpush("lp-engagement:{12345678:customer-4711}", "x")


def _value(value: bytes) -> Callable[[World], None]:
    def prepare(world: World) -> None:
        _redis(world)
        with world.things["redis"].client() as client:
            client.set("lp-engagement:{12345678:customer-4711}", value)

    return prepare


def _no_redis(world: World) -> None:
    server = world.stack.enter_context(Server(Script(listens=False)))
    world.store = f"redis://{LOOPBACK}:{server.port}/0"


def _talks(*steps: Any) -> Callable[[World], None]:
    """A server that is none of Redis."""

    def prepare(world: World) -> None:
        server = world.stack.enter_context(Server(Script(greeting=(*steps, hang))))
        world.store = f"redis://{LOOPBACK}:{server.port}/0"
        world.things["undo"] = [server.stop]

    return prepare


# The asynchronous client of redis-py is for asyncio only.
redis = partial(Case, "Redis", flavours=frozenset({"sync", "asyncio"}))
SHORT: dict[str, Any] = {"timeout": 0.5, "deadline": 1.0, "quick": False}
REDIS = [
    redis("good", YES, gives(), prepare=_running),
    redis("refused", YES, NOT_SENT, prepare=_no_redis, heals=False),
    redis("never answers", YES, fails("StoreError|DeadlineExceeded", 0), prepare=_talks(), heals=False, **SHORT),
    redis("talks HTTP", YES, NOT_SENT, prepare=_talks(http(400)), heals=False),
    redis("talks nonsense", YES, NOT_SENT, prepare=_talks(b"\x00\xff\x00\r\n" * 99), heals=False),
    redis(
        "an endless line",
        YES,
        fails("StoreError|DeadlineExceeded", 0),
        prepare=_talks(b"+" + b"x" * 10**6),
        heals=False,
        **SHORT,
    ),
    redis(
        "an array of 10 billion",
        YES,
        fails("StoreError|DeadlineExceeded", 0),
        prepare=_talks(b"*9999999999\r\n"),
        heals=False,
        **SHORT,
    ),
    redis("closes at once", YES, NOT_SENT, prepare=_talks(close), heals=False),
    redis(
        "is loading its data",
        YES,
        NOT_SENT,
        prepare=_talks(b"-LOADING Redis is loading the dataset in memory\r\n" * 9),
        heals=False,
    ),
    redis("wants a password", YES, NOT_SENT, prepare=_password, heals=False),
    redis("is full", YES, NOT_SENT, prepare=_full, heals=False),
    redis(
        "is full from the request on",
        YES,
        gives(saved=False, visitors={}),
        prepare=_running,
        at={"sent": _full_now},
        heals=False,
    ),
    redis("a Redis list in place of a visit", YES, NOT_SENT, prepare=_wrong_type),
    *(
        redis(
            f"a record that is {shown}",
            YES,
            fails("|StoreError", (0, 1), visitors={}, saved=None),
            prepare=_value(value),
            heals=False,
        )
        for shown, value in {
            "nonsense": b"nonsense",
            "cut": b'1:x:{"visitor_id": "x',
            "not UTF-8": b"1:x:\xff\xfe",
            "nested too deep": b"1:x:" + b"[" * 100_000,
            "of a version of 5 000 digits": b"9" * 5000 + b":x:{}",
        }.items()
    ),
    redis(
        "killed while sending", YES, gives(saved=False, visitors={}), prepare=_running, at={"sent": _kill}, heals=False
    ),
    redis("restarted while sending", YES, gives(visitors={}), prepare=_running, at={"sent": _restart}),
    redis("its scripts are gone while sending", YES, gives(), prepare=_running, at={"sent": _scripts_gone}),
    redis("its connections are gone while sending", YES, gives(), prepare=_running, at={"sent": _connections_gone}),
    redis("stopped from the start", YES, fails("StoreError|DeadlineExceeded", 0), prepare=_paused, **SHORT),
    redis(
        "stopped from the request on",
        YES,
        gives(saved=False, visitors={}),
        prepare=_running,
        at={"sent": _stop},
        **SHORT,
    ),
]

# --------------------------------------------------------------------------------------------------------- clock


def _shift(seconds: float) -> Callable[[World], None]:
    def shift(world: World) -> None:
        world.shift += seconds

    return shift


DAY = 86_400.0
clock = partial(Case, "clock")
CLOCK = [
    *(
        clock(f"set {shown} while sending", YES, gives(), at={"sent": _shift(seconds)})
        for shown, seconds in {
            "back a day": -DAY,
            "on a day": DAY,
            "to 1970": -1.7e9,
            "to the year 9999": 2.5e11,
        }.items()
    ),
    *(
        clock(f"set {shown} in a pause", BUSY_FIRST, gives(2), at={"retry": _shift(seconds)}, prepare=prepare)
        for shown, seconds, prepare in (
            ("back a day", -DAY, None),
            ("on a day", DAY, None),
            ("back a day, SQLite", -DAY, _good_file),
            ("on a day, SQLite", DAY, _good_file),
        )
    ),
    clock(
        "set back a day while it hangs",
        Script(((hang,),)),
        fails("TransportTimeout", maybe_sent=True),
        at={"sent": _shift(-DAY)},
        timeout=0.3,
        deadline=2.0,
        quick=False,
    ),
    clock("set forward a day, slow", Script(((pause(0.2), good(A)),)), gives(), at={"sent": _shift(DAY)}),
]

CASES: tuple[Case, ...] = (*ANY, *SQLITE, *REDIS, *CLOCK)
