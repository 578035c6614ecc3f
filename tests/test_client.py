"""The two clients: signatures, configuration, domain look-up, hooks, sharing, closing, and what payloads become."""

from __future__ import annotations

import asyncio
import errno
import gc
import inspect
import json
import logging
import math
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import anyio
import anyio.to_thread
import httpx
import pytest
import respx

import lp_engagement
from lp_engagement import AsyncEngagementClient, AsyncVisit, CallEvent, EngagementClient, RetryPolicy, Visit, sde
from lp_engagement._core import checks
from lp_engagement._io import httpx_pools, httpx_transport
from lp_engagement.errors import (
    AccountLoadingError,
    ConfigurationError,
    EngagementError,
    PayloadError,
    StoreError,
    UnexpectedResponseError,
)
from lp_engagement.simulator import Campaign, Fault, Simulator
from lp_engagement.stores import MemoryStore, SQLiteStore
from lp_engagement.transports import AsyncHttpxTransport, HttpResponse, HttpxTransport
from lp_engagement_client import models
from tests.both import ACCOUNT, BASE_URL, KINDS, Answering, AsyncAnswering, Maker
from tests.helpers import PAUSES, AsyncFakeClock, FakeClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lp_engagement import HttpRequest

IDS = {"sessionId": "abc", "visitorId": "xyz", "pageId": "1"}


@pytest.fixture(params=KINDS)
def maker(request: pytest.FixtureRequest) -> Iterator[Maker]:
    """Makes sync clients once, and async ones once."""
    with Maker(request.param) as maker:
        yield maker


def answered(**body: Any) -> HttpResponse:
    """A success, with these fields."""
    return HttpResponse(200, {}, json.dumps({"status": "NotAvailable", **IDS, **body}).encode())


# ---------------------------------------------------------------------------------------------------- signatures


def parameters(function: Any) -> list[tuple[str, Any, Any]]:
    """Name, kind and default of each parameter."""
    return [(each.name, each.kind, each.default) for each in inspect.signature(function).parameters.values()]


def written(function: Any) -> dict[str, str]:
    """The annotation of each parameter and of the result, as it is written."""
    return {name: str(each) for name, each in inspect.get_annotations(function).items()}


def public(cls: type) -> dict[str, Any]:
    """The public attributes that a class defines."""
    return {name: each for name, each in vars(cls).items() if not name.startswith("_")}


def test_constructors_are_equal() -> None:
    """Both constructors take the same, but for the types of what is awaited."""
    assert parameters(EngagementClient.__init__) == parameters(AsyncEngagementClient.__init__)
    one, other = written(EngagementClient.__init__), written(AsyncEngagementClient.__init__)
    assert {name for name in one if one[name] != other[name]} == {"store", "transport", "clock"}
    assert other["transport"] == f"Async{one['transport']}"
    assert other["clock"] == f"Async{one['clock']}"


@pytest.mark.parametrize("one, other", [(EngagementClient, AsyncEngagementClient), (Visit, AsyncVisit)])
def test_public_names_are_equal(one: type, other: type) -> None:
    """Both have the same methods, of the same parameters and result, and no property."""
    twins = public(other)
    if "aclose" in twins:
        twins["close"] = twins.pop("aclose")
    assert public(one).keys() == twins.keys()
    for name, function in public(one).items():
        awaited = twins[name]
        assert inspect.isfunction(function)
        assert inspect.isfunction(awaited)
        assert parameters(function) == parameters(awaited)
        expected = {
            key: each.replace("Visit", "AsyncVisit") if each == "Visit" else each
            for key, each in written(function).items()
        }
        assert written(awaited) == expected
        assert inspect.iscoroutinefunction(awaited) == (name not in {"visit", "with_options"})


def test_public_names_are_documented() -> None:
    """Everything public of the package has a docstring, and its list of names is in order."""
    names = [name for name in lp_engagement.__all__ if not name.isupper()]
    assert names == sorted(names)
    assert all(hasattr(lp_engagement, name) for name in lp_engagement.__all__)
    for name in names:
        member = getattr(lp_engagement, name)
        assert inspect.getdoc(member), name
        for inner, each in public(member).items() if inspect.isclass(member) else ():
            if inspect.isfunction(each) or isinstance(each, property):
                assert inspect.getdoc(each), f"{name}.{inner}"


def test_no_http_library_in_public() -> None:
    """No public signature names a type of the HTTP library, and none takes a second kind of "not given"."""
    for name in lp_engagement.__all__:
        member = getattr(lp_engagement, name)
        for each in [member, *public(member).values()] if inspect.isclass(member) else [member]:
            if callable(each):
                text = " ".join(inspect.get_annotations(each).values() if inspect.isfunction(each) else ())
                assert "httpx" not in text
                assert "Unset" not in text


# ----------------------------------------------------------------------------------------------- configuration


