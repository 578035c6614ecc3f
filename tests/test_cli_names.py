"""Messages in the shell use the names of options, and the command can be started as a module."""

from __future__ import annotations

import subprocess
import sys

import pytest
from click.testing import CliRunner

import lp_engagement
from lp_engagement.cli.group import group


@pytest.mark.parametrize(
    "arguments, option",
    [
        ([], "--account"),
        (["--account", "12345678", "--base-url", "http://x.example"], "--base-url"),
        (["--account", "12345678", "--domain", "x/y"], "--domain"),
        (["--account", "12345678", "--timeout", "-1"], "--timeout"),
        (["--account", "12345678", "--deadline", "0"], "--deadline"),
    ],
)
def test_engage_names_options(arguments: list[str], option: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong argument is named as the option that was typed, not as Python's argument; the exit code is 2."""
    monkeypatch.delenv("LP_ACCOUNT_ID", raising=False)
    done = CliRunner().invoke(group, ["engage", "--key", "k", "--store", "memory://", "--dry-run", *arguments])
    assert done.exit_code == 2
    assert option in done.stderr
    for name in ("account_id", "base_url"):
        assert name not in done.stderr


def test_package_runs_as_a_module() -> None:
    """`python -m lp_engagement` is the command, for where the folder of scripts is not on the PATH."""
    done = subprocess.run(
        [sys.executable, "-m", "lp_engagement", "--version"], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"lp-engagement, version {lp_engagement.__version__}\n"
