"""`lp-engagement visits`: what a store keeps, seen from the shell."""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from lp_engagement.cli.group import group
from lp_engagement.stores import SQLiteStore, VisitRecord, open_store
from tests.redis_server import RedisServer, need_server

if TYPE_CHECKING:
    from pathlib import Path

ACCOUNT = "12345678"
VISITOR, SESSION, PAGE = "visitor-Zk9AbC", "session-Yx8BcD", "4743822558"


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A store with two visits: one from just now with an engagement, one that is older."""
    path = tmp_path / "visits.db"
    store = SQLiteStore(path)
    now = time.time()
    engagement = {"campaignId": "1"}
    store.save(f"{ACCOUNT}:new", VisitRecord(VISITOR, SESSION, PAGE, engagement, now + 900, updated_at=now))
    store.save(f"{ACCOUNT}:old", VisitRecord("other-visitor", None, None, updated_at=now - 7200))
    store.close()
    return f"sqlite:///{path}"


def visits(*arguments: str) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(group, ["visits", *arguments])


def test_list(url: str) -> None:
    """All visits are listed, the latest first, without an id."""
    done = visits("list", "--store", url)
    lines = done.stdout.splitlines()
    assert (done.exit_code, [line.split()[0] for line in lines]) == (0, [f"{ACCOUNT}:new", f"{ACCOUNT}:old"])
    assert "engagement" in lines[0]
    assert not any(secret in done.stdout for secret in (VISITOR, SESSION, PAGE, "other-visitor"))


@pytest.mark.parametrize("command", [("list",), ("show", "new", "--account", ACCOUNT), ("export",)])
def test_ids_are_shown_if_asked(url: str, command: tuple[str, ...]) -> None:
    """Ids are hidden unless --show-ids is given."""
    hidden = visits(*command, "--store", url).stdout
    shown = visits(*command, "--store", url, "--show-ids").stdout
    assert VISITOR not in hidden
    assert VISITOR in shown


def test_show(url: str) -> None:
    """One visit is shown as JSON, with its engagement and times."""
    told = json.loads(visits("show", "new", "--account", ACCOUNT, "--store", url, "--show-ids").stdout)
    assert (told["visitorId"], told["sessionId"], told["pageId"]) == (VISITOR, SESSION, PAGE)
    assert told["engagement"] == {"campaignId": "1"}


def test_show_of_what_is_not_there(url: str) -> None:
    """A key without a visit ends with exit code 1."""
    assert visits("show", "nobody", "--account", ACCOUNT, "--store", url).exit_code == 1


def test_forget(url: str) -> None:
    """A visit that was forgotten is there no more; the others are."""
    assert visits("forget", "new", "--account", ACCOUNT, "--store", url).exit_code == 0
    assert visits("list", "--store", url).stdout.split()[0] == f"{ACCOUNT}:old"


def test_purge(url: str) -> None:
    """Visits whose last response is older than that many hours are deleted and counted."""
    assert visits("purge", "--older-than", "1", "--store", url).stdout == "1 visit deleted.\n"
    assert [line.split()[0] for line in visits("list", "--store", url).stdout.splitlines()] == [f"{ACCOUNT}:new"]


def test_export(url: str) -> None:
    """The export has one JSON object for each visit."""
    lines = visits("export", "--store", url).stdout.splitlines()
    assert {json.loads(line)["key"] for line in lines} == {f"{ACCOUNT}:new", f"{ACCOUNT}:old"}


def test_store_that_cannot_be_read(tmp_path: Path) -> None:
    """A file that is no store is named, left as it is, and ends with exit code 2."""
    path = tmp_path / "notes.txt"
    path.write_text("not a store" * 100)
    done = visits("list", "--store", f"sqlite:///{path}")
    assert (done.exit_code, "notes.txt" in done.stderr) == (2, True)
    assert path.read_text().startswith("not a store")


@pytest.mark.parametrize("command", [("list",), ("export",)])
def test_damaged_visit_does_not_hide_the_others(url: str, command: tuple[str, ...]) -> None:
    """A visit that cannot be read is named on stderr, the others are shown, and the exit code is 1."""
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database, database:
        database.execute("UPDATE visits SET record = 'secret' WHERE key = ?", [f"{ACCOUNT}:old".encode()])
    done = visits(*command, "--store", url)
    assert done.exit_code == 1
    assert f"{ACCOUNT}:new" in done.stdout
    assert f"{ACCOUNT}:old" not in done.stdout
    assert done.stderr.startswith(f"Skipped {ACCOUNT}:old: The visit store ")
    assert "secret" not in done.stderr
    assert visits("purge", "--older-than", "1", "--store", url).stdout == "1 visit deleted.\n"
    assert visits(*command, "--store", url).exit_code == 0


def test_purge_names_what_it_cannot_delete() -> None:
    """A key of another type in Redis does not stop a purge: it is named, left alone, and the exit code is 1."""
    need_server()
    with RedisServer() as server, server.client() as client:
        store = open_store(server.url)
        for number in range(1200):
            store.save(str(number), VisitRecord("v", updated_at=1.0))
        store.close()
        client.hset("lp-engagement:{x}", "a", "1")
        client.set("lp-engagement:{y}", "nonsense")
        listed = visits("list", "--store", server.url)
        assert (listed.exit_code, len(listed.stdout.splitlines())) == (1, 1200)
        assert sorted(line.split(":")[0] for line in listed.stderr.splitlines()) == ["Skipped x", "Skipped y"]
        done = visits("purge", "--older-than", "1", "--store", server.url)
        assert (done.exit_code, done.stdout) == (1, "1201 visits deleted.\n")
        assert done.stderr.startswith("Skipped x: The visit store in Redis has a damaged visit")
        assert client.keys("*") == [b"lp-engagement:{x}"]


def test_keys_and_ids_cannot_act_on_a_terminal(tmp_path: Path) -> None:
    """Control, bidi and line characters of a key are written as escapes: one visit is one line of plain text."""
    store = SQLiteStore(tmp_path / "v.db")
    key = f"{ACCOUNT}:a\x1b[31m\u202e\nforged  a  b  c"
    store.save(key, VisitRecord("v"))
    with closing(sqlite3.connect(store.path)) as database, database:
        database.execute("INSERT INTO visits VALUES (?, 1, 'x', 0.0, 9e18)", [b"bad\x1b[2J\n\xff"])
    store.close()
    done = visits("list", "--store", f"sqlite:///{tmp_path}/v.db", "--show-ids")
    assert [
        line for line in done.stdout.splitlines() if "\\x1b[31m\\u202e\\nforged" in line
    ] == done.stdout.splitlines()
    assert len(done.stdout.splitlines()) == len(done.stderr.splitlines()) == 1
    assert (done.stdout + done.stderr).replace("\n", "").isprintable()


@pytest.mark.parametrize("command", [("list",), ("export",), ("purge", "--older-than", "1")])
def test_misspelt_store_is_said_and_not_made(tmp_path: Path, command: tuple[str, ...]) -> None:
    """A file that is not there is reported with its full path, and no command makes it."""
    done = visits(*command, "--store", f"sqlite:///{tmp_path}/vists.db")
    assert done.exit_code == 0
    assert f"There is no visit store at {tmp_path}/vists.db." in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_empty_store_is_said(tmp_path: Path) -> None:
    """A store without visits says so, and not nothing at all."""
    store = SQLiteStore(tmp_path / "v.db")
    store.load("x")
    store.close()
    done = visits("list", "--store", f"sqlite:///{tmp_path}/v.db")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "The visit store is empty.\n")