def test_account_from_environment(maker: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    """`LP_ACCOUNT_ID` is the account if none is given, and an argument wins."""
    monkeypatch.setenv("LP_ACCOUNT_ID", "fromenv")
    simulator = Simulator()
    maker.client(None, simulator=simulator).visit().get_engagement()
    maker.client("argument", simulator=simulator).visit().get_engagement()
    assert [entry.parameters["accountId"] for entry in simulator.journal] == ["fromenv", "argument"]


def test_domain_from_environment(maker: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    """`LP_DOMAIN` is the host if none is given; `domain` and `base_url` win."""
    monkeypatch.setenv("LP_DOMAIN", "env.example.com")
    simulator = Simulator()
    maker.client(simulator=simulator, base_url=None).visit().get_engagement()
    maker.client(simulator=simulator, domain="Argument.example.com").visit().get_engagement()
    maker.client(simulator=simulator, base_url="https://url.example.com:8443").visit().get_engagement()
    assert [entry.headers["host"] for entry in simulator.journal] == [
        "env.example.com",
        "argument.example.com",
        "url.example.com:8443",
    ]


def test_store_from_environment(maker: Maker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`LP_VISIT_STORE` is the store if none is given; an argument wins."""
    monkeypatch.setenv("LP_VISIT_STORE", f"sqlite:///{tmp_path / 'env.db'}")
    simulator = Simulator()
    maker.client(simulator=simulator, store="memory://").visit().get_engagement()
    assert not (tmp_path / "env.db").exists()
    maker.client(simulator=simulator, store=None).visit().get_engagement()
    assert (tmp_path / "env.db").exists()


def test_timeout_from_environment(maker: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    """`LP_TIMEOUT` is the time-out if none is given; an argument wins, and ten seconds is what remains."""
    clients = [maker.client()]
    monkeypatch.setenv("LP_TIMEOUT", "2.5")
    clients += [maker.client(), maker.client(timeout=7)]
    assert [client.inner._settings.timeout for client in clients] == [10, 2.5, 7]


@pytest.mark.parametrize("value", ["soon", "nan", "inf", "0", "-1", "1e99"])
def test_timeout_from_environment_must_be_seconds(maker: Maker, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """A time-out in the environment that is none is refused."""
    monkeypatch.setenv("LP_TIMEOUT", value)
    with pytest.raises(ConfigurationError, match=r"(?i)timeout"):
        maker.client()


@pytest.mark.parametrize("name", ["timeout", "deadline"])
@pytest.mark.parametrize("value", [0, -1, math.nan, math.inf, "10", True, 10**9])
def test_seconds_must_be_positive(maker: Maker, name: str, value: Any) -> None:
    """Times that are none are refused by name."""
    with pytest.raises(ConfigurationError, match=name):
        maker.client(**{name: value})


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "a" * 21,
        "1234-5678",
        "12345678/",
        "../etc",
        "..",
        "1234 5678",
        "12345678\n",
        "12345678?v=2",
        "１２３４５６７８",  # noqa: RUF001 - full-width digits
        "12345678\x00",
        12345678,
    ],
)
def test_account_id_is_checked(maker: Maker, value: Any) -> None:
    """An account id that could change the path, or is invalid, is rejected."""
    with pytest.raises(ConfigurationError, match="account"):
        maker.client(value)


@pytest.mark.parametrize(
    "value",
    [
        "http://lp.example.com",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "http://127.0.0.1@lp.example.com",
        "http://10.0.0.1",
        "http://[::ffff:127.0.0.1]",
        "ftp://lp.example.com",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "lp.example.com",
        "//lp.example.com",
        "https://",
        "https:///path",
        "https://user@lp.example.com",
        "https://user:secret@lp.example.com",
        "https://@lp.example.com",
        "https://lp.example.com/path",
        "https://lp.example.com//",
        "https://lp.example.com/..",
        "https://lp.example.com?query",
        "https://lp.example.com?",
        "https://lp.example.com#fragment",
        "https://lp.example.com#",
        "https://lp.example.com\\@evil.example.com",
        "https://lp.example.com\\evil",
        "https://lp.example.com:99999",
        "https://lp.example.com:-1",
        "https://lp.example.com:port",
        "https://lp.example.com:443:443",
        "https://lp.exam ple.com",
        " https://lp.example.com",
        "https://lp.example.com\n",
        "https://lp.exa\tmple.com",
        "https://lp.exam\x00ple.com",
        "\x00https://lp.example.com",
        "https://lp。example.com",
        "https://lp．example.com",  # noqa: RUF001 - a full-width dot
        "https://lp.exämple.com",
        "https://.example.com",
        "https://lp..example.com",
        "https://-lp.example.com",
        "https://lp_.example.com",
        "https://" + "a" * 64 + ".com",
        "https://" + "a." * 130 + "com",
        "https://[::1",
        "https://[lp.example.com]",
        "https://%6cp.example.com",
    ],
)
def test_base_url_is_checked(maker: Maker, value: str) -> None:
    """Whatever could steer a request elsewhere is refused, and plain http to all but loopback hosts."""
    with pytest.raises(ConfigurationError, match=r"base_url|domain") as caught:
        maker.client(base_url=value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "value, used",
    [
        ("https://lp.example.com", "https://lp.example.com"),
        ("https://LP.Example.COM/", "https://lp.example.com"),
        ("https://lp.example.com:8443", "https://lp.example.com:8443"),
        ("https://192.0.2.1", "https://192.0.2.1"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://127.8.9.1", "http://127.8.9.1"),
        ("http://localhost:80/", "http://localhost:80"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_base_url_is_accepted(value: str, used: str) -> None:
    """Scheme, host and port are kept, in one form; plain http goes to loopback hosts."""
    assert checks.base_url(value) == used


@pytest.mark.parametrize(
    "value",
    [
        "https://lp.example.com",
        "lp.example.com:8443",
        "lp.example.com/",
        "user@lp.example.com",
        "lp.example.com\n",
        "lp example.com",
        "lp\\.example.com",
        "..",
        ".",
        "lp。example.com",
        "[::1]",
        "lp.example.com?x",
        5,
    ],
)
def test_domain_is_checked(maker: Maker, value: Any) -> None:
    """A domain is a host name and nothing else."""
    with pytest.raises(ConfigurationError, match="domain"):
        maker.client(domain=value)


def test_base_url_and_domain_exclude_each_other(maker: Maker) -> None:
    """Both at once are refused."""
    with pytest.raises(ConfigurationError, match="base_url or domain"):
        maker.client(domain="lp.example.com", base_url=BASE_URL)


@pytest.mark.parametrize("value", ["", "a\r\nX-Evil: 1", "a" * 65, "ä", " a", "a ", "\x7f", 5])
def test_application_id_is_checked(maker: Maker, value: Any) -> None:
    """A value that cannot be sent in a header is rejected."""
    with pytest.raises(ConfigurationError, match="application_id"):
        maker.client(application_id=value)


def test_application_id_is_sent(maker: Maker) -> None:
    """The application's name stands before ours in the User-Agent."""
    simulator = Simulator()
    maker.client(simulator=simulator, application_id="my-app/1.2").visit().get_engagement()
    ours = f"lp-engagement/{lp_engagement.__version__}"
    assert simulator.journal.last().headers["user-agent"] == f"my-app/1.2 {ours}"


@pytest.mark.parametrize("value", ["", None, 5, b"bytes", "\ud800"])
def test_key_is_checked(maker: Maker, value: Any) -> None:
    """The key of a visit must be a string that can be stored."""
    client = maker.client()
    with pytest.raises(ConfigurationError, match="key"):
        client.visit(value)


def test_events_errors_and_logs_name_what_was_sent(maker: Maker, caplog: pytest.LogCaptureFixture) -> None:
    """A first call that goes on with the visitor id of a failed answer is named `resumeSession` from there on."""
    simulator, events = Simulator(cold=9), list[CallEvent]()
    visit = maker.client(simulator=simulator, hooks=[events.append]).visit()
    with caplog.at_level("DEBUG", "lp_engagement"), pytest.raises(AccountLoadingError) as caught:
        visit.get_engagement()
    sent = [entry.operation for entry in simulator.journal]
    assert sent == ["createSession", *["resumeSession"] * 3]
    for name in ("sent", "failed"):
        assert [event.operation for event in events if event.name == name] == sent
        assert [line.split()[0] for line in caplog.messages if line.split()[1] == name] == sent
    assert [event.operation for event in events if event.name == "retry"] == sent[:3]
    assert caught.value.operation == "resumeSession"
    assert str(caught.value).startswith("resumeSession was answered with HTTP 500")


def test_key_belongs_to_an_account(maker: Maker) -> None:
    """The same key in two accounts is two visits, even in one store."""
    simulator, store = Simulator(), MemoryStore()
    for account in ("1234", "12345678"):
        maker.client(account, simulator=simulator, store=store).visit("same").get_engagement()
    assert [entry.operation for entry in simulator.journal] == ["createSession", "createSession"]


@pytest.mark.parametrize("value", ["mongodb://x:secret@host", "memory:", "sqlite:///", "nothing"])
def test_store_url_is_checked(maker: Maker, value: str) -> None:
    """A store that is not known is refused, without showing the URL."""
    with pytest.raises(ConfigurationError) as caught:
        maker.client(store=value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("pauses", [(-1.0,), (math.nan,), (math.inf,), ("5",)])
def test_pauses_are_checked(pauses: Any) -> None:
    """A policy whose pauses are no times is refused when it is made, not in the middle of a call."""
    with pytest.raises(ConfigurationError):
        RetryPolicy(pauses=pauses)


# --------------------------------------------------------------------------------------------- no I/O, and closing


def test_constructor_does_nothing(maker: Maker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither a client nor a visit touches a file before the first call; the default store is made private then."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    threads = threading.active_count()
    visit = maker.client(simulator=Simulator(), store=None).visit()
    assert list(tmp_path.rglob("*")) == [tmp_path / "state"] * (tmp_path / "state").exists()
    assert threading.active_count() == threads
    visit.get_engagement()
    (database,) = tmp_path.rglob("visits.db")
    assert database.stat().st_mode & 0o777 == 0o600


def test_client_closes_what_it_owns(maker: Maker, tmp_path: Path) -> None:
    """A store that the client made from a URL, and its own transport, are closed with it."""
    client = maker.client(store=f"sqlite:///{tmp_path / 'v.db'}")
    store, transport = client.inner._store, client.inner._transport
    client.close()
    client.close()
    with pytest.raises(RuntimeError, match="closed"):
        store.load("key")
    assert isinstance(transport, HttpxTransport | AsyncHttpxTransport)
    assert transport._closed


def test_client_leaves_open_what_it_was_given(maker: Maker) -> None:
    """A store and a transport that were handed in are left open."""
    store = MemoryStore()
    client = maker.client(store=store, answer=lambda _: answered())
    transport = client.inner._transport
    client.close()
    assert isinstance(transport, Answering | AsyncAnswering)
    assert not transport.closed
    assert store.load("key") is None


def test_context_managers() -> None:
    """`with` and `async with` give the client and close it."""
    with EngagementClient(ACCOUNT, store="memory://") as client:
        assert isinstance(client, EngagementClient)
    with pytest.raises(RuntimeError, match="closed"):
        client.visit("key").get_engagement()

    async def use() -> AsyncEngagementClient:
        async with AsyncEngagementClient(ACCOUNT, store="memory://") as client:
            return client

    closed = asyncio.run(use())
    with pytest.raises(RuntimeError, match="closed"):
        asyncio.run(closed.visit("key").get_engagement())


def test_leaving_by_an_error(maker: Maker) -> None:
    """An error inside `with` goes through, and the client is closed."""
    client = maker.client().inner
    with pytest.raises(ZeroDivisionError):
        _fail_inside(client) if isinstance(client, EngagementClient) else maker.run(_afail_inside(client))
    with pytest.raises(RuntimeError, match="closed"):
        client._store.load("key")


def _fail_inside(client: EngagementClient) -> None:
    with client:
        raise ZeroDivisionError


async def _afail_inside(client: AsyncEngagementClient) -> None:
    async with client:
        raise ZeroDivisionError


# ----------------------------------------------------------------------------------------------------------- hooks


def test_hooks_get_events(maker: Maker) -> None:
    """Each hook is called with each step of a call."""
    simulator = Simulator(cold=1)
    events: list[CallEvent] = []
    more: list[CallEvent] = []
    visit = maker.client(simulator=simulator, hooks=[events.append, more.append]).visit()
    visit.get_engagement()
    visit.update()
    asked = ["sent", "failed", "visit_saved", "retry", "sent", "answered", "visit_saved"]
    updated = ["sent", "answered", "visit_saved"]
    assert [event.name for event in events] == [
        *("call_started", *asked, "call_ended"),
        *("call_started", *updated, "call_ended"),
    ]
    assert events == more
    assert [event.operation for event in events][4:] == [
        "createSession",
        *["resumeSession"] * 3,
        "get_engagement",
        *("update", *["updateSession"] * 3, "update"),
    ]


def test_raising_hook(maker: Maker, caplog: pytest.LogCaptureFixture) -> None:
    """A hook that raises breaks neither the call nor the hooks after it; its error is logged by its class."""
    events: list[CallEvent] = []

    def bad(event: CallEvent) -> None:
        raise ValueError("text of the application")

    engagement = maker.client(simulator=Simulator(), hooks=[bad, events.append]).visit().get_engagement()
    assert engagement.available
    assert len(events) == 5
    assert "ValueError" in caplog.text
    assert "text of the application" not in caplog.text


# --------------------------------------------------------------------------------------------------------- sharing


@pytest.mark.parametrize("database", [False, True], ids=["memory", "sqlite"])
def test_threads_open_one_visitor(tmp_path: Path, *, database: bool) -> None:
    """Threads that want the same new visit at the same time make one visitor, even of a loading account."""
    simulator = Simulator(cold=1)
    store = SQLiteStore(tmp_path / "visits.db") if database else MemoryStore()
    clock = FakeClock()
    start = threading.Barrier(8)
    client = EngagementClient(ACCOUNT, base_url=BASE_URL, store=store, transport=simulator.transport(), clock=clock)

    def call() -> str:
        start.wait()
        return client.visit("same").get_engagement().visitor_id

    with ThreadPoolExecutor(8) as pool:
        visitors = {future.result() for future in [pool.submit(call) for _ in range(8)]}
    store.close()
    assert len(visitors) == len(simulator.visitors(ACCOUNT)) == 1
    assert [entry.status for entry in simulator.journal.of("createSession")] == [500]


@pytest.mark.anyio
async def test_tasks_open_one_visitor() -> None:
    """Tasks that want the same new visit at the same time make one visitor, even of a loading account."""
    simulator = Simulator(cold=1)
    visitors: set[str] = set()

    async def pause(_: float) -> None:
        await asyncio.sleep(0)

    async with AsyncEngagementClient(
        ACCOUNT,
        base_url=BASE_URL,
        store="memory://",
        transport=simulator.async_transport(),
        clock=AsyncFakeClock(FakeClock(), pause),
    ) as client:

        async def call() -> None:
            visitors.add((await client.visit("same").get_engagement()).visitor_id)

        async with anyio.create_task_group() as group:
            for _ in range(8):
                group.start_soon(call)
    assert len(visitors) == len(simulator.visitors(ACCOUNT)) == 1
    assert [entry.status for entry in simulator.journal.of("createSession")] == [500]


@pytest.mark.anyio
@pytest.mark.parametrize("native", [False, True], ids=["anyio", "asyncio"])
@pytest.mark.parametrize("place", ["request", "pause"])
async def test_cancelled_call_releases_the_lease(place: str, *, native: bool) -> None:
    """A call that is cancelled, in whatever way and wherever it waits, leaves no lease behind."""
    store = MemoryStore()
    waiting = anyio.Event()

    class Slow:
        async def send(self, request: HttpRequest, *, timeout: float) -> HttpResponse:  # noqa: ASYNC109
            if place == "request":
                await stop(0)
            return HttpResponse(503, {}, b"")

        async def aclose(self) -> None:
            pass

    async def stop(_: float) -> None:
        waiting.set()
        await anyio.sleep_forever()

    client = AsyncEngagementClient(
        ACCOUNT, base_url=BASE_URL, store=store, transport=Slow(), clock=AsyncFakeClock(FakeClock(), stop)
    )
    call = client.visit("key").get_engagement
    if native:
        task = asyncio.create_task(call())
        await waiting.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    else:
        async with anyio.create_task_group() as group:
            group.start_soon(call)
            await waiting.wait()
            group.cancel_scope.cancel()
    assert store.acquire(f"{ACCOUNT}:key", "next", lease=1)


@pytest.mark.anyio
async def test_call_that_is_cancelled_while_it_gets_the_lease() -> None:
    """A lease that was granted while the task was being cancelled does not stay behind."""
    asked = threading.Event()
    go_on = threading.Event()
    done = threading.Event()
    released = threading.Event()

    class Slow(MemoryStore):
        def acquire(self, key: str, token: str, *, lease: float) -> bool:
            asked.set()
            assert go_on.wait(10)
            granted = super().acquire(key, token, lease=lease)
            done.set()
            return granted

        def release(self, key: str, token: str) -> None:
            super().release(key, token)
            released.set()

    store = Slow()
    client = AsyncEngagementClient(ACCOUNT, base_url=BASE_URL, store=store, transport=Simulator().async_transport())
    task = asyncio.create_task(client.visit("key").get_engagement())
    await anyio.to_thread.run_sync(asked.wait)
    task.cancel()
    # A release that does not wait for the lease would come now, too early.
    await anyio.to_thread.run_sync(released.wait, 0.02)
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    await anyio.to_thread.run_sync(done.wait)
    assert MemoryStore.acquire(store, f"{ACCOUNT}:key", "next", lease=1)


def test_no_thread_stays_behind() -> None:
    """After a sync call there is no thread more than before, and clients that are let go of leave no warning."""
    threads = threading.active_count()
    EngagementClient(ACCOUNT, base_url=BASE_URL, store="memory://", transport=Simulator().transport()).visit(
        "key"
    ).get_engagement()
    gc.collect()
    assert threading.active_count() <= threads


# -------------------------------------------------------------------------------------------------------- payloads


def sent(maker: Maker, **arguments: Any) -> Any:
    """Return the exact text and the parsed body of the request for these arguments of `get_engagement`."""
    simulator = Simulator()
    maker.client(simulator=simulator).visit().get_engagement(**arguments)
    entry = simulator.journal.last()
    assert entry.status == 200
    return entry


@pytest.mark.parametrize(
    "attribute",
    [
        {"type": "cart", "total": 11.7, "numItems": 1},
        sde.cart(total=11.7, num_items=1),
        models.CartSde(total=11.7, num_items=1),
        MappingProxyType({"type": "cart", "total": 11.7, "numItems": 1}),
        {"type": "cart", "total": Decimal("11.7"), "numItems": 1.0},
    ],
    ids=["dict", "builder", "model", "mapping", "numbers"],
)
def test_attributes_in_every_form(maker: Maker, attribute: Any) -> None:
    """Dicts, builders, models and mappings are accepted alike and arrive alike."""
    expected = b'{"appType":"EXTERNAL","engagementAttributes":[{"type":"cart","total":11.7,"numItems":1}]}'
    content = sent(maker, sdes=(attribute,)).content
    assert json.loads(content) == json.loads(expected)
    assert b'"numItems":1}' in content or b'"numItems":1,' in content


def test_nested_models(maker: Maker) -> None:
    """Models inside dicts, and dicts inside builders, become plain JSON."""
    attribute = {"type": "personal", "personal": models.PersonalInfo(firstname="Sarah", age=models.Age(age=30))}
    assert sent(maker, sdes=[attribute]).body["engagementAttributes"] == [
        {"type": "personal", "personal": {"firstname": "Sarah", "age": {"age": 30}}}
    ]
    assert sent(maker, app_details=models.AppDetails(app_version="1")).body["appDetails"] == {"appVersion": "1"}


def test_None_is_left_out(maker: Maker) -> None:  # noqa: N802
    """`None` leaves a field out; 0, False and "" mean something and are sent."""
    body = sent(
        maker,
        sdes=[
            sde.cart(total=0, num_items=0, currency=None),
            sde.error(resolved=False, message="", code=None, level=0),
        ],
        sections=None,
        app_details=None,
    ).body
    assert body == {
        "appType": "EXTERNAL",
        "engagementAttributes": [
            {"type": "cart", "total": 0, "numItems": 0},
            {"type": "error", "error": {"message": "", "level": 0, "resolved": False}},
        ],
    }


def test_empty_lists_are_sent(maker: Maker) -> None:
    """An empty list is a list, not a missing one."""
    assert sent(maker, sdes=[], sections=[]).body == {
        "appType": "EXTERNAL",
        "consumerSections": [],
        "engagementAttributes": [],
    }


@pytest.mark.parametrize(
    "value, written",
    [
        (30.0, b"30,"),
        (Decimal("30.0"), b"30,"),
        (Decimal("11.70"), b"11.7,"),
        (0.1, b"0.1,"),
        (-0.0, b"0,"),
        (1e15, b"1000000000000000,"),
        (2.0**60, b"1.152921504606847e+18,"),
        (10**30, b"1" + b"0" * 30 + b","),
    ],
)
def test_numbers(maker: Maker, value: Any, written: bytes) -> None:
    """Integers are written as such, and no digit is lost or added."""
    attribute = {"type": "cart", "total": value, "numItems": 1}
    assert b'"total":' + written in sent(maker, sdes=[attribute]).content


@pytest.mark.parametrize(
    "value",
    [math.nan, math.inf, -math.inf, Decimal("NaN"), Decimal("Infinity"), Decimal("sNaN"), Decimal("1e400")],
    ids=str,
)
def test_numbers_that_json_does_not_have(maker: Maker, value: Any) -> None:
    """NaN and infinities are refused where they stand, and nothing is sent."""
    simulator = Simulator()
    visit = maker.client(simulator=simulator).visit()
    for attribute in (sde.cart(total=value, num_items=1), sde.raw({"type": "new", "value": value})):
        with pytest.raises(PayloadError, match="/engagementAttributes/0/"):
            visit.get_engagement(sdes=[attribute])
    assert len(simulator.journal) == 0


@pytest.mark.parametrize(
    "value",
    [{1, 2}, b"bytes", object(), {1: "number as key"}, {None: 1}, iter([1]), 1j],
    ids=lambda each: type(each).__name__,
)
def test_values_that_json_does_not_have(maker: Maker, value: Any) -> None:
    """A value that JSON cannot represent is a problem of the payload, not a TypeError from inside."""
    visit = maker.client(simulator=Simulator()).visit()
    for attribute in ({"type": "lead", "lead": value}, sde.raw({"type": "new", "value": value})):
        with pytest.raises(PayloadError):
            visit.get_engagement(sdes=[attribute])


@pytest.mark.parametrize("value", ["\ud800", "a\udfffb"])
def test_half_a_surrogate_pair(maker: Maker, value: str) -> None:
    """A string that cannot be encoded is a problem of the payload, also in a raw attribute."""
    visit = maker.client(simulator=Simulator()).visit()
    for attribute in (sde.personal(firstname=value), sde.raw({"type": "new", "value": value})):
        with pytest.raises(PayloadError):
            visit.get_engagement(sdes=[attribute])


def test_payload_that_holds_itself(maker: Maker) -> None:
    """A structure without an end is a problem of the payload, not a RecursionError from inside."""
    endless: dict[str, Any] = {"type": "lead"}
    endless["lead"] = endless
    with pytest.raises(PayloadError):
        maker.client(simulator=Simulator()).visit().get_engagement(sdes=[endless])


def test_raw_attribute(maker: Maker) -> None:
    """A raw attribute is sent unchanged, with unknown keys and nulls; the rest of the body is still validated."""
    attribute = {"type": "brandNew", "score": 1.0, "list": [None, {"a": "ü"}], "null": None}
    raw = sde.raw(attribute)
    with respx.mock as router:
        route = router.post(url__startswith=BASE_URL).respond(200, json={"status": "NotAvailable", **IDS})
        visit = maker.client().visit()
        visit.get_engagement(sdes=[raw, sde.lead(topic="a")])
        with pytest.raises(PayloadError) as caught:
            visit.get_engagement(sdes=[raw, {"type": "brandNew"}])
    assert json.loads(route.calls.last.request.content)["engagementAttributes"] == [
        attribute,
        {"type": "lead", "lead": {"topic": "a"}},
    ]
    assert [problem.pointer for problem in caught.value.problems] == ["/engagementAttributes/1/type"]


@pytest.mark.parametrize(
    "attribute",
    [
        {"type": "personal", "personal": {"contacts": {"email": "someone@example.com"}}},
        {"type": "personal", "personal": {"age": 34}},
        {"type": "personal", "personal": []},
        {"type": "cart"},
        {"type": "cart", "total": "1", "numItems": None, "new/key~": 1},
        {"type": "service", "service": {"status": 99}},
        {"type": "ctmrinfo", "info": {"registrationDate": {"day": 31, "month": 2}}},
        {"no": "type"},
        {},
    ],
)
def test_raw_attribute_with_faults(maker: Maker, attribute: dict[str, Any]) -> None:
    """No fault that JSON can carry keeps a raw attribute from being sent as it is."""
    with respx.mock as router:
        route = router.post(url__startswith=BASE_URL).respond(200, json={"status": "NotAvailable", **IDS})
        maker.client().visit().get_engagement(sdes=[sde.raw(attribute)])
    assert json.loads(route.calls.last.request.content)["engagementAttributes"] == [attribute]


def test_arguments_are_not_changed(maker: Maker) -> None:
    """The application's own objects are not changed."""
    attribute = {"type": "cart", "total": 30.0, "numItems": 1.0, "products": [{"product": {"price": Decimal(1)}}]}
    before = repr(attribute)
    sent(maker, sdes=[attribute])
    assert repr(attribute) == before


def test_text_of_the_world(maker: Maker) -> None:
    """Text arrives as UTF-8, whatever it is written in."""
    name = 'Zoë 李 🦊 \u2028 \x00 "\\/'
    entry = sent(maker, sdes=[sde.personal(firstname=name)])
    assert entry.body["engagementAttributes"][0]["personal"]["firstname"] == name
    assert "李".encode() in entry.content


# ----------------------------------------------------------------------------------------------------- engagements


@pytest.mark.parametrize("as_number", [False, True], ids=["text", "number"])
def test_impressions(maker: Maker, *, as_number: bool) -> None:
    """Impressions have the documented names, numeric ids and a string context, whatever the response had."""
    details: dict[str, Any] = {"campaignId": "3346848610", "engagementId": "3562981110", "contextId": "1"}
    if as_number:
        details = {name: int(value) for name, value in details.items()}
    simulator = Simulator(campaigns=[Campaign(details=details)])
    visit = maker.client(simulator=simulator).visit()
    engagement = visit.get_engagement()
    ids = {"campaign": 3346848610, "engId": 3562981110, "revision": 44}
    context = {"eContext": [{"type": "engagementContext", "id": "1"}]}
    impressions = [
        engagement.displayed(),
        engagement.accepted(),
        engagement.expanded(),
        engagement.timed_out(),
        engagement.closed(),
    ]
    assert impressions == [
        {"type": "impDisplay", **ids, **context},
        {"type": "impAccept", **ids, **context},
        {"type": "impExpanded", **ids, "expanded": None, "userInit": None, "actionableItems": None},
        {"type": "impTimeout", **ids},
        {"type": "impClose", **ids},
    ]
    visit.update(impressions=impressions)
    ((session,),) = [visitor.sessions.values() for visitor in simulator.visitors(ACCOUNT)]
    assert session.impressions == impressions


def test_impressions_need_an_engagement(maker: Maker) -> None:
    """Without an engagement, or without an id that the event needs, there is a clear error."""
    none = maker.client(simulator=Simulator(campaigns=[])).visit().get_engagement()
    with pytest.raises(UnexpectedResponseError, match="available"):
        none.displayed()
    no_context = Simulator(campaigns=[Campaign(details={"contextId": None})])
    engagement = maker.client(simulator=no_context).visit().get_engagement()
    with pytest.raises(UnexpectedResponseError, match="contextId"):
        engagement.displayed()
    assert engagement.closed()["type"] == "impClose"


@pytest.mark.parametrize("valid, offset", [(900, 900), (0, 0), (0.5, 0.5)])
def test_expires_at(maker: Maker, valid: float, offset: float) -> None:
    """The offer ends so many seconds after the answer came, as an aware time."""
    simulator = Simulator(campaigns=[Campaign(details={"validForSeconds": valid})])
    engagement = maker.client(simulator=simulator).visit().get_engagement()
    assert engagement.expires_at is not None
    assert engagement.expires_at.tzinfo is not None
    assert engagement.expires_at.timestamp() == maker.clock.time() + offset


@pytest.mark.parametrize("valid", [None, "soon", 1e300, True])
def test_expires_at_unknown(maker: Maker, valid: Any) -> None:
    """Without a usable time there is no end, and no error."""
    simulator = Simulator(campaigns=[Campaign(details={"validForSeconds": valid})])
    engagement = maker.client(simulator=simulator).visit().get_engagement()
    assert (engagement.available, engagement.expires_at) == (True, None)


@pytest.mark.parametrize("status", ["available", "AVAILABLE", " Avail able", "avail_able"])
def test_status_in_odd_case(maker: Maker, status: str) -> None:
    """Case, blanks and underscores make no other status."""
    answer = answered(status=status, engagementDetails={"contextId": "1"})
    engagement = maker.client(answer=lambda _: answer).visit().get_engagement()
    assert (engagement.available, engagement.status) == (True, "Available")


@pytest.mark.parametrize("status", ["not_available", "NOT AVAILABLE", "notAvailable"])
def test_not_available_in_odd_case(maker: Maker, status: str) -> None:
    """Neither is there of the other one."""
    engagement = maker.client(answer=lambda _: answered(status=status)).visit().get_engagement()
    assert (engagement.available, engagement.status) == (False, "NotAvailable")


def test_unknown_status(maker: Maker) -> None:
    """A status of the future is kept, and means that there is none, details or not."""
    answer = answered(status="OnHold", engagementDetails={"contextId": "1"})
    engagement = maker.client(answer=lambda _: answer).visit().get_engagement()
    assert (engagement.status, engagement.available, engagement.details) == ("OnHold", False, None)


@pytest.mark.parametrize("details", [None, {}, [], "none"])
def test_not_available_with_odd_details(maker: Maker, details: Any) -> None:
    """Details that are no object are no details."""
    engagement = maker.client(answer=lambda _: answered(engagementDetails=details)).visit().get_engagement()
    assert (engagement.available, engagement.details) == (False, None)


def test_unknown_fields_are_kept(maker: Maker) -> None:
    """Fields that LivePerson adds are there in `extra`, of the answer and of its details."""
    answer = answered(status="Available", engagementDetails={"contextId": "1", "new": [1]}, future={"a": 1})
    engagement = maker.client(answer=lambda _: answer).visit().get_engagement()
    assert engagement.extra == {"future": {"a": 1}}
    assert engagement.details is not None
    assert engagement.details.additional_properties == {"new": [1]}


# ------------------------------------------------------------------------------------------------- visits as a whole


def test_ids_and_forget(maker: Maker) -> None:
    """The ids are there after the first answer, and gone when the visit is forgotten; the next call is a new one."""
    simulator = Simulator()
    visit = maker.client(simulator=simulator).visit()
    before = visit.ids()
    assert before is None
    engagement = visit.get_engagement()
    ids = visit.ids()
    assert ids is not None
    assert (ids.visitor_id, ids.session_id, ids.page_id) == (
        engagement.visitor_id,
        engagement.session_id,
        engagement.page_id,
    )
    assert engagement.details is not None
    assert (ids.campaign_id, ids.engagement_id, ids.context_id, ids.connector_id) == (
        engagement.details.campaign_id,
        engagement.details.engagement_id,
        engagement.details.context_id,
        engagement.details.connector_id,
    )
    visit.forget()
    visit.forget()
    assert visit.ids() is None
    visit.get_engagement()
    assert len(simulator.visitors(ACCOUNT)) == 2


def test_visits_are_apart(maker: Maker) -> None:
    """Two keys are two visitors, and two visits of one key are one."""
    simulator = Simulator()
    client = maker.client(simulator=simulator)
    for key in ("one", "two", "one"):
        client.visit(key).get_engagement()
    assert len(simulator.visitors(ACCOUNT)) == 2
    assert [entry.operation for entry in simulator.journal] == ["createSession", "createSession", "resumeSession"]


def test_session_that_ended(maker: Maker) -> None:
    """After six hours the server opens a new session for the same visitor, and the visit goes on with it."""
    simulator = Simulator(clock=maker.clock)
    visit = maker.client(simulator=simulator).visit()
    visit.get_engagement()
    maker.clock.advance(6 * 3600)
    assert visit.get_engagement().new_session
    visit.update()
    (visitor,) = simulator.visitors(ACCOUNT)
    assert len(visitor.sessions) == 2


def test_store_that_cannot_be_read(maker: Maker, tmp_path: Path) -> None:
    """A file that is none of ours ends the call before anything is sent, and stays as it was."""
    file = tmp_path / "notes.txt"
    file.write_text("not a database " * 100)
    simulator = Simulator()
    with pytest.raises(StoreError):
        maker.client(simulator=simulator, store=f"sqlite:///{file}").visit().get_engagement()
    assert len(simulator.journal) == 0
    assert file.read_text() == "not a database " * 100


def test_deadline_of_the_client(maker: Maker) -> None:
    """The client's deadline bounds the whole call."""
    simulator = Simulator()
    simulator.script(ACCOUNT, [Fault(503, times=4)])
    with pytest.raises(lp_engagement.errors.DeadlineExceeded):
        maker.client(simulator=simulator, deadline=sum(PAUSES[:2])).visit().get_engagement()
    assert maker.clock.slept == PAUSES[:1]


def test_real_http_to_the_loopback(maker: Maker) -> None:
    """The whole way over a real socket: two calls and an update."""
    simulator = Simulator()
    with simulator.serve() as server:
        visit = maker.client(base_url=server.url).visit()
        engagement = visit.get_engagement(sections=["Support"])
        visit.get_engagement()
        visit.update(impressions=[engagement.displayed()])
    assert [(entry.operation, entry.status) for entry in simulator.journal] == [
        ("createSession", 200),
        ("resumeSession", 200),
        ("updateSession", 200),
    ]


def test_redirects_are_not_followed(maker: Maker) -> None:
    """A redirect is an unexpected answer; the body goes nowhere else."""
    with respx.mock as router:
        route = router.route()
        route.side_effect = [httpx.Response(307, headers={"Location": "https://evil.example.com/"})]
        with pytest.raises(UnexpectedResponseError, match="307"):
            maker.client().visit().get_engagement()
    assert route.call_count == 1


@pytest.fixture
def own_logger() -> Iterator[logging.Logger]:
    """The library's logger, with the handlers and the level that it had before."""
    logger = logging.getLogger("lp_engagement")
    handlers, level = list(logger.handlers), logger.level
    yield logger
    logger.handlers[:] = handlers
    logger.setLevel(level)


def test_log_by_environment(
    maker: Maker, monkeypatch: pytest.MonkeyPatch, own_logger: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    """LP_LOG writes the steps of every call to stderr, once however many clients there are; no id is in them."""
    monkeypatch.setenv("LP_LOG", "debug")
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    maker.client()
    engagement = maker.client(simulator=Simulator()).visit().get_engagement()
    lines = capsys.readouterr().err.splitlines()
    steps = ["call_started", "sent", "answered", "visit_saved", "call_ended"]
    assert [line.split(" DEBUG ")[1].split()[1] for line in lines] == steps
    assert engagement.visitor_id not in str(lines)


def test_log_level_is_checked(maker: Maker, monkeypatch: pytest.MonkeyPatch, own_logger: logging.Logger) -> None:
    """A level that does not exist is named at once."""
    monkeypatch.setenv("LP_LOG", "loud")
    with pytest.raises(ConfigurationError, match="LP_LOG"):
        maker.client()


# ------------------------------------------------------------------------------------ the HTTP library is imported


def test_no_time_out_pays_for_an_import(maker: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    """The HTTP library is imported before an attempt begins; an import that fails is an error of the attempt."""
    steps: list[str] = []

    def load() -> None:
        steps.append("import")
        raise OSError(errno.EMFILE, "too many open files")

    monkeypatch.setattr(httpx_pools, "load", load)
    monkeypatch.setattr(httpx_transport, "load", load)
    client = maker.client(hooks=[lambda event: steps.append(event.name)], retry=0)
    with pytest.raises(EngagementError):
        client.visit("customer-4711").get_engagement()
    assert steps[1:-1] == ["import", "sent", "import", "failed"]
