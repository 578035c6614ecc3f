"""`validate --fix` and `--diff`: what has one right answer is corrected, and nothing else changes."""

from __future__ import annotations

import difflib
import json
import os
import re
import stat
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from lp_engagement.testing.strategies import broken, valid
from lp_engagement.validation.checker import Checker, Finding, Options
from lp_engagement.validation.fixes.apply import apply
from lp_engagement.validation.fixes.files import Fixer
from lp_engagement.validation.locate import Walk
from lp_engagement.validation.readers import read
from lp_engagement.validation.schemas import load
from tests.validating import BAD, CART, GOOD, problems, validate

if TYPE_CHECKING:
    from collections.abc import Callable

    from lp_engagement.validation.problem import Path as Place

DATA = Path(__file__).parent / "data" / "fixes"
SECRET = "Canary-Value"
N = 8


def found(data: bytes, form: str, kind: str = "auto") -> list[Finding]:
    """The problems of a source, with their fixes."""
    checker = Checker(Options(kind=kind, fixes=True, excerpts=False))
    return list(checker.lines("x", data.split(b"\n")) if form == "ndjson" else checker.file("x", data, form))


def fixed(data: bytes, form: str, kind: str, *, unsafe: bool = False) -> bytes:
    """Fix a source until nothing is left to fix, and hold the lines against the edits."""
    for _ in range(50):
        possible = [each for each in found(data, form, kind) if each.fix and (unsafe or each.fix.is_safe)]
        if not possible:
            return data
        new, made = apply(data, possible, form)
        assert made
        touched = {each.line + edit.down - 1 for each in made for edit in (each.fix.edits if each.fix else ())}
        before, after = data.split(b"\n"), new.split(b"\n")
        assert len(before) == len(after)
        changed = {number for number, line in enumerate(before) if line != after[number]}
        assert changed <= touched
        data = new
    raise AssertionError("each pass found something to fix")


def values(data: bytes, form: str) -> list[Any]:
    """The payloads of a source."""
    return [document.value for document in read(data, form, Options())]


# ------------------------------------------------------------------------------------------------- comments, layout


def test_mapping_that_another_key_follows_becomes_an_entry() -> None:
    """A mapping of YAML is indented as an entry, and the key after it stays where it is, comments between or not."""
    before = "impAttributes:\n- eContext:\n    id: '1'\n    type: engagementContext\n"
    text = f"{before}  # more\n  type: impDisplay\n  campaign: 1\n"
    (wrap,) = (each for each in found(text.encode(), "yaml", "update-session") if each.problem.name == "not-array")
    new, _ = apply(text.encode(), [wrap], "yaml")
    assert new.decode() == text.replace("    id", "    - id").replace("    type: e", "      type: e")


@pytest.mark.parametrize("name", ["body.jsonc", "stream.ndjson", "fixture.yaml", "page.html"])
def test_layout_and_comments_are_kept(name: str, tmp_path: Path) -> None:
    """A fixed file is the file that a careful person would have made of it, and fixing it again changes nothing."""
    file = tmp_path / name
    stem, _, ending = name.partition(".")
    expected = (DATA / f"{stem}.fixed.{ending}").read_bytes()
    for newline in (b"\n", b"\r\n"):
        file.write_bytes((DATA / name).read_bytes().replace(b"\n", newline))
        first = validate("--fix", "--no-config", file)
        assert "Fixed: " in first.stdout, first.output
        assert file.read_bytes() == expected.replace(b"\n", newline)
        assert "Fixed" not in validate("--fix", "--no-config", file).stdout


