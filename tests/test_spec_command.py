"""`lp-engagement spec` for those who publish the schemas."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest
from click.testing import CliRunner, Result

from lp_engagement.cli.group import group
from lp_engagement_client.facts import KINDS
from tests.validating import BAD, GOOD

URL = "https://schemas.example.com/lp"


def spec(*arguments: str) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(group, ["spec", *arguments], prog_name="lp-engagement")


def printed(*arguments: str) -> Any:
    """Run it, and read its output."""
    done = spec(*arguments)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.mark.parametrize("base", [URL, f"{URL}/"])
def test_published_schemas_can_be_referred_to(base: str) -> None:
    """The `$id` of each schema is the URL of the catalog, so that other schemas can refer to it."""
    catalog = printed("--format", "catalog", "--base-url", base)
    published = {schema["$id"]: schema for schema in (printed("--kind", kind, "--base-url", base) for kind in KINDS)}
    assert [each["url"] for each in catalog["schemas"]] == list(published)
    for entry in catalog["schemas"]:
        # SchemaStore's own rules: no patterns that match everywhere, no trailing period, all four members.
        assert entry.keys() == {"name", "description", "fileMatch", "url"}
        assert not entry["description"].endswith(".")
        assert all("/payloads/" in pattern for pattern in entry["fileMatch"])
    validator = jsonschema_rs.validator_for(
        {"type": "array", "items": {"$ref": f"{URL}/sde.json"}}, retriever=published.__getitem__
    )
    assert validator.is_valid([json.loads(GOOD)])
    assert not validator.is_valid([json.loads(BAD)])


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["--format", "catalog"], "--format catalog needs --base-url"),
        (["--base-url", "schemas.example.com"], "must be the URL of a folder, e.g. https://"),
    ],
)
def test_where_they_are_published_is_a_url(arguments: list[str], words: str) -> None:
    """Without the URL of a folder there is nothing to refer to."""
    done = spec(*arguments)
    assert done.exit_code == 2
    assert words in done.stderr
