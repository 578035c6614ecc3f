"""Tests for the Redis stores only. Those for all stores are in test_store_conformance.py."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import anyio
import pytest
import redis
import redis.asyncio

from lp_engagement import AsyncEngagementClient, EngagementClient
from lp_engagement.errors import ConfigurationError, StoreError
from lp_engagement.simulator import Simulator
from lp_engagement.stores import AsyncRedisStore, RedisStore, VisitRecord, open_async_store, open_store
from lp_engagement.stores import redis as redis_module
from tests.redis_server import RedisServer, free_port, need_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KEY = "12345678:customer-4711"
RECORD = VisitRecord("visitor-1", "session-1", "page-1", updated_at=1000.25)


@pytest.fixture(scope="module")
def started() -> Iterator[RedisServer]:
    """Start one server for all tests of this file."""
    need_server()
    with RedisServer() as server:
        yield server


@pytest.fixture
def server(started: RedisServer) -> RedisServer:
    """Empty the server, and have it forget all scripts."""
    with started.client() as client:
        client.flushall()
        client.script_flush()
    return started


@pytest.fixture
def store(server: RedisServer) -> Iterator[RedisStore]:
    """Open a store on it."""
    made = RedisStore(server.url)
    yield made
    made.close()


def test_missing_server_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without redis-server these tests are skipped with the reason, and fail in CI, where it has to be there."""
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="redis-server is not installed"):
        need_server()
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="redis-server is not installed"):
        need_server()


# ----------------------------------------------------------------------------------------------- what is stored


def test_names_share_a_hash_tag(server: RedisServer, store: RedisStore) -> None:
    """The visit and its lease are two keys of one hash slot, named so that a person can read them."""
    store.save(KEY, RECORD)
    store.acquire(KEY, "one", lease=10)
    with server.client() as client:
        assert sorted(client.scan_iter()) == [
            b"lp-engagement:{12345678:customer-4711}",
            b"lp-engagement:{12345678:customer-4711}:lease",
        ]


@pytest.mark.parametrize("key", ["", "}", "}{", "{a}", "a}b", "%", "%7D", " ", "\ud800", "ключ"])
def test_every_key_has_a_tag(key: str) -> None:
    """Whatever the key, both names have the same tag, which is not empty and ends where the visit's name does."""
    names = redis_module._Names("p", None)
    visit, lease = names.visit(key), names.lease(key)
    tag = re.match(r"[^{]*\{([^}]+)\}", visit)
    assert tag
    assert visit == f"p:{{{tag[1]}}}"
    assert lease == f"{visit}:lease"
    assert names.key(visit.encode()) == names.key(visit) == key


def test_slots_are_those_of_the_library() -> None:
    """Names of one visit fall into one slot by the rule of redis-py's own cluster client, those of many into many."""
    from redis.crc import key_slot

    names = redis_module._Names("lp-engagement", None)
    slots = set()
    for number in range(2000):
        key = f"12345678:{number}"
        slot = key_slot(names.visit(key).encode())
        assert slot == key_slot(names.lease(key).encode())
        slots.add(slot)
    assert len(slots) > 1800


@pytest.mark.parametrize("lifetime, least, most", [(3600, 3599, 3600), (0.5, 0.1, 0.5), (None, -1, -1)])
def test_visits_end_by_themselves(server: RedisServer, lifetime: float | None, least: float, most: float) -> None:
    """A visit has the lifetime as its time to live, from each save on; without a lifetime it has none."""
    store = RedisStore(server.url, lifetime=lifetime)
    record = RECORD
    with server.client() as client:
        for _ in range(2):
            saved = store.save(KEY, record)
            assert saved is not None
            record = saved
            left = client.pttl("lp-engagement:{12345678:customer-4711}")
            assert least * 1000 <= left <= most * 1000 or left == least == most
            client.pexpire("lp-engagement:{12345678:customer-4711}", 100_000)
            if lifetime is None:
                client.persist("lp-engagement:{12345678:customer-4711}")
    store.close()


