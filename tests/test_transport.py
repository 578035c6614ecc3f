"""The transports: what they promise is tested once, for the sync and for the async one."""

from __future__ import annotations

import copy
import gzip
import json
import logging
import os
import pickle
import socket
import socketserver
import ssl
import struct
import subprocess
import sys
import threading
import time
import traceback
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from typing import Any

import anyio
import httpx
import pytest
import respx

from lp_engagement._core.checks import is_loopback
from lp_engagement._io import certificates
from lp_engagement._io.content import decoded
from lp_engagement._io.httpx_errors import translated
from lp_engagement._io.wire import Timeouts, Wire
from lp_engagement.errors import (
    ConfigurationError,
    ConnectError,
    EngagementError,
    TransportError,
    TransportTimeout,
    UnexpectedResponseError,
)
from lp_engagement.transports import (
    MAX_RESPONSE_BYTES,
    AiohttpTransport,
    AsyncHttpxTransport,
    AsyncTransport,
    HttpRequest,
    HttpResponse,
    HttpxTransport,
    Transport,
    Urllib3Transport,
)

SECRET = "visitor-4711"
URL = f"https://lo.example.test/api/visitors/{SECRET}?sid={SECRET}"
# Before 4.16 anyio left a socket whose connecting was cancelled to the garbage collector, which closes and tells.
LEFT_TO_THE_COLLECTOR = (
    ["ignore::pytest.PytestUnraisableExceptionWarning"]
    if tuple(map(int, metadata.version("anyio").split(".")[:2])) < (4, 16)
    else []
)

Send = Callable[..., HttpResponse]
Serve = Callable[[Callable[[socket.socket], object]], str]


def a_request(url: str = URL, **headers: str) -> HttpRequest:
    """Make a request that has the secret in every place."""
    return HttpRequest("POST", url, {"Content-Type": "application/json", "X-Id": SECRET, **headers}, SECRET.encode())


def send_sync(*requests: HttpRequest, timeout: float = 10.0) -> list[HttpResponse]:
    """Send all with one sync transport."""
    transport: Transport = HttpxTransport()
    try:
        return [transport.send(request, timeout=timeout) for request in requests]
    finally:
        transport.close()


def send_async(*requests: HttpRequest, timeout: float = 10.0) -> list[HttpResponse]:
    """Send all with one async transport, in an event loop of their own."""

    async def send() -> list[HttpResponse]:
        transport: AsyncTransport = AsyncHttpxTransport()
        try:
            return [await transport.send(request, timeout=timeout) for request in requests]
        finally:
            await transport.aclose()

    return anyio.run(send)


def send_urllib3(*requests: HttpRequest, timeout: float = 10.0) -> list[HttpResponse]:
    """Send all with one transport on urllib3."""
    transport: Transport = Urllib3Transport()
    try:
        return [transport.send(request, timeout=timeout) for request in requests]
    finally:
        transport.close()


def send_aiohttp(*requests: HttpRequest, timeout: float = 10.0) -> list[HttpResponse]:
    """Send all with one transport on aiohttp, in an event loop of their own."""

    async def send() -> list[HttpResponse]:
        transport: AsyncTransport = AiohttpTransport()
        try:
            return [await transport.send(request, timeout=timeout) for request in requests]
        finally:
            await transport.aclose()

    return anyio.run(send)


real = pytest.mark.parametrize("send_all", [send_sync, send_async, send_urllib3, send_aiohttp], indirect=True)
"""For a test that needs no mock of httpx: run it with each transport."""


@pytest.fixture(params=[send_sync, send_async])
def send_all(request: pytest.FixtureRequest) -> Callable[..., list[HttpResponse]]:
    """Send by either transport."""
    chosen: Callable[..., list[HttpResponse]] = request.param
    return chosen


@pytest.fixture
def send(send_all: Callable[..., list[HttpResponse]]) -> Send:
    """Send one request by either transport."""
    return lambda request, timeout=10.0: send_all(request, timeout=timeout)[0]


