"""Validation that an old repository can start with: rules, files, a baseline, settings and several reports."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st

from lp_engagement.cli.gate.settings import KEYS
from tests.validating import BAD, CART, DOUBTFUL, GOOD, problems, validate

if TYPE_CHECKING:
    from click.testing import Result

BASELINE = "baseline.json"
UNKNOWN = json.dumps(CART | {"totl": 1})
SECRET = "Canary-Value"
GIT = shutil.which("git") or ""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to be in."""
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def write(name: str, text: str) -> None:
    """Write a file, and the folders that it is in."""
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text, encoding="utf-8", newline="")


def found(*arguments: str, stdin: str | None = None) -> list[tuple[str, str]]:
    """The file and rule of each problem."""
    return [(each["file"], each["rule"]) for each in problems(*arguments, given=stdin)]


def refusal(*arguments: str) -> str:
    """The message of a usage error."""
    done = validate(*arguments)
    assert done.exit_code == 2, done.output
    return done.stderr


# ---------------------------------------------------------------------------------------------- an old repository


def old_repository(faults: int) -> None:
    """Write a repository with a number of faults, of several rules, in all formats."""
    rng = random.Random(400)  # noqa: S311 - made-up files
    faulty: list[dict[str, Any]] = [
        CART | {"total": "11.70"},
        CART | {"totl": SECRET},
        {"type": "personal", "personal": {"firstname": SECRET, "gender": "female"}},
        {"type": "cart", "numItems": 1},
    ]
    left = faults
    for number in range(10_000):
        payloads = [rng.choice([CART, *faulty]) for _ in range(min(left, rng.randint(1, 9)))]
        left -= sum(payload is not CART for payload in payloads)
        form = ("json", "ndjson", "yaml")[number % 3]
        lines = "".join(f"{json.dumps(payload)}\n" for payload in payloads)
        write(
            f"data/{number % 7}/{number}.{form}", lines if form == "ndjson" else json.dumps(payloads, indent=2) + "\n"
        )
        if not left:
            return


def summary(done: Result) -> dict[str, int]:
    """The totals of a JSON report."""
    totals: dict[str, int] = json.loads(done.stdout)["summary"]
    return totals


def test_four_hundred_faults_do_not_stop_a_gate() -> None:
    """One command writes the baseline, the next run passes, and each new fault fails."""
    old_repository(400)
    assert summary(validate("--format", "json", "."))["errors"] == 400
    done = validate("--write-baseline", BASELINE, ".")
    assert done.exit_code == 0, done.output
    assert "problems: 400" in done.stdout
    done = validate("--baseline", BASELINE, ".")
    assert (done.exit_code, "error" in done.stdout.replace("0 errors", "")) == (0, False), done.output
    assert "Known problems, in baseline.json: 400." in done.stdout

    write("data/new.json", BAD)
    done = validate("--baseline", BASELINE, ".")
    assert done.exit_code == 1
    assert done.stdout.startswith("data/new.json:1:27: error LPE202")
    assert "1 invalid, 1 error, 0 warnings\n" in done.stdout


def test_fixes_bring_the_number_down() -> None:
    """Fixes take known problems away, and no value; the rest, which a person must decide, is listed by rule."""
    old_repository(400)
    assert validate("--write-baseline", BASELINE, ".").exit_code == 0
    done = validate("--fix", "--baseline", BASELINE, "--statistics", ".")
    assert done.exit_code == 0, done.output
    rules = [line.split() for line in done.stdout.splitlines() if re.match(r" +\d+ +\d+  LPE", line)]
    left = sum(int(known) for _, known, _, _ in rules)
    assert 0 < left < 400
    assert [(new, rule) for new, _, rule, _ in sorted(rules, key=lambda row: row[2])] == [
        ("0", "LPE101"),
        ("0", "LPE102"),
    ]
    assert f"Fixed problems, still in {BASELINE}: {400 - left} (LPE202 " in done.stdout
    assert summary(validate("--format", "json", "data"))["errors"] == left
    assert f"problems: {left}" in validate("--write-baseline", BASELINE, ".").stdout
    assert "Fixed" not in validate("--fix", "--baseline", BASELINE, ".").stdout


def test_baseline_has_nothing_to_read() -> None:
    """A baseline contains no value, no key and no name of a file; only rules and counts."""
    write(f"{SECRET}.json", json.dumps({"type": "cart", SECRET: SECRET}))
    assert validate("--write-baseline", BASELINE, ".").exit_code == 0
    text = Path(BASELINE).read_text(encoding="utf-8")
    assert SECRET not in text
    assert all(rule in text for rule in ("LPE101", "LPE102"))


