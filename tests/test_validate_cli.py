"""`lp-engagement validate`, `explain` and `spec`: options, exit codes, files of all kinds, and any volume."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from click.testing import CliRunner

from lp_engagement.cli.group import group
from lp_engagement.validation import check, kinds
from lp_engagement.validation.engines import compiled
from lp_engagement.validation.readers.formats import FORMATS as SUFFIXES
from lp_engagement.validation.schemas import load
from tests.helpers import ENGINES
from tests.validating import BAD, DOUBTFUL, FORMATS, GOOD, NAMES, problems, validate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lp_engagement.validation.engines import EngineName

DATA = Path(__file__).parent / "data" / "payloads"
# What the index calls them, and what we do.
KINDS = {"sde": "sde", "imp": "impression", "post-body": "create-session", "put-body": "update-session"}
ITEMS = json.loads((DATA / "INDEX.json").read_bytes())["items"]
UNREADABLE = '{"type":\n'
PIECE = 1024 * 1024


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to be in."""
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def write(**texts: str) -> None:
    """Write files; `good_json` is good.json."""
    for name, text in texts.items():
        Path(name.replace("_", ".")).write_text(text, encoding="utf-8", newline="")


def command(*arguments: str, **more: Any) -> subprocess.CompletedProcess[bytes]:
    """Run `lp-engagement validate` in a process of its own."""
    line = [sys.executable, "-m", "lp_engagement.cli", "validate", *arguments]
    return subprocess.run(line, capture_output=True, timeout=60, check=False, **more)


# ----------------------------------------------------------------------------------------------- the collection


def expected(items: Iterable[dict[str, Any]]) -> dict[str, list[tuple[str, str, str]]]:
    """The expected problems of the index: level, rule and place by file."""
    return {
        str(DATA / item["file"]): sorted(
            [("error", each["code"], each["path"]) for each in item["errors"]]
            + [("warning", each["code"], each["path"]) for each in item["warnings"]]
        )
        for item in items
    }


def by_file(report: dict[str, Any], files: Iterable[str]) -> dict[str, list[tuple[str, str, str]]]:
    """The problems of a JSON report, in the same form."""
    found: dict[str, list[tuple[str, str, str]]] = {name: [] for name in files}
    for each in report["problems"]:
        found[each["file"]].append((each["level"], NAMES[each["rule"]], each["pointer"]))
    return {name: sorted(each) for name, each in found.items()}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("engine", ENGINES)
def test_collection_comes_out_as_indexed(kind: str, engine: EngineName) -> None:
    """`--format json` reports every payload seen in the wild as the index expects, with both engines."""
    wanted = expected(item for item in ITEMS if item["kind"] == kind)
    done = validate("--format", "json", "--kind", KINDS[kind], "--engine", engine, *wanted)
    report = json.loads(done.stdout)
    assert by_file(report, wanted) == wanted
    wrong = sum(any(level == "error" for level, _, _ in each) for each in wanted.values())
    assert report["summary"] == {
        "files": len(wanted),
        "documents": len(wanted),
        "valid": len(wanted) - wrong,
        "invalid": wrong,
        "errors": sum(level == "error" for each in wanted.values() for level, _, _ in each),
        "warnings": sum(level == "warning" for each in wanted.values() for level, _, _ in each),
    }
    assert done.exit_code == bool(wrong)


def test_collection_in_a_process_of_its_own() -> None:
    """The installed command says the same, from a process of its own."""
    wanted = expected(item for item in ITEMS if item["kind"] == "post-body")
    done = command("--format", "json", "--kind", "create-session", *wanted)
    assert by_file(json.loads(done.stdout), wanted) == wanted
    assert (done.returncode, done.stderr) == (1, b"")


