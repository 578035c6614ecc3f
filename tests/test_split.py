"""Arrays of any size are checked part by part, and report what the whole would."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lp_engagement.validation import pieces as cutting
from lp_engagement.validation import run as runs
from lp_engagement.validation.checker import Checker, Finding, Options, Tally
from lp_engagement.validation.quick import quick_lines
from lp_engagement.validation.reports.base import Report
from lp_engagement.validation.split import Array, EntryTooLargeError, split
from tests.validating import CART

if TYPE_CHECKING:
    from pathlib import Path

BAD = {"type": "cart", "totel": 1, "total": "ü}, {", "numItems": None}
OPTIONS = Options(excerpts=False)


class Kept(Report):
    """Keeps the findings."""

    def __init__(self) -> None:
        super().__init__(io.StringIO())
        self.findings: list[Finding] = []

    def add(self, finding: Finding) -> None:
        """Keep it."""
        self.findings.append(finding)

    def close(self, files: int, tally: Tally) -> None:
        """Nothing to write."""


def in_parts(path: Path, options: Options = OPTIONS, **how: Any) -> tuple[list[Finding], Tally]:
    """The findings of a run in a file, and their counts."""
    report = Kept()
    return report.findings, runs.run([str(path)], options, report, **how)


def as_a_whole(path: Path, options: Options = OPTIONS) -> tuple[list[Finding], Tally]:
    """The findings of the file read as a whole, and their counts."""
    checker = Checker(options)
    return list(checker.file(str(path), path.read_bytes())), checker.tally


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts are small, so that a small array has many."""
    monkeypatch.setattr(cutting, "_PIECE", 500)


def payloads(count: int) -> list[dict[str, Any]]:
    """Carts, each third with faults."""
    return [BAD if index % 3 == 0 else CART for index in range(count)]


TEXTS = {
    "lines": "[\n" + ",\n".join(map(json.dumps, payloads(60))) + "\n]\n",
    "one line": json.dumps(payloads(60), ensure_ascii=False),
    "indented": json.dumps(payloads(60), indent=2),
    "repeated keys": "[" + ",".join(['{"type": "cart", "total": 1, "total": 2, "numItems": 1}'] * 30) + "]",
    "numbers": "[" + ", ".join(map(str, range(600))) + "]",
    "odd numbers": "["
    + ", ".join(["1e400", '{"type": "cart", "total": 12345678901234567890, "numItems": 1}'] * 60)
    + "]",
    "arrays": json.dumps([[], [CART]] * 50),
    "commas in strings": json.dumps([{"type": "lead", "lead": {"topic": '"}, {"' * 9}}] * 20),
    "a large one": json.dumps([CART, {**CART, "products": [{"product": {"name": "x", "price": 1}}] * 99}, BAD, CART]),
}


@pytest.mark.parametrize("name", TEXTS)
def test_parts_report_what_the_whole_does(name: str, tmp_path: Path) -> None:
    """The findings of an array in parts are those of the whole: the same places, numbers and counts."""
    file = tmp_path / "a.json"
    file.write_text(TEXTS[name], encoding="utf-8")
    found, tally = in_parts(file)
    whole, whole_tally = as_a_whole(file)
    assert sorted(found, key=repr) == sorted(whole, key=repr)
    assert tally == whole_tally


@pytest.mark.parametrize("name", TEXTS)
def test_progress_adds_up_to_the_file(name: str, tmp_path: Path) -> None:
    """Each byte is reported as checked, once."""
    file = tmp_path / "a.json"
    file.write_text(TEXTS[name], encoding="utf-8")
    sizes: list[int] = []
    in_parts(file, progress=sizes.append)
    assert sum(sizes) == file.stat().st_size
    assert len(sizes) > 1


def test_an_empty_file_has_a_place(tmp_path: Path) -> None:
    """The warning about a file with nothing in it is at its first character."""
    file = tmp_path / "a.ndjson"
    file.touch()
    ((finding,), _) = in_parts(file)
    assert (finding.line, finding.column, finding.end_column, finding.in_bytes) == (1, 1, 2, (1, 2))


@pytest.mark.parametrize("name", ["lines", "one line"])
def test_a_mark_at_the_start_is_a_warning(name: str, tmp_path: Path) -> None:
    """A byte order mark before an array in parts is a warning, as before a small one, and no column."""
    file = tmp_path / "a.json"
    file.write_text(TEXTS[name], encoding="utf-8-sig")
    assert sorted(in_parts(file)[0], key=repr) == sorted(as_a_whole(file)[0], key=repr)


