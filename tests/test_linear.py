"""Reading and judging cost in proportion to the input: twice the input, twice the work. Work is counted, not timed."""

from __future__ import annotations

import io
import json
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from lp_engagement.validation import documents, source_map, yaml_words
from lp_engagement.validation.checker import Checker, Options
from lp_engagement.validation.reports import report_class
from lp_engagement.validation.split import array_in, split
from tests.validating import CART

if TYPE_CHECKING:
    from collections.abc import Callable

OURS = ("lp_engagement/validation", "lp_engagement/_common/printable.py")


class Work:
    """Counts lines of our code that run, and characters that the parser is sent over."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.done = 0
        skip = source_map._skip

        def counted(text: str, at: int) -> Any:
            found = skip(text, at)
            self.done += found[1] - at
            return found

        monkeypatch.setattr(source_map, "_skip", counted)

    def of(self, do: Callable[[], object]) -> int:
        """How much work something is."""
        self.done = 0
        before = sys.gettrace()
        sys.settrace(self._trace)
        try:
            do()
        finally:
            sys.settrace(before)
        return self.done

    def _trace(self, frame: Any, event: str, _: object) -> Any:
        if not any(each in frame.f_code.co_filename for each in OURS):
            return None
        self.done += event in {"call", "line"}
        return self._trace


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    """A counter of work."""
    return Work(monkeypatch)


def payloads(count: int, every: int) -> list[dict[str, Any]]:
    """Carts, each so many-th with three faults."""
    bad = {"type": "cart", "totel": 1, "x" * 80: 1}
    return [bad if index % every == 0 else CART for index in range(count)]


def as_yaml(count: int) -> str:
    """The same as a YAML list, half of it bad."""
    return "".join(f"- type: cart\n  total: {index % 2 or 'x'}\n  numItems: 1\n" for index in range(count))


INPUTS: dict[str, Callable[[int], str]] = {
    "array": lambda count: json.dumps(payloads(count, 5)),
    "pretty array": lambda count: json.dumps(payloads(count, 5), indent=1),
    "array of bad ones": lambda count: json.dumps(payloads(count, 1)),
    "array of escapes": lambda count: json.dumps([{**each, "currency": '\\"\\' * 9} for each in payloads(count, 2)]),
    "unknown keys": lambda count: json.dumps({"type": "cart", **{f"key {index}": 1 for index in range(count)}}),
    "unknown keys without a type": lambda count: json.dumps({f"key {index}": 1 for index in range(count)}),
    "equal keys": lambda count: "{" + ", ".join(['"type": 1'] * count) + "}",
    "deep": lambda count: '{"a":' + "[" * 400 + "1," * count + "1" + "]" * 400 + "}",
    "lines": lambda count: '{"type": "cart",' + "\n" * count + '"total": "1"}',
    "one body": lambda count: json.dumps({"appType": "EXTERNAL", "engagementAttributes": payloads(count, 2)}),
}


@pytest.mark.parametrize("form", ["text", "sarif"])
@pytest.mark.parametrize("name", [*INPUTS, "yaml"])
def test_twice_the_faults_are_twice_the_work(name: str, form: str, work: Work) -> None:
    """A JSON or YAML text with faults costs in proportion to its length, however the faults lie in it."""
    write = INPUTS.get(name, as_yaml)

    def check(text: str) -> None:
        checker = Checker(Options(excerpts=form == "text", fixes=form == "sarif"))
        report = report_class(form)(io.StringIO())
        for finding in checker.file("x", text.encode(), "yaml" if name == "yaml" else "json"):
            report.add(finding)
        report.close(1, checker.tally)

    check(write(2))
    one, two = (work.of(partial(check, write(count))) for count in (60, 120))
    assert one > 0
    assert two <= 2.3 * one


@pytest.mark.parametrize("name", ["array", "pretty array", "array of bad ones", "array of escapes", "commented"])
def test_twice_the_array_in_parts_is_twice_the_work(name: str, work: Work) -> None:
    """An array that is checked in parts costs in proportion to its length, and no part is read again and again."""
    write: Callable[[int], str] = INPUTS.get(
        name, lambda count: json.dumps(payloads(count, 5), indent=1).replace(",\n", ", // one\n")
    )

    def check(text: str) -> None:
        checker = Checker(Options(excerpts=False))
        array = array_in(text.encode())
        assert array is not None
        for part in split(io.BytesIO(text.encode()).read, b"", array, piece=2000, largest=1_000_000):
            for _ in checker.array("x", part.data):
                pass

    check(write(2))
    one, two = (work.of(partial(check, write(count))) for count in (60, 120))
    assert one > 0
    assert two <= 2.3 * one


# ------------------------------------------------------------------------------------------- patterns over whole texts

AWKWARD = ["a", '"', "\\", '\\"', '"a', "[", "{", ":", ",", " ", "\n", "1", "_", "\u202e", "\x1b", "-", "'", "\t", '""']
# The patterns that see a text before it is known to be valid.
PATTERNS = {
    "scalars": source_map._SCALAR,
    "quotes": source_map._QUOTE,
    "bare words": source_map._BARE,
    "endless numbers": documents._ENDLESS,
}


@pytest.mark.parametrize("piece", AWKWARD)
def test_patterns_look_at_each_character_a_few_times(piece: str) -> None:
    """No pattern backtracks over awkward input: a quarter of a megabyte is read at once.

    A pattern that restarts at each character would need some 10^10 steps here, which takes minutes; a linear one
    ends before anybody notices. So there is no clock in this test: it ends.
    """
    text = piece * (250_000 // len(piece))
    for name, pattern in PATTERNS.items():
        assert sum(1 for _ in pattern.finditer(f"{text}x")) <= len(text) + 2, name
    documents.is_deep(f'"a{text}' + "[" * 501)
    (fault, _), *_ = documents.read_json(f'{{"a": {text}'.encode()).faults
    assert fault.name == "not-json"


def test_long_words_and_keys_are_not_compared() -> None:
    """A key or a word of a megabyte is compared with no name of the spec, and shown by its beginning."""
    long = "_0" * 500_000
    assert yaml_words.otherwise(long) is None
    checker = Checker(Options())
    findings = list(checker.file("x", json.dumps({"type": "cart", "total": 1, "numItems": 1, long: long}).encode()))
    (found,) = findings
    assert len(found.problem.message) < 300
    assert len(found.excerpt) < 300


def as_har(count: int) -> str:
    """Recorded requests on one line, each with faults in its URL and its body."""
    url = "https://lp.example.com/api/account/1/app/engagement/visitors/?v=2"
    body = json.dumps({"appType": "MSDK", "engagementAttributes": payloads(2, 1)})
    request = {"method": "POST", "url": url, "postData": {"text": body}}
    return json.dumps({"log": {"entries": [{"request": request}] * count}})


RECORDED: dict[str, Callable[[int], str]] = {
    "har": as_har,
    "jwt": lambda count: " ".join(
        ["eyJhIjoxfQ.eyJscF9zZGVzIjpbe30seyJ0eXBlIjoxfV19.c2ln", "eyJhIjoxfQ.eyI.YQ"] * count
    ),
    "csv": lambda count: "a,b\n" + '1,"{""type"": ""lead"", ""Lead"": 1}"\n' * count,
    "js": lambda count: "lpTag.sdes.push({type: 'cart', totel: 1, total: x ? '1' : 2});" * count,
    "jsonc": lambda count: json.dumps(payloads(count, 2)).replace("}", "/* one */}").replace("]", ", // two\n]"),
    "json": lambda count: json.dumps([{"a": json.dumps({"b": each})} for each in payloads(count, 2)]),
}


@pytest.mark.parametrize("name", RECORDED)
def test_twice_the_recording_is_twice_the_work(name: str, work: Work) -> None:
    """Recorded requests, tokens, tables and scripts cost in proportion to their length."""

    def check(text: str) -> int:
        checker = Checker(Options(pointers=("/a/b",) if name == "json" else ()))
        return len(list(checker.file("x", text.encode(), name)))

    assert check(RECORDED[name](2))
    one, two = (work.of(partial(check, RECORDED[name](count))) for count in (60, 120))
    assert one > 0
    assert two <= 2.3 * one