@pytest.mark.parametrize(
    "payload, has_fix",
    [
        ({"type": "cart", "products": {"product": {}}}, True),
        ({"type": "cart", "products": {"nonsense": 1}}, False),
        ({"type": "lead", "lead": [{"leadId": "a"}]}, True),
        ({"type": "lead", "lead": [{"nonsense": 1}]}, False),
        ({"type": "lead", "lead": ["leadId"]}, False),
    ],
)
def test_brackets_are_for_what_belongs_there(payload: Any, *, has_fix: bool) -> None:
    """Brackets are put around an object, or taken away, if it has a field of what is expected there."""
    problems = found(json.dumps(payload).encode(), "json")
    assert [each.fix is not None for each in problems if each.problem.name in {"not-array", "not-object"}] == [has_fix]


@pytest.mark.parametrize("word, fixes", [("TRUE ", 1), ("false", 1), ("yes", 0), ("1", 0), ("", 0)])
def test_truth_is_not_guessed(word: str, fixes: int) -> None:
    """Only `true` and `false` lose their quotes; other words for them are the author's to decide."""
    problems = found(json.dumps({"type": "error", "error": {"resolved": word}}).encode(), "json")
    assert sum(each.fix is not None for each in problems) == fixes
    assert len(problems) == 1


# ------------------------------------------------------------------------------------------------------- properties


def damaged(  # noqa: PLR0911 - a table in disguise
    draw: st.DrawFn, walk: Walk, path: Place, value: Any, *, lists: bool
) -> Any:
    """Make some of the mistakes in a valid payload that have one right answer."""
    schema = walk.to(path).schema
    hit = draw(st.integers(0, 2)) == 0
    if isinstance(value, dict):
        members = {key: damaged(draw, walk, (*path, key), member, lists=lists) for key, member in value.items()}
        spoilt = {key: key for key in members}
        if hit and members:
            key = draw(st.sampled_from(sorted(members)))
            spoilt[key] = draw(st.sampled_from([key.upper(), key.capitalize(), f"{key[0]}-{key[1:]}"]))
        members = {spoilt[key]: member for key, member in members.items()}
        return [members] if lists and path and members and draw(st.integers(0, 5)) == 0 else members
    if isinstance(value, list):
        entries = [damaged(draw, walk, (*path, index), entry, lists=lists) for index, entry in enumerate(value)]
        is_plain = len(value) == 1 and (isinstance(value[0], dict) or re.fullmatch(r"\w+", str(value[0])))
        return entries[0] if hit and is_plain and not isinstance(entries[0], list) else entries
    if not hit:
        return value
    if isinstance(value, str) and ("enum" in schema or "const" in schema):
        return value.lower() if value.isupper() else value.upper()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float) and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", str(value)) and len(str(value)) < 15:
        return f" {value} "
    if isinstance(value, str) and re.fullmatch(r"[1-9][0-9]{0,14}", value):
        return int(value)
    return value


@st.composite
def mistakes(draw: st.DrawFn, kind: str, *, lists: bool) -> tuple[Any, Any]:
    """A valid payload, and the same with mistakes; `lists`: an object in brackets is one of them."""
    payload = draw(valid(kind))
    return payload, damaged(draw, Walk(load(f"{kind}.strict"), payload), (), payload, lists=lists)


