"""Reading payloads from what people have: lists, JSON with comments, logs, recorded requests, tokens, tables."""

from __future__ import annotations

import csv
import io
import json
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from lp_engagement.validation import check
from lp_engagement.validation.checker import Checker, Finding, Options
from lp_engagement.validation.readers.places import offsets_of
from lp_engagement.validation.source_map import Span
from tests.helpers import SID
from tests.validating import BAD, CART, GOOD, validate

BODY = {"appType": "MSDK", "engagementAttributes": [CART | {"numItems": "two"}]}


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
    """The line and column of the only occurrence of a string."""
    assert text.count(part) == 1
    before = text[: text.index(part)]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


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
        (BODY | {"appDetails": {"os": "linux"}}, "sde", "create-session"),
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
    """A .jsonc file has no fault because of comments or trailing commas."""
    text = COMMENTED.replace("6\n", '6, // so "}"\n')
    assert places(found(text, "jsonc")) == [(*place_of(text, '"1"'), "string-number")]
    assert [each.problem.level for each in found(text)] == ["warning", "error"]


@pytest.mark.parametrize("text", ['{"type": "http://x.example.com/*"}', '{"type": "\\"// no", "a,}": ",]"}'])
def test_a_string_is_no_comment(text: str) -> None:
    """Slashes and commas in strings are left alone."""
    assert "not-json" not in {each.problem.name for each in [*found(text), *found(text, "jsonc")]}


@pytest.mark.parametrize("comment", ["// one", "/* one */"])
def test_comments_in_a_log(comment: str) -> None:
    """A comment of either form is a warning, of its line in NDJSON."""
    assert places(found(f"{GOOD}\n{GOOD} {comment}\n", "ndjson")) == [(2, len(GOOD) + 2, "not-json")]
    assert [each.problem.level for each in found(f"{GOOD} {comment}\n")] == ["warning"]


def test_doubled_quotes_of_yaml() -> None:
    """Each character of a string, and its end, has its place in the file; a doubled quote is where it begins."""
    assert list(offsets_of("""'''a'""", Span(0, 5), "'a")) == [1, 3, 4]


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


# ------------------------------------------------------------------------------------------------------- requests

URL = "https://liveperson.example.com/api/account/12345678/app/engagement/visitors/"
UPDATE = {"pageId": "1", "engagementAttributes": [CART]}


def entry(body: Any, method: str = "POST", url: str = URL + "?v=1.0") -> dict[str, Any]:
    """An entry of a HAR file."""
    text = body if isinstance(body, str) else json.dumps(body)
    return {"request": {"method": method, "url": url, "postData": {"mimeType": "application/json", "text": text}}}


def har(*entries: Any) -> str:
    """A HAR file."""
    return json.dumps({"log": {"version": "1.2", "entries": entries}}, indent=1)


def collection(*requests: Any) -> str:
    """A Postman collection with each request in a folder of its own."""
    items = [{"name": "folder", "item": [{"name": "call", "request": request}]} for request in requests]
    schema = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
    return json.dumps({"info": {"schema": schema}, "item": items}, indent=2)


def call(raw: str, method: str = "POST", url: Any = URL + "?v=1.0") -> dict[str, Any]:
    """A request of a collection."""
    return {"method": method, "url": url, "body": {"mode": "raw", "raw": raw}}


def test_bodies_by_operation() -> None:
    """In recorded traffic, each body is of the kind that its method and path say; other requests are passed over."""
    text = har(
        {"request": {"method": "GET", "url": "https://www.example.com/"}},
        entry(BODY),
        entry(UPDATE, "PUT", f"{URL}v1?v=1.0&{SID}=s1"),
        entry({"pageId": 1, "impAttributes": []}, "PUT", f"{URL}v1?v=1.0&{SID}=s1"),
        entry({"anything": "else"}, url="https://www.example.com/api"),
        entry({"type": "cart"}, "OPTIONS"),
    )
    findings = found(text, "har")
    assert places(findings) == [
        (*place_of(text, '\\"two\\"'), "wrong-type"),
        (*place_of(text, '1, \\"impA'), "wrong-type"),
    ]
    assert [each.problem.pointer for each in findings] == ["/engagementAttributes/0/numItems", "/pageId"]


def test_recorded_bodies_have_no_variables() -> None:
    """A browser sent `{{type}}` as it is, and that is not JSON. In a collection it is a variable."""
    text = har({"request": {"method": "POST", "url": f"{URL}?v=1.0", "postData": {"text": '{"appType": {{type}}}'}}})
    assert [rule for *_, rule in places(found(text, "har"))] == ["not-json"]


