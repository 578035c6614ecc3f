"""Failures of the medium of a store, before and during a call.

docs/from-one-machine-to-many.md says it in a table.

A call whose answer has arrived returns it whatever the store does, with `saved=False` if the visit was not kept. A
call that cannot even load its visit raises `StoreError` and sends nothing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lp_engagement import EngagementClient
from lp_engagement.errors import DeadlineExceeded, StoreError
from lp_engagement.simulator import Simulator
from lp_engagement.stores import MemoryStore, RedisStore, SQLiteStore, VisitRecord
from lp_engagement.stores import sqlite as sqlite_module
from tests.helpers import ACCOUNT, FakeClock
from tests.redis_server import RedisServer, need_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lp_engagement.engagement import Engagement
    from lp_engagement.stores import VisitStore
    from lp_engagement.transports import HttpRequest, HttpResponse

KEY = f"{ACCOUNT}:customer"
posix = pytest.mark.skipif(os.name != "posix", reason="a POSIX matter")


class Office:
    """A client, a simulator, and something that may happen between a request and its answer."""

    def __init__(self, store: VisitStore) -> None:
        """Put them together."""
        self.simulator = Simulator()
        self.store = store
        self.meanwhile: Callable[[], object] | None = None
        self._inner = self.simulator.transport()

    def send(self, request: HttpRequest, *, timeout: float) -> HttpResponse:
        """Answer, after running a hook that changes the store during the request."""
        response = self._inner.send(request, timeout=timeout)
        if self.meanwhile is not None:
            self.meanwhile()
            self.meanwhile = None
        return response

    def close(self) -> None:
        """Do nothing."""

    def ask(self, **arguments: Any) -> Engagement:
        """Ask once, with a client of its own."""
        with EngagementClient(ACCOUNT, transport=self, store=self.store, base_url="https://a.b", **arguments) as client:
            return client.visit("customer").get_engagement()

    @property
    def visitors(self) -> list[str]:
        """The entries of the agents' list."""
        return [visitor.id for visitor in self.simulator.visitors(ACCOUNT)]


# -------------------------------------------------------------------------------------------------------- redis


@pytest.fixture
def server() -> Iterator[RedisServer]:
    """Start a server for one test, which may do with it what it likes."""
    need_server()
    with RedisServer() as started:
        yield started


@pytest.fixture
def redis(server: RedisServer) -> Iterator[Office]:
    """Work with visits in Redis that waits for the server for a fifth of a second."""
    store = RedisStore(f"{server.url}?socket_timeout=0.2")
    yield Office(store)
    store.close()


def test_redis_stopped_before_a_call(redis: Office, server: RedisServer) -> None:
    """Without the server a call raises at once and sends nothing; once the server is back it is used again."""
    redis.ask()
    server.stop()
    with pytest.raises(StoreError, match="there is no connection"):
        redis.ask()
    assert len(redis.simulator.journal) == 1
    server.start()
    assert redis.ask().saved


def test_redis_stopped_during_a_call(redis: Office, server: RedisServer) -> None:
    """If the server goes while the request is on its way, the answer is returned and said not to be kept."""
    redis.meanwhile = server.stop
    engagement = redis.ask()
    assert engagement.visitor_id == redis.visitors[0]
    assert not engagement.saved


def test_redis_restarted_empty_during_a_call(redis: Office, server: RedisServer) -> None:
    """If the server has lost everything meanwhile, the visit of the call is kept, and is that of the next one."""
    first = redis.ask()

    def restart() -> None:
        server.stop()
        server.start()

    redis.meanwhile = restart
    assert redis.ask().saved
    assert redis.ask().visitor_id == first.visitor_id
    assert len(redis.visitors) == 1


def test_redis_flushed_between_calls(redis: Office, server: RedisServer) -> None:
    """A server that was emptied knows no visit, so the next call opens a new one: this cannot be avoided."""
    first = redis.ask()
    with server.client() as client:
        client.flushall()
        client.script_flush()
    second = redis.ask()
    assert second.saved
    assert redis.visitors == [first.visitor_id, second.visitor_id]


