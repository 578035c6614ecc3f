"""Arguments that constructors reject, and the messages: a mistake shows at once, not in production."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import httpx
import pytest

from lp_engagement import AsyncEngagementClient, EngagementClient, RetryPolicy
from lp_engagement.errors import ConfigurationError, ServerError
from lp_engagement.simulator import Fault, Simulator
from lp_engagement.stores import AsyncRedisStore, MemoryStore
from lp_engagement.transports import AsyncHttpxTransport, HttpxTransport
from tests.both import ACCOUNT, BASE_URL, KINDS, Maker
from tests.helpers import PAUSES, FakeClock

if TYPE_CHECKING:
    from collections.abc import Iterator

CLIENTS = (EngagementClient, AsyncEngagementClient)


@pytest.fixture(params=KINDS)
def maker(request: pytest.FixtureRequest) -> Iterator[Maker]:
    """Makes sync clients once, and async ones once."""
    with Maker(request.param) as maker:
        yield maker


def refusal(client: Any, **arguments: Any) -> str:
    """Return the words with which a constructor refuses its arguments."""
    with pytest.raises(ConfigurationError) as caught:
        client(**{"account_id": ACCOUNT, "base_url": BASE_URL, "store": "memory://", **arguments})
    return str(caught.value)


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize(
    "name, value, words",
    [
        ("retry", "3", "retry must be a number of retries or a RetryPolicy, not str"),
        ("retry", 1.5, "not float"),
        ("retry", True, "not bool"),
        ("retry", -1, "a number from 0 to 100"),
        ("retry", 101, "a number from 0 to 100"),
        ("retry", RetryPolicy, "not RetryPolicy"),
        ("store", Path("visits.db"), "store must be a visit store or its URL, not PosixPath"),
        ("store", {}, "not dict"),
        ("store", MemoryStore, "not MemoryStore"),
        ("hooks", print, "hooks=[hook]"),
        ("hooks", "print", "hooks must be a list of callables"),
        ("hooks", 5, "hooks must be a list of callables"),
        ("hooks", [None], "hooks must be a list of callables"),
        ("transport", httpx.Client(), "HttpxTransport(client=...)"),
        ("transport", httpx.AsyncClient(), "HttpxTransport(client=...)"),
        ("transport", HttpxTransport, "has not"),
        ("transport", object(), "send(request, *, timeout)"),
        ("base_url", httpx.URL("https://host"), "base_url must be a string, not URL"),
        ("base_url", b"https://host", "base_url must be a string, not bytes"),
        ("base_url", "", "base_url is empty"),
        ("base_url", "http://[::1].evil", "Write https://host"),
        ("base_url", "http://[::1]evil", "Write https://host"),
        ("base_url", "https://" + "a." * 2**19 + "example", "a scheme, a host and a port only"),
        ("app_type", "external", "app_type must be one of MSDK, EXTERNAL"),
        ("app_type", "IVR", "app_type must be one of"),
        ("app_type", None, "app_type must be one of"),
        ("timeout", timedelta(seconds=1), "timeout must be a positive number of seconds"),
        ("timeout", 10**9, "timeout must be a positive number of seconds"),
        ("clock", 5, "clock must have time(), monotonic() and sleep(seconds), and int does not"),
    ],
)
def test_wrong_kind(client: Any, name: str, value: Any, words: str) -> None:
    """Neither client takes an argument of the wrong kind; the message names it and what to write."""
    assert words in refusal(client, **{name: value})


def test_clock_of_the_other_client() -> None:
    """A clock whose `sleep` is awaited is for the async client only, and one that blocks for the sync client only."""
    assert "AsyncFakeClock is for AsyncEngagementClient" in refusal(EngagementClient, clock=FakeClock().for_async)
    assert "FakeClock is for EngagementClient" in refusal(AsyncEngagementClient, clock=FakeClock())


@pytest.mark.parametrize("seconds", [91, 10**8])
def test_long_times(seconds: float) -> None:
    """Time-outs and deadlines of hours are fine."""
    EngagementClient(ACCOUNT, timeout=seconds, deadline=seconds, store="memory://").close()


def test_empty_domain(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty setting that is passed on is refused, an empty variable is none."""
    with pytest.raises(ConfigurationError, match="domain is empty"):
        EngagementClient(ACCOUNT, domain="", store="memory://")
    monkeypatch.setenv("LP_DOMAIN", "")
    EngagementClient(ACCOUNT, store="memory://").close()


