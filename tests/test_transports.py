"""Transports by name, and around a pool of urllib3 or a session of aiohttp that the application has made."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import aiohttp
import anyio
import httpx
import pytest
import urllib3

from lp_engagement import AsyncEngagementClient, EngagementClient
from lp_engagement.errors import ConfigurationError
from lp_engagement.transports import (
    AiohttpTransport,
    AsyncHttpxTransport,
    HttpRequest,
    HttpResponse,
    HttpxTransport,
    Urllib3Transport,
)
from tests.test_transport_hostile import Peer, whole
from tests.test_transport_tls import certificate  # noqa: F401  # pyright: ignore[reportUnusedImport]  # a fixture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ACCOUNT = "12345678"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what the environment says out of the tests."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name == "LP_TRANSPORT":
            monkeypatch.delenv(name)


@pytest.fixture
def peer() -> Iterator[Peer]:
    """A server that answers everything."""
    server = Peer(lambda connection, _: connection.sendall(whole(b"ok")))
    yield server
    server.close()


def a_request(url: str, **headers: str) -> HttpRequest:
    """Make a request."""
    return HttpRequest("POST", url, {"Content-Type": "application/json", **headers}, b"{}")


# ------------------------------------------------------------------------------------------------ by name


@pytest.mark.parametrize(
    "client, name, kind",
    [
        (EngagementClient, "httpx", HttpxTransport),
        (EngagementClient, "urllib3", Urllib3Transport),
        (AsyncEngagementClient, "httpx", AsyncHttpxTransport),
        (AsyncEngagementClient, "aiohttp", AiohttpTransport),
        (EngagementClient, "fast", Urllib3Transport),
        (AsyncEngagementClient, "fast", AiohttpTransport),
    ],
)
def test_transport_by_name(monkeypatch: pytest.MonkeyPatch, client: Any, name: str, kind: type) -> None:
    """An argument names the library; without one the environment does; an argument wins."""
    assert type(client(ACCOUNT, transport=name, store="memory://")._transport) is kind
    monkeypatch.setenv("LP_TRANSPORT", name)
    assert type(client(ACCOUNT, store="memory://")._transport) is kind
    monkeypatch.setenv("LP_TRANSPORT", "carrier-pigeon")
    assert type(client(ACCOUNT, transport=name, store="memory://")._transport) is kind


@pytest.mark.parametrize(
    "client, name, text",
    [
        (EngagementClient, "requests", "transport must be httpx, urllib3 or fast for EngagementClient"),
        (AsyncEngagementClient, "", "transport must be httpx, aiohttp or fast for AsyncEngagementClient"),
        (
            EngagementClient,
            "aiohttp",
            (
                "transport aiohttp is for AsyncEngagementClient. For EngagementClient, choose httpx, urllib3 or fast. "
                "Both clients take httpx and fast"
            ),
        ),
        (
            AsyncEngagementClient,
            "urllib3",
            (
                "transport urllib3 is for EngagementClient. For AsyncEngagementClient, choose httpx, aiohttp or fast. "
                "Both clients take httpx and fast"
            ),
        ),
    ],
)
def test_unknown_name_is_refused(monkeypatch: pytest.MonkeyPatch, client: Any, name: str, text: str) -> None:
    """A name that is none, or is for the other client, is refused; the message says what is allowed."""
    with pytest.raises(ConfigurationError) as caught:
        client(ACCOUNT, transport=name, store="memory://")
    assert str(caught.value) == text
    if name:
        monkeypatch.setenv("LP_TRANSPORT", name)
        with pytest.raises(ConfigurationError, match=r"^LP_TRANSPORT "):
            client(ACCOUNT, store="memory://")


@pytest.mark.parametrize(
    "client, library, name",
    [(EngagementClient, "urllib3", "Urllib3Transport"), (AsyncEngagementClient, "aiohttp", "AiohttpTransport")],
)
def test_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch, client: Any, library: str, name: str) -> None:
    """Where the library is not installed, the error names the extra that brings it."""
    monkeypatch.delitem(sys.modules, f"lp_engagement._io.{library}_transport")
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(ConfigurationError) as caught:
        client(ACCOUNT, transport=library, store="memory://")
    assert (
        str(caught.value)
        == f"{name} needs {library}, which is not installed. Install the extra `fast` of lp-engagement"
    )
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)


def test_client_closes_the_transport_that_it_has_named(peer: Peer) -> None:
    """A transport that the client made by a name is its own, and closed with it."""
    client = EngagementClient(ACCOUNT, base_url=peer.url.rstrip("/"), transport="urllib3", store="memory://")
    transport: Any = client._transport
    client.close()
    with pytest.raises(RuntimeError, match="is closed"):
        transport.send(a_request(peer.url), timeout=5)


# ------------------------------------------------------------------------------------------------ given ones


def by_pool(request: HttpRequest, **options: Any) -> HttpResponse:
    """Send by the transport around a pool."""
    pool = urllib3.PoolManager(**options)
    transport = Urllib3Transport(pool=pool)
    response = transport.send(request, timeout=5)
    transport.close()
    assert not pool.pools.keys()  # left as it was
    return response


def by_session(request: HttpRequest, headers: dict[str, str] | None = None, **options: Any) -> HttpResponse:
    """Send by the transport around a session."""

    async def main() -> HttpResponse:
        connector = aiohttp.TCPConnector(ssl=options["ssl_context"]) if options else None
        jar = aiohttp.CookieJar(unsafe=True)
        jar.update_cookies({"session": "4711"})
        async with aiohttp.ClientSession(headers=headers, connector=connector, cookie_jar=jar) as session:
            transport = AiohttpTransport(session=session)
            response = await transport.send(request, timeout=5)
            await transport.aclose()
            assert not session.closed
        return response

    return asyncio.run(main())


GIVEN = pytest.mark.parametrize("send", [by_pool, by_session])


@GIVEN
def test_headers_of_a_given_one_are_kept(peer: Peer, send: Callable[..., HttpResponse]) -> None:
    """Its headers are sent too; of the same name, ours win; its cookies are not sent."""
    response = send(a_request(peer.url, **{"X-Ours": "1"}), headers={"X-Gateway": "key", "x-ours": "2"})
    assert response.content == b"ok"
    head = peer.requests[0].lower()
    assert b"x-gateway: key" in head
    assert b"x-ours: 1" in head
    assert b"x-ours: 2" not in head
    assert b"cookie" not in head


@GIVEN
def test_certificates_of_a_given_one_are_kept(
    certificate: Path,  # noqa: F811 - the fixture
    send: Callable[..., HttpResponse],
) -> None:
    """Its authorities verify the server, and its client certificate is shown to it."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate)
    server.load_verify_locations(certificate)
    server.verify_mode = ssl.CERT_REQUIRED
    shown: list[Any] = []

    with _TlsServer(server, shown) as port:
        context = ssl.create_default_context(cafile=certificate)
        context.load_cert_chain(certificate)
        response = send(a_request(f"https://127.0.0.1:{port}/"), ssl_context=context)
    assert response.content == b"ok"
    assert shown[0]["subject"]