def test_attributes_of_other_requests() -> None:
    """The engagement attributes that go elsewhere, such as to the Monitoring API, are checked on their own."""
    body = {"clientProperties": {}, "engagementAttributes": [CART, CART | {"total": "x"}]}
    text = har(entry(body, url="https://lp.example.com/api/account/1/app/2/engagement?v=1.1"))
    (finding,) = found(text, "har")
    assert (finding.line, finding.column) == place_of(text, '\\"x\\"')
    assert finding.problem.pointer == "/1/total"


@pytest.mark.parametrize(
    "method, tail, words",
    [
        ("POST", "", ["the URL has no `v`"]),
        ("POST", "?v=1", ["`v` in the URL is not valid"]),
        ("POST", "null?v=1.0", ["`visitorId` in the URL is no id"]),
        ("POST", f"v1?v=1.0&{SID}=undefined", [f"`{SID}` in the URL is no id"]),
        ("POST", "v1?v=1.0", []),
        ("PUT", "v1?v=1.0", [f"the URL has no `{SID}`"]),
        ("PUT", f"v1?{SID}=", ["the URL has no `v`", f"`{SID}` in the URL is no id"]),
        ("PUT", f"v1?v=1.0&{SID}=s1&x=y", []),
    ],
)
def test_urls_are_checked(method: str, tail: str, words: list[str]) -> None:
    """Version, session and visitor id have to be there and be some; the URL is the place of the fault."""
    body = UPDATE if method == "PUT" else BODY | {"engagementAttributes": []}
    text = har(entry(body, method, URL + tail))
    findings = found(text, "har")
    assert [each.problem.message for each in findings] == words
    assert {(each.line, each.column) for each in findings} <= {place_of(text, f'"{URL}{tail}"')}


def test_urls_are_hidden() -> None:
    """The ids in a URL are in no excerpt."""
    findings = found(har(entry(UPDATE, "PUT", f"{URL}v4711?{SID}=s4712")), "har")
    assert findings
    assert "471" not in "".join(f"{each.excerpt}{each.problem}" for each in findings)


def test_a_request_without_a_body() -> None:
    """A call of the API without a body is a fault of the request."""
    text = har({"request": {"method": "POST", "url": URL + "?v=1.0"}})
    (finding,) = found(text, "har")
    assert (finding.problem.name, finding.line) == (
        "missing-mandatory",
        text[: text.index('"request"')].count("\n") + 1,
    )


@pytest.mark.parametrize("url", [URL + "?v=1.0", {"raw": "{{base}}" + URL.partition(".com")[2] + "?v=1.0"}])
def test_collections(url: Any) -> None:
    """Requests of a collection are found in folders, whichever way their URL is written."""
    text = collection(call(json.dumps(BODY), url=url), call(json.dumps(BODY), url="https://www.example.com/?v=1.0"))
    findings = found(text, "postman")
    assert [each.problem.pointer for each in findings] == ["/engagementAttributes/0/numItems", "/0/numItems"]
    before = text[: text.index('\\"two\\"')]
    assert (findings[0].line, findings[0].column) == (before.count("\n") + 1, len(before) - before.rfind("\n"))


def test_variables_are_unknown_values() -> None:
    """Variables of a collection are no fault, unless their type is certain and wrong; the rest is checked."""
    raw = """{"appType": "{{app}}", "engagementAttributes": [
      {"type": "cart", "total": {{total}}, "numItems": "{{count}}", "Currency": {{currency}}},
      {"type": "{{type}}", "cart": {{cart}}}, {{more}},
      {"type": "personal", "personal": {"gender": "{{gender}}"}}]}"""
    text = collection(call(raw, url=URL + "{{vid}}?v=1.0&sid={{sid}}"))
    findings = found(text, "postman")
    assert places(findings) == [
        (*place_of(text, '\\"{{count}}\\"'), "wrong-type"),
        (*place_of(text, '\\"Currency\\"'), "unknown-key"),
    ]
    assert "\ue000" not in "".join(each.excerpt for each in found(text, "postman", show_values=True))


def test_recorded_traffic_is_detected(tmp_path: Path) -> None:
    """The content of a .json file shows what it is; a .har file is one by its name."""
    for name, text in {
        "a.json": har(entry(BODY)),
        "b.har": har(entry(BODY)),
        "c.json": collection(call(json.dumps(BODY))),
    }.items():
        path = tmp_path / name
        path.write_text(text)
        done = validate("--quiet", path)
        assert done.exit_code == 1
        assert "`numItems` must be an integer" in done.stdout
        assert validate(*(["-"]), given=text).exit_code == 1


# --------------------------------------------------------------------------------------------------------- tokens


def token(claims: Any, *, raw: bytes | None = None) -> str:
    """An unsigned token with these claims."""
    parts = [b'{"alg":"RS256"}', raw if raw is not None else json.dumps(claims, ensure_ascii=False).encode(), b"sig"]
    return ".".join(urlsafe_b64encode(each).decode().rstrip("=") for each in parts)


