"""`lp-engagement visits import` restores exported visits, and trusts no line of its input."""

from __future__ import annotations

import io
import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from lp_engagement.cli.group import group
from lp_engagement.cli.import_lines import LONGEST_LINE, Imported, import_lines
from lp_engagement.stores import MappingStore, MemoryStore, SQLiteStore, VisitRecord, VisitStore
from tests.redis_server import RedisServer, need_server

if TYPE_CHECKING:
    from pathlib import Path

ACCOUNT = "12345678"
NOW = round(time.time(), 3)  # an export has microseconds
LINE: dict[str, Any] = {
    "key": f"{ACCOUNT}:sarah",
    "visitorId": "visitor-Zk9AbC",
    "sessionId": "session-Yx8BcD",
    "pageId": "4743822558",
    "engagement": {"campaignId": "1"},
    "engagementExpiresAt": "2026-11-23T15:13:55.123456+00:00",
    "updatedAt": "2026-11-23T14:58:55.250000+00:00",
}
RECORDS = {
    f"{ACCOUNT}:sarah": VisitRecord("v-Zk9AbC", "s-Yx8BcD", "474", {"skillName": "é\u2028"}, NOW + 900.5, NOW + 0.25),
    f"{ACCOUNT}:a key: with\nlines \x1b[31m": VisitRecord("v-2", updated_at=NOW - 7200.125),
    f"{ACCOUNT}:\N{PILE OF POO}": VisitRecord(None, None, None, updated_at=1.0),
}


def visits(*arguments: str, stdin: str | bytes | None = None) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(group, ["visits", *arguments], input=stdin)


def import_into(store: VisitStore, *lines: object, overwrite: bool = False) -> tuple[str, list[str]]:
    """Import lines, and return the counts and the reports."""
    reports: list[str] = []
    data = b"".join(each if isinstance(each, bytes) else json.dumps(each).encode() + b"\n" for each in lines)
    counts = Imported()
    import_lines(io.BytesIO(data), store, counts, overwrite=overwrite, report=reports.append)
    return str(counts), reports


def contents(store: VisitStore) -> dict[str, VisitRecord]:
    """Return what a store has, without the versions."""
    return {key: record.stamped(record.updated_at, 0) for key, record in store.items()}


def test_round_trip_through_all_stores(tmp_path: Path) -> None:
    """SQLite, Redis, a mapping and memory pass the same visits on, to the fraction of a second."""
    need_server()
    first = SQLiteStore(tmp_path / "visits.db")
    for key, record in RECORDS.items():
        first.save(key, record)
    first.close()
    url = f"sqlite:///{tmp_path}/visits.db"
    with RedisServer() as server:
        exported = visits("export", "--show-ids", "--store", url).stdout
        done = visits("import", "-", "--store", f"{server.url}?prefix=new", stdin=exported)
        assert (done.exit_code, done.stdout, done.stderr) == (0, "3 visits imported.\n", "")
        exported = visits("export", "--show-ids", "--store", f"{server.url}?prefix=new").stdout
    for last in (MappingStore({}), MemoryStore()):
        assert import_into(last, exported.encode()) == ("3 visits imported.", [])
        assert contents(last) == RECORDS


def test_file_that_does_not_exist_is_created_as_a_store(tmp_path: Path) -> None:
    """Unlike the other commands, an import creates the store; it reads a file by its name."""
    (tmp_path / "visits.ndjson").write_text(f"\n{json.dumps(LINE)}\r\n\n", encoding="utf-8")
    url = f"sqlite:///{tmp_path}/new/visits.db"
    done = visits("import", str(tmp_path / "visits.ndjson"), "--store", url)
    assert (done.exit_code, done.stdout) == (0, "1 visit imported.\n")
    assert json.loads(visits("export", "--show-ids", "--store", url).stdout) == LINE