class RawServer(socketserver.ThreadingTCPServer):
    """Answers each request with what a function does to its socket. Keeps connections open in between."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, answer: Callable[[socket.socket], object]) -> None:
        self.answer = answer
        self.requests: list[bytes] = []
        self.connections = 0
        super().__init__(("127.0.0.1", 0), RawHandler)


class RawHandler(socketserver.BaseRequestHandler):
    """Reads requests, and leaves the answer to the server's function."""

    def handle(self) -> None:
        """Serve one connection."""
        server = self.server
        assert isinstance(server, RawServer)
        server.connections += 1
        received = b""
        try:
            while data := self.request.recv(65536):
                received += data
                if received.endswith((b"\r\n\r\n", SECRET.encode())) and b"\r\n\r\n" in received:
                    server.requests.append(received)
                    received = b""
                    server.answer(self.request)
        except OSError:
            pass


@pytest.fixture
def servers() -> Iterator[list[RawServer]]:
    """Stop all servers of a test."""
    running: list[RawServer] = []
    yield running
    for server in running:
        server.shutdown()
        server.server_close()


@pytest.fixture
def serve(servers: list[RawServer]) -> Serve:
    """Start a server, and return its URL."""

    def start(answer: Callable[[socket.socket], object]) -> str:
        servers.append(RawServer(answer))
        threading.Thread(target=servers[-1].serve_forever, args=(0.005,), daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_address[1]}/{SECRET}"

    return start


@pytest.fixture
def never() -> Iterator[threading.Event]:
    """Give stalling servers something to wait for that comes with the end of the test."""
    event = threading.Event()
    yield event
    event.set()


