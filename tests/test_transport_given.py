"""Transports that are given a client of httpx, and what the libraries log."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import httpx
import httpx2
import pytest

from lp_engagement.errors import ConfigurationError, TransportError, TransportTimeout, UnexpectedResponseError
from lp_engagement.transports import MAX_RESPONSE_BYTES, AsyncHttpxTransport, HttpRequest, HttpResponse, HttpxTransport
from tests.test_transport_hostile import Peer, drip, whole

URL = "https://lo.example.test/visitors/a%2Fb?sid=1%202&v=1.0"
Handler = Callable[[httpx.Request], httpx.Response]
Send = Callable[..., HttpResponse]


def by_sync(request: HttpRequest, **options: Any) -> HttpResponse:
    """Send with a given sync client."""
    with httpx.Client(**options) as client:
        return HttpxTransport(client=client).send(request, timeout=5)


def by_async(request: HttpRequest, *, event_hooks: dict[str, list[Any]] | None = None, **options: Any) -> HttpResponse:
    """Send with a given async client, whose hooks are async."""

    def awaited(hook: Callable[[Any], Any]) -> Callable[[Any], Any]:
        async def call(argument: Any) -> None:
            if hook is httpx.Response.read:
                await argument.aread()
            else:
                hook(argument)

        return call

    hooks = {name: [awaited(hook) for hook in found] for name, found in (event_hooks or {}).items()}

    async def main() -> HttpResponse:
        async with httpx.AsyncClient(event_hooks=hooks, **options) as client:
            return await AsyncHttpxTransport(client=client).send(request, timeout=5)

    return asyncio.run(main())


@pytest.fixture(params=[by_sync, by_async])
def send(request: pytest.FixtureRequest) -> Send:
    """Send with a given client of either kind."""
    chosen: Send = request.param
    return chosen


def test_given_client_keeps_what_it_adds(send: Send) -> None:
    """Headers, query parameters, authentication and hooks of a given client are kept; ours win; no cookie is sent."""
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"ok": True})

    hooked: list[str] = []
    answer = send(
        HttpRequest("POST", URL, {"User-Agent": "ours", "Content-Type": "application/json"}, b"{}"),
        transport=httpx.MockTransport(handler),
        headers={"X-Gateway": "abc", "User-Agent": "theirs"},
        params={"tenant": "a b", "sid": "theirs"},
        auth=("user", "word"),
        cookies={"id": "1"},
        event_hooks={"request": [lambda request: hooked.append(request.method)]},
    )
    assert answer.content == b'{"ok":true}'
    assert seen[0].url.raw_path == b"/visitors/a%2Fb?sid=1%202&v=1.0&tenant=a+b"
    headers = seen[0].headers
    assert (headers["x-gateway"], headers["user-agent"], headers["accept-encoding"]) == ("abc", "ours", "identity")
    assert headers["authorization"].startswith("Basic ")
    assert "cookie" not in headers
    assert hooked == ["POST"]


def test_mocked_answers_of_any_kind(send: Send) -> None:
    """Mocked answers are read whether they are bytes, JSON, text, compressed or a stream."""
    import gzip

    answers = {
        b'{"a":1}': httpx.Response(200, json={"a": 1}),
        b"text": httpx.Response(200, text="text"),
        b"packed": httpx.Response(200, content=gzip.compress(b"packed"), headers={"content-encoding": "gzip"}),
        b"": httpx.Response(204),
    }
    for content, response in answers.items():
        request = HttpRequest("GET", URL, {})
        answer = send(request, transport=httpx.MockTransport(lambda _, response=response: response))
        assert answer.content == content


def test_mocked_answer_that_is_too_large(send: Send) -> None:
    """The limit of an answer's size holds for mocks too."""
    response = httpx.Response(200, content=bytes(MAX_RESPONSE_BYTES + 1))
    with pytest.raises(UnexpectedResponseError, match="more than 1048576 bytes") as caught:
        send(HttpRequest("GET", URL, {}), transport=httpx.MockTransport(lambda _: response))
    assert caught.value.status == 200


def test_hook_may_read_the_answer(send: Send) -> None:
    """An event hook that reads the answer, as for a log, does not keep us from reading it."""
    peer = Peer(lambda peer, _: peer.sendall(whole(b"ok")))
    try:
        answer = send(HttpRequest("GET", peer.url, {}), event_hooks={"response": [httpx.Response.read]})
    finally:
        peer.close()
    assert answer.content == b"ok"