def test_redis_flushed_during_a_call(redis: Office, server: RedisServer) -> None:
    """If the visit is deleted while its request is on its way, the answer is kept all the same."""
    first = redis.ask()

    def flush() -> None:
        with server.client() as client:
            client.flushall()

    redis.meanwhile = flush
    assert redis.ask().saved
    record = redis.store.load(KEY)
    assert record is not None
    assert (record.visitor_id, record.version) == (first.visitor_id, 1)


def test_redis_paused_before_a_call(redis: Office, server: RedisServer) -> None:
    """A server that hangs is given up after its timeout, is not asked again and again, and is used when it is back."""
    redis.ask()
    server.pause()
    before = time.monotonic()
    with pytest.raises(StoreError, match="does not answer in time"):
        redis.ask()
    assert 0.15 < time.monotonic() - before < 0.9
    server.resume()
    assert redis.ask().saved
    assert len(redis.visitors) == 1


def test_redis_paused_during_a_call(redis: Office, server: RedisServer) -> None:
    """A save that is late, after the call reported a failure, does not overwrite a newer visit."""
    first = redis.ask()
    redis.meanwhile = server.pause
    engagement = redis.ask()
    assert not engagement.saved
    assert engagement.visitor_id == first.visitor_id
    server.resume()
    assert [redis.ask().saved for _ in range(3)] == [True] * 3
    record = redis.store.load(KEY)
    assert record is not None
    assert record.version in {4, 5}
    assert len(redis.visitors) == 1


def test_late_save_does_not_overwrite(server: RedisServer) -> None:
    """A late command of a paused server is a compare-and-set too, and does not overwrite a newer visit."""
    slow, other = RedisStore(f"{server.url}?socket_timeout=0.05"), RedisStore(server.url)
    first = other.save(KEY, VisitRecord("first"))
    assert first is not None
    server.pause()
    with pytest.raises(StoreError):
        slow.save(KEY, VisitRecord("late", version=7))
    server.resume()
    assert other.save(KEY, first)
    record = other.load(KEY)
    assert record is not None
    assert record.visitor_id == "first"
    slow.close()
    other.close()


def test_dead_holder_in_redis_is_replaced(server: RedisServer) -> None:
    """A waiter behind a dead lease holder continues when the lease expires, and not later.

    The server ages as the waiter sleeps. Its own clock goes on meanwhile, so on a busy machine the lease may end early.
    """
    left = []

    class Aging(FakeClock):
        def sleep(self, seconds: float) -> None:
            with server.client() as client:
                left.append(client.pttl(f"lp-engagement:{{{KEY}}}:lease"))
            super().sleep(seconds)
            server.age(seconds)

    store, clock = RedisStore(server.url), Aging()
    store.acquire(KEY, "dead", lease=15)
    simulator = Simulator()

    with EngagementClient(
        ACCOUNT,
        transport=simulator.transport(),
        store=store,
        base_url="https://a.b",
        clock=clock,
        deadline=60,
    ) as client:
        assert client.visit("customer").get_engagement().saved
    assert clock.now <= 15.1
    # It waited for as long as the lease was there, and then no more.
    assert left
    # -1 would be a lease without an end.
    assert all(milliseconds >= 0 or milliseconds == -2 for milliseconds in left)
    assert left.count(-2) <= 1
    store.close()


@pytest.mark.parametrize("kind", ["memory", "sqlite", "redis"])
def test_waiter_ends_with_its_deadline(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """A waiter behind a live lease holder stops at its own deadline, and sends nothing."""
    clock = FakeClock()
    store: VisitStore
    if kind == "redis":
        store = RedisStore(request.getfixturevalue("server").url)
    else:
        store = MemoryStore() if kind == "memory" else SQLiteStore(tmp_path / "v.db")
    store.acquire(KEY, "alive", lease=3600)
    office = Office(store)
    with pytest.raises(DeadlineExceeded, match="another caller"):
        office.ask(deadline=2, clock=clock)
    assert 1.9 <= clock.now <= 2
    assert len(office.simulator.journal) == 0
    store.close()


# ------------------------------------------------------------------------------------------------------- sqlite


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Office]:
    """Work with visits in a file of its own folder."""
    store = SQLiteStore(tmp_path / "state" / "visits.db")
    yield Office(store)
    store.close()


