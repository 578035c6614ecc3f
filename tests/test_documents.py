"""Reading payloads from JSON, NDJSON and YAML: what is read, what is refused, and where everything stands."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lp_engagement._common.printable import printable
from lp_engagement.validation.checker import Checker, Finding, Options
from lp_engagement.validation.documents import Document, read_json
from lp_engagement.validation.plain_json import DEEPEST, plain_copy
from lp_engagement.validation.quick import quick_json
from lp_engagement.validation.source_map import JsonLayout, Lines, Span, _string_begun, repeated_keys
from lp_engagement.validation.yaml_text import read_yaml
from tests.helpers import ENGINES, same
from tests.validating import BAD, CART, GOOD

if TYPE_CHECKING:
    from collections.abc import Iterator

Path = tuple[str | int, ...]
HALF = re.compile(r"\\u[dD][89a-fA-F]")


def found(document: Document) -> list[tuple[str, str]]:
    """Rule and pointer of each fault of a document."""
    return [(problem.name, problem.pointer) for problem, _ in document.faults]


def in_json(text: str | bytes, **options: Any) -> list[Finding]:
    """List the problems of a JSON file."""
    return both(lambda checker, data: checker.file("x", data), text, **options)


def in_ndjson(text: str | bytes, **options: Any) -> list[Finding]:
    """List the problems of an NDJSON stream."""
    return both(lambda checker, data: checker.lines("x", data.split(b"\n")), text, **options)


def in_yaml(text: str | bytes, **options: Any) -> list[Finding]:
    """List the problems of a YAML file."""
    return both(lambda checker, data: checker.file("x", data, "yaml"), text, **options)


def both(check: Any, text: str | bytes, **options: Any) -> list[Finding]:
    """Check with both engines, which must agree."""
    data = text.encode() if isinstance(text, str) else text
    one, other = (list(check(Checker(Options(engine=engine, **options)), data)) for engine in ENGINES)
    assert one == other
    findings: list[Finding] = one
    return findings


def places(findings: list[Finding]) -> list[tuple[int, int, str]]:
    """Line, column and rule of each finding."""
    return [(each.line, each.column, each.problem.name) for each in findings]


# --------------------------------------------------------------------------------------- where everything stands

KEYS = st.text(max_size=6) | st.sampled_from(["type", "a/b", "~", '"', "\\", "\n", "\u00e4", "\U0001f375"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | KEYS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


def as_json(value: Any, form: int) -> str:
    """The value as JSON in one of a few ways of writing it."""
    ways: list[dict[str, Any]] = [
        {},
        {"indent": 2},
        {"ensure_ascii": False, "separators": (",", ":")},
        {"indent": "\t"},
    ]
    text = json.dumps(value, **ways[form % 4])
    return text.replace("\n", "\r\n") if form >= 4 else text


def paths(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every place of a value, and what is there."""
    yield path, value
    if isinstance(value, dict):
        for key, each in value.items():
            yield from paths(each, (*path, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from paths(each, (*path, index))


@given(VALUES, st.integers(0, 7))
@example({"a": {"b": [1, {"\U0001f375": '\\"'}]}}, 2)
def test_layout_knows_each_place(value: Any, form: int) -> None:
    """The span of a value is its text, the span of a key is the key in quotes, whatever way the JSON is written."""
    text = as_json(value, form)
    layout = JsonLayout(text)
    for path, each in paths(value):
        span = layout.value(path)
        assert span is not None
        if isinstance(each, dict | list):
            assert text[slice(*span)] == ("{" if isinstance(each, dict) else "[")
        else:
            assert same(json.loads(text[slice(*span)]), each)
        key = layout.key(path)
        if path and isinstance(path[-1], str):
            assert key is not None
            assert json.loads(text[slice(*key)]) == path[-1]
            assert text[key.end :].lstrip()[0] == ":"
        else:
            assert key is None


@given(VALUES, st.integers(0, 7))
def test_scalars_are_all_values_and_no_key(value: Any, form: int) -> None:
    """Hidden is each value that is no object or list, and nothing else."""
    text = as_json(value, form)
    hidden = [json.loads(text[slice(*span)]) for span in JsonLayout(text).scalars(Span(0, len(text)), 0)]
    scalars = [each for _, each in paths(value) if not isinstance(each, dict | list)]
    assert len(hidden) == len(scalars)
    assert all(map(same, hidden, scalars))


@given(VALUES)
def test_layout_of_what_is_not_there(value: Any) -> None:
    """A place that the payload does not have has no span."""
    layout = JsonLayout(json.dumps(value))
    assert layout.value(("no such key anywhere",)) is None
    assert layout.key((10**6,)) is None


@given(st.text(alphabet="a\n\r\u00e4\U0001f375"), st.data())
def test_lines_and_columns(text: str, data: st.DataObject) -> None:
    """Lines end with a line feed; columns count characters, not bytes; both begin with 1."""
    offset = data.draw(st.integers(0, len(text)))
    lines = text[:offset].split("\n")
    assert Lines(text).line_and_column(offset) == (len(lines), len(lines[-1]) + 1)


@pytest.mark.parametrize(
    "text, place",
    [
        ('{"type": "lead", "lead": {"value": "1"}}', (1, 36)),
        ('{\n "type": "lead",\n "lead": {"value": "1"}}', (3, 20)),
        ('{"type": "lead", "lead": {"topic": "\u00e4\u00f6\u20ac", "value": "1"}}', (1, 52)),
        ('{"type": "lead", "lead": {"topic": "\U0001f375\U0001f375", "value": "1"}}', (1, 51)),
        ('{"type": "lead",\r\n "lead":\r\n  {"value":\r\n"1"}}', (4, 1)),
        ('{"type": "lead", "lead": {"leadId": "\\"value\\": 1", "value": "1"}}', (1, 62)),
        ('\t{"type":\t"lead",\t"lead":{"value":"1"}}', (1, 35)),
    ],
)
def test_place_of_a_fault(text: str, place: tuple[int, int]) -> None:
    """Line and column are right after characters of several bytes, escapes, tabs and Windows' ends of lines."""
    (finding,) = in_json(text)
    assert (finding.line, finding.column) == place
    assert finding.problem.pointer == "/lead/value"
    assert finding.end_column == finding.column + 3


def test_place_where_json_ends() -> None:
    """Where the file stops being JSON, one character is marked."""
    (finding,) = in_json('{"type": "lead", lead: 1}')
    assert (finding.line, finding.column, finding.end_column) == (1, 18, 19)


def test_place_of_what_is_missing() -> None:
    """A missing field is shown at the object that it is missing in; an unknown key at the key, not at its value."""
    text = '{\n  "type": "purchase",\n  "cart":\n  {"numItems": 1,\n   "Products": []}\n}'
    assert places(in_json(text)) == [(5, 4, "unknown-key"), (4, 3, "missing-mandatory")]


def test_place_in_an_element_of_a_list() -> None:
    """A list of payloads is checked one by one: places, pointers and numbers are those of the file."""
    text = f"[{GOOD},\n {BAD},\n {{}}]"
    findings = in_json(text)
    assert places(findings) == [(2, 28, "string-number"), (3, 2, "missing-mandatory")]
    assert [(each.problem.pointer, each.document) for each in findings] == [("/1/total", 2), ("/2/type", 3)]


@given(VALUES, st.integers(0, 7), st.booleans())
def test_excerpt_marks_the_place(value: Any, form: int, values_shown: bool) -> None:  # noqa: FBT001
    """Under the excerpt's mark is what is wrong, or the sign that hides it."""
    text = as_json(value, form)
    document = Document(text=text, layout=JsonLayout(text), value=value)
    for path, each in paths(value):
        span = document.span(path, of_key=False)
        shown, column, width = document.excerpt(span, show_values=values_shown)
        marked = shown[column : column + width]
        assert "\n" not in shown
        assert len(shown) <= 102 or "\\" in shown
        if isinstance(each, dict | list):
            assert marked == text[span.start]
        elif values_shown or isinstance(each, bool | None):
            assert printable(text[slice(*span)], 1000).startswith(marked.rstrip())
        else:
            assert marked in {"\u2026", '"\u2026"'} or json.loads(text[slice(*span)]) in {*marked.split('"')}


# ---------------------------------------------------------------------------------------------------- equal keys


@st.composite
def objects(draw: st.DrawFn) -> tuple[str, bool]:
    """The JSON text of a value, and whether any of its objects repeats a key, in any spelling."""
    repeated = False

    def write(depth: int) -> str:
        nonlocal repeated
        if depth == 0 or draw(st.booleans()):
            return draw(st.sampled_from(["1", '"a"', '"a:b"', '"\\u003a"', "[]", '"\\u0061"', "null", '"\u00e4: \\n"']))
        keys = draw(
            st.lists(st.sampled_from(['"a"', '"\\u0061"', '"b"', '"a:b"', '"\\u00e4"', '"\u00e4"']), max_size=4)
        )
        repeated |= len({json.loads(key) for key in keys}) < len(keys)
        members = [f"{key}: {write(depth - 1)}" for key in keys]
        return "{" + ", ".join(members) + "}" if draw(st.booleans()) else f"[{{{','.join(members)}}}, 1]"

    return write(3), repeated


@given(objects())
@example(('{"a": 1, "\\u0061": 2}', True))
@example(('{"\\u0061": 1, "a": "\\u003a"}', True))
@example(('{"a": "x:y", "b": {"a": 1}}', False))
def test_equal_keys_are_found(drawn: tuple[str, bool]) -> None:
    """A repeated key is located at its second occurrence, by the fast reader too."""
    text, repeated = drawn
    keys = list(repeated_keys(text))
    assert bool(keys) == repeated
    for path, span in keys:
        assert json.loads(text[slice(*span)]) == path[-1]
    assert {name for name, _ in found(read_json(text.encode()))} == ({"duplicate-key"} if repeated else set())
    try:
        value = quick_json(text.encode())
    except ValueError:
        assert repeated or HALF.search(text)
    else:
        assert not repeated
        assert same(value, json.loads(text))


def test_equal_keys_with_their_places() -> None:
    """Each repetition is a fault at its own place, with the pointer of the field."""
    text = '{"type": "lead",\n "lead": {"value": 1, "value": 2, "\\u0076alue": 3},\n "lead": {}}'
    for findings in (in_json(text), in_yaml(text)):
        assert sorted(places(findings)) == [(2, 23, "duplicate-key"), (2, 35, "duplicate-key"), (3, 2, "duplicate-key")]
        assert {each.problem.pointer for each in findings} == {"/lead/value", "/lead"}


@st.composite
def slips(draw: st.DrawFn) -> str:
    """The JSON text of a value, perhaps with one key struck too often."""
    text = json.dumps(draw(VALUES), ensure_ascii=draw(st.booleans()))
    at = draw(st.integers(0, len(text)))
    return text[:at] + draw(st.sampled_from(["", "", " ", '"', "\\", ":", ",", "0", "}", "\ufeff"])) + text[at:]


@given(slips())
@example(f'{{"a": {-(2**63) - 1}}}')
@example(str(2**64))
@example("-0")
@example("[-0.0, 1E2, 1e400]")
@example("[1E+0400]")
@example("9" * 400 + ".0")
@example("[" * 400 + "]" * 400)
@example("[" * 600 + "]" * 600)
@example("NaN")
@example("[-Infinity]")
@example('{"a": "\\u00e9\\n", "\\u0061b": 1}')
@example('["\\ud83d\\ude00", "\\ud83d"]')
def test_quick_reading_is_no_different(text: str) -> None:
    """Whatever the quick way reads, the thorough one reads without fault, and the same; also after a slip of a key."""
    raw = text.encode()
    try:
        quick = quick_json(raw)
    except ValueError:
        return
    document = read_json(raw)
    assert document.faults == []
    assert same(quick, document.value)
    assert plain_copy(quick)[1] == [] or text.count("[") + text.count("{") > DEEPEST


# ------------------------------------------------------------------------------------------- what is not readable


@pytest.mark.parametrize(
    "text, words, column",
    [
        ("", "the text is empty", 1),
        (" \n\t", "the text is only whitespace", 1),
        ('{"a": 1} x', "there is text after the payload", 10),
        ('{"a": 1}}', "there is text after the payload", 9),
        ('{"a": 1', "the text ends too early", 8),
        ('{"a":', "the text ends too early", 6),
        ('["a"', "the text ends too early", 5),
        ('{"a": "b', "a string has no closing quote", 7),
        ('{"a": "b\tc"}', "or contains a control character", 9),
        ('{"a": "\\x"}', "an escape that JSON does not have", 8),
        ('{"a": 1, // one', "a comment", 10),
        ('{"a": 1 /* one */}', "a comment", 9),
        ('{"a": 1 # one\n}', "a comment", 9),
        ('{"a": 1,}', "a comma follows the last entry", 8),
        ('{"a": [1, 2 , ]}', "a comma follows the last entry", 13),
        ("{'a': 1}", "the wrong kind of quote", 2),
        ('{"a": \u2018b\u2019}', "the wrong kind of quote", 7),
        ("{a: 1}", "a key has no quotes", 2),
        ('{"a": b}', "a string has no quotes", 7),
        ('{"a": cart.total()}', "a string has no quotes", 7),
        ('{"a": True}', "true or false has the wrong upper or lower case", 7),
        ('{"a": None}', "this word for a missing value", 7),
        ('{"a": undefined}', "this word for a missing value", 7),
        ("push({})", "there is text around the payload", 1),
        ("$x = {}", "there is text around the payload", 1),
        ('{"a": +1}', "a plus sign", 7),
        ('{"a": .5}', "a decimal point needs a digit", 7),
        ('{"a": 5.}', "a decimal point needs a digit", 8),
        ('{"a": -}', "a minus sign is not followed by a number", 7),
        ('{"a": 007}', "a number starts with 0", 8),
        ('{"a" 1}', "a colon is missing", 6),
        ('{"a": }', "a value is missing", 7),
        ('{"a": 1]', "the closing bracket does not match", 8),
        ("[1}", "the closing bracket does not match", 3),
        ('{"a": 1 "b": 2}', "a comma is missing", 9),
        ("[1 2]", "a comma is missing", 4),
        ("{1: 2}", "a key in double quotes is missing", 2),
        ('{"a": @}', "an unexpected character", 7),
    ],
)
def test_broken_json_is_explained(text: str, words: str, column: int) -> None:
    """Invalid JSON is one fault, with its cause and fix, at the right place."""
    document = read_json(text.encode())
    ((problem, span),) = document.faults
    assert problem.name == "not-json"
    assert words in problem.message
    assert problem.hint
    assert document.place(span).column == column
    assert not document.readable


@given(VALUES, st.data())
def test_any_text_is_read_or_explained(value: Any, data: st.DataObject) -> None:
    """Whatever is cut off or put in: reading never raises, and what json refuses is a fault within the text."""
    text = as_json(value, data.draw(st.integers(0, 7)))
    at = data.draw(st.integers(0, len(text)))
    text = text[:at] + data.draw(st.just("") | st.text(max_size=2)) + text[data.draw(st.integers(at, len(text))) :]
    document = read_json(text.encode("utf-8", "surrogatepass"))
    try:
        json.loads(text)
        text.encode()
    except ValueError:
        assert document.faults
    for problem, span in document.faults:
        place = document.place(span)
        assert 1 <= place.line <= text.count("\n") + 1
        assert place.column >= 1
        assert problem.message
        assert problem.hint


CART_IN_BYTES = GOOD.encode()


@pytest.mark.parametrize(
    "data, rules",
    [
        (b'{"type": "cart", "total": 1.0, "numItems": 1.0}', []),
        (b'{"type": "cart", "total": -0, "numItems": 0e0}', []),
        (b'{"type": "cart", "total": 1, "numItems": ' + b"9" * 400 + b"}", []),
        (b'{"type": "cart", "total": 1, "numItems": ' + b"9" * 5000 + b"}", [(1, 42, "not-json")]),
        (b'{"type": "cart", "total": NaN, "numItems": 1}', [(1, 27, "not-finite")]),
        (b'{"type": "cart", "total": -Infinity, "numItems": 1}', [(1, 27, "not-finite")]),
        (b'{"type": "cart", "total": 1e400, "numItems": 1}', [(1, 27, "not-finite")]),
        (b'{"type": "cart", "total": 1, "numItems": 1.5}', [(1, 42, "wrong-type")]),
        (b'{"type": "cart", "total": 1, "numItems": 1, "currency": "\\ud800"}', [(1, 57, "not-json")]),
        (b'{"type": "cart", "total": 1, "numItems": 1, "currency": "\\ud83c\\udf75"}', []),
        (b'{"type": "cart", "total": 1, "numItems": 1, "\\udc00": 1}', [(1, 1, "not-json")]),
        (b'{"type": "cart", "total": 1, "total": 2, "numItems": 1}', [(1, 30, "duplicate-key")]),
        (b'{"type": "cart", "total": 1, "\\u0074otal": 2, "numItems": 1}', [(1, 30, "duplicate-key")]),
        (b"\xef\xbb\xbf" + CART_IN_BYTES, [(1, 1, "byte-order-mark")]),
        (CART_IN_BYTES + b" x", [(1, len(CART_IN_BYTES) + 2, "not-json")]),
        (b'{"type": "cart", "total": 1, "numItems": 1, "currency": "\xe4"}', [(1, 58, "not-json")]),
        (b'{"type": "cart", "currency": "\xc3\xa4\xc3", "numItems": 1}', [(1, 32, "not-json")]),
        ("{}".encode("utf-16"), [(1, 1, "not-json")]),
        (b'{"type": "cart", "total": 1, "numItems": 1, "currency": "\x00"}', [(1, 58, "not-json")]),
    ],
)
def test_edges(data: bytes, rules: list[tuple[int, int, str]]) -> None:
    """A JSON file and an NDJSON line have the same results in the corner cases, with both engines."""
    assert places(in_json(data)) == rules
    assert places(in_ndjson(data)) == rules


@pytest.mark.parametrize("levels", [DEEPEST, 200, 254, 255, 300, 499, 501, 900, 1100, 100_000])
def test_deep_nesting(levels: int) -> None:
    """Nesting of any depth is a fault and not a crash, the same in a file and in a line, and the next line is read."""
    deep = '{"type": "searchInfo", "keywords": ' + "[" * levels + "]" * levels + "}"
    findings = in_json(deep)
    assert "not-json" in {each.problem.name for each in findings}
    assert in_ndjson(deep) == findings
    assert [each.document for each in in_ndjson(f"{deep}\n{BAD}")] == [1] * len(findings) + [2]
    assert "not-json" in {each.problem.name for each in in_yaml(deep)}


def test_lines_of_a_stream() -> None:
    """Blank lines are no payloads, ends of lines may be Windows', the last may be missing; a broken line is one."""
    text = f"{GOOD}\r\n\r\n   \n{BAD}\r\n{{broken\r\n{GOOD}"
    checker = Checker(Options())
    findings = list(checker.lines("x", text.encode().split(b"\n")))
    assert places(findings) == [(4, 27, "string-number"), (5, 2, "not-json")]
    assert [each.document for each in findings] == [2, 3]
    assert not any(each.excerpt.endswith((" ", "\r")) for each in findings)
    assert (checker.tally.documents, checker.tally.invalid, checker.tally.errors) == (4, 2, 2)


def test_stream_with_a_kind() -> None:
    """A kind holds for each line; without one each line is taken for what it is."""
    lines = f'{GOOD}\n{{"pageId": "1"}}\n{{"type": "impTimeout", "campaign": 1, "engId": 2, "revision": 3}}\n'
    assert in_ndjson(lines) == []
    assert {each.line for each in in_ndjson(lines, kind="sde")} == {2, 3}
    assert {each.line for each in in_ndjson(lines, kind="update-session")} == {1, 3}


def test_faults_of_the_text_and_of_the_payload() -> None:
    """A payload whose text has a fault is checked all the same if it can be read, and counts as invalid once."""
    checker = Checker(Options())
    text = b'\xef\xbb\xbf{"type": "cart", "total": "1", "numItems": 1, "numItems": 2}'
    assert places(list(checker.file("x", text))) == [
        (1, 1, "byte-order-mark"),
        (1, 47, "duplicate-key"),
        (1, 27, "string-number"),
    ]
    assert (checker.tally.documents, checker.tally.invalid, checker.tally.errors) == (1, 1, 2)


# -------------------------------------------------------------------------------------------------------- YAML


@pytest.mark.parametrize(
    "text, value",
    [
        ("type: cart\ntotal: 11.7\nnumItems: 6", {"type": "cart", "total": 11.7, "numItems": 6}),
        ("[1, -2, 0x1F, +5, 09]", [1, -2, 31, 5, 9]),
        ("[1.5, 1.5e+3, -.5, .5]", [1.5, 1500.0, -0.5, 0.5]),
        ("[true, False, null, ~, 'yes', \"no\"]\n", [True, False, None, None, "yes", "no"]),
        ("- '2014-10-15'\n- '1'\n- \"\\u0061\"\n- !!str 1\n- &a !!int '2'", ["2014-10-15", "1", "a", "1", 2]),
        ("- &a {x: 1, y: 2}\n- {<<: *a, y: 3}", [{"x": 1, "y": 2}, {"x": 1, "y": 3}]),
        (
            "- &a {x: 1}\n- &b {x: 2, y: 2}\n- z: 3\n  <<: [*a, *b]",
            [{"x": 1}, {"x": 2, "y": 2}, {"x": 1, "y": 2, "z": 3}],
        ),
        ("- &a {x: 1}\n- &b {<<: *a, y: 2}\n- {<<: *b}", [{"x": 1}, {"x": 1, "y": 2}, {"x": 1, "y": 2}]),
        ('{"<<": {"x": 1}}', {"<<": {"x": 1}}),
        ("a: |\n  x\n  y\nb: >\n  x\n  y\n", {"a": "x\ny\n", "b": "x y\n"}),
        ("a: &one {b: 1}\nc: *one", {"a": {"b": 1}, "c": {"b": 1}}),
        ("a: &x 1\nb: &x 2\nc: *x\n", {"a": 1, "b": 2, "c": 2}),
        ("1: a\ntrue: b", {"1": "a", "true": "b"}),
        ("a:\r\n  b: 1\r\n", {"a": {"b": 1}}),
    ],
)
def test_yaml_values(text: str, value: Any) -> None:
    """YAML 1.2 is read as the JSON that it stands for."""
    (document,) = read_yaml(text.encode())
    assert document.faults == []
    assert same(document.value, value)


@given(VALUES)
def test_json_is_yaml(value: Any) -> None:
    """A JSON text read as YAML is the same payload with the same places; some numbers were strings in YAML 1.1."""
    text = json.dumps(value)
    (document,) = read_yaml(text.encode())
    assert all(problem.name == "ambiguous-yaml" for problem, _ in document.faults)
    assert same(document.value, value)
    layout = JsonLayout(text)
    for path, each in paths(value):
        span, expected = document.span(path, of_key=False), layout.value(path)
        assert expected is not None
        assert span.start == expected.start
        if not isinstance(each, dict | list):
            assert span == expected
        assert document.span(path, of_key=True) == (layout.key(path) or span)


def test_yaml_documents() -> None:
    """Each document of a stream is a payload, with lines of the file; an empty stream has none."""
    text = f"{GOOD}\n---\ntype: lead\nlead:\n  value: '1'\n---\n- {BAD}\n- {GOOD}\n"
    findings = in_yaml(text)
    assert places(findings) == [(5, 10, "string-number"), (7, 29, "string-number")]
    assert [each.document for each in findings] == [2, 3]
    assert list(read_yaml(b"")) == list(read_yaml(b"# nothing\n")) == []


@pytest.mark.parametrize(
    "text, message, place",
    [
        ("a: 'b\nc: d\n", "scanning a quoted scalar", (1, 4)),
        ("a: [1, 2\n", "parsing a flow sequence", (1, 4)),
        ("a: b: c\n", "mapping values are not allowed here", (1, 5)),
        ("a: *Kwq\n", "found undefined alias", (1, 4)),
        ("a: @Kwq\n", "cannot start any token", (1, 4)),
        ("a: !x!Kwq b\n", "found undefined tag handle", (1, 4)),
        ("a: \x07\n", "does not allow this control character", (1, 4)),
        ("%YAML 99999999999.1\n---\na", "found incompatible YAML document", (1, 1)),
        ("? [a]\n: b\n", "a key is not a string", (1, 3)),
        ("a: !!float Kwq\n", "JSON cannot represent this number", (1, 4)),
        ("a: " + "9" * 5000, "JSON cannot represent this number", (1, 4)),
        ("a: !!binary aGk=\n", "no equivalent of this tag", (1, 4)),
        ("a: {<<: [1]}\n", "a merge key (<<) takes an object", (1, 10)),
        ("&x {<<: *x}\n", "is nested too deeply, or expands to too many values", (1, 1)),
        ("a: &x [*x]\n", "is nested too deeply, or expands to too many values", (1, 4)),
    ],
)
def test_broken_yaml_is_explained(text: str, message: str, place: tuple[int, int]) -> None:
    """Invalid YAML, or YAML beyond JSON, is a fault at its place; the parser's quotes are left out."""
    documents = list(read_yaml(text.encode()))
    ((problem, span),) = documents[0].faults
    assert problem.name == "not-json"
    assert message in problem.message
    assert "Kwq" not in problem.message + problem.hint
    assert documents[0].place(span)[:2] == place


def test_yaml_that_is_not_utf8() -> None:
    """Bytes that are not UTF-8 are a fault at the first of them."""
    assert places(in_yaml(b"type: cart\ntotal: \xe4\n")) == [(2, 8, "not-json")]


def test_yaml_numbers_without_end() -> None:
    """NaN and Infinity are faults in any of YAML's spellings."""
    for word in (".nan", ".NaN", ".NAN", ".inf", "-.Inf", "+.INF"):
        findings = in_yaml(f"type: lead\nlead:\n  value: {word}\n")
        assert places(findings) == [(3, 10, "not-finite")]


def test_yaml_aliases_cannot_grow_without_end() -> None:
    """A few lines of YAML that expand to a billion values are rejected at once."""
    lines = ["a0: &a0 [1]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    (document,) = read_yaml("\n".join(lines).encode())
    ((problem, _),) = document.faults
    assert "expands to too many values" in problem.message


def test_yaml_null_is_shown_at_its_key() -> None:
    """A field without a value is marked at its key, since there is nothing else to see."""
    (finding,) = in_yaml("type: lead\nlead:\n  topic:\n")
    assert (finding.line, finding.column, finding.problem.name) == (3, 3, "null")
    assert finding.excerpt == "  topic:"


def test_yaml_hides_more_than_values() -> None:
    """Comments, tags and names of aliases are hidden like values: all of them can hold one."""
    text = "type: personal\npersonal:\n  firstname: &Kwq !Kwq Kwq # Kwq, Kwq\n  gender: [*Kwq, 'Kwq', \"Kwq\"]\n"
    findings = in_yaml(text + "  firstName: Kwq # Kwq\n")
    assert [each.problem.name for each in findings] == ["not-json", "wrong-type", "unknown-key"]
    assert not any("Kwq" in each.excerpt for each in findings)
    assert all("Kwq" in each.excerpt for each in in_yaml(text + "  firstName: Kwq # Kwq\n", show_values=True))


def test_documents_compare_kinds() -> None:
    """A cart in all three formats is the same payload without a fault."""
    assert in_json(GOOD) == in_ndjson(GOOD) == in_yaml(GOOD) == []
    assert same(read_json(CART_IN_BYTES).value, CART)


@pytest.mark.parametrize(
    "word, value, otherwise",
    [
        ("NO", "NO", "a boolean"),
        ("on", "on", "a boolean"),
        ("y", "y", "a boolean"),
        ("2024-01-31", "2024-01-31", "a date"),
        ("12:30", "12:30", "a base 60 number"),
        ("1_000", "1_000", "a number"),
        ("1_000.5", "1_000.5", "a number"),
        ("010", 10, "an octal number"),
        ("0o17", 15, "a string"),
        ("0b11", "0b11", "a binary number"),
        ("1e3", 1000.0, "a string"),
    ],
)
def test_yaml_words_that_readers_take_differently(word: str, value: Any, otherwise: str) -> None:
    """A plain word is read by YAML 1.2; where YAML 1.1 differs there is a warning, and none if it is in quotes."""
    (document,) = read_yaml(f"a: {word}\n".encode())
    assert same(document.value, {"a": value})
    ((problem, span),) = document.faults
    assert (problem.name, problem.level, problem.pointer) == ("ambiguous-yaml", "warning", "/a")
    assert problem.message.endswith(f"but {otherwise} in YAML 1.1")
    assert document.place(span)[:2] == (1, 4)
    (quoted,) = read_yaml(f"a: '{word}'\n".encode())
    assert quoted.faults == []


@pytest.mark.parametrize(
    "word", ["1", "-1", "0", "1.5", "1.5e+3", "0x1F", "a", "Nope", "1.2.3", "null", "true", "-", "09"]
)
def test_yaml_words_that_all_readers_take_alike(word: str) -> None:
    """A word that YAML 1.1 and 1.2 read alike causes no warning."""
    (document,) = read_yaml(f"a: {word}1\n".encode() if word == "-" else f"a: {word}\n".encode())
    assert document.faults == []


def test_yaml_merge_keys_are_checked_at_their_anchor() -> None:
    """A fault of a field that came by a merge key is one of each object that has it, where it is written."""
    findings = in_yaml(
        "- &base\n  type: cart\n  total: '1'\n  numItems: 1\n- <<: *base\n  numItems: 2\n", excerpts=True
    )
    assert [(each.problem.pointer, each.line) for each in findings] == [("/0/total", 3), ("/1/total", 3)]


def test_yaml_merge_keys_cannot_grow_without_end() -> None:
    """Objects that merge each other a billion times over are refused at once."""
    lines = ["- &a0 {x: 1}"] + [f"- &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 10)}]}}" for n in range(1, 10)]
    (document,) = read_yaml("\n".join(lines).encode())
    ((problem, _),) = document.faults
    assert "expands to too many values" in problem.message


@pytest.mark.parametrize("form", ["json", "ndjson", "yaml"])
def test_byte_order_mark_is_a_warning(form: str) -> None:
    """A byte order mark is worth a warning in any format; the payload is checked all the same."""
    check = {"json": in_json, "ndjson": in_ndjson, "yaml": in_yaml}[form]
    found = check(b"\xef\xbb\xbf" + BAD.encode())
    assert [(each.problem.name, each.problem.level) for each in found] == [
        ("byte-order-mark", "warning"),
        ("string-number", "error"),
    ]


def test_a_mistake_in_yaml_is_one_character_long() -> None:
    """The place of a mistake begins and ends in the text, so that reports can underline it."""
    [document] = read_yaml(b"a: [1\nb: 2\n")
    [(problem, span)] = document.faults
    assert "YAML" in problem.message
    assert span.end == span.start + 1


@pytest.mark.parametrize(
    "text, at, start",
    [(r'"a\"b"', 3, 2), (r'"a\"b"', 4, 4), (r'"a\\"', 3, 2), ('"a" ', 3, None)],
    ids=["at an escaped quote", "after it", "in an escaped backslash", "outside"],
)
def test_reading_resumes_before_an_escape(text: str, at: int, start: int | None) -> None:
    """From the middle of a string, reading goes on at the beginning of an escape, or there is no string."""
    assert _string_begun(text, at, len(text)) == start