def as_json(value: Any) -> str:
    """Pretty."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def as_jsonc(value: Any) -> str:
    """With a comment after each line."""
    return "".join(f"{line} // é \"x\": '1'\n" for line in as_json(value).split("\n"))


def as_yaml(value: Any) -> str:
    """In blocks, with a comment before each line."""
    writer, out = YAML(typ="safe", pure=True), StringIO()
    writer.default_flow_style, writer.width = False, 1_000_000
    writer.dump(value, out)
    return "".join(f"# é: 'x'\n{line}\n" for line in out.getvalue().removesuffix("\n").split("\n"))


def as_script(value: Any) -> str:
    """With keys and strings as JavaScript has them."""
    if isinstance(value, dict):
        members = ", ".join(
            f"{key if key.isidentifier() else repr(key)}: {as_script(each)}" for key, each in value.items()
        )
        return f"{{ {members} /* é */ }}"
    if isinstance(value, list):
        return f"[{', '.join(map(as_script, value))}]"
    if isinstance(value, str):
        assume(not re.search(r"['\\\n\r\u2028\u2029]", value))
        return f"'{value}'"
    return json.dumps(value)


WRITERS: dict[str, Callable[[Any], str]] = {
    "json": as_json,
    "jsonc": as_jsonc,
    "ndjson": lambda value: f"{GOOD}\n{json.dumps(value, ensure_ascii=False)}\n",
    "yaml": as_yaml,
    "js": lambda value: f"/* é */ window.lpTag.sdes = [{as_script(value)}];",
}


KINDS = {form: ["sde"] if form == "js" else ["sde", "create-session", "update-session"] for form in WRITERS}


@pytest.mark.parametrize("form", WRITERS)
@settings(max_examples=N)
@given(data=st.data())
def test_fixes_restore_what_was_meant(form: str, data: st.DataObject) -> None:
    """Mistakes with one right answer are undone, in any format, by safe fixes alone."""
    kind = data.draw(st.sampled_from(KINDS[form]))
    # Brackets on lines of their own are left alone: to remove them is to remove lines.
    payload, spoilt = data.draw(mistakes(kind, lists=form not in {"json", "jsonc"}))
    assume(form != "ndjson" or payload)
    result = fixed(WRITERS[form](spoilt).encode(), form, kind)
    if form == "ndjson":
        assert json.loads(result.split(b"\n")[1]) == payload
    else:
        assert values(result, form) == values(WRITERS[form](payload).encode(), form)


@pytest.mark.parametrize("form", WRITERS)
@settings(max_examples=N)
@given(data=st.data())
def test_fixing_twice_is_fixing_once(form: str, data: st.DataObject) -> None:
    """Whatever is wrong: fixing ends, leaves a source that can be read, and touches no other line."""
    kind = data.draw(st.sampled_from(KINDS[form]))
    text = WRITERS[form](data.draw(broken(kind, wild=form != "js")).payload).encode()
    once = fixed(text, form, kind, unsafe=True)
    assert fixed(once, form, kind, unsafe=True) == once
    assert not [each for each in found(once, form, kind) if each.problem.name == "not-json"]


# ------------------------------------------------------------------------------------------- what has a right answer


@pytest.mark.parametrize(
    "payload, pointer, title, is_safe",
    [
        (CART | {"total": "1.5"}, "/total", "Remove the quotes", True),
        (CART | {"Currency": "EUR"}, "/Currency", "Rename `Currency` to `currency`", True),
        (CART | {"curency": "EUR"}, "/curency", "Rename `curency` to `currency`", False),
        ({"type": "personal", "personal": {"surname": SECRET}}, "/personal/surname", "to `lastname`", False),
        ({"type": "CART", "total": 1, "numItems": 1}, "/type", "Replace it with `cart`", True),
        ({"type": "customerInfo"}, "/type", "Replace it with `ctmrinfo`", False),
        (
            {"appType": "MSDK", "appDetails": {"deviceFamily": "mobile_phone"}},
            "/appDetails/deviceFamily",
            "`MOBILE`",
            False,
        ),
        ({"type": "personal", "personal": {"gender": " female"}}, "/personal/gender", "documented spelling", True),
        ({"type": "ctmrinfo", "info": {"customerId": 4711}}, "/info/customerId", "Add quotes", True),
        ({"type": "error", "error": {"resolved": "True"}}, "/error/resolved", "Remove the quotes", True),
        (
            {"type": "service", "service": {"status": "in progress"}},
            "/service/status",
            "Replace it with its number",
            False,
        ),
    ],
)
def test_one_right_answer(payload: Any, pointer: str, title: str, is_safe: bool) -> None:  # noqa: FBT001
    """A fix is safe if nothing else can be meant; its words show no value of a personal field."""
    (fix,) = (each.fix for each in found(json.dumps(payload).encode(), "json") if each.problem.pointer == pointer)
    assert fix is not None
    assert title in fix.title
    assert fix.is_safe is is_safe
    assert "FEMALE" not in fix.title


@pytest.mark.parametrize(
    "text, form",
    [
        ('{"type": "cart", "total": "11,70", "numItems": 1}', "json"),
        ('{"type": "cart", "total": "007", "numItems": 1}', "json"),
        ('{"type": "cart", "total": "1e3", "numItems": 1}', "json"),
        ('{"type": "cart", "total": 1, "numItems": "1.0"}', "json"),
        ('{"type": "cart", "total": "1234567890123456", "numItems": 1}', "json"),
        ('{"type": "cart", "total": "1\\u0031", "numItems": 1}', "json"),
        ('{"type": "cart", "total": 1, "Total": 2, "numItems": 1}', "json"),
        ('{"type": "cart", "Total": 1, "TOTAL": 2, "numItems": 1}', "json"),
        ('{"type": "cart", "Total": 1, "Total": 2, "numItems": 1}', "json"),
        ('{"appType": "MSDK", "consumerSections": "a, b"}', "json"),
        ('{"appType": "MSDK", "consumerSections": "[1]"}', "json"),
        ("type: cart\ntotal: &x '1'\nnumItems: *x\n", "yaml"),
        ("type: cart\ntotal: !!str 1\nnumItems: 1\n", "yaml"),
        ("type: cart\ntotal: |-\n  1\nnumItems: 1\n", "yaml"),
        ("a: &a {Total: 1}\ntype: cart\nnumItems: 1\n<<: *a\n", "yaml"),
        ("lpTag.sdes.push({type: 'cart', total: x.toFixed(2), numItems: 1})", "js"),
        ("lpTag.sdes.push({type: 'cart', ...a, Total: 1, numItems: 1})", "js"),
        ("lpTag.sdes.push({type: 'c\\x61rt', numItems: 1})", "js"),
    ],
)
def test_no_right_answer(text: str, form: str) -> None:
    """Several meanings, a value that is written elsewhere too, or one that is known only at run time: no fix."""
    assert not [each.problem for each in found(text.encode(), form) if each.fix]


def test_text_inside_a_text_has_no_fix() -> None:
    """A payload in a string, or in a token, is not rewritten."""
    har = {
        "log": {
            "entries": [
                {
                    "request": {
                        "method": "POST",
                        "url": "/",
                        "postData": {"text": '{"engagementAttributes": [' + BAD + "]}"},
                    }
                }
            ]
        }
    }
    (finding,) = found(json.dumps(har).encode(), "har")
    assert (finding.problem.name, finding.fix) == ("string-number", None)


# ------------------------------------------------------------------------------------------------------ the command


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to be in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_rules_files_and_comments_that_are_left_out(folder: Path) -> None:
    """Problems that are left out are not fixed."""
    text = '{"type": "cart", "total": "1", "numItems": 1, "Currency": "EUR"}'
    (folder / "a.json").write_text(text, encoding="utf-8")
    (folder / "b.yaml").write_text(
        "type: cart\ntotal: '1' # lp-engagement: ignore LPE202\nnumItems: 1\n", encoding="utf-8"
    )
    (folder / "c.json").write_text(text, encoding="utf-8")
    validate("--fix", "--ignore", "LPE202", "--exclude", "c.json", ".")
    assert json.loads((folder / "a.json").read_text()) == CART | {"total": "1", "currency": "EUR"}
    assert "'1'" in (folder / "b.yaml").read_text()
    assert (folder / "c.json").read_text() == text


def test_unsafe_fixes_need_a_word(folder: Path) -> None:
    """A guess is not applied unless that is requested; the report says that there is one."""
    (folder / "a.json").write_text('{"type": "cart", "totl": 1, "numItems": 1}', encoding="utf-8")
    done = validate("--fix", "a.json")
    assert done.exit_code == 1
    assert "Problems with a likely fix: 1. To apply it, add --unsafe-fixes." in done.stdout
    assert validate("--fix", "--unsafe-fixes", "a.json").exit_code == 0
    assert problems("a.json") == []


def test_diff_shows_no_value(folder: Path) -> None:
    """A diff has no value of any field, and is a patch if values are requested; nothing is written."""
    payload = {"type": "Personal", "personal": {"firstName": SECRET, "gender": "female", "age": {"age": "42"}}}
    text = json.dumps(payload, indent=1) + "\n"
    (folder / "a.json").write_text(text, encoding="utf-8")
    (folder / "good.json").write_text(GOOD, encoding="utf-8")
    done = validate("--diff", ".")
    assert done.exit_code == 1
    for hidden in (SECRET, "female", "FEMALE", "42"):
        assert hidden not in done.output
    assert '-  "…": "…",\n' in done.stdout
    assert '+  "firstname": "…",\n' in done.stdout
    assert "a.json:5: LPE302 Replace it with the documented spelling\n" in done.stdout
    assert (folder / "a.json").read_text() == text

    shown = validate("--diff", "--show-values", "a.json").stdout.splitlines(keepends=True)
    patch = shown[next(at for at, line in enumerate(shown) if line.startswith("---")) :]
    assert validate("--fix", "a.json").exit_code == 0
    new = (folder / "a.json").read_text()
    own = list(difflib.unified_diff(text.splitlines(keepends=True), new.splitlines(keepends=True), "a.json", "a.json"))
    assert [line for line in patch if line[0] in "+-"] == [line for line in own if line[0] in "+-"]
    done = validate("--diff", ".")
    assert (done.exit_code, done.stdout) == (0, "")


def test_large_stream(folder: Path) -> None:
    """A stream is fixed piece by piece; lines and their order stay."""
    line = '{"type": "cart", "total": 11.7, "numItems": 1, "currency": "EUR"}\n'
    lines = [line] * 40_000
    lines[3] = lines[20_000] = lines[39_999] = line.replace("11.7", '"11.7"')
    (folder / "a.ndjson").write_text("".join(lines), encoding="utf-8")
    assert "a.ndjson:20001: LPE202 Remove the quotes\n" in validate("--diff", "a.ndjson").stdout
    assert validate("--fix", "a.ndjson").exit_code == 0
    assert (folder / "a.ndjson").read_text() == line * 40_000


def test_file_is_replaced_as_a_whole(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mode and links are kept; a file that cannot be written is named, and a run that fails leaves nothing behind."""
    (folder / "real").mkdir()
    real, link = folder / "real" / "a.json", folder / "a.json"
    real.write_text(BAD, encoding="utf-8")
    real.chmod(0o640)
    link.symlink_to(real)
    broken_off = Fixer(Options(fixes=True), lambda _: True)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", full)
        with pytest.raises(OSError, match="No space left"):
            broken_off.fix("a.json")
    assert real.read_text() == BAD
    assert [each.name for each in real.parent.iterdir()] == ["a.json"]

    assert validate("--fix", "a.json").exit_code == 0
    assert link.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert json.loads(real.read_text()) == CART | {"total": 11.7}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_file_that_must_not_be_written(folder: Path) -> None:
    """A read-only file stays as it is."""
    (folder / "a.json").write_text(BAD, encoding="utf-8")
    (folder / "a.json").chmod(0o400)
    done = validate("--fix", "a.json")
    assert (done.exit_code, "a.json cannot be fixed: Permission denied" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["--fix", "-"], "- is standard input, which cannot be fixed"),
        (["--fix", "--diff", "a.json"], "Pass one of them"),
        (["--unsafe-fixes", "a.json"], "--unsafe-fixes needs --fix or --diff"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_options_that_do_not_fit(arguments: list[str], words: str) -> None:
    """A combination without meaning is wrong usage."""
    Path("a.json").write_text(BAD, encoding="utf-8")
    done = validate(*arguments, given=BAD)
    assert done.exit_code == 2
    assert words in done.stderr
    assert Path("a.json").read_text() == BAD
