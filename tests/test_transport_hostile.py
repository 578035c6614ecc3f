"""The transports against servers, proxies and systems that misbehave, over real sockets."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from lp_engagement._io import names
from lp_engagement.errors import ConnectError, TransportError, TransportTimeout
from lp_engagement.transports import (
    AiohttpTransport,
    AsyncHttpxTransport,
    AsyncTransport,
    HttpRequest,
    HttpResponse,
    HttpxTransport,
    Transport,
    Urllib3Transport,
)

Answer = Callable[[socket.socket, int], object]
TIMEOUT = 30.0


def a_request(url: str, body: bytes = b"{}", method: str = "POST") -> HttpRequest:
    """Make a request."""
    return HttpRequest(method, url, {"Content-Type": "application/json"}, body)


class Peer:
    """A server on a raw socket: does something of one's own for each request, numbered from 0 over all connections."""

    def __init__(self, answer: Answer, *, family: int = socket.AF_INET) -> None:
        self.answer = answer
        self.requests: list[bytes] = []
        self.connections = 0
        self.stop = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}/"

    def close(self) -> None:
        """Stop listening."""
        self.stop.set()
        self._listener.close()

    def _accept(self) -> None:
        while not self.stop.is_set():
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer: socket.socket) -> None:
        with peer:
            received = b""
            try:
                while data := peer.recv(65536):
                    received += data
                    head, found, body = received.partition(b"\r\n\r\n")
                    length = next(
                        (int(line[15:]) for line in head.lower().split(b"\r\n") if line[:15] == b"content-length:"), 0
                    )
                    if found and len(body) >= length:
                        self.requests.append(received)
                        received = b""
                        self.answer(peer, len(self.requests) - 1)
            except OSError:
                pass


@pytest.fixture
def serve() -> Iterator[Callable[[Answer], Peer]]:
    """Start servers, and stop them at the end."""
    running: list[Peer] = []

    def start(answer: Answer) -> Peer:
        running.append(Peer(answer))
        return running[-1]

    yield start
    for peer in running:
        peer.close()


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the proxies of whoever runs the tests out of them."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


def sync_all(requests: list[HttpRequest], timeout: float = TIMEOUT, **options: Any) -> list[HttpResponse]:
    """Send all, one after the other, with one sync transport."""
    return _sync_all(HttpxTransport, requests, timeout, options)


def urllib3_all(requests: list[HttpRequest], timeout: float = TIMEOUT, **options: Any) -> list[HttpResponse]:
    """Send all, one after the other, with one transport on urllib3."""
    return _sync_all(Urllib3Transport, requests, timeout, options)


def _sync_all(
    make: Callable[..., Transport], requests: list[HttpRequest], timeout: float, options: dict[str, Any]
) -> list[HttpResponse]:
    transport = make(**options)
    try:
        return [transport.send(request, timeout=timeout) for request in requests]
    finally:
        transport.close()


def async_all(requests: list[HttpRequest], timeout: float = TIMEOUT, **options: Any) -> list[HttpResponse]:
    """Send all, one after the other, with one async transport on asyncio."""
    return _async_all(AsyncHttpxTransport, "asyncio", requests, timeout, options)


def aiohttp_all(requests: list[HttpRequest], timeout: float = TIMEOUT, **options: Any) -> list[HttpResponse]:
    """Send all, one after the other, with one transport on aiohttp."""
    return _async_all(AiohttpTransport, "asyncio", requests, timeout, options)


def trio_all(requests: list[HttpRequest], timeout: float = TIMEOUT, **options: Any) -> list[HttpResponse]:
    """Send all, one after the other, with one async transport on trio."""
    return _async_all(AsyncHttpxTransport, "trio", requests, timeout, options)


def _async_all(
    make: Callable[..., AsyncTransport],
    backend: str,
    requests: list[HttpRequest],
    timeout: float,
    options: dict[str, Any],
) -> list[HttpResponse]:
    async def main() -> list[HttpResponse]:
        transport = make(**options)
        try:
            return [await transport.send(request, timeout=timeout) for request in requests]
        finally:
            await transport.aclose()

    return anyio.run(main, backend=backend)


SendAll = Callable[..., list[HttpResponse]]