def test_baseline_is_the_same_for_the_same_problems() -> None:
    """The order of the arguments, and the place where the command runs, make no difference."""
    for name in ("b", "a", "c"):
        write(f"sub/{name}.json", UNKNOWN)
    assert validate("--write-baseline", BASELINE, "sub").exit_code == 0
    first = Path(BASELINE).read_bytes()
    os.chdir("sub")
    assert validate("--write-baseline", f"../{BASELINE}", "c.json", "a.json", "b.json").exit_code == 0
    assert Path(f"../{BASELINE}").read_bytes() == first
    assert [each.name for each in Path("..").iterdir() if each.name != "sub"] == [BASELINE]


@pytest.mark.parametrize(
    "moved",
    ["\n\n" + UNKNOWN, json.dumps(json.loads(UNKNOWN), indent=4), json.dumps(CART | {"totl": 2, "total": 3})],
    ids=["lines", "layout", "values"],
)
def test_known_problem_may_move(moved: str) -> None:
    """Lines, layout, values and the order of keys do not make a known problem a new one."""
    write("a.json", UNKNOWN)
    assert validate("--write-baseline", BASELINE, "a.json").exit_code == 0
    write("a.json", moved)
    assert validate("--baseline", BASELINE, "a.json").exit_code == 0


def test_entries_of_an_array_may_move() -> None:
    """A payload that is put before a faulty one does not make it new; a second faulty one is."""
    write("a.json", f"[{UNKNOWN}]")
    write("a.ndjson", UNKNOWN)
    assert validate("--write-baseline", BASELINE, ".").exit_code == 0
    write("a.json", f"[{GOOD}, {UNKNOWN}]")
    write("a.ndjson", f"{GOOD}\n{UNKNOWN}\n")
    assert validate("--baseline", BASELINE, ".").exit_code == 0
    write("a.json", f"[{UNKNOWN}, {UNKNOWN}]")
    assert found("--baseline", BASELINE, ".") == [("a.json", "LPE102")]


@pytest.mark.parametrize("new", [BAD, json.dumps(CART | {"ttal": 1}), '{"type": "cart"'])
def test_other_problem_of_a_known_file_is_new(new: str) -> None:
    """Another rule, or the same rule for another field, fails in a file that is in the baseline."""
    write("a.json", UNKNOWN)
    assert validate("--write-baseline", BASELINE, "a.json").exit_code == 0
    write("a.json", new)
    assert validate("--baseline", BASELINE, "a.json").exit_code == 1


def test_same_problem_in_another_file_is_new() -> None:
    """The baseline is about files, not about rules."""
    write("a.json", UNKNOWN)
    assert validate("--write-baseline", BASELINE, "a.json").exit_code == 0
    write("b.json", UNKNOWN)
    assert found("--baseline", BASELINE, "a.json", "b.json") == [("b.json", "LPE102")]


FAULTY = ("total", "numItems", "totl")


@settings_of_hypothesis(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    old=st.lists(st.sampled_from(FAULTY), max_size=8),
    chance=st.randoms(use_true_random=False),
    new=st.sampled_from(FAULTY),
)
def test_only_more_problems_than_before_fail(old: list[str], chance: random.Random, new: str) -> None:
    """However payloads are mixed, left out or put between others, they stay known; one more of any kind is new."""

    def lines(keys: list[str]) -> str:
        return "".join(f"{json.dumps(CART | ({key: '1'} if key else {}))}\n" for key in keys)

    write("a.ndjson", lines(old) or f"{GOOD}\n")
    assert validate("--write-baseline", BASELINE, "a.ndjson").exit_code == 0
    mixed = [*old, "", ""]
    chance.shuffle(mixed)
    write("a.ndjson", lines(mixed))
    assert validate("--baseline", BASELINE, "a.ndjson").exit_code == 0
    mixed.insert(chance.randint(0, len(mixed)), new)
    write("a.ndjson", lines(mixed))
    assert found("--baseline", BASELINE, "a.ndjson") == [("a.ndjson", "LPE102" if new == "totl" else "LPE202")]
    write("a.ndjson", lines([key for key in mixed if key != new]))
    assert validate("--baseline", BASELINE, "a.ndjson").exit_code == 0


