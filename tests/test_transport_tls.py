"""The transports over TLS: direct, through proxies, and with what goes wrong after the handshake."""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from lp_engagement._io import certificates
from lp_engagement.errors import ConnectError, TransportError, TransportTimeout
from lp_engagement.transports import HttpRequest, HttpResponse
from tests.test_transport_hostile import ALL, aiohttp_all, whole

if TYPE_CHECKING:
    from pathlib import Path

HOST = "lo.example.test"
NAMES = [x509.DNSName(HOST), x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
Answer = Callable[[ssl.SSLSocket, int], object]


@pytest.fixture(params=ALL)
def send_all(request: pytest.FixtureRequest) -> Callable[..., list[HttpResponse]]:
    """Send by either transport, and on either event loop."""
    chosen: Callable[..., list[HttpResponse]] = request.param
    return chosen


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a certificate that vouches for itself, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(NAMES), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = tmp_path_factory.mktemp("tls") / "certificate.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + pem)
    return path


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Trust the certificate, and no proxy."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    certificates._ssl_context.cache_clear()
    yield
    certificates._ssl_context.cache_clear()


class TlsPeer:
    """A server that speaks TLS, and then whatever a function does for each request."""

    def __init__(self, certificate: Path, answer: Answer) -> None:
        self.answer = answer
        self.connections = 0
        self.requests: list[bytes] = []
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                raw, _ = self._listener.accept()
                self.connections += 1
                threading.Thread(target=self._serve, args=(raw,), daemon=True).start()

    def _serve(self, raw: socket.socket) -> None:
        with suppress(OSError), raw, self._context.wrap_socket(raw, server_side=True) as peer:
            received = b""
            while data := peer.recv(65536):
                received += data
                if received.endswith(b"\r\n\r\n" if received.startswith(b"CONNECT") else b"{}"):
                    self.requests.append(received)
                    received = b""
                    self.answer(peer, len(self.requests) - 1)


@pytest.fixture
def serve(certificate: Path) -> Iterator[Callable[[Answer], TlsPeer]]:
    """Start servers, and stop them at the end."""
    running: list[TlsPeer] = []

    def start(answer: Answer) -> TlsPeer:
        running.append(TlsPeer(certificate, answer))
        return running[-1]

    yield start
    for peer in running:
        peer.close()


def a_request(port: int, host: str = "127.0.0.1") -> HttpRequest:
    """Make a request."""
    return HttpRequest("POST", f"https://{host}:{port}/", {"Content-Type": "application/json"}, b"{}")


def relay(one: socket.socket, other: socket.socket) -> None:
    """Carry bytes from one to the other."""
    with suppress(OSError):
        while data := one.recv(65536):
            other.sendall(data)


def tunnel_to(port: int) -> Callable[[socket.socket, int], None]:
    """Do what a proxy does for CONNECT: open a way, and carry bytes until the client goes."""

    def answer(peer: socket.socket, _: int) -> None:
        peer.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with socket.create_connection(("127.0.0.1", port)) as target:
            threading.Thread(target=relay, args=(target, peer), daemon=True).start()
            relay(peer, target)

    return answer


@pytest.mark.usefixtures("trusted")
def test_answers_over_tls(send_all: Callable[..., list[HttpResponse]], serve: Callable[[Answer], TlsPeer]) -> None:
    """Answers of any size come over TLS, and share a connection."""
    large = bytes(500_000)
    peer = serve(lambda peer, _: peer.sendall(whole(large)))
    assert [answer.content for answer in send_all([a_request(peer.port)] * 3)] == [large] * 3
    assert peer.connections == 1


@pytest.mark.usefixtures("trusted")
def test_left_over_bytes_over_tls(
    send_all: Callable[..., list[HttpResponse]], serve: Callable[[Answer], TlsPeer]
) -> None:
    """More than the answer, be it in the same record or in the next, spoils the connection over TLS too."""

    def answer(peer: ssl.SSLSocket, number: int) -> None:
        if number == 0:
            peer.sendall(whole(b'"A"') + whole(b'"X"'))
        elif number == 1:
            # More than a record holds. What is no HTTP at all, aiohttp refuses together with the answer.
            raw = whole(b'"B"') + (whole(bytes(20_000)) if send_all is aiohttp_all else bytes(20_000))
            peer.sendall(raw)
        else:
            peer.sendall(whole(b'"C"'))

    peer = serve(answer)
    assert [answer.content for answer in send_all([a_request(peer.port)] * 3)] == [b'"A"', b'"B"', b'"C"']
    assert peer.connections == 3


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("garbage", [b"HTTP/1.1 502 Bad Gateway\r\n\r\n", b"\x17\x03\x03\x00\x20" + bytes(32)])
def test_fault_after_the_handshake(
    send_all: Callable[..., list[HttpResponse]], serve: Callable[[Answer], TlsPeer], garbage: bytes
) -> None:
    """Plain text or a damaged record inside of TLS is a TransportError, for sync and async alike."""

    def answer(peer: ssl.SSLSocket, _: int) -> None:
        with socket.socket(fileno=os.dup(peer.fileno())) as raw:
            raw.sendall(garbage)

    peer = serve(answer)
    with pytest.raises(TransportError, match="broke off") as caught:
        send_all([a_request(peer.port)])
    assert (type(caught.value), caught.value.maybe_sent) == (TransportError, True)


@pytest.mark.usefixtures("trusted")
def test_handshake_that_hangs(send_all: Callable[..., list[HttpResponse]]) -> None:
    """A server that never answers the handshake has seen no request."""
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(ConnectError, match="in time") as caught:
        send_all([a_request(listener.getsockname()[1])], timeout=0.2)
    assert not caught.value.maybe_sent


@pytest.mark.usefixtures("trusted")
def test_server_that_never_answers_over_tls(
    send_all: Callable[..., list[HttpResponse]], serve: Callable[[Answer], TlsPeer]
) -> None:
    """A server that takes the request over TLS and never answers may have acted upon it."""
    go = threading.Event()
    peer = serve(lambda *_: go.wait(20))
    with pytest.raises(TransportTimeout) as caught:
        send_all([a_request(peer.port)], timeout=0.5)
    go.set()
    assert caught.value.maybe_sent


def test_unknown_certificate(send_all: Callable[..., list[HttpResponse]], serve: Callable[[Answer], TlsPeer]) -> None:
    """A certificate that nobody vouches for is refused, and no retry helps."""
    certificates._ssl_context.cache_clear()
    peer = serve(lambda peer, _: peer.sendall(whole(b"ok")))
    with pytest.raises(ConnectError, match=r"could not be verified: [^.]+\.$") as caught:
        send_all([a_request(peer.port)])
    assert (caught.value.retryable, peer.requests) == (False, [])


@pytest.mark.usefixtures("trusted")
def test_proxy_that_is_reached_in_plain(
    send_all: Callable[..., list[HttpResponse]],
    serve: Callable[[Answer], TlsPeer],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """TLS goes through the tunnel of a proxy, end to end."""
    from tests.test_transport_hostile import Peer

    peer = serve(lambda peer, _: peer.sendall(whole(b"ok")))
    proxy = Peer(tunnel_to(peer.port))
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    try:
        answers = send_all([a_request(443, HOST)] * 2)
    finally:
        proxy.close()
    assert [answer.content for answer in answers] == [b"ok", b"ok"]
    assert (peer.connections, len(proxy.requests)) == (1, 1)


@pytest.mark.usefixtures("trusted")
def test_proxy_that_is_reached_by_tls(
    send_all: Callable[..., list[HttpResponse]],
    serve: Callable[[Answer], TlsPeer],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A proxy that is itself reached by TLS works, and its certificate is verified by the same rules."""
    peer = serve(lambda peer, _: peer.sendall(whole(bytes(100_000))))
    proxy = serve(tunnel_to(peer.port))
    monkeypatch.setenv("HTTPS_PROXY", f"https://localhost:{proxy.port}")
    assert [len(answer.content) for answer in send_all([a_request(443, HOST)] * 2)] == [100_000] * 2
    assert (peer.connections, proxy.connections) == (1, 1)