def answer_with(body: bytes, *headers: str) -> Callable[[socket.socket], object]:
    """Answer with this body."""
    head = "\r\n".join(["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *headers, "", ""])
    return lambda peer: peer.sendall(head.encode() + body)


def answer_slowly(never: threading.Event, head: bytes) -> Callable[[socket.socket], object]:
    """Answer with a head at once, and then with a byte now and then, without end."""

    def answer(peer: socket.socket) -> None:
        peer.sendall(head)
        while not never.wait(0.01):
            peer.sendall(b"x")

    return answer


def reset(peer: socket.socket, sent: bytes = b"") -> None:
    """Break the connection off."""
    peer.sendall(sent)
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.close()


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the proxies of whoever runs the tests out of them."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


# ---------------------------------------------------------------------------------------------- plain data


def test_reprs_show_no_values() -> None:
    """The reprs of request and response show method, status and sizes; no URL, header value or body."""
    assert repr(a_request()) == "<HttpRequest POST, 2 headers, 12 bytes>"
    response = HttpResponse(200, {"x-id": SECRET}, SECRET.encode())
    assert repr(response) == "<HttpResponse 200, 1 headers, 12 bytes>"


def test_import_loads_no_http_library() -> None:
    """Importing the transports loads neither httpx nor anyio."""
    script = "import sys, lp_engagement._io.httpx_transport; assert not {'httpx', 'anyio'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True, timeout=20)


# ------------------------------------------------------------------------------------- the request and its answer


def test_request_arrives_as_given(send: Send) -> None:
    """Method, URL, headers and body arrive unchanged, with a request for an answer that is not encoded."""
    with respx.mock as router:
        route = router.post(URL).respond(201, headers={"X-Thing": "a"}, json={"ok": True})
        response = send(a_request())
    sent = route.calls.last.request
    assert sent.content == SECRET.encode()
    assert dict(sent.headers) == {
        "host": "lo.example.test",
        "accept-encoding": "identity",
        "content-type": "application/json",
        "x-id": SECRET,
        "content-length": "12",
    }
    assert (response.status, response.headers["x-thing"], json.loads(response.content)) == (201, "a", {"ok": True})


def test_accept_encoding_can_be_chosen(send: Send) -> None:
    """A request that names its own Accept-Encoding keeps it, in whatever case it is written."""
    with respx.mock as router:
        route = router.post(URL).respond(200)
        send(a_request(**{"Accept-Encoding": "gzip"}))
    assert route.calls.last.request.headers.get_list("accept-encoding") == ["gzip"]


def test_every_status_is_an_answer(send: Send) -> None:
    """Errors and redirects are returned as they are; redirects are not followed."""
    for status in (302, 404, 503):
        with respx.mock as router:
            router.post(URL).respond(status, headers={"Location": "https://elsewhere.example.test/"})
            assert send(a_request()).status == status


def test_cookies_are_not_kept(send_all: Callable[..., list[HttpResponse]]) -> None:
    """A cookie that the server sets is never sent back."""
    with respx.mock as router:
        route = router.post(URL).respond(200, headers={"Set-Cookie": "id=1; Path=/; Max-Age=999"})
        send_all(a_request(), a_request())
    assert all("cookie" not in call.request.headers for call in route.calls)
    assert route.call_count == 2


@real
def test_connection_is_reused(
    send_all: Callable[..., list[HttpResponse]], serve: Serve, servers: list[RawServer]
) -> None:
    """Requests one after the other share a connection."""
    url = serve(answer_with(b"ok"))
    assert [answer.content for answer in send_all(*[a_request(url)] * 3)] == [b"ok"] * 3
    assert (servers[0].connections, len(servers[0].requests)) == (1, 3)


@real
def test_log_shows_no_url(send: Send, serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    """The log lines of the HTTP library name the host, and show neither path nor query nor sent headers."""
    caplog.set_level(logging.DEBUG)
    url = serve(answer_with(b"ok"))
    send(a_request(url))
    lines = [record.getMessage() for record in caplog.records if record.name in {"httpx", "urllib3.connectionpool"}]
    assert all("http://127.0.0.1" in line for line in lines if "200" in line)
    assert SECRET not in caplog.text


# ---------------------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    "raised, kind, maybe_sent, retryable",
    [
        (httpx.ConnectError("refused"), ConnectError, False, True),
        (httpx.ConnectTimeout(SECRET), ConnectError, False, True),
        (httpx.PoolTimeout(SECRET), ConnectError, False, True),
        (httpx.ProxyError(SECRET), ConnectError, False, True),
        (httpx.UnsupportedProtocol(SECRET), ConnectError, False, False),
        (httpx.LocalProtocolError(SECRET), ConnectError, False, False),
        (httpx.ReadTimeout(SECRET), TransportTimeout, True, True),
        (httpx.WriteTimeout(SECRET), TransportTimeout, True, True),
        (httpx.ReadError(SECRET), TransportError, True, True),
        (httpx.WriteError(SECRET), TransportError, True, True),
        (httpx.RemoteProtocolError(SECRET), TransportError, True, True),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_transport_errors_are_translated(
    send: Send, raised: httpx.HTTPError, kind: type[TransportError], *, maybe_sent: bool, retryable: bool
) -> None:
    """Each failure of the HTTP library becomes our error that says if the server may have seen the request."""
    with respx.mock as router:
        router.post(URL).mock(side_effect=raised)
        with pytest.raises(TransportError) as caught:
            send(a_request())
    error = caught.value
    assert (type(error), error.maybe_sent, error.retryable) == (kind, maybe_sent, retryable)
    assert_plain(error)


@pytest.mark.parametrize("raised", [httpx.DecodingError(SECRET), httpx.TooManyRedirects(SECRET)])
def test_other_errors_of_the_library_are_translated(send: Send, raised: httpx.HTTPError) -> None:
    """An answer that the HTTP library cannot handle raises UnexpectedResponseError."""
    with respx.mock as router:
        router.post(URL).mock(side_effect=raised)
        with pytest.raises(UnexpectedResponseError, match="could not be read") as caught:
            send(a_request())
    assert_plain(caught.value)


def test_errors_that_are_not_ours_pass(send: Send) -> None:
    """A bug, here in a hook, is not dressed up as a transport error."""
    with respx.mock as router:
        router.post(URL).mock(side_effect=ZeroDivisionError)
        with pytest.raises(ZeroDivisionError):
            send(a_request())


def assert_plain(error: EngagementError) -> None:
    """Check that the error can be pickled and copied, and that nothing of the request can be found in it."""
    for twin in (pickle.loads(pickle.dumps(error)), copy.deepcopy(error)):  # noqa: S301 - our own
        assert (type(twin), str(twin), vars(twin)) == (type(error), str(error), vars(error))
    assert (error.__cause__, error.__context__) == (None, None)
    assert SECRET not in "".join(traceback.format_exception(error))


def test_unverified_certificate_is_recognised() -> None:
    """A certificate that does not verify, somewhere below what httpx raises, is reported; no retry will help."""
    raised = httpx.ConnectError(SECRET)
    raised.__cause__ = OSError()
    raised.__cause__.__context__ = ssl.SSLCertVerificationError(1, "certificate verify failed")
    raised.__cause__.__cause__ = raised  # a circle must not hold us up
    error = translated(raised, "lo.example.test")
    assert isinstance(error, ConnectError)
    assert str(error) == "The certificate of lo.example.test could not be verified: not trusted."
    assert (error.maybe_sent, error.retryable) == (False, False)


@real
@pytest.mark.parametrize(
    "request_",
    [a_request("https://h/\a" + SECRET), a_request("https://h:x/" + SECRET), a_request(**{"X-Name": SECRET + "é"})],
)
def test_unusable_request_is_a_configuration_error(send: Send, request_: HttpRequest) -> None:
    """A URL or a header that HTTP cannot carry is refused before anything is sent, and not repeated."""
    with pytest.raises(ConfigurationError) as caught:
        send(request_)
    assert_plain(caught.value)


@real
def test_header_injection_is_refused(send: Send, serve: Serve, servers: list[RawServer]) -> None:
    """A line break in a header value never reaches the wire."""
    url = serve(answer_with(b"ok"))
    with pytest.raises(ConnectError, match="not valid HTTP") as caught:
        send(a_request(url, **{"X-Name": f"{SECRET}\r\nX-Other: 1"}))
    assert_plain(caught.value)
    assert servers[0].requests == []


@real
@pytest.mark.parametrize("timeout", [0, -1, float("nan"), float("inf"), 1e300])
def test_timeout_must_be_usable(send: Send, timeout: float) -> None:
    """A time-out of no use is refused at once; there is no way to wait for ever."""
    with pytest.raises(ConfigurationError, match="positive, finite"):
        send(a_request(), timeout=timeout)


# ---------------------------------------------------------------------------------------------- on real sockets


@real
def test_refused_connection(send: Send) -> None:
    """If nobody listens, no connection was made, so nothing was sent. The error names the port, and the usual cause."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        with pytest.raises(ConnectError) as caught:
            send(a_request(f"http://127.0.0.1:{port}/{SECRET}"))
    assert str(caught.value) == (
        f"127.0.0.1 could not be reached: nothing accepts connections on port {port}."
        " Is the simulator running? Its first line of output is its address."
    )


@real
@pytest.mark.parametrize("url, port", [("https://lo.example.test", 443), ("https://lo.example.test:8443", 8443)])
def test_refused_connection_elsewhere(send: Send, monkeypatch: pytest.MonkeyPatch, url: str, port: int) -> None:
    """Another host that refuses is no simulator; its port is named, even if the URL has none."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place = (socket.AF_INET, socket.SOCK_STREAM, 6, "", free.getsockname())
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [place])
        with pytest.raises(ConnectError) as caught:
            send(a_request(url))
    assert str(caught.value) == (f"lo.example.test could not be reached: nothing accepts connections on port {port}.")


@real
def test_refusing_proxy_is_not_blamed_on_the_host(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the proxy refuses the connection, the port of the host is not named."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{free.getsockname()[1]}")
        with pytest.raises(ConnectError, match=r"^lo\.example\.test could not be reached: ") as caught:
            send(a_request("https://lo.example.test"))
    assert "port" not in str(caught.value)


@real
@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(reset, id="reset"),
        pytest.param(lambda peer: peer.shutdown(socket.SHUT_RDWR), id="closed without an answer"),
        pytest.param(lambda peer: reset(peer, b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"), id="half"),
        pytest.param(lambda peer: peer.sendall(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), id="not HTTP"),
    ],
)
def test_broken_exchange(send: Send, serve: Serve, answer: Callable[[socket.socket], object]) -> None:
    """An exchange that breaks off after the request says that the server may have seen it."""
    with pytest.raises(TransportError) as caught:
        send(a_request(serve(answer)))
    assert (type(caught.value), caught.value.maybe_sent) == (TransportError, True)
    assert_plain(caught.value)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n"


@real
@pytest.mark.parametrize(
    "head",
    [
        pytest.param(HEAD + b"\r\n", id="body"),
        pytest.param(HEAD + b"X-Endless: ", id="headers"),
        pytest.param(HEAD + b"Transfer-Encoding: chunked\r\n\r\n1;", id="chunk extension"),
        pytest.param(b"", id="status line"),
    ],
)
def test_slow_drip_is_bounded(
    send_all: Callable[..., list[HttpResponse]], serve: Serve, never: threading.Event, head: bytes
) -> None:
    """A server that sends a byte now and then cannot stretch the time-out, in whatever part of its answer."""
    url = serve(answer_slowly(never, head))
    # aiohttp's parser sees with the first byte that this will never be HTTP.
    refuses = send_all is send_aiohttp and not head.endswith((b"\r\n\r\n", b"X-Endless: "))
    began = time.monotonic()
    with pytest.raises(TransportError if refuses else TransportTimeout, match=r"broke off|in time") as caught:
        send_all(a_request(url), timeout=0.05)
    assert refuses or 0.04 < time.monotonic() - began < 2
    assert caught.value.maybe_sent
    assert_plain(caught.value)


@real
def test_stalled_server_is_bounded(send: Send, serve: Serve, never: threading.Event) -> None:
    """A server that takes the request and never answers is given up in time."""
    with pytest.raises(TransportTimeout) as caught:
        send(a_request(serve(lambda _: never.wait())), timeout=0.05)
    assert caught.value.maybe_sent


def test_timeout_counts_anew_on_a_reused_connection(serve: Serve, never: threading.Event) -> None:
    """The bound holds for a second request on the same connection, and begins with that request."""
    answers = iter([answer_with(b"ok"), answer_slowly(never, HEAD)])
    transport = HttpxTransport()

    def answer(peer: socket.socket) -> None:
        next(answers)(peer)

    request = a_request(serve(answer))
    try:
        transport.send(request, timeout=0.05)
        never.wait(0.06)
        with pytest.raises(TransportTimeout):
            transport.send(request, timeout=0.05)
    finally:
        transport.close()


def test_phases_share_the_time() -> None:
    """Each phase is limited to the time that is left; without any, only received data is read."""
    timeouts = Timeouts(Wire(time.monotonic() + 5))
    assert set(timeouts) == {"pool", "connect", "write", "read"}
    assert len(timeouts) == 4
    assert all(4 < seconds <= 5 for seconds in timeouts.values())
    assert timeouts.get("coffee") is None
    late = Timeouts(Wire(time.monotonic()))
    assert 0 < late["read"] < 0.01
    for phase in ("pool", "connect", "write"):
        with pytest.raises(TimeoutError):
            late.get(phase)


# ------------------------------------------------------------------------------------------ size and encoding


def deflated(data: bytes, window_bits: int) -> bytes:
    """Compress without or with the zlib header."""
    encoder = zlib.compressobj(wbits=window_bits)
    return encoder.compress(data) + encoder.flush()


FULL = b"x" * MAX_RESPONSE_BYTES
BOMB = gzip.compress(bytes(30_000_000), 1, mtime=0)


@real
@pytest.mark.parametrize(
    "encoding, body, content",
    [
        ("", FULL, FULL),
        ("identity", b"a", b"a"),
        ("gzip", gzip.compress(b"a" * 5000, mtime=0), b"a" * 5000),
        (" GZip ", gzip.compress(b"", mtime=0), b""),
        ("x-gzip", gzip.compress(FULL, mtime=0), FULL),
        ("deflate", deflated(b"abc", 15), b"abc"),
        ("deflate", deflated(b"abc", -15), b"abc"),
        ("gzip", b"", b""),
        ("br", b"", b""),
    ],
)
def test_body_is_decoded(send: Send, serve: Serve, encoding: str, body: bytes, content: bytes) -> None:
    """An answer of allowed size is returned decoded, even with an encoding that was not requested."""
    assert send(a_request(serve(answer_with(body, f"Content-Encoding: {encoding}")))).content == content


@real
@pytest.mark.parametrize(
    "encoding, body, text",
    [
        pytest.param("", FULL + b"x", "more than 1048576 bytes", id="too large"),
        pytest.param(
            "gzip", gzip.compress(FULL + b"x", mtime=0), "more than 1048576 bytes when decoded", id="too large inside"
        ),
        pytest.param("gzip", BOMB, "more than 1048576 bytes when", id="gzip bomb"),
        pytest.param("deflate", deflated(FULL * 8, -15), "more than 1048576 bytes when", id="deflate bomb"),
        pytest.param("gzip", gzip.compress(b"a" * 5000, mtime=0)[:-1], "damaged or incomplete", id="truncated gzip"),
        pytest.param("gzip", gzip.compress(b"a", mtime=0)[:4], "damaged or incomplete", id="gzip head only"),
        pytest.param("gzip", gzip.compress(b"a", mtime=0) + b"more", "damaged or incomplete", id="gzip and more"),
        pytest.param("gzip", b"not gzip", "damaged or incomplete", id="not gzip"),
        pytest.param("deflate", b"not deflate", "damaged or incomplete", id="not deflate"),
        pytest.param("br", b"\x0b\x02\x80abc\x03", "content encoding", id="brotli"),
        pytest.param("gzip, gzip", gzip.compress(gzip.compress(b"a"), mtime=0), "content encoding", id="twice"),
        pytest.param(SECRET, b"a", "content encoding", id="unknown"),
    ],
)
def test_body_is_refused(send: Send, serve: Serve, encoding: str, body: bytes, text: str) -> None:
    """An answer that is too large, damaged, or of unknown encoding is refused; the error knows the status."""
    with pytest.raises(UnexpectedResponseError, match=text) as caught:
        send(a_request(serve(answer_with(body, f"Content-Encoding: {encoding}"))))
    assert caught.value.status == 200
    assert_plain(caught.value)


def test_bomb_does_no_harm() -> None:
    """Refusing a decompression bomb takes little more memory than an allowed answer would."""
    tracemalloc.start()
    try:
        with pytest.raises(UnexpectedResponseError):
            decoded(BOMB, "gzip")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 3 * MAX_RESPONSE_BYTES


# --------------------------------------------------------------------------------------- TLS, proxies, cookies


def test_one_ssl_context_serves_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SSL context is built once for all transports of the process, and verifies."""
    made: list[ssl.SSLContext] = []
    create = ssl.create_default_context

    def counted(**options: Any) -> ssl.SSLContext:
        made.append(create(**options))
        return made[-1]

    monkeypatch.setattr(ssl, "create_default_context", counted)
    certificates._ssl_context.cache_clear()
    with respx.mock as router:
        router.post(URL).respond(200)
        for send_all in (send_sync, send_async, send_sync):
            send_all(a_request())
    assert [(context.verify_mode, context.check_hostname) for context in made] == [(ssl.CERT_REQUIRED, True)]


def test_unreadable_certificates_are_a_configuration_error(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    """A certificate file that the environment names and that is not there is reported as what it is."""
    monkeypatch.setenv("SSL_CERT_FILE", "/does/not/exist.pem")
    certificates._ssl_context.cache_clear()
    with pytest.raises(ConfigurationError, match="SSL_CERT_FILE") as caught:
        send(a_request())
    assert_plain(caught.value)


@real
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_loopback_avoids_proxies(send: Send, serve: Serve, monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    """A request to this very machine never goes through a proxy, whatever the environment says."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    url = serve(answer_with(b"ok")).replace("127.0.0.1", host)
    assert send(a_request(url)).content == b"ok"


@pytest.mark.parametrize(
    "host, loopback",
    [
        ("::1", True),
        ("127.255.255.254", True),
        ("128.0.0.1", False),
        ("localhost.example.test", False),
        ("10.0.0.1", False),
    ],
)
def test_loopback_is_recognised(host: str, *, loopback: bool) -> None:
    """Loopback is what the system would not send anywhere, and no more."""
    assert is_loopback(host) is loopback


@real
def test_other_hosts_use_proxies(
    send: Send, serve: Serve, servers: list[RawServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request to any other host goes through the proxy that the environment names."""
    proxy = serve(answer_with(b"by proxy")).removesuffix("/" + SECRET)
    monkeypatch.setenv("http_proxy", proxy)
    assert send(a_request("http://lo.example.test/x")).content == b"by proxy"
    assert servers[0].requests[0].startswith(b"POST http://lo.example.test/x HTTP/1.1\r\n")


@real
def test_unusable_proxy_is_a_configuration_error(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy URL that cannot be used is reported without its password."""
    monkeypatch.setenv("https_proxy", f"carrier-pigeon://user:{SECRET}@proxy.example.test")
    with pytest.raises(ConfigurationError, match=r"^https_proxy must begin with http://") as caught:
        send(a_request())
    assert_plain(caught.value)


# ------------------------------------------------------------------------------------------------- life cycle


def test_close_is_final_and_may_be_repeated() -> None:
    """After `close` sending is a clear error, also if nothing was ever sent; closing again is none."""
    transport = HttpxTransport()
    transport.close()
    transport.close()
    with pytest.raises(RuntimeError, match="is closed"):
        transport.send(a_request(), timeout=1)


def test_aclose_is_final_and_may_be_repeated() -> None:
    """The same for the async transport."""

    async def main() -> None:
        transport = AsyncHttpxTransport()
        await transport.aclose()
        await transport.aclose()
        with pytest.raises(RuntimeError, match="is closed"):
            await transport.send(a_request(), timeout=1)

    anyio.run(main)


def test_constructors_make_nothing() -> None:
    """A transport makes no pool before its first request."""
    assert HttpxTransport()._pools._values == {}
    assert AsyncHttpxTransport()._own.pools == {}


def test_threads_share_one_pool(serve: Serve) -> None:
    """Many threads may send at once, and use one pool between them."""
    transport = HttpxTransport()
    request = a_request(serve(answer_with(b"ok")))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: transport.send(request, timeout=20).content, range(40)))
    pools = transport._pools.own().pools
    assert list(pools) == [(None, False)]
    transport.close()
    assert answers == [b"ok"] * 40
    assert pools == {}


def test_child_makes_its_own_pool(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a fork a new pool is made; the inherited one is neither used nor closed."""
    request = a_request(serve(answer_with(b"ok")))
    transport = HttpxTransport()
    transport.send(request, timeout=10)
    [inherited] = transport._pools.own().pools.values()
    before = list(inherited._pool.connections)
    with monkeypatch.context() as child:
        child.setattr(os, "getpid", lambda: -1)
        transport.send(request, timeout=10)
        [own] = transport._pools.own().pools.values()
        transport.close()
    assert own is not inherited
    assert own._pool.connections == []
    assert inherited._pool.connections == before
    transport.close()


def test_given_client_is_used_and_left_open() -> None:
    """A given client sends our requests, is not closed by us, and is refused after a fork."""
    client = httpx.Client(cookies={"id": "1"}, follow_redirects=True)
    transport = HttpxTransport(client=client)
    with respx.mock as router:
        route = router.post(URL).respond(302, headers={"Location": "/x"})
        assert transport.send(a_request(), timeout=10).status == 302
        assert "cookie" not in route.calls.last.request.headers
    with pytest.MonkeyPatch.context() as child:
        child.setattr(os, "getpid", lambda: -1)
        with pytest.raises(RuntimeError, match="before a fork"):
            transport.send(a_request(), timeout=1)
    transport.close()
    with pytest.raises(RuntimeError, match="is closed"):
        transport.send(a_request(), timeout=1)
    assert not client.is_closed
    client.close()


def test_given_async_client_is_used_and_left_open() -> None:
    """The same for the async transport."""

    async def main() -> None:
        async with httpx.AsyncClient() as client:
            transport = AsyncHttpxTransport(client=client)
            with respx.mock as router:
                router.post(URL).respond(200)
                assert (await transport.send(a_request(), timeout=10)).status == 200
            await transport.aclose()
            assert not client.is_closed

    anyio.run(main)


def test_other_event_loop_is_refused() -> None:
    """An async transport that is used in a second event loop says what to do instead."""
    transport = AsyncHttpxTransport()

    async def send() -> int:
        return (await transport.send(a_request(), timeout=10)).status

    with respx.mock as router:
        router.post(URL).respond(200)
        assert anyio.run(send) == 200
        for use in (send, transport.aclose):
            with pytest.raises(RuntimeError, match="Make one client in each event loop"):
                anyio.run(use)


# ------------------------------------------------------------------------------------------------ cancellation


async def cancelled(transport: AsyncHttpxTransport, request: HttpRequest, *, senders: int, steps: int) -> None:
    """Begin to send from several tasks, and cancel them all after so many rounds of the event loop."""
    async with anyio.create_task_group() as group:
        for _ in range(senders):
            group.start_soon(lambda: transport.send(request, timeout=1))
        for _ in range(steps):
            await anyio.lowlevel.checkpoint()
        group.cancel_scope.cancel()


@pytest.mark.filterwarnings(*LEFT_TO_THE_COLLECTOR)
def test_cancelled_requests_take_no_places(serve: Serve, never: threading.Event) -> None:
    """However many requests are cancelled, at whatever point, the next one is sent."""
    stalled, sound = a_request(serve(lambda _: never.wait())), a_request(serve(answer_with(b"ok")))

    async def main() -> None:
        transport = AsyncHttpxTransport()
        for steps in range(25):
            await cancelled(transport, stalled, senders=5, steps=steps)
        assert (await transport.send(sound, timeout=10)).content == b"ok"
        assert len(transport._own.pools[None, False]._pool.connections) == 1
        await transport.aclose()

    anyio.run(main)


def test_cancellation_spares_the_others(serve: Serve, never: threading.Event) -> None:
    """A cancelled request does not disturb one that is in flight at the same time."""
    go = threading.Event()
    slow = a_request(serve(lambda peer: go.wait(1) and answer_with(b"slow")(peer)))
    stalled = a_request(serve(lambda _: never.wait()))

    async def main() -> None:
        transport = AsyncHttpxTransport()
        answers: list[bytes] = []

        async def send() -> None:
            answers.append((await transport.send(slow, timeout=10)).content)

        async with anyio.create_task_group() as group:
            group.start_soon(send)
            await cancelled(transport, stalled, senders=3, steps=12)
            go.set()
        assert answers == [b"slow"]
        await transport.aclose()

    anyio.run(main)


def test_aclose_works_in_a_cancelled_task(serve: Serve) -> None:
    """A task that is being cancelled can still close its transport."""
    request = a_request(serve(answer_with(b"ok")))

    async def main() -> None:
        transport = AsyncHttpxTransport()
        await transport.send(request, timeout=10)
        (pool,) = transport._own.pools.values()
        with anyio.CancelScope() as scope:
            scope.cancel()
            await transport.aclose()
        assert pool._pool.connections == []

    anyio.run(main)