@pytest.mark.parametrize(
    "raised, kind",
    [
        (OSError("broken"), TransportError),
        (EOFError(), TransportError),
        (TimeoutError(), TransportTimeout),
        (httpx.StreamConsumed(), UnexpectedResponseError),
    ],
)
def test_what_a_transport_raises_is_ours(send: Send, raised: Exception, kind: type[Exception]) -> None:
    """An exception of a given transport becomes our error, with `maybe_sent` set."""

    def fail(_: httpx.Request) -> httpx.Response:
        raise raised

    with pytest.raises(kind) as caught:
        send(HttpRequest("GET", URL, {}), transport=httpx.MockTransport(fail))
    assert getattr(caught.value, "maybe_sent", True)


def test_given_client_has_the_deadline(send: Send) -> None:
    """A server that drips cannot stretch the time-out of a given client either."""
    peer = Peer(lambda peer, _: drip(peer))
    try:
        with pytest.raises(TransportTimeout):
            send_within(send, peer.url)
    finally:
        peer.close()


def send_within(send: Send, url: str) -> None:
    """Send with little time."""
    if send is by_sync:
        with httpx.Client() as client:
            HttpxTransport(client=client).send(HttpRequest("GET", url, {}), timeout=0.2)
    else:

        async def main() -> None:
            async with httpx.AsyncClient() as client:
                await AsyncHttpxTransport(client=client).send(HttpRequest("GET", url, {}), timeout=0.2)

        asyncio.run(main())


def test_client_keeps_working_elsewhere() -> None:
    """A given client still serves the rest of the program, with its own time-outs and errors."""
    peer = Peer(lambda peer, number: peer.sendall(whole(b"ok")) if number < 3 else None)
    with httpx.Client(timeout=0.2) as client:
        transport = HttpxTransport(client=client)
        assert client.get(peer.url).content == b"ok"
        assert transport.send(HttpRequest("GET", peer.url, {}), timeout=5).content == b"ok"
        assert client.get(peer.url, timeout=None).content == b"ok"
        with pytest.raises(httpx.ReadTimeout):
            client.get(peer.url)
    peer.close()
    assert peer.connections == 1


@pytest.mark.parametrize(
    "transport, client, message",
    [
        (HttpxTransport, httpx.AsyncClient, r"^client must be an httpx\.Client, not httpx\.AsyncClient\.$"),
        (AsyncHttpxTransport, httpx.Client, r"^client must be an httpx\.AsyncClient, not httpx\.Client\.$"),
        (HttpxTransport, httpx2.Client, r"^client must be an httpx\.Client, not httpx2\.Client\.$"),
        (AsyncHttpxTransport, httpx2.AsyncClient, r"^client must be an httpx\.AsyncClient, not httpx2\.AsyncClient\.$"),
        (HttpxTransport, dict, r"^client must be an httpx\.Client, not builtins\.dict\.$"),
    ],
)
def test_wrong_client_is_refused(transport: Any, client: Any, message: str) -> None:
    """A client of the other kind, of another library, or none at all is refused by the constructor."""
    with pytest.raises(ConfigurationError, match=message):
        transport(client=client())


def test_log_shows_nothing_of_the_server(send: Send, caplog: pytest.LogCaptureFixture) -> None:
    """Log lines of the libraries show neither headers nor the reason phrase of an answer, at any level."""
    caplog.set_level(logging.DEBUG)
    head = "HTTP/1.1 302 secret-reason\r\nLocation: http://x/secret-visitor\r\nContent-Length: 0\r\n\r\n"
    peer = Peer(lambda peer, _: peer.sendall(head.encode()))
    assert send(HttpRequest("GET", peer.url + "secret-path", {})).status == 302
    bad = Peer(lambda peer, _: peer.sendall(b"HTTP/9.9 secret-line\r\n\r\n"))
    with pytest.raises(TransportError):
        send(HttpRequest("GET", bad.url, {}))
    peer.close()
    bad.close()
    assert "receive_response_headers.complete" in caplog.text
    assert '"HTTP/1.1 302 "' in caplog.text
    assert "secret" not in caplog.text


def test_log_of_others_is_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    """Requests that are not ours are logged by httpx as ever."""
    caplog.set_level(logging.INFO)
    peer = Peer(lambda peer, _: peer.sendall(whole(b"", "200 Very Well")))
    with httpx.Client() as client:
        HttpxTransport(client=client).send(HttpRequest("GET", peer.url, {}), timeout=5)
        client.get(peer.url)
    peer.close()
    assert caplog.text.count("Very Well") == 1
