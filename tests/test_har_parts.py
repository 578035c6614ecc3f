"""HAR files of any size are checked part by part, and report what the whole would."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lp_engagement.validation import pieces as cutting
from lp_engagement.validation import run as runs
from lp_engagement.validation.checker import Checker, Finding, Options, Tally
from lp_engagement.validation.readers.har_parts import entries_in, has_one_list
from lp_engagement.validation.reports.base import Report
from tests.validating import CART, validate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BAD = {"type": "cart", "totel": 1, "total": "\u00fc}, {", "numItems": None}
OPTIONS = Options(excerpts=False)
MARKS = ["", "\ufeff"]
URL = "https://lp.example.com/api/account/1/app/engagement/visitors/"


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


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file for each example."""
    return tmp_path_factory.mktemp("har") / "a.har"


def in_parts(file: Path, text: str, piece: int = 500, **how: Any) -> tuple[list[Finding], Tally]:
    """The findings of a run with pieces of some size, and their counts."""
    file.write_text(text, encoding="utf-8", newline="")
    report = Kept()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(cutting, "_PIECE", piece)
        return report.findings, runs.run([str(file)], OPTIONS, report, **how)


def as_a_whole(file: Path, text: str) -> tuple[list[Finding], Tally]:
    """The findings of the file read as a whole, and their counts."""
    checker = Checker(OPTIONS)
    return list(checker.file(str(file), text.encode(), "har")), checker.tally


def entry(payload: Any, url: str = f"{URL}1?v=1.0", **more: Any) -> dict[str, Any]:
    """A recorded request."""
    body = {"postData": {"text": json.dumps({"appType": "EXTERNAL", "engagementAttributes": [payload]})}}
    return {"startedDateTime": "2026-01-01", "request": {"method": "POST", "url": url, **body}, **more}


def har(entries: list[Any], before: Any = "1.2", after: Any = (), **how: Any) -> str:
    """A recording."""
    log = {"version": before, "entries": entries, "pages": after}
    return json.dumps({"log": log}, **how)


ENTRIES = st.one_of(
    st.builds(entry, st.sampled_from([CART, BAD, {}, 1]), st.sampled_from([f"{URL}1?v=1.0", URL, "https://x.example"])),
    st.builds(entry, st.just(BAD), _note=st.sampled_from(["}, {", '"entries": [', "\\", "\u00fc\U0001f389" * 20])),
    st.builds(entry, st.just(BAD), response=st.lists(st.just({"startedDateTime": [[], {}]}), max_size=9)),
    st.sampled_from([{}, [], None, 7, "x" * 600, {"request": None}, [[{"a": 1}, {"b": 2}]]]),
)
LAYOUTS = st.fixed_dictionaries(
    {"indent": st.sampled_from([None, 1, 4]), "ensure_ascii": st.booleans()},
    optional={"separators": st.just((",", ":"))},
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(ENTRIES, max_size=6),
    st.integers(200, 3000),
    LAYOUTS,
    st.lists(ENTRIES, max_size=2),
    st.sampled_from(MARKS),
)
@example([entry(BAD)] * 9, 900, {"indent": None, "ensure_ascii": True}, [], "")
@example([entry(BAD)] * 9, 900, {"indent": None, "ensure_ascii": False}, [entry(BAD)] * 9, MARKS[1])
def test_parts_report_what_the_whole_does(
    file: Path, entries: list[Any], piece: int, layout: dict[str, Any], pages: list[Any], mark: str
) -> None:
    """At any size of the pieces, a HAR file has the problems of the whole, at the same places."""
    text = mark + har(entries, before=pages[:1], after=pages, **layout)
    found, tally = in_parts(file, text, piece)
    whole, whole_tally = as_a_whole(file, text)
    assert [each for each in found if each.problem.name != "nothing-to-check"] == whole
    assert (tally.documents, tally.invalid, tally.errors) == (
        whole_tally.documents,
        whole_tally.invalid,
        whole_tally.errors,
    )


MANY = har([entry(BAD, comment="https://x.example/\u00fc")] * 12, ensure_ascii=False)


def reads(file: Path, text: str, **how: Any) -> Iterator[int]:
    """Check a file in parts, and yield the number of bytes of each."""
    sizes: list[int] = []
    in_parts(file, text, progress=sizes.append, **how)
    yield from sizes


def test_parts_are_small(file: Path) -> None:
    """A long file has many parts, which are as long as the file together."""
    sizes = list(reads(file, MANY))
    assert len(sizes) > 5
    assert max(sizes) < 1500
    assert sum(sizes) == len(MANY.encode())


def test_parts_in_several_processes(file: Path) -> None:
    """The order of the findings is that of the file."""
    assert in_parts(file, MANY, jobs=2) == as_a_whole(file, MANY)


@pytest.mark.parametrize(
    "text",
    [
        MANY.replace('"pages"', '"entries"'),
        MANY.replace('"pages"', r'"\u0065ntr\u0069es"'),
        MANY.replace('"pages": []}', '"pages": []}, "log": {}'),
        MANY.replace('"pages": []}', r'"pages": []}, "\u006Cog"' + " " * 90 + ":\n1"),
    ],
    ids=["entries", "escaped entries", "log", "escaped log"],
)
def test_of_equal_keys_the_last_counts(text: str, file: Path) -> None:
    """A file with two lists of entries is read as a whole, so that its second list is the one that counts."""
    assert json.loads(text) != json.loads(MANY)
    found, _ = in_parts(file, text)
    assert [each.problem.name for each in found] == ["nothing-to-check"]


