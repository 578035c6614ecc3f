"""Signals and forks: a process that is killed, stopped, interrupted or forked at any moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lp_engagement import EngagementClient
from lp_engagement.stores import SQLiteStore
from tests.faults.case import A
from tests.faults.child import ACCOUNT, KEY
from tests.faults.registry import fault
from tests.faults.scripted import Script, Server, good, hang, http, pause

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
STORED = f"{ACCOUNT}:{KEY}"
LOADING = http(500, {"message": f"Loading account: 1, vid: {A.visitor}", "internalCode": 20})
BOTH = pytest.mark.parametrize("flavour", ["sync", "async"])
PATIENCE = 60.0


class Child:
    """A process of an application."""

    def __init__(self, url: str, store: str, flavour: str, *options: str) -> None:
        """Start it."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.child", url, store, flavour, *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )

    def reach(self, word: str) -> str:
        """Wait until it says a word; return the line."""
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        said = ""
        for line in self.process.stdout:
            said += line
            if line.startswith(word):
                return line.strip()
        raise AssertionError(f"the process has not come to {word}, but to {said}{self.process.stderr.read()}")

    def signal(self, number: int) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    def end(self) -> int:
        """Wait for its end."""
        code = self.process.wait(PATIENCE)
        self.close()
        return code

    def close(self) -> None:
        """End it, whatever it does."""
        self.process.kill()
        self.process.wait()
        for each in (self.process.stdout, self.process.stderr):
            assert each is not None
            each.close()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Child]]:
    """Start processes that end with the test, all with the same store."""
    running: list[Child] = []

    def make(server: Server, flavour: str, *options: str) -> Child:
        url = f"http://127.0.0.1:{server.port}"
        running.append(Child(url, f"sqlite:///{tmp_path / 'visits.db'}", flavour, *options))
        return running[-1]

    yield make
    for child in running:
        child.close()


@fault(
    "process",
    "killed (SIGKILL) in a pause, the visitor being known",
    "the next process goes on at once, with the same visitor",
)
@BOTH
@pytest.mark.thorough
def test_killed_in_a_pause(flavour: str, start: Callable[..., Child], tmp_path: Path) -> None:
    """A process that is killed in the pause before a retry leaves the visitor for the next one."""
    with Server(Script(((LOADING,), (good(A),)))) as server:
        child = start(server, flavour, "--deadline", "0")
        child.reach("retry")
        child.signal(signal.SIGKILL)
        assert child.end() == -signal.SIGKILL
        other = start(server, flavour)
        assert other.reach("visitor") == f"visitor {A.visitor}"
        assert A.visitor in server.requests[1].path


@fault(
    "process",
    "killed (SIGKILL) while sending",
    "the next process waits for the lease and no longer; the store is whole",
)
@BOTH
@pytest.mark.thorough
def test_killed_while_sending(flavour: str, start: Callable[..., Child], tmp_path: Path) -> None:
    """A process that is killed while its request is on the wire costs the next one the rest of the lease only."""
    with Server(Script(((hang,), (good(A),)))) as server:
        child = start(server, flavour, "--timeout", "3")
        child.reach("sent")
        server.wait_for_request()
        child.signal(signal.SIGKILL)
        child.end()
        other = start(server, flavour, "--timeout", "3", "--deadline", "40")
        assert other.reach("visitor") == f"visitor {A.visitor}"
    store = SQLiteStore(tmp_path / "visits.db")
    assert [key for key, _ in store.items()] == [STORED]
    store.close()


@fault("process", "killed (SIGKILL) as soon as the visit is saved", "the next process has it")
@BOTH
@pytest.mark.thorough
def test_killed_after_saving(flavour: str, start: Callable[..., Child], tmp_path: Path) -> None:
    """A visit that was reported as saved is there after the process was killed."""
    with Server(Script(((good(A),),))) as server:
        child = start(server, flavour)
        child.reach("visit_saved")
        child.signal(signal.SIGKILL)
        child.end()
    store = SQLiteStore(tmp_path / "visits.db")
    found = store.load(STORED)
    store.close()
    assert found is not None
    assert found.visitor_id == A.visitor


