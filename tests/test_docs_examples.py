"""Each example of README.md, CONTRIBUTING.md and docs/ is run or checked, as a reader would do it."""

from __future__ import annotations

import inspect
import json
import logging
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import httpx
import pytest
from ruamel.yaml import YAML

from lp_engagement.cli.gate.settings import load
from lp_engagement.simulator import Simulator
from lp_engagement.validation import check
from tools import pages

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
PAYLOAD = '{"type": "cart", "total": 11.7, "numItems": 1}\n'

ADDRESS = "http://127.0.0.1:8321"
# Characters that a line of code has on the site.
WIDTH = 88

# Typed into a terminal of its own, where it goes on.
SERVER = re.compile(r"(\.venv/bin/python -m lp_engagement\.simulator|lp-engagement simulate) --port 8321.*")
# Done before, for this environment; `make test-fresh` does it for real, and tries the targets of make.
SETUP = re.compile(
    r"make (?P<target>[a-z-]+)( .*)?"
    r"|python3 -m venv \.venv|\. \.venv/bin/activate"
    r"|python3 -m pip install '/path/to/lp-engagement(\[(?P<extras>[a-z,]+)\])?'"
)


class Block(NamedTuple):
    """A fenced block of a page.

    Attributes:
        page: the page.
        line: the number of its opening fence.
        language: what is written behind that fence.
        text: what is in it.
        before: the prose between the block before and this one.
        after: the prose up to the next block.
    """

    page: Path
    line: int
    language: str
    text: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    @property
    def saved_as(self) -> str | None:
        """The name under which the page asks the reader to save the block."""
        told = re.search(r"[Ss]ave this\s+as `([\w./-]+)`:\s*\Z", self.before)
        return told[1] if told else None

    @property
    def exit_code(self) -> int:
        """The exit codes of the block's commands, according to the prose below it."""
        told = re.search(r"exit code is (\d)", self.after)
        return int(told[1]) if told else 0


def blocks(page: Path) -> list[Block]:
    """All blocks of a page, but those that are for Sphinx: the build of the site checks these."""
    text = page.read_text(encoding="utf-8")
    lines = text.splitlines()
    found = [each for each in pages.read(text).blocks if not each.language.startswith("{")]
    starts = [0, *(each.end for each in found)]
    ends = [*(each.line - 1 for each in found), len(lines)]
    prose = ["\n".join(lines[start:end]) for start, end in zip(starts, ends, strict=True)]
    return [
        Block(page, each.line, each.language, each.text, before, after)
        for each, before, after in zip(found, prose[:-1], prose[1:], strict=True)
    ]


BLOCKS = [block for page in PAGES for block in blocks(page)]


def of(*languages: str) -> list[Block]:
    """The blocks of some languages."""
    return [block for block in BLOCKS if block.language in languages]


def test_no_block_is_left_out() -> None:
    """Each block is in a language that a test covers; plain text is output, or has its own test."""
    assert {block.language for block in BLOCKS} <= {"python", "sh", "json", "jsonl", "toml", "yaml", "lua", "text", ""}
    # For the layout and the error tree, see test_readme.py. For the last line of a failing check, see test_gates.py.
    # For spans and metrics, see test_watching.py. For the set-ups of editors, see test_lsp.py.
    assert [block.page.name for block in of("")] == [
        *("CONTRIBUTING.md", "checks.md", "checks.md", "errors.md"),
        *("observe.md", "observe.md"),
    ]
    for block in of("text"):
        above = BLOCKS[BLOCKS.index(block) - 1]
        assert (above.page, above.language) == (block.page, "sh"), f"{block} is no output of a command"


def test_code_fits_the_page() -> None:
    """No line to be read or copied is so long that the page of the site has to be scrolled sideways for it."""
    for block in of("python", "sh", "json", "toml", "yaml"):
        wide = [line for line in block.text.splitlines() if len(line) > WIDTH]
        assert not wide, f"{block}: {wide}"