ALL: tuple[SendAll, ...] = (sync_all, async_all, trio_all, urllib3_all, aiohttp_all)


@pytest.fixture(params=ALL)
def send_all(request: pytest.FixtureRequest) -> SendAll:
    """Send by either transport, and on either event loop."""
    chosen: SendAll = request.param
    return chosen


def whole(body: bytes, head: str = "200 OK", length: int | None = None) -> bytes:
    """Write an answer."""
    size = len(body) if length is None else length
    return f"HTTP/1.1 {head}\r\nContent-Length: {size}\r\n\r\n".encode() + body


# ------------------------------------------------------------------------------------------------ left-over bytes

LEFT_OVER = {
    "doubled": whole(b'"A"') + whole(b'"X"'),
    "doubled and begun": whole(b'"A"') + b"HTTP/1.1 200 OK\r\nX-Of: ",
    "length too short": whole(b'"A"' + whole(b'"X"'), length=3),
    "204 with a body": b"HTTP/1.1 204 No Content\r\n\r\n" + whole(b'"X"'),
    "chunked and doubled": b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n"A"\r\n0\r\n\r\n'
    + whole(b'"X"'),
    "one blank": whole(b'"A"') + b" ",
}


@pytest.mark.parametrize("first", LEFT_OVER.values(), ids=LEFT_OVER)
def test_left_over_bytes_reach_nobody(send_all: SendAll, serve: Callable[[Answer], Peer], first: bytes) -> None:
    """A connection on which more has come than the answer is not used again, and the next answer is the right one."""
    peer = serve(lambda peer, number: peer.sendall([first, whole(b'"B"')][number]))
    if send_all is aiohttp_all and first is LEFT_OVER["one blank"]:
        with pytest.raises(TransportError):  # its parser refuses the whole segment
            send_all([a_request(peer.url)] * 2)
        return
    answers = send_all([a_request(peer.url)] * 2)
    assert answers[1].content == b'"B"'
    assert answers[0].content in {b'"A"', b""}
    assert peer.connections == 2


def test_good_connections_are_used_again(send_all: SendAll, serve: Callable[[Answer], Peer]) -> None:
    """The check for left-over bytes keeps no good connection from being used again, whatever frames its answers."""
    good = [
        whole(b"1"),
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n3\r\n0\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" + whole(b"4"),
        whole(b""),
    ]
    peer = serve(lambda peer, number: peer.sendall(good[number]))
    answers = send_all([a_request(peer.url)] * len(good))
    assert [answer.content for answer in answers] == [b"1", b"", b"3", b"4", b""]
    assert peer.connections == 1


def test_answer_that_was_there_before_is_refused(serve: Callable[[Answer], Peer]) -> None:
    """If the end of an answer cannot be seen, the answer to the next request must still have come after it."""
    peer = serve(lambda peer, number: peer.sendall(whole(b'"A"') + whole(b'"X"')))

    def read(response: httpx.Response) -> None:
        response.read()

    with httpx.Client(event_hooks={"response": [read]}) as client:
        transport = HttpxTransport(client=client)
        assert transport.send(a_request(peer.url), timeout=TIMEOUT).content == b'"A"'
        with pytest.raises(TransportError, match="to no request") as caught:
            transport.send(a_request(peer.url), timeout=TIMEOUT)
    assert caught.value.maybe_sent


# ------------------------------------------------------------------------------------------------ deadlines