@fault(
    "process",
    "stopped (SIGSTOP) while the answer arrives, and resumed after the timeout",
    "the answer that is there is not thrown away",
)
@BOTH
@pytest.mark.thorough
def test_stopped_while_the_answer_arrives(flavour: str, start: Callable[..., Child], tmp_path: Path) -> None:
    """A complete answer that is in the socket when a stopped process continues is used, even after the deadline."""
    with Server(Script(((pause(0.5), good(A)),))) as server:
        child = start(server, flavour, "--timeout", "5", "--deadline", "40")
        child.reach("sent")
        server.wait_for_request()
        child.signal(signal.SIGSTOP)
        server.settle()
        time.sleep(5)  # the timeout of the process has to run out: there is nothing else to wait for
        child.signal(signal.SIGCONT)
        assert child.reach("visitor") == f"visitor {A.visitor}"


@fault("process", "interrupted (SIGINT) while sending", "`KeyboardInterrupt`, the lease is free")
@BOTH
@pytest.mark.thorough
def test_interrupted_while_sending(flavour: str, start: Callable[..., Child], tmp_path: Path) -> None:
    """Ctrl-C in a call ends it at once, and the lease is given back."""
    with Server(Script(((hang,),))) as server:
        child = start(server, flavour, "--timeout", "50", "--deadline", "0")
        child.reach("sent")
        server.wait_for_request()
        child.signal(signal.SIGINT)
        child.reach("interrupted")
        child.end()
    store = SQLiteStore(tmp_path / "visits.db")
    assert store.acquire(STORED, "another", lease=1)
    store.close()


@fault("process", "interrupted (SIGINT) in a pause", "`KeyboardInterrupt`, the id is kept, the lease is free")
@BOTH
@pytest.mark.thorough
def test_interrupted_in_a_pause(flavour: str, start: Callable[..., Child], tmp_path: Path) -> None:
    """Ctrl-C in the pause before a retry keeps the id, and gives the lease back."""
    with Server(Script(((LOADING,),))) as server:
        child = start(server, flavour, "--deadline", "0")
        child.reach("retry")
        child.signal(signal.SIGINT)
        child.reach("interrupted")
        child.end()
    store = SQLiteStore(tmp_path / "visits.db")
    found = store.load(STORED)
    assert found is not None
    assert found.visitor_id == A.visitor
    assert store.acquire(STORED, "another", lease=1)
    store.close()


@fault("process", "terminated (SIGTERM) while sending", "the next process waits for the lease and no longer")
@BOTH
@pytest.mark.thorough
def test_terminated_while_sending(flavour: str, start: Callable[..., Child], tmp_path: Path) -> None:
    """A process that is terminated while it sends costs the next one the rest of the lease only."""
    with Server(Script(((hang,), (good(A),)))) as server:
        child = start(server, flavour, "--timeout", "3")
        child.reach("sent")
        server.wait_for_request()
        child.signal(signal.SIGTERM)
        child.end()
        other = start(server, flavour, "--timeout", "3", "--deadline", "40")
        assert other.reach("visitor") == f"visitor {A.visitor}"


FULL = """
import resource, signal, sys
from pathlib import Path
from lp_engagement.stores import SQLiteStore
from lp_engagement import EngagementClient
url, file = sys.argv[1:]
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
def allow(size): resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
def size(): return max(each.stat().st_size for each in Path(file).parent.iterdir())
with EngagementClient("12345678", base_url=url, store="sqlite:///" + file) as client:
    client.visit("first").get_engagement()
    allow(size())
    result = "answered"
    for number in range(300):
        try:
            if not client.visit(f"c{number}").get_engagement().saved:
                result = "unsaved"
                break
        except Exception as error:
            result = type(error).__name__
            break
    known = client.visit("first").ids() is not None
    allow(resource.RLIM_INFINITY)
    again = client.visit("later").get_engagement().saved
print(result, known, again)
"""