def test_fixed_problems_are_reported() -> None:
    """Fixed problems are reported by rule, for the files of the run only, and a new baseline is smaller."""
    write("a.json", UNKNOWN)
    write("b.json", BAD)
    write("c.ndjson", f"{BAD}\n{BAD}\n")
    assert validate("--write-baseline", BASELINE, ".").exit_code == 0
    write("a.json", GOOD)
    write("c.ndjson", f"{BAD}\n")
    done = validate("--baseline", BASELINE, ".")
    assert done.exit_code == 0
    assert "Fixed problems, still in baseline.json: 2 (LPE102 1, LPE202 1)." in done.stdout
    assert "Fixed" not in validate("--baseline", BASELINE, "b.json").stdout
    done = validate("--format", "json", "--baseline", BASELINE, ".")
    assert "Fixed" in done.stderr
    assert summary(done)["invalid"] == 0
    assert "problems: 2" in validate("--write-baseline", BASELINE, ".").stdout
    assert "Fixed" not in validate("--baseline", BASELINE, ".").stdout


def test_known_warning_passes_when_strict() -> None:
    """Warnings are in the baseline too, so that it can start with --strict."""
    write("a.json", DOUBTFUL)
    assert validate("--strict", "a.json").exit_code == 1
    assert validate("--write-baseline", BASELINE, "a.json").exit_code == 0
    assert validate("--strict", "--baseline", BASELINE, "a.json").exit_code == 0


@pytest.mark.parametrize(
    "content, words",
    [
        (None, "does not exist. Write it with --write-baseline baseline.json."),
        ("[]", "is not a baseline"),
        ("{", "is not a baseline"),
        ('{"version": 1, "files": {"a.json": {}}}', "is not a baseline"),
        ('{"version": 1, "files": {"0123456789abcdef": {"LPE102": {"0123456789abcdef": 0}}}}', "is not a baseline"),
        ('{"version": 1, "files": {"0123456789abcdef": {"LPE102": {"0123456789abcdef": true}}}}', "is not a baseline"),
        ('{"version": 2, "files": {}}', "is from another version"),
    ],
)
def test_baseline_that_is_none(content: str | None, words: str) -> None:
    """A missing or damaged baseline is wrong usage: nothing may pass because of it."""
    write("a.json", UNKNOWN)
    if content is not None:
        write(BASELINE, content)
    assert words in refusal("--baseline", BASELINE, "a.json")


def test_baseline_is_written_as_a_whole() -> None:
    """A run that fails leaves the old baseline, and no baseline is both read and written."""
    write("a.json", UNKNOWN)
    write(BASELINE, "old")
    assert "absent.json" in refusal("--write-baseline", BASELINE, "a.json", "absent.json")
    Path("folder.json").mkdir()
    assert "--baseline and --write-baseline" in refusal("--baseline", BASELINE, "--write-baseline", BASELINE, "a.json")
    assert Path(BASELINE).read_text(encoding="utf-8") == "old"
    assert "cannot be written" in refusal("--write-baseline", "absent/baseline.json", "a.json")


# --------------------------------------------------------------------------------------------------------- rules


@pytest.mark.parametrize(
    "options, rules",
    [
        ([], ["LPE102", "LPE202"]),
        (["--select", "LPE102"], ["LPE102"]),
        (["--select", "unknown-key,string-number"], ["LPE102", "LPE202"]),
        (["--select", "lpe102", "--select", "LPE202"], ["LPE102", "LPE202"]),
        (["--ignore", "LPE102"], ["LPE202"]),
        (["--ignore", "Unknown-Key, LPE202"], []),
        (["--select", "LPE102", "--ignore", "LPE102"], []),
    ],
)
def test_rules_that_count(options: list[str], rules: list[str]) -> None:
    """Rules are selected and left out by id or name; totals and exit code follow."""
    write("a.json", UNKNOWN)
    write("b.json", BAD)
    done = validate("--format", "json", *options, "a.json", "b.json")
    report = json.loads(done.stdout)
    assert sorted(each["rule"] for each in report["problems"]) == rules
    assert report["summary"] == {
        "files": 2,
        "documents": 2,
        "valid": 2 - len(rules),
        "invalid": len(rules),
        "errors": len(rules),
        "warnings": 0,
    }
    assert done.exit_code == bool(rules)


@pytest.mark.parametrize("form", ["text", "json", "github", "sarif", "junit"])
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_left_out_is_as_if_it_were_not_there(form: str, jobs: str) -> None:
    """A report without a rule is the report of files without its faults."""
    write("a.ndjson", f"{GOOD}\n{UNKNOWN}\n{BAD}\n")
    less = validate("--format", form, "--ignore", "LPE102", "--jobs", jobs, "a.ndjson").stdout
    write("a.ndjson", f"{GOOD}\n{GOOD}\n{BAD}\n")
    assert less == validate("--format", form, "a.ndjson").stdout