class _TlsServer:
    """Answers one request over TLS, and notes the certificate of who asks."""

    def __init__(self, context: ssl.SSLContext, shown: list[Any]) -> None:
        self._context, self._shown = context, shown
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> int:
        self._thread.start()
        port: int = self._listener.getsockname()[1]
        return port

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        self._thread.join(5)

    def _serve(self) -> None:
        with suppress(OSError):
            raw, _ = self._listener.accept()
            with self._context.wrap_socket(raw, server_side=True) as peer:
                received = b""
                while not received.endswith(b"{}"):
                    received += peer.recv(65536)
                self._shown.append(peer.getpeercert())
                peer.sendall(whole(b"ok"))


def test_proxy_of_a_given_pool_is_kept(peer: Peer) -> None:
    """A `ProxyManager` sends through its proxy, with the headers for it."""
    pool = urllib3.ProxyManager(peer.url, proxy_headers={"proxy-authorization": "Basic xyz"})
    transport = Urllib3Transport(pool=pool)
    assert transport.send(a_request("http://lo.example.test/x"), timeout=5).content == b"ok"
    transport.close()
    assert peer.requests[0].startswith(b"POST http://lo.example.test/x HTTP/1.1\r\n")
    assert b"proxy-authorization: basic xyz" in peer.requests[0].lower()


