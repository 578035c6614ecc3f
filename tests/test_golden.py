"""The output of `lp-engagement validate` for each mistake seen in real payloads, word for word.

Each folder of tests/golden is a case: a payload, the options, and the output that is expected. LP_UPDATE_GOLDEN=1
regenerates the outputs; read the difference as somebody who has never read LivePerson's documentation.
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lp_engagement.testing._schema import read_schema
from tests.helpers import ENGINES
from tests.validating import validate

if TYPE_CHECKING:
    from lp_engagement.validation.engines import EngineName

GOLDEN = Path(__file__).parent / "golden"
CASES = sorted(path.name for path in GOLDEN.iterdir())
TYPES = ", ".join(
    f"`{tag}`" for tag in read_schema("sde.strict")["$defs"]["EngagementAttribute"]["properties"]["type"]["enum"]
)
# Read now: no test sees the caller's settings.
UPDATE = bool(os.environ.get("LP_UPDATE_GOLDEN"))
# What goes wrong in the wild; each begins the names of some cases.
SLIPS = {
    "number": "numbers as text",
    "key": "keys that are unknown or misspelt",
    "container": "the wrong container",
    "null": "nulls and NaN",
    "scalar": "the wrong scalar",
    "missing": "mandatory fields left out",
    "databag": "fields used for something else, which is nobody's fault",
    "readside": "what other APIs answer, sent as input",
    "messaging": "a customer id in unauthenticated messaging",
    "javascript": "JavaScript copied from a page",
    "file": "files of all kinds",
}


@pytest.mark.parametrize("name", CASES)
def test_output_is_as_kept(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The text for a person is the one that was read and found good, and the exit code goes with it."""
    folder = GOLDEN / name
    monkeypatch.chdir(folder)
    (payload,) = (path.name for path in folder.glob("payload.*"))
    done = validate(*shlex.split((folder / "options").read_text(encoding="utf-8")), payload)
    # A new type of attribute belongs in the list, and is no reason to read the output again.
    shown = done.stdout.replace(TYPES, "ALL TYPES")
    if UPDATE:
        (folder / "expected.txt").write_text(shown, encoding="utf-8", newline="\n")
    assert shown == (folder / "expected.txt").read_text(encoding="utf-8")
    assert done.exit_code == (" 0 errors" not in done.stdout.splitlines()[-1])
    assert not done.stderr


@pytest.mark.parametrize("engine", ENGINES)
def test_engines_print_the_same(engine: EngineName, monkeypatch: pytest.MonkeyPatch) -> None:
    """Either engine leads to the same words."""
    monkeypatch.chdir(GOLDEN)
    payloads = sorted(str(path.relative_to(GOLDEN)) for path in GOLDEN.glob("*/payload.*"))
    assert validate("--engine", engine, *payloads).stdout == validate(*payloads).stdout


def test_each_slip_has_a_case() -> None:
    """There are cases for every slip, and every case belongs to one."""
    assert {name.partition("-")[0] for name in CASES} == set(SLIPS)