@pytest.mark.parametrize("option", ["--select", "--ignore"])
def test_unknown_rule(option: str) -> None:
    """A rule that does not exist is wrong usage, with what it may mean."""
    write("a.json", GOOD)
    assert "unknwn-key is not a rule. Did you mean unknown-key?" in refusal(option, "unknwn-key", "a.json")
    assert "LPE109 is not a rule. Did you mean LPE10" in refusal(option, "LPE109", "a.json")
    assert "explain` lists the rules" in refusal(option, "?", "a.json")


def test_statistics_and_most_problems() -> None:
    """Problems by rule, the most frequent first; those beyond the limit are counted, not shown."""
    write("a.ndjson", f"{BAD}\n{UNKNOWN}\n{BAD}\n{BAD}\n")
    done = validate("--statistics", "--max-problems", "2", "a.ndjson")
    assert done.exit_code == 1
    assert done.stdout.count("error LPE") == 2
    totals, head, *rows, limit = done.stdout.splitlines()[-5:]
    assert totals == "4 payloads in 1 file: 0 valid, 4 invalid, 4 errors, 0 warnings"
    assert [head.split(), *(row.split() for row in rows)] == [
        ["count", "rule"],
        ["3", "LPE202", "string-number"],
        ["1", "LPE102", "unknown-key"],
    ]
    assert limit == "Problems not shown, because of --max-problems 2: 2."
    done = validate("--format", "json", "--statistics", "--max-problems", "2", "a.ndjson")
    assert len(json.loads(done.stdout)["problems"]) == 2
    assert "LPE202 string-number" in done.stderr


# --------------------------------------------------------------------------------------------------------- files


def test_folder_has_the_files_that_can_hold_payloads() -> None:
    """Hidden files, files of well-known programs and other endings are passed over."""
    payloads = ["a.json", "b/c.ndjson", "b/d/e.jsonl", "b/f.yaml", "b/g.yml", "b/H.JSON"]
    others = ["package.json", "b/tsconfig.base.json", "docker-compose.yml", "node_modules/x/y.json", ".z.json"]
    others += [".hidden/a.json", "b/readme.md", "package-lock.json"]
    for name in payloads + others:
        write(name, UNKNOWN)
    Path("b/loop").symlink_to("..")
    assert sorted({name for name, _ in found(".")}) == sorted(payloads)
    assert [name for name, _ in found("b/d", "a.json", "b/d/e.jsonl")] == ["b/d/e.jsonl", "a.json"]
    # What is named is checked.
    assert found("package.json") == [("package.json", "LPE102")]


@pytest.mark.skipif(not GIT, reason="needs git")
@pytest.mark.parametrize("start", [".", "sub", "sub/deep"])
def test_gitignore_counts_as_git_says(start: str) -> None:
    """A folder has the files that git would add, with nested files of patterns, exceptions and anchors."""
    subprocess.run([GIT, "init", "-q"], check=True, timeout=60)
    write(".gitignore", "build/\n*.yaml\n!keep.yaml\n/top.json\nsub/deep/*.ndjson\n# note\n\\#a.json\n")
    write("sub/.gitignore", "!b.yaml\nlocal.json\n/deep/only/\n")
    write("sub/deep/.gitignore", "!local.json\n")
    for place in ("", "sub/", "sub/deep/", "build/", "sub/build/", "sub/deep/only/"):
        for name in ("a.json", "b.yaml", "keep.yaml", "top.json", "c.ndjson", "local.json", "#a.json"):
            write(place + name, UNKNOWN)
    line = [GIT, "ls-files", "--others", "--exclude-standard", "-z", "--", start]
    listed = subprocess.run(line, check=True, capture_output=True, text=True, timeout=60).stdout.split("\0")
    expected = sorted(name for name in listed if name and not name.endswith(".gitignore"))
    assert expected
    assert sorted({name for name, _ in found(start)}) == expected