def test_tokens() -> None:
    """The attributes of all tokens in a file are checked, wherever they are; other tokens are passed over."""
    wrong = token({"sub": "kü", "lp_sdes": [CART, CART | {"total": "x"}]})
    text = json.dumps(
        {"jwt": wrong, "other": token({"sub": "a"}), "header": f"Bearer {token({'lp_sdes': [CART]})}"}, indent=1
    )
    (finding,) = found(text, "jwt")
    claims = json.dumps({"sub": "kü", "lp_sdes": [CART, CART | {"total": "x"}]}, ensure_ascii=False)
    column = place_of(text, wrong)[1] + wrong.index(".") + 1 + len(claims[: claims.index('"x"')].encode()) * 4 // 3
    assert (finding.line, finding.column) == (2, column)
    assert finding.problem.pointer == "/1/total"


@pytest.mark.parametrize(
    "text, words",
    [
        (token({"lp_sdes": CART}), "`lp_sdes` must be an array"),
        (token(None, raw=b"{'a': 1}"), "invalid JSON: the wrong kind of quote is used"),
        (token(None, raw=b"\xff\xfe\xfa"), "this token has no readable claims"),
        (token({}) + ".YQ.YQ", "this token is encrypted"),
    ],
)
def test_unusable_tokens(text: str, words: str) -> None:
    """A token that cannot be checked says why."""
    assert [each.problem.message for each in found(text, "jwt")] == [words]


def test_a_token_is_shown_without_values(tmp_path: Path) -> None:
    """Neither the token nor a value of its claims is printed."""
    text = token({"sub": "Kwq", "lp_sdes": [{"type": "personal", "personal": {"firstName": "Sarah"}}]})
    path = tmp_path / "a.jwt"
    path.write_text(text)
    done = validate(path)
    assert "firstname" in done.stdout
    assert not any(word in done.stdout for word in ("Sarah", "Kwq", text[20:40]))
    piped = validate("-", given=text)
    assert piped.exit_code == done.exit_code == 1


# --------------------------------------------------------------------------------------------------------- tables


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_tables(delimiter: str, ending: str) -> None:
    """A column of JSON is found and checked; each place is right, also behind doubled quotes and line breaks."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=ending)
    writer.writerows([["id", "payload", "note"], ["1", json.dumps(CART | {"total": "x1"}), 'a "b"'], ["2", "", ""]])
    writer.writerows([["3\n4", json.dumps(CART | {"total": "x2"}, indent=1), ""], ["5"], ["6", GOOD, "c"]])
    text = out.getvalue()
    findings = found(text, "csv")
    assert places(findings) == [(*place_of(text, f'""{each}""'), "string-number") for each in ("x1", "x2")]
    assert findings == found(text, "csv", column="payload")
    assert findings[0].document == 1


def test_cells_with_and_without_quotes() -> None:
    """A fault at the end of a cell is at its end in the file, be the cell quoted or not."""
    text = 'id,payload\n1,[1\n2,"[1"\n3,"[""a"""\n'
    ends = [(finding.line, finding.column) for finding in found(text, "csv", column="payload")]
    assert ends == [(2, 5), (3, 6), (4, 10)]


@pytest.mark.parametrize("column", [None, "payload"])
def test_a_table_without_the_column(column: str | None) -> None:
    """Without a column of JSON, the first row is the place, and none of its values is shown."""
    (finding,) = found("Sarah,West\n1,2\n", "csv", column=column)
    assert (finding.line, finding.column, finding.problem.name) == (1, 1, "not-json")
    assert "Sarah" not in f"{finding.excerpt}{finding.problem}"


# -------------------------------------------------------------------------------------------------------- scripts


@pytest.mark.parametrize("wrapper", ["{}", "<p>ü</p>\n<script>\n{}\n</script>"])
@pytest.mark.parametrize(
    "push",
    [
        "lpTag.sdes.push({})",
        "x=1;window.lpTag['sdes'].send({});",
        "lpTag.sdes=[{}]",
        "f({{engagementAttributes:[{}]}})",
    ],
)
def test_places_in_scripts(wrapper: str, push: str) -> None:
    """A literal is found in each form, at its own place."""
    text = wrapper.format(push.format('{type: "cart", topic: "ä🎉", total: "x", numItems: 1}'))
    findings = found(text, "html" if "<script>" in wrapper else "js")
    assert places(findings) == [(*place_of(text, "topic"), "unknown-key"), (*place_of(text, '"x"'), "wrong-type")]