def test_problems_have_places_in_the_file() -> None:
    """Line and column of each problem of the collection lie in the file, at the key or value that it names."""
    names = [str(DATA / item["file"]) for item in ITEMS if item["expect"] != "ok" and item["kind"] == "sde"]
    found = problems("--kind", "sde", *names)
    for each in found:
        line = Path(each["file"]).read_text(encoding="utf-8").split("\n")[each["line"] - 1]
        here = line[each["column"] - 1 :]
        key = each["pointer"].rpartition("/")[2]
        if NAMES[each["rule"]] == "unknown-key":
            assert here.startswith(f'"{key}"')
        elif NAMES[each["rule"]] == "missing-mandatory":
            assert here.startswith("{")
        else:
            assert line[: each["column"] - 1].endswith(f'"{key}": ')


# --------------------------------------------------------------------------------------------------- exit codes


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "arguments, code",
    [
        (["good.json"], 0),
        (["doubtful.json"], 0),
        (["doubtful.json", "--strict"], 1),
        (["bad.json"], 1),
        (["good.json", "bad.json", "doubtful.json"], 1),
        (["broken.json"], 1),
        (["unknown.json"], 1),
        (["unknown.json", "--allow-unknown-keys"], 0),
        (["unknown.json", "--allow-unknown-keys", "--strict"], 1),
        (["customer.json"], 0),
        (["customer.json", "--unauthenticated-messaging"], 0),
        (["customer.json", "--unauthenticated-messaging", "--strict"], 1),
        (["good.json", "--kind", "impression"], 1),
        (["empty.ndjson"], 0),
        (["empty.json"], 1),
        ([], 2),
        (["absent.json"], 2),
        (["*.xml"], 2),
        (["."], 1),
        (["good.json", "--kind", "cart"], 2),
        (["good.json", "--format", "xml"], 2),
        (["good.json", "--jobs", "0"], 2),
        (["good.json", "--engine", "none"], 2),
    ],
)
def test_exit_codes(arguments: list[str], code: int) -> None:
    """0: nothing is wrong; 1: something is, warnings only if strict; 2: wrong usage or nothing to read."""
    write(good_json=GOOD, bad_json=BAD, doubtful_json=DOUBTFUL, broken_json=UNREADABLE, empty_ndjson="", empty_json="")
    write(unknown_json='{"type": "searchInfo", "x": 1}')
    write(customer_json='{"type": "ctmrinfo", "info": {"customerId": "1"}}')
    for form in FORMATS:
        done = validate("--format", form, *arguments)
        assert done.exit_code == code
        assert bool(done.stderr) == (code == 2)
        assert not (code == 2 and done.stdout)


@pytest.mark.usefixtures("folder")
def test_unreadable_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that cannot be read is exit 2, and the message names it and says why."""
    write(good_json=GOOD)

    def refuse(name: str, mode: str) -> None:
        raise PermissionError(13, "Permission denied", name)

    monkeypatch.setattr("lp_engagement.validation.pieces.open", refuse, raising=False)
    done = validate("good.json")
    assert done.exit_code == 2
    assert "good.json cannot be read: Permission denied" in done.stderr


@pytest.mark.usefixtures("folder")
def test_internal_error_shows_nothing_of_the_payload(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake of ours is exit 3, and its text, which could hold a value, is not shown."""
    write(bad_json=BAD)

    def fail(*_: object) -> None:
        raise LookupError("Kwq")

    monkeypatch.setattr("lp_engagement.validation.checker.read", fail)
    done = validate("bad.json")
    assert done.exit_code == 3
    assert "LookupError" in done.stderr
    assert "Kwq" not in done.output


