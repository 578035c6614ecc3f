"""Files in the shapes that people have, with planted faults: each is found at its place in the file, and nothing else.

`data/readers/expected.json` has the planted faults of each file, as `line:column rule`.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.validating import NAMES, problems

CORPUS = Path(__file__).parent / "data" / "readers"
EXPECTED = json.loads((CORPUS / "expected.json").read_bytes())


def test_every_file_has_expectations() -> None:
    """There are at least sixty files, ten of each family, and no file is left out."""
    files = [path.relative_to(CORPUS) for path in CORPUS.glob("*/*")]
    assert {path.as_posix() for path in files} == set(EXPECTED)
    families = [path.parts[0] for path in files]
    assert len(files) >= 60
    assert {family: families.count(family) >= 10 for family in families} == dict.fromkeys(families, True)


@pytest.mark.parametrize("name", EXPECTED)
def test_planted_faults_are_found(name: str) -> None:
    """Each planted fault is reported at its line and column of the file, and nothing else."""
    case = EXPECTED[name]
    found = problems("--no-config", *case.get("options", ()), CORPUS / name)
    reported = [f"{each['line']}:{each['column']} {NAMES[each['rule']]}" for each in found]
    assert sorted(reported) == sorted(case["problems"])