def test_words_of_a_recording_are_no_keys(file: Path) -> None:
    """Values that look like the keys of the list do not make a file one that is read as a whole."""
    named = [{"name": "log", "value": "entries"}, {"name": '"log": "entries": ', "value": ["log", "entries"]}]
    assert len(list(reads(file, har([entry(BAD, query=named)] * 12)))) > 5


LIST = json.dumps([entry(BAD)] * 12)


@pytest.mark.parametrize(
    "text",
    [
        f'{{"entries": {LIST}}}',
        f'{{"log": {{"a": {{"entries": {LIST}}}}}}}',
        f'[{{"log": {{"entries": {LIST}}}}}]',
        f'{{"log": {{"version": 1, "version": 2, "entries": {LIST}}}}}',
        f'{{"log": {{"entries": {{"0": {LIST}}}}}}}',
        f'{{"log": {LIST}}}',
    ],
)
def test_unusual_files_are_read_as_a_whole(text: str, file: Path) -> None:
    """A file whose entries are elsewhere is one piece."""
    assert list(reads(file, text)) == [len(text)]
    found, _ = in_parts(file, text)
    assert [each for each in found if each.problem.name != "nothing-to-check"] == as_a_whole(file, text)[0]


BETWEEN = ', {"startedDateTime"'


def with_entry(text: str) -> str:
    """A recording with something between its entries."""
    entries = MANY.split(BETWEEN)
    return f"{BETWEEN.join(entries[:9])}, {text}{BETWEEN}{BETWEEN.join(entries[9:])}"


FAULTS = {
    "unclosed": MANY[: len(MANY) * 2 // 3],
    "no end": MANY[:-1],
    "a wrong bracket": with_entry("[{]"),
    "a word": with_entry("nope"),
    "text after it": f"{MANY} {{}}",
    "text after blanks": f"{MANY}{' ' * 900}{{}}",
    "deep": with_entry("[" * 600 + "]" * 600),
    "never closed": with_entry("[" * 90_000),
    "a long number": with_entry("1" * 5000),
    "a wrong end": MANY.replace('"pages": []', '"pages": [,]'),
    "a wrong start": MANY.replace('"version": "1.2"', '"version": 1.'),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_errors_have_the_words_and_the_place_of_the_whole(fault: str, file: Path) -> None:
    """A file that is no JSON has the error of the whole; the requests before it are checked as well."""
    found, _ = in_parts(file, FAULTS[fault])
    (alone,), _ = as_a_whole(file, FAULTS[fault])
    assert alone.problem.name == "not-json"
    (error,) = (each for each in found if each.problem.name == "not-json")
    assert error.problem == alone.problem
    if alone.column > 1:
        assert (error.line, error.column, error.in_bytes) == (alone.line, alone.column, alone.in_bytes)
    assert (len(found) > 1) == (fault != "a wrong start")


def test_comments_hide_no_request(file: Path) -> None:
    """Comments between entries, which some proxies write, leave the findings as they are."""
    text = har([entry(BAD)] * 12, indent=1).replace("},\n  {", "}, // it's [\n /* }, { */ {")
    assert text.count("//") > 10
    assert in_parts(file, text) == as_a_whole(file, text)


def test_a_huge_entry_has_a_limit(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry that fills the memory is refused, and so is a long file that cannot be cut; the message says why."""
    monkeypatch.setattr(cutting, "_PIECE", 500)
    monkeypatch.setattr(cutting, "_LARGEST", 1 << 20)
    file.write_text(har([entry(BAD, comment="x" * 3_000_000), entry(BAD)]), encoding="utf-8")
    assert f"{file.name} has an entry of more than 1 MiB" in validate(file).stderr
    file.write_text(har([], after=[{"entries": ["x" * 3_000_000]}]), encoding="utf-8")
    done = validate(file)
    assert (done.exit_code, '"entries"' in done.stderr) == (2, True)


def test_a_long_file_needs_no_fix(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing in a HAR file can be fixed, so --fix leaves it alone, whatever its size."""
    monkeypatch.setattr(cutting, "_PIECE", 500)
    file.write_text(MANY, encoding="utf-8")
    done = validate("--fix", file)
    assert (done.exit_code, done.stderr) == (1, "")
    assert file.read_text(encoding="utf-8") == MANY


def test_keys_are_found_wherever_a_file_is_cut() -> None:
    """The search for a second list reads a file of any size, and counts each key once."""
    text = b'{"log": {"entries": ["log", "entries" , "' + b"x" * (1 << 20) + b'"]}}'
    for shift in range(-50, 50):
        data = io.BytesIO(text[:60] + b"x" * shift + text[60:] if shift >= 0 else text[:60] + text[60 - shift :])
        assert has_one_list(data.read)
    long = b'{"log": {"a": "%b", "entries": []}}'
    for size in range((1 << 20) - 40, 1 << 20):
        assert has_one_list(io.BytesIO(long % (b"x" * size)).read)
    assert not has_one_list(io.BytesIO(text[:-2] + b', "entries": 1}}').read)
    assert entries_in(text) is not None