@pytest.mark.usefixtures("folder")
def test_missing_engine_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reference validator is not installed with the command; asking for it without having it is exit 2."""
    write(good_json=GOOD)
    monkeypatch.setitem(sys.modules, "jsonschema", None)
    compiled.cache_clear()
    done = validate("--engine", "jsonschema", "good.json")
    assert done.exit_code == 2
    assert "--engine jsonschema needs the package jsonschema" in done.stderr


# -------------------------------------------------------------------------------------------------------- files


@pytest.mark.usefixtures("folder")
def test_formats_of_files() -> None:
    """The name says what a file is written in, whatever its case; without a known name its beginning does."""
    assert {".json", ".ndjson", ".jsonl", ".yaml", ".yml"} <= set(SUFFIXES)
    lines = f"{GOOD}\n{BAD}\n"
    yaml = "type: cart\ntotal: '1'\nnumItems: 1\n"
    for name in ("a.ndjson", "a.jsonl", "a.JSONL", "a.log", "noname"):
        Path(name).write_text(lines, encoding="utf-8")
        assert [(each["line"], each["document"]) for each in problems(name)] == [(2, 2)]
    for name in ("a.yaml", "a.yml", "a.YML", "a.txt", "plain"):
        Path(name).write_text(yaml, encoding="utf-8")
        assert [(each["line"], each["column"]) for each in problems(name)] == [(2, 8)]
    for name in ("b.json", "b.JSON", "b.txt", "b"):
        Path(name).write_text(json.dumps(json.loads(BAD), indent=1), encoding="utf-8")
        assert [(each["line"], each["column"]) for each in problems(name)] == [(3, 11)]
    Path("long").write_text(json.dumps({"type": "searchInfo", "keywords": ["x"] * 9999}) + f"\n{BAD}", encoding="utf-8")
    assert [each["line"] for each in problems("long")] == [2]
    Path("c.json").write_text(lines, encoding="utf-8")
    assert [NAMES[each["rule"]] for each in problems("c.json")] == ["not-json"]
    assert [each["line"] for each in problems("c.json", "--from", "ndjson")] == [2]


@pytest.mark.usefixtures("folder")
def test_names_and_patterns() -> None:
    """Names come in the order given, patterns in the order of the alphabet; a name with odd characters is a name."""
    Path("sub/deep").mkdir(parents=True)
    for name in ("b.json", "a.json", "sub/c.json", "sub/deep/d.json", "[x].json", "x.json"):
        Path(name).write_text(BAD, encoding="utf-8")
    assert [each["file"] for each in problems("b.json", "a.json")] == ["b.json", "a.json"]
    assert [each["file"] for each in problems("sub/**/*.json")] == ["sub/c.json", "sub/deep/d.json"]
    assert [each["file"] for each in problems("?.json", "sub/c.json")] == ["a.json", "b.json", "x.json", "sub/c.json"]
    assert [each["file"] for each in problems("[x].json")] == ["[x].json"]


@pytest.mark.usefixtures("folder")
def test_folder_without_payloads_is_wrong_usage() -> None:
    """A folder with nothing to check is refused, with the endings that count: it may be the wrong folder."""
    Path("payloads").mkdir()
    done = validate("payloads")
    assert done.exit_code == 2
    assert "payloads contains no file that can hold payloads (.json, .jsonc, .ndjson" in done.stderr


@pytest.mark.parametrize(
    "given, line",
    [
        (BAD, 1),
        (f"{GOOD}\n{BAD}\n", 2),
        (f"\n{GOOD}\n\n{BAD}", 4),
        ("type: cart\ntotal: '1'\nnumItems: 1\n", 2),
        (json.dumps([json.loads(GOOD), json.loads(BAD)], indent=1), 9),
    ],
)
def test_standard_input(given: str, line: int) -> None:
    """`-` is standard input, in any of the formats."""
    assert [(each["file"], each["line"]) for each in problems("-", given=given)] == [("-", line)]


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="there are no such pipes here")
def test_pipe_with_a_name() -> None:
    """A pipe, such as a shell makes for `<(...)`, is read like standard input."""
    end, other = os.pipe()
    os.write(other, f"{GOOD}\n{BAD}".encode())
    os.close(other)
    name = f"/dev/fd/{end}"
    try:
        assert [(each["file"], each["line"]) for each in problems(name)] == [(name, 2)]
    finally:
        os.close(end)


@pytest.mark.usefixtures("folder")
def test_mixed_files() -> None:
    """Files of all formats go into one report, with the payloads of each counted from 1."""
    write(a_json=f"[{GOOD}, {BAD}]", b_ndjson=f"{BAD}\n{UNREADABLE}{GOOD}\n", c_yaml=f"{GOOD}\n---\n{BAD}\n")
    done = validate("--format", "json", "a.json", "b.ndjson", "c.yaml")
    report = json.loads(done.stdout)
    assert [(each["file"], each["document"]) for each in report["problems"]] == [
        ("a.json", 2),
        ("b.ndjson", 1),
        ("b.ndjson", 2),
        ("c.yaml", 2),
    ]
    assert report["summary"] == {"files": 3, "documents": 7, "valid": 3, "invalid": 4, "errors": 4, "warnings": 0}


# ------------------------------------------------------------------------------------------------------- volume


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("from_stdin", [False, True])
def test_lines_longer_than_a_piece(*, from_stdin: bool) -> None:
    """Lines of any length are read as wholes, and the numbers of the lines after them are right."""
    long = json.dumps({"type": "searchInfo", "keywords": ["\u00e4" * 1000] * 700}, ensure_ascii=False)
    assert len(long.encode()) > 1.2 * PIECE
    lines = [GOOD, long, BAD, long[:-2], "", BAD, long + " x", BAD]
    text = "\r\n".join(lines)
    Path("long.ndjson").write_text(text, encoding="utf-8", newline="")
    found = problems("-", given=text.encode()) if from_stdin else problems("long.ndjson")
    assert [(each["line"], each["document"], NAMES[each["rule"]]) for each in found] == [
        (3, 3, "string-number"),
        (4, 4, "not-json"),
        (6, 5, "string-number"),
        (7, 6, "not-json"),
        (8, 7, "string-number"),
    ]
    assert found[1]["column"] == len(long) - 1
    assert len(validate("long.ndjson").stdout) < 3000


@pytest.mark.parametrize("more", [-1, 0, 1])
@pytest.mark.usefixtures("folder")
def test_lines_at_the_edge_of_a_piece(more: int) -> None:
    """A piece that ends with a line, or next to its end, loses and doubles nothing."""
    pad = json.dumps({"type": "searchInfo", "keywords": ["x" * (PIECE + more - 41)]})
    assert len(pad) + 1 == PIECE + more
    text = f"{pad}\n{BAD}\n{pad}\n{BAD}"
    Path("edge.ndjson").write_text(text, encoding="utf-8", newline="")
    for found in (problems("edge.ndjson"), problems("-", given=text.encode())):
        assert [(each["line"], each["document"]) for each in found] == [(2, 2), (4, 4)]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with files of all formats, one of them of several pieces with broken and invalid lines all over it."""
    path = tmp_path_factory.mktemp("many")
    filler = json.dumps({"type": "searchInfo", "keywords": ["tea " * 30] * 4})
    lines = [(BAD, UNREADABLE.strip(), DOUBTFUL, "")[n // 50 % 4] if n % 50 == 7 else filler for n in range(6500)]
    (path / "a.ndjson").write_text("\n".join(lines), encoding="utf-8", newline="")
    (path / "b.json").write_text(f"[{BAD}, {GOOD}]", encoding="utf-8")
    (path / "c.yaml").write_text("type: cart\n", encoding="utf-8")
    (path / "d.jsonl").write_text(f"{BAD}\n" * 3, encoding="utf-8")
    assert (path / "a.ndjson").stat().st_size > 3 * PIECE
    return path


@pytest.mark.parametrize("form", FORMATS)
def test_processes_do_not_matter(form: str, many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes write the same report as one, byte for byte, in the order of the input."""
    monkeypatch.chdir(many)
    names = ["a.ndjson", "b.json", "c.yaml", "d.jsonl"]
    alone = validate("--format", form, *names)
    done = command("--format", form, "--jobs", "2", *names)
    assert done.stdout == alone.stdout_bytes
    assert (done.returncode, done.stderr) == (alone.exit_code, b"")


def test_one_job_starts_no_process(many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process costs more than most files do, so one job is done here."""
    monkeypatch.setattr("concurrent.futures.ProcessPoolExecutor", None)
    assert validate("--jobs", "1", str(many / "a.ndjson")).exit_code == 1


def test_processes_read_standard_input(many: Path) -> None:
    """Standard input can be shared out among processes too."""
    data = (many / "a.ndjson").read_bytes()
    done = command("--format", "json", "--jobs", "2", "-", input=data)
    assert done.stdout == validate("--format", "json", "-", given=data).stdout_bytes


@pytest.mark.skipif(os.name != "posix", reason="there is no such terminal here")
@pytest.mark.parametrize(
    "out, err, options, told",
    [
        ("pipe", "terminal", [], b"checking"),
        ("pipe", "terminal", ["--quiet"], b""),
        ("pipe", "pipe", [], b""),
        ("terminal", "terminal", [], b"LPE202"),
    ],
)
def test_progress_is_for_a_terminal(out: str, err: str, options: list[str], told: bytes, tmp_path: Path) -> None:
    """A long input shows a progress bar only on a terminal that the report is not written to."""
    import pty

    path = tmp_path / "long.ndjson"
    path.write_bytes((json.dumps({"type": "searchInfo", "keywords": ["x" * 9000]}) + "\n").encode() * 1000)
    with path.open("a") as file:
        file.write(BAD)
    main, terminal = pty.openpty()
    try:
        streams = {"stdout": out, "stderr": err}
        ends = {name: terminal if end == "terminal" else subprocess.PIPE for name, end in streams.items()}
        line = [sys.executable, "-m", "lp_engagement.cli", "validate", *options, str(path)]
        with subprocess.Popen(line, **ends) as process:  # type: ignore[call-overload]
            printed, errors = process.communicate(timeout=60)
        os.set_blocking(main, False)
        try:
            seen = os.read(main, 1 << 20)
        except BlockingIOError:
            seen = b""
    finally:
        os.close(main)
        os.close(terminal)
    assert process.returncode == 1
    assert (told in seen) if told else not seen
    assert (b"checking" in seen) == (told == b"checking")
    assert not errors
    assert b"LPE202" in (seen if printed is None else printed)
    assert (b"\x1b[" in (seen if printed is None else printed)) == (out == "terminal")


# -------------------------------------------------------------------------------------------------------- looks


@pytest.mark.usefixtures("folder")
def test_color(monkeypatch: pytest.MonkeyPatch) -> None:
    """Colours are for terminals, unless they are requested; NO_COLOR turns them off."""
    write(bad_json=BAD)
    colored, plain = validate("--color", "bad.json").stdout, validate("bad.json").stdout
    assert "\x1b[1;31m" in colored
    assert "\x1b" not in plain
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda _: True)
    assert validate("bad.json").stdout == colored
    assert validate("--no-color", "bad.json").stdout == plain
    monkeypatch.setenv("NO_COLOR", "1")
    assert validate("bad.json").stdout == plain
    assert validate("--color", "bad.json").stdout == colored


@pytest.mark.usefixtures("folder")
def test_quiet() -> None:
    """With --quiet nothing is said but what is wrong."""
    write(good_json=GOOD, bad_json=BAD)
    for form in ("text", "github"):
        assert validate("--quiet", "--format", form, "good.json").stdout == ""
        loud, quiet = (validate("--format", form, *more, "bad.json").stdout for more in ((), ("--quiet",)))
        assert loud.startswith(quiet)
        assert loud.count("\n") == quiet.count("\n") + 1


@pytest.mark.usefixtures("folder")
def test_show_values() -> None:
    """Values are hidden in excerpts, unless they are requested."""
    write(x_json='{"type": "personal", "personal": {"firstname": "Sarah", "gender": "male"}}')
    hidden, shown = validate("x.json").stdout, validate("--show-values", "x.json").stdout
    assert '"firstname": "\u2026", "gender": "\u2026"' in hidden
    assert '"firstname": "Sarah", "gender": "male"' in shown


@pytest.mark.usefixtures("folder")
def test_terminal_of_another_encoding() -> None:
    """A report goes through, escaped, where the terminal cannot write what a key or a name holds."""
    write(x_json='{"type": "searchInfo", "gr\u00fc\u00dfe \U0001f375": 1}')
    done = command("x.json", env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert done.returncode == 1
    assert b"gr\\xfc\\xdfe" in done.stdout


def test_reader_that_leaves() -> None:
    """Nothing is printed when whoever reads the report has left."""
    line = [sys.executable, "-m", "lp_engagement.cli", "validate", "-"]
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdin.write((BAD + "\n").encode() * 3000)
        process.stdin.close()
        assert process.stdout.readline().startswith(b"-:1:27: error LPE202")
        process.stdout.close()
        assert process.stderr.read() == b""


# -------------------------------------------------------------------------------------------- explain and spec


def run(*arguments: str) -> str:
    """The output of another command."""
    done = CliRunner().invoke(group, arguments, prog_name="lp-engagement")
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.mark.parametrize("name", load("rules"))
def test_explain(name: str) -> None:
    """A rule is explained by its id, in any case, or its name: title, what to do, and both examples."""
    rule = load("rules")[name]
    text = run("explain", rule["id"])
    assert run("explain", name) == run("explain", rule["id"].lower()) == text
    for part in (rule["id"], name, rule["title"], rule["text"], rule["fix"]):
        assert "".join(part.split()) in "".join(text.split())
    for which in ("wrong", "right"):
        if "example" in rule:
            line = next(line for line in text.split(f"{which} (")[1].splitlines()[1:] if line.strip())
            found = {problem.name for problem in check(json.loads(line), rule["example"]["kind"])}
            assert found == ({name} if which == "wrong" else set())


@pytest.mark.parametrize(
    "arguments, meant",
    [
        (["valdate", "x"], "'validate'"),
        (["Explain"], "'explain'"),
        (["validate", "--knd", "sde", "x"], "'--kind'"),
        (["visits", "lst"], "'list'"),
        (["explain", "firstName"], "firstname"),
        (["explain", "unknwon-key"], "unknown-key"),
        (["explain", "LPE12"], "LPE102"),
        (["explain", "CREATESESSION"], "createSession"),
    ],
)
def test_what_was_meant(arguments: list[str], meant: str) -> None:
    """A mistyped command, option or name is answered with the nearest one."""
    done = CliRunner().invoke(group, arguments)
    assert done.exit_code == 2
    assert f"Did you mean {meant}?" in done.stderr


@pytest.mark.parametrize("arguments", [["xyzzy"], ["explain", "xyzzy"], ["explain", "x" * 10_000]])
def test_nothing_is_meant(arguments: list[str]) -> None:
    """Nothing is suggested where no name is near, and a long one is cut."""
    done = CliRunner().invoke(group, arguments)
    assert done.exit_code == 2
    assert "Did you mean" not in done.stderr
    assert len(done.stderr) < 500


def test_explain_lists_the_rules() -> None:
    """Without a rule all are listed, one on each line; an unknown one is exit 2."""
    lines = run("explain").splitlines()
    assert [line.split()[:2] for line in lines] == [[rule["id"], name] for name, rule in load("rules").items()]
    done = CliRunner().invoke(group, ["explain", "LPE999"])
    assert done.exit_code == 2
    assert "LPE999 is unknown" in done.stderr


@pytest.mark.parametrize("kind", kinds())
@pytest.mark.parametrize("strict", [False, True])
def test_schemas_are_published(kind: str, *, strict: bool) -> None:
    """`spec` prints a JSON Schema that any validator takes, and that agrees with the index on the collection."""
    schema = json.loads(run("spec", "--kind", kind, *(["--strict"] if strict else [])))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker(["ipv4", "ipv6"]))
    for item in ITEMS:
        if KINDS[item["kind"]] == kind:
            payload = json.loads((DATA / item["file"]).read_bytes())
            assert validator.is_valid(payload) == (item["expect"] in ({"ok"} if strict else {"ok", "warn"}))


def test_spec_prints_rules_and_examples() -> None:
    """`spec` prints the rules and the documented examples as JSON too."""
    assert json.loads(run("spec", "--format", "rules")) == load("rules")
    assert json.loads(run("spec", "--format", "examples")) == load("examples")
