"""What README.md, docs/ and examples/ say is so: the code in them runs, and the names in them exist."""

from __future__ import annotations

import inspect
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from ruamel.yaml import YAML

from lp_engagement import EngagementClient, errors, retry
from lp_engagement.simulator import Simulator
from lp_engagement_client import facts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").glob("*.md"))]
SPEC: Mapping[str, Any] = YAML(typ="safe").load(ROOT / "openapi" / "app-engagement.yaml")


class Block(NamedTuple):
    """A fenced block of a page."""

    page: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.name}:{self.line}"


def blocks(language: str) -> list[Block]:
    """All blocks of a language in all pages."""
    fence = re.compile(rf"^```{language}\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    return [
        Block(page, text.count("\n", 0, match.start()) + 1, language, match[1])
        for page in PAGES
        for text in [page.read_text(encoding="utf-8")]
        for match in fence.finditer(text)
    ]


@pytest.fixture
def simulator(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Simulator:
    """A simulator that takes the place of the network, and a store of one's own; what a reader would have instead."""
    simulator = Simulator()
    monkeypatch.setattr("lp_engagement.transport.HttpxTransport", simulator.transport)
    monkeypatch.setattr("lp_engagement.transport.AsyncHttpxTransport", simulator.async_transport)
    for name in ("LP_ACCOUNT_ID", "LP_DOMAIN", "LP_TIMEOUT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LP_VISIT_STORE", f"sqlite:///{tmp_path / 'visits.db'}")
    return simulator


@pytest.mark.parametrize("block", blocks("python"), ids=str)
def test_python_blocks_run(block: Block, simulator: Simulator) -> None:
    """Each Python block runs as it stands, without an error."""
    exec(compile("\n" * block.line + block.text, str(block.page), "exec"), {"__name__": "__main__"})  # noqa: S102


def test_the_first_example_is_a_whole_visit(simulator: Simulator) -> None:
    """The example that readers see first looks the host up, asks, and reports two impressions."""
    exec(blocks("python")[0].text, {})  # noqa: S102
    assert [entry.operation for entry in simulator.journal] == ["getDomain", "createSession", "updateSession"]
    assert [entry.status for entry in simulator.journal] == [200, 200, 200]
    create, update = simulator.journal[1].body, simulator.journal[2].body
    assert [each["type"] for each in create["engagementAttributes"]] == ["personal", "cart"]
    assert [each["type"] for each in update["impAttributes"]] == ["impDisplay", "impAccept"]


def test_the_example_of_errors_shows_one(simulator: Simulator, capsys: pytest.CaptureFixture[str]) -> None:
    """The example about errors runs into the one that it is about."""
    (block,) = (each for each in blocks("python") if "except PayloadError" in each.text)
    exec(block.text, {})  # noqa: S102
    assert capsys.readouterr().out.startswith("/engagementAttributes/0/personal/firstName ")
    assert not simulator.journal


def test_the_shell_example_prints_what_is_shown(tmp_path: Path) -> None:
    """The command line of the README works against the simulator, and gives an object like the one below it."""
    (command,) = (each.text for each in blocks("sh") if "lp-engagement engage" in each.text)
    (shown,) = (json.loads(each.text) for each in blocks("json") if '"engagement"' in each.text)
    with Simulator().serve() as server:
        command = command.replace(".venv/bin/lp-engagement", f"{shlex.quote(sys.executable)} -m lp_engagement.cli")
        assert "http://127.0.0.1:8321" in command
        done = subprocess.run(
            ["/bin/sh", "-c", command.replace("http://127.0.0.1:8321", server.url)],
            env={**os.environ, "LP_VISIT_STORE": f"sqlite:///{tmp_path / 'visits.db'}"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert told.pop("expiresAt").endswith("+00:00")
    del shown["expiresAt"]
    assert told == shown


def commands() -> Iterator[str]:
    """All single commands of the shell blocks."""
    for block in blocks("sh"):
        yield from block.text.replace("\\\n", " ").splitlines()


def test_every_command_exists() -> None:
    """Targets of make exist, and so do modules that are run; nothing else is asked of a machine but pip and echo."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    known = re.compile(
        r"make (?P<target>[a-z-]+)(?: .*)?"
        r"|\.venv/bin/python -m lp_engagement\.simulator .*"
        r"|python3 -m pip install '/path/to/lp-engagement\[cli\]'"
        r"|echo .*\|"
        r"|(?:some-program \| )?\s*(\.venv/bin/)?lp-engagement (engage|explain|simulate|spec|validate|visits) .*"
    )
    for command in commands():
        match = known.fullmatch(command)
        assert match, command
        assert match["target"] is None or match["target"] in targets
    prose = README.read_text(encoding="utf-8")
    assert set(re.findall(r"`make ([a-z-]+)", prose)) <= targets


def test_the_configuration_table_is_complete() -> None:
    """Each argument of the client has a row with its default, and each variable of the environment is named."""
    section = README.read_text(encoding="utf-8").split("## Configuration")[1].split("\n## ")[0]
    parameters = inspect.signature(EngagementClient).parameters
    named = {
        name for row in re.findall(r"^\| (`[^|]*`) \|", section, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)
    }
    assert named == set(parameters)
    source = inspect.getsource(sys.modules[EngagementClient.__module__])
    assert set(re.findall(r"`(LP_\w+)`", section)) == set(re.findall(r'environ\.get\("(LP_\w+)"\)', source))
    assert f"`{parameters['app_type'].default!r}`".replace("'", '"') in section


def test_the_retry_pauses_are_those_of_the_spec() -> None:
    """Wherever the pauses are named, they are the spec's."""
    pauses = {operation.retry.pauses for operation in facts.OPERATIONS.values()}
    assert pauses == {(5, 10, 15)}
    for page in (README, ROOT / "docs" / "way-of-one-call.md"):
        assert "5, 10 and 15 seconds" in page.read_text(encoding="utf-8")
    assert retry.DOCUMENTED.pauses is None


def test_every_error_is_explained() -> None:
    """docs/errors.md has the whole tree as it is, and each class has a row there and in the README."""
    text = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    tree = text.split("```")[1]
    classes = {name: getattr(errors, name) for name in errors.__all__ if name != "Attempt"}
    drawn: dict[str, str | None] = {}
    above: list[str] = []
    for line in tree.strip().splitlines():
        name = re.search(r"\w+", line)
        assert name
        del above[name.start() // 4 :]
        drawn[name[0]] = above[-1] if above else None
        above.append(name[0])
    assert drawn == {
        name: None if name == "EngagementError" else each.__mro__[1].__name__ for name, each in classes.items()
    }
    leaves = set(classes) - {"EngagementError", "APIStatusError"}
    assert set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)) == leaves | {"APIStatusError"}
    section = README.read_text(encoding="utf-8").split("## Errors")[1].split("\n## ")[0]
    assert leaves <= set(re.findall(r"`(\w+)`", section))


def test_every_internal_code_is_explained() -> None:
    """docs/reference.md lists each code and status that the client has a hint for, and no other."""
    text = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| (\d+|any) \|", text, re.MULTILINE)
    assert {(int(code), None if status == "any" else int(status)) for code, status in rows} == set(
        facts.INTERNAL_CODE_HINTS
    )


def disputed() -> list[tuple[str, str]]:
    """The fields in the table of contradictions, each with its schema."""
    text = (ROOT / "docs" / "facts-and-contradictions.md").read_text(encoding="utf-8")
    return re.findall(r"^\| `(\w+)\.(\w+)` \|", text, re.MULTILINE)


def test_every_disputed_field_is_in_the_spec() -> None:
    """The table names fields as the spec does, and leaves out none that the spec marks as tolerated only."""
    schemas = SPEC["components"]["schemas"]
    fields = disputed()
    assert fields
    for schema, field in fields:
        assert field in schemas[schema]["properties"], f"{schema}.{field}"
    tolerated = {
        (name, field)
        for name, schema in schemas.items()
        for field, definition in schema.get("properties", {}).items()
        if "'deprecated': True" in str(definition)
    }
    # campaignID is explained in the row of the field that it means.
    assert tolerated - {("MarketingInfo", "campaignID")} <= set(fields)


def test_links_and_places_exist() -> None:
    """Each relative link, and each path in the drawing of the house, leads to something."""
    for page in PAGES:
        for link in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            assert "://" not in link
            assert (page.parent / link).exists(), f"{page.name}: {link}"
    house = README.read_text(encoding="utf-8").split("## The house")[1].split("```")[1]
    package = ROOT / "wrapper" / "lp_engagement"
    for line in house.strip().splitlines():
        for name in re.split(r",? +", re.split(r" {3,}", line.strip())[0]):
            inside = package / name if name.endswith("/") else package / f"{name}.py"
            assert (inside if line.startswith(" ") else ROOT / name).exists(), line


@pytest.mark.parametrize("script", sorted((ROOT / "examples").glob("*.py")), ids=lambda script: script.name)
def test_examples_run(script: Path) -> None:
    """Each example runs as it stands and says how it went."""
    done = subprocess.run(
        [sys.executable, "-W", "error", str(script)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    expected = {
        "first_visit.py": "same visitor: True\nsame session: True\n",
        "many_visits.py": "20 of 20 have an engagement\n",
    }
    assert done.stdout.endswith(expected[script.name])
