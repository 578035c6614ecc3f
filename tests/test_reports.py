"""Each report conforms to the published description of its format, and none shows a value."""

from __future__ import annotations

import html
import io
import json
import logging
import re
from dataclasses import replace
from functools import cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.etree import ElementTree as ET

import jsonschema
import pytest
import xmlschema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wcwidth import wcswidth

from lp_engagement.validation import pieces
from lp_engagement.validation.checker import Finding, Options, Tally
from lp_engagement.validation.problem import Problem, shown_pointer
from lp_engagement.validation.reports import FORMATS, documentation, report_class
from lp_engagement.validation.reports.base import shown_name
from lp_engagement.validation.run import run
from lp_engagement.validation.schemas import dereference, dispatch, load
from lp_engagement_client.facts import KINDS, PERSONAL_DATA
from tests.validating import BAD, DOUBTFUL, GOOD, NAMES, validate
from tests.validating import FORMATS as KNOWN_FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

SCHEMAS = Path(__file__).parent / "data" / "schemas"
each_format = pytest.mark.parametrize("form", FORMATS)


def test_formats() -> None:
    """There are the formats that these tests know."""
    assert set(FORMATS) == set(KNOWN_FORMATS)


# -------------------------------------------------------------------------------------- findings that nobody likes

# Everything that some format gives a meaning to, or that a file system, a key or a line can hold.
NASTY = st.text(
    st.sampled_from("ab/%:,\r\n\t\"'<>&]\\ \x00\x1b\x7f\ufffe\u00e4\U0001f375~=#?-"), min_size=1, max_size=8
)


@st.composite
def findings(draw: st.DrawFn) -> list[tuple[str, Tally, list[Finding]]]:
    """Files, each with a tally and the findings that make it up."""
    files = []
    for name in draw(st.lists(NASTY | st.just("-"), max_size=3)):
        found: list[Finding] = []
        document = 0
        for _ in range(draw(st.integers(0, 3))):
            document += draw(st.integers(0 if found else 1, 2))
            line, column = draw(st.integers(1, 10**9)), draw(st.integers(1, 10**6))
            rule = draw(st.sampled_from(sorted(NAMES)))
            level = draw(st.sampled_from(["error", "warning"]))
            texts = draw(st.tuples(NASTY | st.just(""), NASTY, NASTY))
            problem = Problem(rule, NAMES[rule], level, *texts, "")  # type: ignore[arg-type]  # one of both
            width = draw(st.integers(1, 99))
            found.append(Finding(name, line, column, column + width, document, problem, draw(NASTY), (0, width)))
        broken = {each.document for each in found if each.problem.level == "error"}
        errors = sum(each.problem.level == "error" for each in found)
        documents = document + draw(st.integers(0, 2))
        files.append((name, Tally(documents, len(broken), errors, len(found) - errors), found))
    return files


Files = list[tuple[str, Tally, list[Finding]]]


def written(form: str, files: Files, **options: Any) -> str:
    """The report of a format about findings."""
    out = io.StringIO(newline="")
    report = report_class(form)(out, **options)
    total = Tally()
    for name, tally, found in files:
        for finding in found:
            report.add(finding)
        report.file_done(name, tally)
        total.add(tally)
    report.close(len(files), total)
    return out.getvalue()


def all_of(files: Files) -> list[Finding]:
    """The findings of all files."""
    return [finding for _, _, found in files for finding in found]


# ---------------------------------------------------------------------------------------------------------- JSON


@given(findings())
def test_json_is_one_object(files: Files) -> None:
    """The JSON report is one object with the agreed keys, and has every finding."""
    report = json.loads(written("json", files))
    assert list(report) == ["summary", "problems"]
    tallies = [tally for _, tally, _ in files]
    assert report["summary"] == {
        "files": len(files),
        "documents": sum(tally.documents for tally in tallies),
        "valid": sum(tally.documents - tally.invalid for tally in tallies),
        "invalid": sum(tally.invalid for tally in tallies),
        "errors": sum(tally.errors for tally in tallies),
        "warnings": sum(tally.warnings for tally in tallies),
    }
    assert report["problems"] == [
        {
            "file": each.file,
            "line": each.line,
            "column": each.column,
            "document": each.document,
            "pointer": each.problem.pointer,
            "level": each.problem.level,
            "rule": each.problem.rule,
            "message": each.problem.message,
            "hint": each.problem.hint,
        }
        for each in all_of(files)
    ]


# --------------------------------------------------------------------------------------------------------- SARIF


@cache
def sarif() -> jsonschema.Draft7Validator:
    """The schema of SARIF 2.1.0."""
    schema = json.loads((SCHEMAS / "sarif-schema-2.1.0.json").read_bytes())
    return jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker())


