"""schemathesis against the running simulator: it finds nothing, and it finds what is planted."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lp_engagement.simulator import SimulatedResponse, Simulator

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[1]
SPEC = ROOT / "openapi/app-engagement.yaml"
EXAMPLES = "1000" if os.environ.get("LP_TEST_PROFILE") == "deep" else "5"


class Forgetful(Simulator):
    """A simulator that knows no visitor of an earlier request."""

    def handle(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> SimulatedResponse:
        """Answer, and forget."""
        answer = super().handle(method, target, headers, body)
        if method == "POST":
            self.reset()
        return answer


class Planted(Simulator):
    """A simulator with a mistake in its answers."""

    def __init__(self, plant: str) -> None:
        super().__init__(seed=1)
        self._plant = plant

    def handle(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> SimulatedResponse:
        """Answer with the mistake in it."""
        answer = super().handle(method, target, headers, body)
        if answer.status != 200 or method != "POST":
            return answer
        entity: dict[str, Any] = answer.json()
        if self._plant == "status not documented":
            return SimulatedResponse(418, answer.headers, answer.body)
        if self._plant == "media type not documented":
            return SimulatedResponse(200, {"content-type": "text/plain"}, answer.body)
        del entity["pageId"]
        return SimulatedResponse(200, answer.headers, json.dumps(entity).encode())


def run_schemathesis(url: str, folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Run all checks."""
    tool = shutil.which("schemathesis", path=str(Path(sys.executable).parent))
    assert tool, "schemathesis is not installed"
    options = ["--checks=all", f"--max-examples={EXAMPLES}", *more]
    command = [tool, "run", str(SPEC), f"--url={url}", *options, "--seed=1", "--workers=1", "--no-color"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=600)


def test_schemathesis_finds_nothing(tmp_path: Path) -> None:
    """No check of examples, coverage and fuzzing fails against the simulator."""
    # Strict, since accepting what breaks the schema is a finding.
    with Simulator(seed=1, strict=True).serve() as server:
        done = run_schemathesis(server.url, tmp_path, "--phases=examples,coverage,fuzzing")
    assert done.returncode == 0, done.stdout[-6000:]
    found = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
    assert found
    assert found[1] == found[2]


@pytest.mark.parametrize(
    "plant, finding",
    [
        ("status not documented", "Undocumented status code"),
        ("media type not documented", "Undocumented Content-Type"),
        ("mandatory field left out", "Response violates schema"),
    ],
)
def test_schemathesis_finds_what_is_planted(tmp_path: Path, plant: str, finding: str) -> None:
    """A mistake that is planted in the answers is found."""
    with Planted(plant).serve() as server:
        done = run_schemathesis(server.url, tmp_path, "--phases=examples", "--include-operation-id=createSession")
    assert done.returncode == 1
    assert finding in done.stdout


# An update of a page that a session does not have is valid by its schema, and refused by the state.
STATEFUL = ("--phases=stateful", "--exclude-checks=positive_data_acceptance")


def test_state_holds(tmp_path: Path) -> None:
    """Chains of requests along the links of the spec, from a visitor to its sessions and updates, find nothing."""
    with Simulator(seed=1, strict=True).serve() as server:
        done = run_schemathesis(server.url, tmp_path, *STATEFUL)
    assert done.returncode == 0, done.stdout[-6000:]
    assert int(re.findall(r"(\d+) generated", done.stdout)[0]) > 20


def test_state_that_is_lost_is_found(tmp_path: Path) -> None:
    """A server that does not know the visitor that it has just named is found out by following a link."""
    with Forgetful(seed=1, strict=True).serve() as server:
        done = run_schemathesis(server.url, tmp_path, *STATEFUL)
    assert done.returncode == 1
    assert "Created resource not found" in done.stdout