def test_first_address_that_is_dead_is_no_obstacle(
    send_all: SendAll, serve: Callable[[Answer], Peer], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A host whose first six addresses do not answer is reached at the seventh, well within the time-out."""
    peer = serve(lambda peer, _: peer.sendall(whole(b"ok")))
    port = int(peer.url.rsplit(":", 1)[1].strip("/"))
    with socket.socket() as full:
        # A listener whose queue is full answers no further connection, as a dead host does not.
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        dead = full.getsockname()
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.settimeout(0)
            filler.connect_ex(dead)
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", place) for place in [dead] * 1 + [("127.0.0.1", port)]]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
        answer = send_all([a_request(f"http://two.example.test:{port}/")])[0]
        for filler in fillers:
            filler.close()
    assert answer.content == b"ok"


def test_name_that_is_looked_up_slowly_does_not_hold_the_caller(
    send_all: SendAll, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A look-up that hangs is left behind in time, nothing was sent, and many callers take one thread between them."""
    go, calls = threading.Event(), []

    def hang(*arguments: Any, **_: Any) -> list[Any]:
        calls.append(arguments)
        go.wait()
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    try:
        for _ in range(3):
            with pytest.raises(ConnectError, match=r"^slow\.example\.test could not be reached in time\.$"):
                send_all([a_request("http://slow.example.test/")], timeout=0.1)
        assert len(calls) == 1
    finally:
        go.set()
        while names._running[0].futures:
            time.sleep(0.001)


def test_connection_that_is_reset_as_soon_as_accepted(send_all: SendAll) -> None:
    """A reset that comes before the request is an error of ours, whatever the library makes of it."""

    def reset_all() -> None:
        with suppress(OSError):
            while True:
                peer, _ = listener.accept()
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                peer.close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=reset_all, daemon=True).start()
        for _ in range(5):
            with pytest.raises(TransportError):
                send_all([a_request(f"http://127.0.0.1:{listener.getsockname()[1]}/")])
        listener.shutdown(socket.SHUT_RDWR)