def test_exclude() -> None:
    """Excluded files are not checked, however they are passed; if all are, there is nothing to report."""
    for name in ("a.json", "old/b.json", "old/keep/c.json", "d.ndjson"):
        write(name, UNKNOWN)
    everything = ["a.json", "d.ndjson", "old/b.json", "old/keep/c.json"]
    assert [name for name, _ in found("--exclude", "absent", ".")] == everything
    assert [name for name, _ in found("--exclude", "old/", ".")] == ["a.json", "d.ndjson"]
    assert [
        name for name, _ in found("--exclude", "old/*", "--exclude", "!old/keep/", "--exclude", "*.ndjson", ".")
    ] == [
        "a.json",
        "old/keep/c.json",
    ]
    assert [name for name, _ in found("--exclude", "/old", "a.json", "old/b.json", "**/c.json")] == ["a.json"]
    done = validate("--exclude", "*.json", "a.json")
    assert (done.exit_code, done.stdout) == (0, "0 payloads in 0 files: 0 valid, 0 invalid, 0 errors, 0 warnings\n")


def test_folders_can_be_nested_deeply() -> None:
    """More folders in one another than Python allows calls."""
    depth = 1100
    for _ in range(depth):
        Path("d").mkdir()
        os.chdir("d")
    write("a.json", UNKNOWN)
    for _ in range(depth):
        os.chdir("..")
    try:
        assert found(".") == [(f"{'d/' * depth}a.json", "LPE102")]
    finally:
        # Python's own removal of folders calls itself for each.
        subprocess.run(["/bin/rm", "-r", "d"], check=True, timeout=60)


def test_folder_that_cannot_be_read() -> None:
    """A folder without permission ends in one sentence, not in a run that skips it."""
    write("closed/a.json", UNKNOWN)
    Path("closed").chmod(0)
    try:
        if os.access("closed", os.R_OK):
            pytest.skip("this user may read everything")
        assert "closed: Permission denied" in refusal(".")
    finally:
        Path("closed").chmod(0o755)


def test_own_files_are_no_payloads() -> None:
    """Baselines and reports in the folder are not taken for payloads."""
    write("a.json", UNKNOWN)
    options = ["--format", "json", "--output", "report.json", "."]
    assert validate("--write-baseline", BASELINE, *options).exit_code == 0
    assert validate("--baseline", BASELINE, *options).exit_code == 0
    assert json.loads(Path("report.json").read_bytes())["summary"]["files"] == 1


def test_name_of_standard_input() -> None:
    """Standard input can have a name: reports, patterns, baselines and the format follow it."""
    assert found("--stdin-filename", "sub/a.yaml", "-", stdin="type: cart\ntotl: 1\ntotal: 1\nnumItems: 1\n") == [
        ("sub/a.yaml", "LPE102")
    ]
    assert found("--stdin-filename", "sub/a.json", "--exclude", "sub/", "-", stdin=UNKNOWN) == []
    write("a.json", UNKNOWN)
    assert validate("--write-baseline", BASELINE, "a.json").exit_code == 0
    assert found("--stdin-filename", "a.json", "--baseline", BASELINE, "-", stdin=UNKNOWN) == []
    assert found("--stdin-filename", "b.json", "--baseline", BASELINE, "-", stdin=UNKNOWN) == [("b.json", "LPE102")]
    assert "pass - as a file too" in refusal("--stdin-filename", "a.json", "a.json")


# ------------------------------------------------------------------------------------------------------- reports


def test_reports_beside_the_text() -> None:
    """Each --output takes the --format before it; each report is what it would be on its own."""
    write("a.json", UNKNOWN)
    done = validate("--format", "sarif", "--output", "r.sarif", "--format", "junit", "--output", "r.xml", "a.json")
    assert done.exit_code == 1
    assert done.stdout == validate("a.json").stdout
    assert Path("r.sarif").read_text(encoding="utf-8") == validate("--format", "sarif", "a.json").stdout
    assert ET.parse("r.xml").getroot().attrib["failures"] == "1"  # noqa: S314 - our own output
    done = validate("--format", "sarif", "--output", "r.json", "--format", "github", "a.json")
    assert done.stdout == validate("--format", "github", "a.json").stdout
    assert Path("r.json").read_bytes() == Path("r.sarif").read_bytes()
    assert validate("--format", "text", "--output", "r.txt", "--color", "a.json").stdout.startswith("\x1b")
    assert Path("r.txt").read_text(encoding="utf-8") == validate("a.json").stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_output_on_a_full_disk() -> None:
    """A report that cannot be written fails, whatever the check says."""
    write("a.json", GOOD)
    assert "No space left on device" in refusal("--format", "json", "--output", "/dev/full", "a.json")


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["--output", "x"], "--output x needs a format of its own"),
        (["--format", "json", "--output", "x", "--output", "y"], "--output y needs a format of its own"),
        (["--format", "json", "--format", "sarif"], "only one format can go to standard output"),
        (["--format", "json", "--output", "absent/x"], "--output absent/x cannot be written: No such file"),
    ],
)
def test_outputs_that_do_not_fit(arguments: list[str], words: str) -> None:
    """A file without a format, two formats for stdout and a file that cannot be written are wrong usage."""
    write("a.json", GOOD)
    assert words in refusal(*arguments, "a.json")