def test_lifetime_is_six_hours(server: RedisServer, store: RedisStore) -> None:
    """If nothing else is said a visit lives as long as the server's, six hours."""
    store.save(KEY, RECORD)
    with server.client() as client:
        assert 21_590 < client.ttl("lp-engagement:{12345678:customer-4711}") <= 21_600


def test_lease_ends_by_itself(server: RedisServer, store: RedisStore) -> None:
    """A lease has its seconds as its time to live, so a dead holder leaves nothing behind."""
    store.acquire(KEY, "one", lease=7)
    with server.client() as client:
        assert 6_500 < client.pttl("lp-engagement:{12345678:customer-4711}:lease") <= 7_000


def test_prefixes_are_apart(server: RedisServer) -> None:
    """Stores of different prefixes know nothing of each other, even if one looks like a pattern of the other."""
    first, second = RedisStore(server.url, prefix="a*"), RedisStore(server.url, prefix="ab")
    first.save(KEY, RECORD)
    second.save("other", RECORD)
    assert [key for key, _ in first.items()] == [KEY]
    assert [key for key, _ in second.items()] == ["other"]
    assert first.purge(before=2000) == 1
    assert second.load("other")
    first.close()
    second.close()


@pytest.mark.parametrize("prefix", ["", "a b", "{a}", "100%", "ä"])
def test_prefix_is_checked(prefix: str) -> None:
    """A prefix that would disturb the hash tag or the names is refused at once."""
    with pytest.raises(ConfigurationError, match="prefix"):
        RedisStore("redis://127.0.0.1", prefix=prefix)


def test_many_visits_are_listed_and_purged(server: RedisServer, store: RedisStore) -> None:
    """More visits than fit into one step are all listed and purged, among leases and the keys of others."""
    for number in range(1200):
        store.save(str(number), VisitRecord(updated_at=number))
    store.acquire("7", "token", lease=60)
    with server.client() as client:
        client.set("somebody else's", "x")
        client.hset("lp-engagement:other", "a", "b")
        assert {key for key, _ in store.items()} == {str(number) for number in range(1200)}
        assert store.purge(before=1100) == 1100
        assert client.dbsize() == 100 + 3