def test_a_comment_is_a_warning(tmp_path: Path) -> None:
    """Comments in an array in parts are warnings, and hide no payload."""
    file = tmp_path / "a.json"
    file.write_text(TEXTS["lines"].replace(",\n", ", // it's [\n"), encoding="utf-8")
    found, tally = in_parts(file)
    assert {each.problem.level for each in found if each.problem.name == "not-json"} == {"warning"}
    assert (tally.documents, tally.invalid) == (60, 20)


@pytest.mark.parametrize("blanks", [0, 200, 499, 500, 5000])
def test_text_after_an_array_is_an_error(blanks: int, tmp_path: Path) -> None:
    """Text after an array is an error, however many blanks are between."""
    file = tmp_path / "a.json"
    file.write_text(f"{TEXTS['lines']}{' ' * blanks}{{}}", encoding="utf-8")
    assert in_parts(file)[0][-1].problem.message == "invalid JSON: there is text after the payload"


@pytest.mark.parametrize("fault", ["{]", "nope", '{"type": "cart"} {}', '"' + "x" * 2000 + "\n", "", "{"])
def test_payloads_before_an_error_are_reported(fault: str, tmp_path: Path) -> None:
    """A syntax error is reported at its place, and the payloads of earlier parts as well."""
    file = tmp_path / "a.json"
    entries = [json.dumps(each) for each in payloads(60)]
    file.write_text("[" + ",\n".join([*entries[:30], fault, *entries[30:]]) + "]", encoding="utf-8")
    found, tally = in_parts(file)
    ((error),) = (each for each in found if each.problem.name == "not-json")
    ((alone),) = (each for each in as_a_whole(file)[0] if each.problem.name == "not-json")
    assert (error.line, error.column, error.problem.message) == (alone.line, alone.column, alone.problem.message)
    assert found[-1] is error
    assert 20 < tally.documents < 32


def test_an_array_without_an_end(tmp_path: Path) -> None:
    """An array that stops early has an error at its end."""
    file = tmp_path / "a.json"
    file.write_text(TEXTS["lines"].rstrip()[:-1], encoding="utf-8")
    found, _ = in_parts(file)
    assert (found[-1].problem.message, found[-1].line) == ("invalid JSON: the text ends too early", 61)


def test_an_entry_has_a_limit() -> None:
    """An entry that never ends is refused before it fills the memory."""
    stream = io.BytesIO(b'[{"a": "' + b"x" * 10_000)
    with pytest.raises(EntryTooLargeError):
        list(split(stream.read, b"", Array(1), piece=100, largest=5000))


def test_parts_are_small() -> None:
    """No part is much larger than requested, however long the array is, and nothing of it is kept."""
    text = TEXTS["one line"].encode()
    parts = [part.data for part in split(io.BytesIO(text).read, b"", Array(1), piece=500, largest=5000)]
    assert len(parts) > 5
    assert max(map(len, parts)) < 1500
    assert [each for part in parts for each in json.loads(part)] == payloads(60)


def test_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An array from standard input is read in parts too."""
    file = tmp_path / "a.json"
    file.write_text(TEXTS["indented"], encoding="utf-8")
    with file.open() as stream:
        monkeypatch.setattr("sys.stdin", stream)
        report = Kept()
        runs.run(["-"], OPTIONS, report, stdin_name=str(file))
    assert report.findings == as_a_whole(file)[0]


def test_a_body_is_no_array(tmp_path: Path) -> None:
    """If the kind is that of a body, an array of any size is one wrong payload."""
    file = tmp_path / "a.json"
    file.write_text(TEXTS["lines"], encoding="utf-8")
    options = replace(OPTIONS, kind="create-session")
    assert in_parts(file, options) == as_a_whole(file, options)


def test_a_form_feed_is_no_blank_of_json() -> None:
    """A character that only Python counts as a blank makes a line invalid, but a line of blanks alone is none."""
    checker = Checker(OPTIONS)
    cart = json.dumps(CART).encode()
    findings = list(checker.lines("x", [b"\x0c" + cart, cart + b" \r", b"\x0c", b""]))
    assert [(each.line, each.problem.name) for each in findings] == [(1, "not-json")]
    assert checker.tally.documents == 2


LINES = ['{"a": 1}', "[1]", "[1", "2]", "1,2", "", " ", "1 ", '"a"', '"\\u00e9"', "nope", "{}, {}", "{},", "[", "]"]


@given(st.lists(st.sampled_from(LINES)))
def test_lines_are_read_one_by_one(lines: list[str]) -> None:
    """Lines that are read at once are what each is by itself, or are not read at once."""
    given_lines = [line.encode() for line in lines if line.strip()]
    try:
        values = quick_lines(given_lines)
    except ValueError:
        return
    assert values == [json.loads(line) for line in given_lines]