def path_of(office: Office) -> Path:
    """Where the visits are."""
    assert isinstance(office.store, SQLiteStore)
    return office.store.path


@posix
def test_folder_gone_during_a_call(sqlite: Office) -> None:
    """If the folder is removed under an open store, the answer is returned, and later calls say what is wrong."""
    sqlite.ask()
    folder = path_of(sqlite).parent
    sqlite.meanwhile = lambda: shutil.rmtree(folder)
    assert not sqlite.ask().saved
    for _ in range(2):
        with pytest.raises(StoreError, match=r"visits\.db cannot be used: its folder is gone"):
            sqlite.ask()
    assert not folder.exists()
    assert len(sqlite.simulator.journal) == 2
    folder.mkdir()
    assert sqlite.ask().saved


@posix
def test_file_gone_between_calls(sqlite: Office) -> None:
    """A file that somebody has removed is noticed: nothing more is written into the void, and a new one is made."""
    first = sqlite.ask()
    path_of(sqlite).unlink()
    second = sqlite.ask()
    assert second.saved
    assert sqlite.visitors == [first.visitor_id, second.visitor_id]
    again = SQLiteStore(path_of(sqlite))
    record = again.load(KEY)
    assert record is not None
    assert record.visitor_id == second.visitor_id
    again.close()


@posix
def test_file_replaced_between_calls(sqlite: Office, tmp_path: Path) -> None:
    """A file that was put in the place of the open one, as when a backup is restored, is used from then on."""
    sqlite.ask()
    backup = SQLiteStore(tmp_path / "backup.db")
    backup.save(KEY, VisitRecord("of-the-backup"))
    backup.close()
    for suffix in ("-wal", "-shm"):
        path_of(sqlite).with_name(f"visits.db{suffix}").unlink()
    (tmp_path / "backup.db").rename(path_of(sqlite))
    assert sqlite.ask().visitor_id == "of-the-backup"


@pytest.mark.parametrize("rest", [0, 100, 4096, 0.5])
@pytest.mark.parametrize("in_log", [False, True])
def test_file_truncated_while_open(
    tmp_path: Path, rest: float, monkeypatch: pytest.MonkeyPatch, *, in_log: bool
) -> None:
    """After a truncation a load gives what was saved, or nothing, or a StoreError; it never gives anything else."""
    monkeypatch.setattr(sqlite_module, "_SWEEP_EVERY", 10**9)  # a sweep empties the log
    path = tmp_path / "visits.db"
    store = SQLiteStore(path)
    saved = {
        f"{number:03}": store.save(f"{number:03}", VisitRecord(f"v{number}", page_id="x" * 250))
        for number in range(100)
    }
    if not in_log:
        store.close()  # moves everything from the log to the file
        store = SQLiteStore(path)
        store.load("000")
    os.truncate(path, int(rest * path.stat().st_size) if rest < 1 else int(rest))
    failed = 0
    for _ in range(2):
        for key, record in saved.items():
            try:
                loaded = store.load(key)
            except StoreError:
                failed += 1
            else:
                assert loaded == record or (loaded is None and rest == 0)
        store.close()
        store = SQLiteStore(path)
    if in_log:
        assert failed == 0, "the log had it all"
    else:
        assert failed >= 100
    store.close()