# ------------------------------------------------------------------------------------------------ Python


@pytest.fixture
def simulator(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Simulator]:
    """A simulator in the place of the network, and a folder and a store of one's own."""
    simulator = Simulator()
    monkeypatch.setattr("lp_engagement._io.httpx_transport.HttpxTransport", simulator.transport)
    monkeypatch.setattr("lp_engagement._io.httpx_transport.AsyncHttpxTransport", simulator.async_transport)
    monkeypatch.setenv("LP_VISIT_STORE", f"sqlite:///{tmp_path / 'visits.db'}")
    monkeypatch.chdir(tmp_path)
    logger = logging.getLogger("lp_engagement")
    level, filters = logger.level, list(logger.filters)
    yield simulator
    logger.setLevel(level)
    logger.filters = filters


@pytest.mark.parametrize("block", [each for each in of("python") if not each.saved_as], ids=str)
def test_python_blocks_run(block: Block, simulator: Simulator, request: pytest.FixtureRequest) -> None:
    """Each Python block that is not saved to a file runs as it stands, and each test in it passes."""
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(compile("\n" * block.line + block.text, str(block.page), "exec"), names)  # noqa: S102
    for test in [each for name, each in names.items() if name.startswith("test_")]:
        test(**{name: request.getfixturevalue(name) for name in inspect.signature(test).parameters})


