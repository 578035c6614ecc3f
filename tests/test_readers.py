"""Reading payloads from what people have: lists, JSON with comments, logs, recorded requests, tokens, tables."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from lp_engagement.validation import check
from lp_engagement.validation.checker import Checker, Finding, Options
from tests.validating import BAD, CART, GOOD, validate

if TYPE_CHECKING:
    from pathlib import Path

BODY = {"appType": "MSDK", "engagementAttributes": [CART | {"numItems": "two"}]}
LEADS = st.fixed_dictionaries(
    {
        "type": st.just("lead"),
        "lead": st.dictionaries(
            st.sampled_from(["topic", "value", "Topic", "leadId"]), st.text() | st.integers() | st.none()
        ),
    }
)


def found(text: str | bytes, file_format: str = "json", **options: Any) -> list[Finding]:
    """List the problems of a file."""
    data = text.encode() if isinstance(text, str) else text
    checker = Checker(Options(**options))
    return list(
        checker.lines("x", data.split(b"\n")) if file_format == "ndjson" else checker.file("x", data, file_format)
    )


def places(findings: list[Finding]) -> list[tuple[int, int, str]]:
    """Line, column and rule of each finding."""
    return [(each.line, each.column, each.problem.name) for each in findings]


def place_of(text: str, part: str) -> tuple[int, int]:
    """The line and column of the only occurrence of a part of a text."""
    assert text.count(part) == 1
    before = text[: text.index(part)]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def summary(findings: list[Finding]) -> list[tuple[str, str, str]]:
    """What is wrong, wherever it is written."""
    return [(each.problem.rule, each.problem.pointer, each.problem.message) for each in findings]


# ------------------------------------------------------------------------------------------------------- the kind


@pytest.mark.parametrize("form", ["json", "ndjson"])
def test_a_list_of_one_kind(form: str) -> None:
    """Each attribute of a list is checked, also if the kind is given."""
    findings = found(f"[{GOOD}, {BAD}, {BAD}]", form, kind="sde")
    assert [(each.problem.name, each.problem.pointer, each.document) for each in findings] == [
        ("string-number", "/1/total", 2),
        ("string-number", "/2/total", 3),
    ]


def test_a_list_is_no_body() -> None:
    """A body is sent alone, so a list of bodies is a fault of a file that is said to be a body."""
    (finding,) = found(json.dumps([BODY]), kind="create-session")
    assert finding.problem.name == "not-object"


@pytest.mark.parametrize(
    "payload, given, own",
    [
        (BODY, "sde", "create-session"),
        ({"pageId": "1", "engagementAttributes": []}, "create-session", "update-session"),
        (CART, "create-session", "sde"),
        (CART, "impression", "sde"),
    ],
)
def test_the_wrong_kind_is_named(payload: Any, given: str, own: str) -> None:
    """A payload of another kind than the given one says which kind it looks like, once."""
    problems = check(payload, given)
    named = [each for each in problems if f"looks like a payload of kind {own}, not {given}" in each.message]
    assert len(named) == 1
    assert named[0] is next(each for each in problems if each.level == "error")
    assert own in named[0].hint


def test_no_kind_is_named_without_reason() -> None:
    """A faulty payload of the right kind, or of none, looks like nothing else."""
    payloads: list[Any] = [CART | {"total": "1"}, {"type": "cartt"}, {}, [], {"appType": "MSDK", "pageId": "1"}]
    for payload in payloads:
        assert check(payload, "sde")
        assert not any("looks like" in each.message for each in check(payload, "sde"))


# ------------------------------------------------------------------------------------------------------- comments

COMMENTED = """{
  // Sarah's own cart, 4711
  "type": "cart", /* of
  two lines */ "total": "1", // "numItems": 9
  "numItems": 6
}
"""


def test_comments_are_a_warning() -> None:
    """JSON with comments is checked all the same; the first comment is a warning."""
    findings = found(COMMENTED)
    assert places(findings) == [(2, 3, "not-json"), (*place_of(COMMENTED, '"1"'), "string-number")]
    assert [each.problem.level for each in findings] == ["warning", "error"]
    assert "Sarah" not in "".join(each.excerpt for each in findings)


def test_jsonc_has_comments_and_trailing_commas() -> None:
    """What is said to be JSON with comments has no fault because of them."""
    text = COMMENTED.replace("6\n", '6, // so "}"\n')
    assert places(found(text, "jsonc")) == [(*place_of(text, '"1"'), "string-number")]
    assert [each.problem.level for each in found(text)] == ["error", "warning"]


@pytest.mark.parametrize("text", ['{"type": "http://x.example.com/*"}', '{"type": "\\"// no", "a,}": ",]"}'])
def test_a_string_is_no_comment(text: str) -> None:
    """Slashes and commas in strings are left alone."""
    assert "not-json" not in {each.problem.name for each in [*found(text), *found(text, "jsonc")]}


def test_comments_in_a_log() -> None:
    """A comment in a line of NDJSON is a warning of that line."""
    assert places(found(f"{GOOD}\n{GOOD} // one\n", "ndjson")) == [(2, len(GOOD) + 2, "not-json")]


# ------------------------------------------------------------------------------------------------------- pointers


def test_pointers_into_a_log() -> None:
    """In each line, the payload is where the pointer says, as JSON or as JSON in a string."""
    lines = [
        json.dumps({"at": 1, "request": {"body": CART | {"total": "x1"}}}),
        json.dumps({"at": 2, "request": {"body": json.dumps(CART | {"total": "x2"})}}),
        json.dumps({"at": 3, "request": None}),
        json.dumps({"at": 4, "message": json.dumps({"request": {"body": json.dumps(CART | {"total": "x3"})}})}),
    ]
    text = "\n".join(lines)
    findings = found(text, "ndjson", pointers=("/request/body", "/message/request/body"))
    quotes = ['"x1"', '\\"x2\\"', '\\\\\\"x3']
    assert [(each.line, each.column) for each in findings[:2]] == [place_of(text, quote) for quote in quotes[:2]]
    assert (findings[2].line, findings[2].column) == place_of(text, quotes[2])
    assert {each.problem.pointer for each in findings} == {"/total"}


def test_an_array_on_the_way_stands_for_its_entries() -> None:
    """A file with an array of records needs no index; an index picks one."""
    text = json.dumps({"calls": [{"body": CART}, {"body": CART | {"total": "a"}}, {"body": CART | {"total": "b"}}]})
    assert [each.column for each in found(text, pointers=("/calls/body",))] == [
        text.index('"a"') + 1,
        text.index('"b"') + 1,
    ]
    assert [each.column for each in found(text, pointers=("/calls/2/body",))] == [text.index('"b"') + 1]


def test_faults_around_a_payload_are_none_of_it() -> None:
    """A key that an envelope repeats is no fault of the payload; one that the payload repeats is."""
    text = f'{{"id": 1, "id": 2, "body": {GOOD[:-1]}, "total": 1}}}}'
    assert places(found(text, pointers=("/body",))) == [(1, text.rindex('"total"') + 1, "duplicate-key")]


@pytest.mark.parametrize("style", ["|", ">", '"', "'"])
def test_json_in_a_string_of_yaml(style: str) -> None:
    """Each way in which YAML writes a string has the right place."""
    payload = json.dumps(CART | {"total": "x"})
    quoted = {"|": f"|\n    {payload}", ">": f">-\n    {payload}", '"': json.dumps(payload), "'": f"'{payload}'"}
    text = f"request:\n  body: {quoted[style]}\n"
    assert YAML(typ="safe").load(text)["request"]["body"].strip() == payload
    (finding,) = found(text, "yaml", pointers=("/request/body",))
    assert (finding.line, finding.column) == place_of(text, '\\"x\\"' if style == '"' else '"x"')


def test_a_pointer_starts_with_a_slash(tmp_path: Path) -> None:
    """A pointer that is none is wrong usage."""
    path = tmp_path / "a.json"
    path.write_text(GOOD)
    done = validate("--pointer", "request.body", path)
    assert done.exit_code == 2
    assert "starts with /" in done.stderr


def test_a_pointer_to_nothing(tmp_path: Path) -> None:
    """If no document has a payload there, nothing was checked, which is a warning."""
    path = tmp_path / "a.ndjson"
    path.write_text(f"{GOOD}\n{GOOD}\n")
    done = validate("--pointer", "/body", path)
    assert "LPE406" in done.stdout


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(LEADS, st.booleans())
def test_the_container_does_not_matter(payload: Any, ascii_only: bool) -> None:  # noqa: FBT001
    """A payload in a container has the problems of the bare one."""
    bare = json.dumps(payload, ensure_ascii=ascii_only)
    expected = summary(found(bare))
    for text in (json.dumps({"a": {"b": payload}}), json.dumps({"a": {"b": bare}}, ensure_ascii=ascii_only)):
        for form in ("json", "ndjson"):
            assert summary(found(text, form, pointers=("/a/b",))) == expected
    assert summary(found(f"// x\n{bare}", "jsonc")) == expected
