"""`lp-engagement visits`: what a store keeps, seen from the shell."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from lp_engagement.cli.group import group
from lp_engagement.stores import SQLiteStore, VisitRecord

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
    """What has had no answer for so many hours is deleted, and counted."""
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