# ------------------------------------------------------------------------------------------------------ settings


def settings(text: str, name: str = "lp-engagement.toml") -> None:
    """Write the table of settings."""
    table = "tool.lp-engagement.validate" if name.endswith("pyproject.toml") else "validate"
    write(name, f"[{table}]\n{text}\n")


@pytest.mark.parametrize("name", ["lp-engagement.toml", "pyproject.toml"])
def test_settings_are_defaults(name: str) -> None:
    """Settings apply to a run below their folder, and arguments win over them."""
    write(".git/HEAD", "")
    write("sub/a.json", UNKNOWN)
    write("sub/b.json", BAD)
    write("old/c.json", BAD)
    write("doubtful.json", DOUBTFUL)
    settings('ignore = ["unknown-key"]\nexclude = ["/old"]\nstrict = true', name)
    assert found(".") == [("doubtful.json", problems("doubtful.json")[0]["rule"]), ("sub/b.json", "LPE202")]
    assert validate("doubtful.json").exit_code == 1
    assert validate("--no-strict", "doubtful.json").exit_code == 0
    assert found("--ignore", "LPE202", "sub") == [("sub/a.json", "LPE102")]
    assert found("--no-config", "sub", "old") == [
        ("sub/a.json", "LPE102"),
        ("sub/b.json", "LPE202"),
        ("old/c.json", "LPE202"),
    ]
    os.chdir("sub")
    assert found(".", "../old") == [("b.json", "LPE202")]


def test_settings_of_every_kind() -> None:
    """Each key has its effect."""
    write("a.json", json.dumps({"type": "ctmrinfo", "info": {"customerId": "1"}}))
    write("b.json", UNKNOWN)
    settings('baseline = ".known.json"')
    assert validate("--write-baseline", ".known.json", ".").exit_code == 0
    assert validate(".").exit_code == 0
    for text, shown in {
        "allow-unknown-keys = true": [("b.json", "warning")],
        "unauthenticated-messaging = true": [("a.json", "warning"), ("b.json", "error")],
        'select = ["LPE101"]': [],
        'per-path-ignores = {"b.*" = ["LPE102"]}': [],
        "max-problems = 1\nunauthenticated-messaging = true": [("a.json", "warning")],
    }.items():
        settings(text)
        assert [(each["file"], each["level"]) for each in problems(".")] == shown, text
    settings('kind = "impression"')
    assert {name for name, _ in found(".")} == {"a.json", "b.json"}


def test_settings_per_path() -> None:
    """Rules are left out for some files only; patterns are relative to the folder of the settings."""
    write(".git/HEAD", "")
    for name in ("old/a.json", "old/new/b.json", "c.json"):
        write(name, f"[{UNKNOWN}, {BAD}]")
    settings('[validate.per-path-ignores]\n"/old/*.json" = ["LPE102"]\n"c.json" = ["LPE202", "unknown-key"]')
    expected = [("old/a.json", "LPE202"), ("old/new/b.json", "LPE102"), ("old/new/b.json", "LPE202")]
    assert found(".") == expected
    os.chdir("old")
    assert found(".", "../c.json") == [(name.removeprefix("old/"), rule) for name, rule in expected]


def test_nearest_settings_count() -> None:
    """Its own file wins over pyproject.toml beside it; a pyproject.toml without the table is passed over."""
    write(".git/HEAD", "")
    write("sub/a.json", f"[{UNKNOWN}, {BAD}]")
    settings('ignore = ["LPE102"]')
    settings('ignore = ["LPE202"]', "pyproject.toml")
    write("sub/pyproject.toml", '[project]\nname = "x"\n')
    os.chdir("sub")
    assert found("a.json") == [("a.json", "LPE202")]
    assert found("--config", "../pyproject.toml", "a.json") == [("a.json", "LPE102")]


def test_settings_above_the_repository_do_not_count(folder: Path) -> None:
    """Files above a repository, or above the folder outside any, can belong to somebody else."""
    settings('ignore = ["LPE102"]')
    write("repo/.git/HEAD", "")
    write("repo/sub/a.json", UNKNOWN)
    write("plain/a.json", UNKNOWN)
    for place in ("repo/sub", "plain"):
        os.chdir(folder / place)
        assert found("a.json") == [("a.json", "LPE102")]