def test_newer_visit_is_left_alone_unless_overwritten() -> None:
    """A stored visit that is as new or newer stays; --overwrite replaces it, and an older one is always replaced."""
    store = MemoryStore()
    older = {**LINE, "visitorId": "older-visitor", "updatedAt": "2026-11-23T14:58:55.200000+00:00"}
    assert import_into(store, older) == ("1 visit imported.", [])
    assert import_into(store, LINE) == ("1 visit imported.", [])
    assert import_into(store, LINE, older) == ("0 visits imported, 2 unchanged because the store has newer ones.", [])
    assert store.load(LINE["key"]) == VisitRecord(
        "visitor-Zk9AbC", "session-Yx8BcD", "4743822558", {"campaignId": "1"}, 1795446835.123456, 1795445935.25, 2
    )
    assert import_into(store, older, overwrite=True) == ("1 visit imported.", [])
    found = store.load(LINE["key"])
    assert found is not None
    assert (found.visitor_id, found.version) == ("older-visitor", 3)


class Busy(MemoryStore):
    """A store in which another process saves between each load and save, a few times."""

    others = 2

    def save(self, key: str, record: VisitRecord) -> VisitRecord | None:
        """Lose the race while there are others."""
        if self.others:
            self.others -= 1
            super().save(key, VisitRecord("other", updated_at=1.0, version=record.version))
        return super().save(key, record)


def test_visit_that_another_process_saves_meanwhile() -> None:
    """A lost race is repeated with what the other has saved."""
    store = Busy()
    assert import_into(store, LINE) == ("1 visit imported.", [])
    found = store.load(LINE["key"])
    assert found is not None
    assert found.visitor_id == "visitor-Zk9AbC"


def without(name: str) -> dict[str, Any]:
    """A line that lacks one member."""
    return {key: value for key, value in LINE.items() if key != name}


@pytest.mark.parametrize(
    "line, fault",
    [
        (b"{'key'}\n", "it is not a JSON object"),
        (b"[1]\n", "it is not a JSON object"),
        (b"\xff\xfe{}\n", "it is not a JSON object"),
        (b'{"key": ' + b"[" * 100_000 + b"\n", "it is not a JSON object"),
        (b'{"key": ' + b"9" * 5000 + b"}\n", "it is not a JSON object"),
        (json.dumps(LINE).encode().replace(b'"1"', b"NaN") + b"\n", "it is not a JSON object"),
        (json.dumps(LINE).encode().replace(b'"1"', b"1e999") + b"\n", "it is not a JSON object"),
        (b'{"key": "' + b"x" * LONGEST_LINE + b'"}\n', "it is longer than 4 MiB"),
        (b"x" * (3 * LONGEST_LINE) + b"\n", "it is longer than 4 MiB"),
        (without("sessionId"), "it must have exactly the members key, visitorId, sessionId, pageId, engagement,"),
        ({**LINE, "visitor_id": "v"}, "it must have exactly the members"),
        ({**LINE, "key": None}, "its key must be an account id, a colon and your key"),
        ({**LINE, "key": "sarah"}, "its key must be an account id, a colon and your key"),
        ({**LINE, "key": f"{ACCOUNT}:"}, "its key must be an account id, a colon and your key"),
        ({**LINE, "key": f"{ACCOUNT}:\ud800"}, "its key must be an account id, a colon and your key"),
        ({**LINE, "key": "../1:x"}, "its key must be an account id, a colon and your key"),
        ({**LINE, "visitorId": "canary\x1b[31m"}, "its visitorId cannot be an id"),
        ({**LINE, "visitorId": 4711}, "its visitorId cannot be an id"),
        ({**LINE, "sessionId": "x" * 257}, "its sessionId cannot be an id"),
        ({**LINE, "pageId": ""}, "its pageId cannot be an id"),
        ({**LINE, "engagement": "canary"}, "its engagement must be an object"),
        ({**LINE, "engagement": json.loads("[" * 200 + "]" * 200)}, "its engagement must be an object"),
        ({**LINE, "engagement": {"a": json.loads("[" * 200 + "]" * 200)}}, "its engagement is nested deeper than 100"),
        ({**LINE, "updatedAt": None}, "its times must be like 2026-11-23T15:13:55+00:00"),
        ({**LINE, "updatedAt": "2026-11-23T15:13:55"}, "its times must be like 2026-11-23T15:13:55+00:00"),
        ({**LINE, "updatedAt": "2026-11-31T15:13:55+00:00"}, "its times must be like 2026-11-23T15:13:55+00:00"),
        ({**LINE, "updatedAt": "1969-11-23T15:13:55+00:00"}, "its times must be like 2026-11-23T15:13:55+00:00"),
        ({**LINE, "engagementExpiresAt": 1764000000}, "its times must be like 2026-11-23T15:13:55+00:00"),
        ({**LINE, "engagementExpiresAt": "1" * 10_000}, "its times must be like 2026-11-23T15:13:55+00:00"),
    ],
)
def test_bad_line_is_named_and_the_others_are_imported(line: object, fault: str) -> None:
    """A bad line is reported by its number and skipped, without any value of it."""
    store = MemoryStore()
    good = [{**LINE, "key": f"{ACCOUNT}:{name}"} for name in "ab"]
    counts, [report] = import_into(store, good[0], b"\n", line, good[1])
    assert counts == "2 visits imported, 1 line skipped."
    assert report.startswith(f"Skipped line 3: {fault}")
    assert "canary" not in report
    assert set(contents(store)) == {f"{ACCOUNT}:a", f"{ACCOUNT}:b"}


