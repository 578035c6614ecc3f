"""Helpers for the tests of `lp-engagement validate`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner

from lp_engagement.cli.group import group
from lp_engagement.validation.schemas import load

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

FORMATS = ("text", "json", "github", "sarif", "junit", "gitlab", "rdjson")
NAMES: dict[str, str] = {rule["id"]: name for name, rule in load("rules").items()}
"""The names of the rules by their ids."""

CART = {"type": "cart", "total": 11.7, "numItems": 1}
GOOD = json.dumps(CART)
BAD = json.dumps(CART | {"total": "11.70"})
DOUBTFUL = json.dumps({"type": "service", "service": {"status": 13}})
"""A payload that gets a mere warning."""


def validate(*arguments: str | Path, given: bytes | str | None = None) -> Result:
    """Run `lp-engagement validate` in this process; `given` is its stdin."""
    return CliRunner().invoke(group, ["validate", *map(str, arguments)], input=given, prog_name="lp-engagement")


def problems(*arguments: str | Path, given: bytes | str | None = None) -> list[dict[str, Any]]:
    """The report of `lp-engagement validate --format json`."""
    done = validate("--format", "json", *arguments, given=given)
    assert done.exit_code in {0, 1}, done.output
    found: list[dict[str, Any]] = json.loads(done.stdout)["problems"]
    return found