def check_sarif(text: str) -> list[dict[str, Any]]:
    """Validate a SARIF report against the schema and the specification's prose; return its results."""
    log = json.loads(text)
    assert [error.message for error in sarif().iter_errors(log)] == []
    (made,) = log["runs"]
    rules = made["tool"]["driver"]["rules"]
    assert {rule["id"]: rule["name"] for rule in rules} == NAMES
    for result in made["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        place = result["locations"][0]["physicalLocation"]
        assert place["region"]["startColumn"] < place["region"]["endColumn"]
        # A reference as of RFC 3986: what has a meaning of its own, or is not ASCII, is written %XX.
        assert re.fullmatch(r"(?:file://)?(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})+", place["artifactLocation"]["uri"])
    results: list[dict[str, Any]] = made["results"]
    return results


# With names, quotes, brackets and a word of a personal field that --fix corrects.
FIXABLE = [
    {"type": "cart", "\u00fc\U0001f389": 1, "total": "71.35", "NumItems": "3"},
    {"type": "personal", "personal": {"gender": "female", "contacts": {"email": "b@b.example"}}},
    {"type": "Lead", "lead": [{"topic": "x", "LeadId": 5}]},
]


def corrected(lines: list[bytes], edits: Iterable[tuple[int, int, int, str]], *, columns: str) -> bytes:
    """Apply edits from the last to the first: line, column, end column, text; columns count bytes or characters."""
    for line, start, end, text in sorted(edits, reverse=True):
        if columns == "bytes":
            old = lines[line - 1]
            lines[line - 1] = old[: start - 1] + text.encode() + old[end - 1 :]
        else:
            shown = lines[line - 1].decode()
            lines[line - 1] = f"{shown[: start - 1]}{text}{shown[end - 1 :]}".encode()
    return b"\n".join(lines)


def fixes_in(sarif_report: str) -> list[tuple[int, int, int, str]]:
    """The edits of a SARIF report."""
    return [
        (region["startLine"], region["startColumn"], region["endColumn"], each["insertedContent"]["text"])
        for result in check_sarif(sarif_report)
        for fix in result.get("fixes", ())
        for change in fix["artifactChanges"]
        for each in change["replacements"]
        for region in [each["deletedRegion"]]
    ]


LAYOUTS: dict[str, Callable[[Any], str]] = {
    "a.json": lambda payloads: json.dumps(payloads, ensure_ascii=False),
    "indented.json": lambda payloads: json.dumps(payloads, indent=2, ensure_ascii=False),
    "long.json": lambda payloads: json.dumps([*payloads, "x" * 1200, *payloads] * 2, ensure_ascii=False),
    "a.ndjson": lambda payloads: "\n".join(json.dumps(each) for each in payloads),
    "a.js": lambda payloads: f"lpTag.sdes = {json.dumps(payloads, indent=1)};",
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_sarif_has_the_fixes_of_fix(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Applying the fixes of SARIF reports until there are none makes the file that --fix makes."""
    monkeypatch.setattr(pieces, "_PIECE", 1000)
    path = tmp_path / name
    path.write_text(LAYOUTS[name](FIXABLE), encoding="utf-8")
    fixed = tmp_path / f"fixed-{name}"
    fixed.write_bytes(path.read_bytes())
    assert "Fixed: " in validate("--no-config", "--fix", fixed).stdout
    passes = 0
    while edits := fixes_in(validate("--no-config", "--format", "sarif", "--show-values", path).stdout):
        passes += 1
        path.write_bytes(corrected(path.read_bytes().split(b"\n"), edits, columns="characters"))
    assert passes > 1
    assert path.read_bytes() == fixed.read_bytes()


def test_fixes_hide_personal_values(tmp_path: Path) -> None:
    """A fix that shows the value of a personal field, or is a guess, is in no report unless values are shown."""
    path = tmp_path / "a.json"
    path.write_text(json.dumps([*FIXABLE, {"type": "cart", "totl": 1}]), encoding="utf-8")
    for form in ("sarif", "rdjson"):
        hidden, shown = (
            validate("--no-config", "--format", form, *more, path).stdout for more in ((), ("--show-values",))
        )
        assert not any(each in hidden for each in ('FEMALE"}', "b@b.example", "71.35"))
        assert shown.count('"text": "FEMALE"') == 1
        assert '"text": "total"' not in hidden + shown


def suggestions_in(path: Path, *options: str) -> list[tuple[int, int, int, str]]:
    """The edits of a report for reviewdog."""
    diagnostics = check_rdjson(validate("--no-config", "--format", "rdjson", *options, path).stdout)
    assert all(len(each.get("suggestions", ())) < 2 for each in diagnostics)
    return [
        (span["start"]["line"], span["start"]["column"], span["end"]["column"], each["text"])
        for diagnostic in diagnostics
        for each in diagnostic.get("suggestions", ())
        for span in [each["range"]]
    ]


def test_rdjson_suggests_fixes_of_one_edit(tmp_path: Path) -> None:
    """A suggestion is a fix by itself, at its place in bytes: of two edits, one alone would break the file."""
    path = tmp_path / "a.json"
    path.write_text(json.dumps(FIXABLE, ensure_ascii=False), encoding="utf-8")
    edits = suggestions_in(path)
    assert {text for *_, text in edits} == {"numItems", "lead"}
    text = corrected([path.read_bytes()], edits, columns="bytes").decode()
    assert text == json.dumps(FIXABLE, ensure_ascii=False).replace("NumItems", "numItems").replace("Lead", "lead", 1)


@pytest.mark.parametrize("name", sorted({*LAYOUTS} - {"indented.json", "a.js"}))
def test_rdjson_with_values_suggests_every_fix_of_one_line(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With values, several edits of a line are one suggestion; applying all makes the file that --fix makes."""
    monkeypatch.setattr(pieces, "_PIECE", 1000)
    path, fixed = tmp_path / name, tmp_path / f"fixed-{name}"
    path.write_text(LAYOUTS[name](FIXABLE), encoding="utf-8")
    fixed.write_bytes(path.read_bytes())
    assert "Fixed: " in validate("--no-config", "--fix", fixed).stdout
    while edits := suggestions_in(path, "--show-values"):
        path.write_bytes(corrected(path.read_bytes().split(b"\n"), edits, columns="bytes"))
    assert path.read_bytes() == fixed.read_bytes()


@given(findings())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_sarif_holds_against_its_schema(files: Files) -> None:
    """Whatever was found, the SARIF report is valid SARIF 2.1.0, with a result for each finding."""
    results = check_sarif(written("sarif", files))
    assert [(each["ruleId"], each["level"]) for each in results] == [
        (each.problem.rule, each.problem.level) for each in all_of(files)
    ]


def test_sarif_schema_is_no_formality() -> None:
    """The schema that is used does refuse what is no SARIF."""
    log = json.loads(written("sarif", []))
    log["runs"][0]["results"] = [{"level": "bad"}]
    assert len(list(sarif().iter_errors(log))) == 2


# --------------------------------------------------------------------------------------------------------- JUnit


@cache
def junit() -> xmlschema.XMLSchema10:
    """The schema of JUnit's XML as Jenkins reads it."""
    return xmlschema.XMLSchema10(str(SCHEMAS / "junit-10.xsd"))


@given(findings(), st.booleans())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_junit_holds_against_its_schema(files: Files, strict: bool) -> None:  # noqa: FBT001
    """Whatever was found, the JUnit report is valid, its counts are those of its cases, and warnings fail if strict."""
    text = written("junit", files, strict=strict)
    junit().validate(text)
    root = ET.fromstring(text)  # noqa: S314 - our own
    assert len(root) == len(files)
    for element in [root, *root]:
        cases = list(element.iter("testcase"))
        assert element.get("tests") == str(len(cases))
        assert element.get("failures") == str(sum(case.find("failure") is not None for case in cases))
        assert element.get("errors") == "0"
    for suite, (_, tally, found) in zip(root, files, strict=True):
        failed = {each.document for each in found if strict or each.problem.level == "error"}
        assert suite.get("failures") == str(len(failed))
        assert len(suite) >= 1
        without = [case.get("name", "") for case in suite if not len(case)]
        clean = tally.documents - len({each.document for each in found})
        assert without == (
            [f"{clean} payload{'' if clean == 1 else 's'} without findings"] if clean or not found else []
        )


def test_junit_schema_is_no_formality() -> None:
    """The schema that is used does refuse what is no JUnit."""
    text = written("junit", []).replace("<testsuites ", "<testsuites color='red' ")
    assert not junit().is_valid(text)


# ------------------------------------------------------------------------------------------- GitLab and reviewdog


@cache
def validator(name: str) -> jsonschema.Draft7Validator:
    """The schema of a format."""
    return jsonschema.Draft7Validator(json.loads((SCHEMAS / name).read_bytes()))


def check_gitlab(text: str) -> list[dict[str, Any]]:
    """Validate a code quality report, and return its entries. GitLab shows one of those with equal fingerprints."""
    entries: list[dict[str, Any]] = json.loads(text)
    assert [error.message for error in validator("gitlab-code-quality.json").iter_errors(entries)] == []
    fingerprints = [each["fingerprint"] for each in entries]
    assert len(set(fingerprints)) == len(fingerprints)
    return entries


@given(findings())
@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=25)
def test_gitlab_holds_against_its_schema(files: Files) -> None:
    """Whatever was found, the report for GitLab is valid, with an entry for each finding."""
    entries = check_gitlab(written("gitlab", files))
    assert [(each["check_name"].split()[0], each["location"]["lines"]["begin"]) for each in entries] == [
        (each.problem.rule, each.line) for each in all_of(files)
    ]


def check_rdjson(text: str) -> list[dict[str, Any]]:
    """Validate a report for reviewdog, and return its diagnostics."""
    report = json.loads(text)
    assert [error.message for error in validator("rdformat-1.0.1.json").iter_errors(report)] == []
    diagnostics: list[dict[str, Any]] = report["diagnostics"]
    return diagnostics


@given(findings())
@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=25)
def test_rdjson_holds_against_its_schema(files: Files) -> None:
    """Whatever was found, the report for reviewdog is valid, with a diagnostic for each finding."""
    diagnostics = check_rdjson(written("rdjson", files))
    assert [(each["code"]["value"], each["severity"].lower()) for each in diagnostics] == [
        (each.problem.rule, each.problem.level) for each in all_of(files)
    ]


@pytest.mark.parametrize("name, wrong", [("gitlab-code-quality.json", [{}]), ("rdformat-1.0.1.json", {"x": 1})])
def test_schemas_are_no_formality(name: str, wrong: Any) -> None:
    """The schemas that are used do refuse what is no report."""
    assert not validator(name).is_valid(wrong)


def test_columns_in_bytes(tmp_path: Path) -> None:
    """The columns of reviewdog count bytes of UTF-8; in a very long line they are left out."""
    path = tmp_path / "a.ndjson"
    rest = '": "\u00fc\U0001f389", "type": "cart", "total": "1", "numItems": 1}'
    texts = [f'{{"{key}{rest}' for key in ("a", "a" * 20_000)]
    path.write_text("\n".join(texts), encoding="utf-8")
    diagnostics = check_rdjson(validate("--format", "rdjson", "--select", "string-number", path).stdout)
    start = len(texts[0].encode()[: texts[0].encode().index(b'"1"')]) + 1
    assert [each["location"]["range"] for each in diagnostics] == [
        {"start": {"line": 1, "column": start}, "end": {"line": 1, "column": start + 3}},
        {"start": {"line": 2}},
    ]


# --------------------------------------------------------------------------------------------------- fingerprints


@pytest.mark.parametrize("form", ["sarif", "gitlab"])
def test_fingerprints_are_stable(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A problem keeps its fingerprint when its line, its entry or its value changes; each problem has its own."""
    monkeypatch.chdir(tmp_path)
    unlike = json.dumps({"type": "lead", "lead": {"Sarah": 1}})
    found: list[list[str]] = []
    for text in (f"[{BAD}, {BAD}, {unlike}]", f"[\n{unlike},\n{GOOD}, {BAD.replace('11.70', '12.1')},\n {BAD}]"):
        Path("a.json").write_text(text, encoding="utf-8")
        output = validate("--no-config", "--format", form, "./a.json").stdout
        entries = check_gitlab(output) if form == "gitlab" else check_sarif(output)
        fingerprints = entries if form == "gitlab" else [each["partialFingerprints"] for each in entries]
        found.append(sorted(each["fingerprint" if form == "gitlab" else "place/v1"] for each in fingerprints))
    assert found[0] == found[1]
    assert len(set(found[0])) == 3
    Path("b.json").write_text(f"[{BAD}]", encoding="utf-8")
    other = validate("--no-config", "--format", form, "b.json").stdout
    assert not any(each in other for each in found[0])


def test_rules_link_to_their_documentation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SARIF and rdjson link each rule to its page, as soon as the package names its documentation."""
    files: Files = [("a", Tally(1, 1, 1), [finding_of("LPE102")])]
    assert "helpUri" not in written("sarif", files)
    info = tmp_path / "lp_engagement-9.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: lp-engagement\nVersion: 9\nProject-URL: Documentation, https://docs.example.com/\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    documentation._site.cache_clear()  # it is read once in each process
    try:
        rules = json.loads(written("sarif", files))["runs"][0]["tool"]["driver"]["rules"]
        assert {rule["helpUri"] for rule in rules} == {
            f"https://docs.example.com/rules.html#{rule['id'].lower()}" for rule in rules
        }
        check_sarif(written("sarif", files))
        (diagnostic,) = check_rdjson(written("rdjson", files))
        assert diagnostic["code"]["url"] == "https://docs.example.com/rules.html#lpe102"
    finally:
        documentation._site.cache_clear()


def finding_of(rule: str, file: str = "a", line: int = 1, *, message: str = "m", excerpt: str = "") -> Finding:
    """A finding."""
    problem = Problem(rule, NAMES[rule], "error", "/x", message, "h", "")
    return Finding(file, line, 1, 2, 1, problem, excerpt, (0, 1))


# -------------------------------------------------------------------------------------------------------- GitHub


class Command(NamedTuple):
    """A workflow command, as the runner takes it apart."""

    name: str
    properties: dict[str, str]
    message: str


def commands(text: str) -> Iterator[Command]:
    """Take workflow commands apart as documented: `::name key=value,key=value::message`, one on each line.

    The escapes: `%`, CR and LF everywhere, and `:` and `,` in properties.
    """
    lines = re.split(r"\r\n|\r|\n", text)
    assert lines.pop() == ""
    for line in lines:
        match = re.fullmatch(r"::(error|warning|notice) ([^:]*)::(.*)", line)
        assert match, line
        properties = {}
        for pair in match[2].split(","):
            key, equals, value = pair.partition("=")
            assert key in {"file", "line", "col", "endColumn", "title"}
            assert equals
            properties[key] = unescaped(value, "%0D", "%0A", "%3A", "%2C")
        yield Command(match[1], properties, unescaped(match[3], "%0D", "%0A"))


def unescaped(text: str, *escapes: str) -> str:
    """The text behind the escapes; a `%` that begins none of them is a mistake of who wrote it."""
    known = "|".join([*escapes, "%25"])
    assert re.fullmatch(f"(?:[^%]|{known})*", text)
    return re.sub(known, lambda match: chr(int(match[0][1:], 16)), text)


@given(findings(), st.booleans())
def test_github_commands_are_as_documented(files: Files, quiet: bool) -> None:  # noqa: FBT001
    """Each finding is one workflow command that reads back as it was, whatever is in names and messages."""
    found = list(commands(written("github", files, quiet=quiet)))
    if not quiet:
        last = found.pop()
        assert (last.name, last.properties) == ("notice", {"title": "lp-engagement"})
    for command, finding in zip(found, all_of(files), strict=True):
        problem = finding.problem
        assert command.name == problem.level
        assert command.properties == {
            "file": shown_name(finding.file),
            "line": str(finding.line),
            "col": str(finding.column),
            "endColumn": str(finding.end_column),
            "title": f"{problem.rule} {problem.name}",
        }
        assert command.message == f"{problem.message}. {problem.hint} ({shown_pointer(problem) or 'the whole payload'})"


def test_the_summary_has_all_problems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """GitHub shows ten annotations; the summary of the step has every problem, counts them, and cannot be abused."""
    summary, path = tmp_path / "summary.md", tmp_path / "a|b<i>.ndjson"
    summary.write_text("before\n")
    keys = [f"[x](https:example.com)<b>{number}" for number in range(30)]
    path.write_text("\n".join(json.dumps({"type": "lead", "lead": {key: 1}}) for key in keys))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    assert validate("--no-config", "--format", "github", path).stdout.count("::error ") == 30
    text = summary.read_text()
    assert text.startswith("before\n### lp-engagement validate\n\n30 payloads in 1 files: 30 invalid, 30 errors")
    assert "| 30 | LPE102 | unknown-key |" in text
    assert "\n\n| Place | Rule | Field | Problem |\n|---|---|---|---|\n| " in text
    rows = [line for line in text.splitlines() if "error LPE102" in line]
    assert len(rows) == 30
    assert {row.count("|") for row in rows} == {5}
    assert not re.search(r"[<>\[\]`@]|https:", "".join(rows))
    assert html.unescape(rows[7]).count(keys[7]) == 2


def test_a_summary_has_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """GitHub discards a summary of more than a mebibyte, so the rest is only counted."""
    summary = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    long = "m" * 9_000
    written("github", [("a", Tally(1, 1, 200), [finding_of("LPE102", message=long) for _ in range(200)])])
    text = summary.read_text()
    assert 800_000 < len(text) < 1024 * 1024
    left_out = 200 - text.count(long)
    assert f"\n{left_out} more problems are in the log of the step.\n" in text
    assert "| 200 | LPE102 |" in text


def test_a_summary_that_cannot_be_written_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The annotations are written all the same."""
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "no" / "folder"))
    text = written("github", [("a", Tally(1, 1, 1), [finding_of("LPE102")])])
    assert [each.name for each in commands(text)] == ["error", "warning", "notice"]


# ---------------------------------------------------------------------------------------------------------- text


@given(findings(), st.booleans())
def test_text_begins_with_the_place(files: Files, quiet: bool) -> None:  # noqa: FBT001
    """Each finding begins with `file:line:column:`, which editors and terminals can jump to."""
    text = written("text", files, quiet=quiet)
    for each in all_of(files):
        assert f"{shown_name(each.file)}:{each.line}:{each.column}: {each.problem.level} {each.problem.rule} " in text
    assert (not text) == (quiet and not all_of(files))


@given(findings())
def test_colors_add_nothing_else(files: Files) -> None:
    """With the colours taken out a coloured report is the plain one."""
    colored = written("text", files, color=True)
    plain = written("text", files)
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == re.sub(r"\x1b\[[0-9;]*m", "", plain)
    assert colored.count("\x1b[0m") >= 1


@given(findings(), st.integers(20, 100))
@settings(max_examples=25)
def test_text_fits_the_terminal(files: Files, width: int) -> None:
    """An excerpt and its mark are never wider than the terminal, and the mark is under what it marks."""
    for line in fitted_lines(written("text", files, width=width)):
        assert wcswidth(line) <= width


def fitted_lines(text: str) -> list[str]:
    """The lines with an excerpt or a mark."""
    return [line for line in text.split("\n") if re.match(r" *\d* \|", line)]


@pytest.mark.parametrize("width", [None, 40, 60])
@pytest.mark.parametrize(
    "before", ["", "x", "\u6f22\u5b57 ", "e\u0301 ", "\U0001f389", "\u6f22" * 60, "x" * 60], ids=range(7)
)
def test_the_mark_is_under_the_value(before: str, width: int | None) -> None:
    """Wide and combining characters before a value move the mark."""
    excerpt = f"{before}Kwq, {'y' * 40}"
    finding = finding_of("LPE102", excerpt=excerpt)
    finding = replace(finding, mark=(len(before), 3))
    shown, mark = fitted_lines(written("text", [("a", Tally(1, 1, 1), [finding])], width=width))
    assert wcswidth(shown.partition("Kwq")[0]) == mark.index("^")
    assert mark.count("^") == 3
    assert width is None or wcswidth(shown) <= width


def test_messages_are_wrapped_in_a_terminal() -> None:
    """In a terminal, a long message continues on the next line; elsewhere it stays on its own."""
    finding = finding_of("LPE102", message="word " * 30 + "end")
    files: Files = [("a", Tally(1, 1, 1), [finding])]
    assert max(map(len, written("text", files).split("\n"))) > 150
    lines = written("text", files, width=60).split("\n")
    assert max(map(len, lines)) <= 60
    assert lines[0].startswith("a:1:1: error LPE102 word")
    assert lines[1].startswith("    word")


def test_many_problems_are_counted_by_rule(tmp_path: Path) -> None:
    """Below more problems than a screen shows, the text has their number by rule, unless it is quiet."""
    path = tmp_path / "a.ndjson"
    path.write_text(f"{BAD}\n" * 11)
    assert "    11  LPE202 string-number" in validate("--no-config", path).stdout
    assert "    11  LPE202" not in validate("--no-config", "--quiet", path).stdout
    path.write_text(f"{BAD}\n" * 10)
    assert "    10  LPE202" not in validate("--no-config", path).stdout


# --------------------------------------------------------------------------------------------- on the whole way


@each_format
def test_reports_of_the_command(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports about files with odd names conform to the formats' descriptions too."""
    monkeypatch.chdir(tmp_path)
    names = ["a,b:c%.json", "gr\u00fc\u00dfe & <tee>.json", "sub/x.ndjson"]
    Path("sub").mkdir()
    for name, text in zip(names, (BAD, DOUBTFUL, f"{GOOD}\n{BAD}\nbroken\n"), strict=True):
        Path(name).write_text(text, encoding="utf-8")
    done = validate("--format", form, *names)
    assert done.exit_code == 1
    if form == "sarif":
        results = check_sarif(done.stdout)
        uris = [each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for each in results]
        assert uris == ["a%2Cb%3Ac%25.json", "gr%C3%BC%C3%9Fe%20%26%20%3Ctee%3E.json", "sub/x.ndjson", "sub/x.ndjson"]
    elif form == "junit":
        junit().validate(done.stdout)
        assert [suite.get("name") for suite in ET.fromstring(done.stdout)] == names  # noqa: S314 - our own
    elif form == "github":
        *found, _ = commands(done.stdout)
        assert [each.properties["file"] for each in found] == [*names, names[2]]
    elif form == "gitlab":
        assert [each["location"]["path"] for each in check_gitlab(done.stdout)] == [*names, names[2]]
    elif form == "rdjson":
        assert [each["location"]["path"] for each in check_rdjson(done.stdout)] == [*names, names[2]]
    elif form == "json":
        assert [each["file"] for each in json.loads(done.stdout)["problems"]] == [*names, names[2]]


# -------------------------------------------------------------------------------------------------------- values

MARK, NUMBERS = "Kwq", 6_100_007


class Canaries:
    """Payloads with values that are found nowhere else, in each field of the spec.

    Attributes:
        payloads: payloads that fit the spec, by kind.
        places: the fields that were filled, as `Schema.property`.
    """

    def __init__(self) -> None:
        self._numbers = count(NUMBERS, 13)
        self.places: set[str] = set()
        self.payloads: dict[str, list[Any]] = {}
        for kind in KINDS:
            root = load(f"{kind}.strict")
            _, schema = dereference(root, root)
            _, branches = dispatch(schema)
            wanted = branches.values() or [schema]
            self.payloads[kind] = [self._value(root, each) for each in wanted]

    def _value(self, root: dict[str, Any], schema: dict[str, Any], owner: str = "") -> Any:
        name, schema = dereference(root, schema) if "$ref" in schema else (owner, schema)
        _, branches = dispatch(schema)
        if "const" in schema or "enum" in schema:
            return schema.get("const", schema.get("enum", [None])[0])
        if schema["type"] == "array":
            items = dereference(root, schema["items"])[1]
            return [self._value(root, each) for each in dispatch(items)[1].values() or [schema["items"]]]
        if branches or schema["type"] == "object":
            self.places |= {f"{name}.{key}" for key in schema["properties"]}
            return {key: self._value(root, each, name) for key, each in schema["properties"].items()}
        if "anyOf" in schema:
            return "6.10.0.7"
        number = next(self._numbers)
        values = {"string": f"{MARK}{number}", "integer": number, "number": number + 0.5, "boolean": True}
        return values.get(schema["type"])


CANARIES = Canaries()


def everywhere(value: Any, change: Callable[[Any], Any], *, keep_type: bool = True) -> Any:
    """The payload with each value changed."""
    if isinstance(value, dict):
        kept = {"type"} if keep_type else set()
        return {key: each if key in kept else everywhere(each, change) for key, each in value.items()}
    if isinstance(value, list):
        return [everywhere(each, change) for each in value]
    return change(value)


CHANGES: dict[str, Callable[[Any], Any]] = {
    "as they are": lambda value: value,
    "texts for all": lambda value: f"{MARK} {value}",
    "numbers as texts": lambda value: f"{NUMBERS},5",
    "numbers for all": lambda value: NUMBERS,
    "fractions": lambda value: NUMBERS + 0.25,
    "lists": lambda value: [f"{MARK} {value}", NUMBERS],
    "objects": lambda value: {"unheard": f"{MARK} {value}", "name": NUMBERS},
    "known keys": lambda value: {"firstname": f"{MARK} {value}", "info": {"total": f"{MARK}"}},
    "texts of code": lambda value: f'{{"{MARK}": "{MARK}", {MARK}: [{NUMBERS}]}}',
}


def broken_payloads() -> Iterator[tuple[str, Any]]:
    """Payloads with canaries, right and wrong in many ways, with the kind to check them as."""
    for kind, payloads in CANARIES.payloads.items():
        for change in CHANGES.values():
            changed = [everywhere(payload, change) for payload in payloads]
            yield from ((kind, payload) for payload in changed)
            yield "auto", changed
            yield "sde" if kind == "impression" else "impression", changed[0]
        yield kind, everywhere(payloads[0], CHANGES["texts for all"], keep_type=False)
        yield kind, {"type": f"{MARK}Type", "firstname": MARK}
        yield kind, MARK
        yield kind, [[MARK, NUMBERS]]


def test_canaries_are_everywhere() -> None:
    """Each field of a request that holds personal data has a canary."""
    expected = {place for place in PERSONAL_DATA if not place.startswith(("EngagementAnswer.", "ErrorEntity."))}
    assert expected <= CANARIES.places


def tells(form: str, name: str, options: Options) -> tuple[str, list[Finding]]:
    """The report about a file, and the planted values."""
    told: list[Finding] = []
    out = io.StringIO()

    class Listener(report_class(form)):  # type: ignore[misc]  # chosen by the caller
        def add(self, finding: Finding) -> None:
            told.append(finding)
            super().add(finding)

    run([name], options, Listener(out))
    return out.getvalue(), told


def shows_a_value(texts: Iterable[str]) -> str | None:
    """A document with a canary in it. A fingerprint may have any digits."""
    without = (re.sub(r"\b[0-9a-f]{16,64}\b", "", text) for text in texts)
    return next((text for text in without if MARK in text or str(NUMBERS)[:4] in text), None)


@each_format
@pytest.mark.parametrize("suffix", ["json", "ndjson"])
def test_no_value_is_shown(form: str, suffix: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """No output of any format, no repr and no log shows a value, of payloads that are right or wrong in any way."""
    caplog.set_level(logging.DEBUG)
    by_kind: dict[str, list[str]] = {}
    for kind, payload in broken_payloads():
        by_kind.setdefault(kind, []).append(json.dumps(payload, indent=None if suffix == "ndjson" else 1))
    findings_told = 0
    for kind, texts in by_kind.items():
        path = tmp_path / f"{kind}.{suffix}"
        files = ["\n".join(texts)] if suffix == "ndjson" else texts
        for text in files:
            path.write_text(text, encoding="utf-8")
            output, told = tells(form, str(path), Options(kind=kind, unauthenticated_messaging=True))
            assert shows_a_value([output, repr(told), *(str(each.problem) for each in told)]) is None
            findings_told += len(told)
    assert findings_told > 1000
    assert shows_a_value(record.getMessage() for record in caplog.records) is None


def test_values_are_shown_on_request(tmp_path: Path) -> None:
    """With show_values the text has them, in its excerpts; the formats for machines never do."""
    path = tmp_path / "payload.json"
    path.write_text(json.dumps({"type": "cart", "total": f"{NUMBERS}", "currency": MARK}), encoding="utf-8")
    for form in FORMATS:
        output, _ = tells(form, str(path), Options(show_values=True))
        assert (shows_a_value([output]) is not None) == (form == "text")


TEXTS = [
    json.dumps(everywhere(payload, CHANGES[change]), indent=indent)
    for payload in (CANARIES.payloads["create-session"][0], CANARIES.payloads["update-session"][0])
    for change in ("as they are", "texts for all", "texts of code")
    for indent in (None, 1)
]


@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=150)
def test_no_value_of_a_broken_text_is_shown(tmp_path: Path, data: st.DataObject) -> None:
    """A truncated document, or one with an extra character, is reported without showing its content."""
    text = data.draw(st.sampled_from(TEXTS))
    at = data.draw(st.integers(0, len(text)))
    rest = data.draw(st.sampled_from(["", text[at:]]))
    text = text[:at] + data.draw(st.sampled_from(["", *"\"'\\{}[]:,#/x0 \n\x00\ufeff\ud800"])) + rest
    form = data.draw(st.sampled_from(FORMATS))
    path = tmp_path / f"payload.{data.draw(st.sampled_from(['json', 'ndjson']))}"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    output, told = tells(form, str(path), Options())
    assert shows_a_value([output, repr(told), *(each.excerpt for each in told)]) is None


YAML = f"""\
type: personal
personal:
  firstname: "{MARK} \\u00e4"   # {MARK} {NUMBERS}
  lastname: '{MARK} ''{MARK}'''
  contacts:
    - email: {MARK}@{MARK}.example
      phone: +{NUMBERS} {MARK}
    - {{email: {MARK}, phone: !{MARK} {MARK}, address: [{MARK}, {NUMBERS}]}}
  company: |
    {MARK}
    {MARK}: {MARK}
  age: {{age: {MARK}, year: {NUMBERS}}}
  gender: {MARK}
---
- type: cart
  total: {NUMBERS}.5
  numItems: {NUMBERS}.25
"""


@given(st.integers(0, len(YAML)), st.sampled_from(["", *"\"'&*!%@`{}[],-|> \n\t\x07"]), st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_value_of_broken_yaml_is_shown(tmp_path: Path, at: int, more: str, cut: bool) -> None:  # noqa: FBT001
    """The same holds for YAML, comments, tags and aliases included, and for what its parser says."""
    path = tmp_path / "payload.yaml"
    path.write_text(YAML[:at] + more + ("" if cut else YAML[at:]), encoding="utf-8")
    output, told = tells("text", str(path), Options())
    keys = {each.problem.pointer.rpartition("/")[2] for each in told if each.problem.name == "unknown-key"}
    if not shows_a_value(keys):  # a quote or a sign can make a key of a value, and keys are shown
        assert shows_a_value([output, *(each.problem.message for each in told)]) is None