@fault("SQLite", "the disk is full", "`StoreError` or `saved=False`; with room again all is well")
@pytest.mark.thorough
def test_no_room_for_the_file(tmp_path: Path) -> None:
    """A store whose file cannot grow fails with our error, still gives what it has, and works when there is room."""
    with Server(Script(((good(A),),))) as server:
        done = subprocess.run(
            [sys.executable, "-c", FULL, f"http://127.0.0.1:{server.port}", str(tmp_path / "visits.db")],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    result, known, again = done.stdout.split() or [done.stderr, "", ""]
    assert result in {"StoreError", "unsaved"}, result
    assert (known, again) == ("True", "True")


# --------------------------------------------------------------------------------------------------------- fork


def in_child(work: Callable[[], bool], seconds: float = 30.0) -> str:
    """Fork, let the child work, and say what became of it."""
    child = os.fork()
    if child == 0:
        try:
            os._exit(0 if work() else 1)
        except BaseException:  # noqa: BLE001 - the code says it
            os._exit(2)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return {0: "right", 1: "wrong", 2: "raised"}[os.waitstatus_to_exitcode(status)]
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "hangs"


def _ask(client: EngagementClient, key: str) -> bool:
    return client.visit(key).get_engagement().visitor_id == A.visitor


@fault("fork", "with an open client", "parent and child go on, on connections of their own")
@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("store", ["memory://", "sqlite"])
def test_forked_with_an_open_client(store: str, tmp_path: Path) -> None:
    """Parent and child both work after a fork, and no connection is shared."""
    store = f"sqlite:///{tmp_path / 'visits.db'}" if store == "sqlite" else store
    with (
        Server(Script(((good(A),),))) as server,
        EngagementClient(ACCOUNT, base_url=f"http://127.0.0.1:{server.port}", store=store) as client,
    ):
        assert _ask(client, "before")
        assert [in_child(lambda: _ask(client, "child") and _ask(client, "before")) for _ in range(3)] == ["right"] * 3
        assert _ask(client, "after")
        assert server.connections == 4


@fault("fork", "while another thread is in a call", "the child works; it does not wait for a lock of the dead thread")
@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("store", ["memory://", "sqlite"])
def test_forked_while_another_thread_is_in_a_call(store: str, tmp_path: Path) -> None:
    """A child that is forked at random moments of other threads' calls works."""
    store = f"sqlite:///{tmp_path / 'visits.db'}" if store == "sqlite" else store
    over = threading.Event()
    with (
        Server(Script(((pause(0.001), good(A)),))) as server,
        EngagementClient(ACCOUNT, base_url=f"http://127.0.0.1:{server.port}", store=store, timeout=20) as client,
    ):

        def work(number: int) -> None:
            count = 0
            while not over.is_set():
                count += 1
                client.visit(f"{number}-{count}").get_engagement()

        threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
        for thread in threads:
            thread.start()
        try:
            results = [in_child(lambda: _ask(client, f"child{os.getpid()}")) for _ in range(8)]
        finally:
            over.set()
            for thread in threads:
                thread.join()
    assert results == ["right"] * 8


FIRST_CALL = """
import os, signal, sys, threading, time
from lp_engagement import EngagementClient
url, pause = sys.argv[1], float(sys.argv[2])
client = EngagementClient("12345678", base_url=url, store="memory://", timeout=20)
thread = threading.Thread(target=lambda: client.visit("parent").get_engagement())
thread.start()
time.sleep(pause)
child = os.fork()
if child == 0:
    client.visit("child").get_engagement()
    os._exit(0)
until = time.monotonic() + 20
done = 0
while not done and time.monotonic() < until:
    done, status = os.waitpid(child, os.WNOHANG)
    time.sleep(0.01)
thread.join()
if not done:
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    print("hangs")
else:
    print(status)
client.close()
"""


@fault("fork", "while another thread makes the very first call", "the child works; no import hangs")
@pytest.mark.thorough
def test_forked_during_the_first_call() -> None:
    """A child that is forked while another thread makes the first call, and so imports, works all the same."""
    with Server(Script(((good(A),),))) as server:
        url = f"http://127.0.0.1:{server.port}"
        results = [
            subprocess.run(
                [sys.executable, "-W", "ignore", "-c", FIRST_CALL, url, str(milliseconds / 1000)],
                capture_output=True,
                text=True,
                timeout=PATIENCE,
                check=False,
            ).stdout.strip()
            for milliseconds in (1, 10, 30, 60, 100, 150)
        ]
    assert results == ["0"] * 6