def test_damaged_file_says_what_to_do(tmp_path: Path) -> None:
    """A file that is damaged is reported as such with what to do, and is left as it is."""
    path = tmp_path / "visits.db"
    store = SQLiteStore(path)
    for number in range(100):
        store.save(str(number), VisitRecord(page_id="x" * 250))
    store.close()
    os.truncate(path, path.stat().st_size // 2)
    before = path.read_bytes()
    store = SQLiteStore(path)
    with pytest.raises(StoreError, match=r"malformed\. Move the file away to start with an empty one\."):
        store.load("1")
    store.close()
    assert path.read_bytes() == before


FULL_DISK = """
import os, sys
from pathlib import Path
from lp_engagement import EngagementClient
from lp_engagement.errors import StoreError
from lp_engagement.simulator import Simulator
from lp_engagement.stores import SQLiteStore, VisitRecord

folder = Path(sys.argv[1])
store = SQLiteStore(folder / "visits.db")
simulator = Simulator()
client = EngagementClient("12345678", store=store, transport=simulator.transport(), base_url="https://a.b")
acknowledged = {"12345678:first": client.visit("first").get_engagement().visitor_id}
errors = set()
refused = 0
for number in range(2000):
    try:
        store.save(str(number), VisitRecord(str(number), page_id="x" * 250))
        acknowledged[str(number)] = str(number)
    except StoreError as error:
        errors.add(str(error))
        refused += 1
        if refused == 20:
            break
assert refused == 20, "the disk was never full"
# Whatever was acknowledged can be read, and a call gets its answer.
assert all(store.load(key).visitor_id == value for key, value in acknowledged.items())
for _ in range(20):
    version = store.load("12345678:first").version
    engagement = client.visit("first").get_engagement()
    assert engagement.visitor_id == acknowledged["12345678:first"]
    assert engagement.saved == (store.load("12345678:first").version > version)
print(*sorted(errors), sep="\\n")
MAKE_ROOM
assert store.save("afterwards", VisitRecord("afterwards")), "with room again it must go on"
assert client.visit("first").get_engagement().saved
store.close()
store = SQLiteStore(folder / "visits.db")
acknowledged["afterwards"] = "afterwards"
assert all(store.load(key).visitor_id == value for key, value in acknowledged.items())
assert sum(1 for _ in store.items()) >= len(acknowledged)
store.close()
"""


def outcome(command: list[str], script: str, *arguments: object) -> list[str]:
    """Run a program to its good end and return what it has printed, line by line."""
    done = subprocess.run(
        [*command, sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.skipif(sys.platform != "linux", reason="mounts a file system as Linux does")
def test_full_disk(tmp_path: Path) -> None:
    """On a full disk a save is a StoreError, and a call has its answer and says whether it was kept.

    Nothing that was acknowledged is lost, and with room again it goes on.
    """
    mount = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
    mount += ['mount -t tmpfs -o size=300k,mode=700 none "$0" && exec "$@"', str(tmp_path)]
    try:
        subprocess.run([*mount, "true"], check=True, capture_output=True, timeout=10)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this machine lets nobody mount a small disk; test_limit_of_file_sizes is nearest to it")
    script = FULL_DISK.replace("MAKE_ROOM", '(folder / "ballast").unlink()')
    script = script.replace("errors = set()", '(folder / "ballast").write_bytes(b"x" * 65536)\nerrors = set()')
    errors = outcome(mount, script, tmp_path)
    assert set(errors) <= {
        f"The visit store {tmp_path}/visits.db cannot be used: database or disk is full.",
        f"The visit store {tmp_path}/visits.db cannot be used: disk I/O error.",
    }
    assert list(tmp_path.iterdir()) == []  # the disk was one of its own


@posix
def test_limit_of_file_sizes(tmp_path: Path) -> None:
    """A limit of the process is like a full disk: StoreError, the answer, nothing lost, and it goes on later."""
    limit = "import resource, signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
    limit += "resource.setrlimit(resource.RLIMIT_FSIZE, (@@, resource.RLIM_INFINITY))\n"
    script = FULL_DISK.replace("errors = set()", limit.replace("@@", "200_000") + "errors = set()")
    script = script.replace("MAKE_ROOM", limit.replace("@@", "resource.RLIM_INFINITY"))
    assert outcome([], script, tmp_path) == [f"The visit store {tmp_path}/visits.db cannot be used: disk I/O error."]


# Root may do everything, so the program gives that up before it comes to the point.
UNPRIVILEGED = """
import os, sys
from pathlib import Path
from lp_engagement.errors import StoreError
from lp_engagement.stores import SQLiteStore, VisitRecord

folder = Path(sys.argv[1])
store = SQLiteStore(folder / "visits.db")
store.save("known", VisitRecord("v"))
if os.geteuid() == 0:
    for path in (folder, *folder.iterdir()):
        os.chown(path, 65534, 65534)
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)

def tried(use):
    try:
        return getattr(use(), "visitor_id", None)
    except StoreError as error:
        cause, _, ways_out = str(error).partition(" Use a file that can be written,")
        assert all(way in ways_out for way in ("sqlite:////tmp/visits.db", "memory://", "LP_VISIT_STORE")), ways_out
        return cause.removeprefix(f"The visit store {folder}/visits.db cannot be used: ")

"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """Make a folder that others can get at, as they cannot below pytest's."""
    with tempfile.TemporaryDirectory(prefix="lp-visits-") as name:
        yield Path(name)


@posix
@pytest.mark.parametrize(
    "file, directory, loads, saves",
    [
        pytest.param(0o400, 0o700, "v", "attempt to write a readonly database.", id="file can only be read"),
        pytest.param(0o000, 0o700, *["unable to open database file."] * 2, id="file is for nobody"),
        pytest.param(0o600, 0o500, "v", "attempt to write a readonly database.", id="folder can only be read"),
        pytest.param(0o600, 0o000, *["Permission denied."] * 2, id="folder is for nobody"),
    ],
)
def test_permission_lost(folder: Path, file: int, directory: int, loads: str, saves: str) -> None:
    """A file that can no longer be read or written raises StoreError with the cause, and is not changed."""
    script = f"""
store.close()
store = SQLiteStore(store.path)
(folder / "visits.db").chmod({file})
folder.chmod({directory})
print(tried(lambda: store.load("known")))
print(tried(lambda: store.save("new", VisitRecord("new"))))
folder.chmod(0o700)
(folder / "visits.db").chmod(0o600)
print(tried(lambda: store.load("known")), tried(lambda: store.load("new")))
"""
    assert outcome([], UNPRIVILEGED + script, folder) == [loads, saves, "v None"]


@posix
def test_permission_lost_while_open(folder: Path) -> None:
    """A folder that is closed to the process under an open store is noticed; given back, the store goes on."""
    script = """
print(tried(lambda: store.load("known")))
folder.chmod(0)
print(tried(lambda: store.load("known")))
print(tried(lambda: store.save("new", VisitRecord("new"))))
folder.chmod(0o700)
print(tried(lambda: store.load("known")), tried(lambda: store.save("new", VisitRecord("new"))))
"""
    lines = outcome([], UNPRIVILEGED + script, folder)
    assert lines == ["v", "Permission denied.", "Permission denied.", "v new"]


def test_newer_file_during_a_call(sqlite: Office, tmp_path: Path) -> None:
    """If a newer version of the library takes over the file, this one refuses it and changes nothing."""
    import sqlite3

    sqlite.ask()
    newer = tmp_path / "newer.db"
    database = sqlite3.connect(newer)
    database.executescript("PRAGMA application_id = 1280329031; PRAGMA user_version = 3; CREATE TABLE t (x);")
    database.close()
    content = newer.read_bytes()

    def take_over() -> None:
        for suffix in ("-wal", "-shm"):
            path_of(sqlite).with_name(f"visits.db{suffix}").unlink()
        newer.rename(path_of(sqlite))

    sqlite.meanwhile = take_over
    assert not sqlite.ask().saved
    with pytest.raises(StoreError, match=r"written by a newer version of this library \(schema 3"):
        sqlite.ask()
    assert path_of(sqlite).read_bytes() == content