def test_bad_lines_on_the_shell() -> None:
    """The exit code is 1 if a line was skipped. Only the first twenty are named."""
    done = visits("import", "-", "--store", "memory://", stdin="x\n" * 30 + json.dumps(LINE))
    assert (done.exit_code, done.stdout) == (1, "1 visit imported, 30 lines skipped.\n")
    *named, last = done.stderr.splitlines()
    assert [line.partition(":")[0] for line in named] == [f"Skipped line {number}" for number in range(1, 21)]
    assert last == "Skipped more lines, which are not listed."


def test_hashed_ids_are_refused(tmp_path: Path) -> None:
    """An export without --show-ids has hashes for ids. No visit is made of them."""
    store = SQLiteStore(tmp_path / "visits.db")
    store.save(f"{ACCOUNT}:sarah", RECORDS[f"{ACCOUNT}:sarah"])
    store.close()
    exported = visits("export", "--store", f"sqlite:///{tmp_path}/visits.db").stdout
    done = visits("import", "-", "--store", f"sqlite:///{tmp_path}/other.db", stdin=exported)
    assert (done.exit_code, done.stdout) == (2, "0 visits imported.\n")
    assert "line 1 has hashes in place of ids. Export the visits again, with --show-ids." in done.stderr
    assert visits("list", "--store", f"sqlite:///{tmp_path}/other.db").stdout == ""


def test_store_that_fails_ends_the_import() -> None:
    """A store that cannot be used is one error, not one for each line."""
    lines = "\n".join(json.dumps({**LINE, "key": f"{ACCOUNT}:{number}"}) for number in range(3))
    done = visits("import", "-", "--store", "unix:///nowhere/redis.sock", stdin=lines)
    assert (done.exit_code, done.stdout) == (2, "0 visits imported.\n")
    assert done.stderr.count("StoreError") == 1


def test_input_that_is_not_there(tmp_path: Path) -> None:
    """A file that cannot be read is named, and no store is made."""
    done = visits("import", str(tmp_path / "none.ndjson"), "--store", f"sqlite:///{tmp_path}/v.db")
    assert (done.exit_code, "none.ndjson' cannot be read: No such file" in done.stderr) == (2, True)
    assert list(tmp_path.iterdir()) == []