def test_the_first_example_is_a_whole_visit(simulator: Simulator) -> None:
    """The example that readers and the site begin with looks the host up, asks, and reports the offer as displayed."""
    first = of("python")[0]
    assert first.text in (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    exec(first.text, {})  # noqa: S102
    assert [entry.operation for entry in simulator.journal] == ["getDomain", "createSession", "updateSession"]
    assert [entry.status for entry in simulator.journal] == [200, 200, 200]
    create, update = simulator.journal[1].body, simulator.journal[2].body
    assert [each["type"] for each in create["engagementAttributes"]] == ["personal", "cart"]
    assert [each["type"] for each in update["impAttributes"]] == ["impDisplay"]


def test_the_example_of_errors_shows_one(simulator: Simulator, capsys: pytest.CaptureFixture[str]) -> None:
    """The example about errors runs into the one that it is about."""
    (block,) = (block for block in blocks(ROOT / "docs" / "errors.md") if block.language == "python")
    exec(block.text, {})  # noqa: S102
    assert capsys.readouterr().out.startswith("/engagementAttributes/0/personal/firstName ")
    assert not simulator.journal


def test_the_call_by_hand_survives_a_loading_account(monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison is fair: its code by hand retries as the spec says, and creates one visitor."""
    block = blocks(ROOT / "docs" / "comparison.md")[0]
    names: dict[str, Any] = {}
    exec(block.text, names)  # noqa: S102 - a page of ours
    pauses: list[float] = []
    monkeypatch.setattr("time.sleep", pauses.append)
    simulator = Simulator(cold=2)

    def answer(request: httpx.Request) -> httpx.Response:
        said = simulator.handle(request.method, request.url.raw_path.decode(), request.headers, request.read())
        return httpx.Response(said.status, headers=said.headers, content=said.body)

    url = "https://example.com/api/account/12345678/app/engagement/visitors"
    body = {"appType": "EXTERNAL", "engagementAttributes": [json.loads(PAYLOAD)]}
    response = names["first_call"](httpx.Client(transport=httpx.MockTransport(answer)), url, body)
    assert pauses == [5, 10]
    assert response["visitorId"]
    assert len(simulator.state()["visitors"]) == 1


# ------------------------------------------------------------------------------------------------- shell


class Reader:
    """One who does what a page says, in one folder, from top to bottom."""

    def __init__(self, folder: Path) -> None:
        """Begin in a folder."""
        self.folder = folder
        self.server: subprocess.Popen[str] | None = None
        self.url = ""
        self.output = ""
        self.environment = {
            **os.environ,
            "PATH": f"{folder / 'bin'}{os.pathsep}{BIN}{os.pathsep}{os.environ['PATH']}",
            "LP_VISIT_STORE": f"sqlite:///{folder / 'default.db'}",
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.server:
            self.server.kill()
            self.server.communicate()

    def do(self, block: Block) -> None:
        """Save a file, type commands, or compare what they have printed with what the page shows."""
        if block.saved_as:
            (self.folder / block.saved_as).write_text(self.here(block.text), encoding="utf-8")
        elif block.language == "sh":
            self.type(block)
        elif block.language == "text":
            assert self.output == block.text, block

    def here(self, text: str) -> str:
        """Return the text with the address of the started simulator in place of the page's."""
        assert self.url or ADDRESS not in text, "the page has not told to start a simulator yet"
        return text.replace(ADDRESS, self.url)

    def type(self, block: Block) -> None:
        """Type the commands of a block."""
        commands = []
        for line in block.text.splitlines():
            if SERVER.fullmatch(line):
                self.start(line.replace(" --port 8321", ""))
            elif not SETUP.fullmatch(line):
                commands.append(self.here(line))
        if commands:
            self.output = self.run("\n".join(commands), block.exit_code, str(block))

    def run(self, command: str, exit_code: int, place: str) -> str:
        """Run commands and return what they print."""
        done = subprocess.run(
            ["/bin/sh", "-e", "-c", command],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == exit_code, f"{place}\n{done.stdout}{done.stderr}"
        return done.stdout

    def start(self, command: str) -> None:
        """Start a simulator, as in a second terminal; on any free port, for there may be other tests."""
        self.server = subprocess.Popen(
            shlex.split(command), cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, text=True
        )
        assert self.server.stdout
        told = re.search(r"http://127\.0\.0\.1:\d+", self.server.stdout.readline())
        assert told
        self.url = told[0]


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    """A reader in a folder with the files that pages take for granted."""
    for name in ("payloads", "fixtures/sde", "bin"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("payloads/cart.json", "fixtures/sde/cart.json", "recorded.ndjson"):
        (tmp_path / name).write_text(PAYLOAD, encoding="utf-8")
    (tmp_path / "gateway.ndjson").write_text(json.dumps({"request": {"body": PAYLOAD}}), encoding="utf-8")
    program = tmp_path / "bin" / "some-program"
    program.write_text(f"#!/bin/sh\ncat <<'END'\n{PAYLOAD}END\n", encoding="utf-8")
    program.chmod(0o755)
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    (tmp_path / ".venv").symlink_to(BIN.parent)
    with Reader(tmp_path) as reader:
        yield reader


@pytest.mark.parametrize(
    "page", [each for each in PAGES if any(block.page == each for block in of("sh"))], ids=lambda page: page.name
)
def test_pages_can_be_followed(page: Path, reader: Reader) -> None:
    """Saving the files of a page and typing its commands in order, in one folder, prints the page's output."""
    for block in blocks(page):
        reader.do(block)
        for schema in json.loads(block.text).get("json.schemas", ()) if block.language == "json" else ():
            # What an editor is told to use is what was written just before.
            assert json.loads((reader.folder / schema["url"]).read_text(encoding="utf-8"))["$schema"]


def test_setup_commands_exist() -> None:
    """Targets of make exist, and so do the extras that are installed."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    seen = 0
    for line in (line for block in of("sh") for line in block.text.splitlines()):
        if match := SETUP.fullmatch(line):
            seen += 1
            assert match["target"] is None or match["target"] in targets, line
            for extra in (match["extras"] or "").split(",") if match["extras"] else ():
                assert re.search(rf"^{extra} = \[", project, re.MULTILINE), line
    assert seen
    for page in PAGES:
        named = set(re.findall(r"`make ([a-z-]+)", page.read_text(encoding="utf-8")))
        assert named <= targets, f"{page.name}: {named - targets}"


def test_the_shell_example_prints_what_is_shown(reader: Reader) -> None:
    """The call of docs/command-line.md prints the object that the page shows below it."""
    shown: dict[str, Any] = {}
    for block in blocks(ROOT / "docs" / "command-line.md"):
        if block.language == "json":
            shown = json.loads(block.text)
            break
        reader.do(block)
    told = json.loads(reader.output)
    assert told.pop("expiresAt").endswith("+00:00")
    del shown["expiresAt"]
    # A field that the spec has since got is in the answer; the page need not show each.
    assert shown.pop("engagement").items() <= told.pop("engagement").items()
    assert told == shown


# --------------------------------------------------------------------------------------------- JSON, YAML


@pytest.mark.parametrize("block", of("json"), ids=str)
def test_json_blocks_are_json(block: Block) -> None:
    """Each JSON block is one JSON text."""
    assert json.loads(block.text)


def test_rules_have_true_examples() -> None:
    """In each example of a rule, the first line breaks only that rule, and the second breaks none."""
    examples = of("jsonl")
    assert examples
    for block in examples:
        (rule,) = re.findall(r"^## (LPE\d+)$", block.before, re.MULTILINE)
        (kind,) = re.findall(r"^An invalid and a valid example of kind `([a-z-]+)`:$", block.before, re.MULTILINE)
        wrong, right = map(json.loads, block.text.splitlines())
        assert {problem.rule for problem in check(wrong, kind)} == {rule}
        assert check(right, kind) == []


@pytest.mark.parametrize("block", [each for each in of("toml") if each.saved_as != "languages.toml"], ids=str)
def test_settings_are_settings(block: Block, tmp_path: Path) -> None:
    """Each TOML block is read as settings, under the name that the page saves it as."""
    assert block.saved_as
    path = tmp_path / block.saved_as
    path.write_text(block.text, encoding="utf-8")
    assert load(str(path)).options


@pytest.mark.parametrize("block", of("yaml"), ids=str)
def test_yaml_blocks_do_what_they_say(block: Block, reader: Reader) -> None:
    """Scenarios are read, payloads are valid, commands of pipelines run, and hooks and actions have their arguments."""
    yaml = YAML(typ="safe")
    document = yaml.load(block.text)
    if "campaigns" in document:
        (reader.folder / "scenario.yaml").write_text(block.text, encoding="utf-8")
        assert Simulator.from_scenario(reader.folder / "scenario.yaml").campaigns
        return
    if "type" in document:
        assert block.saved_as
        reader.do(block)
        reader.run(f"lp-engagement validate {block.saved_as}", 0, str(block))
        return
    hooks = {hook["id"] for hook in yaml.load(ROOT / ".pre-commit-hooks.yaml")}
    inputs = yaml.load(ROOT / "action.yml")["inputs"]
    template = next(iter(yaml.load_all(ROOT / "templates/validate.yml")))["spec"]["inputs"]
    checked = False
    for each in _objects(document):
        if each.get("file") == "/templates/validate.yml":
            assert set(each["inputs"]) <= set(template)
            assert {name for name, own in template.items() if "default" not in own} <= set(each["inputs"])
            checked = True
        command = each.get("run") or each.get("script")
        if each.get("id") in hooks:
            assert re.search(each["files"], "fixtures/engagement/cart.json")
            command = shlex.join(["lp-engagement", "validate", *each["args"], "payloads/cart.json"])
        if "lp-engagement" in str(each.get("uses")):
            assert set(each["with"]) <= set(inputs)
            checked = True
        if command:
            reader.run(command, 0, str(block))
            checked = True
    assert checked


def _objects(node: Any) -> Iterator[dict[str, Any]]:
    """All objects of a document."""
    if isinstance(node, dict):
        yield node
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _objects(each)