@pytest.mark.parametrize("client", CLIENTS)
def test_base_url_from_the_environment(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """`LP_BASE_URL` is checked as the argument is, gives way to arguments, and excludes `LP_DOMAIN`."""
    monkeypatch.setenv("LP_BASE_URL", "http://127.0.0.1:8321")
    assert "http://127.0.0.1:8321" in repr(client(ACCOUNT, store="memory://"))
    assert "https://example.com" in repr(client(ACCOUNT, store="memory://", domain="example.com"))
    monkeypatch.setenv("LP_DOMAIN", "example.com")
    assert "LP_BASE_URL and LP_DOMAIN are both set" in refusal(client, base_url=None)
    monkeypatch.delenv("LP_DOMAIN")
    monkeypatch.setenv("LP_BASE_URL", "http://example.com/a")
    assert "base_url takes a scheme, a host and a port only" in refusal(client, base_url=None)


def test_mixed_parts() -> None:
    """A part for the other client is refused in words; only a store that blocks is good for both."""
    assert "HttpxTransport is for EngagementClient" in refusal(AsyncEngagementClient, transport=HttpxTransport())
    assert "AsyncHttpxTransport is for AsyncEngagementClient" in refusal(
        EngagementClient, transport=AsyncHttpxTransport()
    )
    redis = AsyncRedisStore("redis://127.0.0.1:1/0")
    assert "AsyncRedisStore is for AsyncEngagementClient" in refusal(EngagementClient, store=redis)
    AsyncEngagementClient(ACCOUNT, store=MemoryStore())


@pytest.mark.parametrize(
    "key, words",
    [
        (4711, "must be a string, not int. Pass str(key)"),
        (UUID(int=4711), "must be a string, not UUID. Pass str(key)"),
        (b"4711", "must be a string, not bytes. Pass key.decode()"),
        (4711.5, "must be a string, not float. Pass one that identifies the consumer"),
        (object(), "must be a string, not object. Pass one that identifies the consumer"),
        (None, "is None"),
        ("", "is empty"),
        ("\ud800x", "surrogate"),
    ],
)
@pytest.mark.parametrize("client", CLIENTS)
def test_key_of_a_visit(client: Any, key: Any, words: str) -> None:
    """A key that cannot be one is refused in words that name the fix; none of it hangs on the error."""
    with pytest.raises(ConfigurationError, match=re.escape(words)) as caught:
        client(ACCOUNT, store="memory://").visit(key)
    assert "4711" not in str(caught.value)
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("retries, tries", [(0, 1), (1, 2), (3, 4), (5, 6)])
def test_number_of_retries(maker: Maker, retries: int, tries: int) -> None:
    """A number means that many retries on the documented pauses, the last of which is repeated."""
    simulator = Simulator()
    simulator.script(ACCOUNT, [Fault(503, times=20)])
    client = maker.client(simulator=simulator, retry=retries)
    with pytest.raises(ServerError) as caught:
        client.visit().get_engagement()
    assert len(caught.value.attempts) == tries
    assert maker.clock.slept == [*PAUSES, PAUSES[-1], PAUSES[-1]][:retries]


def test_user_agent_asks_no_metadata(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client needs no metadata of an installed distribution: slim packages and frozen programs have none."""

    def missing(_: str) -> None:
        raise AssertionError("asked for the metadata")

    monkeypatch.setattr("importlib.metadata.version", missing)
    monkeypatch.setattr("importlib.metadata.distribution", missing)
    EngagementClient(ACCOUNT, store="memory://").close()


def test_log_goes_to_one_place(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Where the application writes log lines itself, LP_LOG does not write them a second time."""
    monkeypatch.setenv("LP_LOG", "debug")
    logger = logging.getLogger("lp_engagement")
    # Other tests may have left logging switched off.
    monkeypatch.setattr(logger, "disabled", False)
    monkeypatch.setattr(logger, "propagate", True)
    monkeypatch.setattr(logging.getLogger().manager, "disable", 0)
    level, handlers = logger.level, list(logger.handlers)
    try:
        with EngagementClient(
            ACCOUNT, base_url=BASE_URL, store="memory://", transport=Simulator().transport()
        ) as client:
            client.visit("key").get_engagement()
        assert capsys.readouterr().err == ""
        assert [record.name for record in caplog.records].count("lp_engagement") == 5
    finally:
        logger.setLevel(level)
        logger.handlers[:] = handlers
