"""The strategies where nothing has been cached: a fresh checkout, a container, somebody's first run."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = """
import pathlib
from hypothesis import given, settings
from lp_engagement.testing.strategies import broken, valid
from lp_engagement_client.facts import KINDS

def draw(example): ...

# Health checks look at the first ten examples.
for strategy in (broken, valid):
    for kind in reversed(KINDS):
        for wild in (False, True):
            settings(max_examples=10)(given(strategy(kind, wild=wild))(draw))()
assert not list(pathlib.Path(".hypothesis").glob("unicode_data/*/codec-*")), "a table of a codec was built"
"""


def test_first_run_passes_the_health_checks(tmp_path: Path) -> None:
    """Without a .hypothesis folder and without CI in the environment, hypothesis has no complaint.

    Hypothesis measures time, so a busy machine may make it complain about anything: three chances. What took
    so long was the table of a codec; it must not have been built at all.
    """
    environment = {name: value for name, value in os.environ.items() if name != "CI"}
    (tmp_path / "first.py").write_text(PROGRAM, encoding="utf-8")
    for chance in (1, 2, 3):
        done = subprocess.run(
            [sys.executable, "first.py"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        if chance == 3 or "FailedHealthCheck" not in done.stderr:
            assert done.returncode == 0, done.stderr[-2000:]
            return