@pytest.mark.parametrize(
    "text, words",
    [
        ('[validate]\nignor = ["LPE102"]', "`ignor` in [validate] is not a known key. Did you mean `ignore`?"),
        ("[validate]\nper_path_ignores = {}", "Did you mean `per-path-ignores`?"),
        ("[validate]\n'\x1b' = 1".replace("\x1b", "\u202e"), "`\\u202e` in [validate] is not a known key"),
        ("[validat]\nstrict = true", "`validat` is not a known key. Did you mean `validate`?"),
        ('[validate]\nignore = "LPE102"', "`ignore` in [validate] must be an array of strings"),
        ("[validate]\nstrict = 1", "`strict` in [validate] must be true or false"),
        ("[validate]\nmax-problems = true", "`max-problems` in [validate] must be an integer from 1"),
        ("[validate]\nmax-problems = 0", "must be an integer from 1"),
        ('[validate]\nkind = "cart"', "`kind` must be one of auto, "),
        ('[validate]\nper-path-ignores = {"a" = "LPE102"}', "`per-path-ignores` in [validate] must be a table"),
        ('[validate]\nignore = ["LPE999"]', "LPE999 is not a rule"),
        ('[validate]\nper-path-ignores = {"a" = ["unknwn-key"]}', "Did you mean unknown-key?"),
        ("validate = 1", "`validate` must be a table. Write [validate]"),
        ("[validate", "is not valid TOML: at end of document"),
        ("[validate]\nbaseline = 'absent.json'", "absent.json does not exist"),
    ],
)
def test_settings_that_are_wrong(text: str, words: str) -> None:
    """The message names the file, the key and what is right. Settings that do not count are not read."""
    write("a.json", GOOD)
    write("lp-engagement.toml", text)
    message = refusal("a.json")
    assert words in message
    assert "lp-engagement.toml: " in message or "lp-engagement.toml is" in message or "absent.json" in message
    assert validate("--no-config", "a.json").exit_code == 0


def test_known_keys_are_listed() -> None:
    """An unknown key is answered with all known ones, under the name of the table in pyproject.toml."""
    write("a.json", GOOD)
    settings("x = 1", "pyproject.toml")
    assert f"in [tool.lp-engagement.validate] is not a known key. Known keys: {', '.join(KEYS)}." in refusal("a.json")
    write("pyproject.toml", "[tool.lp-engagement]\nvalidator = {}\n")
    assert "`validator` in [tool.lp-engagement] is not a known key. Did you mean `validate`?" in refusal("a.json")


@pytest.mark.parametrize("name", ["absent.toml", "pyproject.toml"])
def test_config_that_is_not_there(name: str) -> None:
    """Settings that are requested must be there."""
    write("a.json", GOOD)
    write("pyproject.toml", "[project]\n")
    words = "cannot be read: No such file" if name == "absent.toml" else "has no table [tool.lp-engagement.validate]"
    assert words in refusal("--config", name, "a.json")
    assert validate("a.json").exit_code == 0


def test_patterns_of_arguments_are_relative_to_the_current_folder() -> None:
    """An argument replaces the setting, and means what the shell means."""
    write(".git/HEAD", "")
    write("sub/a.json", UNKNOWN)
    write("sub/b.json", UNKNOWN)
    settings('exclude = ["/sub/a.json"]')
    os.chdir("sub")
    assert [name for name, _ in found(".")] == ["b.json"]
    assert [name for name, _ in found("--exclude", "/b.json", ".")] == ["a.json"]


# ------------------------------------------------------------------------------------------------------ comments


