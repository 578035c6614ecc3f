"""Visits in a mapping of the application: a session, or a signed cookie."""

from __future__ import annotations

import json
from typing import Any

import anyio
import pytest

from lp_engagement import AsyncEngagementClient, EngagementClient
from lp_engagement.errors import ConfigurationError
from lp_engagement.simulator import Simulator
from lp_engagement.stores import MappingStore, VisitRecord


def test_visit_goes_through_a_signed_cookie() -> None:
    """A stored visit survives JSON, as in a cookie, and the application's own entries are left alone."""
    session: dict[str, Any] = {"cart": 3, "lpx": "other"}
    saved = MappingStore(session).save("12345678:a", VisitRecord("v", "s", engagement={"name": "☎"}))
    returned = json.loads(json.dumps(session))
    store = MappingStore(returned)
    assert store.load("12345678:a") == saved
    assert store.purge(before=1e10) == 1
    assert returned == {"cart": 3, "lpx": "other"}


def test_session_that_is_no_mapping_by_its_class() -> None:
    """Django's session has the methods of a mapping without being one; a list has not, and is refused."""

    class Session:
        def __init__(self) -> None:
            self.held: dict[str, Any] = {}
            self.get, self.keys = self.held.get, self.held.keys

        def __getitem__(self, name: str) -> Any:
            return self.held[name]

        def __setitem__(self, name: str, value: Any) -> None:
            self.held[name] = value

        def __delitem__(self, name: str) -> None:
            del self.held[name]

    session: Any = Session()
    store = MappingStore(session)
    saved = store.save("a", VisitRecord("v"))
    assert [*store.items()] == [("a", saved)]
    store.delete("a")
    assert session.held == {}
    unfit: Any = ["a"]
    with pytest.raises(ConfigurationError, match="must be a mutable mapping"):
        MappingStore(unfit)
    with pytest.raises(ConfigurationError, match="prefix of a MappingStore must be"):
        MappingStore({}, prefix="")


def test_both_clients_restore_a_visit_from_a_session() -> None:
    """A visitor that one client stored in a session is restored by a client of another process, sync or async."""
    simulator = Simulator()
    session: dict[str, Any] = {}
    with EngagementClient("12345678", store=MappingStore(session), transport=simulator.transport()) as client:
        first = client.visit("anonymous").get_engagement()

    async def again(session: dict[str, Any]) -> Any:
        store, transport = MappingStore(session), simulator.async_transport()
        async with AsyncEngagementClient("12345678", store=store, transport=transport) as client:
            return await client.visit("anonymous").get_engagement()

    second = anyio.run(again, json.loads(json.dumps(session)))
    assert first.visitor_id
    assert second.visitor_id == first.visitor_id