def test_failed_look_up_names_the_reason(send_all: SendAll, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that has no address ends in a ConnectError that says so."""

    def fail(*_: Any, **__: Any) -> list[Any]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(ConnectError, match=r"Name or service not known\.$"):
        send_all([a_request("http://none.example.test/")])


def test_program_ends_while_a_look_up_hangs() -> None:
    """`asyncio.run` and the program itself end without waiting for a look-up that hangs."""
    program = """
import asyncio, socket, threading
socket.getaddrinfo = lambda *_, **__: threading.Event().wait()
from lp_engagement.errors import ConnectError
from lp_engagement.transports import HttpRequest
from lp_engagement.transports import AsyncHttpxTransport
async def main():
    transport = AsyncHttpxTransport()
    try:
        await transport.send(HttpRequest("GET", "http://slow.example.test/", {}), timeout=0.1)
    except ConnectError:
        print("left")
    await transport.aclose()
asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("left\n", "", 0)


def test_large_body_is_bounded_by_the_time_out(send_all: SendAll) -> None:
    """A server that reads a large body slowly cannot stretch the time-out, however often it reads a little."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        done = threading.Event()

        def drip() -> None:
            peer, _ = listener.accept()
            with peer:
                while not done.wait(0.005):
                    try:
                        peer.recv(4096)
                    except OSError:
                        return

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        with pytest.raises(TransportTimeout) as caught:
            # At 4096 bytes in 5 ms the body takes half a minute.
            send_all([a_request(url, bytes(30_000_000))], timeout=0.3)
        done.set()
        thread.join()
    assert caught.value.maybe_sent


def test_answer_that_has_arrived_is_not_thrown_away(send_all: SendAll) -> None:
    """A process that is stopped until long after its deadline still takes the answer that is there when it goes on."""
    kind = send_all.__name__
    program = f"""
import sys; sys.path.insert(0, {str(Path.cwd())!r})
import importlib.util
from lp_engagement._io.httpx_pools import warm_up
spec = importlib.util.spec_from_file_location("hostile", {__file__!r})
hostile = importlib.util.module_from_spec(spec); sys.modules["hostile"] = hostile; spec.loader.exec_module(hostile)
warm_up()  # the time-out of a busy machine must not pay for imports
print("ready", flush=True)
print(hostile.{kind}([hostile.a_request(sys.argv[1])], timeout=2)[0].content.decode())
"""
    import signal

    asked, stopped = threading.Event(), threading.Event()

    def answer(peer: socket.socket, _: int) -> None:
        asked.set()
        stopped.wait()
        for part in (whole(b"late", length=4)[:30], whole(b"late", length=4)[30:]):
            peer.sendall(part)

    peer = Peer(answer)
    process = subprocess.Popen([sys.executable, "-c", program, peer.url], stdout=subprocess.PIPE, text=True)
    try:
        assert asked.wait(60)
        process.send_signal(signal.SIGSTOP)
        stopped.set()
        time.sleep(2.2)
        process.send_signal(signal.SIGCONT)
        out, _ = process.communicate(timeout=60)
    finally:
        process.kill()
        process.communicate()
        peer.close()
    assert out == "ready\nlate\n"


# ------------------------------------------------------------------------------------------------ what was sent


def answers_after_a_piece(piece: int, status: str) -> tuple[socket.socket, threading.Thread]:
    """Start a server that reads a piece of the first request only, answers, and resets the connection."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        peer, _ = listener.accept()
        with peer:
            peer.recv(piece)
            peer.sendall(whole(b"refused", status))
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            time.sleep(0.05)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    return listener, thread


@pytest.mark.parametrize("status", ["400 Bad Request", "503 Service Unavailable"])
def test_early_answer_to_a_large_body(send_all: SendAll, status: str) -> None:
    """A server that refuses a large body before it has read it is heard, by sync and async alike."""
    listener, thread = answers_after_a_piece(1000, status)
    with listener:
        answer = send_all([a_request(f"http://127.0.0.1:{listener.getsockname()[1]}/", bytes(10_000_000))])[0]
        thread.join()
    assert (answer.status, answer.content) == (int(status[:3]), b"refused")


def drip(peer: socket.socket) -> None:
    """Send a byte now and then."""
    for _ in range(50):
        peer.sendall(b"H")
        time.sleep(0.02)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(lambda peer: time.sleep(1), id="hangs"),
        pytest.param(drip, id="drips"),
        pytest.param(lambda peer: peer.sendall(b"SSH-2.0-OpenSSH\r\n\r\n"), id="garbage"),
        pytest.param(lambda peer: peer.close(), id="closes"),
        pytest.param(lambda peer: peer.sendall(b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n"), id="refuses"),
    ],
)
def test_proxy_that_opens_no_way(
    send_all: SendAll,
    serve: Callable[[Answer], Peer],
    monkeypatch: pytest.MonkeyPatch,
    answer: Callable[[socket.socket], object],
) -> None:
    """As long as the proxy has opened no way, nothing was sent, whatever the proxy does."""
    peer = serve(lambda peer, _: answer(peer))
    monkeypatch.setenv("HTTPS_PROXY", peer.url)
    with pytest.raises(ConnectError) as caught:
        send_all([a_request("https://lo.example.test/")], timeout=0.3)
    assert not caught.value.maybe_sent
    assert peer.requests[0].startswith(b"CONNECT lo.example.test:443 ")


def test_files_exhausted_at_the_first_call() -> None:
    """A process without a free descriptor for its first call raises ConnectError, and its next call works."""
    program = """
import os, resource, sys
from lp_engagement.errors import ConnectError
from lp_engagement.transports import HttpRequest
from lp_engagement.transports import HttpxTransport
resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))
taken = []
try:
    while True:
        taken.append(os.open(os.devnull, os.O_RDONLY))
except OSError:
    pass
transport = HttpxTransport()
request = HttpRequest("GET", sys.argv[1], {})
try:
    transport.send(request, timeout=5)
except ConnectError as error:
    print(type(error).__name__, error.maybe_sent, flush=True)
for number in taken:
    os.close(number)
print(transport.send(request, timeout=5).status)
transport.close()
"""
    peer = Peer(lambda peer, _: peer.sendall(whole(b"")))
    done = subprocess.run(
        [sys.executable, "-c", program, peer.url], capture_output=True, text=True, timeout=60, check=False
    )
    peer.close()
    assert (done.stdout, done.stderr) == ("ConnectError False\n200\n", "")


# ------------------------------------------------------------------------------------------------ cancellation


def test_native_cancellation_leaks_no_connection(serve: Callable[[Answer], Peer]) -> None:
    """Tasks that asyncio itself cancels at random moments, twice at times, leave no connection in the pool."""
    import random

    peer = serve(lambda peer, _: peer.sendall(whole(b"ok")))
    chance = random.Random(7)  # noqa: S311 - no secret

    async def one(transport: AsyncHttpxTransport) -> None:
        task = asyncio.ensure_future(transport.send(a_request(peer.url), timeout=TIMEOUT))
        for _ in range(chance.randrange(60)):
            await asyncio.sleep(0)
        task.cancel()
        if chance.random() < 0.5:
            await asyncio.sleep(0)
            task.cancel()
        await asyncio.wait([task])

    async def main() -> list[str]:
        transport = AsyncHttpxTransport()
        await transport.send(a_request(peer.url), timeout=TIMEOUT)
        for _ in range(30):
            await asyncio.gather(*[one(transport) for _ in range(10)])
        pool = transport._own.pools[None, False]._pool
        left = [info for connection in pool.connections if "IDLE" not in (info := connection.info())]
        assert (await transport.send(a_request(peer.url), timeout=TIMEOUT)).content == b"ok"
        await transport.aclose()
        return left

    assert asyncio.run(main()) == []


def test_threads_that_give_up_lose_no_place(serve: Callable[[Answer], Peer]) -> None:
    """150 threads that time out at once at a server that hangs leave nothing behind, and the next call is answered."""
    well = threading.Event()

    def answer(peer: socket.socket, _: int) -> None:
        if well.is_set():
            peer.sendall(whole(b"ok"))

    peer = serve(answer)
    transport = HttpxTransport()
    late: list[TransportError] = []

    def call() -> None:
        try:
            transport.send(a_request(peer.url), timeout=0.5)
        except TransportError as error:
            late.append(error)

    threads = [threading.Thread(target=call) for _ in range(150)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    well.set()
    connections = transport._pools.own().pools[None, False]._pool.connections
    assert (len(late), connections) == (150, [])
    assert transport.send(a_request(peer.url), timeout=TIMEOUT).content == b"ok"
    transport.close()


@pytest.mark.filterwarnings("error")
def test_refused_answer_leaves_no_generator_behind(send_all: SendAll, serve: Callable[[Answer], Peer]) -> None:
    """An answer that is too large is refused without an async generator that the event loop has to collect."""
    import gc

    def flood(peer: socket.socket, _: int) -> None:
        peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n")
        while True:
            peer.sendall(bytes(65536))

    peer = serve(flood)
    with pytest.raises(Exception, match="more than 1048576 bytes"):
        send_all([a_request(peer.url)])
    gc.collect()


# -------------------------------------------------------------------------------------- at the very first call


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_fork_during_the_first_call() -> None:
    """A child that is forked while another thread makes the very first call can send."""
    program = """
import os, sys, threading, time
from lp_engagement.transports import HttpRequest
from lp_engagement.transports import HttpxTransport
request = HttpRequest("GET", sys.argv[1], {})
transport = HttpxTransport()
thread = threading.Thread(target=lambda: transport.send(request, timeout=20))
thread.start()
while "httpx" not in sys.modules:
    time.sleep(0.0001)
child = os.fork()
if not child:
    os._exit(0 if transport.send(request, timeout=20).status == 200 else 1)
thread.join()
print(os.waitpid(child, 0)[1])
transport.close()
"""
    peer = Peer(lambda peer, _: peer.sendall(whole(b"")))
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, peer.url],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    peer.close()
    assert (done.stdout, done.stderr) == ("0\n", "")


@pytest.mark.parametrize("kind", ["sync_all", "async_all", "trio_all", "urllib3_all", "aiohttp_all"])
def test_exchange_imports_nothing(kind: str) -> None:
    """Once the libraries are loaded, an exchange imports no further module, so a fork finds no import under way."""
    program = f"""
import sys; sys.path.insert(0, {str(Path.cwd())!r})
import importlib.util
spec = importlib.util.spec_from_file_location("hostile", {__file__!r})
hostile = importlib.util.module_from_spec(spec); sys.modules["hostile"] = hostile; spec.loader.exec_module(hostile)
from lp_engagement._io.httpx_pools import load
import anyio
async def nothing(): pass
anyio.run(nothing, backend="trio" if {kind!r} == "trio_all" else "asyncio")
load()
before = set(sys.modules)
hostile.{kind}([hostile.a_request(sys.argv[1])])
print(sorted(set(sys.modules) - before))
"""
    peer = Peer(lambda peer, _: peer.sendall(whole(b"")))
    url = peer.url.replace("127.0.0.1", "localhost")
    done = subprocess.run([sys.executable, "-c", program, url], capture_output=True, text=True, timeout=60, check=False)
    peer.close()
    assert (done.stdout, done.stderr) == ("[]\n", "")