@pytest.mark.parametrize(
    "text, rules",
    [
        ("type: cart\ntotal: '1' # lp-engagement: ignore LPE202\nnumItems: 1\n", []),
        ("type: cart\ntotal: '1' #lp-engagement:ignore string-number because of the shop\nnumItems: 1\n", []),
        ("type: cart\n# lp-engagement: ignore LPE102, LPE202\ntotal: '1'\nnumItems: 1\n", []),
        ("type: cart\ntotal: '1' # lp-engagement: ignore LPE102\nnumItems: 1\n", ["LPE202"]),
        ("type: cart\ntotal: '1' # lp-engagement: ignore\nnumItems: 1\n", ["LPE202"]),
        ("type: cart # lp-engagement: ignore LPE202\ntotal: '1'\nnumItems: 1\n", ["LPE202"]),
        ("# lp-engagement: ignore LPE202\ntype: cart\ntotal: '1'\nnumItems: 1\n", ["LPE202"]),
        ("type: cart\ntotal: '# lp-engagement: ignore LPE202'\nnumItems: 1\n", ["LPE202"]),
        ("type: cart\ntotal: |\n  # lp-engagement: ignore LPE202\nnumItems: '1'\n", ["LPE202", "LPE202"]),
        ("type: cart\ntotal: '1'#lp-engagement: ignore LPE202\nnumItems: 1\n", ["LPE202"]),
        ("# lp-engagement: ignore LPE401\ntotal: [\n", ["LPE401"]),
        ("a: 1\na: 1 # lp-engagement: ignore LPE403\n# lp-engagement: ignore LPE102\n", ["LPE101"]),
    ],
)
def test_comment_allows_a_rule(text: str, rules: list[str]) -> None:
    """A comment allows rules on its line, or alone on the next line. What a string contains is no comment."""
    write("a.yaml", text)
    done = validate("--format", "json", "a.yaml")
    report = json.loads(done.stdout)
    assert sorted(each["rule"] for each in report["problems"]) == rules
    assert report["summary"]["invalid"] == done.exit_code == bool(rules)


def test_comment_counts_in_its_document_only() -> None:
    """Lines of a file, not of a document, decide in a stream of several."""
    part = "---\ntype: cart\ntotal: '1'{}\nnumItems: 1\n"
    write("a.yaml", part.format("") + part.format(" # lp-engagement: ignore LPE202") + part.format(""))
    assert [each["line"] for each in problems("a.yaml")] == [3, 11]


JSONC = [
    ('"total": "1", // lp-engagement: ignore LPE202\n"numItems": 1', []),
    ('"total": "1", /* lp-engagement: ignore string-number: the old shop */\n"numItems": 1', []),
    ('// lp-engagement: ignore LPE102, LPE202\n"total": "1",\n"numItems": 1,', []),
    ('"totel": 1, // lp-engagement: ignore LPE102 \u00fc\n"total": "1",\n"numItems": 1', ["LPE202"]),
    ('"total": "1", // lp-engagement: ignore\n"numItems": 1', ["LPE202"]),
    ('"total": "1", # lp-engagement: ignore LPE202\n"numItems": 1', ["LPE401"]),
    ('"currency": "// lp-engagement: ignore LPE202", "total": "1",\n"numItems": 1', ["LPE202"]),
    ('"currency": "// lp-engagement: ignore LPE202",\n"total": "1",\n"numItems": 1', ["LPE202"]),
    ('"total": "1", /* one\n// lp-engagement: ignore LPE202\n*/ "numItems": "1" // two', ["LPE202", "LPE202"]),
    ('"total": 1, "total": 2, // lp-engagement: ignore LPE403\n"numItems": 1', []),
    ('"total": , // lp-engagement: ignore LPE401\n"numItems": 1', ["LPE401"]),
]


@pytest.mark.parametrize("text, rules", JSONC)
def test_comment_in_jsonc_allows_a_rule(text: str, rules: list[str]) -> None:
    """In JSON with comments, a comment allows rules as in a script; what a string contains is no comment."""
    for mark, warning in (("", []), ("\ufeff", ["LPE405"])):
        write("a.jsonc", f'{mark}{{"type": "cart",\n{text}\n}}')
        assert sorted(rule for _, rule in found("a.jsonc")) == sorted([*rules, *warning])


def test_comments_of_jsonc_do_not_matter_for_fixes() -> None:
    """A problem that a comment allows is not fixed either, and the comment stays."""
    text = '{"type": "cart",\n"total": "1", // lp-engagement: ignore LPE202\n"numItems": "1"} // one\n'
    write("a.jsonc", text)
    assert "Fixed: 1" in validate("--fix", "a.jsonc").stdout
    assert Path("a.jsonc").read_text(encoding="utf-8") == text.replace('"numItems": "1"', '"numItems": 1')


def test_json_has_no_comments() -> None:
    """In JSON the words are a value like any other, and a comment is one more problem."""
    write("a.json", '{"type": "cart",\n"total": "# lp-engagement: ignore LPE202",\n"numItems": 1}')
    write("b.json", '{"type": "cart",\n"total": "1", // lp-engagement: ignore LPE202\n"numItems": 1}')
    assert found("a.json") == [("a.json", "LPE202")]
    assert sorted(found("b.json")) == [("b.json", "LPE202"), ("b.json", "LPE401")]