@pytest.mark.parametrize(
    "value, rule",
    [
        ("total", None),
        ("a ? 1 : '1'", None),
        ("+x", None),
        ("Number(x)", None),
        ("-0x10", None),
        ("1_000", None),
        ("x.toFixed(2)", "wrong-type"),
        ("String(x)", "wrong-type"),
        ("`${x}`", "wrong-type"),
        ("`1`", "string-number"),
        ("!!x", "wrong-type"),
        ("null", "null"),
        ("undefined", "missing-mandatory"),
        ("{}", "wrong-type"),
        ("('1')", "string-number"),
        ("() => 1", None),
        ("x * 2", None),
        ("x + 1", None),
        ("'' + x", "wrong-type"),
        ("x + y + 'EUR'", "wrong-type"),
        ("x > 1", "wrong-type"),
        ("typeof x", "wrong-type"),
        ("Number(x).toFixed(2)", "wrong-type"),
        ("parseFloat(x.toFixed(2))", None),
        ("String(x).length", None),
        ("String(x).split(',')", None),
        ("parseInt(x).toLocaleString()", None),
        ("x?.toFixed(2)", None),
        ("'\\u0031'", "string-number"),
        ("'{{ total }}'", "wrong-type"),
        ("{{ total }}", None),
        ("<%= total %>", None),
        ("'1', ...x", None),
        ("'1', [k]: 2", None),
        ("'1', total: 1", None),
        ("'1', ...(k && {total: 1})", None),
        ("1, ...(k && {total: '1'})", None),
        ("'1', ...(k && {currency: 'EUR'})", "string-number"),
    ],
)
def test_expressions(value: str, rule: str | None) -> None:
    """An expression is unknown unless its type is certain."""
    findings = found(f"lpTag.sdes.push({{type: 'cart', total: {value}, numItems: 1}})", "js")
    assert [each.problem.name for each in findings] == ([rule] if rule else [])


@pytest.mark.parametrize(
    "text",
    [
        "// lpTag.sdes.push({type: 'x'})",
        "'lpTag.sdes.push({type: 1})'",
        "my.lpTag.sdes.push({type: 'x'})",
        "lpTag.sdes.push",
        "lpTag.sdes.push(x, ...y)",
        "lpTag.sdes.push({...x})",
        "lpTag.sdes.push({[k]: 1})",
        "lpTag.sdes.push({type})",
        "lpTag.sdes.length",
        "lpTag.sdes[0] = {}",
        "lpTag.sdes.push({type: 'cart', ...x, get total() { return 1 }})",
        "lpTag.sdes.push({type: 'cart', total: 1 numItems: })",
        "lpTag.sdes.push({",
        "",
    ],
)
def test_no_false_alarm(text: str) -> None:
    """Comments, like-named objects and unknown keys are no fault."""
    assert found(text, "js") == []


def test_a_script_without_attributes_is_no_problem(tmp_path: Path) -> None:
    """Most scripts have none, so that is no warning."""
    path = tmp_path / "a.js"
    path.write_text("let a = 1;")
    done = validate("--strict", path)
    assert (done.exit_code, done.stdout) == (0, "0 payloads in 1 file: 0 valid, 0 invalid, 0 errors, 0 warnings\n")


def test_values_in_scripts_are_hidden(tmp_path: Path) -> None:
    """Neither a value nor the code around it is printed."""
    path = tmp_path / "a.js"
    path.write_text(
        "sarah(4711); lpTag.sdes.push({type: 'personal', personal: {firstName: 'Sarah', lastname: f('West')}}) // Kwq"
    )
    done = validate(path)
    assert "firstName" in done.stdout
    assert not any(word in done.stdout for word in ("'Sarah'", "West", "4711", "Kwq"))


def test_comments_in_scripts_allow_a_rule() -> None:
    """A comment allows a rule on its line, or alone on the next line."""
    push = "lpTag.sdes.push({type: 'cart', numItems: 1,\n%s\n});"
    inside = ["total: '1' // lp-engagement: ignore LPE202", "/* lp-engagement: ignore LPE202 */\ntotal: '1'"]
    assert [found(push % each, "js") for each in inside] == [[], []]
    assert places(found(push % "total: '1 // lp-engagement: ignore LPE102', a: 1", "js"))


def test_our_own_scripts_and_pages_have_no_false_alarm() -> None:
    """The scripts and pages of the project have no attributes of the web tag."""
    root = Path(__file__).parent.parent
    page, site = root / "wrapper" / "lp_engagement" / "simulator" / "page", root / "docs" / "_static"
    sources = [*page.glob("*.html"), *page.glob("*.js"), *site.glob("*.js")]
    assert len(sources) >= 3
    for path in sources:
        assert found(path.read_bytes(), "html" if path.suffix == ".html" else "js") == []


def test_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the parser, scripts are wrong usage, and the message names the extra."""
    monkeypatch.setattr("lp_engagement.validation.readers.formats.GRAMMARS", ("no_such_package",))
    path = tmp_path / "a.js"
    path.write_text("let a = 1;")
    done = validate(path)
    assert done.exit_code == 2
    assert "install the extra `js`" in done.stderr
