"""The claims of README.md, docs/ and examples/ are true: tables are complete, and the names in them exist."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ruamel.yaml import YAML

from lp_engagement import EngagementClient, errors, retry
from lp_engagement._io import named_transports
from lp_engagement_client import facts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").glob("*.md"))]
NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
SPEC: Mapping[str, Any] = YAML(typ="safe").load(ROOT / "openapi" / "app-engagement.yaml")


def test_the_configuration_table_is_complete() -> None:
    """Each argument of the client has a row, and the page and the README name each environment variable."""
    section = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8").split("\n## ")[0]
    parameters = inspect.signature(EngagementClient).parameters
    named = {
        name for row in re.findall(r"^\| (`[^|]*`) \|", section, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)
    }
    assert named == set(parameters)
    source = inspect.getsource(sys.modules[EngagementClient.__module__]) + inspect.getsource(named_transports)
    variables = set(re.findall(r'environ\.get\("(LP_\w+)"\)', source))
    assert set(re.findall(r"`(LP_\w+)`", section)) == variables
    assert variables <= set(re.findall(r"`(LP_\w+)", README.read_text(encoding="utf-8")))
    assert f"`{parameters['app_type'].default!r}`".replace("'", '"') in section


def test_numbers_in_prose_are_those_of_the_spec() -> None:
    """Pauses and the lifetime of a visit are the spec's wherever a page writes them in words."""
    (pauses,) = {operation.retry.pauses for operation in facts.OPERATIONS.values() if operation.retry}
    *first, last = map(str, pauses)
    hours = facts.VISIT_LIFETIME_SECONDS // 3600
    words, figures = f"{', '.join(first)} and {last} seconds", f"{', '.join(map(str, pauses))} s,"
    assert words in README.read_text(encoding="utf-8")
    assert figures in (ROOT / "docs" / "facts-and-contradictions.md").read_text(encoding="utf-8")
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        assert set(re.findall(r"\d[\d, ]* and \d+ seconds", text)) <= {words}
        assert set(re.findall(rf"\b({'|'.join(NUMBERS)}|\d+) hours", text)) <= {NUMBERS[hours]}
    assert retry.DOCUMENTED.pauses is None


def test_every_error_is_explained() -> None:
    """docs/errors.md draws the actual tree of errors, and has a row for each class."""
    text = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    tree = text.split("```")[1]
    classes = {name: getattr(errors, name) for name in errors.__all__ if name not in {"Attempt", "CallMeta"}}
    drawn: dict[str, str | None] = {}
    above: list[str] = []
    for line in tree.strip().splitlines():
        name = re.search(r"\w+", line)
        assert name
        del above[name.start() // 4 :]
        drawn[name[0]] = above[-1] if above else None
        above.append(name[0])
    assert drawn == {
        name: None if name == "EngagementError" else error.__mro__[1].__name__ for name, error in classes.items()
    }
    assert set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)) == set(classes) - {"EngagementError"}


def test_every_internal_code_is_explained() -> None:
    """docs/reference.md lists exactly the codes and statuses that the client has a hint for."""
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
    """The table names fields as the spec does, and includes every field that the spec only tolerates."""
    schemas = SPEC["components"]["schemas"]
    fields = disputed()
    assert fields
    for schema, field in fields:
        assert field in schemas[schema]["properties"], f"{schema}.{field}"
    tolerated = {
        (name, field)
        for name, schema in schemas.items()
        for field, definition in schema.get("properties", {}).items()
        if "'x-tolerated': True" in str(definition)
    }
    # campaignID is explained in the row of the field that it means.
    assert tolerated - {("MarketingInfo", "campaignID")} <= set(fields)


def test_places_exist() -> None:
    """Each path in the layout of CONTRIBUTING.md exists."""
    layout = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("## Layout")[1].split("```")[1]
    package = ROOT / "wrapper" / "lp_engagement"
    for line in layout.strip().splitlines():
        for name in re.split(r",? +", re.split(r" {3,}", line.strip())[0]):
            inside = package / name if name.endswith("/") else package / f"{name}.py"
            assert (inside if line.startswith(" ") else ROOT / name).exists(), line


@pytest.mark.parametrize("script", sorted((ROOT / "examples").glob("*.py")), ids=lambda script: script.name)
def test_examples_run(script: Path) -> None:
    """Each example runs unchanged and prints its result."""
    done = subprocess.run(
        [sys.executable, "-W", "error", str(script)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    expected = {
        "first_visit.py": "same visitor: True\nsame session: True\n",
        "many_visits.py": "20 of 20 have an engagement\n",
    }
    assert done.stdout.endswith(expected[script.name])


def branches(node: Any) -> Iterator[dict[str, Any]]:
    """Each branch of an `anyOf` or `oneOf`, wherever it is in the spec."""
    if isinstance(node, list):
        for item in node:
            yield from branches(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key in {"anyOf", "oneOf"}:
                yield from value
            yield from branches(value)


def test_other_tools_can_type_each_branch() -> None:
    """No branch of the spec has a format without a type, which generators for other languages read as any value."""
    found = list(branches(SPEC["components"]))
    assert found
    assert not [branch for branch in found if "format" in branch and "type" not in branch]


def test_server_variables_have_no_description() -> None:
    """Server variables have no description, because a widely used parser rejects a spec with one."""
    variables = [variable for server in SPEC["servers"] for variable in server["variables"].values()]
    assert variables
    assert not [variable for variable in variables if "description" in variable]
