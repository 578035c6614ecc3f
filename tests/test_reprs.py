"""The reprs of public objects show their configuration, and nothing of a consumer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lp_engagement import AsyncEngagementClient, EngagementClient, RetryPolicy, sde
from lp_engagement.errors import ConfigurationError
from lp_engagement.simulator import Simulator
from lp_engagement.stores import (
    AsyncEncryptedStore,
    AsyncRedisStore,
    EncryptedStore,
    MemoryStore,
    RedisStore,
    SQLiteStore,
)
from lp_engagement_client.facts import APP_TYPES

URL = "redis://someone:secret@127.0.0.1/0"
FERNET = "c29tZWtleXNvbWVrZXlzb21la2V5c29tZWtleTEyMzQ="
SHOWN = [
    (MemoryStore(lifetime=60), "<MemoryStore, lifetime 60 s>"),
    (SQLiteStore("visits.db", lifetime=None), f"<SQLiteStore {str(Path('visits.db').absolute())!r}, lifetime inf s>"),
    (RedisStore(URL, prefix="shop", lifetime=60), "<RedisStore, prefix 'shop', lifetime 60 s>"),
    (AsyncRedisStore(URL, prefix="shop", lifetime=None), "<AsyncRedisStore, prefix 'shop', no lifetime>"),
    (EncryptedStore(MemoryStore(), FERNET), "<EncryptedStore, MemoryStore>"),
    (AsyncEncryptedStore(AsyncRedisStore(URL), FERNET), "<AsyncEncryptedStore, AsyncRedisStore>"),
    (
        RetryPolicy(retries=2),
        "RetryPolicy(pauses=None, rate_limited=False, unanswered=False, retries=2, jitter=0.0, decide=None)",
    ),
]


@pytest.mark.parametrize("thing, text", [pytest.param(*each, id=type(each[0]).__name__) for each in SHOWN])
def test_configuration_is_shown(thing: object, text: str) -> None:
    """Stores and policies show how they are configured, but neither a password nor a key."""
    assert repr(thing) == text


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_client_and_visit_show_no_ids(kind: str) -> None:
    """A client shows account, app type, host, store and transport; a visit its account, but not its key."""
    simulator = Simulator()
    client: Any
    if kind == "sync":
        client = EngagementClient(
            "12345678", domain="lp.example.com", store="memory://", transport=simulator.transport()
        )
    else:
        client = AsyncEngagementClient("12345678", store="memory://", transport=simulator.async_transport())
    visit = client.visit("someone@example.com")
    prefix, host = ("", "https://lp.example.com") if kind == "sync" else ("Async", "host by look-up")
    assert repr(client) == (
        f"<{prefix}EngagementClient 12345678, EXTERNAL, {host}, MemoryStore, {prefix}SimulatorTransport>"
    )
    assert repr(visit) == f"<{prefix}Visit, account 12345678>"


def test_completion_offers_the_builders() -> None:
    """`dir(sde)`, which completion in a shell asks, has the builders of the spec and `raw`, and nothing else."""
    assert dir(sde) == sorted(sde.__all__)
    assert {"cart", "product", "raw"} < set(dir(sde))
    assert all(callable(getattr(sde, name)) for name in dir(sde))


def test_app_type_is_checked_at_run_time() -> None:
    """An argument that a type checker flags also raises at run time, with the names of the spec's types."""
    wrong: Any = "external"
    with pytest.raises(ConfigurationError, match=", ".join(APP_TYPES)):
        EngagementClient("12345678", app_type=wrong)