def test_purge_spares_what_was_saved_meanwhile(store: RedisStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A visit that is saved between being looked at and being purged is not lost."""
    saved = store.save(KEY, RECORD)
    assert saved is not None
    values = store._values

    def saved_meanwhile() -> Iterator[Any]:
        for each in values():
            assert store.save(KEY, saved)
            yield each

    monkeypatch.setattr(store, "_values", saved_meanwhile)
    assert store.purge(before=2000) == 0
    assert store.load(KEY)


@pytest.mark.parametrize("value", [b"", b"x", b"1:nonce:", b'1:nonce:{"visitor_id"', b"1:n:[]", b'"secret"', b"\xff"])
def test_damaged_record_is_a_store_error(server: RedisServer, store: RedisStore, value: bytes) -> None:
    """A value that is no record is reported as such, without its content."""
    with server.client() as client:
        client.set("lp-engagement:{12345678:customer-4711}", value)
    with pytest.raises(StoreError, match=r"in Redis has a damaged visit \(hash [0-9a-f]{8}\)") as caught:
        store.load(KEY)
    assert "secret" not in str(caught.value)
    store.delete(KEY)
    assert store.save(KEY, RECORD)


def test_sync_and_async_share_visits(server: RedisServer, store: RedisStore) -> None:
    """The sync and the async store share visits, leases and deletions."""

    async def main() -> None:
        other = AsyncRedisStore(server.url)
        saved = store.save(KEY, RECORD)
        assert saved is not None
        assert await other.load(KEY) == saved
        again = await other.save(KEY, saved)
        assert store.load(KEY) == again
        assert await other.acquire(KEY, "one", lease=10)
        assert not store.acquire(KEY, "two", lease=10)
        await other.release(KEY, "one")
        assert store.acquire(KEY, "two", lease=10)
        await other.aclose()

    anyio.run(main)


# --------------------------------------------------------------------------------------------------- the client


@pytest.mark.parametrize("decode", [False, True])
def test_client_of_the_caller(server: RedisServer, *, decode: bool) -> None:
    """A client of redis-py is taken as it is, whether it decodes answers or not, and stays open."""
    with redis.Redis.from_url(server.url, decode_responses=decode) as client:
        store = RedisStore(client)
        assert store.save(KEY, RECORD)
        assert store.save("ключ \ud800", RECORD)
        assert dict(store.items()) == {KEY: store.load(KEY), "ключ \ud800": store.load("ключ \ud800")}
        assert store.acquire(KEY, "one", lease=1)
        assert not store.acquire(KEY, "two", lease=1)
        assert store.purge(before=2000) == 2
        store.close()
        assert client.ping()


def test_async_client_of_the_caller(server: RedisServer) -> None:
    """The same for the asynchronous client."""

    async def main() -> None:
        async with redis.asyncio.Redis.from_url(server.url, decode_responses=True) as client:
            store = AsyncRedisStore(client)
            saved = await store.save(KEY, RECORD)
            assert [each async for each in store.items()] == [(KEY, saved)]
            assert await store.purge(before=2000) == 1
            await store.aclose()
            assert await client.get("nothing") is None

    anyio.run(main)


def test_command_sent_twice_counts_once(
    server: RedisServer, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If a connection breaks after a save and the client sends it again, it is one save and not refused."""
    call = store._call

    def twice(*arguments: Any) -> int:
        call(*arguments)
        return call(*arguments)

    monkeypatch.setattr(store, "_call", twice)
    saved = store.save(KEY, RECORD)
    assert saved is not None
    assert saved.version == 1
    again = store.save(KEY, saved)
    assert again is not None
    assert again.version == 2
    assert store.load(KEY) == again


class LosingProxy:
    """Stands between a client and a server, and once loses the answer to a script that the server has carried out."""

    def __init__(self, server: RedisServer) -> None:
        """Listen."""
        self._server = server
        self.lost = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"redis://127.0.0.1:{self._listener.getsockname()[1]}/0"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                with connection, socket.socket(socket.AF_UNIX) as behind:
                    behind.connect(self._server.url.removeprefix("unix://"))
                    while command := connection.recv(65536):
                        behind.sendall(command)
                        answer = behind.recv(65536)
                        if b"EVALSHA" in command and not answer.startswith(b"-NOSCRIPT") and not self.lost:
                            self.lost += 1
                            break
                        connection.sendall(answer)

    def close(self) -> None:
        """Listen no more."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(timeout=5)


def test_lost_answer_is_asked_for_again(server: RedisServer, store: RedisStore) -> None:
    """If the connection breaks before the answer to a save, the save is sent again and counts once."""
    store.save("loads the script", RECORD)
    proxy = LosingProxy(server)
    through = RedisStore(f"{proxy.url}?protocol=2")
    saved = through.save(KEY, RECORD)
    assert proxy.lost == 1
    assert saved is not None
    assert saved.version == 1
    assert store.load(KEY) == saved
    through.close()
    proxy.close()


def test_same_record_saved_by_two_is_refused_once(store: RedisStore) -> None:
    """Two who save the same content are still two, and only the first one wins."""
    assert store.save(KEY, RECORD)
    assert store.save(KEY, RECORD) is None


def test_lost_connection_is_made_again(server: RedisServer, store: RedisStore) -> None:
    """A connection that the server has closed is made again without anybody noticing."""
    saved = store.save(KEY, RECORD)
    with server.client() as client:
        client.client_kill_filter(skipme=True)
    assert store.load(KEY) == saved


def test_forgotten_scripts_are_sent_again(server: RedisServer, store: RedisStore) -> None:
    """Scripts are sent again to a server that has lost them, as after a restart."""
    saved = store.save(KEY, RECORD)
    assert saved is not None
    with server.client() as client:
        client.script_flush()
    assert store.save(KEY, saved)

    async def main() -> None:
        other = AsyncRedisStore(server.url)
        with server.client() as client:
            client.script_flush()
        assert await other.acquire(KEY, "one", lease=1)
        assert await other.acquire(KEY, "one", lease=1)
        await other.aclose()

    anyio.run(main)


def test_urls_open_the_store(server: RedisServer) -> None:
    """The URL of a visit store may be a Redis one, for both kinds."""
    store = open_store(server.url)
    assert isinstance(store, RedisStore)
    assert store.save(KEY, RECORD)
    store.close()

    async def main() -> None:
        other = open_async_store(f"{server.url}?socket_timeout=1")
        assert isinstance(other, AsyncRedisStore)
        assert await other.load(KEY)
        await other.aclose()

    anyio.run(main)


@pytest.mark.parametrize("make", [open_store, open_async_store])
@pytest.mark.parametrize(
    "url", ["redis://", "unix://", "redis://u:hunter2@host:port/0", "redis://host/0?socket_timeout=hunter2"]
)
def test_bad_urls_are_refused(make: Callable[[str], object], url: str) -> None:
    """A Redis URL that cannot be read is refused at once, and nothing of it is repeated."""
    with pytest.raises(ConfigurationError, match=r"redis://host:port/0") as caught:
        make(url)
    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_constructor_does_no_io() -> None:
    """Making a store connects to nothing, and one that was never used can be closed."""
    RedisStore("redis://127.0.0.1:1/0").close()
    anyio.run(AsyncRedisStore("redis://127.0.0.1:1/0").aclose)


@pytest.mark.parametrize("name", ["RedisStore", "AsyncRedisStore"])
def test_importing_does_not_import_redis(name: str) -> None:
    """Only making a store loads redis-py."""
    script = f"import sys\nfrom lp_engagement.stores import {name}\nassert 'redis' not in sys.modules"
    subprocess.run([sys.executable, "-c", script], check=True, timeout=20)


def test_forked_child_has_its_own_connection(server: RedisServer) -> None:
    """Parent and child of a fork go on side by side on one store and do not take each other's answers."""
    script = """
import os, sys
from lp_engagement.stores import RedisStore, VisitRecord
store = RedisStore(sys.argv[1])
store.save("before", VisitRecord("before"))
child = os.fork()
name = "parent" if child else "child"
for number in range(200):
    key = f"{name} {number}"
    assert store.save(key, VisitRecord(name)) == VisitRecord(name, version=1)
    assert store.load(key) == VisitRecord(name, version=1)
if not child:
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
"""
    subprocess.run([sys.executable, "-c", script, server.url], check=True, timeout=20)


# ------------------------------------------------------------------------------------------- the server refuses


def refused(store: RedisStore) -> str:
    """The error of a failed save names the cause, but no value, address or password."""
    with pytest.raises(StoreError) as caught:
        store.save("secret-key", VisitRecord("secret-visitor"))
    text = str(caught.value)
    assert text.startswith("The visit store in Redis cannot be used: ")
    assert not re.search("secret|hunter|127|sock|alice", text)
    assert caught.value.__cause__ is None
    return text.partition(": ")[2]


def test_wrong_password_is_a_store_error() -> None:
    """A password that is missing or wrong is reported without it."""
    need_server()
    with RedisServer("--requirepass", "hunter2") as server:
        for url in (server.url, f"{server.url}?password=hunter3", f"{server.url}?username=alice&password=hunter2"):
            store = RedisStore(url)
            assert refused(store) == "the server refused the user or the password."
            store.close()
        store = RedisStore(f"{server.url}?password=hunter2")
        assert store.save(KEY, RECORD)
        store.close()


def test_no_server_is_a_store_error() -> None:
    """Where nobody listens there is no connection."""
    for url in (f"redis://127.0.0.1:{free_port()}", "unix:///tmp/no-such-secret.sock"):
        store = RedisStore(url)
        assert refused(store) == (
            "there is no connection to the server. Check that it runs, and the URL in store or LP_VISIT_STORE."
        )
        store.close()


def test_full_server_is_a_store_error(server: RedisServer, store: RedisStore) -> None:
    """A server at its limit of memory refuses to save, and still gives and forgets what it has."""
    saved = store.save(KEY, RECORD)
    with server.client() as client:
        client.config_set("maxmemory", "1")
        try:
            assert refused(store) == "the server has no memory left."
            assert store.load(KEY) == saved
            store.delete(KEY)
        finally:
            client.config_set("maxmemory", "0")
    assert store.save(KEY, RECORD)


def test_replica_is_a_store_error(server: RedisServer, store: RedisStore) -> None:
    """A replica is read, and says that it cannot be written."""
    saved = store.save(KEY, RECORD)
    with server.client() as client:
        client.execute_command("REPLICAOF", "127.0.0.1", str(free_port()))
        try:
            assert refused(store) == "the server is a replica that cannot be written."
            assert store.load(KEY) == saved
        finally:
            client.execute_command("REPLICAOF", "NO", "ONE")
    assert store.save("other", RECORD)


def test_other_refusals_are_named_by_their_code(server: RedisServer, store: RedisStore) -> None:
    """The server's error is reduced to its code, because its message may quote keys."""
    with server.client() as client:
        client.lpush("lp-engagement:{secret-key}", "x")
        assert refused(store) == "the server answered WRONGTYPE."
        with pytest.raises(StoreError, match=r"cannot be used: the server answered WRONGTYPE\.$"):
            store.load("secret-key")
        client.delete("lp-engagement:{secret-key}")
        client.acl_setuser("default", enabled=True, nopass=True, commands=["+@all", "-evalsha"], keys=["*"])
        try:
            assert refused(store) == "this user may not do that on the server."
        finally:
            client.acl_setuser("default", enabled=True, nopass=True, commands=["+@all"], keys=["*"])


def test_database_that_is_not_there_is_named() -> None:
    """A number beyond the server's databases is said in words."""
    need_server()
    with RedisServer() as server:
        store = RedisStore(f"{server.url}?db=99")
        assert refused(store) == "the server has no database of this number."
        store.close()


def test_something_else_at_the_address_is_named() -> None:
    """A server with another protocol, such as a web server, is not reported as a lost connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with connection:
                        connection.recv(65536)
                        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        store = RedisStore(f"redis://127.0.0.1:{listener.getsockname()[1]}/0")
        assert refused(store) == "what answers at this address is no Redis server."
        store.close()
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(timeout=5)


def test_replica_without_its_master_is_named(server: RedisServer, store: RedisStore) -> None:
    """A replica that has lost its master and may not serve old data says so."""
    with server.client() as client:
        client.config_set("replica-serve-stale-data", "no")
        client.execute_command("REPLICAOF", "127.0.0.1", str(free_port()))
        try:
            assert refused(store) == "the server is a replica that has lost its master."
        finally:
            client.execute_command("REPLICAOF", "NO", "ONE")
            client.config_set("replica-serve-stale-data", "yes")


# ------------------------------------------------------------------------------------------------- the clients


def test_clients_share_a_visit_through_redis(server: RedisServer) -> None:
    """Two clients with the URL of one server, each on its own, know one visitor."""
    simulator = Simulator()
    found = set()
    for _ in range(2):
        with EngagementClient(
            "12345678", transport=simulator.transport(), store=server.url, base_url="https://a.b"
        ) as each:
            found.add(each.visit("customer").get_engagement().visitor_id)
    assert len(found) == 1
    assert len(simulator.visitors("12345678")) == 1


def test_async_client_takes_the_async_store(server: RedisServer) -> None:
    """The async client uses an asynchronous store as it is, and a hundred tasks with one new key make one visitor."""
    simulator = Simulator()

    async def main() -> None:
        store = AsyncRedisStore(f"{server.url}?socket_timeout=60")  # on a busy machine, tasks wait for their turn
        async with (
            AsyncEngagementClient(
                "12345678", transport=simulator.async_transport(), store=store, base_url="https://a.b"
            ) as client,
            anyio.create_task_group() as tasks,
        ):
            for _ in range(100):
                tasks.start_soon(client.visit("customer").get_engagement)
        record = await store.load("12345678:customer")
        assert record is not None
        assert record.version == 100
        await store.aclose()

    anyio.run(main)
    assert len(simulator.visitors("12345678")) == 1


def test_cancelled_task_leaves_no_answer_to_others(server: RedisServer) -> None:
    """A task that is cancelled while it waits for the server does not leave its answer to the next one."""

    async def main() -> None:
        store = AsyncRedisStore(server.url)
        for key in ("a", "b"):
            await store.save(key, VisitRecord(key))
        for _ in range(20):
            server.pause()
            with anyio.move_on_after(0.002) as scope:
                await store.load("a")
            server.resume()
            assert scope.cancelled_caught
            record = await store.load("b")
            assert record is not None
            assert record.visitor_id == "b"
        await store.aclose()

    anyio.run(main)


# ------------------------------------------------------------------------------------------------- a cluster


def wait_until(fact: Callable[[], bool]) -> None:
    """Wait until the servers of a cluster agree, which they do not announce."""
    until = time.monotonic() + 20
    while not fact():
        assert time.monotonic() < until, "the servers did not become a cluster"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Start three servers that share the slots among them."""
    need_server()
    ports = [free_port() for _ in range(3)]
    servers = [
        RedisServer(
            *("--cluster-enabled", "yes", "--cluster-port", str(free_port()), "--cluster-require-full-coverage", "no"),
            port=port,
        )
        for port in ports
    ]
    try:
        for each in servers:
            each.start()
        clients: list[Any] = [each.client() for each in servers]
        bounds = [0, 5461, 10923, 16384]
        for client, first, end in zip(clients, bounds, bounds[1:], strict=False):
            client.execute_command("CLUSTER ADDSLOTSRANGE", first, end - 1)
        for number, client in enumerate(clients[1:], 1):
            client.execute_command("CLUSTER SET-CONFIG-EPOCH", number + 1)
            bus = int(clients[0].config_get("cluster-port")["cluster-port"])
            client.execute_command("CLUSTER MEET", "127.0.0.1", ports[0], bus)
        wait_until(lambda: all(client.cluster("INFO")["cluster_known_nodes"] == "3" for client in clients))
        # A node says "ok" only when it knows who has each slot.
        wait_until(lambda: all(client.cluster("INFO")["cluster_state"] == "ok" for client in clients))
        for client in clients:
            client.close()
        with redis.RedisCluster(host="127.0.0.1", port=ports[0]) as made:
            yield made
    finally:
        for each in servers:
            each.__exit__(None, None, None)


def test_cluster_keeps_visits(cluster: Any) -> None:
    """On a cluster of three, visits are spread over all nodes, and all that a store does works as on one server."""
    store = RedisStore(cluster)
    saved = {str(number): store.save(str(number), VisitRecord(str(number))) for number in range(300)}
    assert dict(store.items()) == saved
    sizes = [cluster.dbsize(target_nodes=node) for node in cluster.get_primaries()]
    assert len(sizes) == 3
    assert all(60 < size < 140 for size in sizes)
    for key, record in saved.items():
        assert record is not None
        assert store.save(key, VisitRecord(updated_at=9.0, version=1))
        assert store.save(key, record) is None
        assert store.acquire(key, "one", lease=10)
        assert not store.acquire(key, "two", lease=10)
        store.release(key, "one")
        assert store.load(key) == VisitRecord(updated_at=9.0, version=2)
    assert store.purge(before=10) == 300
    assert list(store.items()) == []
    store.close()


def test_node_of_a_cluster_is_named(cluster: Any) -> None:
    """The URL of one node is enough for some keys only; for the others the error says what to pass."""
    node = cluster.get_primaries()[0]
    store = RedisStore(f"redis://127.0.0.1:{node.port}/0")
    causes = set()
    for number in range(20):
        try:
            store.load(str(number))
        except StoreError as error:
            causes.add(str(error).partition(": ")[2])
    assert causes == {"the server is a node of a cluster. Pass store=RedisStore(redis.RedisCluster(...))."}
    store.close()


def test_async_cluster_keeps_visits(cluster: Any) -> None:
    """The same for the asynchronous client of a cluster."""
    node = cluster.get_primaries()[0]

    async def main() -> None:
        async with redis.asyncio.RedisCluster(host=node.host, port=node.port) as client:
            store = AsyncRedisStore(client)
            saved = {str(number): await store.save(str(number), VisitRecord(str(number))) for number in range(100)}
            assert {key: record async for key, record in store.items()} == saved
            assert await store.save("7", RECORD) is None
            assert await store.acquire("7", "one", lease=10)
            assert not await store.acquire("7", "two", lease=10)
            assert await store.purge(before=10) == 100

    anyio.run(main)