def test_proxy_of_a_given_session_is_kept(peer: Peer) -> None:
    """A session that has a proxy sends through it."""

    async def main() -> bytes:
        async with aiohttp.ClientSession(proxy=peer.url) as session:
            transport = AiohttpTransport(session=session)
            response = await transport.send(a_request("http://lo.example.test/x"), timeout=5)
            await transport.aclose()
            return response.content

    assert asyncio.run(main()) == b"ok"
    assert peer.requests[0].startswith(b"POST http://lo.example.test/x HTTP/1.1\r\n")


def test_other_objects_are_refused() -> None:
    """Pools and sessions of other libraries are refused by name."""
    with pytest.raises(ConfigurationError, match=r"^pool must be a urllib3\.PoolManager .*, not httpx\.Client\.$"):
        Urllib3Transport(pool=httpx.Client())  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match=r"^session must be an aiohttp\.ClientSession, not builtins\.dict\.$"):
        AiohttpTransport(session={})  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------------------ life cycle


def test_threads_share_a_transport_on_urllib3(peer: Peer) -> None:
    """Many threads may send at once, on no more connections than there are threads."""
    transport = Urllib3Transport()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: transport.send(a_request(peer.url), timeout=20).content, range(80)))
    transport.close()
    assert answers == [b"ok"] * 80
    assert peer.connections <= 8


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_child_has_connections_of_its_own(peer: Peer) -> None:
    """After a fork the child opens a connection of its own, and the parent's still works."""
    transport = Urllib3Transport()
    transport.send(a_request(peer.url), timeout=20)
    child = os.fork()
    if not child:
        status = 1
        with suppress(BaseException):
            status = 0 if transport.send(a_request(peer.url), timeout=20).content == b"ok" else 1
            transport.close()
        os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert transport.send(a_request(peer.url), timeout=20).content == b"ok"
    transport.close()
    assert peer.connections == 2


def test_close_is_final_and_may_be_repeated(peer: Peer) -> None:
    """After closing, sending is a clear error; closing again is none."""
    transport = Urllib3Transport()
    transport.close()
    transport.close()
    with pytest.raises(RuntimeError, match="is closed"):
        transport.send(a_request(peer.url), timeout=1)

    async def main() -> None:
        other = AiohttpTransport()
        await other.aclose()
        await other.aclose()
        with pytest.raises(RuntimeError, match="is closed"):
            await other.send(a_request(peer.url), timeout=1)

    asyncio.run(main())


def test_aiohttp_stays_in_its_event_loop(peer: Peer) -> None:
    """A second event loop is refused, and so is trio; both messages say what to do instead."""
    transport = AiohttpTransport()

    async def send() -> None:
        await transport.send(a_request(peer.url), timeout=5)

    with asyncio.Runner() as runner:
        runner.run(send())
        with pytest.raises(RuntimeError, match="Make one client in each event loop"):
            asyncio.run(send())
        runner.run(transport.aclose())

    async def in_trio() -> None:
        with pytest.raises(RuntimeError, match="Use AsyncHttpxTransport in other event loops"):
            await AiohttpTransport().send(a_request(peer.url), timeout=5)

    anyio.run(in_trio, backend="trio")
