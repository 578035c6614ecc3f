"""The PostgreSQL recipe keeps all promises of a visit store, on a real server."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, LiteralString

import psycopg
import pytest

from examples.recipes.postgres_store import PostgresStore
from lp_engagement import EngagementClient
from lp_engagement.errors import StoreError
from lp_engagement.simulator import Simulator
from lp_engagement.stores import VisitRecord
from lp_engagement.testing.stores import StoreConformance
from tests.helpers import ACCOUNT
from tests.recipes.postgres_server import postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = "canary-of-a-customer"
LIFETIME = 0.3


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server for the tests of this file."""
    with postgres() as url:
        yield url


def execute(url: str, query: LiteralString, *values: Any) -> None:
    """Change the database behind the store's back."""
    with psycopg.connect(url) as connection:
        connection.execute(query, values)


class TestPostgresStore(StoreConformance):
    """The promises."""

    lifetime = LIFETIME

    @pytest.fixture(autouse=True)
    def _empty(self, url: str) -> None:
        self.url = url
        execute(url, "DROP TABLE IF EXISTS lp_visits, lp_leases")

    def make_store(self) -> PostgresStore:
        """An empty store."""
        return PostgresStore(self.url, lifetime=LIFETIME)

    def damage(self, key: str) -> None:
        """Overwrite a record."""
        execute(self.url, "UPDATE lp_visits SET record = %s WHERE key = %s", "{", key.encode())


def test_two_clients_share_a_visit(url: str) -> None:
    """A visit that one process has opened goes on in another, and both can start on an empty database at once."""
    execute(url, "DROP TABLE IF EXISTS lp_visits, lp_leases")
    simulator = Simulator()

    def ask() -> None:
        store = PostgresStore(url)
        with EngagementClient(
            ACCOUNT, base_url="http://127.0.0.1", store=store, transport=simulator.transport()
        ) as client:
            client.visit("customer-4711").get_engagement()
        store.close()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [entry.operation for entry in simulator.journal] == ["createSession"] + ["resumeSession"] * 7


def test_faults_are_store_errors(url: str) -> None:
    """A table that is gone, and a server that is, are store errors which show no key and no id."""
    store = PostgresStore(url)
    store.save(SECRET, VisitRecord(SECRET))
    execute(url, "DROP TABLE lp_visits")
    with pytest.raises(StoreError, match="PostgreSQL reports UndefinedTable") as caught:
        store.save(SECRET, VisitRecord(SECRET))
    assert caught.value.__context__ is None
    store.close()
    nowhere = PostgresStore(f"{url}-nowhere", patience=0.1)
    with pytest.raises(StoreError, match="PostgreSQL reports PoolTimeout") as caught:
        nowhere.load(SECRET)
    assert SECRET not in str(caught.value)
    nowhere.close()
